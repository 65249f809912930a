from odoo import fields, models


class AftersalesCompanyRmaMixin(models.AbstractModel):
    """What customers may do about returns themselves, and what they are told."""

    _name = "aftersales.company.rma.mixin"
    _description = "Returns in a Company"

    aftersales_guest_returns = fields.Boolean(
        string="Returns Without an Account",
        default=True,
        help="Who knows the number of an order and has the customer's mailbox gets a "
        "link to return its goods.",
    )
    aftersales_mail_requested = fields.Boolean(string="Return requested", default=True)
    aftersales_mail_proposed = fields.Boolean(string="Proposal made", default=True)
    aftersales_mail_approved = fields.Boolean(string="Return approved", default=True)
    aftersales_mail_rejected = fields.Boolean(string="Return rejected", default=True)
    aftersales_mail_received = fields.Boolean(string="Goods received", default=True)
    aftersales_mail_replaced = fields.Boolean(string="Replacement sent", default=True)
    aftersales_mail_refunded = fields.Boolean(string="Refunded", default=True)
    aftersales_mail_done = fields.Boolean(string="Return closed", default=True)
