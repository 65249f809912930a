from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .http_common import PortalCase

# What a customer may read of a unit and its warranties over RPC, beside the fields
# that every record has.
ASSET_FIELDS = {
    "access_token",
    "access_url",
    "access_warning",
    "commercial_partner_id",
    "company_id",
    "coverage_days_left",
    "coverage_label",
    "coverage_line_ids",
    "coverage_state",
    "date_closed",
    "date_installed",
    "date_registered",
    "delivery_date",
    "is_serial",
    "lot_id",
    "partner_id",
    "partner_shipping_id",
    "picking_id",
    "product_id",
    "product_image",
    "product_tmpl_id",
    "product_tracking",
    "quantity",
    "quantity_delivered",
    "sale_order_id",
    "serial_number",
    "state",
    "timeline",
    "uom_id",
    "user_id",
    "warranty_count",
    "warranty_end",
    "warranty_ids",
    "warranty_start",
    "warranty_waiting",
}


@tagged("post_install", "-at_install")
class TestPortalRights(PortalCase):
    def test_fields(self):
        """Customers read no internal facts over RPC."""
        assets = self.asset.with_user(self.user_a)
        names = set(assets.fields_get())
        for mixin in ("mail.thread", "mail.activity.mixin"):
            names -= set(self.env[mixin].fields_get())
        base = {"create_date", "create_uid", "write_date", "write_uid"}
        self.assertEqual(names - base - ASSET_FIELDS, set())
        for name in (
            "note",
            "sale_line_id",
            "move_id",
            "promised_policy_ids",
            "activity_ids",
            "message_follower_ids",
        ):
            with self.assertRaises(AccessError):
                assets.read([name])
        # All the rest can be read, or the page of a neighbour would break.
        assets.read(sorted(names))
        assets.warranty_ids.read()

    def test_notes(self):
        """What colleagues note among themselves stays with them."""
        self.asset.message_post(body="Between us", subtype_xmlid="mail.mt_note")
        self.asset.message_post(body="For you", subtype_xmlid="mail.mt_comment")
        messages = (
            self.env["mail.message"]
            .with_user(self.user_a)
            .search(
                [("model", "=", "aftersales.asset"), ("res_id", "=", self.asset.id)]
            )
        )
        bodies = " ".join(messages.mapped("body"))
        self.assertIn("For you", bodies)
        self.assertNotIn("Between us", bodies)

    def test_others_cannot_read(self):
        for records in (self.asset, self.asset.warranty_ids):
            with self.assertRaises(AccessError):
                records.with_user(self.user_b).read(["state"])
        with self.assertRaises(AccessError):
            self.asset.with_user(self.user_b).get_portal_url()

    def test_methods(self):
        """What changes a unit is refused to the customer who has it."""
        asset = self.asset.with_user(self.user_a)
        with self.assertRaises(AccessError):
            asset.action_retire()
        self.asset.action_retire()
        with self.assertRaises(AccessError):
            asset.action_reactivate()
        with self.assertRaises(AccessError):
            asset.write({"serial_number": "X"})
        with self.assertRaises(AccessError):
            asset.warranty_ids.write({"date_end": "2099-01-01"})
        with self.assertRaises(AccessError):
            self.asset.with_user(self.user_b).action_send_certificate()


@tagged("post_install", "-at_install")
class TestPortalMessages(PortalCase):
    def _post(self, **kwargs):
        return self.make_jsonrpc_request(
            "/mail/message/post",
            {
                "thread_model": "aftersales.asset",
                "thread_id": self.asset.id,
                "post_data": {
                    "body": "It rattles",
                    "message_type": "comment",
                    "subtype_xmlid": "mail.mt_comment",
                },
                **kwargs,
            },
        )

    def _get_message(self):
        return self.env["mail.message"].search(
            [("model", "=", "aftersales.asset"), ("body", "ilike", "It rattles")]
        )

    def test_customer_writes(self):
        """The person in charge is told, follower or not."""
        self.asset.user_id = self.user_agent
        self.asset.message_unsubscribe(self.user_agent.partner_id.ids)
        self._login(self.user_a)
        self._post()
        message = self._get_message()
        self.assertEqual(message.author_id, self.anna)
        self.assertIn(self.user_agent.partner_id, message.notified_partner_ids)

    def test_salesperson_of_customer(self):
        """Nobody is in charge of the unit: the customer's salesperson is told."""
        self.asset.user_id = False
        self.weber.user_id = self.user_sale
        self._login(self.user_a)
        self._post()
        notified = self._get_message().notified_partner_ids
        self.assertIn(self.user_sale.partner_id, notified)

    def test_by_token(self):
        self.asset.user_id = self.user_agent
        self._post(token=self.asset._portal_ensure_token())
        message = self._get_message()
        self.assertEqual(message.author_id, self.anna)
        self.assertIn(self.user_agent.partner_id, message.notified_partner_ids)

    @mute_logger("odoo.http")
    def test_others_cannot_write(self):
        self._login(self.user_b)
        with self.assertRaises(Exception):  # noqa: B017
            self._post()
        self.assertFalse(self._get_message())
