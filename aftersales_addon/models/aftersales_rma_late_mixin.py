from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

# What may be late, in the order in which it is told; the date from which each counts.
LATE = [
    ("decision", "Decision"),
    ("inspection", "Inspection"),
    ("refund", "Refund"),
    ("receipt", "Goods"),
]
# The colours of cards: red where the customer waits for us.
COLORS = {"decision": 1, "refund": 1, "inspection": 2, "receipt": 3}


class AftersalesRmaLateMixin(models.AbstractModel):
    """What of a return takes longer than it should."""

    _name = "aftersales.rma.late.mixin"
    _description = "Lateness of a Return"

    date_received = fields.Datetime(
        string="Received On",
        compute="_compute_date_received",
        store=True,
        groups="base.group_user",
        help="When the last of the goods came that have come so far.",
    )
    date_refunded = fields.Datetime(
        string="Refunded On",
        compute="_compute_date_refunded",
        store=True,
        groups="base.group_user",
        help="When the last of the money was given back: all of it, by credit notes "
        "that are posted or in another way.",
    )
    late = fields.Selection(
        LATE,
        compute="_compute_late",
        search="_search_late",
        groups="base.group_user",
        help="What takes longer than the settings allow.",
    )
    late_label = fields.Char(
        string="How Late", compute="_compute_late", groups="base.group_user"
    )
    late_color = fields.Integer(compute="_compute_late", groups="base.group_user")

    @api.depends("line_ids.quantity_received")
    def _compute_date_received(self):
        for rma in self:
            # sudo: when goods came is no secret of the warehouse.
            moves = rma.sudo().line_ids.move_ids.filtered(
                lambda m: m.state == "done" and m._aftersales_is_return()
            )
            rma.date_received = max(moves.mapped("date"), default=False)

    @api.depends("refund_status", "line_ids.refund_line_ids.parent_state")
    def _compute_date_refunded(self):
        now = fields.Datetime.now()
        for rma in self:
            # sudo: when money was paid back is no secret of the books.
            states = rma.sudo().line_ids.refund_line_ids.mapped("parent_state")
            if rma.refund_status != "refunded" or "draft" in states:
                rma.date_refunded = False
            else:
                rma.date_refunded = rma.date_refunded or now

    @api.depends(
        "state",
        "receipt_status",
        "inspection_status",
        "refund_status",
        "date_requested",
        "date_decided",
        "date_received",
    )
    @api.depends_context("lang")
    def _compute_late(self):
        now = fields.Datetime.now()
        for rma in self:
            kind, days = rma._find_late(now)
            rma.late = kind
            rma.late_color = COLORS.get(kind, 0)
            rma.late_label = rma._format_late(kind, days)

    def _find_late(self, now):
        """Return what of a return is late first, and for how many days it waits."""
        self.ensure_one()
        since = self._get_waiting_since()
        for kind, _label in LATE:
            limit = self.company_id[f"aftersales_late_{kind}_days"]
            if limit and since.get(kind) and now - since[kind] > timedelta(days=limit):
                return kind, (now - since[kind]).days
        return False, 0

    def _get_waiting_since(self):
        """Return since when something is waited for, by what it is."""
        self.ensure_one()
        result = {}
        if self.state == "requested":
            result["decision"] = self.date_requested
        if self.state not in ("approved", "done"):
            return result
        if self.inspection_status in ("to_inspect", "partial"):
            result["inspection"] = self.date_received
        if self.refund_status in ("to_refund", "partial"):
            if self.receipt_status == "received":
                result["refund"] = self.date_received
            elif self.receipt_status == "none":
                result["refund"] = self.date_decided
        if self.state == "approved" and self.receipt_status in ("expected", "partial"):
            result["receipt"] = self.date_decided
        return result

    def _format_late(self, kind, days):
        texts = {
            "decision": self.env._("Decision waits: %s days", days),
            "inspection": self.env._("Inspection waits: %s days", days),
            "refund": self.env._("Money waits: %s days", days),
            "receipt": self.env._("Goods expected: %s days", days),
        }
        return texts.get(kind, "")

    def _search_late(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        kinds = {kind for kind, _label in LATE} & set(value)
        late = self._get_late_domain(kinds)
        if False in value:
            late |= ~self._get_late_domain({kind for kind, _label in LATE})
        return late if operator == "in" else ~late

    @api.model
    def _get_late_domain(self, kinds):
        """Return a domain on what is late, whatever else may be late of it.

        :param set kinds: codes of ``late``
        """
        now = fields.Datetime.now()
        parts = []
        # sudo: only how many days the companies allow.
        Company = self.env["res.company"].sudo()
        for kind in sorted(kinds):
            name = f"aftersales_late_{kind}_days"
            companies = Company.search([(name, ">", 0)])
            for days, group in companies.grouped(name).items():
                parts.append(
                    Domain("company_id", "in", group.ids)
                    & self._get_waiting_domain(kind, now - timedelta(days=days))
                )
        return Domain.OR(parts)

    @api.model
    def _get_waiting_domain(self, kind, day):
        """Return a domain on what is waited for since before a moment."""
        active = Domain("state", "in", ("approved", "done"))
        if kind == "decision":
            return Domain("state", "=", "requested") & Domain(
                "date_requested", "<", day
            )
        if kind == "inspection":
            waiting = Domain("inspection_status", "in", ("to_inspect", "partial"))
            return active & waiting & Domain("date_received", "<", day)
        if kind == "refund":
            waiting = Domain("refund_status", "in", ("to_refund", "partial"))
            here = Domain("receipt_status", "=", "received")
            kept = Domain("receipt_status", "=", "none")
            return (
                active
                & waiting
                & (
                    here & Domain("date_received", "<", day)
                    | kept & Domain("date_decided", "<", day)
                )
            )
        waiting = Domain("receipt_status", "in", ("expected", "partial"))
        return (
            Domain("state", "=", "approved")
            & waiting
            & Domain("date_decided", "<", day)
        )
