from odoo import models
from odoo.tools import formatLang

from ..tools.billing import indexed
from ..tools.spans import DAY
from .aftersales_contract_line_billing_mixin import exact

# So many new prices are named; the others are counted.
MAX_TOLD = 10


class AftersalesContractIndexationMixin(models.AbstractModel):
    """Prices that rise by a percentage, or follow an index from where it stood.

    This is how a price is worked out; on which days, says
    ``aftersales.contract.adjustment.mixin``.
    """

    _name = "aftersales.contract.indexation.mixin"
    _description = "Indexation of a Contract"

    def _set_price_bases(self):
        """Keep what indexation counts from: the first price, and the index then."""
        for line in self.filtered(lambda c: c._is_billable()).line_ids:
            if not line.price_unit:
                continue
            vals = {}
            if not line.price_base:
                vals["price_base"] = line.price_unit
            contract = line.contract_id
            if contract.indexation == "index" and not line.index_base:
                found = contract.index_id._get_value(line._get_first_priced_day())
                if found:
                    vals["index_base"] = found
            if vals:
                line.write(vals)

    def _renew_prices(self, day):
        """Set the prices of the term that begins, and note them.

        :param date day: the first day of the new term
        """
        # The others are adjusted on their own days, whenever a term ends.
        for contract in self.filtered(lambda c: c.indexation_at == "renewal"):
            contract._move_prices(day)

    def _move_prices(self, day):
        """Set the prices that hold from a day on, and note them.

        A price that was agreed for just this day stays.

        :param date day: the first day of the new prices
        :return: the lines with another price than before
        """
        self.ensure_one()
        prices, notes = {}, []
        for line in self.line_ids.filtered(lambda x: x._is_indexed_on(day)):
            former = line._get_price_on(day - DAY)
            price = self._get_indexed_price(line, former, day)
            if price == former:
                continue
            prices[line] = price
            if len(notes) < MAX_TOLD:
                notes.append(self._format_new_price(line, former, price))
        self.line_ids._set_prices(prices, day, self.index_id._get_value(day))
        if notes:
            if len(prices) > MAX_TOLD:
                notes.append(self.env._("%s more", len(prices) - MAX_TOLD))
            self._message_log(
                body=self.env._(
                    "Prices from %(day)s: %(prices)s",
                    day=self._format_day(day),
                    prices="; ".join(notes),
                )
            )
        elif self._lacks_index(day):
            self._message_log(
                body=self.env._(
                    "The price stays: the index “%s” has no value that it could "
                    "follow.",
                    self.index_id.display_name,
                )
            )
        return self.line_ids.browse().union(*prices)

    def _lacks_index(self, day):
        self.ensure_one()
        return self.indexation == "index" and not (
            self.index_id._get_value(day) and any(self.line_ids.mapped("index_base"))
        )

    def _get_renewal_price(self, line, day):
        """Return the price of a line for one billing period of the next term.

        :param line: an ``aftersales.contract.line``
        :param date day: the first day of the next term
        """
        contract = line.contract_id
        if contract.indexation_at == "renewal":
            return contract._get_indexed_price(line, line.price_unit, day)
        # sudo: whoever offers a renewal may have no rights on prices of the past.
        return line.sudo()._get_price_on(day, projected=True)

    def _get_indexed_price(self, line, former, day):
        """Return the price that a line gets on a day.

        :param line: an ``aftersales.contract.line``
        :param float former: the price on the day before
        :param date day: the first day of the new price
        """
        self.ensure_one()
        digits = self.env["decimal.precision"].precision_get("Product Price")
        cap = exact(self.index_cap) if self.index_cap else None
        # What is taken off the price rises with it.
        sign = -1 if former < 0 else 1
        price = abs(exact(former))
        if self.indexation == "percent":
            rise = 100 + exact(self.index_percent)
            if rise > 0:
                return sign * float(
                    indexed(price, exact(100), rise, cap, digits, price)
                )
        if self.indexation == "index" and line.index_base:
            value = self.index_id._get_value(day)
            if value:
                base = abs(exact(line.price_base or former))
                start = exact(line.index_base)
                return sign * float(
                    indexed(base, start, exact(value), cap, digits, price)
                )
        return former

    def _format_new_price(self, line, former, price):
        """Return the change of a price in words."""
        self.ensure_one()
        env, currency = self.env, self.currency_id
        return env._(
            "%(line)s: %(former)s → %(price)s",
            line=line.name,
            former=formatLang(env, former, currency_obj=currency),
            price=formatLang(env, price, currency_obj=currency),
        )
