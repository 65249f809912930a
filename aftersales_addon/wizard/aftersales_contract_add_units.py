from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class AftersalesContractAddUnits(models.TransientModel):
    """Choose more units of the customer for a contract."""

    _name = "aftersales.contract.add.units"
    _description = "Add Units to a Contract"

    contract_id = fields.Many2one("aftersales.contract", required=True, readonly=True)
    company_id = fields.Many2one(related="contract_id.company_id")
    commercial_partner_id = fields.Many2one(related="contract_id.commercial_partner_id")
    currency_id = fields.Many2one(related="contract_id.currency_id")
    price_basis = fields.Selection(related="contract_id.price_basis")
    present_ids = fields.Many2many("aftersales.asset", compute="_compute_present_ids")
    asset_ids = fields.Many2many(
        "aftersales.asset",
        "aftersales_contract_add_units_rel",
        "wizard_id",
        "asset_id",
        string="Installed Products",
        domain="[('commercial_partner_id', '=', commercial_partner_id), "
        "('company_id', '=', company_id), ('state', '=', 'in_use'), "
        "('id', 'not in', present_ids)]",
    )
    date_from = fields.Date(
        string="From",
        required=True,
        compute="_compute_defaults",
        store=True,
        readonly=False,
        precompute=True,
        help="The first day under the contract, included.",
    )
    product_id = fields.Many2one(
        "product.product",
        string="Invoiced As",
        domain="[('type', '=', 'service')]",
        compute="_compute_defaults",
        store=True,
        readonly=False,
        precompute=True,
    )
    price_unit = fields.Float(
        string="Price of Each",
        digits="Product Price",
        compute="_compute_defaults",
        store=True,
        readonly=False,
        precompute=True,
        help="For one period of the invoices. The first one is charged by the day.",
    )
    allow_overlap = fields.Boolean(
        string="Under Two Contracts",
        help="Tick this if units are under another contract for the same work, and "
        "that is meant.",
    )
    reason = fields.Char(required=True, default=lambda self: self.env._("Units added"))

    @api.depends("contract_id")
    def _compute_present_ids(self):
        for wizard in self:
            contract = wizard.contract_id
            today = contract._get_today() if contract else False
            lines = contract.line_ids.filtered(
                lambda line, day=today: (
                    not line.is_undone and (not line.date_to or line.date_to >= day)
                )
            )
            wizard.present_ids = lines.asset_id

    @api.depends("contract_id")
    def _compute_defaults(self):
        for wizard in self:
            contract = wizard.contract_id
            wizard.date_from = contract and max(
                contract._get_today(), contract.date_start
            )
            model = wizard._get_model_line()
            wizard.product_id = model.product_id
            wizard.price_unit = model.price_unit

    def _get_model_line(self):
        """Return the line of another unit: its price is offered again."""
        contract = self.contract_id
        if contract.price_basis != "unit":
            return contract.line_ids.browse()
        return contract.line_ids.filtered(lambda x: x.asset_id and x.price_unit)[-1:]

    def action_confirm(self):
        """Put the units under the contract."""
        self.ensure_one()
        contract = self.contract_id
        contract._check_state(("draft", "running", "to_renew", "paused"))
        if not self.asset_ids:
            raise UserError(self.env._("Choose one installed product at least."))
        contract._add_units(
            self.asset_ids, self.date_from, self.reason, **self._prepare_line_vals()
        )
        return {"type": "ir.actions.act_window_close"}

    def _prepare_line_vals(self):
        vals = {"allow_overlap": self.allow_overlap}
        if self.price_basis != "unit":
            return vals
        model = self._get_model_line()
        taxes = model.tax_ids or self.product_id.taxes_id._filter_taxes_by_company(
            self.company_id
        )
        return {
            **vals,
            "product_id": self.product_id.id,
            "price_unit": self.price_unit,
            "discount": model.discount,
            "tax_ids": [Command.set(taxes.ids)],
            "analytic_distribution": model.analytic_distribution,
            "sale_line_id": model.sale_line_id.id,
        }
