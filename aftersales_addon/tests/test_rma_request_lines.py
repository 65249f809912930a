"""Each line of a request may have its own reason, wish and photos."""

from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .portal_users_common import HTML, PNG
from .rma_http_common import RmaHttpCase


@tagged("post_install", "-at_install")
class TestRmaRequestLines(RmaHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.siren = cls._make_product("Siren", "none")
        cls.broken = cls.env["aftersales.reason"].create(
            {"name": "Arrived broken", "photo_required": True}
        )
        cls.two = cls._sell([(cls.sensor, 2), (cls.siren, 1)], partner=cls.anna)
        cls.first, cls.second = cls.two.order_line.move_ids.sorted("id")
        cls.path = f"/my/orders/{cls.two.id}/return"

    def setUp(self):
        super().setUp()
        self._login(self.user_a)

    def _key(self, name, move):
        return f"{name}_{move.id}-0"

    def _both(self, files=(), **post):
        data = self._read_form(self.path)
        data |= {"reason_id": self.reason.id, "remedy": "refund"}
        data |= {self._key("qty", self.first): "2", self._key("qty", self.second): "1"}
        return self.url_open(self.path, data={**data, **post}, files=files or None)

    def test_one_for_all(self):
        page = self._get(self.path).text
        self.assertEqual(page.count('name="own"'), 2)
        self._both()
        lines = self._rmas().line_ids
        self.assertEqual(lines.mapped("remedy"), ["refund"] * 2)
        self.assertEqual(lines.reason_id, self.reason)

    def test_nothing_more_for_a_single_line(self):
        path = f"/my/orders/{self.order.id}/return"
        self.assertNotIn('name="own"', self._get(path).text)

    def test_each_its_own(self):
        self._both(
            [
                (self._key("photos", self.second), ("a.png", PNG)),
                (self._key("photos", self.second), ("b.png", PNG)),
                ("photos", ("all.png", PNG)),
            ],
            **{
                self._key("reason", self.second): self.broken.id,
                self._key("remedy", self.second): "replacement",
            },
        )
        rma = self._rmas()
        by_product = {line.product_id: line for line in rma.line_ids}
        sensor, siren = by_product[self.sensor], by_product[self.siren]
        self.assertEqual((sensor.reason_id, sensor.remedy), (self.reason, "refund"))
        self.assertEqual((siren.reason_id, siren.remedy), (self.broken, "replacement"))
        self.assertEqual((len(sensor.photo_ids), len(siren.photo_ids)), (0, 2))
        self.assertTrue(all("Siren" in name for name in siren.photo_ids.mapped("name")))
        message = rma.sudo().message_ids.filtered("attachment_ids")
        self.assertEqual(len(message.attachment_ids), 3)
        self.assertEqual(message.author_id, self.anna)

    def test_photo_of_the_only_line(self):
        path = f"/my/orders/{self.order.id}/return"
        self._ask(path, [("x.png", PNG)], **{self.field: "1"})
        self.assertEqual(len(self._rmas().line_ids.photo_ids), 1)

    def test_no_common_reason_when_each_has_one(self):
        own = {
            self._key(name, move): value
            for move in (self.first, self.second)
            for name, value in (("reason", self.reason.id), ("remedy", "repair"))
        }
        self._both(reason_id="", remedy="", **own)
        self.assertEqual(self._rmas().line_ids.mapped("remedy"), ["repair"] * 2)

    def test_wrong_choices(self):
        strict = self.env["aftersales.return.policy"].create(
            {"name": "No exchange", "window_days": 0, "allow_exchange": False}
        )
        self.siren.aftersales_return_policy_id = strict
        foreign = self.env["res.company"].create({"name": "Elsewhere"})
        reason = self.env["aftersales.reason"].create(
            {"name": "Theirs", "company_id": foreign.id}
        )
        reason_key = self._key("reason", self.second)
        remedy_key = self._key("remedy", self.second)
        for post in (
            {reason_key: "x"},
            {reason_key: reason.id},
            {remedy_key: "x"},
            {remedy_key: "exchange"},
            {"remedy": "exchange"},
            {reason_key: self.broken.id},
            {"reason_id": ""},
        ):
            page = self._both(**post).text
            self.assertIn('name="errors"', page, post)
        self.assertFalse(self._rmas())
        self._both(**{"remedy": "exchange", remedy_key: "refund"})
        self.assertEqual(
            set(self._rmas().line_ids.mapped("remedy")), {"exchange", "refund"}
        )

    def test_more_than_a_request_may_carry(self):
        """A photo of 200 MB: refused before it is read, and nothing is stored."""
        data = self._read_form(self.path)
        data |= {"reason_id": self.reason.id, "remedy": "refund"}
        data[self._key("qty", self.first)] = "1"
        files = [("photos", ("x.png", PNG * 100))]
        with (
            patch("odoo.http.DEFAULT_MAX_CONTENT_LENGTH", 3000),
            mute_logger("odoo.http"),
        ):
            answer = self.url_open(self.path, data=data, files=files)
        self.assertEqual(answer.status_code, 413)
        self.assertIn("Too Large", answer.text)
        self.assertFalse(self._rmas())

    def test_photos_of_a_line_are_checked(self):
        name = self._key("photos", self.second)
        page = self._both([(name, ("x.jpg", HTML))]).text
        self.assertIn("Send photos only", page)
        files = [(name, ("x.png", PNG))] * 6 + [("photos", ("x.png", PNG))] * 6
        self.assertIn("At most 10 photos", self._both(files).text)
        self.assertFalse(self._rmas())
        # What is sent for a row that does not exist is not stored.
        self._both([("photos_99-0", ("x.png", PNG))])
        self.assertFalse(self._rmas().sudo().message_ids.attachment_ids)
