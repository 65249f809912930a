"""Units under a contract that are replaced, passed on, returned or scrapped."""

from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged

from .contract_common import ContractCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-01-01 10:00:00")
class TestContractLeave(ContractCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # 365 for each unit and year, in advance: one for each day.
        cls.plan = cls._plan(
            services=[], price_basis="unit", billing_unit="year", billing_count=1
        )
        with freeze_time("2026-01-01 10:00:00"):
            cls.units = cls._unit(count=2)
            cls.contract = cls._contract(
                cls.plan,
                units=cls.units,
                price=365.0,
                running=True,
                date_start="2026-01-01",
            )
            cls.contract._create_invoices()._post()

    def _line(self, unit):
        return self.contract.line_ids.filtered(lambda x: x.asset_id == unit)

    def _bills(self, unit):
        return {
            (bill.kind, str(bill.date_first), str(bill.date_last), bill.amount)
            for bill in self._line(unit).bill_ids
        }

    def _get_log(self):
        return " ".join(self.contract.message_ids.mapped("body"))

    def _new_unit(self, day):
        with freeze_time(f"{day} 10:00:00"):
            return self._unit()

    # --- Replaced ---

    def test_replacement_follows(self):
        old, new = self.units[0], self._new_unit("2026-06-30")
        with freeze_time("2026-07-05 10:00:00"):
            # The warehouse has no rights on contracts.
            old.with_user(self.user_agent)._replace_with(new, date(2026, 6, 30))
            self.contract._create_invoices()
        line, heir = self._line(old), self._line(new)
        self.assertEqual(line.date_to, date(2026, 6, 30))
        self.assertEqual(line.left_reason, "replaced")
        self.assertEqual(heir._get_span(), (date(2026, 7, 1), date(2026, 12, 31)))
        self.assertEqual(heir.price_unit, 365.0)
        # What is credited of the one is charged of the other, to the cent.
        self.assertIn(("credit", "2026-07-01", "2026-12-31", 184.0), self._bills(old))
        self.assertEqual(
            self._bills(new), {("charge", "2026-07-01", "2026-12-31", 184.0)}
        )
        self.assertIn("takes the place of", self._get_log())
        self.assertEqual(
            self.contract.version_ids.sorted("number")[-1].summary.count("+ "), 1
        )

    def test_unit_that_came_back_before_it_was_replaced(self):
        old = self.units[0]
        with freeze_time("2026-04-01 10:00:00"):
            self._return(old.move_id, lots=[old.lot_id])
        self.assertEqual(self._line(old).left_reason, "returned")
        new = self._new_unit("2026-04-20")
        with freeze_time("2026-04-20 10:00:00"):
            old._replace_with(new, date(2026, 4, 20), came_back=True)
        self.assertEqual(
            self._line(new)._get_span(), (date(2026, 4, 20), date(2026, 12, 31))
        )

    def test_unit_that_was_taken_out_before_stays_out(self):
        old = self.units[0]
        with freeze_time("2026-03-31 10:00:00"):
            self.contract._remove_lines(self._line(old), date(2026, 3, 31), "Sold")
        new = self._new_unit("2026-06-30")
        with freeze_time("2026-06-30 10:00:00"):
            old._replace_with(new, date(2026, 6, 30))
        self.assertFalse(self._line(new))

    def test_part_of_a_quantity(self):
        """The contract costs the same as before, and the new unit is covered."""
        self.sensor.aftersales_serviced = True
        whole = self._assets(self._deliver(self.sensor, 3))
        contract = self._contract(self.plan, units=whole, price=90.0, running=True)
        with freeze_time("2026-03-01 10:00:00"):
            new = self._assets(self._deliver(self.sensor, 1))
            whole._replace_with(new, date(2026, 3, 1))
        heir = contract.line_ids.filtered(lambda x: x.asset_id == new)
        self.assertEqual(whole.state, "in_use")
        self.assertEqual(heir.date_from, date(2026, 3, 1))
        self.assertEqual(heir.price_unit, 0.0)
        self.assertFalse((contract.line_ids - heir).date_to)

    def _sensors(self):
        """Three sensors in one line, at 365 a year each, invoiced in advance."""
        self.sensor.aftersales_serviced = True
        units = self._assets(self._deliver(self.sensor, 3))
        contract = self._contract(self.plan, units=units, price=365.0)
        contract.line_ids.quantity = 3
        contract.action_start()
        contract._create_invoices()._post()
        return units, contract

    def _sum(self, contract):
        return sum(
            bill.amount * (1 if bill.kind == "charge" else -1)
            for bill in contract.bill_ids
        )

    def test_part_that_has_its_price(self):
        units, contract = self._sensors()
        self.assertEqual(self._sum(contract), 1095.0)
        with freeze_time("2026-06-30 10:00:00"):
            new = self._assets(self._deliver(self.sensor, 1))
            units._replace_with(new, date(2026, 6, 30))
        with freeze_time("2026-07-01 10:00:00"):
            contract._create_invoices()
        lines = contract.line_ids.sorted("id")
        self.assertEqual(lines.mapped("quantity"), [3, 2, 1])
        self.assertEqual(lines[2].asset_id, new)
        self.assertEqual(
            lines.mapped("date_from"), [False, date(2026, 7, 1), date(2026, 7, 1)]
        )
        self.assertEqual(self._sum(contract), 1095.0, "three as before")

    def test_part_that_came_back(self):
        units, contract = self._sensors()
        with freeze_time("2026-06-30 10:00:00"):
            self._return(units.move_id)
        with freeze_time("2026-07-01 10:00:00"):
            contract._create_invoices()
        self.assertEqual(contract.line_ids.sorted("id").mapped("quantity"), [3, 2])
        # 184 of 365 days of one of the three are not paid for.
        self.assertEqual(self._sum(contract), 1095.0 - 184.0)

    def test_part_whose_return_is_undone(self):
        """Noticed at once: three are charged as if nothing had happened."""
        units, contract = self._sensors()
        with freeze_time("2026-06-30 10:00:00"):
            back = self._return(units.move_id)
            self._deliver(self.sensor, 1, origin_returned_move_id=back.id)
        self.assertEqual(units.quantity, 3)
        with freeze_time("2026-07-01 10:00:00"):
            contract._create_invoices()
        self.assertEqual(self._sum(contract), 1095.0)
        log = " ".join(contract.message_ids.mapped("body"))
        self.assertIn("3 under the contract", log)

    def test_part_that_is_delivered_again_later(self):
        """The days on which it was gone are not charged."""
        units, contract = self._sensors()
        with freeze_time("2026-06-30 10:00:00"):
            back = self._return(units.move_id)
        with freeze_time("2026-07-05 10:00:00"):
            contract._create_invoices()._post()
            self._deliver(self.sensor, 1, origin_returned_move_id=back.id)
            contract._create_invoices()
        # From 1 to 4 July there were two.
        self.assertEqual(self._sum(contract), 1095.0 - 4.0)
        now = contract.line_ids.filtered(lambda x: x._is_in_span(date(2026, 7, 5)))
        self.assertEqual(now.quantity, 3)

    def test_two_steps_back_and_forth(self):
        units, contract = self._sensors()
        with freeze_time("2026-03-31 10:00:00"):
            one = self._return(units.move_id)
        with freeze_time("2026-06-30 10:00:00"):
            two = self._return(units.move_id)
        with freeze_time("2026-08-01 10:00:00"):
            self._deliver(self.sensor, 1, origin_returned_move_id=two.id)
        with freeze_time("2026-09-01 10:00:00"):
            self._deliver(self.sensor, 1, origin_returned_move_id=one.id)
            contract._create_invoices()
        self.assertEqual(units.quantity, 3)
        days = [date(2026, month, 15) for month in (2, 5, 7, 8, 9)]
        charged = [
            sum(x.quantity for x in contract.line_ids if x._is_in_span(day))
            for day in days
        ]
        self.assertEqual(charged, [3, 2, 1, 2, 3])

    def test_more_than_were_agreed_stay_out(self):
        units, contract = self._sensors()
        with freeze_time("2026-06-30 10:00:00"):
            self._return(units.move_id)
            units.quantity = 9
        self.assertEqual(max(contract.line_ids.mapped("quantity")), 3)

    def test_unit_whose_return_is_undone(self):
        unit = self.units[0]
        with freeze_time("2026-03-31 10:00:00"):
            back = self._return(unit.move_id, lots=[unit.lot_id])
            self.assertEqual(self._line(unit).left_reason, "returned")
            self._deliver(
                self.lock, lots=[unit.lot_id], origin_returned_move_id=back.id
            )
        self.assertEqual(unit.state, "in_use")
        line = self._line(unit)
        self.assertFalse(line.date_to or line.left_reason)
        with freeze_time("2026-04-01 10:00:00"):
            self.contract._create_invoices()
        self.assertEqual(self._sum(self.contract), 730.0)
        layer = unit.warranty_ids.filtered("contract_line_id")
        self.assertFalse(layer.filtered(lambda w: w.state == "closed"))

    def test_unit_that_is_delivered_again_later(self):
        unit = self.units[0]
        with freeze_time("2026-03-31 10:00:00"):
            back = self._return(unit.move_id, lots=[unit.lot_id])
        for there, gone in (("2026-04-11", "2026-04-15"), ("2026-04-21", None)):
            with freeze_time(f"{there} 10:00:00"):
                again = self._move(
                    self.lock,
                    1,
                    self.stock,
                    self.customers,
                    [unit.lot_id],
                    unit.partner_id,
                    origin_returned_move_id=back.id,
                )
                self.contract._create_invoices()._post()
            if gone:
                with freeze_time(f"{gone} 10:00:00"):
                    back = self._return(again, lots=[unit.lot_id])
        spans = [
            (str(first), str(last))
            for first, last in (x._get_span() for x in self._line(unit))
        ]
        self.assertEqual(
            sorted(spans),
            [
                ("2026-01-01", "2026-03-31"),
                ("2026-04-11", "2026-04-15"),
                ("2026-04-21", "2026-12-31"),
            ],
        )
        # Gone from 1 to 10 and from 16 to 20 April.
        self.assertEqual(self._sum(self.contract), 730.0 - 15.0)

    def test_unit_whose_place_is_taken(self):
        unit = self.units[0]
        with freeze_time("2026-03-31 10:00:00"):
            back = self._return(unit.move_id, lots=[unit.lot_id])
        new = self._new_unit("2026-04-05")
        with freeze_time("2026-04-05 10:00:00"):
            self.contract._add_units(new, date(2026, 4, 5), "In its place")
            new.write({"replaces_id": unit.id})
            self._deliver(
                self.lock, lots=[unit.lot_id], origin_returned_move_id=back.id
            )
        self.assertEqual(self._line(unit).left_reason, "returned")
        self.assertIn("in use again", self.contract.activity_ids[:1].summary)

    def test_prices_and_bases_go_on(self):
        old = self.units[0]
        line = self._line(old)
        line.sudo().write({"price_base": 300.0, "index_base": 104.5})
        line._set_price(400.0, date(2027, 1, 1))
        new = self._new_unit("2026-06-30")
        with freeze_time("2026-06-30 10:00:00"):
            old._replace_with(new, date(2026, 6, 30))
        heir = self._line(new)
        self.assertEqual((heir.price_base, heir.index_base), (300.0, 104.5))
        self.assertEqual(heir._get_price_on(date(2026, 7, 1)), 365.0)
        self.assertEqual(heir._get_price_on(date(2027, 1, 1)), 400.0)

    def test_replacement_undone(self):
        old, new = self.units[0], self._new_unit("2026-06-30")
        with freeze_time("2026-06-30 10:00:00"):
            old._replace_with(new, date(2026, 6, 30))
            self.assertEqual(self._line(old).date_to, date(2026, 6, 30))
            new.action_undo_replacement()
            self.assertFalse(self._line(old).date_to)
            self.assertFalse(self._line(old).left_reason)
            self.assertFalse(self._line(new))
        with freeze_time("2026-07-01 10:00:00"):
            again = self.contract._create_invoices()
        self.assertEqual(again.amount_untaxed, 184.0)

    # --- Passed on ---

    def _pass_on(self, unit, day):
        wizard = (
            self.env["aftersales.asset.pass.on"]
            .with_user(self.user_agent)
            .create(
                {
                    "asset_ids": unit.ids,
                    "partner_id": self.other_customer.id,
                    "date": day,
                }
            )
        )
        wizard.action_pass_on()
        return self.env["aftersales.transfer"].search([], limit=1)

    def test_passed_on(self):
        """It ends with the day of the change, though that is noted later."""
        unit = self.units[0]
        with freeze_time("2026-07-05 10:00:00"):
            self._pass_on(unit, "2026-06-30")
        line = self._line(unit)
        self.assertEqual(line.date_to, date(2026, 6, 30))
        self.assertEqual(line.left_reason, "passed_on")
        self.assertIn(("credit", "2026-07-01", "2026-12-31", 184.0), self._bills(unit))
        self.assertIn("can be offered a contract", self._get_log())
        self.assertFalse(
            unit.contract_line_ids.contract_id.filtered(
                lambda c: c.partner_id == self.other_customer
            )
        )
        self.assertFalse(self._line(self.units[1]).date_to)

    def test_passing_on_undone(self):
        unit = self.units[0]
        with freeze_time("2026-07-05 10:00:00"):
            transfer = self._pass_on(unit, "2026-06-30")
            transfer.with_user(self.user_agent).action_undo()
        self.assertFalse(self._line(unit).date_to)
        self.assertIn("undone", self.contract.version_ids.sorted("number")[-1].reason)

    # --- Gone ---

    def test_returned_for_a_refund(self):
        unit = self.units[0]
        with freeze_time("2026-03-31 10:00:00"):
            self._return(unit.move_id, lots=[unit.lot_id])
        self.assertEqual(self._line(unit).date_to, date(2026, 3, 31))
        # C9: 275 of 365 come back.
        self.assertIn(("credit", "2026-04-01", "2026-12-31", 275.0), self._bills(unit))
        self.assertIn("Came Back", self._get_log())

    def test_scrapped_at_the_customer(self):
        unit = self.units[0]
        with freeze_time("2026-03-31 10:00:00"):
            unit.with_user(self.user_agent).action_retire()
        self.assertEqual(self._line(unit).date_to, date(2026, 3, 31))
        self.assertEqual(self._line(unit).left_reason, "gone")
        self.assertFalse(self.contract.activity_ids)

    def test_nothing_is_left(self):
        with freeze_time("2026-03-31 10:00:00"):
            self.units.action_retire()
        self.assertIn("No unit is left", self.contract.activity_ids.summary)
        self.assertEqual(self.contract.state, "running", "a person decides")

    def test_repair_changes_nothing(self):
        """W16: a unit that comes back for repair stays under its contract."""
        unit = self.units[0]
        self._return(unit.move_id, lots=[unit.lot_id], to_refund=False)
        self.assertFalse(self._line(unit).date_to)

    def test_many_that_leave(self):
        plan = self._plan(services=[])

        def count(number):
            units = self._unit(count=number)
            self._contract(plan, units=units, running=True)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            units._set_closed("retired")
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count(1)
        one, fifty = count(1), count(50)
        self.assertLess(fifty, one + 60)
