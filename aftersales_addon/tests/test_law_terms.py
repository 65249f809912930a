"""What customers read of a warranty: on certificates, and before they buy."""

import re

from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .law_common import LawCommon

STATE_RIGHTS = "specific legal rights"
EU_RIGHTS = "By law you are entitled to remedies from the seller, free of charge"


@tagged("post_install", "-at_install")
class TestCertificateByLaw(LawCommon):
    def _deliver_under(self, *policies):
        for policy in policies:
            policy.action_publish()
        self.sensor.aftersales_policy_ids = self.env[
            "aftersales.warranty.policy"
        ].union(*policies)
        return self._assets(self._deliver(self.sensor))

    def test_us_title_and_sentences(self):
        policy = self._make_standard("us_full", law_excludes_damages=True)
        html = self._render_certificate(self._deliver_under(policy))
        self.assertIn("FULL (1 YEAR) WARRANTY", html)
        self.assertIn(STATE_RIGHTS, html)
        self.assertIn("refund or a new product", html)
        self.assertIn("incidental or consequential damages, so the above", html)
        self.assertNotIn("how long an implied warranty lasts", html)
        self.assertIn("1 Main Street", html)

    def test_us_limited(self):
        policy = self._make_standard("us_limited", law_limits_implied=True)
        html = self._render_certificate(self._deliver_under(policy))
        self.assertIn("LIMITED WARRANTY", html)
        self.assertIn("how long an implied warranty lasts, so the above", html)
        self.assertNotIn("refund or a new product", html)

    def test_eu_statement(self):
        """Article 17(2): rights, guarantor with address, procedure, goods, terms."""
        policy = self._make_standard("eu_guarantee", guarantor_id=self.maker.id)
        asset = self._deliver_under(policy)
        html = self._render_certificate(asset)
        for words in (
            EU_RIGHTS,
            "does not affect those remedies",
            "Lockmaker",
            "Ring 1",
            "Write to us or call us",
            "Sensor",
            "In the European Union",
            "3 years from the delivery",
        ):
            self.assertIn(words, html)

    def test_eu_choice_and_prolongation(self):
        """Article 13(2a): the choice, and what a repair does to the time."""
        policy = self._make_standard("eu_statutory")
        html = self._render_certificate(self._deliver_under(policy))
        self.assertIn("You choose between repair and replacement", html)
        self.assertIn("once by 12 months", html)
        policy.repair_prolongation = 0
        html = self._render_certificate(self._assets(self._deliver(self.sensor)))
        self.assertIn("You choose between repair and replacement", html)
        self.assertNotIn("once by", html)

    def test_as_sold(self):
        """The contents are kept with the unit, in all languages."""
        self.env["res.lang"]._activate_lang("de_DE")
        policy = self._make_standard("eu_guarantee")
        policy.with_context(lang="de_DE").law_covered = "Alle Teile."
        asset = self._deliver_under(policy)
        policy.action_withdraw()
        policy.law_covered = "Nothing at all."
        html = self._render_certificate(asset)
        self.assertIn("Defects in material and workmanship.", html)
        self.assertNotIn("Nothing at all.", html)
        self.customer.lang = "de_DE"
        self.assertIn("Alle Teile.", self._render_certificate(asset))

    def test_a_change_makes_a_version(self):
        policy = self._make_standard("eu_guarantee")
        self._deliver_under(policy)
        policy.law_covered = "All but the battery."
        self._deliver(self.sensor)
        self.assertEqual(len(policy.version_ids), 2)
        self._deliver(self.sensor)
        self.assertEqual(len(policy.version_ids), 2)


@tagged("post_install", "-at_install")
class TestBeforeTheSale(HttpCase, LawCommon):
    def setUp(self):
        super().setUp()
        self.guarantee = self._make_standard("eu_guarantee", terms="<p>Keep dry.</p>")
        self.guarantee.action_publish()
        self.lock.aftersales_policy_ids = self.guarantee
        self.order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create({"product_id": self.lock.id}),
                    Command.create({"product_id": self.sensor.id}),
                ],
            }
        )

    def _render_quotation(self):
        report = self.env["ir.actions.report"].with_user(self.user_sale)
        html = report._render_qweb_html("sale.report_saleorder", self.order.ids)[0]
        return re.sub(r"\s+", " ", html.decode())

    def test_quotation(self):
        self.order.user_id = self.user_sale
        html = self._render_quotation()
        label = "Manufacturer's guarantee (3 years)"
        self.assertIn(label.replace("'", "&#39;"), html)
        self.assertEqual(html.count('name="aftersales_warranty"'), 1)
        for words in (EU_RIGHTS, "Keep dry.", "1 Main Street"):
            self.assertIn(words, html)

    def test_extended_warranty(self):
        """The text of an extended warranty stands there too, for what it covers."""
        extended = self._make_policy("Five years", 5, "year", kind="extended")
        extended.terms = "<p>Batteries included.</p>"
        service = self.env["product.product"].create(
            {
                "name": "Five years of care",
                "type": "service",
                "aftersales_extension_policy_id": extended.id,
            }
        )
        line = self.env["sale.order.line"].create(
            {"order_id": self.order.id, "product_id": service.id}
        )
        line.aftersales_covered_line_id = self.order.order_line[0]
        annex = dict(self.order.order_line._get_aftersales_annex())
        self.assertEqual(annex[extended], [self.lock.display_name])

    def test_as_delivered(self):
        """After the delivery the order tells what was sold, not what is sold now."""
        self.order.action_confirm()
        move = self.order.order_line[0].move_ids
        lot = self._make_lots(self.lock, "LK-1")
        self._put_in_stock(self.lock, 1, lot)
        move.write({"quantity": 1, "picked": True})
        move.move_line_ids.lot_id = lot
        move.picking_id.with_context(skip_backorder=True).button_validate()
        self.guarantee.action_withdraw()
        promises = self.order.order_line._get_aftersales_promises()
        self.assertEqual(promises[self.order.order_line[0]], self.guarantee.version_ids)

    def test_switched_off(self):
        self.order.user_id = self.user_sale
        self.company.aftersales_terms_on_quotation = False
        self.assertNotIn(EU_RIGHTS, self._render_quotation())

    def test_product_page(self):
        terms = self.lock.with_user(self.user_sale).aftersales_customer_terms
        self.assertIn(EU_RIGHTS, terms)
        self.assertFalse(self.sensor.aftersales_customer_terms)

    def test_page_of_the_quotation(self):
        """Customers read the full text on the page, before they accept."""
        html = self.url_open(self.order.get_portal_url()).text
        self.assertEqual(html.count('name="aftersales_warranty"'), 1)
        for words in (EU_RIGHTS, "Keep dry.", "1 Main Street"):
            self.assertIn(words, re.sub(r"\s+", " ", html))

    def test_number_of_queries(self):
        """Many lines of the same goods are looked up together."""

        def measure(lines):
            order = self.order.copy()
            order.order_line = [
                Command.create({"product_id": self.lock.id}) for _n in range(lines)
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            order.order_line._get_aftersales_annex()
            return self.env.cr.sql_log_count - before

        measure(1)
        self.assertLessEqual(measure(50), measure(1) + 1)
