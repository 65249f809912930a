from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column

from .aftersales_warranty_policy_line import ITEMS


class ProductTemplate(models.Model):
    """What a product counts as when a repair is priced."""

    _inherit = "product.template"

    aftersales_item = fields.Selection(
        ITEMS,
        string="In Repairs Counts As",
        compute="_compute_aftersales_item",
        store=True,
        readonly=False,
        precompute=True,
        help="Which part of a warranty pays for this product in a repair. Empty: no "
        "warranty ever does.",
    )

    def _auto_init(self):
        # All products at once, in the database, when the addon is installed.
        if not column_exists(self.env.cr, "product_template", "aftersales_item"):
            create_column(self.env.cr, "product_template", "aftersales_item", "varchar")
            self.env.cr.execute(
                """
                UPDATE product_template
                   SET aftersales_item =
                       CASE WHEN type = 'service' THEN 'labour' ELSE 'parts' END
                """
            )
        return super()._auto_init()

    @api.depends("type")
    def _compute_aftersales_item(self):
        for template in self:
            is_service = template.type == "service"
            template.aftersales_item = "labour" if is_service else "parts"
