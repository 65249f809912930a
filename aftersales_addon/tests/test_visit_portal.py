"""Customers choose, move and cancel visits, agree to prices, and ask for visits."""

from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..models import aftersales_visit_change_mixin as change_mixin
from .contract_http_common import ContractPortalCase
from .portal_users_common import PNG

NOW = datetime(2026, 6, 15, 8)


class VisitPortalCase(ContractPortalCase):
    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time(NOW))
        (self.contract_a | self.contract_b).write({"date_start": "2026-06-01"})
        (self.contract_a | self.contract_b).action_start()
        planned = (self.contract_a | self.contract_b).visit_ids
        planned._write_state(state="cancelled")
        self.visit = self._visit(
            contract_id=self.contract_a.id,
            units=self.unit_a,
            date_planned="2026-06-20",
        )
        self.url = self.visit.access_url
        # What is free is tested with the planning.
        self.free = [NOW + timedelta(days=n, hours=1) for n in range(20)]
        self.startPatcher(
            patch.object(
                type(self.visit),
                "_get_free_slots",
                lambda visit, first, last, limit: self._get_free(visit, first, last),
                create=True,
            )
        )
        self.technicians = self.user_technician

    def _get_free(self, visit, first, last):
        return [
            (start, start + timedelta(hours=2), user)
            for start in self.free
            for user in self.technicians
            if first <= start.date() <= last
        ]

    def _messages(self, visit=None):
        return " ".join((visit or self.visit).message_ids.mapped("body"))


@tagged("post_install", "-at_install")
class TestVisitChange(VisitPortalCase):
    def _choose(self, start, token=""):
        return self._post(f"{self.url}/time{token}", slot=str(start))

    def test_choose_and_move(self):
        self._login(self.user_a)
        self.assertIn('name="choose_time"', self._get(self.url).text)
        page = self._get(f"{self.url}/time").text
        # Not within a day from now: then it is too late.
        self.assertNotIn(f'value="{self.free[0]}"', page)
        self.assertIn(f'value="{self.free[3]}"', page)
        page = self._choose(self.free[3]).text
        self.assertIn("Your appointment is fixed", page)
        self.assertEqual(
            (self.visit.state, self.visit.date_start, self.visit.user_id),
            ("scheduled", self.free[3], self.user_technician),
        )
        self.assertIn("I have chosen this time", self._messages())
        self._choose(self.free[5])
        self.assertEqual(self.visit.date_start, self.free[5])
        self.assertIn("I have moved the appointment", self._messages())
        own = self.visit.message_ids.filtered(lambda m: "moved" in (m.body or ""))
        self.assertEqual(own.author_id, self.anna)

    def test_taken_meanwhile(self):
        """Somebody else was quicker: new times are shown, with a clear word."""
        self._login(self.user_a)
        form = self._read_form(f"{self.url}/time")
        taken = self.free.pop(3)
        page = self.url_open(f"{self.url}/time", data={**form, "slot": str(taken)}).text
        self.assertIn("This time is not free any more", page)
        self.assertIn(f'value="{self.free[3]}"', page)
        for odd in ("", "x", "9999", "\x00", str(NOW)):
            page = self._post(f"{self.url}/time", slot=odd).text
            self.assertIn('name="error"', page)
        self.assertEqual(self.visit.state, "planned")

    def test_too_late(self):
        """Shortly before, people call."""
        self._login(self.user_a)
        form = self._read_form(self.url)
        self.company.phone = "0123 456"
        self.visit._set_scheduled(NOW + timedelta(hours=23), NOW + timedelta(hours=24))
        page = self._get(self.url).text
        self.assertIn("Please call us: 0123 456", page)
        for name in ("choose_time", "cancel"):
            self.assertNotIn(f'name="{name}"', page)
        page = self._get(f"{self.url}/time")
        self.assertIn("Less than 24 hours", page.text)
        self.assertFalse(page.url.endswith("/time"))
        self.url_open(f"{self.url}/cancel", data=form)
        self.assertEqual(self.visit.state, "scheduled")
        self.company.aftersales_visit_change_hours = 22
        self.assertIn('name="choose_time"', self._get(self.url).text)

    def test_not_offered(self):
        self._login(self.user_a)
        form = self._read_form(f"{self.url}/time")
        self.company.aftersales_visit_self_service = False
        page = self._get(self.url).text
        self.assertNotIn('name="choose_time"', page)
        data = {**form, "slot": str(self.free[3])}
        self.url_open(f"{self.url}/time", data=data)
        self.assertEqual(self.visit.state, "planned")

    def test_cancel(self):
        self._login(self.user_a)
        self._get(f"{self.url}/cancel", 405)
        form = self._read_form(self.url)
        page = self._post(f"{self.url}/cancel", self.url, reason="Holidays").text
        self.assertIn("Cancelled", page)
        self.assertEqual(self.visit.state, "cancelled")
        self.assertIn("Holidays", self._messages())
        # Nothing follows a second time.
        page = self.url_open(f"{self.url}/cancel", data=form).text
        self.assertIn("cannot be changed any more", page)

    def test_too_often(self):
        self._login(self.user_a)
        with patch.object(change_mixin, "MAX_CHANGES", 2):
            for number in (3, 4):
                self._choose(self.free[number])
            self.assertIn("changed this visit often", self._choose(self.free[5]).text)
        self.assertEqual(self.visit.date_start, self.free[4])

    def test_others(self):
        """Nobody changes another customer's visit, and no form comes from elsewhere."""
        self._login(self.user_b)
        own = self._visit(contract_id=self.contract_b.id, date_planned="2026-06-25")
        form = self._read_form(own.access_url)
        for step in ("time", "cancel", "price"):
            data = {**form, "slot": str(self.free[3]), "answer": "yes"}
            answer = self.url_open(f"{self.url}/{step}", data=data)
            self.assertEqual(answer.status_code, 404, step)
        self._get(f"{self.url}/ics", 404)
        self._login(self.user_a)
        for step in ("time", "cancel", "price"):
            with self.assertLogs("odoo.http", "WARNING"):
                answer = self.url_open(f"{self.url}/{step}", data={"slot": "x"})
            self.assertEqual(answer.status_code, 400)
        self.assertEqual(self.visit.state, "planned")

    def test_by_the_link(self):
        token = self._token(self.visit)
        self._choose(self.free[3], token)
        self.assertEqual(self.visit.state, "scheduled")
        own = self.visit.message_ids.filtered(lambda m: "chosen" in (m.body or ""))
        self.assertEqual(own.author_id, self.visit.partner_id)
        ics = self._get(f"{self.url}/ics{token}")
        self.assertIn("text/calendar", ics.headers["Content-Type"])
        self.assertIn("DTSTART:20260618T090000Z", ics.text)
        self.assertIn("/web/login", self._get(f"{self.url}/ics").url)

    def test_one_technician_once(self):
        """Whoever takes a time writes the technician's row: one at a time."""
        self._login(self.user_a)
        name = "_hold_technician"
        with patch.object(type(self.visit), name, autospec=True) as hold:
            self._choose(self.free[3])
        self.assertEqual(hold.call_args[0][1], self.user_technician)


