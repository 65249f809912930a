"""What keeps a follow-up from happening, or from happening now."""

from datetime import datetime

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .followup_common import LATER, NOW, FollowupCommon


@tagged("post_install", "-at_install")
class TestFollowupStops(FollowupCommon):
    def _assert_skipped(self, followup, word):
        with freeze_time(LATER):
            self._run_due()
        self.assertEqual(followup.state, "skipped", followup.error)
        self.assertIn(word, followup.reason)
        self.assertFalse(self._mails_to())

    def test_returned(self):
        self.lock.product_tmpl_id.aftersales_policy_ids = self.policy_12
        with freeze_time(NOW):
            move = self._deliver(self.lock, lots=self._make_lots(self.lock, "R1"))
            unit = self._assets(move)
            rule = self._mail_rule()
            followup = self._plan_rule(rule).filtered(lambda f: f.res_id == unit.id)
            self._return(move, lots=unit.lot_id)
        self._assert_skipped(followup, "undone")

    def test_refunded(self):
        """Money back without the goods: no friendly question."""
        order = self._sell([(self.sensor, 1)], day="2026-03-02")
        with freeze_time(NOW):
            rule = self._mail_rule("order_confirmed", "sale.order", offset_count=7)
            followup = self._plan_rule(rule)
        invoice = self._invoice(order, day="2026-03-03")
        before = self._mails_to()
        with freeze_time("2026-03-04"):
            invoice._reverse_moves(cancel=True)
        with freeze_time(LATER):
            self._run_due()
        self.assertEqual(followup.state, "skipped")
        self.assertIn("refunded", followup.reason)
        self.assertEqual(self._mails_to(), before)

    def test_open_return(self):
        followup = self._planned()
        with freeze_time(NOW):
            rma = self._rma(
                {
                    "asset_id": self.unit.id,
                    "product_id": self.sensor.id,
                    "quantity": 1,
                    "reason_id": self.reason.id,
                }
            ).sudo()
            rma.action_request()
        before = self._mails_to()
        with freeze_time(LATER):
            self._run_due()
        self.assertEqual(followup.state, "skipped")
        self.assertIn("still open", followup.reason)
        self.assertEqual(self._mails_to(), before)

    def test_open_case_of_the_unit(self):
        followup = self._planned()
        with freeze_time(NOW):
            self._case(asset_id=self.unit.id)
        self._assert_skipped(followup, "still open")

    def test_case_of_another_unit(self):
        with freeze_time(NOW):
            other = self._unit("2025-03-02", name="OTHER")
        followup = self._planned()
        with freeze_time(NOW):
            self._case(asset_id=other.id)
        with freeze_time(LATER):
            self._run_due()
        self.assertEqual(followup.state, "done", followup.reason)

    def test_reopened(self):
        with freeze_time(NOW):
            case = self._case()
            case.action_solve()
            rule = self._rule("case_solved", action="rating", audience="contact")
            followup = self._plan_rule(rule)
            case.action_reopen()
        self._assert_skipped(followup, "undone")
        self.assertTrue(followup.is_undone)

    def test_opted_out(self):
        followup = self._planned()
        self.customer.aftersales_no_followups = True
        self._assert_skipped(followup, "no such messages")

    def test_company_of_the_contact_opted_out(self):
        contact = self.env["res.partner"].create(
            {"name": "C", "email": "c@example.com", "parent_id": self.customer.id}
        )
        with freeze_time(NOW):
            unit = self._unit("2026-03-02", contact)
        followup = self._planned(unit=unit)
        self.customer.aftersales_no_followups = True
        self._assert_skipped(followup, "no such messages")
        self.assertFalse(self._mails_to(contact))

    def test_an_activity_needs_no_consent(self):
        """Who wants no messages is still looked after."""
        followup = self._planned(self._rule())
        self.customer.aftersales_no_followups = True
        with freeze_time(LATER):
            self._run_due()
        self.assertEqual(followup.state, "done")

    def test_blacklisted(self):
        followup = self._planned()
        self.env["mail.blacklist"]._add("Anna@Example.com")
        self._assert_skipped(followup, "blacklist")

    def test_no_address(self):
        followup = self._planned()
        self.customer.email = False
        self._assert_skipped(followup, "no e-mail")

    def test_archived(self):
        with freeze_time(NOW):
            self.other_customer.aftersales_last_contact = "2026-03-02"
            template = self._template("res.partner", lang="{{ object.lang }}")
            rule = self._mail_rule("no_contact", "res.partner", template=template)
            followup = self._plan_rule(rule)
        self.other_customer.active = False
        self._assert_skipped(followup, "archived")

    def test_deleted(self):
        followup = self._planned()
        self.unit.warranty_ids.unlink()
        self.unit.unlink()
        self.assertTrue(followup.exists())
        self._assert_skipped(followup, "not exist")
        self.assertEqual(followup.document_name, "")
        with self.assertRaises(UserError):
            followup.action_open_document()

    def test_rule_off(self):
        followup = self._planned()
        followup.rule_id.action_switch_off()
        self.assertFalse(followup.exists())

    def test_rule_off_with_a_try(self):
        followup = self._planned()
        followup.sudo().tries = 1
        followup.rule_id.action_switch_off()
        self._assert_skipped(followup, "switched off")

    def test_rule_archived(self):
        followup = self._planned()
        rule = followup.rule_id
        rule.active = False
        self.assertFalse(rule.is_on)
        self.assertFalse(followup.exists())
        with self.assertRaises(UserError):
            rule.action_switch_on_anyway()

    def test_condition_no_longer_met(self):
        with freeze_time(NOW):
            rule = self._mail_rule(domain="[('serial_number', '=', 'X')]")
            unit = self._unit("2026-03-02", name="X")
        followup = self._planned(rule, unit)
        unit.serial_number = "Y"
        self._assert_skipped(followup, "does not fit")

    def test_other_company_meanwhile(self):
        other = self.env["res.company"].create({"name": "Other"})
        followup = self._planned()
        followup.rule_id.sudo().flush_recordset()
        self.env.cr.execute(
            "UPDATE aftersales_followup_rule SET company_id = %s WHERE id = %s",
            [other.id, followup.rule_id.id],
        )
        followup.rule_id.invalidate_recordset()
        self._assert_skipped(followup, "another company")

    # --- Not now ---

    def test_one_message_a_day(self):
        """Two contacts of one customer: the second message waits for tomorrow."""
        contacts = self.env["res.partner"].create(
            [
                {
                    "name": f"C{number}",
                    "email": f"c{number}@example.com",
                    "tz": "UTC",
                    "parent_id": self.customer.id,
                }
                for number in range(2)
            ]
        )
        with freeze_time(NOW):
            for contact in contacts:
                self._unit("2026-03-02", contact)
            followups = self._plan_rule(self._mail_rule())
        with freeze_time(LATER):
            self._run_due()
            self._run_due()
        self.assertEqual(sorted(followups.mapped("state")), ["done", "planned"])
        waiting = followups.filtered(lambda f: f.state == "planned")
        self.assertEqual(waiting.date_planned, datetime(2026, 3, 10, 9))
        self.assertIn("One message a day", waiting.reason)
        with freeze_time("2026-03-10 10:00"):
            self._run_due()
        self.assertEqual(waiting.state, "done")
        self.assertEqual(
            len(self._mails_to(contacts[0]) | self._mails_to(contacts[1])), 2
        )

    def test_products_of_one_day(self):
        """Who got three products on one day is asked about them once."""
        with freeze_time(NOW):
            for name in ("A", "B", "C"):
                self._unit("2026-03-02", name=name)
            followups = self._plan_rule(self._mail_rule())
        for moment in (LATER, "2026-03-10 12:00"):
            with freeze_time(moment):
                self._run_due()
        self.assertEqual(
            sorted(followups.mapped("state")), ["done", "skipped", "skipped"]
        )
        self.assertEqual(len(self._mails_to()), 1)

    def test_clock_set_back(self):
        """A message from the future does not silence us until then."""
        followup = self._planned()
        self.customer._aftersales_note_message(datetime(2027, 1, 1))
        with freeze_time(LATER):
            self._run_due()
        self.assertEqual(followup.state, "done")
        with freeze_time("2026-03-01 12:00"):
            self._run_due()
        self.assertEqual(len(self._mails_to()), 1)

    def test_quiet_hours(self):
        """Nine in the evening in Brussels is the afternoon in New York."""
        self.customer.tz = "Europe/Brussels"
        self.other_customer.tz = "America/New_York"
        with freeze_time(NOW):
            self._unit("2026-03-02")
            self._unit("2026-03-02", self.other_customer)
            followups = self._plan_rule(self._mail_rule())
        followups.date_planned = datetime(2026, 3, 9, 20, 0)
        with freeze_time("2026-03-09 20:00"):
            self._run_due()
        waiting = followups.filtered(lambda f: f.partner_id == self.customer)
        self.assertEqual(
            (waiting.state, waiting.date_planned),
            ("planned", datetime(2026, 3, 10, 7)),
        )
        self.assertEqual((followups - waiting).state, "done")
