"""Returns paid back as gift cards and into eWallets."""

import psycopg2

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.aftersales_addon.tests.rma_money_common import RmaMoneyCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 12:00")
class TestStoreCredit(RmaMoneyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls._make_program("gift_card")
        cls.return_policy.company_id = cls.company
        cls.return_policy.credit_program_id = cls.program
        cls.accountant = new_test_user(
            cls.env,
            "credit_accountant",
            "account.group_account_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _make_program(cls, kind, **vals):
        product = cls.env["product.product"].create(
            {"name": kind, "type": "service", "taxes_id": [Command.set(cls.vat.ids)]}
        )
        Program = cls.env["loyalty.program"]
        program = Program.create(
            {
                **Program._get_template_values()[kind],
                "company_id": cls.company.id,
                **vals,
            }
        )
        program.trigger_product_ids = product
        return program

    def _returned(self, quantity=1, sold=1, price=100.0, **line_vals):
        self.order = self._sell([self._line(self.sensor, sold, price)])
        self.invoice = self._invoice(self.order)
        rma = self._rma(
            {
                "move_id": self.order.order_line.move_ids.id,
                "quantity": quantity,
                "reason_id": self.reason.id,
                "remedy": "credit",
                **line_vals,
            }
        )
        rma.action_approve()
        if not line_vals.get("is_kept"):
            self._receive(rma)
        return rma

    def _post(self, rma):
        refund = rma.sudo().refund_ids.filtered(lambda m: m.state == "draft")
        refund.with_user(self.accountant).action_post()
        return refund

    def _issued(self, rma):
        return self.env["loyalty.history"].search(
            [("aftersales_refund_id", "in", rma.sudo().refund_ids.ids)]
        )

    def test_a_gift_card_is_worth_the_refund(self):
        rma = self._returned()
        rma.action_refund()
        refund = rma.sudo().refund_ids
        self.assertFalse(self._issued(rma), "not before it is posted")
        self._post(rma)
        row = self._issued(rma)
        self.assertEqual((row.issued, row.card_id.points), (121.0, 121.0))
        self.assertEqual(row.card_id.partner_id, self.customer)
        self.assertEqual(row.card_id.program_id, self.program)
        self.assertEqual((refund.amount_total, refund.amount_tax), (0.0, 21.0))
        self.assertEqual(refund.payment_state, "paid")
        self.assertEqual(rma.refund_status, "refunded")
        self.assertEqual(rma.amount_refunded, 100.0)
        self.assertEqual(self.order.order_line.qty_invoiced, 0)
        line = refund._aftersales_get_credit_line()
        self.assertEqual(line.product_id, self.program.trigger_product_ids)
        self.assertFalse(line.tax_ids)

    def test_fees_and_a_bonus(self):
        self.return_policy.write(
            {"fee_type": "percent", "fee_percent": 15.0, "credit_bonus": 10.0}
        )
        rma = self._returned(price=200.0)
        rma.action_refund()
        self._post(rma)
        self.assertEqual(self._issued(rma).issued, 226.27)

    def test_the_account_of_the_programme(self):
        account = self.company_data["default_account_revenue"].copy()
        account.account_type = "liability_current"
        self.program.trigger_product_ids.property_account_income_id = account
        rma = self._returned()
        rma.action_refund()
        line = rma.sudo().refund_ids._aftersales_get_credit_line()
        self.assertEqual((line.account_id, line.balance), (account, -121.0))

    def test_an_ewallet_is_filled(self):
        self.return_policy.credit_program_id = wallet = self._make_program("ewallet")
        for total in (121.0, 242.0):
            rma = self._returned()
            rma.action_refund()
            self._post(rma)
            card = self.env["loyalty.card"].search([("program_id", "=", wallet.id)])
            self.assertEqual((len(card), card.points), (1, total))

    def test_it_can_be_spent(self):
        rma = self._returned()
        rma.action_refund()
        self._post(rma)
        card = self._issued(rma).card_id
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create(self._line(self.sensor, 2, 100.0))],
            }
        )
        reward = order._try_apply_code(card.code)
        [(coupon, rewards)] = reward.items()
        order._apply_program_reward(rewards, coupon)
        self.assertEqual(order.amount_total, 121.0)
        order.action_confirm()
        self.assertEqual(card.points, 0)
        with self.assertRaisesRegex(UserError, "spent already"):
            rma.sudo().refund_ids.button_draft()

    # --- Once ---

    def test_it_is_given_once(self):
        rma = self._returned()
        rma.action_refund()
        refund = self._post(rma)
        refund._aftersales_issue_credit()
        row = self._issued(rma)
        self.assertEqual(row.card_id.points, 121.0)
        with self.assertRaisesRegex(UserError, "nothing to refund"):
            rma.action_refund()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
            self.env.cr.savepoint(),
        ):
            row.copy({"aftersales_refund_id": refund.id}).flush_recordset()

    def test_a_reset_takes_it_back(self):
        rma = self._returned()
        rma.action_refund()
        refund = self._post(rma)
        card = self._issued(rma).card_id
        refund.with_user(self.accountant).button_draft()
        self.assertFalse(self._issued(rma))
        self.assertEqual((card.points, card.active), (0.0, False))
        self.assertEqual(sum(card.history_ids.mapped("used")), 121.0)
        self._post(rma)
        self.assertEqual(self._issued(rma).card_id.points, 121.0)

    def test_what_an_accountant_corrects(self):
        rma = self._returned()
        rma.action_refund()
        refund = rma.sudo().refund_ids
        refund.invoice_line_ids[0].price_unit = 50.0
        self._post(rma)
        self.assertEqual(refund.amount_total, 0)
        self.assertEqual(self._issued(rma).issued, 60.5)

    def test_cancelling_the_return(self):
        rma = self._returned(is_kept=True)
        rma.action_refund()
        self._post(rma)
        card = self._issued(rma).card_id
        rma.action_cancel()
        self.assertEqual((rma.state, card.points), ("cancelled", 0.0))
        self.assertEqual(rma.sudo().refund_ids.state, "cancel")

    def test_cancelling_what_was_spent(self):
        rma = self._returned(is_kept=True)
        rma.action_refund()
        self._post(rma)
        self._issued(rma).card_id.points = 100.0
        with self.assertRaisesRegex(UserError, "spent already"):
            rma.action_cancel()

    # --- Beside money ---

    def test_a_part_of_a_line_is_paid_in_money(self):
        rma = self._returned(3, 3, remedy="refund")
        wizard = self.env["aftersales.rma.inspection"].with_user(self.user_stock)
        wizard = wizard.browse(
            rma.with_user(self.user_stock).action_inspect()["res_id"]
        )
        wizard.line_ids.action_split()
        split = wizard.line_ids.filtered(lambda x: x.quantity == 1)
        split.remedy = "credit"
        wizard.action_confirm()
        rma.action_refund()
        refunds = rma.sudo().refund_ids
        credit = refunds.filtered("aftersales_is_store_credit")
        self.assertEqual((refunds - credit).amount_total, 242.0)
        self._post(rma)
        self.assertEqual(self._issued(rma).issued, 121.0)
        self.assertEqual(rma.refund_status, "refunded")

    def test_another_currency(self):
        currency = self.setup_other_currency("CHF", rates=[("2026-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create(
            {"name": "Abroad", "currency_id": currency.id}
        )
        order = self._sell(
            [self._line(self.sensor, 1, 100.0)], pricelist_id=pricelist.id
        )
        self._invoice(order)
        rma = self._rma(
            {
                "move_id": order.order_line.move_ids.id,
                "quantity": 1,
                "remedy": "credit",
            }
        )
        rma.action_approve()
        self._receive(rma)
        rma.action_refund()
        self._post(rma)
        self.assertEqual(self._issued(rma).issued, 60.5)

    # --- What the customer sees ---

    def test_the_customer_reads_the_code(self):
        rma = self._returned()
        rma.action_refund()
        self._post(rma)
        card = self._issued(rma).card_id
        self.assertIn(card.code, rma._get_money_step()["text"])
        self.assertIn(card.code, rma.store_credit)
        template = self.env.ref("aftersales_addon.mail_template_data_rma_refunded")
        body = template._render_field("body_html", rma.ids)[rma.id]
        self.assertIn(card.code, body)
        row = self._issued(rma)
        self.assertEqual(row._get_order_description(), rma.name)
        self.assertIn(f"/my/returns/{rma.id}", row._get_order_portal_url())

    def test_the_bonus_is_told_on_the_page(self):
        self.return_policy.credit_bonus = 10.0
        order = self._sell([self._line(self.sensor, 1, 100.0)])
        rows = self.env["aftersales.rma"]._get_request_rows(
            order.order_line.move_ids, self.customer
        )
        remedies = dict(self.env["aftersales.rma"]._get_request_remedies(rows))
        self.assertEqual(remedies["credit"], "Store Credit (10 % more)")

    # --- The programme ---

    def test_not_offered_without_a_programme(self):
        programs = self.env["loyalty.program"].search([])
        self.return_policy.credit_program_id = False
        programs.active = False
        self.return_policy.invalidate_recordset()
        self.assertNotIn("credit", self.return_policy._get_allowed_remedies())
        rma = self._returned()
        with (
            self.assertRaisesRegex(UserError, "no programme"),
            self.env.cr.savepoint(),
        ):
            rma.action_refund()
        manager = new_test_user(
            self.env,
            "credit_manager",
            "aftersales_addon.aftersales_group_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        policy = self.return_policy.with_user(manager)
        self.assertFalse(policy.has_credit_program)
        policy.action_create_credit_program()
        self.assertIn("credit", policy._get_allowed_remedies())
        rma.action_refund()
        self._post(rma)
        self.assertEqual(self._issued(rma).issued, 121.0)

    def test_only_gift_cards_and_ewallets(self):
        loyalty = self.env["loyalty.program"].create(
            {
                **self.env["loyalty.program"]._get_template_values()["loyalty"],
                "company_id": self.company.id,
            }
        )
        with self.assertRaisesRegex(ValidationError, "neither for gift cards"):
            self.return_policy.credit_program_id = loyalty
