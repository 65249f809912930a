from datetime import date
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.spans import DAY, common, without


def exact(value):
    """Return a number as people see it: 0.1 is a tenth, not its nearest double."""
    return Decimal(str(value))


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
                line._add_price(price, line.company_id._aftersales_today())

    def _set_price(self, price, day, index_value=0.0):
        """Set the price from a day on; days before it keep theirs.

        :param float price: for one billing period
        :param date day: the first day of the new price
        :param float index_value: of the index that it follows, if any
        """
        self.ensure_one()
        # sudo: prices follow from the contract and its index.
        line = self.sudo()
        line._add_price(price, day, index_value)
        line.price_unit = price

    def _add_price(self, price, day, index_value=0.0):
        self.ensure_one()
        first = self._get_first_day()
        rows = {row.date_from: row for row in self.price_ids}
        vals_list = []
        if not rows and first < day:
            vals_list.append({"date_from": first, "price_unit": self.price_unit})
        vals = {"price_unit": price, "index_value": index_value}
        if day in rows:
            rows[day].write(vals)
        else:
            vals_list.append({"date_from": day, **vals})
        self.price_ids.create([{"line_id": self.id, **row} for row in vals_list])
        self.invalidate_recordset(["price_ids"])

    def _split_by_price(self, first, last):
        """Return the spans of equal price within days, with their prices.

        :return: a list of ``(first, last, price)``
        """
        self.ensure_one()
        rows = sorted((row.date_from, row.price_unit) for row in self.price_ids)
        if not rows:
            return [(first, last, self.price_unit)]
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
        first = self._get_first_day()
        if self.contract_id.billing_from:
            first = max(first, self.contract_id.billing_from)
        last = min(self._get_last_day(), last_day or date.max)
        return without([(first, last)], pauses)

    def _is_priced(self):
        """Tell whether the line is invoiced by periods."""
        self.ensure_one()
        return bool(self.price_unit or self.price_ids) and (
            self.contract_id.price_basis != "visit"
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
