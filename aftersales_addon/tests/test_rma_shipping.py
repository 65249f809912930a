"""Labels, tracking numbers and the address where the goods are picked up."""

import base64
import io
import re
from itertools import pairwise

from PIL import Image
from reportlab.graphics.barcode import code128

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .portal_users_common import HTML, PNG
from .rma_http_common import RETURNS, RmaHttpCase

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
# Widths of bars and gaps, and what they mean.
CODES = {
    "".join(str(ord(x.lower()) - ord("a") + 1) for x in letters): value
    for value, letters in code128._patterns.items()
}
START, TO_C, TO_B, STOP = {104: "B", 105: "C"}, 99, 100, 106


def read_code128(image):
    """Return what a scanner reads along the middle of a picture of a barcode."""
    middle = image.height // 2
    pixels = [image.getpixel((x, middle)) < 128 for x in range(image.width)]
    edges = [at for at in range(1, image.width) if pixels[at] != pixels[at - 1]]
    runs = [end - start for start, end in pairwise(edges)]
    modules = (len(runs) - 7) // 6 * 11 + 13
    module = sum(runs) / modules
    widths = "".join(str(round(run / module)) for run in runs)
    symbols = [widths[at : at + 6] for at in range(0, len(widths) - 7, 6)]
    values = [CODES[symbol] for symbol in symbols]
    assert CODES[widths[-7:]] == STOP
    *data, check = values
    weighted = sum(max(at, 1) * value for at, value in enumerate(data))
    assert check == weighted % 103, "the check digit"
    code, text = START[data[0]], ""
    for value in data[1:]:
        if value == TO_C and code == "B":
            code = "C"
        elif value == TO_B and code == "C":
            code = "B"
        else:
            text += f"{value:02d}" if code == "C" else chr(value + 32)
    return text


