from contextlib import suppress

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestTransfer(AftersalesCommon):
    """Units change hands; what may not go with them ends, and is said before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category.aftersales_policy_ids = cls.policy_24
        cls.portal = new_test_user(
            cls.env, "as_owner", groups="base.group_portal", partner_id=cls.customer.id
        )
        cls.customer.email = "anna@example.com"
        cls.other_customer.email = "ben@example.com"

    def setUp(self):
        super().setUp()
        self.lot = self._make_lots(self.lock, "LK-1")
        with freeze_time("2026-01-10 12:00"):
            self.asset = self._assets(self._deliver(self.lock, lots=self.lot))

    def _pass_on(self, partner=None, **vals):
        wizard = (
            self.env["aftersales.asset.pass.on"]
            .with_user(self.user_agent)
            .create(
                {
                    "asset_ids": self.asset.ids,
                    "partner_id": (partner or self.other_customer).id,
                    "date": "2026-06-01",
                    **vals,
                }
            )
        )
        with freeze_time("2026-06-01 12:00"):
            wizard.action_pass_on()
        return self.env["aftersales.transfer"].search([], limit=1)

    # --- What goes with the unit ---

    def test_the_unit_keeps_its_warranty(self):
        transfer = self._pass_on()
        self.assertEqual(transfer.state, "done")
        self.assertEqual(self.asset.partner_id, self.other_customer)
        self.assertEqual(self.asset.state, "in_use")
        self.assertEqual(str(self.asset.warranty_end), "2028-01-10")
        owner = self.asset.ownership_ids
        self.assertEqual(owner.partner_id, self.customer)
        self.assertEqual(str(owner.date_from), "2026-01-10")
        self.assertEqual(str(owner.date_to), "2026-06-01")
        self.assertEqual(owner.reason, "transfer")

    def test_a_layer_that_may_not_be_passed_on_ends(self):
        bound = self._make_policy("Personal", 36, kind="extended", transfer="no")
        layer = self.asset._add_warranty(bound)
        stakes = dict(self.asset._get_layers_at_stake())
        self.assertFalse(stakes[layer])
        wizard = self.env["aftersales.asset.pass.on"].create(
            {"asset_ids": self.asset.ids, "partner_id": self.other_customer.id}
        )
        self.assertIn("may not be passed on", wizard.outcome)
        transfer = self._pass_on()
        self.assertEqual(layer.state, "closed")
        self.assertEqual(layer.close_reason, "transferred")
        self.assertEqual(transfer.closed_warranty_ids, layer)
        self.assertEqual(str(self.asset.warranty_end), "2028-01-10")
        # Retired and taken into use again: what ended then stays closed.
        self.asset.action_retire()
        self.asset.action_reactivate()
        self.assertEqual(layer.state, "closed")
        self.assertEqual((self.asset.warranty_ids - layer).state, "open")

    def test_once(self):
        self.policy_24.transfer = "once"
        self.lot = self._make_lots(self.lock, "LK-2")
        with freeze_time("2026-01-10 12:00"):
            self.asset = self._assets(self._deliver(self.lock, lots=self.lot))
        self._pass_on()
        self.assertTrue(self.asset.warranty_end)
        carl = self.env["res.partner"].create({"name": "Carl"})
        self._pass_on(carl)
        self.assertFalse(self.asset.warranty_end)
        self.assertEqual(self.asset.warranty_ids.close_reason, "transferred")
        self.assertEqual(
            self.asset.ownership_ids.partner_id, self.customer | self.other_customer
        )

    def test_undo(self):
        bound = self._make_policy("Personal", 36, kind="extended", transfer="no")
        layer = self.asset._add_warranty(bound)
        message = self.asset.message_post(
            body="For Anna", subtype_xmlid="mail.mt_comment"
        )
        transfer = self._pass_on()
        said = self.asset.message_post(body="For Ben", subtype_xmlid="mail.mt_comment")
        transfer.with_user(self.user_agent).action_undo()
        self.assertEqual(self.asset.partner_id, self.customer)
        self.assertFalse(self.asset.ownership_ids)
        self.assertEqual(layer.state, "open")
        self.assertFalse(message.is_internal)
        self.assertTrue(said.is_internal, "Anna does not read what was said with Ben")
        self.assertEqual(transfer.state, "cancelled")

    # --- Refused ---

    def test_to_oneself(self):
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        people = self.env["res.partner"].create(
            [{"name": name, "parent_id": firm.id} for name in ("Eve", "Fay")]
        )
        self.asset.partner_id = people[0]
        for partner in (people[0], people[1], firm):
            with self.assertRaisesRegex(UserError, "has this unit already"):
                self._pass_on(partner)
        self.assertFalse(self.env["aftersales.transfer"].search([]))

    def test_not_in_use(self):
        self.asset.action_retire()
        with self.assertRaisesRegex(UserError, "not with a customer any more"):
            self._pass_on()

    def test_in_the_future(self):
        with self.assertRaisesRegex(ValidationError, "future"):
            self._pass_on(date="2026-06-02")

    # --- Fee ---

    def _with_fee(self):
        fee = self._make_product("Transfer fee", "none", type="service", list_price=25)
        fee.is_storable = False
        self.policy_24.transfer_product_id = fee
        self.lot = self._make_lots(self.lock, "LK-FEE")
        with freeze_time("2026-01-10 12:00"):
            self.asset = self._assets(self._deliver(self.lock, lots=self.lot))
        return fee

    def test_the_fee_comes_first(self):
        fee = self._with_fee()
        transfer = self._pass_on()
        order = transfer.order_id
        self.assertEqual(transfer.state, "approved")
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(order.order_line.product_id, fee)
        self.assertEqual(self.asset.partner_id, self.customer)
        order.with_user(self.user_sale).sudo().action_confirm()
        self.assertEqual(transfer.state, "done")
        self.assertEqual(self.asset.partner_id, self.other_customer)

    def test_free_of_charge_by_choice(self):
        self._with_fee()
        transfer = self._pass_on(charge_fee=False)
        self.assertEqual(transfer.state, "done")
        self.assertFalse(transfer.order_id)

    def test_cancelled_before_the_fee(self):
        self._with_fee()
        transfer = self._pass_on()
        transfer.with_user(self.user_agent).action_cancel()
        self.assertEqual(transfer.order_id.state, "cancel")
        self.assertEqual(self.asset.partner_id, self.customer)

    # --- The earlier owner ---

    def test_the_earlier_owner_sees_no_more_of_it(self):
        self.asset.message_subscribe(self.customer.ids)
        self.asset._ensure_tokens()
        token = self.asset.access_token
        message = self.asset.message_post(
            body="For Anna", subtype_xmlid="mail.mt_comment"
        )
        attachment = self.env["ir.attachment"].create(
            {
                "name": "receipt.txt",
                "raw": b"x",
                "res_model": self.asset._name,
                "res_id": self.asset.id,
            }
        )
        ben = new_test_user(
            self.env,
            "as_next_owner",
            groups="base.group_portal",
            partner_id=self.other_customer.id,
        )
        self.assertTrue(self.asset.with_user(self.portal).has_access("read"))
        self._pass_on()
        self.assertFalse(self.asset.with_user(self.portal).has_access("read"))
        self.assertTrue(self.asset.with_user(ben).has_access("read"))
        self.assertNotEqual(self.asset.access_token, token)
        self.assertNotIn(self.customer, self.asset.message_partner_ids)
        self.assertTrue(message.is_internal)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
            attachment.with_user(ben).read(["name"])
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
            self.asset.with_user(ben).read(["ownership_ids"])
        texts = " ".join(e["text"] for e in self.asset._get_timeline())
        self.assertNotIn("Anna", texts)

    def test_the_earlier_owner_answers_an_old_mail(self):
        self._pass_on()
        message = self.asset.message_post(
            body="It is broken",
            author_id=self.customer.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertTrue(message.is_internal)
        message = self.asset.message_post(
            body="It is mine",
            author_id=self.other_customer.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertFalse(message.is_internal)

    def test_the_order_of_the_earlier_owner_is_hidden(self):
        order = self._sell([(self.lock, 1)])
        self.asset.sale_order_id = order
        self.assertEqual(self.asset._get_own_order(), order)
        self._pass_on()
        self.assertFalse(self.asset._get_own_order())

    def test_a_customer_changed_by_hand_leaves_a_trace(self):
        self.asset.with_user(self.user_agent).partner_id = self.other_customer
        owner = self.asset.ownership_ids
        self.assertEqual(owner.partner_id, self.customer)
        self.assertEqual(owner.reason, "correction")

    def test_resale_tells_of_the_earlier_sale(self):
        move = self.asset.move_id
        self._return(move, lots=self.lot)
        again = self._assets(
            self._deliver(self.lock, lots=self.lot, partner=self.other_customer)
        )
        self.assertEqual(again.earlier_asset_ids, self.asset)

    # --- Requests of owners ---

    def _request(self, **vals):
        values = {
            "new_name": "Ben",
            "new_email": "ben@example.com",
            "reason": "Sold",
            **vals,
        }
        return self.asset._request_transfer(values)

    def test_request_and_approval(self):
        self.asset.user_id = self.user_agent
        transfer = self._request()
        self.assertEqual(transfer.state, "requested")
        self.assertEqual(transfer.activity_ids.user_id, self.user_agent)
        self.assertEqual(self.asset.partner_id, self.customer)
        transfer.with_user(self.user_agent).action_approve()
        self.assertEqual(transfer.partner_id, self.other_customer, "by the address")
        self.assertEqual(self.asset.partner_id, self.other_customer)
        self.assertFalse(transfer.activity_ids)

    def test_approval_makes_a_contact(self):
        transfer = self._request(new_name="Dora", new_email="dora@example.com")
        transfer.with_user(self.user_agent).action_approve()
        self.assertEqual(self.asset.partner_id.name, "Dora")

    def test_one_request_at_a_time(self):
        self._request()
        with self.assertRaisesRegex(UserError, "already"):
            self._request()

    def test_rejection_tells_the_owner_why(self):
        transfer = self._request()
        wizard = self.env["aftersales.rejection"].with_user(self.user_agent)
        wizard.create(
            {"transfer_ids": transfer.ids, "answer": "<b>No proof</b>"}
        ).action_reject()
        self.assertEqual(transfer.state, "rejected")
        mail = self.env["mail.mail"].search(
            [("model", "=", transfer._name), ("res_id", "=", transfer.id)]
        )
        self.assertIn("&lt;b&gt;No proof", mail.body_html)
        self._request()

    def test_states_are_not_written_by_hand(self):
        transfer = self._request()
        with self.assertRaises(UserError):
            transfer.with_user(self.user_agent).write({"state": "done"})
        with self.assertRaisesRegex(UserError, "already"):
            transfer.with_user(self.user_agent).action_done()

    def test_customers_cannot_act(self):
        transfer = self._request()
        for method in ("action_approve", "action_cancel", "action_undo"):
            with self.assertRaises(AccessError), self.cr.savepoint():
                getattr(transfer.with_user(self.portal), method)()
        for method in ("action_pass_on", "action_undo_replacement", "action_install"):
            with self.subTest(method):
                result = None
                with suppress(AccessError, UserError), self.cr.savepoint():
                    result = getattr(self.asset.with_user(self.portal), method)()
                # Opening a dialog is harmless: it cannot be filled in.
                self.assertTrue(result is None or result.get("res_model"))
        self.assertFalse(self.asset.date_installed)
