import math

from odoo import models
from odoo.exceptions import UserError


class AftersalesExtensionLayerMixin(models.AbstractModel):
    """The warranties that an order line gave, kept in line with what was sold.

    Nothing is counted up and down: who is covered is worked out each time from the
    order, its invoices and credit notes, and the units. The same event handled twice
    changes nothing, and an event that is taken back brings back what was before.
    """

    _name = "aftersales.extension.layer.mixin"
    _description = "Warranties of a Sold Extension"

    def _aftersales_sell(self):
        """Give the extended warranties among these lines, which are sold now.

        :raises UserError: when one of them cannot be sold as it is
        """
        # sudo: whoever confirms the order may have no rights on warranties.
        lines = self.sudo().filtered(lambda line: line._aftersales_is_extension())
        if not lines:
            return
        error = lines._aftersales_get_extension_error()
        if error:
            raise UserError(error)
        lines._aftersales_set_sold()
        lines._aftersales_sync_extensions()

    def _aftersales_set_sold(self):
        """Note the terms and the day of the sale of extended warranties."""
        layers = self._aftersales_get_layers()
        # What was cancelled and is ordered again comes back as it was.
        lines = self.filtered(lambda line: line not in layers)
        policies = lines.product_id.aftersales_extension_policy_id
        versions = policies._get_current_versions()
        for line in lines:
            policy = line.product_id.aftersales_extension_policy_id
            line.aftersales_extension_version_id = versions[policy]
            line.aftersales_extension_date = line.company_id._aftersales_today()

    def _aftersales_get_layers(self):
        """Return the warranties that these lines gave, ``{line: warranties}``."""
        warranties = self.env["aftersales.warranty"].search(
            [("sale_line_id", "in", self.ids)], order="id"
        )
        return dict(warranties.grouped("sale_line_id"))

    def _aftersales_sync_extensions(self):
        """Give, end and bring back the warranties of sold extensions."""
        # sudo: what is written follows from the sale, whoever made or undid it.
        lines = self.sudo().filtered("aftersales_extension_version_id")
        if not lines:
            return
        layers = lines._aftersales_get_layers()
        units = lines._aftersales_get_coverable_units()
        left = lines._aftersales_get_units_left()
        # The first to be stacked is the first of the order.
        for line in lines.sorted(lambda x: (x.order_id.id, x.sequence, x.id)):
            line._aftersales_sync_layers(
                layers.get(line, self.env["aftersales.warranty"].sudo()),
                units[line],
                left[line],
            )

    def _aftersales_get_coverable_units(self):
        """Return the units that each line may cover, in order of their delivery."""
        Asset = self.env["aftersales.asset"]
        delivered = Asset.search(
            [("sale_line_id", "in", self.aftersales_covered_line_id.ids)],
            order="delivery_date, id",
        ).grouped("sale_line_id")
        return {
            line: line.aftersales_covered_asset_ids.sorted("id")
            or delivered.get(line.aftersales_covered_line_id, Asset)
            for line in self
        }

    def _aftersales_get_units_left(self):
        """Return how many units each line pays for: sold and not credited again."""
        return {
            line: max(0.0, line._aftersales_get_units_sold() - credited)
            if line.state == "sale"
            else 0.0
            for line, credited in self._aftersales_get_units_credited().items()
        }

    def _aftersales_get_units_credited(self):
        """Return for how many units the customer got the money back.

        What was invoiced anew after a credit note counts as paid. A credit note that
        only lowers the price takes no unit away.
        """
        result = {}
        for line in self:
            invoiced = credited = value = 0.0
            items = line.invoice_lines.filtered(lambda i: i.parent_state == "posted")
            for item in items:
                units = item.product_uom_id._compute_quantity(
                    item.quantity, line.product_id.uom_id, rounding_method="HALF-UP"
                )
                if item.move_id.move_type == "out_refund":
                    credited += units
                    value -= item.price_subtotal
                else:
                    invoiced += units
                    value += item.price_subtotal
            again = max(0.0, invoiced - line._aftersales_get_units_sold())
            result[line] = max(0.0, credited - again)
            kept = line._aftersales_get_units_paid(items, invoiced, value)
            if kept is not None:
                result[line] = min(result[line], max(0.0, invoiced - again - kept))
        return result

    def _aftersales_get_units_paid(self, items, invoiced, value):
        """Return for how many units the money that is left was paid.

        :param items: the posted invoice lines
        :param float invoiced: units on invoices
        :param float value: what was invoiced less what was credited
        :return: None when the money does not tell: extensions given for free, or
            invoices in several currencies
        """
        self.ensure_one()
        total = sum(
            item.price_subtotal
            for item in items
            if item.move_id.move_type != "out_refund"
        )
        if total <= 0 or invoiced <= 0 or len(items.currency_id) > 1:
            return None
        # A unit is credited once nothing is left of its price.
        return math.ceil(round(value / (total / invoiced), 2))

    def _aftersales_sync_layers(self, layers, units, left):
        """Bring the warranties of one line in line with the units it pays for.

        :param layers: the ``aftersales.warranty`` records that the line gave
        :param units: the units that it may cover, in order of their delivery
        :param float left: how many units it pays for
        """
        self.ensure_one()
        by_unit = layers.grouped("asset_id")
        in_use, left = self._aftersales_get_units_in_use(by_unit, units, left)
        ending, returning, limits = [], [], {}
        for unit, share in _share_out(in_use, by_unit, left):
            if share:
                returning += by_unit[unit].ids if unit in by_unit else []
                limits[unit] = share if unit.uom_id.compare(share, unit.quantity) else 0
            elif unit in by_unit:
                ending += by_unit[unit].ids
        layers.browse(ending)._set_refunded()
        layers.browse(returning)._undo_refunded()
        new = in_use.filtered(lambda unit: unit in limits and unit not in by_unit)
        held = layers.browse(returning) | self._aftersales_create_layers(new)
        self._aftersales_tell_moved(new, by_unit)
        for limit, group in held.grouped(lambda w: limits[w.asset_id]).items():
            group._set_quantity_limit(limit)

    def _aftersales_tell_moved(self, units, by_unit):
        """Tell units that they are covered because others came back.

        A paid extension whose unit came back covers another one of the same line,
        until it is credited: nobody pays for a unit that is not there.

        :param units: those that got the warranty now
        :param dict by_unit: the warranties that the line gave before, by their unit
        """
        back = [unit for unit in by_unit if unit.state == "returned"]
        if not (units and back):
            return
        body = self.env._(
            "“%(extension)s” covers this unit: %(unit)s came back, and its extension "
            "was not credited. Credit the extension if the customer is to have one "
            "less.",
            extension=self.product_id.display_name,
            unit=", ".join(unit.display_name for unit in back[:5]),
        )
        units._message_log_batch(bodies={unit.id: body for unit in units})

    def _aftersales_get_units_in_use(self, by_unit, units, left):
        """Return the units among which the warranties of a line are shared out.

        :param dict by_unit: the warranties that the line gave, by their unit
        :param units: the units that it may cover
        :param float left: how many units it pays for
        :return: ``(units, how many it pays for among them)``
        """
        gone = [
            unit
            for unit in by_unit
            if unit.state not in ("in_use", "returned")
            and all(layer.close_reason != "refunded" for layer in by_unit[unit])
            and not by_unit[unit].heir_ids
        ]
        for unit in gone:
            limit = max(by_unit[unit].mapped("quantity_limit"))
            left -= limit or unit.quantity_delivered
        # A warranty that went on with another unit is still one of those sold.
        moved = [
            unit
            for unit in by_unit
            if unit not in units
            and unit.state == "in_use"
            and any(w.close_reason in (False, "refunded") for w in by_unit[unit])
        ]
        in_use = units.union(*moved).filtered(lambda unit: unit.state == "in_use")
        return in_use, left

    def _aftersales_create_layers(self, units):
        """Give units that have none the warranty that was sold for them.

        :return: the new ``aftersales.warranty`` records
        """
        self.ensure_one()
        if not units:
            return self.env["aftersales.warranty"]
        version, sold = (
            self.aftersales_extension_version_id,
            self.aftersales_extension_date,
        )
        days = None
        if self.aftersales_covered_asset_ids or version.start_event == "delivery":
            days = {unit: max(unit.delivery_date or sold, sold) for unit in units}
        return units._create_layer(version, days, sale_line_id=self.id)

    # --- Invoices that start warranties ---

    def _aftersales_get_invoice_days(self):
        """Return the day on which each unit of these lines was first invoiced.

        The units take the invoiced quantities in the order of their delivery; a unit
        that was returned takes none.

        :return: ``{unit: date}``, without those that no posted invoice reaches
        """
        units = self.env["aftersales.asset"].search(
            [("sale_line_id", "in", self.ids)], order="delivery_date, id"
        )
        days = {}
        for line, assets in units.grouped("sale_line_id").items():
            invoiced = line._aftersales_get_invoiced_steps()
            reached = 0.0
            for asset in assets:
                # What was replaced is paid for all the same.
                replaced = sum(asset.replaced_by_ids.mapped("replacement_quantity"))
                kept = asset.uom_id.round(asset.quantity + replaced)
                if asset.uom_id.is_zero(kept):
                    continue
                day = next((d for total, d in invoiced if total > reached), None)
                if day:
                    days[asset] = day
                reached = asset.uom_id.round(reached + kept)
        return days

    def _aftersales_get_invoiced_steps(self):
        """Return up to which quantity the line was invoiced by which day.

        :return: ``[(quantity so far, date), ...]``
        """
        self.ensure_one()
        items = self.invoice_lines.filtered(
            lambda item: (
                item.parent_state == "posted"
                and item.move_id.move_type in ("out_invoice", "out_receipt")
                and item.quantity > 0
            )
        )
        total, steps = 0.0, []
        uom = self.product_id.uom_id
        for item in items.sorted(lambda item: (item.move_id.invoice_date, item.id)):
            total += item.product_uom_id._compute_quantity(
                item.quantity, uom, rounding_method="HALF-UP"
            )
            steps.append((uom.round(total), item.move_id.invoice_date))
        return steps

    def _aftersales_follow_invoices(self):
        """Start what waits for an invoice, and take back starts without one.

        An invoice that is set back to draft or cancelled has not happened: the
        warranties that it alone had started wait again, so that a wrong date can be
        corrected. A credit note changes no start: the invoice it belongs to stays.
        """
        # sudo: accountants post invoices without rights on warranties.
        lines = self.sudo()
        warranties = lines.env["aftersales.warranty"].search(
            [
                ("asset_id.sale_line_id", "in", lines.ids),
                ("version_id.start_event", "=", "invoice"),
            ]
        )
        # What a replaced unit waited for is waited for by the one after it.
        warranties |= warranties._get_heirs()
        warranties = warranties.filtered(lambda w: w.state != "closed")
        if not warranties:
            return
        lineages = {w: w._get_lineage().asset_id for w in warranties}
        units = warranties.asset_id.union(*lineages.values())
        days = units.sale_line_id._aftersales_get_invoice_days()
        units._start_event("invoice", days)
        warranties.filtered(
            lambda w: not any(unit in days for unit in lineages[w])
        )._set_waiting_again()


def _share_out(units, by_unit, left):
    """Share out what a line pays for over units: ``[(unit, quantity), ...]``.

    Whoever is covered stays covered: the last are the first to go. What took the
    place of a claimed part comes first, it was the covered part that was claimed.
    """

    def rank(unit):
        age = unit.delivery_date or unit.create_date.date(), unit.id
        return unit not in by_unit, not unit.replaces_id, age

    result = []
    for unit in sorted(units, key=rank):
        # A unit with a serial number is covered as a whole.
        whole = unit.is_serial or left >= unit.quantity
        share = unit.quantity if whole else left
        share = share if left > 0 else 0.0
        if unit.uom_id.is_zero(share):
            share = 0.0
        left -= share
        result.append((unit, share))
    return result
