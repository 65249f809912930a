from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.billing import prorate
from ..tools.periods import add_period
from ..tools.schedule import Rule, occurrences
from ..tools.spans import DAY, common, without

MONTHS = 12
# How many contracts the nightly job works out before it commits.
BATCH = 200
FORCE = ("running", "to_renew", "paused")


class AftersalesContractForecast(models.Model):
    """What contracts bring in, and how many visits they ask for, month by month.

    Worked out anew each night. Contracts that go on unless notice is given are taken
    to go on. Prices rise as agreed; an index is taken to stay where it stands.
    """

    _name = "aftersales.contract.forecast"
    _description = "Forecast of Contracts"
    _order = "date, id"

    contract_id = fields.Many2one(
        "aftersales.contract",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    plan_id = fields.Many2one("aftersales.plan", readonly=True)
    commercial_partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True
    )
    user_id = fields.Many2one("res.users", string="Responsible", readonly=True)
    date = fields.Date(string="Month", required=True, readonly=True)
    amount = fields.Monetary(
        string="Revenue",
        readonly=True,
        help="What the days of the month cost, whenever they are invoiced, in the "
        "company's currency at the rate of the day on which this was worked out.",
    )
    amount_agreed = fields.Monetary(
        string="Of It Agreed",
        readonly=True,
        help="For days up to the end of the present term.",
    )
    visit_count = fields.Integer(
        string="Visits",
        readonly=True,
        help="Visits that are planned, and those that will be, one for each unit.",
    )

    _order_index = models.Index("(date, id)")

    def action_view_contract(self):
        """Open the contract that a row is about."""
        self.ensure_one()
        self.check_access("read")
        return self.contract_id._get_contracts_action()

    @api.model
    def _cron_update(self):
        """Work the forecast out anew, contract by contract in committed batches."""
        Contract = self.env["aftersales.contract"]
        gone = [("contract_id.state", "not in", FORCE)]
        self.search(gone).unlink()
        domain = Domain("state", "in", FORCE)
        remaining, last_id = Contract.search_count(domain), 0
        while contracts := Contract.search(
            domain & Domain("id", ">", last_id), order="id", limit=BATCH
        ):
            last_id, done = contracts[-1].id, len(contracts)
            self._update(contracts)
            remaining = max(remaining - done, 0)
            self.env.invalidate_all()
            if not self.env["ir.cron"]._commit_progress(done, remaining=remaining):
                break

    @api.model
    def _update(self, contracts):
        """Put the rows of contracts in the place of their former ones."""
        self.search([("contract_id", "in", contracts.ids)]).unlink()
        today = contracts.company_id._aftersales_today_by_company()
        vals_list = []
        for contract in contracts:
            vals_list += self._prepare_rows(contract, today[contract.company_id])
        self.create(vals_list)

    @api.model
    def _prepare_rows(self, contract, today):
        """Return the values of the rows of a contract.

        :param date today: the day that the forecast begins with its month
        """
        company, currency = contract.company_id, contract.currency_id
        start = today.replace(day=1)
        rows = []
        visits = self._count_visits(contract, start)
        horizon = add_period(start, MONTHS, "month") - DAY
        prices = {
            line: line._get_prices(horizon)
            for line in contract.line_ids.filtered(lambda x: x._is_priced())
        }
        for number in range(MONTHS):
            first = add_period(start, number, "month") if number else start
            last = add_period(start, number + 1, "month") - DAY
            whole = self._get_revenue(contract, prices, first, last)
            agreed = self._get_revenue(
                contract, prices, first, min(last, contract.date_end)
            )
            count = visits.get((first.year, first.month), 0)
            if not (whole or count):
                continue
            rows.append(
                {
                    "contract_id": contract.id,
                    "company_id": company.id,
                    "plan_id": contract.plan_id.id,
                    "commercial_partner_id": contract.commercial_partner_id.id,
                    "user_id": contract.user_id.id,
                    "date": first,
                    "amount": currency._convert(
                        whole, company.currency_id, company, today
                    ),
                    "amount_agreed": currency._convert(
                        agreed, company.currency_id, company, today
                    ),
                    "visit_count": count,
                }
            )
        return rows

    @api.model
    def _goes_on(self, contract):
        """Tell whether the contract is taken to go on after its term."""
        return contract.renewal == "tacit" and not (
            contract.date_notice_given or contract.date_cancelled
        )

    @api.model
    def _get_revenue(self, contract, prices, first, last):
        """Return what days of a contract cost, exact to the cent.

        :param dict prices: ``{line: its prices}``, of ``_get_prices``
        :param date first: the first day
        :param date last: the last day, included
        """
        if first > last:
            return 0.0
        pauses = contract._get_pauses(with_open=True)
        goes_on, total = self._goes_on(contract), 0
        digits = contract.currency_id.decimal_places
        for line, rows in prices.items():
            end = line.date_to or (last if goes_on else contract.date_end)
            begin = max(line._get_first_day(), contract.billing_from or first)
            spans = common([(begin, end)], [(first, last)])
            for span in without(spans, pauses):
                for period in contract._iter_periods(*span):
                    days = common([span], [(period.whole_first, period.whole_last)])
                    for part in days:
                        total += self._get_cost(line, period, part, rows, digits)
        return float(total)

    @api.model
    def _get_cost(self, line, period, days, rows, digits):
        """Return what days of a period cost, at the prices that hold on them.

        :param days: ``(first day, last day)``
        :param list rows: of ``_get_prices``
        """
        return sum(
            prorate(
                line._get_whole_amount(price),
                period._replace(first=first, last=last),
                digits,
            )
            for first, last, price in line._split_by_price(*days, rows)
        )

    @api.model
    def _count_visits(self, contract, start):
        """Return how many visits there are in each month.

        :param date start: the first day of the first month
        :return: ``{(year, month): number}``
        """
        counts = {}
        end = add_period(start, MONTHS, "month") - DAY
        days = [
            line.visit_id.date_planned
            for line in contract.visit_ids.filtered(
                lambda v: v.state != "cancelled" and start <= v.date_planned <= end
            ).line_ids
        ]
        known = max(contract.visit_ids.mapped("date_planned"), default=start - DAY)
        last = end if self._goes_on(contract) else min(end, contract.date_end)
        present = contract.line_ids.filtered(
            lambda x: x.asset_id and (span := x._get_span()) and span[1] >= start
        )
        units = len(present.asset_id) if contract.line_ids.asset_id else 1
        for service in contract.service_ids:
            if service.schedule != "calendar":
                continue
            rule = Rule(service.interval_count, service.interval_unit)
            anchor = contract.date_anchor or contract.date_start
            for number, day in occurrences(anchor, rule, max(known + DAY, start), last):
                if number or service.at_start:
                    days += [day] * units
        for day in days:
            counts[day.year, day.month] = counts.get((day.year, day.month), 0) + 1
        return counts
