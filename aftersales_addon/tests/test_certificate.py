import io
import re
from unittest.mock import patch

import lxml.html

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import OdooPdfFileReader

from ..const import CERTIFICATE_MAIL_LIMIT
from ..models.aftersales_asset_customer_mixin import REPORT, TEMPLATE
from .common import AftersalesCommon

LEGAL = "Your legal rights as a customer are not affected"


class CertificateCommon(AftersalesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "anna@example.com"
        cls.statutory = cls._make_policy(
            "Two years by law", 24, kind="statutory", terms="<h1>By law</h1>"
        )
        cls.policy_12.terms = "<p>Keep it dry.</p>"
        cls.lock.aftersales_policy_ids = cls.statutory | cls.policy_12

    @classmethod
    def _deliver_locks(cls, *names, **kwargs):
        return cls._assets(
            cls._deliver(cls.lock, 1, cls._make_lots(cls.lock, *names), **kwargs)
        )

    def _render(self, assets, user=None):
        report = self.env["ir.actions.report"].with_user(user or self.env.user)
        html = report._render_qweb_html(REPORT, assets.ids)[0].decode()
        return re.sub(r"\s+", " ", html)


@tagged("post_install", "-at_install")
class TestCertificate(CertificateCommon):
    def test_layers(self):
        """The law's layer stands beside the commercial one, each with its dates."""
        asset = self._deliver_locks("LK-1")
        html = self._render(asset)
        self.assertIn("Warranty Certificate", html)
        self.assertIn("LK-1", html)
        self.assertIn("required by law", html)
        self.assertLess(html.index("Two years by law"), html.index("One year"))
        for warranty in asset.warranty_ids:
            self.assertIn(asset._format_day(warranty.date_end), html)
        self.assertIn(f"{LEGAL} by this warranty", html)
        self.assertIn("Keep it dry.", html)

    def test_terms_as_sold(self):
        """The certificate tells what was sold, whatever the policy says today."""
        asset = self._deliver_locks("LK-1")
        self.policy_12.write({"name": "Half a year", "terms": "<p>Changed.</p>"})
        html = self._render(asset)
        self.assertIn("One year", html)
        self.assertIn("Keep it dry.", html)
        self.assertNotIn("Changed.", html)

    def test_statutory_only(self):
        self.lock.aftersales_policy_ids = self.statutory
        html = self._render(self._deliver_locks("LK-1"))
        self.assertNotIn(LEGAL, html)

    def test_no_warranty(self):
        self.sensor.aftersales_serviced = True
        html = self._render(self._assets(self._deliver(self.sensor, 10)))
        self.assertIn("No warranty was given for this product.", html)
        self.assertIn(LEGAL, html)
        self.assertIn(f"10 {self.sensor.uom_id.name}", html)

    def test_returned(self):
        """A certificate of a unit that came back cannot be taken for a valid one."""
        asset = self._deliver_locks("LK-1")
        asset._set_closed("returned")
        html = self._render(asset)
        self.assertIn("not with the customer any more", html)
        self.assertIn("(ended early)", html)

    def test_many_units_share_terms(self):
        html = self._render(self._deliver_locks("LK-1", "LK-2", "LK-3"))
        self.assertEqual(html.count("Keep it dry."), 1)
        self.assertEqual(html.count('name="unit"'), 3)
        # One document, which every wkhtmltopdf can print.
        self.assertEqual(len(re.findall(r'class="article', html)), 1)

    def test_headings_of_terms(self):
        """A heading in the terms is not taken for the next document."""
        html = self._render(self._deliver_locks("LK-1"))
        self.assertRegex(html, r"<h5>By law\s*</h5>")

    def test_customers_apart(self):
        assets = self._deliver_locks("LK-1")
        assets |= self._deliver_locks("LK-2", partner=self.other_customer)
        html = self._render(assets)
        self.assertEqual(len(re.findall(r'class="article', html)), 2)

    def test_qr_code(self):
        """The code stands in the page itself and opens the unit's portal page."""
        asset = self._deliver_locks("LK-1")
        page = lxml.html.fromstring(self._render(asset))
        images = page.xpath("//img[@alt='QR code']/@src")
        self.assertEqual(len(images), 1)
        self.assertTrue(images[0].startswith("data:image/png;base64,"))
        self.assertTrue(asset.access_token)
        url = asset._get_customer_url()
        self.assertTrue(url.startswith(asset.get_base_url()))
        self.assertIn(f"{asset.id}?access_token={asset.access_token}", url)

    def test_language_of_customer(self):
        self.env["res.lang"]._activate_lang("de_DE")
        view = self.env.ref("aftersales_addon.aftersales_asset_certificate_document")
        view.update_field_translations(
            "arch_db", {"de_DE": {"Warranty Certificate": "Garantieurkunde"}}
        )
        version = self.policy_12._get_current_versions()[self.policy_12]
        version.with_context(lang="de_DE").name = "Ein Jahr"
        german = self._deliver_locks("LK-1")
        english = self._deliver_locks("LK-2", partner=self.other_customer)
        self.customer.lang = "de_DE"
        self.other_customer.lang = "en_US"
        html = self._render(german)
        self.assertIn("Garantieurkunde", html)
        self.assertIn("Ein Jahr", html)
        self.assertNotIn("Warranty Certificate", html)
        html = self._render(german | english)
        self.assertIn("Garantieurkunde", html)
        self.assertIn("Warranty Certificate", html)

    def test_who_may_print(self):
        """Whoever sees the unit may print it, without rights on its order."""
        self.lock.invoice_policy = "order"
        asset = self._deliver_locks("LK-1")
        asset.sale_order_id = self._sell([(self.sensor, 1)])
        for user in (self.user_stock, self.user_technician, self.user_agent):
            self.assertIn(asset.sale_order_id.name, self._render(asset, user))
        stranger = new_test_user(self.env, "as_portal", groups="base.group_portal")
        for user in (stranger, self.user_internal):
            with self.assertRaises(AccessError):
                self._render(asset, user)


@tagged("post_install", "-at_install")
class TestCertificateFile(CertificateCommon, HttpCase):
    def test_pdf(self):
        """Units of one customer come in one PDF: a page each, then the terms."""
        assets = self._deliver_locks("LK-1", "LK-2")
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        content, kind = report._render_qweb_pdf(REPORT, assets.ids)
        self.assertEqual(kind, "pdf")
        self.assertTrue(content.startswith(b"%PDF"))
        self.assertEqual(len(OdooPdfFileReader(io.BytesIO(content)).pages), 3)

    def test_pdf_of_several_customers(self):
        assets = self._deliver_locks("LK-1", "LK-2")
        assets |= self._deliver_locks("LK-3", partner=self.other_customer)
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        content = report._render_qweb_pdf(REPORT, assets.ids)[0]
        self.assertTrue(content.startswith(b"%PDF"))
        self.assertEqual(len(OdooPdfFileReader(io.BytesIO(content)).pages), 4)


@tagged("post_install", "-at_install")
class TestCertificateMail(CertificateCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env.ref(TEMPLATE)

    def _compose(self, assets, user):
        action = assets.with_user(user).action_send_certificate()
        composer = Form(
            self.env["mail.compose.message"]
            .with_user(user)
            .with_context(**action["context"])
        ).save()
        return composer

    def test_send_one(self):
        asset = self._deliver_locks("LK-1")
        self._compose(asset, self.user_agent)._action_send_mail()
        message = asset.message_ids[0]
        self.assertEqual(message.partner_ids, self.customer)
        self.assertEqual(len(message.attachment_ids), 1)
        self.assertIn("LK-1", message.attachment_ids.name)
        self.assertIn(f"access_token={asset.access_token}", message.body)

    def test_send_several(self):
        assets = self._deliver_locks("LK-1", "LK-2")
        composer = self._compose(assets, self.user_agent)
        self.assertEqual(composer.composition_mode, "mass_mail")
        mails, _messages = composer._action_send_mail()
        self.assertEqual(len(mails), 2)
        for mail, asset in zip(mails.sorted("res_id"), assets, strict=True):
            self.assertEqual(mail.recipient_ids, self.customer)
            self.assertIn(asset.serial_number, mail.attachment_ids.name)
            self.assertIn(f"access_token={asset.access_token}", mail.body_html)

    def test_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.template.with_context(lang="de_DE").subject = "Garantieurkunde"
        self.customer.lang = "de_DE"
        composer = self._compose(self._deliver_locks("LK-1"), self.user_agent)
        self.assertEqual(composer.subject, "Garantieurkunde")

    def test_template_of_user(self):
        """A template that somebody made works when ours is gone."""
        asset = self._deliver_locks("LK-1")
        own = self.template.copy({"name": "Our own"})
        self.template.unlink()
        action = asset.action_send_certificate()
        self.assertEqual(action["context"]["default_template_id"], own.id)
        own.unlink()
        action = asset.action_send_certificate()
        self.assertFalse(action["context"]["default_template_id"])


@tagged("post_install", "-at_install")
class TestDeliveryMail(CertificateCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "stock_move_email_validation": True,
                "aftersales_certificate_on_delivery": True,
            }
        )

    def _validate(self, *names):
        """Deliver locks as a warehouse user without further rights."""
        lots = self._make_lots(self.lock, *names)
        self._put_in_stock(self.lock, 1, lots)
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.out_type_id.id,
                "partner_id": self.customer.id,
                "location_id": self.stock.id,
                "location_dest_id": self.customers.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.lock.id,
                            "product_uom_qty": len(names),
                            "location_id": self.stock.id,
                            "location_dest_id": self.customers.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        picking = picking.with_user(self.user_stock).with_context(skip_sms=True)
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        return picking.sudo()

    def _get_confirmation(self, picking):
        return picking.message_ids.filtered(lambda m: m.partner_ids == self.customer)

    def _get_certificates(self, picking):
        attachments = self._get_confirmation(picking).attachment_ids
        return attachments.filtered(lambda a: "arranty" in a.name)

    def test_one(self):
        picking = self._validate("LK-1")
        self.assertEqual(len(self._get_certificates(picking)), 1)
        self.assertIn(b"LK-1", self._get_certificates(picking).raw)
        asset = self.env["aftersales.asset"].search([("picking_id", "=", picking.id)])
        body = self._get_confirmation(picking).body
        self.assertIn(f"access_token={asset.access_token}", body)

    def test_several(self):
        """Several units come as one file, with a link that lists them."""
        picking = self._validate("LK-1", "LK-2")
        certificates = self._get_certificates(picking)
        self.assertEqual(len(certificates), 1)
        self.assertIn(b"LK-1", certificates.raw)
        self.assertIn(b"LK-2", certificates.raw)
        body = self._get_confirmation(picking).body
        self.assertIn("/my/installed-products/delivery/", body)

    def test_too_many(self):
        names = [f"LK-{number}" for number in range(CERTIFICATE_MAIL_LIMIT + 1)]
        picking = self._validate(*names)
        self.assertFalse(self._get_certificates(picking))
        body = self._get_confirmation(picking).body
        self.assertIn("/my/installed-products/delivery/", body)

    def test_not_wanted(self):
        self.company.aftersales_certificate_on_delivery = False
        picking = self._validate("LK-1")
        self.assertTrue(self._get_confirmation(picking))
        self.assertFalse(self._get_certificates(picking))
        self.assertNotIn("installed-products", self._get_confirmation(picking).body)

    def test_no_warranty(self):
        self.lock.aftersales_policy_ids = False
        self.lock.aftersales_serviced = True
        self.assertFalse(self._get_certificates(self._validate("LK-1")))

    def test_other_template(self):
        """Only the confirmation brings certificates, not any mail of a delivery."""
        picking = self._validate("LK-1")
        other = self.company.stock_mail_confirmation_template_id.copy()
        values = other._generate_template(
            picking.ids, {"body_html", "attachment_ids", "report_template_ids"}
        )[picking.id]
        self.assertNotIn("installed-products", values["body_html"])
        self.assertEqual(len(values["attachments"]), 1)

    def test_failure(self):
        """A broken document does not keep the goods in the house; a note tells."""
        Asset = self.registry["aftersales.asset"]
        with (
            patch.object(
                Asset, "_render_certificates", side_effect=UserError("No ink")
            ),
            mute_logger("odoo.addons.aftersales_addon.models.mail_template"),
        ):
            picking = self._validate("LK-1")
        self.assertFalse(self._get_certificates(picking))
        self.assertTrue(self._get_confirmation(picking))
        notes = " ".join(picking.message_ids.mapped("body"))
        self.assertIn("No ink", notes)
