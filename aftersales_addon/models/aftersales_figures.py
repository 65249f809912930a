from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .aftersales_stage import END_KINDS

# The figures are those of so many days, beside those of as many days before.
DAYS = 90
# How many rows the short lists show.
LIST_LIMIT = 8
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

    @api.model
    @api.readonly
    def get_figures(self):
        """Return all that the overview for managers shows.

        :return: ``open`` and ``ages`` (tiles of open work), ``rates`` (quality of 90
            days beside the 90 before), ``costs`` (by product, supplier and customer),
            ``at_hand`` (what ends soon, as revenue), ``products`` that fail too often,
            ``customers`` at risk, and the ``currency_id`` of amounts
        :raises AccessError: for those who do not run after-sales
        """
        if not self.env.user.has_group("aftersales_addon.aftersales_group_manager"):
            raise AccessError(
                self.env._("This screen is for administrators of After-Sales.")
            )
        return {
            "open": self._get_open_work(),
            "ages": self._get_ages(),
            "rates": self._get_rates(),
            "costs": self._get_costs(),
            "at_hand": self._get_revenue_at_hand(),
            "products": self._get_failing_products(),
            "customers": self._get_customers_at_risk(),
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
            ("cases", case, OPEN_CASES, self.env._("Open Cases")),
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
            ),
            ("returns", "aftersales.rma", returns, self.env._("Open Returns")),
            ("repairs", "repair.order", repairs, self.env._("Open Repairs")),
            (
                "visits",
                "aftersales.visit",
                visits,
                self.env._("Visits Overdue"),
                self.env._("Planned for a day that is over, and not done."),
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
        result = []
        for name, first, last in AGES:
            domain = [
                *OPEN_CASES,
                ("date_reported", "<=", now - timedelta(days=first)),
            ]
            if last:
                domain.append(("date_reported", ">", now - timedelta(days=last)))
            result.append(self._tile(name, "aftersales.case", domain, labels[name]))
        return result

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
            self._rate(case_report, "reopen_rate", "date_solved", better="less"),
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
        description = field.get_description(self.env, ["string", "help"])
        return {
            "name": name,
            "label": description["string"],
            "definition": description.get("help") or "",
            "value": value,
            "earlier": earlier,
            "count": count,
            "better": better,
            "model": model,
            "measure": name,
            "domain": list(base & self._get_span(model, date_field, since, now)),
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

    # --- Cost ---

    @api.model
    def _get_costs(self):
        """Return what after-sales has cost, by product, supplier and customer."""
        since = fields.Datetime.now() - timedelta(days=DAYS)
        cases = self._get_company_domain() & Domain("date_reported", ">", since)
        returns = self._get_company_domain() & Domain("date_requested", ">", since)
        case_report, rma_report = "aftersales.case.report", "aftersales.rma.report"
        return [
            self._cost(
                "product",
                self.env._("By Product"),
                case_report,
                "product_id",
                "cost",
                cases,
            ),
            self._cost(
                "vendor",
                self.env._("Returns by Supplier"),
                rma_report,
                "vendor_id",
                "cost_total",
                returns,
            ),
            self._cost(
                "customer",
                self.env._("By Customer"),
                case_report,
                "partner_id",
                "cost",
                cases,
            ),
        ]

    @api.model
    def _cost(self, name, label, model, group, measure, domain):
        Model = self.env[model]
        rows = Model._read_group(
            domain & Domain(group, "!=", False),
            [group],
            [f"{measure}:sum"],
            order=f"{measure}:sum desc",
            limit=LIST_LIMIT,
        )
        help_text = Model._fields[measure].get_description(self.env, ["help"])
        return {
            "name": name,
            "label": label,
            "definition": help_text.get("help") or "",
            "model": model,
            "rows": [
                {
                    "id": record.id,
                    "name": record.sudo().display_name,
                    "amount": amount,
                    "domain": list(domain & Domain(group, "=", record.id)),
                }
                for record, amount in rows
                if amount
            ],
        }

    # --- Revenue at hand ---

    @api.model
    def _get_revenue_at_hand(self):
        """Return what ends in the next 90 days and may be sold again."""
        today = self.env.company._aftersales_today()
        until = today + timedelta(days=DAYS)
        units = self._tile(
            "warranties",
            "aftersales.asset",
            [
                ("state", "=", "in_use"),
                ("warranty_end", ">=", today),
                ("warranty_end", "<=", until),
            ],
            self.env._("Warranties Ending"),
            self.env._(
                "Units whose coverage ends in the next 90 days: offer an extension."
            ),
        )
        contracts = self._tile(
            "contracts",
            "aftersales.contract",
            [
                ("state", "in", ("running", "to_renew")),
                ("date_end", ">=", today),
                ("date_end", "<=", until),
            ],
            self.env._("Contracts Ending"),
            self.env._("Contracts whose term ends in the next 90 days."),
        )
        return [units, contracts]

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
            }
            for row in rows
        ]
