"""Units that leave a contract and come back, where its lines go on from a day."""

from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged

from .contract_common import ContractCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-01-01 10:00:00")
class TestContractLeaveSplit(ContractCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # 365 for each unit and year, in advance: one for each day.
        cls.plan = cls._plan(
            services=[], price_basis="unit", billing_unit="year", billing_count=1
        )

    def _locked(self, **vals):
        """A contract of a unit with a serial number, invoiced in advance."""
        unit = self._unit()
        contract = self._contract(
            self.plan, units=unit, price=365.0, running=True, **vals
        )
        contract._create_invoices()._post()
        return unit, contract

    def _sensors(self, billed=True):
        """Three sensors in one line, at 365 a year each."""
        self.sensor.aftersales_serviced = True
        units = self._assets(self._deliver(self.sensor, 3))
        contract = self._contract(self.plan, units=units, price=365.0)
        contract.line_ids.quantity = 3
        contract.action_start()
        if billed:
            contract._create_invoices()._post()
        return units, contract

    def _split(self, contract, day, **vals):
        """Let all lines go on with other values from a day."""
        lines = contract.line_ids.filtered(lambda x: x._get_span())
        contract._set_changed("Agreed", {}, None, day, {x: vals for x in lines})

    def _sum(self, contract):
        return sum(
            bill.amount * (1 if bill.kind == "charge" else -1)
            for bill in contract.bill_ids
        )

    def _quantities(self, contract, *days):
        return [
            sum(x.quantity for x in contract.line_ids if x._is_in_span(day))
            for day in days
        ]

    def _deliver_again(self, unit, back):
        self._deliver(self.lock, lots=[unit.lot_id], origin_returned_move_id=back.id)

    # --- Back again ---

    def test_a_later_price_is_not_charged_early(self):
        unit, contract = self._locked()
        contract.line_ids._set_price(730.0, date(2026, 10, 1))
        with freeze_time("2026-03-31 10:00:00"):
            back = self._return(unit.move_id, lots=[unit.lot_id])
        with freeze_time("2026-04-11 10:00:00"):
            self._deliver_again(unit, back)
        line = contract.line_ids.filtered(lambda x: x._is_in_span(date(2026, 4, 11)))
        self.assertEqual(line._get_price_on(date(2026, 9, 30)), 365.0)
        self.assertEqual(line._get_price_on(date(2026, 10, 1)), 730.0)

    def test_fewer_came_back(self):
        """One of three is delivered again: one is charged, then all of them."""
        units, contract = self._sensors()
        with freeze_time("2026-03-31 10:00:00"):
            back = self._return(units.move_id, 3)
        with freeze_time("2026-04-11 10:00:00"):
            self._deliver(self.sensor, 1, origin_returned_move_id=back.id)
        with freeze_time("2026-05-01 10:00:00"):
            self._deliver(self.sensor, 2, origin_returned_move_id=back.id)
        days = [date(2026, 3, 31), date(2026, 4, 5), date(2026, 4, 15)]
        self.assertEqual(
            self._quantities(contract, *days, date(2026, 6, 1)), [3, 0, 1, 3]
        )

    def test_fewer_came_back_at_once(self):
        units, contract = self._sensors()
        with freeze_time("2026-03-31 10:00:00"):
            back = self._return(units.move_id, 3)
            self._deliver(self.sensor, 1, origin_returned_move_id=back.id)
        self.assertEqual(
            self._quantities(contract, date(2026, 3, 31), date(2026, 4, 1)), [3, 1]
        )

    def test_back_when_nothing_is_promised_any_more(self):
        """The lines had ended: nothing is told that is not so."""
        unit, contract = self._locked()
        with freeze_time("2026-02-01 10:00:00"):
            contract._remove_lines(contract.line_ids, date(2026, 4, 5), "Sold")
        with freeze_time("2026-03-31 10:00:00"):
            back = self._return(unit.move_id, lots=[unit.lot_id])
        versions = contract.version_ids
        with freeze_time("2026-04-11 10:00:00"):
            self._deliver_again(unit, back)
        self.assertEqual(len(contract.line_ids), 1)
        self.assertEqual(contract.version_ids, versions)
        log = " ".join(contract.message_ids.mapped("body"))
        self.assertNotIn("in use again", log)

    def test_what_was_long_over_takes_no_place(self):
        """A former contract of somebody's unit does not keep it out of this one."""
        unit = self._unit()
        former = self._contract(self.plan, units=unit, price=1.0, running=True)
        former._remove_lines(former.line_ids, date(2026, 1, 1), "Moved")
        with freeze_time("2026-01-02 10:00:00"):
            contract = self._contract(
                self.plan, units=unit, running=True, date_start="2026-01-02"
            )
        with freeze_time("2026-03-31 10:00:00"):
            back = self._return(unit.move_id, lots=[unit.lot_id])
        with freeze_time("2026-04-11 10:00:00"):
            self._deliver_again(unit, back)
        self.assertEqual(self._quantities(contract, date(2026, 4, 11)), [1])

    # --- A part, with other terms to come ---

    def test_part_that_came_back_before_other_terms_hold(self):
        for billed in (True, False):
            with self.subTest(billed=billed):
                units, contract = self._sensors(billed)
                with freeze_time("2026-06-15 10:00:00"):
                    self._split(contract, date(2026, 9, 1), discount=10.0)
                    contract._create_invoices()._post()
                with freeze_time("2026-06-30 10:00:00"):
                    back = self._return(units.move_id)
                days = [date(2026, 6, 30), date(2026, 7, 1), date(2026, 9, 1)]
                self.assertEqual(self._quantities(contract, *days), [3, 2, 2])
                with freeze_time("2026-08-01 10:00:00"):
                    self._deliver(self.sensor, 1, origin_returned_move_id=back.id)
                    contract._create_invoices()._post()
                with freeze_time("2026-09-01 10:00:00"):
                    contract._create_invoices()
                days = [date(2026, 7, 31), date(2026, 8, 1), date(2026, 9, 1)]
                self.assertEqual(self._quantities(contract, *days), [2, 3, 3])
                # Two in July; 122 days with a discount from September on.
                self.assertAlmostEqual(
                    self._sum(contract), 243 * 3 - 31 + 122 * 3 * 0.9
                )

    # --- Replaced, with other terms to come ---

    def _spans(self, lines):
        return sorted(tuple(map(str, x._get_span())) for x in lines if x._get_span())

    def _replaced(self):
        """A unit that is replaced while other terms are to come in September."""
        old, contract = self._locked()
        with freeze_time("2026-06-15 10:00:00"):
            self._split(contract, date(2026, 9, 1), discount=10.0)
        with freeze_time("2026-06-30 10:00:00"):
            new = self._unit()
            old._replace_with(new, date(2026, 6, 30))
        return old, new, contract

    def test_replaced_before_other_terms_hold(self):
        old, new, contract = self._replaced()
        with freeze_time("2026-06-30 10:00:00"):
            heirs = contract.line_ids.filtered(lambda x: x.asset_id == new)
            self.assertEqual(
                self._spans(heirs),
                [("2026-07-01", "2026-08-31"), ("2026-09-01", "2026-12-31")],
            )
            first, then = heirs.sorted("date_from")
            self.assertEqual((first.discount, then.discount), (0.0, 10.0))
            self.assertEqual(then.former_id, first)
            old._hand_contracts_on(new, date(2026, 6, 30))
            self.assertEqual(len(contract.line_ids), 4, "safe to repeat")
        with freeze_time("2026-09-01 10:00:00"):
            contract._create_invoices()
        self.assertAlmostEqual(self._sum(contract), 243 + 122 * 0.9)

    def test_replacement_undone_before_other_terms_hold(self):
        old, new, contract = self._replaced()
        with freeze_time("2026-06-30 10:00:00"):
            new.action_undo_replacement()
        lines = contract.line_ids
        self.assertEqual(lines.asset_id, old)
        self.assertEqual(
            self._spans(lines),
            [("2026-01-01", "2026-08-31"), ("2026-09-01", "2026-12-31")],
        )

    def test_part_replaced_before_other_terms_hold(self):
        units, contract = self._sensors()
        with freeze_time("2026-06-15 10:00:00"):
            self._split(contract, date(2026, 9, 1), discount=10.0)
        with freeze_time("2026-06-30 10:00:00"):
            new = self._assets(self._deliver(self.sensor, 1))
            units._replace_with(new, date(2026, 6, 30))
        days = [date(2026, 6, 30), date(2026, 7, 1), date(2026, 9, 1)]
        self.assertEqual(self._quantities(contract, *days), [3, 3, 3])
        heirs = contract.line_ids.filtered(lambda x: x.asset_id == new)
        covered = [sum(x._is_in_span(day) for x in heirs) for day in days]
        self.assertEqual(covered, [0, 1, 1])
        self.assertEqual(set(heirs.mapped("quantity")), {1})
        with freeze_time("2026-09-01 10:00:00"):
            contract._create_invoices()
        self.assertAlmostEqual(self._sum(contract), 243 * 3 + 122 * 3 * 0.9)

    # --- What goes on from what ---

    def test_another_change_before_other_terms_hold(self):
        _unit, contract = self._locked()
        first = contract.line_ids
        with freeze_time("2026-03-01 10:00:00"):
            self._split(contract, date(2026, 9, 1), discount=10.0)
            last = contract.line_ids - first
            contract._set_changed(
                "More", {}, None, date(2026, 5, 1), {first: {"discount": 5.0}}
            )
        middle = contract.line_ids - first - last
        self.assertEqual(last.former_id, middle)
        self.assertEqual(middle.former_id, first)
        self.assertEqual(contract._get_portal_units(), last)
        self.assertEqual(last._get_first_line(), first)

    def test_first_line_of_what_was_invoiced_and_undone(self):
        _unit, contract = self._locked()
        first = contract.line_ids
        with freeze_time("2026-03-01 10:00:00"):
            self._split(contract, date(2026, 9, 1), discount=10.0)
        then = contract.line_ids - first
        with freeze_time("2026-09-01 10:00:00"):
            contract._create_invoices()._post()
            contract._set_changed(
                "More", {}, None, date(2026, 9, 1), {then: {"discount": 20.0}}
            )
        self.assertTrue(then.is_undone)
        newest = contract.line_ids - first - then
        self.assertEqual(newest._get_first_line(), first)
        self.assertEqual(contract._get_portal_units(), newest)
