"""Who may do what with claims on suppliers."""

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import VendorCommon

OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
MATRIX = {
    "agent": "r",
    "manager": "rwcu",
    "buyer": "rwc",
    "purchase_manager": "rwcu",
    "technician": "",
    "stock": "",
    "sale": "",
    "internal": "",
    "portal": "",
}


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 10:00:00")
class TestVendorClaimRights(VendorCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-06-15 10:00:00"):
            cls.asset = cls._make_unit("S1")
            cls.claim = cls._make_claim(cls.asset)

        def make(login, groups):
            return new_test_user(cls.env, login, groups=groups)

        cls.users = {
            "agent": cls.user_agent,
            "manager": cls.user_manager,
            "buyer": cls.user_buyer,
            "purchase_manager": make("as_pm", "purchase.group_purchase_manager"),
            "technician": cls.user_technician,
            "stock": cls.user_stock,
            "sale": cls.user_sale,
            "internal": cls.user_internal,
            "portal": make("vendor_portal", "base.group_portal"),
        }

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_matrix(self):
        for role, user in self.users.items():
            for letter, operation in OPERATIONS.items():
                with self.subTest(role=role, operation=operation):
                    self.assertEqual(
                        self.claim.with_user(user).has_access(operation),
                        letter in MATRIX[role],
                    )
            candidate = self.claim.candidate_ids.with_user(user)
            self.assertEqual(candidate.has_access("read"), bool(MATRIX[role]))
            self.assertFalse(candidate.has_access("write"))

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_buttons(self):
        """Over any interface: who may not write may not act."""
        methods = [
            "action_send",
            "action_mark_sent",
            "action_accept",
            "action_reject",
            "action_cancel",
            "action_reopen",
            "action_create_credit_note",
        ]
        for role in ("agent", "technician", "internal", "portal"):
            claim = self.claim.with_user(self.users[role])
            for method in methods:
                with self.assertRaises(AccessError), self.cr.savepoint():
                    getattr(claim, method)()
            with self.assertRaises(AccessError), self.cr.savepoint():
                claim.candidate_ids.sudo(False).action_choose()
            with self.assertRaises(AccessError), self.cr.savepoint():
                self.asset.with_user(self.users[role]).action_claim_from_vendor()

    def test_buyers_and_managers_work_it_through(self):
        for role in ("buyer", "manager"):
            claim = self._make_claim(self._make_unit(f"R-{role}"))
            claim = claim.with_user(self.users[role])
            claim.action_mark_sent()
            claim.action_accept()
            action = claim.action_create_credit_note()
            self.assertTrue(action["res_id"])
            self.assertTrue(claim.read())

    def test_screens_open(self):
        for role in ("agent", "manager", "buyer"):
            claim = self.claim.with_user(self.users[role])
            views = claim.get_views(
                [
                    (False, kind)
                    for kind in ("form", "list", "kanban", "search", "pivot")
                ]
            )
            names = list(views["models"]["aftersales.vendor.claim"]["fields"])
            self.assertTrue(claim.read(names))
        for role in ("agent", "manager", "technician", "sale", "stock"):
            asset = self.asset.with_user(self.users[role])
            views = asset.get_views([(False, "form"), (False, "list")])
            self.assertTrue(
                asset.read(list(views["models"]["aftersales.asset"]["fields"]))
            )

    def test_managers_set_the_days_for_an_answer(self):
        settings = self.env["aftersales.settings"].with_user(self.user_manager)
        settings.create({"aftersales_vendor_answer_days": 21})
        self.assertEqual(self.company.aftersales_vendor_answer_days, 21)

    def test_nothing_of_another_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "vendor_stranger",
            groups="purchase.group_purchase_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for model in (
            "aftersales.vendor.claim",
            "aftersales.vendor.claim.line",
            "aftersales.vendor.claim.candidate",
        ):
            self.assertFalse(self.env[model].with_user(stranger).search([]))
