from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AftersalesCommon


@tagged("post_install", "-at_install")
class TestWarrantyPolicy(AftersalesCommon):
    def _resolve(self, product, company=None):
        company = company or self.company
        return product._aftersales_resolve_policies(company)[product]

    def test_w13_nearest_level_wins_and_none_stops(self):
        self.category.aftersales_policy_ids = self.policy_24
        template = self.lock.product_tmpl_id
        self.assertEqual(self._resolve(self.lock), self.policy_24, "both unset")
        template.aftersales_policy_ids = self.policy_12
        self.assertEqual(self._resolve(self.lock), self.policy_12, "variant unset")
        self.lock.aftersales_no_warranty = True
        self.assertFalse(self._resolve(self.lock), "variant says none")

    def test_parent_category_and_company_come_last(self):
        self.company.aftersales_policy_ids = self.policy_12
        self.assertEqual(self._resolve(self.lock), self.policy_12)
        self.category.parent_id = self.env["product.category"].create(
            {"name": "All", "aftersales_policy_ids": self.policy_24.ids}
        )
        self.assertEqual(self._resolve(self.lock), self.policy_24)
        self.category.aftersales_no_warranty = True
        self.assertFalse(self._resolve(self.lock))

    def test_kinds_stack_as_layers(self):
        statutory = self._make_policy("Legal", 24, kind="statutory")
        self.company.aftersales_policy_ids = statutory
        self.lock.product_tmpl_id.aftersales_policy_ids = self.policy_12
        self.assertEqual(self._resolve(self.lock), statutory | self.policy_12)

    def test_none_keeps_what_is_nearer(self):
        statutory = self._make_policy("Legal", 24, kind="statutory")
        self.company.aftersales_policy_ids = statutory
        self.lock.aftersales_policy_ids = self.policy_12
        self.lock.product_tmpl_id.aftersales_no_warranty = True
        self.assertEqual(self._resolve(self.lock), self.policy_12)

    def test_another_companys_policy_does_not_count(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = self._make_policy("Theirs", 36, company_id=other.id)
        self.category.aftersales_policy_ids = theirs | self.policy_12
        self.assertEqual(self._resolve(self.lock), self.policy_12)
        self.assertEqual(self._resolve(self.lock, other), theirs)

    def test_archived_policy_does_not_count(self):
        self.category.aftersales_policy_ids = self.policy_12
        self.policy_12.active = False
        self.assertFalse(self._resolve(self.lock))

    def test_two_policies_of_a_kind_at_one_level_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "two warranty policies"):
            self.category.aftersales_policy_ids = self.policy_12 | self.policy_24
        self.policy_24.kind = "extended"
        self.category.aftersales_policy_ids = self.policy_12 | self.policy_24
        with self.assertRaisesRegex(ValidationError, "two warranty policies"):
            self.policy_24.kind = "manufacturer"

    def test_absurd_durations_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "century"):
            self._make_policy("Forever", 101, "year")
        for wrong in (0, -12):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                self._make_policy("Never", wrong)

    def test_items_cannot_outlast_their_policy(self):
        line = self.policy_12.line_ids[0]
        line.write({"duration": 12, "duration_unit": "month"})
        line.write({"duration": 1, "duration_unit": "year"})
        with self.assertRaisesRegex(ValidationError, "Lengthen the policy"):
            line.write({"duration": 13, "duration_unit": "month"})
        line.write({"duration": 12, "duration_unit": "month"})
        with self.assertRaisesRegex(ValidationError, "Lengthen the policy"):
            self.policy_12.duration = 6

    def test_shares_are_percentages(self):
        for wrong in (0, -5, 101):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.cr.savepoint(),
            ):
                self.policy_12.line_ids[0].share = wrong
                self.env.flush_all()

    def test_an_item_is_named_once(self):
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            self.policy_12.line_ids = [(0, 0, {"item": "parts"})]

    def test_versions_are_made_when_the_promise_changed(self):
        first = self.policy_12._get_current_versions()[self.policy_12]
        again = self.policy_12._get_current_versions()[self.policy_12]
        self.assertEqual(first, again)
        self.policy_12.line_ids[0].share = 50
        second = self.policy_12._get_current_versions()[self.policy_12]
        self.assertNotEqual(first, second)
        self.assertEqual((first.number, second.number), (1, 2))
        self.policy_12.line_ids[0].share = 100
        back = self.policy_12._get_current_versions()[self.policy_12]
        self.assertEqual(first, back, "the same promise is the same version")

    def test_versions_keep_their_translations(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.policy_12.with_context(lang="de_DE").name = "Ein Jahr"
        self.policy_12.terms = "<p>Parts for free.</p><p>Call us.</p>"
        self.policy_12.update_field_translations(
            "terms", {"de_DE": {"Parts for free.": "Teile kostenlos."}}
        )
        version = self.policy_12._get_current_versions()[self.policy_12]
        self.assertEqual(version.with_context(lang="de_DE").name, "Ein Jahr")
        self.assertEqual(version.with_context(lang="en_US").name, "One year")
        for lang, text in (("de_DE", "Teile kostenlos."), ("en_US", "Parts for free.")):
            self.assertEqual(
                version.with_context(lang=lang).terms,
                f"<p>{text}</p><p>Call us.</p>",
            )

    def test_used_policies_stay(self):
        self.category.aftersales_policy_ids = self.policy_12
        self._deliver(self.sensor)
        with self.assertRaisesRegex(UserError, "Archive them instead"):
            self.policy_12.unlink()
        self.policy_24.unlink()

    def test_a_copy_is_named_as_such(self):
        copy = self.policy_12.copy()
        self.assertEqual(copy.name, "One year (copy)")
        self.assertEqual(copy.line_ids.mapped("item"), ["parts", "labour"])
        self.assertFalse(copy.version_ids)

    def test_a_branch_sells_under_its_parents_policy(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        parents = self._make_policy("Parent", 36, company_id=self.company.id)
        own = self._make_policy("Own", 6, company_id=branch.id, sequence=1)
        self.category.aftersales_policy_ids = parents
        self.assertEqual(self._resolve(self.lock, branch), parents)
        self.category.aftersales_policy_ids = parents | own
        self.assertEqual(self._resolve(self.lock, branch), own, "its own is nearer")
        self.assertEqual(self._resolve(self.lock), parents)
        self.category.aftersales_policy_ids = False
        self.company.aftersales_policy_ids = parents
        self.assertEqual(self._resolve(self.lock, branch), parents)
        version = parents._get_current_versions()[parents]
        asset = self.env["aftersales.asset"].create(
            {"product_id": self.sensor.id, "company_id": branch.id}
        )
        self.assertEqual(asset.warranty_ids.version_id, version)

    def test_archived_policies_do_not_come_back_in_pairs(self):
        self.category.aftersales_policy_ids = self.policy_12
        self.policy_12.active = False
        self.category.aftersales_policy_ids = [Command.link(self.policy_24.id)]
        everything = self.lock.with_context(active_test=False)
        self.assertEqual(self._resolve(everything), self.policy_24)
        self.env.invalidate_all()
        with self.assertRaisesRegex(ValidationError, "two warranty policies"):
            self.policy_12.active = True
