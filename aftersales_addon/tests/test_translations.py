import re
from collections import Counter
from datetime import date

import polib
from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools.misc import file_path

from .common import AftersalesCommon

FOLDER = "aftersales_addon/i18n"
# What the program fills in: it has to be the same in each language.
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd%]|\{\{.*?\}\}")
TAG = re.compile(r"<[^>]+>")
# The one part of a tag that people read.
TITLE = re.compile(r'title="[^"]*"')


@tagged("post_install", "-at_install")
class TestTranslations(AftersalesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = polib.pofile(file_path(f"{FOLDER}/aftersales_addon.pot"))
        cls.german = polib.pofile(file_path(f"{FOLDER}/de.po"))
        cls.env["res.lang"]._activate_lang("de_DE")
        cls.env["ir.module.module"].search(
            [("name", "=", "aftersales_addon")]
        )._update_translations(["de_DE"])
        cls.category.aftersales_policy_ids = cls.policy_24

    def _label(self, asset, moment):
        with freeze_time(moment):
            asset.invalidate_recordset()
            return asset.with_context(lang="de_DE").coverage_label

    def _parts(self, text):
        tags = (TITLE.sub("title", tag) for tag in TAG.findall(text))
        edges = (text[: -len(text.lstrip())], text[len(text.rstrip()) :])
        return Counter(PLACEHOLDER.findall(text)), Counter(tags), edges

    def test_every_term_has_a_german_text(self):
        done = {entry.msgid for entry in self.german if entry.msgstr.strip()}
        self.assertFalse({entry.msgid for entry in self.template} - done)
        self.assertFalse(self.german.fuzzy_entries())
        self.assertFalse(self.german.obsolete_entries())

    def test_header_names_the_language(self):
        self.assertEqual(self.german.metadata["Language"], "de")
        self.assertEqual(
            self.german.metadata["Plural-Forms"], "nplurals=2; plural=(n != 1);"
        )

    def test_placeholders_and_tags_are_kept(self):
        for entry in self.german:
            with self.subTest(term=entry.msgid):
                self.assertEqual(self._parts(entry.msgstr), self._parts(entry.msgid))

    def test_coverage_in_german_words(self):
        with freeze_time("2025-03-15 10:00"):
            asset = self._assets(self._deliver(self.sensor))
        self.assertEqual(asset.warranty_end, date(2027, 3, 15))
        expected = {
            "2025-03-15": "Abgedeckt bis 15. März 2027",
            "2027-03-15": "Abgedeckt bis heute",
            "2027-03-16": "Gestern abgelaufen",
            "2027-03-18": "Vor 3 Tagen abgelaufen",
            "2027-06-01": "Abgelaufen am 15. März 2027",
        }
        for moment, words in expected.items():
            with self.subTest(day=moment):
                self.assertEqual(self._label(asset, f"{moment} 12:00"), words)
        asset.warranty_ids._set_closed()
        self.assertEqual(self._label(asset, "2025-03-15 12:00"), "Keine Garantie")

    def test_screens_are_german(self):
        Asset = self.env["aftersales.asset"].with_user(self.user_agent)
        Asset = Asset.with_context(lang="de_DE")
        self.assertEqual(
            Asset.fields_get(["partner_id"])["partner_id"]["string"], "Kunde"
        )
        arch = Asset.get_view(view_type="form")["arch"]
        self.assertIn("Garantie hinzufügen", arch)
        self.assertNotIn("Add Warranty", arch)
        menu = self.env.ref("aftersales_addon.aftersales_menu_root")
        self.assertEqual(menu.with_context(lang="de_DE").name, "Kundendienst")
