from odoo import api, models
from odoo.tools.image import image_data_uri

from ..tools.qr import qr_png

RETURNS_URL = "/my/returns"
SLIP = "aftersales_addon.aftersales_rma_report_slip"
MAX_TRACKING = 64


class AftersalesRmaPortalMixin(models.AbstractModel):
    """What a customer sees of a return, and may do with it."""

    _name = "aftersales.rma.portal.mixin"
    _inherit = ["aftersales.customer.page.mixin"]
    _description = "Return on the Portal"
    _rec_names_search = ["name", "reference", "tracking_ref"]

    def _get_slip_qr(self):
        """Return the number as an image for the slip, to be scanned."""
        self.ensure_one()
        return image_data_uri(qr_png(self.name))

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.env._("Return slip %s", self.name.replace("/", "-"))

    # --- What the customer reads ---

    def _has_slip(self):
        """Tell whether there is something to send, with a slip in the parcel."""
        self.ensure_one()
        return self.state in ("approved", "done") and any(
            not line.is_kept for line in self.line_ids
        )

    def _get_instructions(self):
        """Return how to pack and send, from the policies of the lines."""
        self.ensure_one()
        if self.state != "approved":
            return []
        # sudo: customers may not read policies, but what these say to them.
        policies = self.sudo().line_ids.policy_id
        texts = {str(p.instructions): p.instructions for p in policies}
        return [text for text in texts.values() if text and str(text).strip()]

    def _get_return_address(self):
        """Return the contact that the goods are sent to."""
        self.ensure_one()
        # sudo: the address of the warehouse is for the customer.
        rma = self.sudo()
        if rma.send_to == "vendor" and rma.vendor_id:
            return rma.vendor_id
        return rma.warehouse_id.partner_id or rma.company_id.partner_id

    def _format_address(self, partner):
        """Return the lines of an address that say something.

        :param partner: ``res.partner``
        """
        text = partner._display_address()
        return [line.strip() for line in text.split("\n") if line.strip()]

    def _get_shipping_payers(self):
        """Return who pays the way back, ``company`` or ``customer`` or both."""
        self.ensure_one()
        # sudo: what the policy says about it is for the customer.
        return {
            line.reason_id.shipping_payer or line.policy_id.shipping_payer or "customer"
            for line in self.sudo().line_ids
            if not line.is_kept
        }

    def _get_portal_label(self):
        """Return where the return stands, in the customer's words."""
        self.ensure_one()
        if self.state == "approved":
            if self.receipt_status == "received":
                return self.env._("Goods received")
            if self.receipt_status == "partial":
                return self.env._("Partly received")
        if self._is_proposal_open():
            return self.env._("Our proposal waits for you")
        return {
            "draft": self.env._("In preparation"),
            "requested": self.env._("Requested"),
            "approved": self.env._("Approved"),
            "done": self.env._("Closed"),
            "rejected": self.env._("Rejected"),
            "cancelled": self.env._("Cancelled"),
        }[self.state]

    def _get_portal_steps(self):
        """Return the way of the return, step by step.

        :return: a list of ``{"label", "date", "text", "state"}``; the state is
            ``done``, ``part``, ``todo`` or ``stop``
        """
        self.ensure_one()
        # sudo: how far the goods and the money are, for who may see the return.
        rma = self.sudo()
        steps = [
            {
                "label": self.env._("Requested"),
                "date": rma._format_moment(rma.date_requested),
                "text": "",
                "state": "done" if rma.date_requested else "todo",
            },
            rma._get_decision_step(),
        ]
        if rma.state in ("rejected", "cancelled"):
            return steps
        if rma.receipt_status != "none" or rma.state in ("draft", "requested"):
            steps.append(rma._get_goods_step())
        if rma.refund_status != "none":
            steps.append(rma._get_money_step())
        if rma.replacement_status != "none":
            steps.append(rma._get_replacement_step())
        sent_back = rma._get_send_back_step()
        if sent_back:
            steps.append(sent_back)
        steps.append(
            {
                "label": self.env._("Closed"),
                "date": rma._format_moment(rma.date_done),
                "text": "",
                "state": "done" if rma.state == "done" else "todo",
            }
        )
        return steps

    def _get_decision_step(self):
        if self.state == "rejected":
            return {
                "label": self.env._("Rejected"),
                "date": self._format_moment(self.date_decided),
                "text": self.reject_reason or "",
                "state": "stop",
            }
        if self.state == "cancelled":
            label, date = self.env._("Cancelled"), ""
            return {"label": label, "date": date, "text": "", "state": "stop"}
        decided = self.state in ("approved", "done")
        return {
            "label": self.env._("Approved"),
            "date": self._format_moment(self.date_decided) if decided else "",
            "text": "" if decided else self._get_waiting_text(),
            "state": "done" if decided else "todo",
        }

    def _get_waiting_text(self):
        if self._is_proposal_open():
            return self.env._("We have made you a proposal: please answer it below.")
        return self.env._("We are looking at your request.")

    def _get_goods_step(self):
        received = self.receipt_status == "received"
        done = self.picking_ids.filtered(lambda p: p.state == "done" and p.date_done)
        lines = self.line_ids.filtered(lambda x: not x.is_kept)
        some = any(lines.mapped("quantity_received"))
        text = ""
        if some:
            # Goods of several units of measure are counted up as they are.
            unit = lines.uom_id if len(lines.uom_id) == 1 else lines.uom_id.browse()
            came = sum(lines.mapped("quantity_received"))
            text = self.env._(
                "%(received)s of %(expected)s",
                received=unit._aftersales_format(came),
                expected=unit._aftersales_format(sum(lines.mapped("quantity"))),
            )
        return {
            "label": self.env._("Goods received"),
            "date": self._format_moment(max(done.mapped("date_done"), default=None))
            if some
            else "",
            "text": text,
            "state": "done" if received else "part" if some else "todo",
        }

    def _get_money_step(self):
        posted = self.refund_ids.filtered(lambda m: m.state == "posted")
        all_posted = posted == self.refund_ids
        done = self.refund_status == "refunded" and all_posted
        days = [m.invoice_date for m in posted if m.invoice_date]
        format_day = self.env["aftersales.asset"]._format_day
        return {
            "label": self.env._("Refunded"),
            "date": format_day(max(days)) if days else "",
            "text": ", ".join(posted.mapped("name")),
            "state": "done" if done else "part" if posted else "todo",
        }

    def _get_replacement_step(self):
        states = {"replaced": "done", "partial": "part"}
        sold = self.env["sale.order.line"].search(
            [("aftersales_rma_line_id", "in", self.line_ids.ids)]
        )
        sent = sold.move_ids.filtered(
            lambda m: m.state == "done" and m._aftersales_is_delivery()
        )
        return {
            "label": self.env._("Replacement sent"),
            "date": self._format_moment(max(sent.mapped("date"), default=None)),
            "text": self._get_tracking_text("out") if sent else "",
            "state": states.get(self.replacement_status, "todo"),
        }

    # --- What the customer does ---

    def _can_cancel_on_portal(self):
        self.ensure_one()
        return (
            self.state
            in (
                "requested",
                "approved",
            )
            and not self.sudo()._get_cancel_hindrance()
        )

    def _cancel_on_portal(self, author):
        """Cancel the return for the customer, who may do so by its page.

        :param author: ``res.partner`` who did it
        """
        self.ensure_one()
        # sudo: the page was opened by the customer's rights or by its key.
        rma = self.sudo()
        rma.action_cancel()
        rma._message_log(
            body=self.env._("Cancelled by the customer."), author_id=author.id
        )

    def _set_tracking_on_portal(self, text, author):
        """Note the number of the customer's parcel.

        :param str text: what the customer typed
        :param author: ``res.partner`` who did it
        """
        self.ensure_one()
        clean = self.env["aftersales.registration"]._clean_text("tracking_ref", text)
        number = clean[:MAX_TRACKING]
        if self.state != "approved" or number == (self.tracking_ref or ""):
            return
        # sudo: as above.
        rma = self.sudo()
        rma.tracking_ref = number
        rma._message_log(
            body=self.env._("The customer's tracking number: %s", number or "–"),
            author_id=author.id,
        )

    @api.model
    def _get_portal_domain(self, partner):
        """Return the domain of what a customer finds on the portal.

        :param partner: ``res.partner`` who looks
        """
        return [
            *partner._aftersales_get_portal_domain(),
            ("state", "!=", "draft"),
        ]
