from odoo import api, fields, models
from odoo.fields import Command

from ..models.aftersales_merge_mixin import WRITTEN

# Older messages than so many are seldom what is split off.
MAX_MESSAGES = 50


class AftersalesCaseSplit(models.TransientModel):
    """Choose messages that become a case of their own."""

    _name = "aftersales.case.split"
    _description = "Split a Service Case"

    case_id = fields.Many2one("aftersales.case", required=True, readonly=True)
    name = fields.Char(string="Subject of the New Case")
    line_ids = fields.One2many(
        "aftersales.case.split.line",
        "split_id",
        string="Messages",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
        precompute=True,
    )

    @api.depends("case_id")
    def _compute_line_ids(self):
        for split in self:
            messages = self.env["mail.message"].search(
                [
                    ("model", "=", "aftersales.case"),
                    ("res_id", "=", split.case_id.id),
                    ("message_type", "in", WRITTEN),
                ],
                order="id desc",
                limit=MAX_MESSAGES,
            )
            split.line_ids = [Command.clear()] + [
                Command.create({"message_id": message.id}) for message in messages
            ]

    def action_split(self):
        """Make the new case and open it."""
        self.ensure_one()
        chosen = self.line_ids.filtered("is_chosen").message_id
        return self.case_id._split(chosen, self.name)._action_open()
