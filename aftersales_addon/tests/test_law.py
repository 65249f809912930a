"""Policies under consumer law: what they must say before they are published."""

import contextlib

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..tools.tie_in import find_tie_ins
from .common import AftersalesCommon
from .law_common import LawCommon

TIED = (
    "This warranty is void if service is performed by anyone other than an "
    "authorized 'ABC' dealer and all replacement parts must be genuine 'ABC' parts.",
    "The use of ABC parts is required to keep your manufacturer's warranties intact.",
    "This warranty shall not apply if this product is used with products not sold or "
    "licensed by ABC.",
    "<p>Warranty void if the <b>seal</b> is broken</p>",
    "VOID IF\u00a0REMOVED: the warranty lapses when the sticker is removed",
    "The guarantee lapses when non\u2011genuine spare parts are installed",
    "Die Garantie erlischt, wenn das Siegel gebrochen wird.",
    "Bei Verwendung von nicht originalen Ersatzteilen erlischt der Garantieanspruch.",
    "Die Garantie verfällt bei Reparaturen durch nicht autorisierte Werkstätten",
    "Die Gar\u00adantie erlischt bei Fremdteilen",
)
FREE = (
    "This warranty does not cover damage caused by unauthorised parts or service.",
    "Improper or incorrectly performed maintenance or repair voids this warranty.",
    "We recommend that you use only authorized dealers for maintenance.",
    "Schäden, die durch nicht autorisierte Reparaturen verursacht wurden, sind nicht "
    "abgedeckt.",
    "The warranty ends after 24 months. Use original parts for best results.",
)


@tagged("post_install", "-at_install")
class TestTieIn(AftersalesCommon):
    def test_words_that_tie(self):
        for text in TIED:
            with self.subTest(text=text):
                self.assertTrue(find_tie_ins(text))

    def test_words_that_do_not(self):
        for text in FREE:
            with self.subTest(text=text):
                self.assertFalse(find_tie_ins(text))


