from collections import defaultdict
from datetime import date
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..tools.billing import Period, periods, prorate
from ..tools.spans import DAY, common, without

# More periods than this that are over when a contract starts are not invoiced before
# somebody said so: most often they were settled elsewhere.
MAX_CATCH_UP = 2


class Charge(NamedTuple):
    """Days of a line that are to be invoiced."""

    line: object
    """An ``aftersales.contract.line``."""
    period: Period
    """The days, within the whole period that they are a part of."""
    due: date
    """When they are invoiced."""
    price: float
    """Of the whole period, for one of the quantity."""
    turn: int
    """How often they were invoiced and credited before."""

    @property
    def is_whole(self):
        """Tell whether it is a whole period."""
        period = self.period
        return (period.first, period.last) == (period.whole_first, period.whole_last)

    @property
    def amount(self):
        """What the days cost, rounded to the currency."""
        whole = self.line._get_whole_amount(self.price)
        return prorate(whole, self.period, self.line.currency_id.decimal_places)


class Billed(NamedTuple):
    """Days of a line that stand on an invoice or a credit note."""

    id: int
    kind: str
    turn: int
    first: date
    last: date
    charge_id: int


class AftersalesContractBillingMixin(models.AbstractModel):
    """What of a contract is to be invoiced, when, and for which days.

    The days that the customer pays for, less those that were invoiced, are due. Those
    that were invoiced but are not paid for any more are credited. Nothing else is
    kept: whatever happens to a contract or an invoice, the rest follows.
    """

    _name = "aftersales.contract.billing.mixin"
    _description = "Invoices of a Contract"

    date_invoice_next = fields.Date(
        string="Next Invoice",
        compute="_compute_date_invoice_next",
        store=True,
        copy=False,
        help="The day on which the next invoice is made. In advance: the first day of "
        "the period. Afterwards: the day after its last.",
    )
    is_billing_undecided = fields.Boolean(
        string="Past Periods to Decide On",
        compute="_compute_date_invoice_next",
        store=True,
        copy=False,
        help="The contract began long ago, and it is not said from when on it is "
        "invoiced here.",
    )
    bill_ids = fields.One2many(
        "aftersales.contract.bill",
        "contract_id",
        string="Invoiced Days",
        groups="base.group_user",
    )

    _invoice_index = models.Index(
        "(date_invoice_next, id) WHERE date_invoice_next IS NOT NULL"
    )

    @api.depends(
        "state",
        "date_start",
        "date_end",
        "date_anchor",
        "billing_from",
        "billing_count",
        "billing_unit",
        "billing_moment",
        "billing_aligned",
        "price_basis",
        "line_ids.price_unit",
        "line_ids.date_from",
        "line_ids.date_to",
        "line_ids.is_undone",
        "line_ids.price_ids.date_from",
        "date_index_next",
        "pause_ids.date_first",
        "pause_ids.date_last",
        "bill_ids.date_first",
        "bill_ids.date_last",
        "bill_ids.is_void",
    )
    def _compute_date_invoice_next(self):
        # sudo: whoever changes a contract may have no rights on its invoices.
        contracts = self.sudo().filtered(lambda c: c._is_billable())
        idle = self - contracts.with_env(self.env)
        idle.date_invoice_next = False
        idle.is_billing_undecided = False
        billed = contracts._get_billed()
        for contract in contracts:
            undecided = contract._has_far_past(billed)
            contract.is_billing_undecided = undecided
            days = []
            if not undecided:
                days = [
                    *(charge.due for charge in contract._get_first_charges(billed)),
                    *(first for _bill, first, _last in contract._get_over(billed)),
                ]
            contract.date_invoice_next = min(days, default=False)

    def _is_billable(self):
        """Tell whether the contract was ever in force, so that it can be invoiced."""
        self.ensure_one()
        return bool(self.date_anchor) and self.state != "draft"

    # --- What was invoiced ---

    def _get_billed(self):
        """Return what stands on invoices and credit notes that were not cancelled.

        :return: ``{line id: [Billed]}``
        """
        if not self.ids:
            return {}
        Bill = self.env["aftersales.contract.bill"]
        Bill.flush_model(
            ["line_id", "kind", "turn", "date_first", "date_last", "is_void"]
        )
        result = defaultdict(list)
        for line_id, *values in self.env.execute_query(
            SQL(
                "SELECT line_id, id, kind, turn, date_first, date_last, charge_id "
                "FROM aftersales_contract_bill "
                "WHERE contract_id IN %s AND is_void IS NOT TRUE ORDER BY id",
                tuple(self.ids),
            )
        ):
            result[line_id].append(Billed(*values))
        return result

    @api.model
    def _get_billed_spans(self, rows):
        """Return the days that are invoiced and not credited.

        :param rows: ``Billed`` of one line
        """
        result = []
        for turn in {row.turn for row in rows}:
            parts = {"charge": [], "credit": []}
            for row in rows:
                if row.turn == turn:
                    parts[row.kind].append((row.first, row.last))
            result += without(parts["charge"], parts["credit"])
        return result

    # --- What is to be invoiced ---

    def _get_first_charges(self, billed):
        """Return the first that is to be invoiced of each line."""
        self.ensure_one()
        found = (
            next(self._iter_charges(line, billed.get(line._origin.id, ())), None)
            for line in self.line_ids
        )
        return [charge for charge in found if charge]

    def _get_pending(self, until):
        """Return what is due up to a day and not invoiced.

        :param dict until: ``{company: date}``, included
        :return: ``{contract: [Charge]}``; contracts without any are left out
        """
        contracts = self.filtered(
            lambda c: c._is_billable() and not c.is_billing_undecided
        )
        billed = contracts._get_billed()
        result = {}
        for contract in contracts:
            day = until[contract.company_id]
            charges = [
                charge
                for line in contract.line_ids
                for charge in self._take_until(
                    contract._iter_charges(line, billed.get(line._origin.id, ())), day
                )
            ]
            if charges:
                result[contract] = charges
        return result

    @api.model
    def _take_until(self, charges, day):
        for charge in charges:
            if charge.due > day:
                return
            yield charge

    def _iter_charges(self, line, rows, since=None):
        """Return what is to be invoiced of a line, from the first day on.

        :param rows: what was invoiced of the line, ``Billed``
        :param date since: leave out days before it
        :return: an iterator of ``Charge``, in the order in which they are due
        """
        self.ensure_one()
        if not line._is_priced():
            return
        pauses = self._get_pauses(with_open=True)
        spans = without(line._get_paid_spans(pauses), self._get_billed_spans(rows))
        if since:
            spans = common(spans, [(since, date.max)])
        if not spans:
            return
        last_day = line._get_last_day()
        prices = line._get_prices(spans[-1][1], since)
        for period in self._iter_periods(spans[0][0], spans[-1][1]):
            days = common(spans, [(period.whole_first, period.whole_last)])
            for first, last in days:
                for start, end, price in line._split_by_price(first, last, prices):
                    due = min(period.whole_last, last_day) + DAY
                    if self.billing_moment == "advance":
                        due = start
                    part = period._replace(first=start, last=end)
                    turn = self._get_turn(rows, start, end)
                    yield Charge(line, part, due, price, turn)

    def _iter_periods(self, first, last):
        """Return the periods from the one of a day to that of another."""
        self.ensure_one()
        return periods(
            self.date_anchor,
            None,
            self.billing_count,
            self.billing_unit,
            self.billing_aligned,
            until=last,
            since=first,
        )

    @api.model
    def _get_turn(self, rows, first, last):
        """Return how often some of the days were charged before."""
        turns = [
            row.turn + 1
            for row in rows
            if row.kind == "charge" and row.first <= last and row.last >= first
        ]
        return max(turns, default=0)

    def _get_pauses(self, with_open):
        """Return the spans on which the contract pauses.

        :param bool with_open: also a pause that goes on
        """
        self.ensure_one()
        return [
            (pause.date_first, pause.date_last or date.max)
            for pause in self.pause_ids
            if pause.date_last or with_open
        ]

    # --- What is to be credited ---

    def _get_over(self, billed, last_day=None):
        """Return the days that were invoiced and are not paid for any more.

        Days of a pause that goes on are left alone until it ends: how many they are
        is not known.

        :param dict billed: of ``_get_billed``
        :param date last_day: credit all that lies after it
        :return: a list of ``(Billed, first, last)``, the charge and its days
        """
        self.ensure_one()
        pauses = self._get_pauses(with_open=bool(last_day))
        result = []
        for line in self.line_ids:
            rows = billed.get(line._origin.id)
            if not rows:
                continue
            paid = line._get_paid_spans(pauses, last_day)
            for charge in rows:
                if charge.kind != "charge":
                    continue
                credited = [(r.first, r.last) for r in rows if r.charge_id == charge.id]
                left = without([(charge.first, charge.last)], credited)
                result += [(charge, *span) for span in without(left, paid)]
        return result

    # --- Contracts that began long ago ---

    def _has_far_past(self, billed):
        """Tell whether it must be said first from when on the contract is invoiced."""
        self.ensure_one()
        if self.billing_from or any(
            billed.get(line._origin.id) for line in self.line_ids
        ):
            return False
        today = self.company_id._aftersales_today()
        past = 0
        for period in self._iter_periods(self.date_anchor, today):
            if period.last >= today or period.first > (self.date_end or date.max):
                break
            past += 1
            if past > MAX_CATCH_UP:
                return any(line._is_priced() for line in self.line_ids)
        return False

    def _is_billed(self):
        """Tell whether anything of the contract was invoiced."""
        self.ensure_one()
        # sudo: whoever changes a contract may have no rights on its invoices.
        return bool(self.sudo().bill_ids.filtered(lambda b: not b.is_void))

    # --- Steps of a contract ---

    def _sync_billing(self):
        """Bring what is to be invoiced in line with lines and terms.

        The next invoice follows by itself; what was invoiced too much is credited.
        """
        self._set_price_bases()
        self._credit_carefully()

    def _stop_billing(self, last_day):
        """Invoice nothing after the last day, and credit what was paid for it.

        :param date last_day: the last day of the contract, included
        :return: the credit notes
        """
        return self._credit_carefully(last_day)

    def _resume_billing(self, day):
        """Invoice again; what was paid in advance for the pause is credited.

        :param date day: the first day that is charged again
        """
        self._credit_carefully()

    # --- In words ---

    def _format_span(self, first, last, lang=None):
        """Return days in words, in the language of a customer."""
        return self.env._(
            "%(first)s – %(last)s",
            first=format_date(self.env, first, lang_code=lang),
            last=format_date(self.env, last, lang_code=lang),
        )

    def _check_may_invoice(self):
        """Let those who may change contracts make invoices, and accountants.

        :raises AccessError: for everybody else
        """
        self.check_access("read")
        if not self.env.user.has_group("account.group_account_invoice"):
            self.check_access("write")

    def _check_decided(self):
        if undecided := self.filtered("is_billing_undecided")[:1]:
            raise UserError(
                self.env._(
                    "%s began long ago. Say first from when on it is invoiced: press "
                    "“Past Periods”.",
                    undecided.display_name,
                )
            )
