from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestRegistration(AftersalesCommon):
    """Customers make units known: known ones at once, others by a person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category.aftersales_policy_ids = cls.policy_24
        cls.company.aftersales_registration = "automatic"
        cls.company.aftersales_registration_user_id = cls.user_agent_all
        cls.customer.email = "anna@example.com"
        cls.dealer = cls.env["res.partner"].create(
            {"name": "Dealer", "is_company": True, "aftersales_is_reseller": True}
        )
        cls.Registration = cls.env["aftersales.registration"]

    def _deliver_on(self, day, name, partner, product=None):
        product = product or self.lock
        with freeze_time(f"{day} 12:00"):
            lots = self._make_lots(product, name)
            return self._assets(self._deliver(product, lots=lots, partner=partner))

    def _register(self, number, partner=None, **vals):
        values = {
            "serial_number": number,
            "email": "anna@example.com",
            "partner_name": "Anna",
            **vals,
        }
        return self.Registration._receive(self.company, values, [], partner)

    # --- By itself ---

    def test_bought_from_a_reseller(self):
        asset = self._deliver_on("2026-01-10", "LK-1", self.dealer)
        registration = self._register("lk-1", self.customer)
        self.assertEqual(registration.state, "approved")
        self.assertTrue(registration.is_automatic)
        self.assertEqual(registration.asset_id, asset)
        self.assertEqual(asset.partner_id, self.customer)
        self.assertEqual(asset.ownership_ids.partner_id, self.dealer)
        self.assertEqual(str(asset.warranty_end), "2028-01-10")

    def test_the_customer_has_it_already(self):
        asset = self._deliver_on("2026-01-10", "LK-1", self.customer)
        registration = self._register("LK-1", self.customer)
        self.assertEqual(registration.asset_id, asset)
        self.assertFalse(asset.ownership_ids)

    def test_registration_starts_what_waits_for_it(self):
        self.policy_24.start_event = "registration"
        self.policy_24.start_cap = 90
        asset = self._deliver_on("2026-01-10", "LK-1", self.dealer)
        self.assertEqual(str(asset.warranty_end), "2028-04-10")
        self.assertTrue(asset.waits_for_registration)
        with freeze_time("2026-02-01 12:00"):
            self._register("LK-1", self.customer)
        self.assertEqual(str(asset.date_registered), "2026-02-01")
        self.assertEqual(str(asset.warranty_end), "2028-02-01")
        self.assertFalse(asset.waits_for_registration)

    def test_delivered_but_not_listed(self):
        """The warranty starts with the delivery we know, whatever was typed."""
        self.category.aftersales_policy_ids = False
        self._deliver_on("2026-01-10", "LK-1", self.dealer)
        self.category.aftersales_policy_ids = self.policy_24
        registration = self._register(
            "LK-1", self.customer, purchase_date=fields.Date.to_date("2026-11-01")
        )
        asset = registration.asset_id
        self.assertEqual(registration.state, "approved")
        self.assertEqual(str(asset.delivery_date), "2026-01-10")
        self.assertTrue(asset.is_serial)

    # --- Looked at by a person ---

    def _assert_to_review(self, registration):
        self.assertEqual(registration.state, "new")
        self.assertEqual(registration.activity_ids.user_id, self.user_agent_all)
        self.assertFalse(registration.asset_id)

    def test_unknown(self):
        registration = self._register("NO-SUCH", self.customer)
        self._assert_to_review(registration)
        self.assertIn("do not know", registration.hint)

    def test_in_use_at_somebody_else(self):
        asset = self._deliver_on("2026-01-10", "LK-1", self.other_customer)
        registration = self._register("LK-1", self.customer)
        self._assert_to_review(registration)
        self.assertEqual(asset.partner_id, self.other_customer)

    def test_still_in_our_stock(self):
        lots = self._make_lots(self.lock, "LK-1")
        self._put_in_stock(self.lock, 1, lots)
        registration = self._register("LK-1", self.customer)
        self._assert_to_review(registration)
        self.assertIn("our stock", registration.hint)

    def test_wildcards_are_no_numbers(self):
        self._deliver_on("2026-01-10", "LK-1", self.dealer)
        for number in ("%", "LK_1", "LK%", "\\"):
            self._assert_to_review(self._register(number, self.customer))

    def test_a_number_of_a_lot_is_no_unit(self):
        self._deliver_on("2026-01-10", "LOT-1", self.dealer, self.cable)
        self._deliver_on("2026-01-10", "LOT-2", self.dealer, self.cable)
        lot = self.env["stock.lot"].search([("name", "=", "LOT-1")])
        self._deliver(self.cable, lots=lot, partner=self.other_customer)
        self._assert_to_review(self._register("LOT-1", self.customer))

    def test_review_only(self):
        self.company.aftersales_registration = "review"
        self._deliver_on("2026-01-10", "LK-1", self.dealer)
        self._assert_to_review(self._register("LK-1", self.customer))

    def test_a1_exists_twice(self):
        """The customer says which product is meant."""
        other = self._make_product("Other lock", "serial")
        asset = self._deliver_on("2026-01-10", "A1", self.dealer)
        self._deliver_on("2026-01-10", "A1", self.dealer, other)
        registration = self._register("A1", self.customer)
        self.assertEqual(registration.state, "new")
        self.assertTrue(registration._needs_product())
        cable = self.Registration._sign_product(self.cable)
        self.assertFalse(registration._choose_product(cable), "it has no such number")
        self.assertFalse(registration._choose_product(f"{self.lock.id}-forged"))
        key = self.Registration._sign_product(self.lock)
        self.assertTrue(registration._choose_product(key))
        registration._settle()
        self.assertEqual(registration.asset_id, asset)

    def test_twice_by_the_same_customer(self):
        self._deliver_on("2026-01-10", "LK-1", self.dealer)
        first = self._register("LK-1", self.customer)
        second = self._register("LK-1", self.customer)
        self.assertEqual(second.state, "duplicate")
        self.assertEqual(second.original_id, first)

    def test_two_at_the_same_moment(self):
        """The second finds the number taken, and goes to a person."""
        self.category.aftersales_policy_ids = False
        self._deliver_on("2026-01-10", "LK-1", self.dealer)
        self.category.aftersales_policy_ids = self.policy_24
        first = self._register("LK-1", self.customer)
        self.assertEqual(first.state, "approved")
        blind = type(self.Registration)
        with (
            patch.object(blind, "_find_unit", lambda s: s.env["aftersales.asset"]),
            patch.object(blind, "_find_units", lambda s: s.env["aftersales.asset"]),
            mute_logger("odoo.sql_db"),
        ):
            second = self._register("LK-1", self.other_customer)
        self._assert_to_review(second)

    # --- Guests ---

    def test_a_guest_confirms_first(self):
        asset = self._deliver_on("2026-01-10", "LK-1", self.dealer)
        registration = self._register("LK-1")
        self.assertEqual(registration.state, "unconfirmed")
        self.assertFalse(registration.partner_id)
        self.assertEqual(asset.partner_id, self.dealer)
        mail = self.env["mail.mail"].search(
            [("model", "=", registration._name), ("res_id", "=", registration.id)]
        )
        self.assertEqual(mail.email_to, "anna@example.com")
        self.assertNotIn("LK-1", mail.body_html, "nothing that was typed is repeated")
        key = registration._get_confirm_url().rpartition("/")[2]
        self.assertEqual(self.Registration._read_confirm_key(key), registration)
        registration._set_confirmed()
        self.assertEqual(registration.partner_id, self.customer)
        self.assertEqual(asset.partner_id, self.customer)

    def test_keys(self):
        registration = self._register("LK-1")
        key = registration._get_confirm_url().rpartition("/")[2]
        for wrong in ("", "x", "é", key[:-2], key[::-1]):
            self.assertFalse(self.Registration._read_confirm_key(wrong))
        registration.email = "eve@example.com"
        self.assertFalse(self.Registration._read_confirm_key(key))

    def test_a_new_customer(self):
        asset = self._deliver_on("2026-01-10", "LK-1", self.dealer)
        registration = self._register("LK-1", email="new@example.com")
        registration._set_confirmed()
        self.assertEqual(asset.partner_id.email, "new@example.com")
        self.assertEqual(asset.partner_id.name, "Anna")

    def test_an_address_that_several_customers_share(self):
        self.other_customer.email = "anna@example.com"
        self._deliver_on("2026-01-10", "LK-1", self.dealer)
        registration = self._register("LK-1")
        registration._set_confirmed()
        self._assert_to_review(registration)
        with self.assertRaisesRegex(UserError, "Which product|Several contacts"):
            registration.product_id = self.lock
            registration.with_user(self.user_agent_all).action_approve()

    def test_nobody_fills_the_mailbox_of_somebody_else(self):
        for number in range(5):
            self.assertTrue(self._register(f"X{number}"))
        self.assertFalse(self._register("X6"))
        self.assertTrue(self._register("X7", email="other@example.com"))

    def test_unconfirmed_ones_are_forgotten(self):
        registration = self._register("X1")
        self.env.cr.execute(
            "UPDATE aftersales_registration SET create_date = now() - interval '8 day'"
            " WHERE id = %s",
            [registration.id],
        )
        self.Registration._gc_unconfirmed()
        self.assertFalse(registration.exists())

    # --- The agent ---

    def test_approve(self):
        registration = self._register(
            "NEW-1", self.customer, purchase_date=fields.Date.to_date("2026-05-02")
        )
        agent = registration.with_user(self.user_agent_all)
        with self.assertRaisesRegex(UserError, "Which product"):
            agent.action_approve()
        agent.product_id = self.lock
        agent.action_approve()
        asset = registration.asset_id
        self.assertEqual(registration.state, "approved")
        self.assertEqual(asset.partner_id, self.customer)
        self.assertEqual(str(asset.warranty_end), "2028-05-02")
        self.assertEqual(str(asset.date_registered), "2026-05-02")

    def test_taking_over_is_said(self):
        asset = self._deliver_on("2026-01-10", "LK-1", self.other_customer)
        registration = self._register("LK-1", self.customer)
        agent = registration.with_user(self.user_agent_all)
        agent.product_id = self.lock
        with self.assertRaisesRegex(UserError, "in use at Ben"):
            agent.action_approve()
        agent.take_over = True
        agent.action_approve()
        self.assertEqual(asset.partner_id, self.customer)
        self.assertEqual(asset.ownership_ids.partner_id, self.other_customer)

    def test_reject(self):
        registration = self._register("NEW-1", self.customer)
        wizard = self.env["aftersales.rejection"].with_user(self.user_agent_all)
        wizard.create(
            {"registration_ids": registration.ids, "answer": "Not <i>ours</i>"}
        ).action_reject()
        self.assertEqual(registration.state, "rejected")
        mail = self.env["mail.mail"].search(
            [("res_id", "=", registration.id), ("email_to", "=", "anna@example.com")]
        )
        self.assertIn("Not &lt;i&gt;ours", mail.body_html)
        registration.with_user(self.user_agent_all).action_reopen()
        self.assertEqual(registration.state, "new")

    def test_states_are_not_written_by_hand(self):
        registration = self._register("NEW-1", self.customer)
        with self.assertRaises(UserError):
            registration.with_user(self.user_agent_all).state = "approved"

    def test_customers_have_no_rights(self):
        portal = new_test_user(
            self.env, "as_reg", groups="base.group_portal", partner_id=self.customer.id
        )
        registration = self._register("NEW-1", self.customer)
        with self.assertRaises(AccessError):
            registration.with_user(portal).read(["serial_number"])
        with self.assertRaises(AccessError):
            registration.with_user(portal).action_approve()

    # --- What people type ---

    def test_confusing_letters(self):
        clean = self.Registration._clean_text
        self.assertEqual(clean("serial_number", " A\u202e1\u200b\x00 "), "A1")
        self.assertEqual(clean("partner_name", "Zoë\n  Ångström"), "Zoë Ångström")
        self.assertEqual(clean("note", "a\nb"), "a\nb")
        self.assertEqual(clean("serial_number", "<b>1</b>"), "<b>1</b>")

    def test_form(self):
        read = self.Registration._read_form
        _values, errors = read(self.company, {"email": "no"})
        self.assertEqual(set(errors), {"serial_number", "partner_name", "email"})
        good = {"serial_number": "1", "partner_name": "A", "email": "a@example.com"}
        for day in ("2999-01-01", "1800-01-01", "x", "2026-02-31"):
            _values, errors = read(self.company, {**good, "purchase_date": day})
            self.assertEqual(set(errors), {"purchase_date"})
        _values, errors = read(self.company, {**good, "note": "x" * 2001})
        self.assertEqual(set(errors), {"note"})
        values, errors = read(
            self.company, {**good, "email": "b@example.com"}, "a@b.de"
        )
        self.assertEqual(values["email"], "a@b.de", "of the log-in, not what was typed")

    # --- Installation ---

    def test_installed(self):
        self.policy_24.start_event = "installation"
        asset = self._deliver_on("2026-01-10", "LK-1", self.customer)
        self.assertFalse(asset.warranty_end)
        self.assertTrue(asset.waits_for_installation)
        with freeze_time("2026-03-01 12:00"):
            asset.with_user(self.user_agent).action_install()
        self.assertEqual(str(asset.date_installed), "2026-03-01")
        self.assertEqual(str(asset.warranty_end), "2028-03-01")
        self.assertFalse(asset.waits_for_installation)
        with self.assertRaisesRegex(UserError, "Check the day"):
            asset._set_installed(fields.Date.to_date("2025-01-01"))

    # --- Labels ---

    def test_labels(self):
        lots = self._make_lots(self.lock, "LK-<1>")
        for xmlid, record in (
            ("lot", lots),
            ("product", self.lock),
            ("template", self.lock.product_tmpl_id),
        ):
            html = self.env["ir.actions.report"]._render_qweb_html(
                f"aftersales_addon.aftersales_registration_report_{xmlid}", record.ids
            )[0]
            self.assertIn(b"data:image/png;base64", html)
        url = self.Registration._get_url(self.company, self.lock, "LK 1&2")
        self.assertIn("serial=LK+1%262", url)
        key = self.Registration._sign_product(self.lock)
        self.assertEqual(self.Registration._read_product(key), self.lock)
        self.assertFalse(self.Registration._read_product(f"{self.lock.id}-x"))
