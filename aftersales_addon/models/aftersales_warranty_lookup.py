from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize

from .aftersales_warranty_policy_line import ITEMS

CHECK_URL = "/aftersales/warranty"
# Letters, at most, that the page takes in each field.
MAX_NUMBER = 64
MAX_FACT = 254
# Questions that one network, and that are asked about one number, within a day.
MAX_PER_VISITOR = 20
MAX_PER_NUMBER = 10
# A lot can have come to one customer in several deliveries.
MAX_UNITS = 10
# The longest postcode of any country, with its spaces.
MAX_POSTCODE = 10


class AftersalesWarrantyLookup(models.AbstractModel):
    """What anybody may ask who has a product in hand: is it under warranty?

    The number alone says nothing: it stands on the box for all to read. A second fact
    that the customer knows has to fit, and the answer tells nothing about a person.
    """

    _name = "aftersales.warranty.lookup"
    _description = "Warranty Check"

    @api.model
    def _ask(self, company, number, fact, address):
        """Return the units that a number and a fact of their customer fit.

        Whether the number or the fact is wrong makes no difference, neither in the
        answer nor in what is looked up for it.

        :param company: ``res.company``
        :param str number: the serial or lot number
        :param str fact: the number of the order, an e-mail address or a postcode
        :param str address: where the visitor comes from
        :return: the ``aftersales.asset`` found, may be empty; None when too much was
            asked
        """
        Try = self.env["aftersales.return.try"]
        subject = f"s-{company.id}-{number.casefold()}"
        most = MAX_PER_VISITOR, MAX_PER_NUMBER
        if not Try._may_ask(f"w-{address}", subject, most):
            return None
        # sudo: number and fact together are the right to see the coverage.
        found = (
            self.env["aftersales.asset"]
            .sudo()
            .search(self._get_domain(company, number, fact), limit=MAX_UNITS)
        )
        # Who has the unit now comes before who had it earlier.
        return found.filtered(lambda a: a.state == "in_use") or found[:1]

    @api.model
    def _get_domain(self, company, number, fact):
        # One query for both: a wrong fact takes as long as an unknown number.
        return (
            Domain("company_id", "=", company.id)
            & Domain("serial_number", "=ilike", self._escape(number))
            & self._get_fact_domain(fact)
        )

    @api.model
    def _escape(self, text):
        for char in ("\\", "%", "_"):
            text = text.replace(char, f"\\{char}")
        return text

    @api.model
    def _get_fact_domain(self, fact):
        """Return the domain of units whose customer knows a fact.

        :param str fact: an e-mail address; else the number of an order or a postcode
        """
        if "@" in fact:
            # An address that is none fits nobody.
            address = email_normalize(fact) or fact
            return self._get_people_domain(Domain("email_normalized", "=", address))
        order = Domain(
            "sale_order_id", "any!", [("name", "=ilike", self._escape(fact))]
        )
        postcodes = self._get_postcodes(fact)
        return order | self._get_people_domain(Domain("zip", "in", postcodes))

    @api.model
    def _get_people_domain(self, domain):
        names = ("partner_id", "commercial_partner_id", "partner_shipping_id")
        people = Domain.OR(Domain(name, "any!", domain) for name in names)
        delivered = Domain("picking_id", "any!", Domain("partner_id", "any!", domain))
        return people | delivered

    @api.model
    def _get_postcodes(self, text):
        """Return a postcode in all ways to write it: with a space or without."""
        plain = "".join(text.split()).upper()
        if len(plain) > MAX_POSTCODE:
            return [text]
        spaced = {f"{plain[:i]} {plain[i:]}" for i in range(1, len(plain))}
        return sorted({text, plain, plain.lower()} | spaced)

    # --- The answer ---

    @api.model
    def _get_items(self, asset):
        """Return what is covered, and until when, over all warranties of a unit.

        :param asset: ``aftersales.asset``
        :return: a list of ``{"label", "text", "covered"}`` in the user's language, an
            entry for each kind of cost
        """
        if asset.state != "in_use":
            return []
        labels = dict(
            self.env["aftersales.warranty.line"]
            ._fields["item"]
            ._description_selection(self.env)
        )
        today = asset.company_id._aftersales_today()
        best = self._get_best_lines(asset, today)
        codes = [code for code, _label in ITEMS if code != "consumables"]
        codes += [code for code in best if code not in codes]
        return [
            {
                "label": labels[code],
                "text": self._describe(asset, best.get(code)),
                "covered": bool(best.get(code) and best[code][0]),
            }
            for code in codes
        ]

    @api.model
    def _get_best_lines(self, asset, today):
        """Return ``{item: (whether it holds today, share, last day)}``."""
        best = {}
        for layer in asset._get_layers().filtered("date_end"):
            for line in layer.coverage or []:
                if not line["share"] or line.get("categ_id"):
                    continue  # what holds for some goods only is no promise for all
                end = min(fields.Date.to_date(line["end"]), layer._get_last_day())
                # What holds today comes first, then the higher share, then the end.
                rank = (end >= today, line["share"], end)
                best[line["item"]] = max(best.get(line["item"], rank), rank)
        return best

    @api.model
    def _describe(self, asset, found):
        if not found:
            return self.env._("not covered")
        holds, share, end = found
        day = asset._format_day(end)
        if not holds:
            return self.env._("ended on %s", day)
        if share < 100:
            return self.env._(
                "%(share)s %% covered until %(day)s",
                share=self.env["res.lang"]._aftersales_format_number(share),
                day=day,
            )
        return self.env._("covered until %s", day)
