"""None"""

from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .replacement_common import ReplacementCommon


@tagged("post_install", "-at_install")
class TestReplacement(ReplacementCommon):
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
