from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .aftersales_return_policy import REMEDIES

DISPOSITIONS = [
    ("restock", "Back to Stock"),
    ("repair", "Repair, Then Stock"),
    ("refurbish", "Refurbish to Another Product"),
    ("scrap", "Scrap"),
    ("vendor", "Back to the Vendor"),
    ("quarantine", "Quarantine"),
    ("customer", "Back to the Customer"),
]


class AftersalesRmaDisposition(models.Model):
    """What an inspection found of a received quantity, and what becomes of it."""

    _name = "aftersales.rma.disposition"
    _description = "Inspection of Returned Goods"
    _order = "line_id, id"
    _check_company_auto = True

    line_id = fields.Many2one(
        "aftersales.rma.line",
        string="Return Line",
        required=True,
        index=True,
        ondelete="cascade",
    )
    rma_id = fields.Many2one(related="line_id.rma_id", store=True, index=True)
    company_id = fields.Many2one(related="line_id.company_id", store=True)
    product_id = fields.Many2one(related="line_id.product_id")
    uom_id = fields.Many2one(related="line_id.uom_id")
    quantity = fields.Float(digits="Product Unit", required=True, default=1.0)
    grade = fields.Selection(
        [
            ("a", "A – as new"),
            ("b", "B – opened"),
            ("c", "C – used"),
            ("d", "D – damaged"),
            ("e", "E – worthless"),
        ]
    )
    findings = fields.Text(help="What the inspection found.")
    disposition = fields.Selection(
        DISPOSITIONS, string="Goods Go", required=True, default="restock"
    )
    remedy = fields.Selection(
        REMEDIES, required=True, string="Customer Gets", default="refund"
    )
    user_id = fields.Many2one(
        "res.users",
        string="Inspected By",
        default=lambda self: self.env.user,
        readonly=True,
    )
    date = fields.Datetime(
        string="Inspected On", default=fields.Datetime.now, readonly=True
    )
    state = fields.Selection(
        [("draft", "Planned"), ("done", "Done")],
        required=True,
        default="draft",
        readonly=True,
    )

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "The inspected quantity is more than zero."
    )

    @api.constrains("quantity", "line_id")
    def _check_quantity(self):
        for line in self.line_id:
            inspected = sum(line.disposition_ids.mapped("quantity"))
            if line.uom_id.compare(inspected, line.quantity_received) > 0:
                raise ValidationError(
                    self.env._(
                        "%(inspected)s of %(goods)s are inspected, but %(received)s "
                        "came. Correct the quantities.",
                        inspected=f"{inspected:g}",
                        goods=line.product_id.display_name,
                        received=f"{line.quantity_received:g}",
                    )
                )
