"""Service cases on the portal: what customers see, do and send, and nobody else."""

import html
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .case_http_common import CASES, MP4, NEW, SCRIPT, CasePortalCase
from .portal_users_common import HTML, PNG


@tagged("post_install", "-at_install")
class TestCasePortal(CasePortalCase):
    # --- Who sees what ---

    def test_list(self):
        """Customers see the cases of their company, and no others."""
        self._case(name="Spam", partner_id=self.anna.id).action_spam()
        self._login(self.user_a)
        page = self._get(CASES).text
        self.assertIn(self.case_a.number, page)
        self.assertNotIn("Secret of Ben", page)
        self.assertNotIn("Spam", page)
        counters = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["service_case_count"]}
        )
        self.assertEqual(counters["service_case_count"], 1)
        for search in (self.case_a.number, "start", "Door", self.unit_a.serial_number):
            self.assertIn(
                self.case_a.number, self._get(f"{CASES}?search={search}").text
            )
        self.assertNotIn(self.case_a.number, self._get(f"{CASES}?search=xyz").text)
        self.assertNotIn(self.case_a.number, self._get(f"{CASES}?filterby=done").text)

    def test_list_bad_input(self):
        """Whatever the address says, there is a page."""
        self._login(self.user_a)
        for query in (
            "/page/999999999",
            "/page/0",
            "?sortby=id;drop&filterby=x&search_in=__class__",
            f"?search={SCRIPT}",
            "?search=%00%25_%5C",
        ):
            page = self._get(CASES + query).text
            self.assertNotIn(SCRIPT, page)
        with mute_logger("odoo.http"):
            for path in ("/x", "/-1", "/99999999999", "/1e3"):
                self.url_open(CASES + path)

    def test_strangers(self):
        """Nobody reads, changes or guesses another customer's case."""
        token_a = self.case_a._portal_ensure_token()
        token_b = self.case_b._portal_ensure_token()
        self.assertNotEqual(token_a, token_b)
        path = f"{CASES}/{self.case_b.id}"
        self._login(self.user_a)
        for query in ("", f"?access_token={token_a}", "?access_token=%C3%A9"):
            self.assertNotIn("Secret of Ben", self._get(path + query, 404).text)
        for button in ("close", "reopen", "rate"):
            self._press(self.case_b, button, rate="1")
            self._press(self.case_b, button, token=token_a, rate="1")
        self.assertEqual(self.case_b.state, "new")
        self.case_b.action_solve()
        for token in (None, token_a):
            self._press(self.case_b, "reopen", token=token)
            self._press(self.case_b, "rate", token=token, rate="1")
        self.assertEqual(self.case_b.state, "solved")
        self.assertFalse(self.case_b._get_own_rating())
        self.logout()
        for query in ("", f"?access_token={token_a}"):
            page = self._get(path + query)
            self.assertIn("/web/login", page.url)
        self.assertIn("Secret of Ben", self._get(f"{path}?access_token={token_b}").text)

    def test_page(self):
        """The page tells what is known, and nothing of ours."""
        self.case_a.write(
            {"resolution_note": "He dropped it", "reason_id": self.jammed}
        )
        self.case_a._message_log(body="Between us")
        self.case_a.description = f"<p>Hello {SCRIPT}</p>"
        self._login(self.user_a)
        page = self._get(self.case_a.access_url).text
        self.assertIn(self.unit_a.serial_number, page)
        self.assertIn(html.escape(self.unit_a.coverage_label), page)
        self.assertIn("It is jammed", page)
        for secret in ("He dropped it", "Between us", SCRIPT):
            self.assertNotIn(secret, page)

    # --- What customers do ---

    def test_close_reopen_rate(self):
        """A customer closes, rates and reopens; the last rating counts."""
        self._login(self.user_a)
        self._press(self.case_a, "rate", rate="5")
        self.assertFalse(self.case_a._get_own_rating())
        self._press(self.case_a, "close")
        self.assertEqual(self.case_a.state, "closed")
        self._press(self.case_a, "rate", rate="7", feedback="?")
        self.assertFalse(self.case_a._get_own_rating())
        for rate, text in (("5", "Quick"), ("1", f"Not solved {SCRIPT}")):
            self._press(self.case_a, "rate", rate=rate, feedback=text)
        rating = self.case_a._get_own_rating()
        self.assertEqual(rating.rating, 1)
        self.assertEqual(len(self.case_a.rating_ids), 1)
        self.assertEqual(rating.partner_id, self.anna)
        self.assertEqual(self.case_a.state, "closed")
        self.assertNotIn(SCRIPT, self._get(self.case_a.access_url).text)
        self._press(self.case_a, "reopen")
        self.assertEqual((self.case_a.state, self.case_a.reopen_count), ("open", 1))
        self._press(self.case_a, "reopen")
        self.assertEqual(self.case_a.reopen_count, 1)

    def test_too_late(self):
        """A case closed long ago is not taken up again; a cancelled one neither."""
        self.case_a._set_kind("closed")
        long_ago = fields.Datetime.now() - timedelta(days=self.team.reopen_days + 1)
        self.case_a.sudo().date_closed = long_ago
        self._login(self.user_a)
        self.assertNotIn('name="reopen"', self._get(self.case_a.access_url).text)
        self._press(self.case_a, "reopen")
        self.assertEqual(self.case_a.state, "closed")
        self.case_a._set_kind("cancelled")
        self._press(self.case_a, "reopen")
        self.assertEqual(self.case_a.state, "cancelled")

    def _write(self, case, text, **more):
        return self.make_jsonrpc_request(
            "/mail/message/post",
            {
                "thread_model": case._name,
                "thread_id": case.id,
                "post_data": {
                    "body": text,
                    "message_type": "comment",
                    "subtype_xmlid": "mail.mt_comment",
                },
                **more,
            },
        )

    def _check_author(self, text):
        said = self.case_a.message_ids.filtered(lambda m: text in (m.body or ""))
        self.assertEqual(said.author_id, self.anna)

    def test_conversation(self):
        """What is written on the portal is the customer writing."""
        self._answer(self.case_a)
        self.case_a.action_wait_customer()
        self._login(self.user_a)
        self._write(self.case_a, "Here you are")
        self._check_author("Here you are")
        self.assertEqual(self.case_a.state, "open")
        self.assertTrue(self.case_a.date_last_customer_message)
        self.assertEqual(self._clock(self.case_a, "next_response").state, "running")
        self.case_a.action_solve()
        self._write(self.case_a, "It is broken again")
        self.assertEqual((self.case_a.state, self.case_a.reopen_count), ("open", 1))

    def test_conversation_guest(self):
        """The link of a mail is enough to read, to write and to close."""
        token = self.case_a._portal_ensure_token()
        self.case_a.action_solve()
        path = f"{self.case_a.access_url}?access_token={token}"
        self.assertIn(self.case_a.number, self._get(path).text)
        self._write(self.case_a, "It is broken again", token=token)
        self._check_author("It is broken again")
        self.assertEqual(self.case_a.state, "open")
        self._press(self.case_a, "close", token=token)
        self.assertEqual(self.case_a.state, "closed")
        with mute_logger("odoo.http"):
            with self.assertRaises(Exception):  # noqa: B017 (refused, however)
                self._write(self.case_b, "Hello", token=token)
        self.assertEqual(self.case_b.state, "new")

    def test_conversation_unknown(self):
        """Who has the link to a case of nobody we know writes as whoever asked."""
        case = self._case(partner_id=False, email_from="who@example.com")
        case.action_solve()
        token = case._portal_ensure_token()
        self._write(case, "Again", token=token)
        self.assertEqual(case.state, "open")
        for button, state in (("close", "closed"), ("reopen", "open")):
            self._press(case, button, token=token)
            self.assertEqual(case.state, state)
        self._press(case, "close", token=token)
        self._press(case, "rate", token=token, rate="3")
        self.assertEqual(case._get_own_rating().rating, 3)

    # --- A new case ---

    def test_new(self):
        """A new case comes with all that was said, and is confirmed by mail."""
        template = self.env["mail.template"].create(
            {
                "name": "Confirmation",
                "model_id": self.env["ir.model"]._get_id("aftersales.case"),
                "subject": "We have {{ object.number }}",
                "partner_to": "{{ object.partner_id.id }}",
                "body_html": "<p>Thank you</p>",
            }
        )
        self.env["aftersales.team"].search([]).case_template_id = template
        self._login(self.user_a)
        page = self._ask(
            reason_id=self.jammed.id,
            description=f"Since Monday {SCRIPT}",
            files=[("crack.png", PNG), ("film.exe", MP4)],
        )
        case = self._cases()
        self.assertIn(case.number, page.text)
        self.assertNotIn(SCRIPT, page.text)
        self.assertEqual(
            (case.partner_id, case.asset_id, case.reason_id, case.channel, case.kind),
            (self.anna, self.unit_a, self.jammed, "portal", "technical"),
        )
        self.assertEqual(case.state, "new")
        self.assertTrue(case.team_id)
        message = case.message_ids.filtered("attachment_ids")
        self.assertEqual(
            set(message.attachment_ids.mapped("mimetype")), {"image/png", "video/mp4"}
        )
        self.assertEqual(message.author_id, self.anna)
        mails = self.env["mail.message"].search(
            [("model", "=", case._name), ("res_id", "=", case.id)]
        )
        self.assertIn(f"We have {case.number}", mails.mapped("subject"))

    def test_new_twice(self):
        """The button pressed twice makes one case."""
        self._login(self.user_a)
        data = {**self._read_form(NEW), "name": "Stuck", "description": "Always"}
        for _number in range(2):
            self.url_open(NEW, data=data)
        self.assertEqual(len(self._cases()), 1)

    def test_new_wrong(self):
        """What is refused is said, nothing is half done, and the text is kept."""
        self._login(self.user_a)
        typed = {"name": "It is stuck", "description": f'Since "Monday" {SCRIPT}'}
        for refused, message in (
            ({"files": [("photo.jpg", HTML)]}, "is no photo and no video"),
            ({"files": [("photo.jpg", PNG), ("x.png", HTML)]}, "is no photo"),
            ({"files": [("photo.jpg", b"\x89PNG" + HTML)]}, "is no photo"),
            ({"files": [("empty.png", b"")]}, "is no photo"),
            ({"files": [("x.svg", b"<svg onload='x'/>")]}, "is no photo"),
            ({"files": [("a.png", PNG)] * 11}, "At most 10 photos"),
            ({"files": [("a.jpg", PNG + b"0" * 11000000)]}, "10 MB"),
            ({"name": " "}, "Say in a few words"),
            ({"description": "x" * 5001}, "At most 5000"),
            ({"asset_id": self.unit_b.id}, "Choose one of your products"),
            ({"asset_id": "1 OR 1=1"}, "Choose one of your products"),
        ):
            page = html.unescape(self._ask(**{**typed, **refused}).text)
            self.assertIn(message, page)
            kept = {**typed, **refused}
            if kept["name"].strip():
                self.assertIn(f'value="{kept["name"]}"', page)
            self.assertIn(kept["description"], page)
            self.assertFalse(self._cases(), refused)
        self.assertFalse(
            self.env["ir.attachment"].search([("name", "ilike", "Photo 1")])
        )

    def test_new_too_large(self):
        """What is more than the platform takes elsewhere is refused in words, too."""
        self._login(self.user_a)
        page = self._ask(files=[("film.mp4", MP4 + bytes(130 * 1024 * 1024))])
        self.assertEqual(page.status_code, 200)
        self.assertIn("A video may have 50 MB at most", page.text)
        self.assertIn("it does not open", page.text)
        self.assertFalse(self._cases())

    def test_new_too_often(self):
        """Nobody floods the desk."""
        self._login(self.user_a)
        for _number in range(30):
            self._case(partner_id=self.anna.id, channel="portal")
        before = len(self._cases())
        self.assertIn("many cases today", self._ask().text)
        self.assertEqual(len(self._cases()), before)

    def test_new_of_unit(self):
        """From the page of a unit, with a log-in or by the link."""
        path = f"{self.unit_a.access_url}/help"
        token = self.unit_a._portal_ensure_token()
        self._login(self.user_b)
        self._get(path, 404)
        self.logout()
        self.assertIn("/web/login", self._get(path).url)
        other = self.unit_b._portal_ensure_token()
        self.assertIn("/web/login", self._get(f"{path}?access_token={other}").url)
        path = f"{path}?access_token={token}"
        self._ask(path, asset_id=self.unit_b.id)
        case = self._cases()
        self.assertEqual(case.asset_id, self.unit_a)
        self.assertEqual(case.partner_id, self.unit_a.partner_id)
        page = self._get(f"{self.unit_a.access_url}?access_token={token}").text
        self.assertIn(f"/help?access_token={token}", html.unescape(page))

    def test_new_of_order(self):
        """From the page of an order, about what it brought or about itself."""
        order = self._sell([(self.lock, 1)], self.anna)
        self._login(self.user_b)
        path = f"/my/orders/{order.id}/help"
        self._get(path, 404)
        self._login(self.user_a)
        self.assertIn(path, self._get(order.access_url).text)
        self.assertNotIn(self.unit_a.serial_number, self._get(path).text)
        self._ask(path, asset_id="")
        case = self._cases()
        self.assertEqual((case.sale_order_id, case.kind), (order, "question"))

    def test_query_count(self):
        """The list costs the same, however many cases there are."""
        self._login(self.user_a)
        for _number in range(2):
            self._get(CASES)
        counts = []
        for number in (0, 50):
            for _index in range(number):
                self._case(partner_id=self.anna.id, asset_id=self.unit_a.id)
            self.env.flush_all()
            self.env.invalidate_all()
            self.env.cr.execute("SELECT 1")
            before = self.cr.sql_log_count
            self._get(CASES)
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3)
