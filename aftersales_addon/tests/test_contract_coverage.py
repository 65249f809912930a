from datetime import date

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from .contract_common import ContractCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 10:00:00")
class TestContractCoverage(ContractCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cover = cls._make_policy("Parts and Labour", 12, kind="contract")
        cls.cover.line_ids = [
            Command.clear(),
            Command.create({"item": "parts", "share": 100}),
            Command.create({"item": "labour", "share": 50}),
        ]
        cls.plan = cls._plan(policy_id=cls.cover.id)

    def _layers(self, contract):
        return self.env["aftersales.warranty"].search(
            [("contract_line_id", "in", contract.line_ids.ids)], order="date_start"
        )

    def _spans(self, contract):
        return [
            (str(layer.date_start), str(layer.date_end))
            for layer in self._layers(contract)
            if layer.state == "open"
        ]

    def test_layer_over_the_term(self):
        unit = self._unit(day="2024-01-10")
        contract = self._contract(self.plan, unit, running=True)
        self.assertEqual(self._spans(contract), [("2026-03-10", "2027-03-09")])
        layer = self._layers(contract)
        self.assertEqual(layer.kind, "contract")
        answer = unit._assess(date(2026, 6, 1), item="labour")
        self.assertEqual(answer["items"]["labour"]["share"], 50)
        self.assertEqual(answer["items"]["labour"]["warranty_id"], layer.id)
        self.assertFalse(unit._assess(date(2026, 3, 9), item="parts")["covered"])
        self.assertFalse(unit._assess(date(2027, 3, 10), item="parts")["covered"])

    def test_pause_lies_between_two_layers(self):
        unit = self._unit(day="2024-01-10")
        contract = self._contract(self.plan, unit, running=True)
        with freeze_time("2026-05-01 10:00:00"):
            contract.action_pause()
        self.assertEqual(self._spans(contract), [("2026-03-10", "2026-04-30")])
        with freeze_time("2026-06-01 10:00:00"):
            contract.action_resume()
        self.assertEqual(
            self._spans(contract),
            [("2026-03-10", "2026-04-30"), ("2026-06-01", "2027-03-09")],
        )
        self.assertFalse(unit._assess(date(2026, 5, 15), item="parts")["covered"])
        self.assertTrue(unit._assess(date(2026, 6, 15), item="parts")["covered"])

    def test_cancellation_and_renewal(self):
        contract = self._contract(self.plan, running=True)
        contract._set_renewed()
        self.assertEqual(self._spans(contract), [("2026-03-10", "2028-03-09")])
        contract._set_cancelled(date(2026, 3, 31))
        self.assertEqual(self._spans(contract), [("2026-03-10", "2026-03-31")])

    def test_back_to_draft(self):
        contract = self._contract(self.plan, running=True)
        contract.action_reset()
        self.assertFalse(self._spans(contract))
        contract.action_start()
        self.assertEqual(self._spans(contract), [("2026-03-10", "2027-03-09")])
        self.assertEqual(len(self._layers(contract)), 1)

    def test_units_with_their_own_days(self):
        contract = self._contract(self.plan, running=True)
        more = self._unit()
        contract._add_units(more, date(2026, 6, 1), "More")
        self.assertEqual(
            sorted(self._spans(contract)),
            [("2026-03-10", "2027-03-09"), ("2026-06-01", "2027-03-09")],
        )
        line = contract.line_ids.filtered(lambda x: x.asset_id == more)
        contract._remove_lines(line, date(2026, 7, 31), "Less")
        self.assertIn(("2026-06-01", "2026-07-31"), self._spans(contract))

    def test_terms_as_sold(self):
        contract = self._contract(self.plan, running=True)
        version = self._layers(contract).version_id
        self.cover.line_ids[0].share = 20
        contract._set_renewed()
        self.assertEqual(self._layers(contract).version_id, version)

    def test_no_policy_no_layer(self):
        contract = self._contract(running=True)
        self.assertFalse(self._layers(contract))

    def test_layers_of_many(self):
        def count(number):
            contract = self._contract(
                self._plan(services=[], policy_id=self.cover.id),
                self._unit(count=number),
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            contract.action_start()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count(1)
        one, fifty = count(1), count(50)
        self.assertLess(fifty, one + 15)