@tagged("post_install", "-at_install")
class TestVisitPrice(VisitPortalCase):
    def setUp(self):
        super().setUp()
        self.service = self.contract_a.service_ids[1]
        self.service.write({"price_unit": 120, "product_id": self.fee.id})
        self.visit.line_ids.service_id = self.service
        self.contract_a.price_basis = "visit"

    def _answer(self, answer, **data):
        return self._post(f"{self.url}/price", self.url, answer=answer, **data)

    def test_agree(self):
        self.visit.with_user(self.user_agent).action_ask_agreement()
        self.assertEqual(
            (self.visit.agreement, self.visit.agreed_amount), ("asked", 120)
        )
        mail = self.env["mail.mail"].search([("subject", "ilike", self.visit.number)])
        self.assertIn(self.visit.access_token, mail.body_html)
        self._login(self.user_a)
        page = self._get(self.url).text
        self.assertIn("120.00", page)
        self.assertNotIn('name="choose_time"', page)
        self.assertIn("Waiting for your agreement", page)
        page = self._answer("yes").text
        self.assertIn('data-state="given"', page)
        self.assertIn('name="choose_time"', page)
        self.assertEqual(
            (self.visit.agreement, self.visit.agreed_by), ("given", "Anna Weber")
        )
        self._answer("no", shown="120.000000")
        self.assertEqual(self.visit.agreement, "given")

    def test_refuse(self):
        self.visit.user_id = self.user_technician
        self.visit.action_ask_agreement()
        self._login(self.user_a)
        self._answer("no")
        self.assertEqual(self.visit.agreement, "refused")
        self.assertEqual(self.visit.state, "planned")
        self.assertTrue(self.visit.activity_ids)

    def test_nobody_works_for_a_price_that_was_refused(self):
        self.visit.user_id = self.user_technician
        self.visit.action_ask_agreement()
        self._login(self.user_a)
        self._answer("no")
        visit = self.visit.with_user(self.user_technician)
        with self.assertRaisesRegex(UserError, "did not agree to the price"):
            visit.action_begin()
        with self.assertRaises(AccessError):
            self.visit.with_user(self.user_a).action_note_agreement()
        visit.action_note_agreement()
        visit.action_begin()
        self.assertEqual(visit.state, "in_progress")

    def test_another_price(self):
        """Who read another price has not agreed to this one."""
        self.visit.action_ask_agreement()
        self._login(self.user_a)
        for odd in ({"shown": "1"}, {"shown": "\x00"}):
            page = self._answer("yes", **odd).text
            self.assertIn("The price has changed", page)
        self._answer("maybe")
        self.assertEqual(self.visit.agreement, "asked")

    def test_by_phone(self):
        self.visit.action_ask_agreement()
        self.visit.with_user(self.user_agent).action_note_agreement()
        self.assertEqual(self.visit.agreement, "given")


