import base64
import re

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools.qr import qr_png
from .http_common import PortalCase

URL = "/aftersales/register"
PNG = base64.b64decode(qr_png("proof"))


@tagged("post_install", "-at_install")
class TestOwnerHttp(PortalCase):
    """The pages of the registration and of passing on, from outside."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.aftersales_registration = "automatic"
        cls.dealer = cls._make_partner(
            "Dealer", is_company=True, aftersales_is_reseller=True
        )
        cls.sold = cls._deliver_lock("SOLD-1", cls.dealer)

    def _token(self, path):
        page = self._get(path).text
        return re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)

    def _send(self, path=URL, files=None, **data):
        values = {
            "csrf_token": self._token(path),
            "company": str(self.company.id),
            "serial_number": "SOLD-1",
            "partner_name": "Eve",
            "email": "eve@example.com",
            **data,
        }
        return self.url_open(f"{URL}/send", data=values, files=files)

    def _last(self):
        return self.env["aftersales.registration"].search([], limit=1)

    # --- Registration ---

    def test_off(self):
        self.company.aftersales_registration = "off"
        self._get(URL, 404)

    def test_prefilled_by_the_code(self):
        key = self.env["aftersales.registration"]._sign_product(self.lock)
        page = self._get(f"{URL}?serial=SN%3Cb%3E&product={key}&company=abc").text
        self.assertIn('value="SN&lt;b&gt;"', page)
        self.assertIn(self.lock.display_name, page)
        page = self._get(f"{URL}?product={self.lock.id}-forged").text
        self.assertNotIn(self.lock.display_name, page)

    def test_guests_get_the_same_answer_whatever_is_known(self):
        answers = set()
        for number in ("SOLD-1", self.asset.serial_number, "NO-SUCH"):
            response = self._send(serial_number=number)
            self.assertEqual(response.status_code, 200)
            text = re.sub(r"csrf_token[^,]*,|\s+", " ", response.text)
            answers.add(re.search(r"o_aftersales_message.*?</div>", text).group(0))
            self.assertEqual(self._last().state, "unconfirmed")
        self.assertEqual(len(answers), 1)
        self.assertEqual(self.sold.partner_id, self.dealer)

    def test_guest_confirms_by_a_press_of_the_button(self):
        self._send()
        registration = self._last()
        path = registration._get_confirm_url().partition(URL)[2]
        page = self._get(f"{URL}{path}")
        self.assertEqual(registration.state, "unconfirmed", "a visit does not count")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text).group(1)
        response = self.url_open(f"{URL}{path}", data={"csrf_token": token})
        self.assertIn("Your product is registered", response.text)
        self.assertEqual(self.sold.partner_id.email, "eve@example.com")
        link = re.search(r'href="(/my/installed-products/[^"]+)"', response.text)
        page = self._get(link.group(1).replace("&amp;", "&"))
        self.assertTrue(self._is_page_of(page, self.sold))
        self._get(f"{URL}/confirm/nonsense", 404)

    def test_customer_who_is_logged_in(self):
        self._login(self.user_b)
        response = self._send(email="anna@example.com")
        self.assertIn("Your product is registered", response.text)
        registration = self._last()
        self.assertEqual(registration.partner_id, self.ben, "never a typed address")
        self.assertEqual(self.sold.partner_id, self.ben)

    def test_a_unit_of_somebody_else_is_not_told(self):
        self._login(self.user_b)
        taken = self._send(serial_number=self.asset.serial_number)
        unknown = self._send(serial_number="NO-SUCH")
        for response in (taken, unknown):
            self.assertIn("we look at it", response.text)
            self.assertNotIn("Weber", response.text)
        self.assertEqual(self.asset.commercial_partner_id, self.weber)

    def test_which_product(self):
        other = self._make_product("Other lock", "serial")
        lots = self._make_lots(other, "SOLD-1")
        other.aftersales_policy_ids = self.policy_24
        asset = self._assets(self._deliver(other, lots=lots, partner=self.dealer))
        self._login(self.user_b)
        page = self._send().text
        self.assertIn("Which product is it?", page)
        key = self.env["aftersales.registration"]._sign_product(other)
        action = re.search(r'action="(/aftersales/register/confirm/[^"]+)"', page)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
        response = self.url_open(
            action.group(1), data={"csrf_token": token, "product": key}
        )
        self.assertIn("Your product is registered", response.text)
        self.assertEqual(asset.partner_id, self.ben)

    def test_files(self):
        self._send(files=[("proof", ("receipt.png", PNG, "image/png"))])
        self.assertEqual(self._last().attachment_ids.mapped("name"), ["Proof 1.png"])
        count = self.env["aftersales.registration"].search_count([])
        for name, content in (
            ("page.png", b"<html><script>alert(1)</script></html>"),
            ("big.png", PNG + b"\x00" * (5 * 1024 * 1024)),
        ):
            response = self._send(files=[("proof", (name, content, "image/png"))])
            self.assertIn("invalid-feedback", response.text)
        many = [("proof", (f"{n}.png", PNG, "image/png")) for n in range(4)]
        self.assertIn("At most 3", self._send(files=many).text)
        self.assertEqual(self.env["aftersales.registration"].search_count([]), count)
        attachment = self._last().attachment_ids
        self.assertIn(
            self.url_open(f"/web/content/{attachment.id}").status_code, (403, 404)
        )

    def test_machines_and_forgeries(self):
        count = self.env["aftersales.registration"].search_count([])
        self.assertEqual(self._send(website="http://spam").status_code, 200)
        with mute_logger("odoo.http"):
            self.assertEqual(self._send(csrf_token="x").status_code, 400)
        for data in (
            {"serial_number": "\u202e"},
            {"serial_number": "x" * 65},
            {"email": "a@b.c\nBcc: d@e.f"},
        ):
            self.assertIn("invalid-feedback", self._send(**data).text)
        self.assertEqual(self.env["aftersales.registration"].search_count([]), count)

    def test_too_many_from_one_place(self):
        Registration = self.env["aftersales.registration"]
        Registration.create(
            [
                {
                    "serial_number": str(n),
                    "email": f"x{n}@example.com",
                    "visitor": Registration._hash_visitor("127.0.0.1"),
                }
                for n in range(30)
            ]
        )
        self.assertIn("too many", self._send().text)

    def test_own_unit_is_registered_by_one_press(self):
        self.policy_24.start_event = "registration"
        asset = self._deliver_lock("WAITS", self.anna)
        self.assertFalse(asset.warranty_end)
        path = f"/my/installed-products/{asset.id}"
        self._login(self.user_b)
        token = self._token(URL)
        self.url_open(f"{path}/register", data={"csrf_token": token})
        self.assertFalse(asset.date_registered, "not of somebody else")
        self._login(self.user_a)
        token = self._token(path)
        self.url_open(f"{path}/register", data={"csrf_token": token})
        self.assertTrue(asset.date_registered)
        self.assertTrue(asset.warranty_end)

    # --- Passing on ---

    def _ask(self, **data):
        values = {
            "csrf_token": self._token(f"{self.url}/pass-on"),
            "new_name": "Ben",
            "new_email": "ben@example.com",
            **data,
        }
        return self.url_open(f"{self.url}/pass-on", data=values)

    def test_owner_asks(self):
        self._login(self.user_a)
        response = self._ask(reason="<script>x</script>")
        self.assertIn("You have asked to pass it on", response.text)
        transfer = self.env["aftersales.transfer"].search([])
        self.assertEqual(transfer.asset_ids, self.asset)
        self.assertEqual(transfer.partner_from_id, self.weber)
        self.assertNotIn("new_email", self._get(f"{self.url}/pass-on").text)
        token = self._token(f"{self.url}/pass-on")
        self.url_open(f"{self.url}/pass-on/cancel", data={"csrf_token": token})
        self.assertEqual(transfer.state, "cancelled")

    def test_errors(self):
        self._login(self.user_a)
        for data in (
            {"new_name": " "},
            {"new_email": "no"},
            {"new_email": self.anna.email},
        ):
            self.assertIn("invalid-feedback", self._ask(**data).text)
        self.assertFalse(self.env["aftersales.transfer"].search([]))

    def test_not_of_somebody_else(self):
        self._login(self.user_b)
        response = self.url_open(f"{self.url}/pass-on", allow_redirects=False)
        self.assertEqual(response.status_code, 404)
        token = self._token(URL)
        self.url_open(
            f"{self.url}/pass-on",
            data={
                "csrf_token": token,
                "new_name": "Ben",
                "new_email": "x@example.com",
            },
        )
        self.assertFalse(self.env["aftersales.transfer"].search([]))

    def test_guests_with_the_link_do_not_pass_on(self):
        self.asset._ensure_tokens()
        query = f"access_token={self.asset.access_token}"
        page = self._get(f"{self.url}?{query}")
        self.assertNotIn("pass-on", page.text)
        response = self.url_open(f"{self.url}/pass-on?{query}", allow_redirects=False)
        self.assertIn("/web/login", response.headers.get("Location", ""))

    def test_after_the_change_of_hands(self):
        self.ben.email = "ben@example.com"
        self.asset._ensure_tokens()
        token = self.asset.access_token
        self.asset.message_post(body="Secret of A", subtype_xmlid="mail.mt_comment")
        transfer = self.asset._request_transfer(
            {"new_name": "Ben", "new_email": self.ben.email, "reason": ""}
        )
        transfer.action_approve()
        self._login(self.user_a)
        response = self.url_open(self.url, allow_redirects=False)
        self.assertEqual(response.status_code, 404)
        response = self.url_open(
            f"{self.url}?access_token={token}", allow_redirects=False
        )
        self.assertEqual(response.status_code, 404)
        self._login(self.user_b)
        page = self._get(self.url)
        self.assertTrue(self._is_page_of(page, self.asset))
        self.assertNotIn(self.order.name, page.text)
        self.assertNotIn("Weber", page.text)

    def test_the_page_shows_the_chain(self):
        new = self._deliver_lock("NEW-1", self.anna)
        self.asset._replace_with(new, self.company._aftersales_today())
        self._login(self.user_a)
        page = self._get(f"/my/installed-products/{new.id}").text
        self.assertIn("Replaces", page)
        self.assertIn("LK-1001 replaced by NEW-1", page)
        page = self._get(self.url).text
        self.assertIn(f'href="/my/installed-products/{new.id}"', page)
