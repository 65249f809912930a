"""Who may do what with plans, contracts, visits, follow-ups and figures."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .access_matrix import MATRIX as WARRANTIES_AND_RETURNS
from .contract_common import ContractCommon
from .test_case_rights import MATRIX as CASES

A = "aftersales."
CONTRACT, LINE, SERVICE = A + "contract", A + "contract.line", A + "contract.service"
VISIT, UNIT = A + "visit", A + "visit.line"
WORK = {A + "visit.check": "rw", A + "visit.part": "rwcu", A + "visit.time": "rwcu"}
SET_UP = (
    A + "plan",
    A + "plan.service",
    A + "checklist",
    A + "checklist.item",
    A + "skill",
    A + "price.index",
    A + "price.index.value",
    A + "churn.reason",
    A + "visit.reason",
)
BILLS = {A + "contract.bill": "r", A + "contract.pause": "r", A + "contract.price": "r"}
HISTORY = {A + "contract.term": "r", A + "contract.version": "r"}
DIALOGS = {
    A + "contract.add.units": "rwcu",
    A + "contract.remove.units": "rwcu",
    A + "contract.cancel": "rwcu",
    A + "contract.change": "rwcu",
    A + "contract.change.line": "rwcu",
    A + "contract.change.service": "rwcu",
    A + "contract.notice": "rwcu",
}
PREVIEW = {A + "contract.preview": "rc", A + "contract.preview.line": "rc"}
FORECAST = {A + "contract.forecast": "r"}
VISIT_DIALOGS = {A + "visit.not.done": "rwc", A + "visit.schedule": "rwc"}
VISIT_DIALOGS |= {A + "visit.refusal": "rwc"}
READS = dict.fromkeys(SET_UP, "r")
CONTRACTS = {CONTRACT: "r", LINE: "r", SERVICE: "r"}
VISITS = {VISIT: "r", UNIT: "r"}
FOLLOWUP, RULE = A + "followup", A + "followup.rule"
PREVIEWS = {A + "followup.preview": "rwcu", A + "followup.preview.line": "rwcu"}
FIGURES = {
    A + "claim.report": "r",
    A + "product.report": "r",
    A + "product.alert": "r",
}

AGENT = {
    **READS,
    **BILLS,
    **HISTORY,
    **DIALOGS,
    **VISIT_DIALOGS,
    **WORK,
    **PREVIEW,
    **FORECAST,
    A + "contract.catch.up": "rwc",
    CONTRACT: "rwc",
    LINE: "rwcu",
    SERVICE: "rwcu",
    VISIT: "rwc",
    UNIT: "rwcu",
    RULE: "r",
}
MATRIX = {
    "public": {},
    "portal": {**CONTRACTS, **VISITS},
    "internal": READS,
    "sale": {
        **READS,
        **CONTRACTS,
        **VISITS,
        **BILLS,
        **HISTORY,
        **PREVIEW,
        **FORECAST,
        **dict.fromkeys(WORK, "r"),
    },
    "accountant": {**READS, **CONTRACTS, **BILLS, **PREVIEW},
    "technician": {
        **READS,
        **CONTRACTS,
        **VISIT_DIALOGS,
        **WORK,
        VISIT: "rw",
        UNIT: "rwcu",
    },
    "agent": AGENT,
    "agent_all": {**AGENT, FOLLOWUP: "r", **FIGURES},
    "manager": {
        **AGENT,
        **dict.fromkeys(SET_UP, "rwcu"),
        **PREVIEWS,
        **FIGURES,
        CONTRACT: "rwcu",
        VISIT: "rwcu",
        FOLLOWUP: "r",
        RULE: "rwcu",
        A + "visit.check": "rwcu",
        A + "visit.save": "r",
        A + "customer.report": "r",
    },
}
OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
# Named in tests of their own.
ELSEWHERE = {"aftersales.article", "aftersales.fix.report"}
# Kept by code only; read by those who may read what they belong to.
ELSEWHERE |= {"aftersales.warranty.change", "aftersales.return.try"}


@tagged("post_install", "-at_install")
class TestContractRights(ContractCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._contract(running=True)
        cls.unit = cls.contract.line_ids.asset_id
        cls.visit = cls._visit(cls.unit, contract_id=cls.contract.id)

    def _users(self):
        return {
            "public": self.env.ref("base.public_user"),
            "portal": self.user_portal,
            "internal": self.user_internal,
            "sale": self.user_sale,
            "accountant": self.user_accountant,
            "technician": self.user_technician,
            "agent": self.user_agent,
            "agent_all": self.user_agent_all,
            "manager": self.user_manager,
        }

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_matrix(self):
        models = {model for allowed in MATRIX.values() for model in allowed}
        for role, user in self._users().items():
            for model in sorted(models):
                allowed = MATRIX[role].get(model, "")
                found = "".join(
                    letter
                    for letter, operation in OPERATIONS.items()
                    if self.env[model].with_user(user).has_access(operation)
                )
                with self.subTest(role=role, model=model):
                    self.assertEqual(found, allowed)

    def test_every_model_stands_in_a_matrix(self):
        named = {
            model
            for matrix in (MATRIX, CASES, WARRANTIES_AND_RETURNS)
            for allowed in matrix.values()
            for model in allowed
        }
        concrete = {
            model.model
            for model in self.env["ir.model"].search(
                [("model", "=like", "aftersales.%")]
            )
            if not self.env[model.model]._abstract
        }
        # Those of bridge addons have tests there.
        ours = {
            m for m in concrete if self.env[m]._original_module == "aftersales_addon"
        }
        ours -= {m for m in ours if m.startswith("aftersales.case.")}
        missing = {m for m in ours - named if not m.startswith(tuple(ELSEWHERE))}
        self.assertFalse(missing)

    def test_own_contracts_only(self):
        self.contract.user_id = self.user_manager
        for model, records in self._parts().items():
            with self.subTest(model):
                mine = self.env[model].with_user(self.user_agent)
                self.assertFalse(mine.search([("id", "in", records.ids)]))
                everybody = self.env[model].with_user(self.user_agent_all)
                self.assertEqual(everybody.search([("id", "in", records.ids)]), records)

    def _parts(self):
        return {
            CONTRACT: self.contract,
            LINE: self.contract.line_ids,
            SERVICE: self.contract.service_ids,
        }

    def test_a_technician_sees_own_visits_and_those_of_nobody(self):
        Visit = self.env[VISIT].with_user(self.user_technician)
        self.assertTrue(Visit.search([("id", "=", self.visit.id)]))
        self.visit.user_id = self.user_manager
        self.assertFalse(Visit.search([("id", "=", self.visit.id)]))
        self.assertFalse(
            self.env[UNIT]
            .with_user(self.user_technician)
            .search([("visit_id", "=", self.visit.id)])
        )
        self.visit.helper_ids = self.user_technician
        self.assertTrue(Visit.search([("id", "=", self.visit.id)]))

    def test_customers_see_their_own_only(self):
        stranger = new_test_user(
            self.env,
            "as_portal_stranger",
            groups="base.group_portal",
            partner_id=self.other_customer.id,
        )
        records = {**self._parts(), VISIT: self.visit, UNIT: self.visit.line_ids}
        for model, rows in records.items():
            with self.subTest(model):
                mine = self.env[model].with_user(self.user_portal)
                self.assertEqual(mine.search([("id", "in", rows.ids)]), rows)
                theirs = self.env[model].with_user(stranger)
                self.assertFalse(theirs.search([]))
                with self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
                    rows.with_user(stranger).check_access("read")

    def test_a_draft_is_nobody_elses_business(self):
        draft = self._contract()
        mine = self.env[CONTRACT].with_user(self.user_portal)
        self.assertFalse(mine.search([("id", "=", draft.id)]))

    def test_customers_do_not_read_what_is_ours(self):
        for record, names in (
            (self.contract, ("note",)),
            (self.visit, ("note",)),
        ):
            mine = record.with_user(self.user_portal)
            self.assertTrue(mine.read(["number", "state"]))
            for name in names:
                with self.subTest(name), self.assertRaises(AccessError):
                    mine.read([name])

    def test_facts_are_not_typed_in(self):
        for record, vals in (
            (self.contract, {"state": "ended"}),
            (self.contract, {"version": 9}),
            (self.contract, {"number": "/"}),
            (self.visit, {"state": "done"}),
            (self.visit, {"number": "V1"}),
        ):
            mine = record.with_user(self.user_manager)
            refused = self.assertRaisesRegex(UserError, "typed in|first")
            with self.subTest(vals), refused:
                with self.env.cr.savepoint():
                    mine.write(vals)

    def test_another_company_sees_nothing(self):
        company = self.env["res.company"].create({"name": "Other"})
        user = new_test_user(
            self.env,
            "other_manager",
            groups="aftersales_addon.aftersales_group_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        for model in (CONTRACT, LINE, SERVICE, VISIT, UNIT, A + "contract.bill"):
            with self.subTest(model):
                self.assertFalse(self.env[model].with_user(user).search([]))

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_customers_cannot_act_by_remote_calls(self):
        """Every public method of the models that a customer may read is tried."""
        untouched = "nothing was changed"
        for record in (self.contract, self.visit, self.unit):
            mine = record.with_user(self.user_portal)
            before = record.sudo().state
            for name in self._get_actions(record):
                with self.subTest(record=record._name, method=name):
                    with self.assertRaises(Exception) as caught:  # noqa: B017
                        with self.env.cr.savepoint():
                            getattr(mine, name)()
                            mine.env.flush_all()
                            raise AccessError(untouched)
                    self.assertTrue(caught.exception)
                    self.env.invalidate_all()
                    self.assertEqual(record.sudo().state, before)

    def _get_actions(self, record):
        return [
            name
            for name in dir(type(record))
            if name.startswith("action_") and not name.startswith("action_archive")
        ]

    def test_technicians_do_not_make_orders_of_visits(self):
        self.visit.user_id = self.user_technician
        with self.assertRaisesRegex(AccessError, "service desk"):
            self.visit.with_user(self.user_technician).action_charge()
