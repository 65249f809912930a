"""Quotations for what ends: made once, sent or handed to a person."""

from datetime import date

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .followup_common import LATER, NOW, FollowupCommon


@tagged("post_install", "-at_install")
class TestFollowupOffers(FollowupCommon):
    def _running(self, **vals):
        """A contract until 31 March 2026 that goes on when the customer agrees."""
        plan = self._plan(renewal=vals.pop("renewal", "request"), **vals)
        contract = self._contract(plan, date_start="2025-04-01")
        contract.action_start()
        return contract

    def _offer_rule(self, event="contract_end", days=22, **vals):
        vals.setdefault("summary", "Offer a further year")
        return self._rule(
            event,
            offset_count=days,
            offset_direction="before",
            action="offer",
            **vals,
        )

    def _covered_unit(self, **vals):
        longer = self._make_policy("Third year", 12, kind="extended", stacking="after")
        product = self.env["product.product"].create(
            {
                "name": "Third Year",
                "type": "service",
                "aftersales_extension_policy_id": longer.id,
            }
        )
        self.sensor.aftersales_extension_product_ids = product
        self.sensor.product_tmpl_id.aftersales_policy_ids = self.policy_12
        return self._unit("2026-03-02", **vals)

    def _order(self, followup):
        self.assertEqual(followup.made_model, "sale.order")
        return self.env["sale.order"].browse(followup.made_id)

    def test_renewal_for_a_person(self):
        """A quotation for a further term, and somebody to look at it."""
        with freeze_time(NOW):
            contract = self._running()
            rule = self._offer_rule()
        followup = self._done(rule)
        order = self._order(followup)
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.partner_id, self.customer)
        lines = order.order_line.filtered("product_id")
        self.assertEqual(
            lines.aftersales_renewed_line_id, contract.line_ids.filtered("product_id")
        )
        self.assertEqual(order.activity_ids.user_id, self.user_agent)
        self.assertEqual(order.activity_ids.summary, "Offer a further year")
        self.assertEqual(str(order.activity_ids.date_deadline), "2026-03-09")
        self.assertIn(order.name, contract.message_ids[0].body)
        self.assertFalse(followup.is_message)
        self.assertFalse(self._mails_to())

    def test_renewal_for_the_customer(self):
        """It is sent, the customer agrees on its page, and the contract goes on."""
        with freeze_time(NOW):
            contract = self._running()
            rule = self._offer_rule(audience="contact")
        order = self._order(self._done(rule))
        self.assertEqual(order.state, "sent")
        self.assertFalse(order.activity_ids)
        mail = self._mails_to()
        self.assertEqual(len(mail), 1)
        self.assertIn(order.name, mail.subject)
        self.assertIn(f"access_token={order.access_token}", mail.body_html)
        self.assertIn("You get this e-mail because", mail.body_html)
        self.assertNotIn("you placed the order", mail.body_html)
        with freeze_time(LATER):
            order.action_confirm()
        self.assertEqual(contract.date_end, date(2027, 3, 31))

    def test_before_the_last_day_of_notice(self):
        with freeze_time(NOW):
            self._running(notice_count=1, notice_unit="week")
            rule = self._offer_rule("contract_notice", days=15)
        order = self._order(self._done(rule))
        self.assertTrue(order.order_line.aftersales_renewed_line_id)

    def test_exactly_once(self):
        """Two rules and a colleague: one quotation."""
        with freeze_time(NOW):
            contract = self._running()
            rules = [self._offer_rule(), self._offer_rule(days=21)]
            for rule in rules:
                self._plan_rule(rule)
        with freeze_time("2026-03-12 12:00"):
            self._run_due()
        first, second = (self._followups(rule) for rule in rules)
        order = self._order(first)
        self.assertEqual(second.state, "skipped")
        self.assertIn(order.name, second.reason)
        self.assertEqual(contract._get_renewal_quotations(), order)

    def test_offered_by_a_colleague(self):
        with freeze_time(NOW):
            contract = self._running()
            rule = self._offer_rule(audience="contact")
            contract.action_offer_renewal()
        self._done(rule, "skipped")
        self.assertEqual(len(contract._get_renewal_quotations()), 1)
        self.assertFalse(self._mails_to())

    def test_agreed_meanwhile(self):
        """Who went on already is not asked for this term any more."""
        with freeze_time(NOW):
            contract = self._running()
            rule = self._offer_rule()
            followup = self._plan_rule(rule)
            contract.action_renew()
        with freeze_time(LATER):
            self._run_due()
        self.assertEqual(followup.state, "skipped")
        self.assertFalse(contract._get_renewal_quotations())

    def test_goes_on_by_itself(self):
        with freeze_time(NOW):
            self._running(renewal="tacit")
            rule = self._offer_rule()
        self.assertIn("by itself", self._done(rule, "skipped").reason)

    def test_notice_was_given(self):
        with freeze_time(NOW):
            contract = self._running()
            rule = self._offer_rule()
            followup = self._plan_rule(rule)
            contract._write_state(date_notice_given="2026-03-02")
        with freeze_time(LATER):
            self._run_due()
        self.assertEqual(followup.state, "skipped")
        self.assertIn("Notice", followup.reason)

    def test_nothing_to_quote_is_shown(self):
        """A fee without a product cannot be quoted: a person hears of it."""
        with freeze_time(NOW):
            plan = self._plan(renewal="request")
            contract = self._contract(
                plan,
                date_start="2025-04-01",
                line_ids=[Command.create({"name": "Fee", "price_unit": 0})],
            )
            contract.action_start()
            followup = self._plan_rule(self._offer_rule())
        with freeze_time(LATER):
            with self.assertLogs("odoo.addons.aftersales_addon", "WARNING"):
                self._run_due()
        self.assertEqual(followup.state, "planned")
        self.assertIn("nothing to quote", followup.error)

    def test_no_extension_to_offer(self):
        """Where there is nothing to offer, nothing fails."""
        unit = self._unit("2026-03-02", user_id=self.user_agent.id)
        followup = self._done(self._rule(action="offer"), "skipped")
        self.assertIn("no extension", followup.reason)
        self.assertFalse(unit.activity_ids)

    def test_extension_for_a_person(self):
        """A quotation for a person to look at."""
        unit = self._covered_unit(user_id=self.user_agent.id)
        order = self._order(self._done(self._rule(action="offer")))
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(order.activity_ids.user_id, self.user_agent)
        self.assertIn(unit, order.order_line.aftersales_covered_asset_ids)

    def test_extension_on_a_quotation_already(self):
        unit = self._covered_unit()
        with freeze_time(NOW):
            unit.action_offer_extension()
            rule = self._rule(action="offer")
        self.assertIn("already", self._done(rule, "skipped").reason)

    def test_extension_for_the_customer(self):
        unit = self._covered_unit()
        with freeze_time(NOW):
            rule = self._rule(action="offer", audience="contact")
        order = self._order(self._done(rule))
        self.assertEqual(order.state, "sent")
        self.assertIn(unit, order.order_line.aftersales_covered_asset_ids)
        self.assertIn(self.sensor.name, self._mails_to().body_html)

    def test_contracts_only_where_something_ends(self):
        for event in ("case_opened", "order_confirmed", "visit_due"):
            with self.subTest(event=event), self.assertRaises(ValidationError):
                self._rule(event, on=False, action="offer")

    def test_next_term_is_offered_again(self):
        with freeze_time(NOW):
            contract = self._running()
            rule = self._offer_rule()
        order = self._order(self._done(rule))
        with freeze_time(LATER):
            order.action_confirm()
        with freeze_time("2027-03-01 12:00"):
            rule._plan(fields.Datetime.add(fields.Datetime.now(), days=30))
        with freeze_time("2027-03-09 12:00"):
            self._run_due()
        self.assertEqual(len(self._followups(rule).filtered("made_id")), 2)
        self.assertEqual(len(contract._get_renewal_quotations()), 1)
