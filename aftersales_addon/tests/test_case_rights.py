"""Who may do what with service cases: every role, model and operation."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .case_common import CaseCommon

CASE = "aftersales.case"
HOLD = "aftersales.case.hold"
STEP = "aftersales.case.step"
STAGE = "aftersales.stage"
TAG = "aftersales.tag"
PROMISE = "aftersales.sla.policy"
CLOCK = "aftersales.sla.clock"
NPS = "aftersales.nps"
FIGURES = "aftersales.case.report"

READER = {
    CASE: "r",
    HOLD: "r",
    STEP: "r",
    STAGE: "r",
    TAG: "r",
    PROMISE: "r",
    CLOCK: "r",
}
AGENT = {**READER, CASE: "rwc", TAG: "rwc"}
MATRIX = {
    "public": {},
    "portal": {CASE: "r"},
    "internal": {},
    "stock": {},
    "sale": READER,
    "technician": READER,
    "agent": AGENT,
    "agent_all": {**AGENT, NPS: "r", FIGURES: "r"},
    "manager": {
        **AGENT,
        CASE: "rwcu",
        STAGE: "rwcu",
        TAG: "rwcu",
        PROMISE: "rwcu",
        NPS: "rwu",
        FIGURES: "r",
    },
}
OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}


@tagged("post_install", "-at_install")
class TestCaseRights(CaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal_a = cls._make_portal("portal_a", cls.customer)
        cls.portal_b = cls._make_portal("portal_b", cls.other_customer)
        cls.case = cls._case()
        cls.case.action_wait_customer()
        cls.nps = cls.env[NPS].create({"partner_id": cls.customer.id})
        cls.tag = cls.env[TAG].create({"name": "A label"})
        cls.step = cls.env[STEP].create(
            {
                "case_id": cls.case.id,
                "result": "helped",
                "date": cls.case.date_reported,
            }
        )

    @classmethod
    def _make_portal(cls, login, partner):
        return new_test_user(
            cls.env, login, groups="base.group_portal", partner_id=partner.id
        )

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_matrix(self):
        users = {
            "public": self.env.ref("base.public_user"),
            "portal": self.portal_a,
            "internal": self.user_internal,
            "stock": self.user_stock,
            "sale": self.user_sale,
            "technician": self.user_technician,
            "agent": self.user_agent,
            "agent_all": self.user_agent_all,
            "manager": self.user_manager,
        }
        records = {
            CASE: self.case,
            HOLD: self.case.hold_ids,
            STEP: self.step,
            STAGE: self.case.stage_id,
            TAG: self.tag,
            PROMISE: self.promise,
            CLOCK: self.case.clock_ids,
            NPS: self.nps,
            FIGURES: self.env[FIGURES].search([("case_id", "=", self.case.id)]),
        }
        for role, user in users.items():
            for model, rows in records.items():
                self.assertTrue(rows, model)
                allowed = MATRIX[role].get(model, "")
                for letter, operation in OPERATIONS.items():
                    with self.subTest(role=role, model=model, operation=operation):
                        self.assertEqual(
                            rows.with_user(user).has_access(operation),
                            letter in allowed,
                        )

    def test_customers_see_their_own_cases_only(self):
        Case = self.env[CASE]
        self.assertEqual(Case.with_user(self.portal_a).search([]), self.case)
        self.assertFalse(Case.with_user(self.portal_b).search([]))
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
            self.case.with_user(self.portal_b).read(["name"])

    def test_customers_do_not_read_what_is_ours(self):
        case = self.case.with_user(self.portal_a)
        self.assertTrue(case.read(["number", "name", "state", "coverage_label"]))
        for name in (
            "tag_ids",
            "resolution_note",
            "related_ids",
            "clock_ids",
            "hours_worked",
            "tried_step_ids",
            "tried_before_ids",
            "earlier_ids",
            "candidate_ids",
            "case_properties",
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                case.read([name])

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_customers_cannot_act_by_remote_calls(self):
        case = self.case.with_user(self.portal_a)
        for method in (
            "action_take",
            "action_solve",
            "action_close",
            "action_cancel",
            "action_spam",
            "action_ask_rating",
            "action_troubleshoot",
            "get_troubleshooting",
            "finish_troubleshooting",
            "action_answer_tried",
        ):
            with self.subTest(method), self.assertRaises(UserError):
                with self.env.cr.savepoint():
                    getattr(case, method)()
                    case.flush_recordset()
        with self.assertRaises(AccessError):
            case.write({"name": "Mine"})
        self.assertEqual(self.case.state, "waiting_customer")

    def test_another_company_sees_nothing(self):
        company = self.env["res.company"].create({"name": "Other"})
        user = new_test_user(
            self.env,
            "other_manager",
            groups="aftersales_addon.aftersales_group_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        for model in (CASE, CLOCK, HOLD, STEP, NPS, FIGURES):
            self.assertFalse(self.env[model].with_user(user).search([]), model)
