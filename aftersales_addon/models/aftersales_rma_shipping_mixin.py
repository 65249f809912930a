import hashlib
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.mimetypes import guess_mimetype

MAX_LABEL_SIZE = 10 * 1024 * 1024
LABEL_TYPES = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
}
MAX_ADDRESSES = 100


class AftersalesRmaShippingMixin(models.AbstractModel):
    """The parcels of a return: labels, tracking numbers, where it is picked up."""

    _name = "aftersales.rma.shipping.mixin"
    _description = "Shipping of a Return"

    tracking_ref = fields.Char(
        string="Customer's Tracking Number",
        copy=False,
        help="Of the parcel that the customer sends. The customer can type it in.",
    )
    tracking_url = fields.Char(
        string="Link to the Customer's Parcel",
        copy=False,
        help="The carrier's page that shows where the parcel is.",
    )
    tracking_ref_out = fields.Char(
        string="Our Tracking Number",
        copy=False,
        help="Of the parcel that we send, with a replacement for example. The "
        "customer reads it.",
    )
    tracking_url_out = fields.Char(
        string="Link to Our Parcel",
        copy=False,
        help="The carrier's page that shows where the parcel is. The customer gets it.",
    )
    return_label = fields.Binary(
        string="Shipping Label",
        attachment=True,
        copy=False,
        groups="base.group_user",
        help="A PDF or a picture. The customer gets it with the approval, and on the "
        "page of the return.",
    )
    return_label_name = fields.Char(copy=False, groups="base.group_user")

    @api.constrains("return_label")
    def _check_return_label(self):
        for rma in self:
            content = rma._get_label_content()
            if not content:
                continue
            if len(content) > MAX_LABEL_SIZE:
                raise ValidationError(
                    self.env._("A shipping label may have 10 MB at most.")
                )
            if guess_mimetype(content) not in LABEL_TYPES:
                raise ValidationError(
                    self.env._(
                        "A shipping label is a PDF or a picture (PNG, JPEG, WebP)."
                    )
                )

    @api.constrains("tracking_url", "tracking_url_out")
    def _check_tracking_url(self):
        for rma in self:
            for url in filter(None, (rma.tracking_url, rma.tracking_url_out)):
                if not _is_link(url):
                    raise ValidationError(
                        self.env._(
                            "%s is not a link: it begins with https://", url[:80]
                        )
                    )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("return_label"):
            content = vals["return_label"]
            content = content if isinstance(content, bytes) else content.encode()
            key = f"label-{hashlib.sha256(content).hexdigest()[:16]}"
            # Who was told the approval already gets it again, with the label.
            self.filtered(lambda r: r.state == "approved")._announce("approved", key)
        return result

    # --- Labels ---

    def _find_label(self):
        """Return the attachment that holds the shipping label, may be empty."""
        self.ensure_one()
        # sudo: the label is for the customer.
        return (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("res_field", "=", "return_label"),
                ],
                limit=1,
            )
        )

    def _get_label_content(self):
        """Return the shipping label, empty when there is none."""
        return self._find_label().raw or b""

    def _has_label(self):
        """Tell whether there is a shipping label, and something to send with it."""
        self.ensure_one()
        return (
            self.state == "approved" and self._has_slip() and bool(self._find_label())
        )

    def _get_label_name(self):
        """Return what the label is called when the customer stores it."""
        self.ensure_one()
        ending = LABEL_TYPES.get(guess_mimetype(self._get_label_content()), "")
        name = self.env._("Shipping label %s", self.name.replace("/", "-"))
        return f"{name}{ending}"

    def _make_label(self):
        """Return the label as an attachment for an e-mail, may be empty."""
        self.ensure_one()
        attachments = self.env["ir.attachment"]
        if not self._has_label():
            return attachments
        rma = self.with_context(lang=self._get_customer_lang())
        return attachments.create(
            {
                "name": rma._get_label_name(),
                "raw": self._get_label_content(),
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    # --- Tracking ---

    def _get_tracking(self):
        """Return the parcels of the return, as far as they are known.

        :return: a list of ``{"direction", "number", "url", "carrier"}``; the direction
            is ``in`` for parcels to us and ``out`` for parcels to the customer
        """
        self.ensure_one()
        found = []
        for direction, number, url in (
            ("in", self.tracking_ref, self.tracking_url),
            ("out", self.tracking_ref_out, self.tracking_url_out),
        ):
            if number or url:
                found.append(
                    {
                        "direction": direction,
                        "number": number or "",
                        "url": url if url and _is_link(url) else "",
                        "carrier": "",
                    }
                )
        return found

    def _get_tracking_text(self, direction):
        """Return the numbers of the parcels in one direction.

        :param str direction: ``in`` or ``out``
        """
        numbers = [
            parcel["number"]
            for parcel in self._get_tracking()
            if parcel["direction"] == direction and parcel["number"]
        ]
        return ", ".join(numbers)

    def _get_outgoing_pickings(self):
        """Return the deliveries that bring the customer something for the return."""
        # sudo: parcels to the customer, for who may see the return.
        rmas = self.sudo()
        moves = rmas.line_ids.replacement_line_ids.move_ids
        moves |= rmas.disposition_ids.stock_move_ids
        moves = moves.filtered(
            lambda m: m.state != "cancel" and m._aftersales_is_delivery()
        )
        return moves.picking_id

    def _get_send_back_step(self):
        """Return how far repaired goods are on their way to the customer, or None."""
        self.ensure_one()
        lines = self.line_ids.filtered(lambda x: x.quantity_to_send_back)
        if not lines:
            return None
        moves = self.disposition_ids.stock_move_ids.filtered(
            lambda m: m.state == "done" and m._aftersales_is_delivery()
        )
        left = lines.filtered(
            lambda x: (
                x.uom_id.compare(x.quantity_sent_back, x.quantity_to_send_back) < 0
            )
        )
        return {
            "label": self.env._("Sent back to you"),
            "date": self._format_moment(max(moves.mapped("date"), default=None)),
            "text": self._get_tracking_text("out") if moves else "",
            "state": "done" if not left else "part" if moves else "todo",
        }

    # --- Where the goods are picked up ---

    def _get_pickup_addresses(self, partner):
        """Return the addresses that somebody may choose from for the return.

        :param partner: ``res.partner`` who is logged in
        """
        self.ensure_one()
        # sudo: addresses of the visitor's own company.
        company = partner.sudo().commercial_partner_id
        rma = self.sudo()
        if not rma._can_change_pickup() or rma.commercial_partner_id != company:
            return company.browse()
        own = company.search(
            [
                ("commercial_partner_id", "=", company.id),
                ("company_id", "in", [False, rma.company_id.id]),
                "|",
                ("type", "in", ("delivery", "other")),
                ("id", "in", (company | partner).ids),
            ],
            limit=MAX_ADDRESSES,
        )
        own = own.filtered(lambda p: p.street or p.city or p.zip)
        return rma.partner_shipping_id | own

    def _can_change_pickup(self):
        self.ensure_one()
        return (
            self.state in ("requested", "approved")
            and not self._has_label()
            and not any(self.line_ids.mapped("quantity_received"))
        )

    def _set_pickup_on_portal(self, address_id, partner):
        """Pick the goods up at another address of the customer.

        :param int address_id: of the address that was chosen
        :param partner: ``res.partner`` who is logged in
        :raises UserError: when it is not theirs, or too late
        """
        self.ensure_one()
        addresses = self._get_pickup_addresses(partner)
        address = addresses.filtered(lambda p: p.id == address_id)
        if not address:
            raise UserError(
                self.env._("The address cannot be changed any more. Write to us.")
            )
        # sudo: the page was opened by the customer's rights.
        rma = self.sudo()
        if address == rma.partner_shipping_id:
            return
        rma.partner_shipping_id = address
        receipts = rma._get_receipts()
        receipts.filtered(
            lambda p: p.state not in ("done", "cancel")
        ).partner_id = address
        rma._message_log(
            body=self.env._(
                "Pick-up address chosen by the customer: %s",
                ", ".join(rma._format_address(address)),
            ),
            author_id=partner.id,
        )


def _is_link(url):
    """Tell whether a text is a link that a browser may follow."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)
