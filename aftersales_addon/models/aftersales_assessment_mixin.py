from odoo import api, fields, models


class AftersalesAssessmentMixin(models.AbstractModel):
    """The one answer to "is this covered?", for every channel."""

    _name = "aftersales.assessment.mixin"
    _description = "Assessment of Coverage"

    def _assess(self, date=None, item=None, quantity=None):
        """Tell which warranty covers what share of a defect.

        :param date date: the day on which the defect was reported; today where the
            company works when not given
        :param str item: ``parts``, ``labour``, ``shipping``, ``travel`` or
            ``consumables``; all of them when not given
        :param float quantity: how many units are claimed, in the product's unit; all
            that the customer has when not given
        :return: a dict with ``covered`` (bool), ``quantity_covered``,
            ``quantity_uncovered``, ``items`` (``{item: {"share", "warranty_id",
            "date_end"}}``, covered items only) and ``checks`` (a list of ``{"code",
            "passed", "reason"}``, the reason in words for the customer)
        :raises ValueError: for an unknown item or a negative quantity
        """
        self.ensure_one()
        day = fields.Date.to_date(date) or self.company_id._aftersales_today()
        asked = self.quantity if quantity is None else quantity
        known = self.env["aftersales.warranty"]._get_items()
        if asked < 0 or (item and item not in known):
            raise ValueError(f"cannot assess {asked} of {item!r}")
        wanted = [item] if item else known
        items = self._assess_items(day, wanted)
        checks = [
            self._check_in_use(),
            self._check_date(day),
            self._check_quantity(asked),
            *(self._check_item(name, items.get(name)) for name in wanted),
        ]
        available = min(asked, self.quantity) if self.state == "in_use" else 0.0
        covered = available if items else 0.0
        return {
            "covered": bool(items) and covered > 0,
            "quantity_covered": covered,
            "quantity_uncovered": asked - covered,
            "items": items if covered else {},
            "checks": checks,
        }

    def _assess_items(self, day, wanted):
        """Return the best layer for each item: the highest share wins.

        Of layers that pay the same, the one that lasts longest is named.
        """
        items = {}
        for warranty in self.warranty_ids.sorted("date_end", reverse=True):
            for name in wanted:
                share = warranty._covers(name, day)
                if share > items.get(name, {}).get("share", 0.0):
                    items[name] = {
                        "share": share,
                        "warranty_id": warranty.id,
                        "date_end": warranty._get_item_end(name),
                    }
        return items

    @api.model
    def _make_check(self, code, passed, reason):
        return {"code": code, "passed": passed, "reason": reason}

    def _check_in_use(self):
        if self.state == "in_use":
            return self._make_check(
                "in_use", True, self.env._("The product is with the customer.")
            )
        labels = dict(self._fields["state"]._description_selection(self.env))
        return self._make_check(
            "in_use",
            False,
            self.env._(
                "The product is not with this customer any more (%(state)s).",
                state=labels[self.state],
            ),
        )

    def _check_date(self, day):
        spans = [
            (w.date_start, w.date_end) for w in self.warranty_ids if w.state == "open"
        ]
        if not spans:
            return self._make_check(
                "date", False, self.env._("There is no warranty for this product.")
            )
        reported = self._format_day(day)
        if day < min(start for start, _end in spans):
            return self._make_check(
                "date",
                False,
                self.env._(
                    "The defect was reported on %(day)s, before the product was "
                    "delivered.",
                    day=reported,
                ),
            )
        last = max(end for start, end in spans if start <= day)
        if day > last:
            return self._make_check(
                "date",
                False,
                self.env._(
                    "The defect was reported on %(day)s; the warranty ended on "
                    "%(end)s.",
                    day=reported,
                    end=self._format_day(last),
                ),
            )
        return self._make_check(
            "date",
            True,
            self.env._(
                "The defect was reported on %(day)s; the warranty lasts until %(end)s.",
                day=reported,
                end=self._format_day(last),
            ),
        )

    def _check_quantity(self, asked):
        unit = self.uom_id
        if unit.compare(asked, self.quantity) <= 0:
            return self._make_check(
                "quantity",
                True,
                self.env._(
                    "%(quantity)s %(unit)s claimed.",
                    quantity=f"{asked:g}",
                    unit=unit.name,
                ),
            )
        return self._make_check(
            "quantity",
            False,
            self.env._(
                "%(asked)s %(unit)s claimed, but only %(left)s of those delivered are "
                "still with the customer.",
                asked=f"{asked:g}",
                left=f"{self.quantity:g}",
                unit=unit.name,
            ),
        )

    def _check_item(self, name, found):
        labels = dict(
            self.env["aftersales.warranty.line"]
            ._fields["item"]
            ._description_selection(self.env)
        )
        if found:
            reason = self.env._(
                "%(item)s: %(share)s %% covered.",
                item=labels[name],
                share=f"{found['share']:g}",
            )
        else:
            reason = self.env._("%(item)s: not covered on that day.", item=labels[name])
        return self._make_check(f"item_{name}", bool(found), reason)
