"""Who may do what with which record: every role, model and operation."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .access_matrix import (
    ASSESSED,
    ASSESSMENT,
    ASSET,
    ASSIGNMENT,
    BACKFILL,
    DIALOGS,
    DISPOSITION,
    FLAG,
    LINE,
    MASS,
    MASS_LINE,
    MATRIX,
    MISMATCH,
    OPERATIONS,
    OWNERSHIP,
    PERIOD,
    PERIOD_LINE,
    POLICY,
    POLICY_LINE,
    PROPOSAL,
    PROVISION,
    READING,
    REASON,
    REFUSAL,
    REGISTRATION,
    REJECT_REASON,
    REPORT,
    RETURN_POLICY,
    RMA,
    RMA_LINE,
    TEAM,
    TRANSFER,
    VERSION,
    WARRANTY,
)
from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestAccessRights(AftersalesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category.aftersales_policy_ids = cls.policy_12
        cls.firm = cls.env["res.partner"].create({"name": "Firm A", "is_company": True})
        cls.contact = cls.env["res.partner"].create(
            {"name": "Colleague", "parent_id": cls.firm.id}
        )
        cls.portal_a = cls._make_portal("portal_a", cls.contact)
        cls.portal_b = cls._make_portal("portal_b", cls.other_customer)
        cls.asset = cls._assets(cls._deliver(cls.sensor, partner=cls.firm))
        cls.mass = cls.env["aftersales.mass.change"].create(
            {
                "name": "Recall",
                "selection": "domain",
                "domain": repr([("id", "=", cls.asset.id)]),
            }
        )
        cls.mass.action_preview()
        cls.reading = cls.env[READING].create({"asset_id": cls.asset.id, "value": 1})
        cls.assessment = cls.env[ASSESSMENT]._make([{"asset": cls.asset}])
        cls.refusal = cls.env[REFUSAL].create(
            {"assessment_id": cls.assessment.id, "ground": "no_defect"}
        )
        cls.policy_12.aftersales_provision_type = "amount"
        cls.policy_12.aftersales_provision_amount = 1
        cls.period = cls.env[PERIOD].create({"date_from": cls.asset.delivery_date})
        cls.period.action_compute()
        cls.ownership = cls.env[OWNERSHIP].create(
            {
                "asset_id": cls.asset.id,
                "partner_id": cls.other_customer.id,
                "date_to": cls.asset.delivery_date,
            }
        )
        cls.transfer = cls.env[TRANSFER].create(
            {"asset_ids": [Command.set(cls.asset.ids)], "new_name": "Eve"}
        )
        cls.registration = cls.env[REGISTRATION].create(
            {"serial_number": "X", "email": "eve@example.com"}
        )
        cls.reason = cls.env[REASON].create(
            {"name": "Broken", "company_id": cls.company.id}
        )
        cls.return_policy = cls.env[RETURN_POLICY].create(
            {"name": "30 days", "company_id": cls.company.id}
        )
        cls.reject_reason = cls.env[REJECT_REASON].create(
            {"name": "Late", "text": "Too late.", "company_id": cls.company.id}
        )
        cls.team = cls.env[TEAM].create(
            {
                "name": "Desk",
                "company_id": cls.company.id,
                "rule_ids": [Command.create({"amount_min": 9000})],
            }
        )
        cls.rma = cls._make_received_return()
        cls.backfill = cls.env[BACKFILL].create({"date_from": "2026-01-01"})
        cls.users = {
            "public": cls.env.ref("base.public_user"),
            "portal": cls.portal_a,
            "internal": cls.user_internal,
            "sale": cls.user_sale,
            "stock": cls.user_stock,
            "technician": cls.user_technician,
            "agent": cls.user_agent,
            "agent_all": cls.user_agent_all,
            "manager": cls.user_manager,
        }

    @classmethod
    def _make_portal(cls, login, partner):
        return new_test_user(
            cls.env, login, groups="base.group_portal", partner_id=partner.id
        )

    @classmethod
    def _make_received_return(cls):
        move = cls._deliver(cls.sensor, partner=cls.firm)
        rma = cls.env[RMA].create(
            {
                "partner_id": cls.firm.id,
                "line_ids": [Command.create({"move_id": move.id})],
            }
        )
        rma.action_approve()
        cls.env[PROPOSAL].create(
            {
                "rma_id": rma.id,
                "kind": "fee",
                "currency_id": cls.company.currency_id.id,
                "text": "Less a fee",
                "date_valid": "2026-01-01",
                "user_id": cls.env.uid,
                "state": "withdrawn",
            }
        )
        receipt = rma.picking_ids
        receipt.move_ids.picked = True
        receipt.button_validate()
        cls.env[DISPOSITION].create({"line_id": rma.line_ids.id, "quantity": 1})
        cls.env[MISMATCH].create(
            {
                "rma_id": rma.id,
                "kind": "product",
                "product_id": cls.lock.id,
                "quantity": 1,
                "uom_id": cls.lock.uom_id.id,
            }
        )
        cls.flag = cls.env[FLAG].create({"rma_id": rma.id, "kind": "swapped"})
        return rma

    def _records(self):
        return {
            REASON: self.reason,
            TEAM: self.team,
            FLAG: self.flag,
            REJECT_REASON: self.reject_reason,
            REPORT: self.env[REPORT].search([("rma_id", "=", self.rma.id)]),
            ASSIGNMENT: self.team.rule_ids,
            RETURN_POLICY: self.return_policy,
            RMA: self.rma,
            RMA_LINE: self.rma.line_ids,
            PROPOSAL: self.rma.proposal_ids,
            DISPOSITION: self.rma.line_ids.disposition_ids,
            MISMATCH: self.rma.mismatch_ids,
            ASSET: self.asset,
            WARRANTY: self.asset.warranty_ids,
            LINE: self.asset.warranty_ids.line_ids,
            POLICY: self.policy_12,
            POLICY_LINE: self.policy_12.line_ids,
            VERSION: self.asset.warranty_ids.version_id,
            BACKFILL: self.backfill,
            OWNERSHIP: self.ownership,
            TRANSFER: self.transfer,
            REGISTRATION: self.registration,
            MASS: self.mass,
            MASS_LINE: self.mass.line_ids,
            READING: self.reading,
            ASSESSMENT: self.assessment,
            ASSESSED: self.assessment.line_ids,
            REFUSAL: self.refusal,
            PROVISION: self.env[PROVISION].search([("asset_id", "=", self.asset.id)]),
            PERIOD: self.period,
            PERIOD_LINE: self.period.line_ids,
        }

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_matrix(self):
        for role, user in self.users.items():
            # Of a dialog, everyone sees their own only: its model is what is asked.
            dialogs = {name: self.env[name] for name in DIALOGS}
            for model, records in (self._records() | dialogs).items():
                allowed = MATRIX[role].get(model, "")
                for letter, operation in OPERATIONS.items():
                    with self.subTest(role=role, model=model, operation=operation):
                        self.assertEqual(
                            records.with_user(user).has_access(operation),
                            letter in allowed,
                        )

    def test_every_model_has_access_lines(self):
        models = self.env["ir.model"].search([("model", "=like", "aftersales.%")])
        concrete = models.filtered(lambda m: not self.env[m.model]._abstract)
        without = concrete.filtered(lambda m: not m.access_ids)
        self.assertFalse(without.mapped("model"))
        named = {model for allowed in MATRIX.values() for model in allowed}
        self.assertLessEqual(named, set(concrete.mapped("model")))

    def test_customers_see_what_their_own_company_has(self):
        seen_by_a = self.env[ASSET].with_user(self.portal_a).search([])
        self.assertIn(self.asset, seen_by_a, "bought by the company of the contact")
        for model, records in self._records().items():
            if "r" not in MATRIX["portal"].get(model, "") or model == REASON:
                continue
            mine = self.env[model].with_user(self.portal_b).search([])
            self.assertFalse(mine & records, model)
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
                records.with_user(self.portal_b).check_access("read")

    def test_customers_do_not_read_internal_fields(self):
        asset = self.asset.with_user(self.portal_a)
        self.assertTrue(asset.read(["coverage_label", "serial_number"]))
        for name in ("note", "sale_line_id", "move_id", "return_move_ids"):
            with self.assertRaises(AccessError), self.cr.savepoint():
                asset.read([name])

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_customers_cannot_act(self):
        asset = self.asset.with_user(self.portal_a)
        for method in ("action_retire", "action_reactivate"):
            if method == "action_reactivate":
                self.asset.action_retire()
            with self.assertRaises(AccessError), self.cr.savepoint():
                getattr(asset, method)()

    def test_own_documents_only(self):
        self.asset.user_id = self.user_manager
        Asset = self.env[ASSET]
        self.assertNotIn(self.asset, Asset.with_user(self.user_agent).search([]))
        self.assertNotIn(self.asset, Asset.with_user(self.user_sale).search([]))
        self.assertIn(self.asset, Asset.with_user(self.user_agent_all).search([]))
        self.assertIn(self.asset, Asset.with_user(self.user_technician).search([]))
        warranties = self.env[WARRANTY].with_user(self.user_agent)
        self.assertFalse(warranties.search([]) & self.asset.warranty_ids)
        lines = self.env[LINE].with_user(self.user_agent)
        self.assertFalse(lines.search([("asset_id", "=", self.asset.id)]))
        self.asset.user_id = self.user_agent
        self.assertIn(self.asset, Asset.with_user(self.user_agent).search([]))

    def test_nothing_of_another_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "stranger",
            groups="aftersales_addon.aftersales_group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        ours = self._make_policy("Ours", 12, company_id=self.company.id)
        self.sensor.aftersales_policy_ids = ours
        asset = self._assets(self._deliver(self.sensor))
        records = {**self._records(), ASSET: asset, WARRANTY: asset.warranty_ids}
        records |= {
            LINE: asset.warranty_ids.line_ids,
            POLICY: ours,
            POLICY_LINE: ours.line_ids,
            VERSION: asset.warranty_ids.version_id,
        }
        for model, record in records.items():
            with self.subTest(model=model):
                self.assertTrue(record)
                found = self.env[model].with_user(stranger).search([])
                self.assertFalse(found & record)
        self.assertIn(
            self.policy_12, self.env[POLICY].with_user(stranger).search([]), "shared"
        )

    def test_forms_of_the_platform_open_without_our_groups(self):
        """A user without any after-sales right still works with orders and partners."""
        seller = self.user_internal
        for model in ("res.partner", "product.template", "product.product"):
            views = self.env[model].with_user(seller).get_views([(False, "form")])
            names = [
                name
                for name in views["models"][model]["fields"]
                if name.startswith("aftersales_")
            ]
            record = self.env[model].with_user(seller).search([], limit=1)
            self.assertTrue(record.read(["display_name", *names]))
            self.assertNotIn("aftersales_asset_count", names)

    def test_facts_are_not_written_by_hand(self):
        asset = self.asset.with_user(self.user_agent_all)
        for vals in (
            {"warranty_end": "2099-01-01"},
            {"state": "returned"},
            {"quantity": 99},
            {"delivery_date": "2030-01-01"},
            {"move_id": False},
            {"access_token": "guessed"},
        ):
            with (
                self.assertRaisesRegex(UserError, "cannot be set by hand"),
                self.cr.savepoint(),
            ):
                asset.write(vals)
        asset.write({"note": "Called on Monday."})

    def test_a_former_owner_cannot_use_the_old_link(self):
        token = self.asset._portal_ensure_token()
        self.asset.with_user(self.user_agent_all).partner_id = self.contact
        self.assertEqual(self.asset.access_token, token, "the same company")
        self.asset.with_user(self.user_agent_all).partner_id = self.other_customer
        self.assertFalse(self.asset.access_token)

    def test_customers_read_the_names_of_their_own(self):
        asset = self.asset.with_user(self.portal_a)
        self.assertIn("Sensor", asset.display_name)
        self.assertIn("Sensor", asset.warranty_ids.display_name)
