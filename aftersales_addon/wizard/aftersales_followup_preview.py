from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command

from ..models.aftersales_followup_plan_mixin import AHEAD_DAYS

# So many records are shown; how many there are is said beside.
SHOWN = 20
# So many are looked at for them, a few times.
LOOKED_AT = 200
ROUNDS = 10
COUNTED = 10000


class AftersalesFollowupPreview(models.TransientModel):
    """What a rule would do to real records, without doing it."""

    _name = "aftersales.followup.preview"
    _description = "Test of a Follow-up Rule"

    rule_id = fields.Many2one(
        "aftersales.followup.rule", required=True, ondelete="cascade"
    )
    asks = fields.Boolean()
    count = fields.Integer(compute="_compute_count", string="Records in Question")
    is_more = fields.Boolean(compute="_compute_count")
    line_ids = fields.One2many(
        "aftersales.followup.preview.line",
        "preview_id",
        string="What Would Happen",
        compute="_compute_line_ids",
        store=True,
    )

    @api.depends("rule_id")
    def _compute_count(self):
        for preview in self:
            rule = preview.rule_id
            preview.count = rule._count_candidates(COUNTED) if rule else 0
            preview.is_more = preview.count >= COUNTED

    @api.depends("rule_id")
    def _compute_line_ids(self):
        for preview in self:
            vals_list = preview._prepare_lines() if preview.rule_id else []
            preview.line_ids = [
                Command.clear(),
                *(Command.create(vals) for vals in vals_list),
            ]

    def _prepare_lines(self):
        """Return the values of the first records that the rule would follow up."""
        self.ensure_one()
        rule = self.rule_id
        until = fields.Datetime.now() + timedelta(days=AHEAD_DAYS)
        result, after = [], 0
        for _round in range(ROUNDS):
            records = rule._search_candidates(until, limit=LOOKED_AT, after=after)
            if not records:
                break
            after = max(records.ids)
            # Only what its reader may see is shown, though the rule holds for all.
            allowed = records.sudo(False)._filtered_access("read").sudo()
            result += self._prepare_lines_of(allowed, until)
            if len(result) >= SHOWN:
                break
        return result[:SHOWN]

    def _prepare_lines_of(self, records, until):
        rule = self.rule_id
        # Nothing is kept of it: the follow-ups exist in memory only.
        Followup = self.env["aftersales.followup"].sudo()
        result = []
        for vals in rule._prepare_followups(records, until):
            record = records.browse(vals["res_id"])
            followup = Followup.new(vals)
            result.append(
                {
                    "document_name": record.display_name,
                    "partner_id": vals["partner_id"],
                    "date_planned": vals["date_planned"],
                    "reason": followup._get_skip_reason_of_test(record),
                }
            )
        return result

    def action_switch_on(self):
        """Switch the rule on, having seen how many there are."""
        self.ensure_one()
        self.rule_id.action_switch_on_anyway()
        return {"type": "ir.actions.act_window_close"}
