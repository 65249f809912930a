"""Labels and tracking of a carrier, on the return and on the customer's page."""

import json
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.aftersales_addon.tests.rma_common import RmaCommon

LABEL = b"%PDF-1.4\n% a label\n%%EOF\n"


@tagged("post_install", "-at_install")
class TestDelivery(RmaCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.return_policy.write({"window_days": 0, "shipping_payer": "company"})
        product = cls.env["product.product"].create(
            {"name": "Parcel", "type": "service"}
        )
        cls.carrier = cls.env["delivery.carrier"].create(
            {
                "name": "Swift",
                "delivery_type": "fixed",
                "product_id": product.id,
                "tracking_url": "https://swift.example/<shipmenttrackingnumber>",
            }
        )
        cls.order = cls._sell([(cls.sensor, 2)], carrier_id=cls.carrier.id)
        cls.move = cls.order.order_line.move_ids.filtered("quantity")
        cls.move.picking_id.carrier_id = cls.carrier
        cls.ordered = []

    def setUp(self):
        super().setUp()
        self.labels = [LABEL]
        self.price = 6.5
        Carrier = type(self.env["delivery.carrier"])
        ordered, case = self.ordered, self

        def get_return_label(carrier, pickings, _number=None, _date=None):
            ordered.append(pickings)
            for index, content in enumerate(case.labels):
                name = f"{carrier.get_return_label_prefix()}-{index}.pdf"
                pickings.message_post(attachments=[(name, content)])
            pickings.carrier_price = case.price
            pickings.carrier_tracking_ref = "BACK-1"

        def can(carriers):
            carriers.can_generate_return = True

        self.ordered.clear()
        for patcher in (
            patch.object(
                Carrier, "fixed_get_return_label", get_return_label, create=True
            ),
            patch.object(Carrier, "_compute_can_generate_return", can),
        ):
            self.startPatcher(patcher)
        self.env.invalidate_all()

    def _requested(self, **vals):
        rma = self._rma((self.move, 1), **vals)
        rma.action_request()
        return rma

    def test_label_by_the_button(self):
        rma = self._requested()
        with self.assertRaises(UserError):
            rma.action_make_label()
        rma.action_approve()
        self.assertFalse(self.ordered, "not by itself")
        self.assertEqual(rma.sudo().return_carrier_id, self.carrier)
        self.assertTrue(rma.can_make_label)
        rma.action_make_label()
        receipt = rma.sudo().picking_ids
        self.assertEqual(self.ordered, [receipt])
        self.assertEqual(rma._get_label_content(), LABEL)
        self.assertEqual(rma.cost_shipping, 6.5)
        self.env.invalidate_all()
        self.assertFalse(rma.can_make_label)
        [parcel] = rma._get_tracking()
        self.assertEqual(
            (parcel["direction"], parcel["number"], parcel["carrier"], parcel["url"]),
            ("in", "BACK-1", "Swift", "https://swift.example/BACK-1"),
        )

    def test_label_with_the_approval(self):
        self.carrier.get_return_label_from_portal = True
        rma = self._requested()
        rma.action_approve()
        self.assertTrue(rma._has_label())
        self.assertEqual(rma._make_label().raw, LABEL)

    def test_who_pays_the_way_back_orders_the_label(self):
        self.carrier.get_return_label_from_portal = True
        self.return_policy.shipping_payer = "customer"
        self._requested().action_approve()
        self.assertFalse(self.ordered)

    def test_a_carrier_that_refuses(self):
        self.carrier.get_return_label_from_portal = True
        for labels in ([], [b"<html></html>"]):
            self.labels = labels
            rma = self._requested(user_id=self.user_agent_all.id)
            rma.action_approve()
            self.assertEqual(rma.state, "approved")
            self.assertFalse(rma._has_label())
            activity = rma.sudo().activity_ids
            self.assertEqual(activity.user_id, self.user_agent_all)
            with self.assertRaises(UserError), self.cr.savepoint():
                rma.action_make_label()
            rma.action_cancel()

    def test_several_parcels(self):
        import io

        from odoo.tools.pdf import PdfFileReader, PdfFileWriter

        writer, stream = PdfFileWriter(), io.BytesIO()
        writer.addBlankPage(100, 100)
        writer.write(stream)
        self.labels = [stream.getvalue()] * 2
        rma = self._requested()
        rma.action_approve()
        rma.action_make_label()
        merged = PdfFileReader(io.BytesIO(rma._get_label_content()), strict=False)
        self.assertEqual(merged.getNumPages(), 2)

    def test_label_that_came_with_the_delivery(self):
        name = f"{self.carrier.get_return_label_prefix()}-out.pdf"
        self.move.picking_id.message_post(attachments=[(name, LABEL)])
        first, second = self._requested(), self._requested()
        first.action_approve()
        first.action_make_label()
        self.assertFalse(self.ordered, "used as it is")
        self.assertEqual(first._get_label_content(), LABEL)
        second.action_approve()
        second.action_make_label()
        self.assertTrue(self.ordered, "one label is good for one parcel")

    def test_no_carrier(self):
        order = self._sell([(self.sensor, 1)])
        rma = self._rma((order.order_line.move_ids, 1))
        rma.action_approve()
        self.assertFalse(rma.can_make_label)
        with self.assertRaises(UserError):
            rma.action_make_label()

    def test_parcel_to_the_customer(self):
        rma = self._requested()
        rma.line_ids.write({"remedy": "replacement", "is_advance": True})
        rma.action_approve()
        delivery = rma.sudo()._get_outgoing_pickings()
        self.assertTrue(delivery)
        delivery.write(
            {"carrier_id": self.carrier.id, "carrier_tracking_ref": "TO-YOU-1"}
        )
        portal = new_test_user(
            self.env, "portal_x", "base.group_portal", partner_id=self.customer.id
        )
        self.authenticate("portal_x", "portal_x")
        page = self.url_open(rma.access_url).text
        self.assertIn('href="https://swift.example/TO-YOU-1"', page)
        self.assertIn("Swift", page)
        self.assertTrue(portal)
        Picking = type(self.env["stock.picking"])
        several = json.dumps([["A", "https://a.example"], ["B", "javascript:x"]])

        def compute(pickings):
            pickings.carrier_tracking_url = several

        with patch.object(Picking, "_compute_carrier_tracking_url", compute):
            self.env.invalidate_all()
            found = [(x["number"], x["url"]) for x in rma._get_tracking()]
        self.assertEqual(found, [("A", "https://a.example"), ("B", "")])
