from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestReplacement(AftersalesCommon):
    """A new unit takes the place of another, and what was promised goes on."""

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

    # --- W18, W19 ---

    def test_the_remaining_term_goes_on(self):
        """W18"""
        old = self._deliver_on("2025-03-15", self.lock, "OLD")
        new = self._replace(old, "2026-09-01", "NEW")
        self.assertEqual(new.replaces_id, old)
        self.assertEqual(old.replaced_by_ids, new)
        self.assertEqual(new.warranty_end, self._day("2027-03-15"))
        self.assertEqual(old.state, "replaced")
        self.assertEqual(old.date_closed, self._day("2026-09-01"))
        self.assertEqual(old.quantity, 0)
        self.assertFalse(old._assess("2026-10-01")["covered"])
        self.assertTrue(new._assess("2027-03-15")["covered"])
        self.assertFalse(new._assess("2027-03-16")["covered"])

    def test_least_term_after_a_replacement(self):
        """W19"""
        self.policy_24.replacement_floor = 90
        old = self._deliver_on("2025-03-15", self.lock, "OLD")
        new = self._replace(old, "2027-02-20", "NEW")
        self.assertEqual(new.warranty_end, self._day("2027-05-21"))
        change = new.warranty_ids.filtered(lambda w: w.state == "open").change_ids
        self.assertEqual(change.mapped("kind"), ["floor"])

    def _correct_day(self, unit, day):
        """Correct the day of a delivery, as the warehouse does on the transfer."""
        unit.move_id.picking_id.write({"date_done": f"{day} 12:00:00"})
        unit.move_id.write({"date": f"{day} 12:00:00"})

    def _open(self, unit):
        return unit.warranty_ids.filtered(lambda w: w.state == "open")

    def test_least_term_moves_with_the_delivery(self):
        """W19, and the replacement turns out to have been delivered on another day."""
        self.policy_24.replacement_floor = 90
        old = self._deliver_on("2025-03-15", self.lock, "OLD")
        new = self._replace(old, "2027-02-20", "NEW")
        self._correct_day(new, "2027-03-01")
        self.assertEqual(new.replacement_date, self._day("2027-03-01"))
        self.assertEqual(new.warranty_end, self._day("2027-05-30"))
        self.assertEqual(len(self._open(new).change_ids), 1)
        self.assertEqual(old.date_closed, self._day("2027-03-01"))
        self._correct_day(new, "2026-09-01")
        self.assertEqual(new.warranty_end, self._day("2027-03-15"), "no floor needed")
        self._correct_day(new, "2027-03-20")
        self.assertEqual(new.warranty_end, self._day("2027-03-15"), "over by then")
        self._correct_day(new, "2027-03-15")
        self.assertEqual(new.warranty_end, self._day("2027-06-13"), "the last day")
        self.assertEqual(len(self._open(new)), 1)

    def test_a_term_that_was_over_goes_on_after_a_correction(self):
        self.policy_24.replacement_floor = 90
        old = self._deliver_on("2025-03-15", self.lock, "OLD")
        new = self._replace(old, "2027-03-16", "NEW")
        self.assertFalse(self._open(new))
        self._correct_day(new, "2027-03-14")
        self.assertEqual(self._open(new).continues_id, old.warranty_ids)
        self.assertEqual(new.warranty_end, self._day("2027-06-12"))

    def test_least_term_moves_through_a_chain(self):
        self.policy_24.replacement_floor = 90
        first = self._deliver_on("2025-03-15", self.lock, "FIRST")
        second = self._replace(first, "2027-02-20", "SECOND")
        third = self._replace(second, "2027-02-22", "THIRD")
        self.assertEqual(third.warranty_end, self._day("2027-05-23"))
        self._correct_day(third, "2027-05-01")
        self.assertEqual(third.warranty_end, self._day("2027-07-30"))
        self._correct_day(second, "2027-03-10")
        self.assertEqual(third.warranty_end, self._day("2027-07-30"), "its own holds")
        floors = self._open(third).change_ids.mapped("date_floor")
        self.assertEqual(
            sorted(floors), [self._day("2027-06-08"), self._day("2027-07-30")]
        )

    def test_what_was_used_moves_with_the_delivery(self):
        self.policy_24.write({"usage_limit": 1000, "usage_unit": "hour"})
        old = self._deliver_on("2025-03-15", self.lock, "OLD")
        for day, value in (("2026-01-01", 100), ("2026-06-01", 300)):
            self._read_hours(old, day, value)
        new = self._replace(old, "2026-05-01", "NEW")
        self.assertEqual(self._open(new).usage_before, 100)
        self._correct_day(new, "2026-06-02")
        self.assertEqual(self._open(new).usage_before, 300)
        self.assertEqual(self._open(new).usage_start, -300)

    def _read_hours(self, unit, day, value):
        return self.env["aftersales.reading"].create(
            {"asset_id": unit.id, "date": day, "value": value, "unit": "hour"}
        )

    def test_floor_is_for_what_was_covered_on_the_day(self):
        self.policy_24.replacement_floor = 90
        self.policy_24.line_ids.filtered(lambda line: line.item == "labour").write(
            {"duration": 12, "duration_unit": "month"}
        )
        old = self._deliver_on("2025-03-15", self.lock, "OLD")
        new = self._replace(old, "2027-02-20", "NEW")
        items = new._assess("2027-05-21")["items"]
        self.assertEqual(set(items), {"parts"}, "labour was over on that day")

    def test_after_the_end_nothing_goes_on(self):
        old = self._deliver_on("2025-03-15", self.lock, "OLD")
        new = self._replace(old, "2027-03-16", "NEW")
        self.assertFalse(new.warranty_ids.filtered(lambda w: w.state == "open"))
        self.assertFalse(new._assess("2027-04-01")["covered"])

    def test_changes_layers_and_extensions_go_on(self):
        extension = self._make_policy(
            "Extension", 12, kind="extended", stacking="after"
        )
        old = self._deliver_on("2025-03-15", self.lock, "OLD")
        version = extension._get_current_versions()[extension]
        layer = old._create_layer(version)
        base = old.warranty_ids - layer
        base._add_change("goodwill", 1, "month", "Late part", self._day("2025-05-01"))
        self.assertEqual(layer.date_end, self._day("2028-04-15"))
        new = self._replace(old, "2026-09-01", "NEW")
        heirs = new.warranty_ids.filtered(lambda w: w.state == "open")
        self.assertEqual(
            sorted(heirs.mapped("date_end")),
            [self._day("2027-04-15"), self._day("2028-04-15")],
        )
        heir = heirs.filtered("base_id")
        self.assertEqual(heir.base_id, heirs - heir, "the extension follows its base")
        self.assertEqual((heirs - heir).change_ids.reason, "Late part")
        self.assertEqual(heirs.continues_id, old.warranty_ids)
        self.assertEqual(set(old.warranty_ids.mapped("close_reason")), {"replaced"})

    def test_a_paid_unit_keeps_its_own_warranty_too(self):
        old = self._deliver_on("2025-03-15", self.lock, "OLD")
        with freeze_time("2026-09-01 12:00"):
            order = self._order_of(self._open_wizard(old))
            order.order_line.discount = 50
            order.action_confirm()
            new = self._deliver_order(order, "NEW")
        ends = new.warranty_ids.filtered(lambda w: w.state == "open").mapped("date_end")
        self.assertEqual(
            sorted(ends), [self._day("2027-03-15"), self._day("2028-09-01")]
        )

    def test_a_chain_is_one_life(self):
        first = self._deliver_on("2025-03-15", self.lock, "FIRST")
        second = self._replace(first, "2026-01-01", "SECOND")
        third = self._replace(second, "2026-09-01", "THIRD")
        self.assertEqual(third.warranty_end, self._day("2027-03-15"))
        for unit in first | second | third:
            self.assertEqual(unit._get_chain(), first | second | third)
            self.assertEqual(unit.replacement_count, 3)
        texts = " ".join(event["text"] for event in third._get_timeline())
        self.assertIn("FIRST", texts)
        self.assertIn("SECOND", texts)
        with self.assertRaises(ValidationError):
            first.replaces_id = third

    # --- By quantity ---

    def test_part_of_a_quantity(self):
        """Three of ten are replaced; the broken ones come back for a refund."""
        old = self._deliver_on("2025-03-15", self.sensor, quantity=10)
        with freeze_time("2026-09-01 12:00"):
            order = self._order_of(self._open_wizard(old, quantity=3))
            order.action_confirm()
            new = self._deliver_order(order)
        self.assertEqual(old.quantity, 7)
        self.assertEqual(old.state, "in_use")
        self.assertEqual(new.quantity, 3)
        self.assertEqual(new.warranty_end, self._day("2027-03-15"))
        self.assertEqual(old.warranty_end, self._day("2027-03-15"))
        self._return(old.move_id, 3)
        self.assertEqual(old.quantity, 7, "the broken ones are not counted twice")
        self._return(old.move_id, 2)
        self.assertEqual(old.quantity, 5)

    def test_what_came_back_before_is_replaced(self):
        old = self._deliver_on("2025-03-15", self.sensor, quantity=10)
        self._return(old.move_id, 3)
        self.assertEqual(old.quantity, 7)
        with freeze_time("2026-09-01 12:00"):
            wizard = self._open_wizard(old, quantity=3, came_back=True)
            order = self._order_of(wizard)
            order.action_confirm()
            self._deliver_order(order)
        self.assertEqual(old.quantity, 7)

    def test_in_two_deliveries(self):
        old = self._deliver_on("2025-03-15", self.sensor, quantity=10)
        with freeze_time("2026-09-01 12:00"):
            order = self._order_of(self._open_wizard(old, quantity=3))
            order.action_confirm()
            self._deliver_order(order, quantity=1)
            self.assertEqual(old.quantity, 9)
            rest = self._deliver_order(order)
        self.assertEqual(old.quantity, 7)
        self.assertEqual(len(old.replaced_by_ids), 2)
        self.assertEqual(rest.quantity, 2)

    def test_not_more_than_there_are(self):
        old = self._deliver_on("2025-03-15", self.sensor, quantity=2)
        with self.assertRaisesRegex(UserError, "there are 2"):
            self._open_wizard(old, quantity=3).action_replace()
        order = self._order_of(self._open_wizard(old, quantity=2))
        with self.assertRaisesRegex(ValidationError, "Lower the quantity"):
            order.order_line.product_uom_qty = 3

    def test_a_serial_that_came_back_first(self):
        lots = self._make_lots(self.lock, "OLD")
        with freeze_time("2025-03-15 12:00"):
            old = self._assets(self._deliver(self.lock, lots=lots))
        with freeze_time("2026-08-20 12:00"):
            self._return(old.move_id, lots=lots)
        self.assertEqual(old.state, "returned")
        new = self._replace(old, "2026-09-01", "NEW")
        self.assertEqual(old.state, "replaced")
        self.assertEqual(new.warranty_end, self._day("2027-03-15"))
        new.with_user(self.user_agent).action_undo_replacement()
        self.assertEqual(old.state, "returned")

    def test_the_old_unit_comes_back_for_a_refund_afterwards(self):
        lots = self._make_lots(self.lock, "OLD")
        with freeze_time("2025-03-15 12:00"):
            old = self._assets(self._deliver(self.lock, lots=lots))
        new = self._replace(old, "2026-09-01", "NEW")
        self._return(old.move_id, lots=lots)
        self.assertEqual(old.state, "replaced")
        self.assertEqual(old.quantity, 0)
        self.assertTrue(new._assess("2027-01-01")["covered"])

    # --- Dialog ---

    def test_the_order_is_free_of_charge(self):
        old = self._deliver_on("2025-03-15", self.lock, "OLD")
        order = self._order_of(self._open_wizard(old, reason="motor defective"))
        line = order.order_line
        self.assertEqual(order.amount_total, 0)
        self.assertEqual(order.partner_id, self.customer)
        self.assertIn("motor defective", line.name)
        self.assertEqual(line.aftersales_replaces_asset_id, old)
        self.assertEqual(old.state, "in_use", "only the delivery replaces it")

    def test_handed_over_by_number(self):
        old = self._deliver_on("2025-03-15", self.lock, "OLD")
        lot = self._make_lots(self.lock, "FROM-VAN")
        with freeze_time("2026-09-02 12:00"):
            wizard = self._open_wizard(
                old, mode="handed_over", serial_number="FROM-VAN", date="2026-09-01"
            )
            wizard.action_replace()
        new = old.replaced_by_ids
        self.assertEqual(new.lot_id, lot)
        self.assertEqual(new.partner_id, self.customer)
        self.assertEqual(new.warranty_end, self._day("2027-03-15"))
        self.assertEqual(old.state, "replaced")

    def test_handed_over_and_listed(self):
        old = self._deliver_on("2025-03-15", self.lock, "OLD")
        new = self._deliver_on("2026-09-01", self.lock, "NEW")
        with freeze_time("2026-09-02 12:00"):
            form = Form(
                self.env["aftersales.asset.replace"]
                .with_user(self.user_agent)
                .with_context(default_asset_id=old.id)
            )
            form.mode = "handed_over"
            form.date = "2026-09-01"
            form.new_asset_id = new
            form.save().action_replace()
        self.assertEqual(new.warranty_end, self._day("2027-03-15"))
        own = new.warranty_ids.filtered("is_replaced_by_term")
        self.assertEqual(own.close_reason, "superseded")

    def test_impossible_days(self):
        old = self._deliver_on("2025-03-15", self.lock, "OLD")
        vals = {"mode": "handed_over", "serial_number": "X"}
        with freeze_time("2026-09-02 12:00"):
            with self.assertRaisesRegex(UserError, "future"):
                self._open_wizard(old, date="2026-09-03", **vals).action_replace()
            with self.assertRaisesRegex(UserError, "before"):
                self._open_wizard(old, date="2025-03-14", **vals).action_replace()

    # --- Undoing ---

    def test_undo(self):
        old = self._deliver_on("2025-03-15", self.lock, "OLD")
        new = self._replace(old, "2026-09-01", "NEW")
        new.with_user(self.user_agent).action_undo_replacement()
        self.assertFalse(new.replaces_id)
        self.assertEqual(old.state, "in_use")
        self.assertEqual(old.quantity, 1)
        self.assertEqual(old.warranty_end, self._day("2027-03-15"))
        self.assertEqual(new.warranty_end, self._day("2028-09-01"), "its own again")
        with self.assertRaisesRegex(UserError, "replaces no other"):
            new.with_user(self.user_agent).action_undo_replacement()

    def test_undo_of_a_part(self):
        old = self._deliver_on("2025-03-15", self.sensor, quantity=10)
        with freeze_time("2026-09-01 12:00"):
            order = self._order_of(self._open_wizard(old, quantity=3))
            order.action_confirm()
            new = self._deliver_order(order)
        new.with_user(self.user_agent).action_undo_replacement()
        self.assertEqual(old.quantity, 10)

    def test_undo_in_the_middle_of_a_chain_is_refused(self):
        first = self._deliver_on("2025-03-15", self.lock, "FIRST")
        second = self._replace(first, "2026-01-01", "SECOND")
        self._replace(second, "2026-09-01", "THIRD")
        with self.assertRaisesRegex(UserError, "itself replaced"):
            second.with_user(self.user_agent).action_undo_replacement()

    # --- Rights and cost ---

    def test_links_are_not_written_by_hand(self):
        old = self._deliver_on("2025-03-15", self.lock, "OLD")
        other = self._deliver_on("2025-03-15", self.lock, "OTHER")
        with self.assertRaises(UserError):
            other.with_user(self.user_agent).replaces_id = old

    def test_queries_do_not_grow_with_the_units(self):
        """Beyond the rows themselves; the ORM inserts 100 at once."""

        self._check_queries(lambda units: None)

    def test_queries_do_not_grow_with_the_readings(self):
        """Usage that counts against a limit is read for all units at once."""
        self.policy_24.write({"usage_limit": 1000, "usage_unit": "hour"})
        self.policy_24.replacement_floor = 90

        def read(units):
            for unit in units:
                self._read_hours(unit, "2026-08-01", 100)

        heirs = self._check_queries(read)
        self.assertEqual(set(heirs.mapped("usage_before")), {100})

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
