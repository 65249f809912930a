from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.aftersales_addon.const import MAX_DURATION

SHARES = (
    "aftersales_parts_share",
    "aftersales_labour_share",
    "aftersales_shipping_share",
)


class ProductSupplierinfo(models.Model):
    """What a vendor takes over when a product of theirs fails."""

    _inherit = "product.supplierinfo"

    aftersales_duration = fields.Integer(
        string="Vendor Warranty",
        help="How long the vendor pays for defects, counted from the receipt of the "
        "very serial number or lot. 0: the vendor gives no warranty.",
    )
    aftersales_duration_unit = fields.Selection(
        [("day", "Days"), ("week", "Weeks"), ("month", "Months"), ("year", "Years")],
        string="Unit of the Vendor Warranty",
        required=True,
        default="month",
    )
    aftersales_parts_share = fields.Float(
        string="Parts (%)",
        default=100.0,
        digits=(5, 2),
        help="The share of the cost of parts that the vendor pays.",
    )
    aftersales_labour_share = fields.Float(
        string="Labour (%)",
        digits=(5, 2),
        help="The share of the cost of labour that the vendor pays.",
    )
    aftersales_shipping_share = fields.Float(
        string="Shipping (%)",
        digits=(5, 2),
        help="The share of the cost of shipping that the vendor pays.",
    )
    aftersales_claim_partner_id = fields.Many2one(
        "res.partner",
        string="Claims To",
        help="The contact that claims are sent to. Empty: the vendor.",
    )

    _aftersales_duration_not_negative = models.Constraint(
        "CHECK (aftersales_duration >= 0)",
        "The warranty of a vendor cannot be negative.",
    )
    _aftersales_shares_range = models.Constraint(
        "CHECK (aftersales_parts_share BETWEEN 0 AND 100"
        " AND aftersales_labour_share BETWEEN 0 AND 100"
        " AND aftersales_shipping_share BETWEEN 0 AND 100)",
        "A share is between 0 % and 100 %.",
    )

    @api.constrains("aftersales_duration", "aftersales_duration_unit")
    def _check_aftersales_duration(self):
        for info in self:
            unit = info.aftersales_duration_unit
            if info.aftersales_duration > MAX_DURATION[unit]:
                raise ValidationError(
                    self.env._("More than a century is too long. Enter less.")
                )

    def _aftersales_get_terms(self):
        """Return the vendor's terms as they are kept with a receipt."""
        self.ensure_one()
        return {
            "count": self.aftersales_duration,
            "unit": self.aftersales_duration_unit,
            "parts": self.aftersales_parts_share,
            "labour": self.aftersales_labour_share,
            "shipping": self.aftersales_shipping_share,
            "contact": self.aftersales_claim_partner_id.id,
        }
