"""Every link of every e-mail leads a customer without log-in to the right page."""

import html
import re
from urllib.parse import parse_qs, urlsplit

from odoo.tests import freeze_time, tagged

from .followup_common import NOW
from .portal_common import PortalDocumentsCase

# Where the links of each template lead. A template that is missing here fails the
# test: say where it leads. "own" is the page of the record that it is about, "answer"
# the same by the button that is put around what a person sends, "" no page at all.
LINKS = {
    "answer_looking": "answer",
    "answer_need_details": "answer",
    "answer_need_photo": "answer",
    "answer_refund_days": "answer",
    "answer_rejected": "answer",
    "answer_replacement_days": "answer",
    "answer_where": "answer",
    "case_answer_number": "answer",
    "case_answer_photo": "answer",
    "case_answer_sorry": "answer",
    "case_done": "own",
    "case_rating": "rating",
    "case_received": "own",
    "certificate": "own",
    "contract_offer": "own",
    "contract_prices": "own",
    "contract_renewal": "own",
    "contract_signed": "own",
    "followup_birthday": "own",
    "followup_contract_end": "own",
    "followup_installation": "own",
    "followup_offer": "own",
    "followup_replacement": "own",
    "followup_silence": "",
    "followup_thank": "",
    "followup_thank_case": "own",
    "followup_thank_order": "own",
    "followup_thank_visit": "own",
    "followup_visit_due": "own",
    "followup_warranty_end": "own",
    "followup_wellbeing": "own",
    "nps": "nps",
    "registration_approved": "unit",
    "registration_confirm": "confirm",
    "registration_rejected": "register",
    "rma_approved": "own",
    "rma_done": "own",
    "rma_guest_link": "guest",
    "rma_proposed": "own",
    "rma_received": "own",
    "rma_refunded": "own",
    "rma_rejected": "own",
    "rma_replaced": "own",
    "rma_requested": "own",
    "transfer": "unit",
    "transfer_rejected": "unit",
    "visit_cancelled": "own",
    "visit_moved": "own",
    "visit_price": "own",
    "visit_reminder": "own",
    "visit_report": "own",
    "visit_scheduled": "own",
}
# What a page of each kind shows, and nothing else does.
MARKS = {
    "rating": "o_rating_page_submit",
    "nps": "o_aftersales_nps",
    "confirm": "LINK-2",
    "register": 'name="serial_number"',
    "guest": "o_aftersales_return_form",
}
# Pages that need no key: there is nothing on them that is anybody's.
OPEN = ("register",)
IMAGES = re.compile(r"\.(png|jpe?g|gif|svg)$|/logo")


