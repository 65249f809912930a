"""Shares, measures and rates as people write them in their language."""

from odoo import Command
from odoo.tests import tagged

from ..models.aftersales_asset_customer_mixin import REPORT
from .http_common import PortalCase

ENGLISH, GERMAN = "en_US", "de_DE"


@tagged("post_install", "-at_install")
class TestNumbers(PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang(GERMAN)
        cls.policy_24.line_ids = [
            Command.clear(),
            Command.create({"item": "parts", "share": 12.5}),
            Command.create({"item": "labour", "share": 100}),
        ]
        cls.unit = cls._deliver_lock("LK-12", cls.anna)

    def _in(self, lang):
        return self.unit.with_context(lang=lang)

    def _both(self, render):
        """Return what is written in English and in German."""
        return render(self._in(ENGLISH)), render(self._in(GERMAN))

    def test_no_decimals_that_say_nothing(self):
        rows = [
            (12.5, {}, "12.5", "12,5"),
            (100.0, {}, "100", "100"),
            (0.0, {}, "0", "0"),
            (-0.001, {}, "0", "0"),
            (-2.25, {}, "-2.25", "-2,25"),
            (100 / 3, {}, "33.33", "33,33"),
            (1234567.5, {}, "1,234,567.5", "1.234.567,5"),
            (1234567.5, {"grouping": False}, "1234567.5", "1234567,5"),
            (0.12345, {"digits": 4}, "0.1235", "0,1235"),
            (7.5, {"digits": 0}, "8", "8"),
        ]
        for value, options, english, german in rows:
            with self.subTest(value=value):
                written = self._both(
                    lambda unit, value=value, options=options: unit.env[
                        "res.lang"
                    ]._aftersales_format_number(value, **options)
                )
                self.assertEqual(written, (english, german))

    def test_what_a_warranty_covers(self):
        english, german = self._both(lambda unit: unit.warranty_ids.coverage_summary)
        self.assertIn(" 12.5 %", english)
        self.assertIn(" 12,5 %", german)
        shares = self._both(
            lambda unit: [
                row["share"] for row in unit.warranty_ids._get_coverage_table()
            ]
        )
        self.assertEqual(shares, (["12.5", "100"], ["12,5", "100"]))

    def test_the_answer_to_a_claim(self):
        def explain(unit):
            answer = unit._assess(item="parts")
            return " ".join(check["reason"] for check in answer["checks"])

        english, german = self._both(explain)
        self.assertIn("12.5 %", english)
        self.assertIn("12,5 %", german)

    def test_the_warranty_check(self):
        def describe(unit):
            items = unit.env["aftersales.warranty.lookup"]._get_items(unit)
            return " ".join(item["text"] for item in items)

        english, german = self._both(describe)
        self.assertIn("12.5 %", english)
        self.assertIn("12,5 %", german)

    def test_fees_and_readings(self):
        policy = self.env["aftersales.return.policy"].new(
            {"fee_type": "percent", "fee_percent": 12.5}
        )
        Reading = self.env["aftersales.reading"]
        Check = self.env["aftersales.visit.check"]
        Part = self.env["aftersales.visit.part"]
        for lang, share in ((ENGLISH, "12.5 %"), (GERMAN, "12,5 %")):
            rma = self.env["aftersales.rma"].with_context(lang=lang)
            self.assertIn(share, rma._format_restocking_fee(policy))
            reading = Reading.with_context(lang=lang)._format_usage(1234.5, "km")
            thousands = "," if share[2] == "." else "."
            self.assertEqual(reading, f"1{thousands}234{share[2]}5 km")
            value = Check.with_context(lang=lang)._format_value(0.1255)
            self.assertEqual(value, f"0{share[2]}1255")
            self.assertEqual(Part.with_context(lang=lang)._format_share(87.5), share)

    def test_certificate_and_page(self):
        report = self.env["ir.actions.report"]
        for lang, share in ((ENGLISH, "12.5 %"), (GERMAN, "12,5 %")):
            with self.subTest(lang=lang):
                self.anna.lang = lang
                html = report._render_qweb_html(REPORT, self.unit.ids)[0].decode()
                self.assertIn(share, " ".join(html.split()))
                self._login(self.user_a)
                # The browser remembers the language of its last visit otherwise.
                prefix = self.env["res.lang"]._get_data(code=lang).url_code
                page = self._get(f"/{prefix}{self.unit.access_url}").text
                self.assertIn(share, " ".join(page.split()))

    def test_the_form_of_a_return_is_filled_as_it_is_read(self):
        """What the form offers is understood when it comes back."""
        Rma, unit = self.env["aftersales.rma"], self.env.ref("uom.product_uom_kgm")
        for lang in (ENGLISH, GERMAN):
            language = self.env["res.lang"].with_context(lang=lang)
            for value in (2.5, 12, 1234567.25):
                text = language._aftersales_format_number(
                    value, digits=6, grouping=False
                )
                row = {"unit": unit, "available": value, "eligible": True}
                self.assertEqual(Rma._read_quantity(row, text), ("", value))
