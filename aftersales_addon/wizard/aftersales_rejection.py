from odoo import api, fields, models


class AftersalesRejection(models.TransientModel):
    """Refuse what a customer asked for, with the reason that they are told."""

    _name = "aftersales.rejection"
    _description = "Reject"

    registration_ids = fields.Many2many("aftersales.registration", readonly=True)
    transfer_ids = fields.Many2many("aftersales.transfer", readonly=True)
    answer = fields.Text(
        string="Reason",
        required=True,
        help="The customer reads this in an e-mail.",
    )

    @api.model
    def _open(self, records):
        """Return the action that asks for the reason.

        :param records: registrations or changes of hands
        """
        field = {
            "aftersales.registration": "registration_ids",
            "aftersales.transfer": "transfer_ids",
        }[records._name]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reject"),
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {f"default_{field}": records.ids},
        }

    def action_reject(self):
        """Reject, and tell the customer why."""
        for wizard in self:
            wizard.registration_ids._set_rejected(wizard.answer)
            wizard.transfer_ids._set_rejected(wizard.answer)
        return {"type": "ir.actions.act_window_close"}
