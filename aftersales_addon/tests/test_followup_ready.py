"""The ready rules: each is there, and works with one click."""

from odoo import fields
from odoo.tests import Form, freeze_time, tagged

from .followup_common import NOW, FollowupCommon

BEFORE, AFTER = "before", "after"
# Name, event, when, what it does, and whether it is on from the start.
READY = [
    ("installation", "delivered", 2, "day", AFTER, "mail"),
    ("wellbeing", "delivered", 7, "day", AFTER, "mail"),
    ("replacement", "replacement_delivered", 7, "day", AFTER, "mail"),
    ("satisfaction", "case_solved", 1, "day", AFTER, "rating"),
    ("thank_first", "first_order", 1, "day", AFTER, "thank"),
    ("thank_year", "unit_birthday", 0, "day", AFTER, "mail"),
    ("warranty_60", "warranty_end", 60, "day", BEFORE, "mail"),
    ("warranty_30", "warranty_end", 30, "day", BEFORE, "mail"),
    ("warranty_7", "warranty_end", 7, "day", BEFORE, "mail"),
    ("warranty_offer", "warranty_end", 45, "day", BEFORE, "offer"),
    ("contract", "contract_notice", 30, "day", BEFORE, "mail"),
    ("contract_offer", "contract_end", 60, "day", BEFORE, "offer"),
    ("visit", "visit_due", 14, "day", BEFORE, "mail"),
    ("detractor", "detractor", 1, "workday", AFTER, "activity"),
    ("bad_rating", "bad_rating", 1, "workday", AFTER, "activity"),
    ("silence", "no_contact", 12, "month", AFTER, "activity"),
]


@tagged("post_install", "-at_install")
class TestFollowupReady(FollowupCommon):
    def _ready(self, name):
        return self.env.ref(f"aftersales_addon.aftersales_followup_rule_{name}")

    def test_all_are_there(self):
        for name, event, count, unit, direction, action in READY:
            with self.subTest(name):
                rule = self._ready(name)
                self.assertEqual(
                    (
                        rule.event,
                        rule.offset_count,
                        rule.offset_unit,
                        rule.offset_direction,
                        rule.action,
                    ),
                    (event, count, unit, direction, action),
                )
                self.assertFalse(rule._get_action_error())

    def test_on_with_one_click(self):
        """Switched on by who runs after-sales, and tested without doing anything."""
        for name, *_rest in READY:
            with self.subTest(name):
                rule = self._ready(name).with_user(self.user_manager)
                rule.action_switch_on_anyway()
                self.assertTrue(rule.is_on)
                action = rule.action_preview()
                Preview = self.env[action["res_model"]].with_user(self.user_manager)
                Form(Preview.with_context(**action["context"]))
                rule.action_switch_off()

    @freeze_time(NOW)
    def test_warranty_and_contract(self):
        """What ends in 60 days is planned by the rule of 60 days, and so on."""
        unit = self._unit("2025-06-01")
        self._set_end(unit, "2026-05-15")
        contract = self._contract(
            self._plan(renewal="request"), date_start="2025-05-16"
        )
        contract.action_start()
        for name, record, day in (
            ("warranty_60", unit, "2026-03-16"),
            ("warranty_offer", unit, "2026-03-31"),
            ("contract_offer", contract, "2026-03-16"),
        ):
            with self.subTest(name):
                rule = self._ready(name)
                rule.action_switch_on_anyway()
                followup = self._plan_rule(rule).filtered(
                    lambda f, record=record: f.res_id == record.id
                )
                self.assertEqual(followup.date_planned.date(), fields.Date.to_date(day))
