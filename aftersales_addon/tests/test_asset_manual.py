from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged, users

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 12:00")
class TestAssetManual(AftersalesCommon):
    """Units that people enter, and warranties that people add."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category.aftersales_policy_ids = cls.policy_24
        cls.extension = cls._make_policy("Extension", 12, kind="extended")

    def _enter(self, **vals):
        return self.env["aftersales.asset"].create(
            {
                "product_id": self.lock.id,
                "serial_number": "TYPED",
                "partner_id": self.customer.id,
                "delivery_date": "2026-01-31",
                **vals,
            }
        )

    @users("as_agent")
    def test_a_unit_entered_by_hand_gets_the_warranty_of_its_product(self):
        form = Form(self.env["aftersales.asset"])
        form.product_id = self.lock
        self.assertEqual(form.promised_policy_ids[:], self.policy_24)
        form.partner_id = self.customer
        form.serial_number = "TYPED"
        form.delivery_date = date(2026, 1, 31)
        asset = form.save()
        self.assertEqual(asset.warranty_ids.policy_id, self.policy_24)
        self.assertEqual(asset.warranty_end, date(2028, 1, 31))

    @users("as_agent")
    def test_the_warranty_can_be_left_out(self):
        asset = self._enter(give_warranty=False)
        self.assertFalse(asset.warranty_ids)
        self.assertEqual(asset.coverage_label, "No warranty")

    def test_many_units_cost_one_batch(self):
        values = {"product_id": self.sensor.id, "delivery_date": "2026-01-31"}

        def queries(count):
            start = self.env.cr.sql_log_count
            assets = self.env["aftersales.asset"].create(
                [{**values, "serial_number": f"N{n}"} for n in range(count)]
            )
            self.env.flush_all()
            self.assertEqual(len(assets.warranty_ids), count)
            return self.env.cr.sql_log_count - start

        queries(1)
        self.assertLessEqual(queries(20), queries(2) + 2)

    def test_a_delivery_gives_the_warranty_once(self):
        asset = self._assets(self._deliver(self.sensor))
        self.assertEqual(len(asset.warranty_ids), 1)

    def test_a_number_of_another_product_is_refused(self):
        lot = self._make_lots(self.cable, "C1")
        with self.assertRaisesRegex(ValidationError, "another product"):
            self._enter(lot_id=lot.id)

    @users("as_agent")
    def test_an_extension_starts_with_the_delivery(self):
        asset = self._enter()
        wizard = Form(
            self.env["aftersales.asset.add.warranty"].with_context(
                **asset.action_add_warranty()["context"]
            )
        )
        wizard.policy_id = self.extension
        self.assertEqual(wizard.date_start, date(2026, 1, 31))
        self.assertEqual(wizard.date_end, date(2027, 1, 31))
        wizard.save().action_add()
        self.assertEqual(asset.warranty_ids.policy_id, self.policy_24 | self.extension)
        self.assertIn("Warranty added: Extension", asset.message_ids[0].body)

    @users("as_agent")
    def test_a_second_one_of_a_kind_goes_on_where_the_first_ends(self):
        asset = self._enter()
        wizard = Form(
            self.env["aftersales.asset.add.warranty"].with_context(
                default_asset_ids=asset.ids
            )
        )
        wizard.policy_id = self.policy_12
        self.assertEqual(wizard.date_start, date(2028, 1, 31))
        wizard.save().action_add()
        self.assertEqual(asset.warranty_end, date(2029, 1, 31))

    def test_two_of_a_kind_at_a_time_are_refused(self):
        asset = self._enter()
        with self.assertRaisesRegex(UserError, "has a warranty of the kind"):
            asset._add_warranty(self.policy_12, date(2028, 1, 30))
        with self.assertRaisesRegex(UserError, "has a warranty of the kind"):
            asset._add_warranty(self.policy_12)
        # One that was closed is in nobody's way.
        asset.warranty_ids._set_closed()
        self.assertTrue(asset._add_warranty(self.policy_12))

    def test_absurd_starts_are_refused(self):
        asset = self._enter()
        with self.assertRaisesRegex(UserError, "before that"):
            asset._add_warranty(self.extension, date(2026, 1, 30))
        with self.assertRaisesRegex(UserError, "ten years ahead"):
            asset._add_warranty(self.extension, date(2036, 6, 16))
        nowhere = self._enter(serial_number="NO DATE", delivery_date=False)
        self.assertFalse(nowhere.warranty_ids)
        with self.assertRaisesRegex(UserError, "Fill in the date"):
            nowhere._add_warranty(self.extension)

    def test_a_closed_unit_gets_nothing(self):
        asset = self._enter()
        asset.action_retire()
        with self.assertRaisesRegex(UserError, "not in use"):
            asset._add_warranty(self.extension)

    def test_several_units_at_once_each_from_its_delivery(self):
        first = self._enter()
        second = self._enter(serial_number="OTHER", delivery_date="2026-03-01")
        wizard = self.env["aftersales.asset.add.warranty"].create(
            {"asset_ids": (first | second).ids, "policy_id": self.extension.id}
        )
        self.assertFalse(wizard.date_start)
        wizard.action_add()
        added = (first | second).warranty_ids.filtered(lambda w: w.kind == "extended")
        self.assertEqual(
            added.sorted("date_end").mapped("date_end"),
            [date(2027, 1, 31), date(2027, 3, 1)],
        )

    def test_only_who_may_change_a_unit_adds_to_it(self):
        asset = self._enter(user_id=self.user_sale.id)
        for user in (self.user_agent, self.user_sale, self.user_technician):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                asset.with_user(user)._add_warranty(self.extension)
        self.assertTrue(
            asset.with_user(self.user_agent_all)._add_warranty(self.extension)
        )
