from odoo import models


class AftersalesOrderReturnMixin(models.AbstractModel):
    """What the customer of an order can give back, on a page."""

    _name = "aftersales.order.return.mixin"
    _description = "Return of an Order on a Page"

    def _aftersales_can_ask_return(self):
        """Tell whether the order's page offers to return goods."""
        self.ensure_one()
        # sudo: whether something was delivered, for who may see the order.
        order = self.sudo()
        if order.state != "sale":
            return False
        moves = order._get_aftersales_delivered_moves()
        delivered = any(
            m.state == "done" and m._aftersales_is_delivery() for m in moves
        )
        possible = self.env["aftersales.rma"]._is_request_possible
        return delivered and possible(order.company_id)

    def _aftersales_get_not_delivered(self):
        """Return the names of goods of the order that were not delivered yet."""
        self.ensure_one()
        # sudo: the lines of an order that the customer may see.
        return [
            line.product_id.display_name
            for line in self.sudo().order_line
            if line.product_id.type == "consu"
            and not line.qty_delivered
            and not line.move_ids.filtered(lambda m: m.state == "done")
        ]

    def _aftersales_send_return_link(self, email):
        """Send the link to the form to one of the order's mailboxes."""
        self.ensure_one()
        xml_id = "aftersales_addon.mail_template_data_rma_guest_link"
        template = self.env.ref(xml_id, raise_if_not_found=False)
        if template:
            link = self.env["aftersales.return.try"]._sign_link(self, email)
            # sudo: a guest may not read the template. Not at once: how long the
            # answer takes would tell whether there is such an order.
            template.sudo().with_context(aftersales_return_link=link).send_mail(
                self.id, email_values={"email_to": email}
            )
