from freezegun import freeze_time

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .extension_common import ExtensionCommon


@tagged("post_install", "-at_install")
class TestExtensionSale(ExtensionCommon):
    """What an extended warranty is sold for, on the quotation and before it."""

    def test_only_policies_of_the_kind_are_sold(self):
        with self.assertRaisesRegex(ValidationError, "can only be a policy of the"):
            self.plus_1.aftersales_extension_policy_id = self.policy_24
        with self.assertRaisesRegex(ValidationError, "are no extended warranties"):
            self.lock.aftersales_extension_product_ids = self.cable

    def test_offer_adds_options_bound_to_their_line(self):
        order = self._quote([(self.lock, 3), (self.cable, 1)])
        order.action_aftersales_offer_extensions()
        section = order.order_line.filtered("display_type")
        self.assertEqual(section.mapped("name"), ["Extended Warranties"])
        self.assertTrue(section.is_optional)
        lock = self._line(order, self.lock)
        extensions = order.order_line.filtered("aftersales_covered_line_id")
        self.assertEqual(extensions.product_id, self.plus_1 | self.plus_2)
        self.assertEqual(extensions.aftersales_covered_line_id, lock)
        self.assertEqual(extensions.linked_line_id, lock)
        # Options are not bought until the customer chooses them.
        self.assertEqual(extensions.mapped("product_uom_qty"), [0.0, 0.0])
        self.assertTrue(all(line._is_line_optional() for line in extensions))
        self.assertTrue(all(line._can_be_edited_on_portal() for line in extensions))
        self.assertIn("Option for: Door lock", extensions[0].name)
        self.assertEqual(order.amount_untaxed, 400.0)

    def test_offer_twice_adds_what_is_missing_only(self):
        order = self._quote([(self.lock, 1)])
        order.action_aftersales_offer_extensions()
        with self.assertRaisesRegex(UserError, "nothing more to offer"):
            order.action_aftersales_offer_extensions()
        self._line(order, self.plus_2).unlink()
        order.action_aftersales_offer_extensions()
        self.assertEqual(len(order.order_line), 4)
        self.assertEqual(len(order.order_line.filtered("display_type")), 1)

    def test_quotation_without_offers(self):
        order = self._quote([(self.cable, 1)])
        self.assertFalse(order.aftersales_can_offer)
        with self.assertRaisesRegex(UserError, "Offered Extensions"):
            order.action_aftersales_offer_extensions()

    def test_quantity_follows_the_device(self):
        order = self._quote([(self.lock, 2)])
        order.action_aftersales_offer_extensions()
        lock, one, two = (
            self._line(order, p) for p in (self.lock, self.plus_1, self.plus_2)
        )
        one.product_uom_qty = 2
        lock.product_uom_qty = 5
        self.assertEqual((one.product_uom_qty, two.product_uom_qty), (5, 0))
        one.product_uom_qty = 3
        lock.product_uom_qty = 4
        self.assertEqual(one.product_uom_qty, 3, "Chosen for some of them")
        lock.product_uom_qty = 1
        self.assertEqual(one.product_uom_qty, 1, "Never more than there are units")

    def test_platforms_optional_products_are_bound(self):
        """The configurator links what it adds to the line of the product."""
        order = self._quote([(self.lock, 1), (self.lock, 2)])
        second = order.order_line[1]
        line = self.SaleLine.with_user(self.sales).create(
            {
                "order_id": order.id,
                "product_id": self.plus_1.id,
                "product_uom_qty": 2,
                "linked_line_id": second.id,
            }
        )
        self.assertEqual(line.aftersales_covered_line_id, second)

    def test_bound_to_the_line_above(self):
        order = self._quote(
            [(self.lock, 1), (self.plus_1, 1), (self.lock, 2), (self.plus_1, 2)]
        )
        first, one, second, two = order.order_line
        self.assertEqual(one.aftersales_covered_line_id, first)
        self.assertEqual(two.aftersales_covered_line_id, second)

    def test_bound_to_the_only_one_that_offers_it(self):
        order = self._quote([(self.lock, 1), (self.cable, 1), (self.plus_1, 1)])
        lock, _cable, line = order.order_line
        self.assertEqual(line.aftersales_covered_line_id, lock)

    def test_unclear_extension_stops_the_confirmation(self):
        order = self._quote([(self.cable, 1), (self.sensor, 1)])
        order.order_line = [
            Command.create({"product_id": self.plus_1.id, "sequence": 1})
        ]
        line = self._line(order, self.plus_1)
        self.assertFalse(line.aftersales_covered_line_id)
        with self.assertRaisesRegex(UserError, "not said what “Plus 1” covers"):
            order.action_confirm()
        line.product_uom_qty = 0
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_bound_at_the_confirmation(self):
        order = self._quote([(self.plus_1, 1)])
        self.assertFalse(order.order_line.aftersales_covered_line_id)
        order.order_line = [Command.create({"product_id": self.lock.id})]
        order.action_confirm()
        self.assertEqual(
            self._line(order, self.plus_1).aftersales_covered_line_id,
            self._line(order, self.lock),
        )

    def test_more_extensions_than_units(self):
        order = self._quote([(self.lock, 2), (self.plus_1, 3)])
        with self.assertRaisesRegex(UserError, "3 × “Plus 1” for 2 units"):
            order.action_confirm()

    def test_goods_that_nobody_follows(self):
        plain = self._make_product("Plain lock", "serial")
        order = self._quote([(plain, 1), (self.plus_1, 1)])
        with self.assertRaisesRegex(UserError, "is not followed after its delivery"):
            order.action_confirm()
        plain.aftersales_serviced = True
        order.action_confirm()
        lot = self._make_lots(plain, "P1")
        self._put_in_stock(plain, 1, lot)
        move = order.sudo().picking_ids.move_ids
        move.write({"quantity": 1, "picked": True})
        move.move_line_ids.lot_id = lot
        move.picking_id.with_context(skip_sms=True).button_validate()
        layer = self._layers(self._line(order, self.plus_1))
        # There is no base: it starts with the delivery.
        self.assertEqual(layer.date_start, self._assets(move).delivery_date)

    def test_units_that_cannot_be_told_apart(self):
        self.sensor.aftersales_policy_ids = self.policy_24
        order = self._quote([(self.sensor, 10), (self.plus_1, 4)])
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        asset = self._assets(self._deliver(self.sensor, 10))
        units = {"aftersales_covered_asset_ids": [Command.set(asset.ids)]}
        order = self._quote([(self.plus_1, 11, units)])
        with self.assertRaisesRegex(UserError, "one covers one unit"):
            order.action_confirm()

    def test_dozens_count_as_twelve(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._quote(
            [(self.lock, 1, {"product_uom_id": dozen.id}), (self.plus_1, 12)]
        )
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_line_of_another_order_is_refused(self):
        other = self._quote([(self.lock, 1)])
        order = self._quote([(self.lock, 1), (self.plus_1, 1)])
        line = self._line(order, self.plus_1)
        with self.assertRaisesRegex(ValidationError, "of the same order"):
            line.aftersales_covered_line_id = other.order_line

    def test_policy_of_another_company_is_refused(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.policy_plus_1.company_id = company
        order = self._quote([(self.lock, 1), (self.plus_1, 1)])
        with self.assertRaisesRegex(UserError, "under a policy of Elsewhere"):
            order.action_confirm()

    def test_archived_policy_is_refused(self):
        self.policy_plus_1.active = False
        order = self._quote([(self.lock, 1), (self.plus_1, 1)])
        with self.assertRaisesRegex(UserError, "is not in effect"):
            order.action_confirm()

    def test_copy_of_a_quotation_stays_bound(self):
        order = self._quote(
            [(self.lock, 1), (self.plus_1, 1), (self.lock, 2), (self.plus_1, 2)]
        )
        copied = order.copy()
        first, one, second, two = copied.order_line
        self.assertEqual(one.aftersales_covered_line_id, first)
        self.assertEqual(two.aftersales_covered_line_id, second)

    def test_units_of_the_customer_are_chosen(self):
        asset = self._assets(
            self._deliver(self.lock, lots=self._make_lots(self.lock, "OLD-1"))
        )
        theirs = self._assets(
            self._deliver(
                self.lock,
                lots=self._make_lots(self.lock, "OLD-2"),
                partner=self.other_customer,
            )
        )
        units = {"aftersales_covered_asset_ids": [Command.set(theirs.ids)]}
        order = self._quote([(self.plus_1, 1, units)])
        with self.assertRaisesRegex(UserError, "Anna does not have them"):
            order.action_confirm()
        order.order_line.aftersales_covered_asset_ids = asset
        order.action_confirm()
        self.assertEqual(self._states(order.order_line), [("OLD-1", "open", False)])
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            order.order_line.aftersales_covered_asset_ids = False

    def test_line_and_units_at_once(self):
        asset = self._assets(
            self._deliver(self.lock, lots=self._make_lots(self.lock, "OLD-1"))
        )
        units = {"aftersales_covered_asset_ids": [Command.set(asset.ids)]}
        order = self._quote([(self.lock, 1), (self.plus_1, 1, units)])
        line = self._line(order, self.plus_1)
        self.assertFalse(line.aftersales_covered_line_id, "Units were chosen")
        line.aftersales_covered_line_id = self._line(order, self.lock)
        with self.assertRaisesRegex(UserError, "Keep one of the two"):
            order.action_confirm()

    def test_name_says_for_which_unit(self):
        assets = self._assets(
            self._deliver(
                self.lock,
                lots=self._make_lots(self.lock, *(f"N{n}" for n in range(7))),
            )
        )
        units = {"aftersales_covered_asset_ids": [Command.set(assets.ids)]}
        order = self._quote([(self.plus_1, 7, units)])
        self.assertIn("For: Door lock – N0, ", order.order_line.name)
        self.assertIn("2 more", order.order_line.name)

    def test_extension_added_to_a_confirmed_order(self):
        with freeze_time("2026-03-01 10:00:00"):
            order = self._quote([(self.lock, 1)])
            order.action_confirm()
        asset = self._ship(order, ["S1"], "2026-03-15")
        with freeze_time("2026-06-01 10:00:00"):
            order.order_line = [Command.create({"product_id": self.plus_1.id})]
        layer = self._layers(self._line(order, self.plus_1))
        self.assertEqual(layer.asset_id, asset)
        self.assertEqual(str(layer.date_end), "2029-03-15")