@tagged("post_install", "-at_install")
class TestRmaShipping(RmaHttpCase):
    def setUp(self):
        super().setUp()
        self.rma = self._rma((self.move, 2), partner_id=self.anna.id)
        self.rma.action_request()
        self.url = f"{RETURNS}/{self.rma.id}"

    def _set_label(self, content=PDF, rma=None):
        rma = rma or self.rma
        rma.write({"return_label": base64.b64encode(content)})

    def _token(self):
        return f"?access_token={self.rma._portal_ensure_token()}"

    # --- Label ---

    def test_label_on_the_page(self):
        self._set_label()
        self._login(self.user_a)
        self.assertNotIn('name="label"', self._get(self.url).text, "not approved yet")
        self.assertEqual(
            self._get(f"{self.url}/label").headers["Content-Type"],
            "text/html; charset=utf-8",
        )
        self.rma.action_approve()
        self.assertIn('name="label"', self._get(self.url).text)
        label = self._get(f"{self.url}/label")
        self.assertEqual(label.content, PDF)
        self.assertEqual(label.headers["Content-Type"], "application/pdf")
        self.assertIn("attachment", label.headers["Content-Disposition"])
        self._login(self.user_b)
        self._get(f"{self.url}/label", 404)

    def test_label_by_the_link_only(self):
        self._set_label(PNG)
        self.rma.action_approve()
        self.assertIn("/web/login", self._get(f"{self.url}/label").url)
        wrong = self._get(f"{self.url}/label?access_token=x")
        self.assertIn("/web/login", wrong.url)
        label = self._get(f"{self.url}/label{self._token()}")
        self.assertEqual(label.content, PNG)
        self.assertIn(".png", label.headers["Content-Disposition"])

    def test_what_is_not_a_label(self):
        for content in (HTML, b"MZ\x90\x00", b"text"):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self._set_label(content)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._set_label(PDF + b"0" * 10 * 1024 * 1024)

    def test_label_goes_with_the_approval(self):
        self._set_label()
        self.rma.action_approve()
        names = self.rma._make_label().mapped("name")
        self.assertEqual(
            names, [f"Shipping label {self.rma.name.replace('/', '-')}.pdf"]
        )
        self.rma.line_ids.is_kept = True
        self.assertFalse(self.rma._make_label(), "nothing is sent")

    # --- Tracking ---

    def test_tracking_in_both_directions(self):
        self.rma.action_approve()
        self.rma.write(
            {
                "tracking_ref": "IN-1",
                "tracking_ref_out": "OUT-1",
                "tracking_url_out": "https://carrier.example/OUT-1",
            }
        )
        self._login(self.user_a)
        page = self._get(self.url).text
        for text in ("IN-1", "OUT-1", 'href="https://carrier.example/OUT-1"'):
            self.assertIn(text, page)
        for url in ("javascript:alert(1)", "carrier.example", "http://", "//x/y"):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.rma.tracking_url = url

    def test_number_typed_by_the_customer(self):
        self.rma.action_approve()
        form = self._read_form(self.url + self._token())
        self._post(f"{self.url}/tracking", {**form, "tracking_ref": "GUEST-1"})
        self.assertEqual(self.rma.tracking_ref, "GUEST-1")
        self._login(self.user_b)
        form = self._read_form("/my/account")
        self._post(f"{self.url}/tracking", {**form, "tracking_ref": "BEN"})
        self.assertEqual(self.rma.tracking_ref, "GUEST-1")

    # --- Pick-up address ---

    def _address(self, parent, **vals):
        return self.env["res.partner"].create(
            {
                "name": "Depot",
                "parent_id": parent.id,
                "type": "delivery",
                "street": "Harbour Road 5",
                **vals,
            }
        )

    def _choose(self, address):
        form = self._read_form(self.url)
        if "csrf_token" not in form:
            form = self._read_form("/my/account")
        address_id = address if isinstance(address, str) else address.id
        return self._post(f"{self.url}/address", {**form, "address_id": address_id})

    def test_own_addresses_only(self):
        depot = self._address(self.weber)
        foreign = self._address(self.ben, street="Elsewhere 1")
        old = self._address(self.weber, street="Gone 1", active=False)
        before = self.rma.partner_shipping_id
        self._login(self.user_a)
        page = self._get(self.url).text
        self.assertIn("Harbour Road 5", page)
        self.assertNotIn("Elsewhere 1", page)
        self.assertNotIn("Gone 1", page)
        for address in (foreign, old, "x", "", "99999999"):
            self.assertIn("cannot be changed", self._choose(address).text)
        self.assertEqual(self.rma.partner_shipping_id, before)
        self.rma.action_approve()
        self._choose(depot)
        self.assertEqual(self.rma.partner_shipping_id, depot)
        self.assertEqual(self.rma.sudo().picking_ids.partner_id, depot)
        self._login(self.user_b)
        self._post(
            f"{self.url}/address",
            {**self._read_form("/my/account"), "address_id": before.id},
        )
        self.assertEqual(self.rma.partner_shipping_id, depot)

    def test_address_with_the_link_only(self):
        """Who has no account sees the address of the return, and no others."""
        self._address(self.weber)
        page = self._get(self.url + self._token()).text
        self.assertNotIn("Harbour Road 5", page)
        form = self._read_form(self.url + self._token())
        response = self._post(f"{self.url}/address", {**form, "address_id": "1"})
        self.assertIn("/web/login", response.url)

    def test_address_once_it_is_too_late(self):
        depot = self._address(self.weber)
        self.rma.action_approve()
        self._login(self.user_a)
        self._set_label()
        self.assertNotIn("Harbour Road 5", self._get(self.url).text)
        self._choose(depot)
        self.rma.return_label = False
        self._receive(self.rma, 1)
        self._choose(depot)
        self.assertNotEqual(self.rma.partner_shipping_id, depot)

    # --- Slip ---

    def test_barcode_of_the_slip_scans(self):
        """The bars are a valid Code 128 of the number, with its check digit."""
        self.rma.action_approve()
        content = self.env["ir.actions.report"].barcode(
            "Code128", self.rma.name, width=1200, height=200
        )
        image = Image.open(io.BytesIO(content)).convert("L")
        self.assertEqual(read_code128(image), self.rma.name)
        html = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_addon.aftersales_rma_report_slip", self.rma.ids
        )[0]
        pictures = re.findall(rb"data:image/png;base64,([^\"' ]+)", html)
        drawn = [Image.open(io.BytesIO(base64.b64decode(x))) for x in pictures]
        [slip] = [image for image in drawn if image.width == 1200]
        self.assertEqual(read_code128(slip.convert("L")), self.rma.name)
