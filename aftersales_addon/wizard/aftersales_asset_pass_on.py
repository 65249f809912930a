from odoo import api, fields, models
from odoo.tools.misc import formatLang


class AftersalesAssetPassOn(models.TransientModel):
    """Give installed products to another owner."""

    _name = "aftersales.asset.pass.on"
    _description = "Pass On"

    asset_ids = fields.Many2many(
        "aftersales.asset", string="Installed Products", required=True, readonly=True
    )
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    partner_from_id = fields.Many2one(
        "res.partner", string="Present Owner", compute="_compute_company_id"
    )
    partner_id = fields.Many2one("res.partner", string="New Owner", required=True)
    date = fields.Date(string="Day", required=True, default=fields.Date.context_today)
    reason = fields.Text()
    fee = fields.Char(compute="_compute_fee")
    charge_fee = fields.Boolean(
        default=True,
        help="An order for the fee is made for the present owner, and the unit is "
        "passed on when it is confirmed.",
    )
    outcome = fields.Html(compute="_compute_outcome", sanitize=False)

    @api.depends("asset_ids")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.asset_ids.company_id[:1] or self.env.company
            wizard.partner_from_id = wizard.asset_ids.commercial_partner_id[:1]

    @api.depends("asset_ids", "company_id")
    def _compute_fee(self):
        for wizard in self:
            fees = wizard.asset_ids._get_transfer_fees()
            currency = wizard.company_id.currency_id
            wizard.fee = ", ".join(
                self.env._(
                    "%(count)s × %(product)s, %(price)s each",
                    count=count,
                    product=product.display_name,
                    price=formatLang(
                        self.env, product.lst_price, currency_obj=currency
                    ),
                )
                for product, count in fees.items()
            )

    @api.depends("asset_ids")
    @api.depends_context("lang")
    def _compute_outcome(self):
        for wizard in self:
            wizard.outcome = self.env["ir.qweb"]._render(
                "aftersales_addon.aftersales_transfer_outcome",
                {"layers": wizard.asset_ids._get_layers_at_stake()},
            )

    def action_pass_on(self):
        """Pass the units on, or make the order of the fee that comes before."""
        self.ensure_one()
        self.asset_ids._check_can_pass_on()
        self.asset_ids._check_new_owner(self.partner_id)
        transfer = self.env["aftersales.transfer"].create(
            {
                "company_id": self.company_id.id,
                "asset_ids": [fields.Command.set(self.asset_ids.ids)],
                "partner_id": self.partner_id.id,
                "date": self.date,
                "reason": self.reason,
                "user_id": self.env.uid,
            }
        )
        transfer._set_approved(charge_fee=self.charge_fee)
        if transfer.state == "done":
            return {"type": "ir.actions.act_window_close"}
        return {
            "type": "ir.actions.act_window",
            "res_model": "aftersales.transfer",
            "res_id": transfer.id,
            "views": [(False, "form")],
        }