@tagged("post_install", "-at_install")
class TestPublish(LawCommon):
    def test_without_law_as_before(self):
        self.assertEqual(self.policy_12.publication_state, "published")
        self.assertTrue(self.policy_12._is_in_effect())
        self.assertNotIn("law", self.policy_12._prepare_options())

    def test_standard_policies_can_be_published(self):
        """What the addon offers is complete by its own rules."""
        Policy = self.env["aftersales.warranty.policy"]
        for code in Policy._prepare_standard_policies():
            with self.subTest(code=code):
                policy = self._make_standard(code)
                self.assertEqual(policy.publication_state, "draft")
                self.assertFalse(policy.law_gaps)
                policy.action_publish()
                self.assertEqual(policy.publication_state, "published")

    def test_a_draft_gives_no_warranty(self):
        policy = self._make_standard("eu_statutory")
        self.lock.aftersales_policy_ids = policy
        resolve = self.lock._aftersales_resolve_policies
        self.assertFalse(resolve(self.company)[self.lock])
        policy.action_publish()
        self.assertEqual(resolve(self.company)[self.lock], policy)
        policy.action_withdraw()
        self.assertFalse(resolve(self.company)[self.lock])

    def test_missing_contents_are_named(self):
        policy = self._make_policy("Bare", 12, law="us_consumer")
        with self.assertRaises(UserError) as caught:
            policy.action_publish()
        message = str(caught.exception)
        for words in ("title", "What is covered", "who pays", "How to claim"):
            self.assertIn(words, message)
        self.assertEqual(policy.publication_state, "draft")

    def test_an_address_is_needed(self):
        policy = self._make_standard("us_limited")
        self.company.partner_id.street = False
        with self.assertRaisesRegex(UserError, "postal address"):
            policy.action_publish()
        policy.guarantor_id = self.maker
        policy.action_publish()

    def test_a_published_policy_stays_complete(self):
        policy = self._make_standard("us_limited")
        policy.action_publish()
        with self.assertRaisesRegex(ValidationError, "How to claim"):
            policy.law_procedure = "  "
        with self.assertRaisesRegex(ValidationError, "title"):
            self.policy_12.write({"law": "us_consumer"})

    def _published(self, code):
        """Publish a ready-made policy, and hand it to the one who manages policies."""
        policy = self._make_standard(code).with_user(self.user_manager)
        policy.action_publish()
        return policy

    def _refused(self, words):
        """Expect that what is done cannot be kept, as at the end of each request."""
        stack = contextlib.ExitStack()
        stack.enter_context(self.assertRaisesRegex(ValidationError, words))
        stack.enter_context(self.env.cr.savepoint())
        stack.callback(self.env.cr.flush)
        return stack

    def test_coverage_lines_of_a_published_policy(self):
        """Lines that are changed by themselves are checked like the policy."""
        policy = self._published("us_full")
        parts = policy.line_ids.filtered(lambda line: line.item == "parts")
        other = self._make_policy("Nothing yet", 12, line_ids=[])
        with self._refused("parts and labour"):
            parts.share = 50
        with self._refused("parts and labour"):
            parts.write({"duration": 6, "duration_unit": "month"})
        with self._refused("parts and labour"):
            parts.unlink()
        with self._refused("parts and labour"):
            parts.policy_id = other
        with self._refused("parts and labour"):
            parts.create(
                {
                    "policy_id": policy.id,
                    "item": "labour",
                    "share": 0,
                    "product_categ_id": self.category.id,
                }
            )
        policy.action_withdraw()
        parts.unlink()
        self.env.cr.flush()

    def test_coverage_lines_may_change_places(self):
        """What is complete at the end is not refused for what was in between."""
        policy = self._published("us_full")
        parts = policy.line_ids.filtered(lambda line: line.item == "parts")
        policy.write(
            {
                "line_ids": [
                    Command.delete(parts.id),
                    Command.create({"item": "parts", "share": 100}),
                ]
            }
        )
        policy.line_ids.filtered(lambda line: line.item == "parts").unlink()
        policy.line_ids.create({"policy_id": policy.id, "item": "parts", "share": 100})
        self.env.cr.flush()
        self.assertEqual(policy.publication_state, "published")

    def test_other_conditions_of_a_published_policy(self):
        statutory = self._published("eu_statutory")
        with self._refused("limit of usage"):
            statutory.write({"usage_limit": 10, "usage_unit": "hour"})
        fee = self.env["product.product"].create({"name": "Fee", "type": "service"})
        with self._refused("without a fee"):
            self._published("us_full").transfer_product_id = fee

    def test_translations_of_a_published_policy(self):
        """Texts that are translated by themselves are checked, too."""
        self.env["res.lang"]._activate_lang("de_DE")
        policy = self._published("us_limited")
        with self._refused("Siegel"):
            policy.update_field_translations("law_excluded", {"de_DE": TIED[6]})
        policy.update_field_translations("law_excluded", {"de_DE": "Verschleiß."})
        policy.terms = "<p>Fine.</p>"
        with self._refused("Siegel"):
            policy.update_field_translations(
                "terms", {"de_DE": {"Fine.": TIED[6]}}, "en_US"
            )

    def test_versions_are_nobodys_to_change(self):
        policy = self._published("us_limited")
        version = policy.sudo()._get_current_versions()[policy.sudo()]
        version = version.with_user(self.user_manager)
        for change in (
            lambda: version.write({"lines": []}),
            lambda: version.update_field_translations("terms", {"en_US": "<p/>"}),
            version.unlink,
            lambda: version.copy(),
        ):
            with self.assertRaises(AccessError):
                change()

    def test_full_warranty(self):
        """15 U.S.C. 2304 and 16 CFR 700.7, rule by rule."""
        cases = {
            "parts and labour": {"line_ids": [Command.clear()]},
            "implied warranties": {"law_limits_implied": True},
            "goes with the unit": {"transfer": "no"},
            "registration": {"start_event": "registration", "start_cap": 30},
        }
        for words, vals in cases.items():
            with self.subTest(words=words):
                policy = self._make_standard("us_full", **vals)
                with self.assertRaisesRegex(UserError, words):
                    policy.action_publish()
                policy.law_title = "limited"
                policy.action_publish()

    def test_full_warranty_with_an_exception(self):
        policy = self._make_standard("us_full")
        policy.line_ids = [
            Command.create(
                {"item": "parts", "share": 0, "product_categ_id": self.category.id}
            )
        ]
        with self.assertRaisesRegex(UserError, "parts and labour"):
            policy.action_publish()

    def test_first_buyer_only(self):
        policy = self._make_standard("us_limited", law_beneficiary="buyer")
        with self.assertRaisesRegex(UserError, "changes hands"):
            policy.action_publish()
        policy.transfer = "no"
        policy.action_publish()

    def test_tied_words_are_refused(self):
        """15 U.S.C. 2302(c): in the terms, in any language, and in the contents."""
        policy = self._make_standard("us_limited", terms=f"<p>{TIED[0]}</p>")
        with self.assertRaisesRegex(UserError, "anyone other than"):
            policy.action_publish()
        policy.terms = "<p>Fine.</p>"
        policy.action_publish()
        with self.assertRaisesRegex(ValidationError, "genuine spare parts"):
            policy.law_excluded = TIED[5]

    def test_tied_words_in_another_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        policy = self._make_standard("us_limited")
        policy.with_context(lang="de_DE").law_excluded = TIED[6]
        with self.assertRaisesRegex(UserError, "Siegel"):
            policy.action_publish()

    def test_tied_words_with_a_reason(self):
        policy = self._make_standard("us_limited", law_excluded=TIED[0])
        policy.law_tie_in_reason = "Waived by the authority on 1 May."
        policy.action_publish()

    def test_tied_words_elsewhere_are_a_hint(self):
        policy = self._make_standard("eu_guarantee", law_excluded=TIED[6])
        self.assertIn("Siegel", policy.law_tie_ins)
        policy.action_publish()

    def test_eu_legal_guarantee(self):
        cases = {
            "Two years": {"duration": 1},
            "starts with the delivery": {"start_event": "invoice"},
            "Free of charge": {"line_ids": [Command.clear()]},
            "limit of usage": {"usage_limit": 10, "usage_unit": "hour"},
        }
        for words, vals in cases.items():
            with self.subTest(words=words):
                policy = self._make_standard("eu_statutory", **vals)
                with self.assertRaisesRegex(UserError, words):
                    policy.action_publish()
        self._make_standard(
            "eu_statutory", duration=1, law_second_hand=True
        ).action_publish()

    def test_eu_preset(self):
        """Choosing the law on the form sets the twelve months after a repair."""
        with Form(self.env["aftersales.warranty.policy"]) as form:
            form.name = "By law"
            form.kind = "statutory"
            form.law = "eu_consumer"
            self.assertEqual(form.publication_state, "draft")
            self.assertEqual(form.repair_prolongation, 12)
        policy = form.save()
        self.assertEqual(policy.publication_state, "draft")

    def test_who_may_publish(self):
        policy = self._make_standard("eu_statutory")
        for user in (self.user_agent_all, self.user_sale, self.user_internal):
            with self.assertRaises(AccessError):
                policy.with_user(user).action_publish()
            with self.assertRaises(AccessError):
                self.env["aftersales.standard.policy"].with_user(user).create({})
        policy.with_user(self.user_manager).action_publish()


