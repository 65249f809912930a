from odoo import fields, models


class AftersalesRmaLinePhotoMixin(models.AbstractModel):
    """Photos that the customer sent of the goods on a return line."""

    _name = "aftersales.rma.line.photo.mixin"
    _description = "Photos of a Return Line"

    photo_ids = fields.Many2many(
        "ir.attachment",
        "aftersales_rma_line_photo_rel",
        string="Photos",
        copy=False,
        groups="base.group_user",
        help="What the customer sent with the request.",
    )
