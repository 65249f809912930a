from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .aftersales_figures_value_mixin import DAYS, LIST_LIMIT
from .aftersales_stage import END_KINDS

OPEN_CASES = [
    ("state", "not in", END_KINDS),
    ("is_spam", "=", False),
]
AGES = [("today", 0, 1), ("week", 1, 7), ("month", 7, 30), ("older", 30, None)]


class AftersalesFigures(models.AbstractModel):
    """The first screen of those who run after-sales.

    Each figure has the domain or the action of the records behind it, so that a click
    on it shows them, and its definition is that of the field it comes from.
    """

    _name = "aftersales.figures"
    _description = "Overview for Managers"
    _inherit = ["aftersales.figures.value.mixin"]

    @api.model
    @api.readonly
    def get_figures(self):
        """Return all that the overview for managers shows.

        :return: ``open``, ``ages`` and ``promises`` (tiles of open work), ``rates``
            (quality of 90 days beside the 90 before), ``costs`` (by product, supplier
            and customer), ``returns`` (by product), ``at_hand`` (what ends soon, as
            revenue), ``products`` that fail too often, ``customers`` at risk, the
            ``definitions`` of their figures, and the ``currency_id`` of amounts
        :raises AccessError: for those who do not run after-sales
        """
        if not self.env.user.has_group("aftersales_addon.aftersales_group_manager"):
            raise AccessError(
                self.env._("This screen is for administrators of After-Sales.")
            )
        return {
            "open": self._get_open_work(),
            "ages": self._get_ages(),
            "promises": self._get_promises(),
            "rates": self._get_rates(),
            "costs": self._get_costs(),
            "returns": self._get_returns(),
            "at_hand": self._get_revenue_at_hand(),
            "products": self._get_failing_products(),
            "customers": self._get_customers_at_risk(),
            "definitions": self._get_definitions(),
            "currency_id": self.env.company.currency_id.id,
            "days": DAYS,
        }

    @api.model
    def _get_company_domain(self):
        return Domain("company_id", "in", self.env.companies.ids)

    @api.model
    def _tile(self, name, model, domain, label, definition=""):
        """Return a number of records, with what a click on it needs."""
        domain = self._get_company_domain() & Domain(domain)
        return {
            "name": name,
            "label": label,
            "definition": definition,
            "count": self.env[model].search_count(domain),
            "model": model,
            "domain": list(domain),
        }

    @api.model
    def _define(self, model, name):
        """Return what a figure means: the help of its field."""
        field = self.env[model]._fields[name]
        return field.get_description(self.env, ["help"]).get("help") or ""

    # --- Open work ---

    @api.model
    def _get_open_work(self):
        """Return the open work, as far as the user may see it."""
        return [
            self._tile(*spec)
            for spec in self._get_open_specs()
            if self.env[spec[1]].has_access("read")
        ]

    @api.model
    def _get_open_specs(self):
        """Return what is counted: name, model, domain, label and definition."""
        now = fields.Datetime.now()
        today = self.env.company._aftersales_today()
        case = "aftersales.case"
        late = [*OPEN_CASES, ("sla_due", "<", now)]
        repairs = [
            ("aftersales_asset_id", "!=", False),
            ("state", "in", ("draft", "confirmed", "under_repair")),
        ]
        visits = [
            ("state", "in", ("planned", "scheduled")),
            ("date_planned", "<", today),
        ]
        returns = [("state", "in", ("requested", "approved"))]
        return [
            (
                "cases",
                case,
                OPEN_CASES,
                self.env._("Open Cases"),
                self.env._("Service cases that are neither solved nor closed."),
            ),
            (
                "late",
                case,
                late,
                self.env._("Past the Promise"),
                self.env._("Open cases of which the next promised time has run out."),
            ),
            (
                "unassigned",
                case,
                [*OPEN_CASES, ("user_id", "=", False)],
                self.env._("Nobody Has Taken"),
                self.env._("Open cases without a responsible person."),
            ),
            (
                "returns",
                "aftersales.rma",
                returns,
                self.env._("Open Returns"),
                self.env._("Returns that were asked for or approved, and not done."),
            ),
            (
                "repairs",
                "repair.order",
                repairs,
                self.env._("Open Repairs"),
                self.env._("Repairs of installed products that are not done."),
            ),
            (
                "visits",
                "aftersales.visit",
                visits,
                self.env._("Visits Overdue"),
                self.env._("Planned for a day that is over, and not done."),
            ),
            (
                "failed",
                "aftersales.followup",
                [("state", "=", "failed")],
                self.env._("Follow-ups Failed"),
                self.env._("What was tried again and again, and needs a person."),
            ),
        ]

    @api.model
    def _get_ages(self):
        """Return how long open cases have been open."""
        now = fields.Datetime.now()
        labels = {
            "today": self.env._("Up to a day"),
            "week": self.env._("Up to a week"),
            "month": self.env._("Up to 30 days"),
            "older": self.env._("Longer"),
        }
        definition = self.env._("Open cases, by the time since they were reported.")
        result = []
        for name, first, last in AGES:
            domain = [
                *OPEN_CASES,
                ("date_reported", "<=", now - timedelta(days=first)),
            ]
            if last:
                domain.append(("date_reported", ">", now - timedelta(days=last)))
            tile = (name, "aftersales.case", domain, labels[name])
            result.append(self._tile(*tile, definition))
        return result

    @api.model
    def _get_promises(self):
        """Return how much time is left of what was promised for open cases."""
        now = fields.Datetime.now()
        day, week = now + timedelta(days=1), now + timedelta(days=7)
        due = "sla_due"
        definition = self.env._("Open cases, by when the next promised time runs out.")
        return [
            self._tile(name, "aftersales.case", [*OPEN_CASES, *span], label, definition)
            for name, span, label in (
                ("broken", [(due, "<", now)], self.env._("Run out")),
                (
                    "day",
                    [(due, ">=", now), (due, "<", day)],
                    self.env._("Within a day"),
                ),
                (
                    "week",
                    [(due, ">=", day), (due, "<", week)],
                    self.env._("Within a week"),
                ),
                ("later", [(due, ">=", week)], self.env._("Later")),
                ("none", [(due, "=", False)], self.env._("Nothing promised")),
            )
        ]

    # --- Quality ---

    @api.model
    def _get_rates(self):
        """Return the rates of quality, each with what it was before."""
        case_report = "aftersales.case.report"
        return [
            self._rate(case_report, "csat_rate", "date_solved"),
            self._rate(
                "aftersales.nps", "points", "date_answered", [("is_latest", "=", True)]
            ),
            self._rate(case_report, "fcr_rate", "date_solved"),
            self._rate(case_report, "sla_rate", "date_solved"),
            # What was reopened and is open still has no other date of its solution.
            self._rate(case_report, "reopen_rate", "date_first_solved", better="less"),
            self._rate("aftersales.fix.report", "fix_rate", "date_done"),
        ]

    @api.model
    def _rate(self, model, name, date_field, domain=(), better="more"):
        Model = self.env[model]
        field = Model._fields[name]
        now = fields.Datetime.now()
        since = now - timedelta(days=DAYS)
        before = since - timedelta(days=DAYS)
        base = self._get_company_domain() & Domain(list(domain))
        value, count = self._mean(model, name, base, date_field, since, now)
        earlier, _count = self._mean(model, name, base, date_field, before, since)
        label = field.get_description(self.env, ["string"])["string"]
        behind = base & self._get_span(model, date_field, since, now)
        if hasattr(Model, "_get_counted_domain"):
            # Records that the rate is not about have no value, and are not shown.
            behind &= Model._get_counted_domain(name)
        return {
            "name": name,
            "label": label,
            "definition": self._define(model, name),
            "value": value,
            "earlier": earlier,
            "count": count,
            "better": better,
            "model": model,
            "measure": name,
            "domain": list(behind),
        }

    @api.model
    def _get_span(self, model, date_field, first, last):
        if self.env[model]._fields[date_field].type == "date":
            first, last = first.date(), last.date()
        return Domain(date_field, ">", first) & Domain(date_field, "<=", last)

    @api.model
    def _mean(self, model, name, base, date_field, first, last):
        """Return the mean of a field over a span, and of how many records it is."""
        domain = base & self._get_span(model, date_field, first, last)
        # Of records that it is not about, a rate has no value at all.
        [(mean, count)] = self.env[model]._read_group(
            domain, [], [f"{name}:avg", f"{name}:count"]
        )
        return (round(mean, 1) if count else None), count

    # --- Who and what to look after ---

    @api.model
    def _get_failing_products(self):
        rows = self.env["aftersales.product.report"].search(
            self._get_company_domain() & Domain("claims", ">", 0),
            order="is_over desc, claim_rate desc, id",
            limit=LIST_LIMIT,
        )
        return [
            {
                "id": row.id,
                "name": row.product_id.sudo().display_name,
                "claims": row.claims,
                "rate": round(row.claim_rate, 1),
                "trend": round(row.trend, 1),
                "is_over": row.is_over,
            }
            for row in rows
        ]

    @api.model
    def _get_customers_at_risk(self):
        rows = self.env["aftersales.customer.report"].search(
            self._get_company_domain() & Domain("risk", ">", 0), limit=LIST_LIMIT
        )
        return [
            {
                "id": row.id,
                "partner_id": row.partner_id.id,
                "name": row.partner_id.sudo().display_name,
                "risk": row.risk,
                "is_at_risk": row.is_at_risk,
                "lifetime_value": row.lifetime_value,
                "currency_id": row.currency_id.id,
            }
            for row in rows
        ]

    @api.model
    def _get_definitions(self):
        """Return what the figures of products and customers mean."""
        names = {
            "aftersales.product.report": ("claims", "claim_rate", "trend", "is_over"),
            "aftersales.customer.report": ("risk", "lifetime_value"),
        }
        return {
            name: self._define(model, name)
            for model, group in names.items()
            for name in group
        }
