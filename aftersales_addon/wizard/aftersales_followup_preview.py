from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command

from ..models.aftersales_followup_plan_mixin import AHEAD_DAYS

# So many records are shown; how many there are is said beside.
SHOWN = 20
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
        records = rule._search_candidates(until, limit=SHOWN * 5)
        # Nothing is kept of it: the follow-ups exist in memory only.
        Followup = self.env["aftersales.followup"].sudo()
        result = []
        if rule._get_source().first:
            records = rule._filter_first(records)
        for record in records:
            for occurrence in rule._get_occurrences(record, until):
                due = rule._get_due(record, occurrence)
                if not due or due > until:
                    continue
                vals = rule._prepare_followup(record, occurrence, due)
                followup = Followup.new({**vals, "rule_id": rule.id})
                reason = followup._get_skip_reason_of_test(record)
                result.append(
                    {
                        "document_name": record.display_name,
                        "partner_id": vals["partner_id"],
                        "date_planned": due,
                        "reason": reason or False,
                    }
                )
            if len(result) >= SHOWN:
                break
        return result

    def action_switch_on(self):
        """Switch the rule on, having seen how many there are."""
        self.ensure_one()
        self.rule_id.action_switch_on_anyway()
        return {"type": "ir.actions.act_window_close"}
