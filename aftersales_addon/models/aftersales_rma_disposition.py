from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.mimetypes import guess_mimetype

from .aftersales_return_policy import REMEDIES

DISPOSITIONS = [
    ("restock", "Back to Stock"),
    ("repair", "Repair"),
    ("refurbish", "Refurbish to Another Product"),
    ("scrap", "Scrap"),
    ("vendor", "Back to the Vendor"),
    ("quarantine", "Quarantine"),
    ("customer", "Back to the Customer"),
]
GRADES = [
    ("a", "A – as new"),
    ("b", "B – opened"),
    ("c", "C – used"),
    ("d", "D – damaged"),
    ("e", "E – worthless"),
]
# An inspection may end with nothing: the goods go back as they came.
RESULTS = [*REMEDIES, ("none", "Nothing")]
PHOTO_TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")
# The largest photo of an inspection, in bytes.
PHOTO_LIMIT = 15 * 1024 * 1024


class AftersalesRmaDisposition(models.Model):
    """What an inspection found of a received quantity, and what becomes of it."""

    _name = "aftersales.rma.disposition"
    _description = "Inspection of Returned Goods"
    _inherit = [
        "aftersales.rma.disposition.move.mixin",
        "aftersales.rma.disposition.refurbish.mixin",
    ]
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
    product_id = fields.Many2one(
        "product.product", compute="_compute_product_id", store=True, index=True
    )
    uom_id = fields.Many2one("uom.uom", compute="_compute_product_id", store=True)
    move_id = fields.Many2one(
        "stock.move",
        string="Came With",
        index="btree_not_null",
        help="The receipt that brought the goods.",
    )
    lot_id = fields.Many2one("stock.lot", string="Lot/Serial", check_company=True)
    quantity = fields.Float(digits="Product Unit", required=True, default=1.0)
    grade = fields.Selection(GRADES)
    findings = fields.Text(help="What the inspection found.")
    photo_ids = fields.Many2many(
        "ir.attachment",
        "aftersales_rma_disposition_photo_rel",
        "disposition_id",
        "attachment_id",
        string="Photos",
    )
    disposition = fields.Selection(
        DISPOSITIONS, string="Goods Go", required=True, default="restock"
    )
    remedy = fields.Selection(
        RESULTS, required=True, string="Customer Gets", default="refund"
    )
    refurbish_product_id = fields.Many2one(
        "product.product",
        string="Becomes",
        domain="[('type', '=', 'consu')]",
        check_company=True,
        help="What the goods are once they are refurbished.",
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

    @api.depends("line_id.product_id", "line_id.uom_id", "move_id.product_id")
    def _compute_product_id(self):
        """Of a set that came in parts, each part is inspected as what it is."""
        for found in self:
            # sudo: what came, for whoever may see the inspection.
            line, came = found.line_id, found.sudo().move_id.product_id
            is_part = came and came != line.product_id
            found.product_id = came if is_part else line.product_id
            found.uom_id = came.uom_id if is_part else line.uom_id

    @api.depends("line_id", "quantity", "disposition")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["disposition"]._description_selection(self.env))
        for found in self:
            name = found.product_id.display_name
            label = labels.get(found.disposition, "")
            count = found.uom_id._aftersales_format(found.quantity)
            found.display_name = f"{count} × {name}: {label}"

    @api.constrains("quantity", "line_id")
    def _check_quantity(self):
        for line in self.line_id:
            received = line._get_received_by_product()
            for product, found in line.disposition_ids.grouped("product_id").items():
                inspected = sum(found.mapped("quantity"))
                came = received.get(product, 0.0)
                if found.uom_id.compare(inspected, came) > 0:
                    raise ValidationError(
                        self.env._(
                            "%(inspected)s of %(goods)s are inspected, but "
                            "%(received)s came. Correct the quantities.",
                            inspected=found.uom_id._aftersales_format(inspected),
                            goods=product.display_name,
                            received=found.uom_id._aftersales_format(came),
                        )
                    )

    @api.constrains("disposition", "remedy", "refurbish_product_id")
    def _check_disposition(self):
        """What becomes of the goods and what the customer gets fit together."""
        for found in self:
            goods = found.product_id.display_name
            if found.remedy == "repair" and found.disposition not in (
                "repair",
                "customer",
            ):
                raise ValidationError(
                    self.env._(
                        "%s: a customer who gets a repair gets the same goods back. "
                        "Choose “Repair” or “Back to the Customer” for the goods.",
                        goods,
                    )
                )
            if found.disposition == "customer" and found.remedy not in (
                "none",
                "repair",
            ):
                raise ValidationError(
                    self.env._(
                        "%s: goods that go back to the customer are not refunded or "
                        "replaced. Choose “Nothing” for what the customer gets.",
                        goods,
                    )
                )
            if found.disposition == "refurbish" and (
                not found.refurbish_product_id
                or found.refurbish_product_id == found.product_id
            ):
                raise ValidationError(
                    self.env._(
                        "Which product does %s become? Choose another one.", goods
                    )
                )

    @api.constrains("photo_ids")
    def _check_photos(self):
        # sudo: only what kind of file it is.
        for photo in self.sudo().photo_ids:
            if photo.file_size > PHOTO_LIMIT:
                raise ValidationError(
                    self.env._(
                        "%(file)s is too large: %(limit)s MB at most. Send a smaller "
                        "photo.",
                        file=photo.name,
                        limit=PHOTO_LIMIT // 1024**2,
                    )
                )
            if guess_mimetype(photo.raw or b"", "") not in PHOTO_TYPES:
                raise ValidationError(
                    self.env._(
                        "%s is no photo. Use JPEG, PNG, GIF or WebP.", photo.name
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(vals.get("state") == "done" for vals in vals_list):
            raise UserError(self.env._("Confirm the inspection instead."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._check_open(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        self._check_open({})

    def _check_open(self, vals):
        """What was inspected stays on record; only the findings may be added to."""
        if "state" in vals or (
            vals.keys() - {"findings", "grade", "photo_ids"} or not vals
        ):
            done = self.filtered(lambda d: d.state == "done")
            if done or "state" in vals:
                raise UserError(
                    self.env._(
                        "The goods were moved by the inspection already. Move them on "
                        "in the warehouse instead."
                    )
                )
