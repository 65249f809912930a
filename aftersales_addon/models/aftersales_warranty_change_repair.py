from odoo import fields, models


class AftersalesWarrantyChange(models.Model):
    """Changes that a repair has caused."""

    _inherit = "aftersales.warranty.change"

    repair_id = fields.Many2one(
        "repair.order", index="btree_not_null", ondelete="set null", readonly=True
    )
