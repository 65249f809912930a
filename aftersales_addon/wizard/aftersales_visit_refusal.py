from odoo import fields, models
from odoo.exceptions import UserError


class AftersalesVisitRefusal(models.TransientModel):
    """Ask why a customer does not sign what was done on a visit."""

    _name = "aftersales.visit.refusal"
    _description = "Visit That the Customer Does Not Sign"

    visit_ids = fields.Many2many(
        "aftersales.visit", string="Visits", required=True, readonly=True
    )
    reason = fields.Selection(
        [
            ("nobody", "Nobody is there"),
            ("unwilling", "Does not want to sign"),
            ("other", "Another reason"),
        ],
        default="nobody",
        required=True,
    )
    note = fields.Char(string="Which One")

    def action_confirm(self):
        """Put it down: the work does not change any more."""
        self.ensure_one()
        labels = dict(self._fields["reason"]._description_selection(self.env))
        reason = self.note if self.reason == "other" else labels[self.reason]
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the customer does not sign."))
        self.visit_ids.check_access("write")
        for visit in self.visit_ids:
            visit._refuse_signature(reason)
        return {"type": "ir.actions.act_window_close"}
