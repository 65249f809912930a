from odoo import models
from odoo.exceptions import UserError

from .aftersales_followup_check_mixin import Skip

OFFER_TEMPLATE = "aftersales_addon.mail_template_data_followup_offer"


class AftersalesFollowupOfferMixin(models.AbstractModel):
    """Quotations of what goes on after an end: an extension, a further term."""

    _name = "aftersales.followup.offer.mixin"
    _description = "Offers of a Follow-up"

    def _act_offer(self, record, more=()):
        """Make a quotation, and send it or give it to a person to look at.

        :param more: other units of the customer that the same quotation is about
        """
        order = self._get_unsent("sale.order")
        if order.state not in ("draft", "sent"):
            order = self._make_offer(record, more)
            for document in (record, *more):
                self._note_offer(document, order)
        if self._is_message():
            self._send_offer(record, order)
        else:
            self._hand_over_offer(record, order)
        return order

    def _make_offer(self, record, more=()):
        """Return a new quotation for what ends; a bridge adds its own records.

        :param more: other units that go on the same quotation
        :raises Skip: when there is nothing to offer, or when it was offered already
        """
        if record._name == "aftersales.contract":
            return self._make_renewal_offer(record)
        return self._make_extension_offer(record, more)

    def _make_extension_offer(self, unit, more=()):
        if not unit._get_offered_extensions()[unit]:
            raise Skip(self.env._("There is no extension to offer for this product."))
        self._skip_offered(unit._get_quoted_extension_lines().order_id)
        return self._get_order(unit.union(*more).action_offer_extension())

    def _make_renewal_offer(self, contract):
        if contract.renewal == "tacit":
            raise Skip(self.env._("It goes on by itself: there is nothing to agree."))
        if not contract._is_renewable():
            raise Skip(self.env._("Notice was given: it ends."))
        if contract.renewal_count <= 0:
            raise Skip(self.env._("It is not said for how long it would go on."))
        if error := contract._get_offer_error():
            raise Skip(error)
        self._skip_offered(contract._get_renewal_quotations())
        return self._get_order(contract.action_offer_renewal())

    def _skip_offered(self, orders):
        """Offer nothing that the customer or a colleague has on the table already.

        :raises Skip: when there are open quotations
        """
        if orders:
            raise Skip(self.env._("It is on %s already.", orders[0].display_name))

    def _get_order(self, action):
        return self.env["sale.order"].browse(action.get("res_id") or [])

    def _note_offer(self, record, order):
        record._message_log(
            body=self.env._("Offered by a follow-up: %s", order._get_html_link())
        )

    def _send_offer(self, record, order):
        """Send a quotation to the customer, who can agree to it on its page."""
        template = self.env.ref(OFFER_TEMPLATE, raise_if_not_found=False)
        if not template:
            raise UserError(
                self.env._("The e-mail that offers are sent with was deleted.")
            )
        self._send(template, order, about=record)
        if order.state == "draft":
            order.action_quotation_sent()

    def _hand_over_offer(self, record, order):
        """Have a person look at a quotation before it is sent."""
        user = self._get_person(record)
        rule = self._localized(user)
        self._get_chatter(order).activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=user.id,
            summary=rule.summary or rule.name,
            note=rule.note,
            date_deadline=self.company_id._aftersales_today(),
        )
