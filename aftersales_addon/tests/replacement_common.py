"""What the tests of replacements share."""

from freezegun import freeze_time

from odoo import fields

from .common import AftersalesCommon


class ReplacementCommon(AftersalesCommon):
    """Replacements."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category.aftersales_policy_ids = cls.policy_24

    def _day(self, text):
        return fields.Date.to_date(text)

    def _deliver_on(self, day, product, name=None, quantity=1.0, **vals):
        lots = self._make_lots(product, name) if name else None
        with freeze_time(f"{day} 12:00"):
            return self._assets(self._deliver(product, quantity, lots, **vals))

    def _replace(self, old, day, name, product=None):
        """Replace by an order, as a colleague does, and deliver it."""
        product = product or old.product_id
        with freeze_time(f"{day} 12:00"):
            wizard = self._open_wizard(old)
            order = self._order_of(wizard)
            order.action_confirm()
            return self._deliver_order(order, name)

    def _open_wizard(self, old, **vals):
        Wizard = self.env["aftersales.asset.replace"].with_user(self.user_agent)
        return Wizard.create({"asset_id": old.id, **vals})

    def _order_of(self, wizard):
        before = self.env["sale.order"].search([])
        wizard.action_replace()
        return self.env["sale.order"].search([]) - before

    def _deliver_order(self, order, name=None, quantity=None):
        move = order.picking_ids.move_ids.filtered(lambda m: m.state != "done")
        quantity = quantity or move.product_uom_qty
        lot = self._make_lots(move.product_id, name) if name else None
        self._put_in_stock(move.product_id, quantity, lot)
        move.write({"quantity": quantity, "picked": True})
        if lot:
            move.move_line_ids.lot_id = lot
        move.picking_id.with_context(
            skip_sms=True, skip_backorder=True
        ).button_validate()
        return self._assets(move)

    def _correct_day(self, unit, day):
        """Correct the day of a delivery, as the warehouse does on the transfer."""
        unit.move_id.picking_id.write({"date_done": f"{day} 12:00:00"})
        unit.move_id.write({"date": f"{day} 12:00:00"})

    def _open(self, unit):
        return unit.warranty_ids.filtered(lambda w: w.state == "open")

    def _read_hours(self, unit, day, value):
        return self.env["aftersales.reading"].create(
            {"asset_id": unit.id, "date": day, "value": value, "unit": "hour"}
        )

    def _check_queries(self, prepare):
        def count(number, prefix):
            names = [f"{prefix}{n}" for n in range(number)]
            lots = self._make_lots(self.lock, *names)
            with freeze_time("2026-01-10 12:00"):
                old = self._assets(self._deliver(self.lock, lots=lots))
            lots = self._make_lots(self.lock, *(f"{name}-new" for name in names))
            new = self._assets(self._deliver(self.lock, lots=lots))
            prepare(old)
            units[number] = new
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            day = self._day("2026-09-01")
            self.env["aftersales.asset"]._apply_replacements(
                [(o, n, day, False, False) for o, n in zip(old, new, strict=True)]
            )
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        units = {}
        count(1, "warm")
        one, fifty = count(1, "a"), count(50, "b")
        self.assertLessEqual(fifty - one, 4)
        return self._open(units[50])
