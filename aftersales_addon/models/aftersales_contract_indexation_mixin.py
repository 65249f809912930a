from odoo import models
from odoo.tools import formatLang

from ..tools.billing import indexed
from .aftersales_contract_line_billing_mixin import exact


class AftersalesContractIndexationMixin(models.AbstractModel):
    """Prices that rise by a percentage, or follow an index from where it stood."""

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
                found = contract.index_id._get_value(line._get_first_day())
                if found:
                    vals["index_base"] = found
            if vals:
                line.write(vals)

    def _renew_prices(self, day):
        """Set the prices of the term that begins, and note them.

        :param date day: the first day of the new term
        """
        for contract in self:
            notes = []
            for line in contract.line_ids.filtered(lambda x: x._is_priced()):
                if line.date_to and line.date_to < day:
                    continue
                former, price = line.price_unit, self._get_renewal_price(line, day)
                if price == former:
                    continue
                line._set_price(price, day, contract.index_id._get_value(day))
                notes.append(contract._format_new_price(line, former, price))
            if notes:
                contract._message_log(
                    body=self.env._(
                        "Prices from %(day)s: %(prices)s",
                        day=self.env["aftersales.asset"]._format_day(day),
                        prices="; ".join(notes),
                    )
                )
            elif contract._lacks_index(day):
                contract._message_log(
                    body=self.env._(
                        "The price stays: the index “%s” has no value that it could "
                        "follow.",
                        contract.index_id.display_name,
                    )
                )

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
        digits = self.env["decimal.precision"].precision_get("Product Price")
        cap = exact(contract.index_cap) if contract.index_cap else None
        price = exact(line.price_unit)
        if contract.indexation == "percent":
            rise = 100 + exact(contract.index_percent)
            if rise > 0:
                return float(indexed(price, exact(100), rise, cap, digits, price))
        if contract.indexation == "index" and line.index_base:
            value = contract.index_id._get_value(day)
            if value:
                base = exact(line.price_base or line.price_unit)
                start = exact(line.index_base)
                return float(indexed(base, start, exact(value), cap, digits, price))
        return line.price_unit

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
