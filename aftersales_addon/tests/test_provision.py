"""What is set aside for warranties, unit by unit."""

from odoo.exceptions import ValidationError
from odoo.fields import Command, Date
from odoo.tests import tagged

from .provision_common import ProvisionCommon


@tagged("post_install", "-at_install")
class TestProvision(ProvisionCommon):
    def test_share_of_the_price(self):
        """2.5 % of 400.00 less 10 %, three units: 27.00 on the day of the start."""
        self._at("2026-01-15")
        asset = self._sell_sensors(3, discount=10)
        self.assertEqual(self._update(), 1)
        self.assertEqual(self._moves(asset), [("issued", "2026-01-15", 27.0)])
        entry = self.Entry.search([("asset_id", "=", asset.id)])
        self.assertIn("3 × (2.5 % of", entry.explanation)

    def test_second_run_enters_nothing(self):
        self._at("2026-01-15")
        self._sell_sensors()
        self.assertTrue(self._update())
        self.assertEqual(self._update(), 0)

    def test_nearest_level(self):
        """Product before category before policies; "nothing" ends the search."""
        self._at("2026-01-15")
        asset = self._sell_sensors(2)
        levels = [
            (self.category, {"aftersales_provision_type": "percent"}, 0.0),
            (self.category, {"aftersales_provision_rate": 5.0}, 40.0),
            (self.sensor.product_tmpl_id, {"aftersales_provision_type": "amount"}, 0),
            (self.sensor.product_tmpl_id, {"aftersales_provision_amount": 3.5}, 7.0),
            (self.sensor.product_tmpl_id, {"aftersales_provision_type": "none"}, 0.0),
            (self.sensor.product_tmpl_id, {"aftersales_provision_type": False}, 40.0),
        ]
        self._update()
        for level, vals, total in levels:
            level.write(vals)
            self._update()
            moves = self._moves(asset)
            self.assertAlmostEqual(sum(m[2] for m in moves), total)
        self.assertEqual({m[0] for m in moves}, {"issued", "estimate"})

    def test_two_layers_add_up(self):
        self._at("2026-01-15")
        law = self._policy("Law", kind="statutory")
        law.write(
            {"aftersales_provision_type": "amount", "aftersales_provision_amount": 4}
        )
        self.sensor.aftersales_policy_ids |= law
        asset = self._sell_sensors()
        self._update()
        self.assertEqual(self._moves(asset), [("issued", "2026-01-15", 14.0)])

    def test_extended_is_not_a_provision(self):
        self._at("2026-01-15")
        self.policy.kind = "extended"
        asset = self._sell_sensors()
        self.assertEqual(self._update(), 0)
        self.assertFalse(self._moves(asset))

    def test_days_of_the_company(self):
        """Delivered on 1 February in UTC, on 31 January where the company is."""
        self.company.resource_calendar_id.tz = "America/Los_Angeles"
        self._at("2026-02-01 07:30:00")
        asset = self._sell_sensors()
        self._update()
        self.assertEqual(self._moves(asset), [("issued", "2026-01-31", 10.0)])

    def test_release_at_the_end(self):
        """The last covered day still holds; the day after, the rest is released."""
        self._at("2024-01-31")
        asset = self._sell_sensors()
        self._update()
        self._at("2026-01-31")
        self.assertEqual(self._update(), 0)
        self._at("2026-02-01")
        self._update()
        self.assertEqual(self._moves(asset)[1:], [("released", "2026-01-31", -10.0)])
        self.assertEqual(self._update(), 0)

    def test_expired_before_the_figures_began(self):
        self._at("2023-01-31")
        asset = self._sell_sensors()
        self._at("2026-02-01")
        self._update()
        self.assertFalse(self._moves(asset))

    def test_return(self):
        """What came back has no share any more; a part of it, no such part."""
        self._at("2026-01-10")
        asset = self._sell_sensors(10)
        self._update()
        self._at("2026-02-10")
        self._return(asset.move_id, 3)
        self._at("2026-02-20")
        self._update()
        self.assertEqual(self._moves(asset)[1:], [("released", "2026-02-10", -30.0)])
        self._at("2026-03-01")
        self._return(asset.move_id, 7)
        self._update()
        self.assertEqual(self._moves(asset)[2:], [("released", "2026-03-01", -70.0)])

    def test_reactivated(self):
        self._at("2026-01-10")
        asset = self._sell_sensors()
        self._update()
        asset.action_retire()
        self._update()
        asset.action_reactivate()
        self._update()
        amounts = [m[2] for m in self._moves(asset)]
        self.assertEqual(amounts, [10.0, -10.0, 10.0])

    def test_prolonged_after_the_end(self):
        self._at("2024-01-31")
        asset = self._sell_sensors()
        self._update()
        self._at("2026-03-01")
        self._update()
        asset.warranty_ids._add_change("goodwill", 12, "month", "Nice customer")
        self._update()
        moves = [("released", "2026-01-31", -10.0), ("released", "2026-03-01", 10.0)]
        self.assertEqual(self._moves(asset)[1:], moves)

    def test_other_currency(self):
        """Sold in another currency: converted on the day of the start."""
        self._at("2026-01-15")
        euro = self.env["res.currency"].create(
            {
                "name": "XTS",
                "symbol": "X",
                "rate_ids": [
                    Command.create(
                        {
                            "name": day,
                            "rate": rate,
                            "company_id": self.company.id,
                        }
                    )
                    for day, rate in (("2026-01-01", 2.0), ("2026-02-01", 4.0))
                ],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "X", "currency_id": euro.id}
        )
        asset = self._sell_sensors(pricelist=pricelist.id)
        self._at("2026-02-15")
        self._update()
        self.assertEqual(self._moves(asset), [("issued", "2026-01-15", 5.0)])

    def test_entered_by_hand(self):
        """A unit that was not sold on an order here: the list price counts."""
        self._at("2026-01-20")
        asset = self._unit("2026-01-10", policy=self.policy)
        self._update()
        self.assertEqual(self._moves(asset), [("issued", "2026-01-10", 2.5)])

    def test_absurd_rates(self):
        for vals in (
            {"aftersales_provision_rate": 101},
            {"aftersales_provision_rate": -1},
            {"aftersales_provision_amount": -5},
        ):
            with self.assertRaises(ValidationError):
                self.policy.write(vals)

    def test_each_company_has_its_own_rate(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.policy.with_company(other).aftersales_provision_rate = 7
        self.assertEqual(self.policy.aftersales_provision_rate, 2.5)


@tagged("post_install", "-at_install")
class TestProvisionUse(ProvisionCommon):
    def _sold(self, day="2026-01-10"):
        self._at(day)
        return self._unit(day, policy=self.policy)

    def test_repair(self):
        """Part at cost 80.00 and labour at cost 40.00, both covered."""
        asset = self._sold()
        self._at("2026-03-05")
        repair = self._repair_done(asset)
        self._update()
        used = [m for m in self._moves(asset) if m[0] == "settled"]
        self.assertEqual(used, [("settled", "2026-03-05", -120.0)])
        entry = self.Entry.search([("kind", "=", "settled")])
        self.assertEqual(entry.repair_id, repair)
        self.assertEqual(self._update(), 0)

    def test_half_covered(self):
        self.policy = self._policy("Half", lines={"parts": 50.0})
        self.policy.write(
            {"aftersales_provision_type": "amount", "aftersales_provision_amount": 9}
        )
        asset = self._sold()
        self._at("2026-03-05")
        self._repair_done(asset)
        self._update()
        used = [m for m in self._moves(asset) if m[0] == "settled"]
        self.assertEqual(used, [("settled", "2026-03-05", -40.0)])

    def test_a_unit_that_cost_more(self):
        """What it drew from the shares of others is added back at its end."""
        asset = self._sold("2024-03-31")
        self._at("2024-06-05")
        self._repair_done(asset)
        self._update()
        self._at("2026-04-10")
        self._update()
        moves = self._moves(asset)
        self.assertEqual(moves[-1], ("topped_up", "2026-03-31", 117.5))
        self.assertAlmostEqual(sum(m[2] for m in moves), 0)

    def test_units_without_a_share_use_nothing(self):
        asset = self._sold()
        self.policy.aftersales_provision_type = "none"
        self._repair_done(asset)
        self._update()
        self.assertFalse(self._moves(asset))

    def test_replacement(self):
        """One life: the new unit has no share of its own, and is used at its cost."""
        self.lock.standard_price = 60.0
        old = self._sold()
        self._update()
        self._at("2026-02-10")
        new = self._unit("2026-02-10", "SN-2", policy=self.policy)
        old._replace_with(new, Date.to_date("2026-02-10"))
        self._update()
        self.assertEqual(
            self._moves(old),
            [("issued", "2026-01-10", 2.5), ("settled", "2026-02-10", -60.0)],
        )
        self.assertFalse(self._moves(new))
        self._at("2028-02-01")
        self._update()
        self.assertAlmostEqual(sum(m[2] for m in self._moves(old)), 0)
