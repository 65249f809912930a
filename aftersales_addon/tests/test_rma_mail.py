"""Customers are told once what has happened, in their language, or not at all."""

import base64
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.mail.tests.common import MailCase

from ..models.aftersales_rma_mail_mixin import AftersalesRmaMailMixin
from .rma_common import RmaCommon

EVENTS = ("requested", "proposed", "approved", "rejected", "received")
EVENTS += ("replaced", "refunded", "done")


@tagged("post_install", "-at_install")
class TestRmaMail(RmaCommon, MailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The tests' own sign for bulk work keeps e-mails away.
        cls.env = cls.env(context={})
        cls.return_policy.window_days = 0
        cls.customer.email = "anna@example.com"
        cls.order = cls._sell([(cls.sensor, 5)])
        cls.move = cls.order.order_line.move_ids

    def setUp(self):
        super().setUp()
        self._flush()
        self.mails = self._find_mails()

    def _find_mails(self):
        return self.env["mail.mail"].sudo().search([("model", "=", "aftersales.rma")])

    def _flush(self):
        """End the transaction, as far as a test can."""
        self.env.flush_all()
        self.cr.precommit.run()

    def _told(self, number=None):
        """Return the e-mails since the last time."""
        self._flush()
        new = self._find_mails() - self.mails
        self.mails |= new
        if number is not None:
            self.assertEqual(len(new), number, new.mapped("subject"))
        return new

    def _request(self, quantity=1):
        rma = self._rma((self.move, quantity)).with_context(tracking_disable=False)
        rma.action_request()
        return rma

    def test_from_the_request_to_the_closing(self):
        invoice = self._invoice(self.order)
        self.return_policy.instructions = "<p>Use the first box</p>"
        rma = self._request(2)
        mail = self._told(1)
        self.assertIn("We have your return", mail.subject)
        self.assertEqual(mail.recipient_ids, self.customer)
        rma.action_approve()
        mail = self._told(1)
        self.assertIn("is approved", mail.subject)
        self.assertIn("Use the first box", mail.body_html)
        self.assertIn(rma.access_token, mail.body_html)
        self.assertEqual(len(mail.attachment_ids), 1)
        self._receive(rma, 1)
        self.assertIn("1 of 2", self._told(1).body_html)
        self._receive(rma)
        self.assertIn("2 of 2", self._told(1).body_html)
        rma.action_refund()
        self._told(0)
        refund = rma.sudo().refund_ids
        self.assertEqual(refund.reversed_entry_id, invoice)
        refund.action_post()
        mail = self._told(1)
        self.assertIn(refund.name, mail.body_html)
        refund.button_draft()
        refund.action_post()
        self._told(0)
        rma._set_done()
        self.assertIn("is closed", self._told(1).subject)

    def test_approved_at_once_is_told_once(self):
        rma = self._rma((self.move, 1)).with_context(tracking_disable=False)
        rma.action_approve()
        self.assertIn("is approved", self._told(1).subject)

    def test_label_goes_with_the_approval(self):
        label = base64.b64encode(b"%PDF-1.4\n%%EOF\n")
        rma = self._request()
        rma.return_label = label
        self._told(1)
        rma.action_approve()
        mail = self._told(1)
        self.assertEqual(len(mail.attachment_ids), 2)
        self.assertIn("attached shipping label", mail.body_html)
        # Added later, it is sent once.
        late = self._request()
        late.action_approve()
        self.assertEqual(len(self._told(1).attachment_ids), 1)
        late.return_label = label
        self.assertEqual(len(self._told(1).attachment_ids), 2)
        late.return_label = label
        self._told(0)

    def test_parcel_of_a_replacement(self):
        rma = self._request()
        rma.line_ids.remedy = "replacement"
        rma.action_approve()
        self._told(1)
        rma.write({"tracking_ref_out": "OUT-9", "tracking_url_out": "https://x.org/9"})
        self._receive(rma)
        self._told(1)
        self.env["aftersales.rma.disposition"].create(
            {
                "line_id": rma.line_ids.id,
                "quantity": 1,
                "disposition": "restock",
                "remedy": "replacement",
            }
        )._execute()
        rma.action_send_replacement()
        self._ship(rma.sudo()._get_replacement_orders().picking_ids)
        body = self._told(1).body_html
        for text in ("the replacement", "OUT-9", "https://x.org/9"):
            self.assertIn(text, body)

    def test_own_goods_go_back(self):
        rma = self._request()
        rma.action_approve()
        self._receive(rma)
        self._told()
        self.env["aftersales.rma.disposition"].create(
            {
                "line_id": rma.line_ids.id,
                "quantity": 1,
                "disposition": "customer",
                "remedy": "none",
            }
        )._execute()
        picking = rma.sudo()._get_outgoing_pickings()
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertIn("goes back to you", self._told(1).body_html)
        steps = {step["label"]: step["state"] for step in rma._get_portal_steps()}
        self.assertEqual(steps["Sent back to you"], "done")

    def test_rejection_names_the_reason(self):
        rma = self._request()
        self._told(1)
        rma.action_reject("Worn for months")
        self.assertIn("Worn for months", self._told(1).body_html)
        rma.action_draft()
        with freeze_time("2100-01-01"):
            rma.action_request()
        self.assertIn("We have your return", self._told(1).subject)

    def test_proposal(self):
        rma = self._request()
        self._told(1)
        propose = self.env["aftersales.rma.propose"].with_context(default_rma_id=rma.id)
        vals = {"kind": "fee", "price_unit": 7, "text": "Less a small fee"}
        propose.create(vals).action_propose()
        mail = self._told(1)
        self.assertIn("Our proposal", mail.subject)
        for text in ("Less a small fee", "You get back", rma.access_token):
            self.assertIn(text, mail.body_html)
        # Withdrawn in the same breath: nothing is told.
        propose.create(vals).action_propose()
        rma.action_withdraw_proposal()
        self._told(0)
        self.company.aftersales_mail_proposed = False
        propose.create(vals).action_propose()
        self._told(0)

    def test_replacement(self):
        self.lock.aftersales_policy_ids = self.policy_24
        order = self._sell([(self.lock, 1)])
        asset = self._assets(order.order_line.move_ids)
        rma = self._rma({"asset_id": asset.id, "remedy": "replacement"}).with_context(
            tracking_disable=False
        )
        rma.action_approve()
        self._told(1)
        new = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.lock.id,
                            "aftersales_replaces_asset_id": asset.id,
                        }
                    )
                ],
            }
        )
        new.action_confirm()
        self._ship(new.picking_ids)
        self.assertIn("the replacement", self._told(1).body_html)

    def test_each_can_be_switched_off(self):
        for event in ("requested", "approved", "rejected", "received", "done"):
            self.company[f"aftersales_mail_{event}"] = False
        rma = self._request()
        rma.action_approve()
        self._receive(rma)
        self._told(0)
        self._request().action_reject("No")
        self._told(0)

    def test_customers_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.customer.lang = "de_DE"
        template = self.env.ref("aftersales_addon.mail_template_data_rma_requested")
        template.with_context(lang="de_DE").subject = "Wir haben {{ object.name }}"
        self._request()
        self.assertIn("Wir haben", self._told(1).subject)

    def test_each_is_in_the_customers_language_and_can_be_switched_off(self):
        """Whatever there is to tell: it has a text, a language and a switch."""
        self.env["res.lang"]._activate_lang("de_DE")
        self.customer.lang = "de_DE"
        rma = self._request()
        self._told()
        settings = self.env["aftersales.settings"]
        for event in EVENTS:
            xml_id = f"aftersales_addon.mail_template_data_rma_{event}"
            template = self.env.ref(xml_id)
            template.with_context(
                lang="de_DE"
            ).subject = "Auf Deutsch {{ object.name }}"
            self.assertIn(f"aftersales_mail_{event}", settings._fields)
            with patch.object(
                AftersalesRmaMailMixin, "_is_notice_due", return_value=True
            ):
                rma._announce(event, "one")
                mail = self._told(1)
                self.assertEqual(mail.subject, f"Auf Deutsch {rma.name}", event)
                self.company[f"aftersales_mail_{event}"] = False
                rma._announce(event, "two")
                self._told(0)

    def test_nobody_without_a_mailbox(self):
        self.customer.email = False
        self._request().action_approve()
        self._told(0)

    def test_old_data_is_taken_in_silently(self):
        rma = self._rma((self.move, 1)).with_context(tracking_disable=True)
        rma.action_approve()
        self._told(0)
        self.env["aftersales.rma"].create(
            {"partner_id": self.customer.id, "state": "approved"}
        )
        self._told(0)

    def test_a_broken_text_keeps_nothing_open(self):
        with (
            patch.object(
                AftersalesRmaMailMixin, "_send_by", side_effect=ValueError("broken")
            ),
            self.assertLogs("odoo.addons.aftersales_addon", "WARNING"),
        ):
            rma = self._request()
            self._told(0)
        self.assertEqual(rma.state, "requested")
        self.assertIn("broken", rma.sudo().message_ids[0].body)

    def test_many_at_once(self):
        order = self._sell([(self.sensor, 60)])
        move = order.order_line.move_ids

        def count(number):
            rmas = self.env["aftersales.rma"]
            for _index in range(number):
                rmas |= self._rma((move, 1)).with_context(tracking_disable=False)
            rmas._announce("requested")
            rmas.sudo().write({"state": "requested"})
            self.env.flush_all()
            before = self.cr.sql_log_count
            self._told(number)
            return self.cr.sql_log_count - before

        one = count(1)
        self.assertLess(count(40) - one, 40 * 12)

    def test_slip(self):
        rma = self._rma((self.move, 2))
        self.assertFalse(rma._has_slip())
        rma.action_approve()
        report = self.env["ir.actions.report"]
        html = report._render_qweb_html(
            "aftersales_addon.aftersales_rma_report_slip", rma.ids
        )[0].decode()
        for text in (rma.name, "Sensor", "Changed my mind", "data:image/png;base64"):
            self.assertIn(text, html)

    def test_number_on_the_slip_finds_return_and_receipt(self):
        rma = self._rma((self.move, 1))
        rma.action_approve()
        rma.tracking_ref = "TRACK-77"
        Rma = self.env["aftersales.rma"].with_user(self.user_agent_all)
        self.assertEqual(Rma.name_search("TRACK-77")[0][0], rma.id)
        pickings = self.env["stock.picking"].with_user(self.user_stock)
        found = pickings.search([("aftersales_rma_id", "ilike", rma.name)])
        self.assertEqual(found, rma.sudo().picking_ids)
        self.assertEqual(pickings.search([("origin", "=", rma.name)]), found)
