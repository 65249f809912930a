from odoo import api, fields, models

from ..tools.shares import allot
from .aftersales_asset_customer_mixin import KIND_ORDER


class AftersalesAssessmentMixin(models.AbstractModel):
    """The one answer to "is this covered?", for every channel."""

    _name = "aftersales.assessment.mixin"
    _description = "Assessment of Coverage"

    def _assess(self, date=None, item=None, quantity=None, usage=None, product=None):
        """Tell which warranty covers what share of a defect.

        :param date date: the day on which the defect was reported; today where the
            company works when not given
        :param str item: ``parts``, ``labour``, ``shipping``, ``travel`` or
            ``consumables``; all of them when not given
        :param float quantity: how many units are claimed, in the product's unit; all
            that the customer has when not given
        :param float usage: the reading on that day, in the unit of the limits; the
            reading that is known when not given
        :param product: the ``product.product`` of a part, whose category may have a
            rule of its own
        :return: a dict with ``covered`` (bool), ``quantity_covered``,
            ``quantity_uncovered``, ``items`` (``{item: {"share", "warranty_id",
            "kind", "date_end", "quantity", "whole"}}``, covered items only; the share
            is that of the quantity that is covered, ``whole`` when one share holds for
            all that is claimed), ``checks`` (a list of
            ``{"code", "passed", "reason"}``, the reason in words for the customer),
            ``layers`` (each warranty of the unit, the statutory first, with
            ``warranty_id``, ``kind``, ``name``, ``applies``, ``date_start``,
            ``date_end`` and ``reason``) and ``questions`` (what has to be known
            first, ``["usage"]`` when a reading is missing)
        :raises ValueError: for an unknown item or a negative quantity or usage
        """
        self.ensure_one()
        return self._assess_many(date, item, quantity, usage, product)[self]

    def _assess_many(
        self, date=None, item=None, quantity=None, usage=None, product=None
    ):
        """Assess many units; the number of queries does not grow with them.

        The arguments are those of ``_assess`` and hold for each of the units.

        :return: ``{unit: the answer of _assess}``
        """
        known = self.env["aftersales.warranty"]._get_items()
        asked = (quantity or 0.0, usage or 0.0)
        if min(asked) < 0 or (item and item not in known):
            raise ValueError(f"cannot assess {item!r} with {asked}")
        wanted = [item] if item else known
        today = self.company_id._aftersales_today_by_company()
        days = {a: fields.Date.to_date(date) or today[a.company_id] for a in self}
        readings = self._get_readings_on(days)
        return {
            asset: asset._assess_one(
                days[asset], wanted, quantity, usage, readings[asset], product
            )
            for asset in self
        }

    def _get_readings_on(self, days):
        """Return the readings of units, each on its own day."""
        result = {}
        for day in set(days.values()):
            assets = self.filtered(lambda a, d=day: days[a] == d)
            result.update(assets._get_usage(day))
        return result

    def _assess_one(self, day, wanted, quantity, usage, readings, product):
        asked = self.quantity if quantity is None else quantity
        layers = [
            warranty._assess_layer(day, usage, readings)
            for warranty in self.warranty_ids.sorted(
                lambda w: (KIND_ORDER.get(w.kind, 9), w.date_start or day, w.id)
            )
        ]
        available = min(asked, self.quantity) if self.state == "in_use" else 0.0
        items, questions = self._assess_items(layers, wanted, day, product, available)
        covered = max((item["quantity"] for item in items.values()), default=0.0)
        checks = [
            self._check_in_use(),
            self._check_date(day, layers),
            self._check_quantity(asked),
            *self._check_layer_quantities(layers, asked, items),
            *self._check_usage(layers),
            *(self._check_item(name, items.get(name)) for name in wanted),
        ]
        return {
            "covered": bool(items) and covered > 0,
            "quantity_covered": covered,
            "quantity_uncovered": asked - covered,
            "items": items if covered else {},
            "checks": checks,
            "layers": layers,
            "questions": questions if self.state == "in_use" else [],
        }

    def _assess_items(self, layers, wanted, day, product, quantity):
        """Return the best layer for each item: the highest share wins.

        Of layers that pay the same, the one that lasts longest for the item is
        named. A layer that was bought for some of the units pays for so many, and
        the next one for the rest. A layer whose usage is not known wins nothing;
        when it could, the reading is asked for.
        """
        Warranty = self.env["aftersales.warranty"]
        offers, unknown = {}, {}
        for layer in layers:
            if not (layer["applies"] or layer["question"]):
                continue
            warranty = Warranty.browse(layer["warranty_id"])
            shares = warranty._get_shares(wanted, day, product)
            for name, (share, end) in shares.items():
                if layer["question"]:
                    unknown[name] = max(unknown.get(name, 0.0), share)
                else:
                    offer = (share, end, warranty.id, layer["kind"])
                    offers.setdefault(name, []).append((offer, layer["quantity"]))
        parts = {
            # Where nothing is claimed, the best layer is told all the same.
            name: allot(sorted(found, reverse=True, key=lambda o: o[0]), quantity)
            or [(max(offer for offer, _limit in found), 0.0)]
            for name, found in offers.items()
        }
        covered = max((sum(q for _o, q in p) for p in parts.values()), default=0.0)
        items = {
            name: self._settle_item(p, covered, quantity) for name, p in parts.items()
        }
        best = {
            name: min(offer[0] for offer, _q in p)
            if item["quantity"] >= quantity
            else 0
            for (name, p), item in zip(parts.items(), items.values(), strict=True)
        }
        asked = any(share > best.get(name, 0.0) for name, share in unknown.items())
        return items, ["usage"] if asked else []

    def _settle_item(self, parts, covered, asked):
        """Return what is paid for one item.

        :param list parts: ``((share, end, warranty id, kind), quantity)``, best first
        :param float covered: the quantity that is covered for any of the items
        :param float asked: the quantity that is claimed
        """
        (share, end, warranty_id, kind), _quantity = parts[0]
        quantity = sum(taken for _offer, taken in parts)
        if covered and (len(parts) > 1 or quantity < covered):
            paid = sum(offer[0] * taken for offer, taken in parts)
            share = round(paid / covered, 2)
        return {
            "share": share,
            "warranty_id": warranty_id,
            "kind": kind,
            "date_end": end,
            "quantity": quantity,
            "whole": quantity >= asked and len({o[0] for o, _q in parts}) == 1,
        }

    @api.model
    def _make_check(self, code, passed, reason):
        return {"code": code, "passed": passed, "reason": reason}

    def _check_in_use(self):
        if self.state == "in_use":
            return self._make_check(
                "in_use", True, self.env._("The product is with the customer.")
            )
        if self.state == "replaced":
            return self._make_check(
                "in_use",
                False,
                self.env._(
                    "The product was replaced. Its warranty goes on with the new one."
                ),
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

    def _check_date(self, day, layers):
        """Explain the answer that follows from the dates alone."""
        if not layers:
            return self._make_check(
                "date", False, self.env._("There is no warranty for this product.")
            )
        running = [layer for layer in layers if layer["in_time"]]
        if running:
            last = max(layer["date_end"] for layer in running)
            return self._make_check(
                "date",
                True,
                self.env._(
                    "The defect was reported on %(day)s; the warranty lasts until "
                    "%(end)s.",
                    day=self._format_day(day),
                    end=self._format_day(last),
                ),
            )
        return self._make_check("date", False, self._explain_no_layer(day, layers))

    def _explain_no_layer(self, day, layers):
        reported = self._format_day(day)
        dated = [layer for layer in layers if layer["date_end"] and not layer["closed"]]
        ended = [layer for layer in dated if layer["date_end"] < day]
        if self.delivery_date and day < self.delivery_date:
            return self.env._(
                "The defect was reported on %(day)s, before the product was delivered.",
                day=reported,
            )
        if ended:
            last = max(layer["date_end"] for layer in ended)
            return self.env._(
                "The defect was reported on %(day)s; the warranty ended on %(end)s.",
                day=reported,
                end=self._format_day(last),
            )
        if dated:
            first = min(layer["date_start"] for layer in dated)
            return self.env._(
                "The defect was reported on %(day)s; the warranty starts on %(start)s.",
                day=reported,
                start=self._format_day(first),
            )
        waiting = [layer for layer in layers if not layer["closed"]]
        return (waiting or layers)[0]["reason"]

    def _check_quantity(self, asked):
        unit = self.uom_id
        if unit.compare(asked, self.quantity) <= 0:
            return self._make_check(
                "quantity",
                True,
                self.env._(
                    "Claimed: %(asked)s of %(total)s.",
                    asked=unit._aftersales_format_named(asked),
                    total=unit._aftersales_format_named(self.quantity),
                ),
            )
        return self._make_check(
            "quantity",
            False,
            self.env._(
                "Claimed: %(asked)s, but only %(left)s of those delivered are still "
                "with the customer.",
                asked=unit._aftersales_format_named(asked),
                left=unit._aftersales_format_named(self.quantity),
            ),
        )

    def _check_layer_quantities(self, layers, asked, items):
        """Return a check for each layer that was bought for some of the units.

        Where others pay for the rest just as much, there is nothing to tell.
        """
        if items and all(item["whole"] for item in items.values()):
            return []
        unit = self.uom_id
        return [
            self._make_check(
                "layer_quantity",
                unit.compare(asked, layer["quantity"]) <= 0,
                self.env._(
                    "“%(name)s” was bought for %(bought)s; %(asked)s claimed.",
                    name=layer["name"],
                    bought=unit._aftersales_format_named(layer["quantity"]),
                    asked=unit._aftersales_format_named(asked),
                ),
            )
            for layer in layers
            if layer["quantity"] and layer["applies"]
        ]

    def _check_usage(self, layers):
        """Return a check for each layer that is limited by usage."""
        return [
            self._make_check("usage", layer["applies"], layer["reason"])
            for layer in layers
            if layer["limited"] and layer["in_time"]
        ]

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
                share=self.env["res.lang"]._aftersales_format_number(found["share"]),
            )
        else:
            reason = self.env._("%(item)s: not covered on that day.", item=labels[name])
        return self._make_check(f"item_{name}", bool(found), reason)
