from collections import defaultdict
from datetime import date
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.spans import DAY, common, without


def exact(value):
    """Return a number as people see it: 0.1 is a tenth, not its nearest double."""
    return Decimal(str(value))


def _get_price_at(rows, day):
    """Return the price on a day.

    :param list rows: of ``_get_prices``
    """
    held = [price for first, price in rows if first <= day]
    return held[-1] if held else rows[0][1]


class AftersalesContractLineBillingMixin(models.AbstractModel):
    """Which days of a contract line are charged, and at which price."""

    _name = "aftersales.contract.line.billing.mixin"
    _description = "Invoices of a Contract Line"

    bill_ids = fields.One2many(
        "aftersales.contract.bill",
        "line_id",
        string="Invoiced",
        groups="base.group_user",
    )
    price_ids = fields.One2many(
        "aftersales.contract.price",
        "line_id",
        string="Prices",
        groups="base.group_user",
    )
    index_base = fields.Float(
        string="Index at the Start",
        digits=(16, 4),
        readonly=True,
        copy=False,
        help="The value of the index that the first price was agreed at.",
    )

    def write(self, vals):
        if "price_unit" in vals:
            self._keep_prices(vals["price_unit"])
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_billed(self):
        # sudo: whoever changes a contract may have no rights on invoices.
        billed = self.sudo().filtered("bill_ids")[:1]
        if billed:
            raise UserError(
                self.env._(
                    "“%s” was invoiced. Do not delete it: type in its last day, and "
                    "what was paid for the time after it is credited.",
                    billed.name,
                )
            )

    # --- Prices ---

    def _keep_prices(self, price):
        """Keep the former price for days that were not invoiced yet.

        A price that is typed in holds from today on once something was invoiced;
        before that it is a correction.
        """
        # sudo: prices and their days are kept by the system.
        for line in self.sudo():
            rows = line.price_ids.sorted("date_from")
            latest = rows[-1:].price_unit if rows else line.price_unit
            if latest == price or not line.contract_id.date_anchor:
                continue
            if line.bill_ids or line.price_ids:
                today = line.company_id._aftersales_today()
                line._forget_later_prices(today)
                line._add_prices({line: price}, today)

    def _forget_later_prices(self, day):
        """Take back what was announced for later: something else was agreed."""
        # sudo: prices are kept by the system.
        self.sudo().price_ids.filtered(lambda row: row.date_from > day).unlink()

    def _set_price(self, price, day, index_value=0.0):
        """Set the price from a day on; days before it keep theirs.

        :param float price: for one billing period
        :param date day: the first day of the new price
        :param float index_value: of the index that it follows, if any
        """
        self._set_prices({line: price for line in self}, day, index_value)

    @api.model
    def _set_prices(self, prices, day, index_value=0.0):
        """Set prices of lines from a day on, all at once.

        :param dict prices: ``{line: price}``; the rest as for ``_set_price``
        """
        # sudo: prices follow from the contract and its index.
        prices = {line.sudo(): price for line, price in prices.items()}
        self._add_prices(prices, day, index_value)
        groups = defaultdict(self.sudo().browse)
        for line, price in prices.items():
            if day == max(line.price_ids.mapped("date_from")):
                groups[price] |= line
        for price, lines in groups.items():
            lines.price_unit = price

    @api.model
    def _add_prices(self, prices, day, index_value=0.0):
        """Keep prices with their first day; those before the first one as well."""
        vals_list = []
        lines = self.sudo().browse()
        for line, price in prices.items():
            lines |= line
            first = line._get_first_day()
            rows = {row.date_from: row for row in line.price_ids}
            if not rows and first < day:
                former = {"date_from": first, "price_unit": line.price_unit}
                vals_list.append({"line_id": line.id, **former})
            vals = {"price_unit": price, "index_value": index_value}
            if day in rows:
                rows[day].write(vals)
            else:
                vals_list.append({"line_id": line.id, "date_from": day, **vals})
        self.env["aftersales.contract.price"].sudo().create(vals_list)
        lines.invalidate_recordset(["price_ids"])
        lines.contract_id.invalidate_recordset(["price_ids"])

    def _hand_prices_on(self, heir):
        """Give a line that takes the place of this one the prices of its days."""
        self.ensure_one()
        # sudo: prices are kept by the system.
        rows = self.sudo().price_ids.sorted("date_from")
        if not rows:
            return
        first = heir._get_first_day()
        past = rows.filtered(lambda row: row.date_from <= first)
        # The price that holds on its first day, and those to come.
        rows -= past[:-1]
        rows.create(
            [
                {
                    "line_id": heir.id,
                    "date_from": row.date_from,
                    "price_unit": row.price_unit,
                    "index_value": row.index_value,
                }
                for row in rows
            ]
        )

    def _get_prices(self, until=None, since=None):
        """Return the prices with the days from which on they hold, in order.

        :param date until: with the adjustments to come up to this day, as far as they
            can be known today; None for none of them
        :param date since: leave out adjustments to come up to this day
        :return: a list of ``(first day, price)``; the first one holds before, too
        """
        self.ensure_one()
        rows = sorted((row.date_from, row.price_unit) for row in self.price_ids)
        rows = rows or [(date.min, self.price_unit)]
        if not until:
            return rows
        contract = self.contract_id
        for day in contract._get_adjustment_days(until, since):
            if self._is_indexed_on(day):
                former = _get_price_at(rows, day - DAY)
                price = contract._get_indexed_price(self, former, day)
                rows = sorted([*rows, (day, price)])
        return rows

    def _get_price_on(self, day, projected=False):
        """Return the price of a whole period that holds on a day.

        :param bool projected: with the adjustments to come until then
        """
        self.ensure_one()
        return _get_price_at(self._get_prices(day if projected else None), day)

    def _is_indexed_on(self, day):
        """Tell whether an adjustment on a day is for this line.

        It is not for a line that begins on that day or later, nor for one whose price
        from that day on was agreed.
        """
        self.ensure_one()
        return (
            self._is_priced()
            and self._get_first_line()._get_first_day() < day
            and (not self.date_to or self.date_to >= day)
            and day not in self.price_ids.mapped("date_from")
        )

    @api.model
    def _split_by_price(self, first, last, rows):
        """Return the spans of equal price within days, with their prices.

        :param list rows: of ``_get_prices``
        :return: a list of ``(first, last, price)``
        """
        if len(rows) == 1:
            return [(first, last, rows[0][1])]
        ends = [start - DAY for start, _price in rows[1:]] + [date.max]
        starts = [date.min] + [start for start, _price in rows[1:]]
        return [
            (*span, price)
            for start, end, (_start, price) in zip(starts, ends, rows, strict=True)
            for span in common([(first, last)], [(start, end)])
        ]

    def _get_whole_amount(self, price):
        """Return what a whole period costs at a price, exact, not rounded."""
        self.ensure_one()
        left = 100 - exact(self.discount)
        return exact(price) * exact(self.quantity) * left / 100

    # --- Days ---

    def _get_first_day(self):
        """Return the first day of the line."""
        self.ensure_one()
        contract = self.contract_id
        start = contract.date_anchor or contract.date_start
        return max(self.date_from or start, start)

    def _get_first_priced_day(self):
        """Return the first day that is invoiced here: the price is that of this day."""
        self.ensure_one()
        first = self._get_first_day()
        return max(first, self.contract_id.billing_from or first)

    def _get_last_day(self):
        """Return the last day of the line as the contract stands."""
        self.ensure_one()
        end = self.contract_id.date_end or date.max
        return min(self.date_to or end, end)

    def _get_paid_spans(self, pauses=(), last_day=None):
        """Return the days that the customer pays for.

        :param pauses: spans on which the contract pauses
        :param date last_day: nothing after it
        :return: a list of ``(first, last)``
        """
        self.ensure_one()
        if self.is_undone:
            return []
        first = self._get_first_priced_day()
        last = min(self._get_last_day(), last_day or date.max)
        return without([(first, last)], pauses)

    def _is_priced(self):
        """Tell whether the line is invoiced by periods."""
        self.ensure_one()
        return (
            bool(self.price_unit or self.price_ids)
            and self.contract_id.price_basis != "visit"
            and not self.is_undone
        )

    # --- Invoices ---

    def _get_invoice_label(self, first, last, lang):
        """Return the text of an invoice line: what it is for, and for which days.

        :param date first: the first day
        :param date last: the last day, included
        :param str lang: the language of the customer
        """
        self.ensure_one()
        days = self.contract_id._format_span(first, last, lang)
        return f"{self.name}\n{days}"

    def _get_order_line(self):
        """Return the order line that the line was sold by, may be empty."""
        self.ensure_one()
        empty = self.env["sale.order.line"]
        for record in (self, self.contract_id):
            if "sale_line_id" in record._fields and record.sale_line_id:
                return record.sale_line_id
        return empty
