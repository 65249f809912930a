from odoo import api, fields, models

from ..tools.periods import Change
from .aftersales_warranty_policy_promise_mixin import UNITS

# What prolongs a term that was over already: a decision of people, not a rule.
REVIVING = {"recall", "goodwill"}


class AftersalesWarrantyChange(models.Model):
    """What moved the end of a warranty after it was sold, and why.

    The end is worked out from the start and all changes each time, so a change that
    is taken back leaves no trace in the dates.
    """

    _name = "aftersales.warranty.change"
    _description = "Change of a Warranty"
    _order = "date, id"

    warranty_id = fields.Many2one(
        "aftersales.warranty", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="warranty_id.company_id", store=True)
    kind = fields.Selection(
        [
            ("prolongation", "Prolonged after a repair"),
            ("suspension", "Rested during a repair"),
            ("floor", "Least term after a replacement"),
            ("recall", "Recall"),
            ("goodwill", "Goodwill"),
        ],
        required=True,
    )
    date = fields.Date(required=True, help="The day of what caused the change.")
    count = fields.Integer()
    unit = fields.Selection(UNITS, default="day")
    date_floor = fields.Date(string="At Least Until")
    reason = fields.Char()
    mass_change_id = fields.Many2one(
        "aftersales.mass.change", index="btree_not_null", ondelete="set null"
    )
    active = fields.Boolean(
        default=True, help="A change that was taken back is kept here, archived."
    )

    _says_how_much = models.Constraint(
        "CHECK (kind = 'floor' AND date_floor IS NOT NULL"
        " OR kind != 'floor' AND count > 0 AND unit IS NOT NULL)",
        "A change says by how much, or until when.",
    )

    @api.depends("kind", "count", "unit", "date_floor")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        Policy = self.env["aftersales.warranty.policy"]
        Asset = self.env["aftersales.asset"]
        for change in self:
            if change.kind == "floor":
                amount = Asset._format_day(change.date_floor)
            else:
                amount = Policy._format_duration(change.count, change.unit)
            change.display_name = f"{kinds[change.kind]}: {amount}"

    def _as_period_change(self):
        """Return the change for the arithmetic of ``tools.periods``."""
        self.ensure_one()
        return Change(
            day=self.date,
            period=(self.count, self.unit) if self.kind != "floor" else None,
            floor=self.date_floor or None,
            revives=self.kind in REVIVING,
        )

    def _undo(self):
        """Take changes back: the warranties end as if they had not been made."""
        undone = self.filtered("active")
        undone.active = False
        undone.warranty_id._recompute_dates()
        return undone
