from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesContractRemoveUnits(models.TransientModel):
    """Choose units that leave a contract."""

    _name = "aftersales.contract.remove.units"
    _description = "Remove Units from a Contract"

    contract_id = fields.Many2one("aftersales.contract", required=True, readonly=True)
    present_ids = fields.Many2many(
        "aftersales.contract.line",
        "aftersales_contract_remove_present_rel",
        compute="_compute_present_ids",
    )
    line_ids = fields.Many2many(
        "aftersales.contract.line",
        "aftersales_contract_remove_units_rel",
        "wizard_id",
        "line_id",
        string="Installed Products",
        domain="[('id', 'in', present_ids)]",
    )
    last_day = fields.Date(
        required=True,
        default=lambda self: self.env.company._aftersales_today(),
        help="Their last day under the contract. What was paid for later is credited.",
    )
    reason = fields.Char(
        required=True, default=lambda self: self.env._("Units removed")
    )

    @api.depends("contract_id")
    def _compute_present_ids(self):
        for wizard in self:
            contract = wizard.contract_id
            today = contract._get_today() if contract else False
            wizard.present_ids = contract.line_ids.filtered(
                lambda x, day=today: (
                    x.asset_id
                    and not x.is_undone
                    and (not x.date_to or x.date_to >= day)
                )
            )

    def action_confirm(self):
        """End the lines of the chosen units."""
        self.ensure_one()
        contract = self.contract_id
        contract._check_state(("running", "to_renew", "paused"))
        if not self.line_ids:
            raise UserError(self.env._("Choose one installed product at least."))
        contract._remove_lines(self.line_ids, self.last_day, self.reason)
        return {"type": "ir.actions.act_window_close"}
