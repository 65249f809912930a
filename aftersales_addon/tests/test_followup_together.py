"""Products of a customer that end on one day: one letter, one quotation."""

from odoo import fields
from odoo.tests import freeze_time, tagged

from .followup_common import NOW, FollowupCommon

DUE = "2026-03-13 12:00"


@tagged("post_install", "-at_install")
class TestFollowupTogether(FollowupCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        longer = cls._make_policy("Third year", 12, kind="extended", stacking="after")
        cls.extension = cls.env["product.product"].create(
            {
                "name": "Third Year",
                "type": "service",
                "aftersales_extension_policy_id": longer.id,
            }
        )
        cls.sensor.aftersales_extension_product_ids = cls.extension

    def _units(self, *names, partner=None, day="2026-03-20"):
        units = self.env["aftersales.asset"]
        for name in names:
            unit = self._unit("2025-03-20", partner, name=name)
            self._set_end(unit, day)
            units |= unit
        return units

    def _ends(self, **vals):
        return {"event": "warranty_end", "offset_count": 7, **vals} | {
            "offset_direction": "before"
        }

    def _run_rule(self, rule):
        with freeze_time(NOW):
            followups = self._plan_rule(rule)
        with freeze_time(DUE):
            self._run_due()
        return followups

    def _offer_rule(self, **vals):
        return self._rule(**self._ends(action="offer", **vals))

    def test_one_letter(self):
        with freeze_time(NOW):
            units = self._units("A-1", "A-2", "A-3")
            self._units("B-1", partner=self.other_customer)
            self._units("A-4", day="2026-03-21")
            rule = self._mail_rule(**self._ends())
        followups = self._run_rule(rule)
        mail = self._mails_to()
        self.assertEqual(len(mail), 1)
        ours = followups.filtered(lambda f: f.res_id in units.ids)
        self.assertEqual(set(ours.mapped("state")), {"done"})
        self.assertEqual(ours.sudo().mail_id, mail)
        for name in ("A-2", "A-3"):
            self.assertIn(name, mail.body_html)
        self.assertNotIn("B-1", mail.body_html)
        self.assertNotIn("A-4", mail.body_html)
        self.assertEqual(len(self._mails_to(self.other_customer)), 1)
        for unit in units:
            self.assertTrue(
                any("was sent" in str(m.body) for m in unit.message_ids), unit
            )

    def test_not_what_changed_hands(self):
        """A unit that is somebody else's by now is on their letter, not on this one."""
        with freeze_time(NOW):
            units = self._units("A-1", "A-2")
            rule = self._mail_rule(**self._ends())
            self._plan_rule(rule)
            units[1].partner_id = self.other_customer
        self._run_rule(rule)
        [mail] = self._mails_to()
        self.assertNotIn("A-2", mail.body_html)
        [other] = self._mails_to(self.other_customer)
        self.assertIn("A-2", other.body_html)

    def test_not_what_something_speaks_against(self):
        """A unit with an open case is on no letter."""
        with freeze_time(NOW):
            units = self._units("A-1", "A-2")
            rule = self._mail_rule(**self._ends())
            self._case(asset_id=units[1].id)
            self._plan_rule(rule)
        followups = self._run_rule(rule)
        self.assertEqual(
            {f.res_id: f.state for f in followups},
            dict(zip(units.ids, ("done", "skipped"), strict=True)),
        )
        self.assertNotIn("A-2", self._mails_to().body_html)

    def test_one_quotation_for_the_customer(self):
        with freeze_time(NOW):
            units = self._units("A-1", "A-2", "A-3")
            rule = self._offer_rule(audience="contact")
        followups = self._run_rule(rule)
        self.assertEqual(set(followups.mapped("state")), {"done"}, followups[0].error)
        self.assertEqual(len(set(followups.mapped("made_id"))), 1)
        order = self.env["sale.order"].browse(followups[0].made_id)
        line = order.order_line.filtered("product_id")
        self.assertEqual(line.aftersales_covered_asset_ids, units)
        self.assertEqual(line.product_uom_qty, 3)
        self.assertEqual(order.state, "sent")
        self.assertEqual(len(self._mails_to()), 1)

    def test_one_quotation_for_a_person(self):
        with freeze_time(NOW):
            units = self._units("A-1", "A-2")
            self._units("B-1", partner=self.other_customer)
            rule = self._offer_rule()
        followups = self._run_rule(rule)
        orders = self.env["sale.order"].browse(set(followups.mapped("made_id")))
        self.assertEqual(len(orders), 2)
        mine = orders.filtered(lambda o: o.partner_id == self.customer)
        self.assertEqual(mine.order_line.aftersales_covered_asset_ids, units)
        self.assertEqual(len(mine.activity_ids), 1)

    def test_what_is_quoted_already_is_left_out(self):
        with freeze_time(NOW):
            units = self._units("A-1", "A-2", "A-3")
            units[2].action_offer_extension()
            rule = self._offer_rule()
        followups = self._run_rule(rule)
        by_unit = {f.res_id: f for f in followups}
        self.assertEqual(by_unit[units[2].id].state, "skipped")
        order = self.env["sale.order"].browse(by_unit[units[0].id].made_id)
        self.assertEqual(order.order_line.aftersales_covered_asset_ids, units[:2])

    def test_a_letter_that_failed_is_sent_once(self):
        """The server refused the address: tried again, it is one letter again."""
        with freeze_time(NOW):
            self._units("A-1", "A-2")
            rule = self._mail_rule(**self._ends())
        followups = self._run_rule(rule)
        mail = self._mails_to()
        mail.write({"state": "exception", "failure_type": "mail_email_invalid"})
        with freeze_time("2026-03-13 13:00"):
            self.env["aftersales.followup"]._give_up_mails(followups[0].date_done)
            self.assertEqual(set(followups.mapped("state")), {"failed"})
            self.customer.sudo().aftersales_last_message = False
            followups.with_user(self.user_manager).action_retry()
            self._run_due()
        self.assertEqual(set(followups.mapped("state")), {"done"})
        self.assertEqual(len(self._mails_to() - mail), 1)

    def test_section_in_the_language_of_the_customer(self):
        """Of several extensions the customer chooses, and can read it."""
        self.env["res.lang"]._activate_lang("fr_FR")
        policy = self._make_policy("Two more", 24, kind="extended", stacking="after")
        other = self.env["product.product"].create(
            {
                "name": "Two Years",
                "type": "service",
                "aftersales_extension_policy_id": policy.id,
            }
        )
        self.sensor.aftersales_extension_product_ids |= other
        self.customer.lang = "fr_FR"
        order_model = type(self.env["sale.order"])
        asked = []
        origin = order_model._aftersales_prepare_section

        def prepare(records):
            asked.append(records.env.lang)
            return origin(records)

        self.patch(order_model, "_aftersales_prepare_section", prepare)
        with freeze_time(NOW):
            unit = self._units("A-1")
            self.assertEqual(len(unit._get_offered_extensions()[unit]), 2)
            unit.action_offer_extension()
        self.assertEqual(asked, ["fr_FR"])

    def test_query_count(self):
        """Fifty products on one letter take hardly more than five."""
        template = self._template("aftersales.asset")

        def count(number, partner):
            with freeze_time(NOW):
                names = [f"{partner.id}-{index}" for index in range(number)]
                self._units(*names, partner=partner)
                rule = self._mail_rule(template=template, **self._ends())
                self._plan_rule(rule)
            with freeze_time(DUE):
                now = fields.Datetime.now()
                due = self.env["aftersales.followup"]._lock_due(now, 1000)
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                due._run(now)
                self.env.flush_all()
            rule.action_switch_off()
            return self.env.cr.sql_log_count - before

        few = count(5, self.customer)
        many = count(50, self.other_customer)
        self.assertLess(many, few + 45 * 9)