@tagged("post_install", "-at_install")
class TestMailLinks(PortalDocumentsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.weber.email = "weber@example.com"
        cls.company.aftersales_guest_returns = True
        cls.company.aftersales_registration = "review"
        cls.case.action_solve()
        cls.registration = cls.env["aftersales.registration"].create(
            {
                "serial_number": "LINK-2",
                "state": "unconfirmed",
                "email": cls.customer.email,
                "partner_id": cls.customer.id,
                "asset_id": cls.asset.id,
                "company_id": cls.company.id,
            }
        )
        cls.transfer = cls.env["aftersales.transfer"].create(
            {
                "asset_ids": cls.asset.ids,
                "partner_from_id": cls.weber.id,
                "partner_id": cls.other_customer.id,
                "company_id": cls.company.id,
            }
        )
        cls.question = cls.env["aftersales.nps"]._create_questions(
            cls.customer, cls.company
        )
        cls.env.flush_all()

    def _get_subject(self, template):
        """Return the record that a template is tried with, and its sign on a page."""
        documents = {
            "aftersales.asset": self.asset,
            "aftersales.case": self.case,
            "aftersales.contract": self.contract,
            "aftersales.nps": self.question,
            "aftersales.registration": self.registration,
            "aftersales.rma": self.rma,
            "aftersales.transfer": self.transfer,
            "aftersales.visit": self.visit,
            "res.partner": self.customer,
            "sale.order": self.order,
        }
        if template.model == "aftersales.followup":
            with freeze_time(NOW):
                found = self._plan_rule(self._mail_rule())
            documents[template.model] = found[:1]
        return documents[template.model]

    def _get_sign(self, record):
        """Return what names a record on its page."""
        for name in ("serial_number", "number", "name"):
            if name in record._fields and record[name]:
                return record[name]
        return ""

    # --- Following links ---

    def _get_links(self, mail):
        """Return the links of an e-mail to our own pages, each once."""
        found = re.findall(r'<a\b[^>]*?href="([^"]+)"', str(mail.body_html))
        links = [html.unescape(link) for link in found]
        links = [link for link in links if not link.startswith("mailto:")]
        hosts = {urlsplit(link).netloc for link in links}
        own = urlsplit(mail.get_base_url()).netloc
        self.assertLessEqual(hosts, {own, "www.odoo.com"})
        return list(
            dict.fromkeys(
                link.partition(own)[2]
                for link in links
                if urlsplit(link).netloc == own and not IMAGES.search(link)
            )
        )

    def _open(self, path):
        self.authenticate(None, None)
        return self.url_open(path)

    def _change(self, link):
        """Return the link with another key, as if somebody had guessed it."""
        parts = urlsplit(link)
        query = parse_qs(parts.query)
        for name in ("access_token", "hash"):
            if name in query:
                key = query[name][0]
                link = link.replace(f"{name}={key}", f"{name}={self._turn(key)}")
        if "access_token" in query:
            return link
        head, _slash, last = parts.path.rpartition("/")
        if re.fullmatch(r"\d+", last):
            # The number after the key is the answer that was clicked.
            head, _slash, key = head.rpartition("/")
            return f"{head}/{self._turn(key)}/{last}"
        query = f"?{parts.query}" if parts.query else ""
        return f"{head}/{self._turn(last)}{query}"

    def _turn(self, key):
        return key[:-2] + ("x" if key[-2] != "x" else "y") + key[-1]

    def _check_link(self, link, kind, record):
        unit = kind == "unit"
        record = self.asset if unit else record
        page = self._open(link)
        self.assertEqual(page.status_code, 200, link)
        mark = MARKS.get(kind) or self._get_sign(record)
        self.assertIn(mark, page.text, link)
        if kind in ("own", "answer", "unit"):
            self.assertEqual(urlsplit(page.url).path, record.access_url)
        self.assertNotIn("/web/login", page.url)
        if kind in OPEN:
            return
        changed = self._open(self._change(link))
        refused = changed.status_code in (403, 404) or "/web/login" in changed.url
        self.assertTrue(refused, f"{changed.status_code} {changed.url}")
        self.assertNotIn(mark, changed.text.replace(urlsplit(changed.url).query, ""))

    # --- What is sent ---

    def _send(self, template, record, kind):
        """Send an e-mail as it is sent; return what goes out to the customer."""
        before = self.env["mail.mail"].search([])
        if kind == "answer":
            record.with_user(self.user_manager).message_post_with_source(
                template,
                email_layout_xmlid="mail.mail_notification_light",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.customer.ids,
            )
            self.env.flush_all()
        else:
            link, values = "", {}
            if kind == "guest":
                values = {"email_to": self.customer.email}
                Try = self.env["aftersales.return.try"]
                link = Try._sign_link(self.order, self.customer.email)
            template.with_context(aftersales_return_link=link).send_mail(
                record.id,
                email_values=values,
                email_layout_xmlid="mail.mail_notification_light",
            )
        mail = self.env["mail.mail"].search([]) - before
        return mail.filtered(
            lambda m: (
                m.recipient_ids & (self.customer | self.weber | self.other_customer)
                or self.customer.email in (m.email_to or "")
            )
        )

    def _get_templates(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", "aftersales_addon"), ("model", "=", "mail.template")]
        )
        return {
            row.name.removeprefix("mail_template_data_"): self.env[
                "mail.template"
            ].browse(row.res_id)
            for row in data
        }

    def test_every_template_is_listed(self):
        self.assertEqual(set(self._get_templates()), set(LINKS))

    def test_links(self):
        for name, template in sorted(self._get_templates().items()):
            kind = LINKS[name]
            with self.subTest(template=name):
                record = self._get_subject(template)
                mail = self._send(template, record, kind)
                self.assertEqual(len(mail), 1)
                self.env.flush_all()
                links = self._get_links(mail)
                self.assertEqual(bool(links), bool(kind), links)
                # Each of the eleven numbers leads to the same page.
                for link in links[:3]:
                    self._check_link(link, kind, record)

    def test_messages_of_people(self):
        """What a person writes on a document brings the customer to it."""
        for record in (self.asset, self.case, self.contract, self.rma, self.visit):
            with self.subTest(model=record._name):
                before = self.env["mail.mail"].search([])
                record.with_user(self.user_manager).message_post(
                    body="Please have a look.",
                    subtype_xmlid="mail.mt_comment",
                    partner_ids=self.customer.ids,
                )
                mail = (self.env["mail.mail"].search([]) - before).filtered(
                    lambda m: self.customer in m.recipient_ids
                )
                self.assertEqual(len(mail), 1)
                self.env.flush_all()
                [link, *_more] = [
                    link for link in self._get_links(mail) if "/mail/view" in link
                ]
                self._check_link(link, "answer", record)