@tagged("post_install", "-at_install")
class TestVisitRequest(VisitPortalCase):
    def setUp(self):
        super().setUp()
        self.service = self.contract_a.service_ids[1]
        self.service.write({"price_unit": 120, "product_id": self.fee.id})
        self.form_url = f"{self.contract_a.access_url}/visit"

    def _ask(self, files=(), url=None, **data):
        data = {
            "service_id": self.service.id,
            "line_id": self.contract_a._get_request_lines().id,
            "description": "It rattles\nsince Monday",
            **data,
        }
        return self._post(url or self.form_url, files=files, **data)

    def _visits(self):
        return self.contract_a.visit_ids.filtered(
            lambda v: v != self.visit and v.state != "cancelled"
        )

    def test_included(self):
        self._login(self.user_a)
        self.assertIn('name="ask_visit"', self._get(self.contract_a.access_url).text)
        self.assertIn("1 visit is left", self._get(self.form_url).text)
        page = self._ask(files=[("a.png", PNG)], day="2026-06-20").text
        self.assertIn("Your request has arrived", page)
        visit = self._visits()
        self.assertEqual(str(visit.date_planned), "2026-06-20")
        self.assertEqual(visit.line_ids.asset_id, self.unit_a)
        self.assertEqual(visit.line_ids.service_id, self.service)
        self.assertEqual((visit.partner_id, visit.agreement), (self.anna, "none"))
        self.assertEqual(visit.message_ids.attachment_ids.mimetype, "image/png")
        self.assertTrue(visit.activity_ids)

    def test_charged(self):
        """After the quota the price is shown, and the customer agrees to it."""
        self._login(self.user_a)
        self._ask()
        page = self._get(self.form_url).text
        self.assertIn("120.00", page)
        page = self._ask().text
        self.assertIn("Please agree to it", page)
        page = self._ask(agreed=f"{self.service.id}:1.000000").text
        self.assertIn("Please agree to it", page)
        self.assertEqual(len(self._visits()), 1)
        self._ask(agreed=f"{self.service.id}:120.000000")
        visit = self._visits().sorted("id")[-1:]
        self.assertEqual((visit.agreement, visit.agreed_amount), ("given", 120))
        self.assertEqual(visit.agreed_by, "Anna Weber")

    def test_twice(self):
        self._login(self.user_a)
        form = self._read_form(self.form_url)
        for _click in range(2):
            self._ask(request_key=form["request_key"])
        self.assertEqual(len(self._visits()), 1)

    def test_bad_input(self):
        self._login(self.user_a)
        other = self.contract_b.service_ids[1]
        for odd in (
            {"service_id": other.id},
            {"service_id": self.contract_a.service_ids[0].id},
            {"line_id": self.contract_b.line_ids[-1].id},
            {"line_id": ""},
            {"description": " "},
            {"description": "x" * 2001},
            {"day": "yesterday"},
            {"day": "2026-06-14"},
            {"day": "2099-01-01"},
        ):
            self.assertIn('name="errors"', self._ask(**odd).text, odd)
        page = self._ask(files=[("a.png", b"<html></html>")]).text
        self.assertIn('name="errors"', page)
        self.assertFalse(self._visits())

    def test_too_often(self):
        self._login(self.user_a)
        self.service.quota = 0
        for _number in range(10):
            self._ask()
        self.assertIn("many visits today", self._ask().text)
        self.assertEqual(len(self._visits()), 10)

    def test_others(self):
        self._login(self.user_b)
        self._get(self.form_url, 404)
        form = self._read_form(f"{self.contract_b.access_url}/visit")
        answer = self.url_open(self.form_url, data=form)
        self.assertEqual(answer.status_code, 404)
        self._login(self.user_a)
        self.contract_a._write_state(state="paused")
        page = self._get(self.form_url)
        self.assertIn("No visit can be asked for", page.text)
        self.logout()
        self.contract_a._write_state(state="running")
        self._ask(url=self.form_url + self._token(self.contract_a))
        self.assertEqual(self._visits().partner_id, self.anna)

    def test_plan_is_not_in_the_way(self):
        """What was asked for stays when the contract is planned anew."""
        self._login(self.user_a)
        self._ask()
        visit = self._visits()
        self.contract_a._plan_visits()
        self.contract_a.line_ids = [
            Command.create({"name": "x", "asset_id": self._unit(partner=self.anna).id})
        ]
        self.contract_a._plan_visits()
        self.assertEqual(visit.state, "planned")
