"""Managers set the application up without the right to set up the system."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import AftersalesCommon

SETTINGS = "aftersales.settings"


@tagged("post_install", "-at_install")
class TestSettings(AftersalesCommon):
    def _open(self, user):
        return self.env[SETTINGS].with_user(user)

    def test_a_manager_sets_the_policies_of_the_company(self):
        with Form(self._open(self.user_manager)) as form:
            self.assertFalse(form.aftersales_policy_ids[:])
            form.aftersales_policy_ids.add(self.policy_24)
            form.aftersales_certificate_on_delivery = True
        self.assertEqual(self.company.aftersales_policy_ids, self.policy_24)
        self.assertTrue(self.company.aftersales_certificate_on_delivery)
        with Form(self._open(self.user_manager)) as form:
            self.assertEqual(form.aftersales_policy_ids[:], self.policy_24)
            form.aftersales_policy_ids.remove(self.policy_24.id)
        self.assertFalse(self.company.aftersales_policy_ids)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_nobody_else_does(self):
        vals = {"aftersales_certificate_on_delivery": True}
        readers = self.user_agent_all | self.user_sale | self.user_stock
        for user in readers | self.user_technician:
            with self.assertRaises(AccessError):
                self._open(user).create(vals)
        self.assertFalse(self.company.aftersales_certificate_on_delivery)

    def test_nothing_else_of_the_company_can_be_written(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        dialog = self._open(self.user_manager).create(
            {"company_id": other.id, "aftersales_certificate_on_delivery": True}
        )
        self.assertEqual(dialog.company_id, self.company)
        dialog.write({"company_id": other.id, "aftersales_policy_ids": []})
        self.assertEqual(dialog.company_id, self.company)
        self.assertFalse(other.aftersales_certificate_on_delivery)

    def test_accounts_are_left_to_accountants(self):
        journal = self.env["account.journal"].search([("type", "=", "general")])[:1]
        before = self.company.aftersales_provision_journal_id
        vals = {"aftersales_provision_journal_id": journal.id}
        self._open(self.user_manager).create(vals)
        self.assertEqual(self.company.aftersales_provision_journal_id, before)
        self.user_manager.group_ids += self.env.ref("account.group_account_manager")
        self._open(self.user_manager).create(vals)
        self.assertEqual(self.company.aftersales_provision_journal_id, journal)

    def test_the_menu_opens_what_the_user_may_use(self):
        system = new_test_user(
            self.env,
            "as_system",
            groups="base.group_system,aftersales_addon.aftersales_group_manager",
        )
        manager = self._open(self.user_manager)
        self.assertEqual(manager.action_open()["res_model"], SETTINGS)
        action = self._open(system).action_open()
        self.assertEqual(action["res_model"], "res.config.settings")
        menu = self.env.ref("aftersales_addon.aftersales_settings_menu")
        self.assertIn(menu.id, menu.with_user(self.user_manager)._visible_menu_ids())

    def test_both_forms_have_all_settings(self):
        """A setting that is added to Odoo's settings can be set by managers too."""
        dialog = self.env[SETTINGS]
        arch = dialog.get_view(view_type="form")["arch"]
        for name, field in self.env["res.config.settings"]._fields.items():
            if name.startswith("aftersales_") and "aftersales" in str(field.related):
                self.assertIn(name, dialog._fields)
                self.assertIn(f'name="{name}"', arch)

    def test_the_policies_of_one_company_stay_its_own(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.user_manager.company_ids = [Command.link(other.id)]
        self._open(self.user_manager).with_company(other).create(
            {"aftersales_policy_ids": [Command.set(self.policy_12.ids)]}
        )
        self.assertEqual(other.aftersales_policy_ids, self.policy_12)
        self.assertFalse(self.company.aftersales_policy_ids)