@tagged("post_install", "-at_install")
class TestStatutoryBeside(LawCommon):
    def setUp(self):
        super().setUp()
        self.guarantee = self._make_standard("eu_guarantee")
        self.guarantee.action_publish()

    def test_gap_on_a_product(self):
        self.lock.product_tmpl_id.aftersales_policy_ids = self.guarantee
        self.assertIn("Door lock", self.guarantee.law_statutory_gap)
        self.assertTrue(self.lock.aftersales_statutory_missing)
        guarantee = self.guarantee.with_user(self.user_manager)
        guarantee.action_add_statutory()
        self.guarantee.invalidate_recordset()
        self.assertFalse(self.guarantee.law_statutory_gap)
        kinds = self.lock._aftersales_resolve_policies(self.company)[self.lock]
        self.assertEqual(set(kinds.mapped("kind")), {"statutory", "manufacturer"})

    def test_gap_is_closed_above(self):
        """A legal guarantee on the company counts for a category below it."""
        self.category.aftersales_policy_ids = self.guarantee
        self.assertIn("Smart home", self.guarantee.law_statutory_gap)
        self.company.aftersales_policy_ids = self.guarantee._get_statutory_policy(
            self.company
        )
        self.guarantee.invalidate_recordset()
        self.assertFalse(self.guarantee.law_statutory_gap)

    def test_one_click_on_the_product(self):
        self.lock.aftersales_policy_ids = self.guarantee
        self.lock.with_user(self.user_manager).action_aftersales_add_statutory()
        statutory = self.lock.aftersales_policy_ids - self.guarantee
        self.assertEqual(statutory.kind, "statutory")
        self.assertEqual(statutory.publication_state, "published")
        self.assertEqual(statutory.repair_prolongation, 12)
        with self.assertRaises(AccessError):
            self.lock.with_user(self.user_sale).action_aftersales_add_statutory()

    def test_the_same_guarantee_is_used_again(self):
        first = self.guarantee._get_statutory_policy(self.company)
        self.assertEqual(self.guarantee._get_statutory_policy(self.company), first)
