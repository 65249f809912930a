from odoo import fields, models


class AftersalesCompanyRegistrationMixin(models.AbstractModel):
    """Whether customers may register units, and what people without an account may."""

    _name = "aftersales.company.registration.mixin"
    _description = "Registration in a Company"

    aftersales_registration = fields.Selection(
        [
            ("off", "No"),
            ("review", "Yes, a person looks at each of them"),
            ("automatic", "Yes, known serial numbers at once"),
        ],
        string="Customers Register Products",
        required=True,
        default="off",
        help="A number is registered at once when it is known, and nobody but a "
        "reseller has the unit. Everything else is looked at by a person.",
    )
    aftersales_registration_user_id = fields.Many2one(
        "res.users",
        string="Reviews Registrations",
        domain=[("share", "=", False)],
        help="Gets an activity for each registration and each change of hands that a "
        "customer asks for.",
    )
    aftersales_guest_cases = fields.Boolean(
        string="Service Cases Without an Account",
        default=True,
        help="Anybody asks for help with a name and an e-mail address, to which the "
        "answers go.",
    )
    aftersales_warranty_check = fields.Boolean(
        string="Warranty Check for Everybody",
        default=True,
        help="Who knows the number of a product and the order, the postcode or the "
        "e-mail address that it was bought with sees until when it is covered.",
    )
