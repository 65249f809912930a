from odoo import fields, models
from odoo.tools import SQL

from .aftersales_warranty_policy_line import ITEMS


class AftersalesWarrantyLine(models.Model):
    """The covered items of the warranties, one row each.

    The rows are read from the snapshot that each warranty carries, so that a
    delivery of a thousand units does not write five thousand rows more.
    """

    _name = "aftersales.warranty.line"
    _description = "Warranty Coverage"
    _auto = False
    _order = "warranty_id, id"
    _depends = {
        "aftersales.warranty": ["asset_id", "company_id", "coverage", "state"],
    }

    warranty_id = fields.Many2one("aftersales.warranty", readonly=True)
    version_id = fields.Many2one(related="warranty_id.version_id")
    asset_id = fields.Many2one(
        "aftersales.asset", string="Installed Product", readonly=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    item = fields.Selection(ITEMS, readonly=True)
    product_categ_id = fields.Many2one(
        "product.category", string="Only for", readonly=True
    )
    share = fields.Float(string="Covered (%)", readonly=True, aggregator="avg")
    date_end = fields.Date(string="Last Covered Day", readonly=True)

    @property
    def _table_query(self):
        # MAX_POLICY_LINES keeps the lines of a warranty within the ids reserved.
        return SQL(
            """
            SELECT warranty.id * 64 + line.ordinality::integer AS id,
                   warranty.id AS warranty_id,
                   warranty.asset_id AS asset_id,
                   warranty.company_id AS company_id,
                   line.value ->> 'item' AS item,
                   (line.value ->> 'categ_id')::integer AS product_categ_id,
                   (line.value ->> 'share')::double precision AS share,
                   (line.value ->> 'end')::date AS date_end
              FROM aftersales_warranty AS warranty
        CROSS JOIN LATERAL jsonb_array_elements(warranty.coverage)
                           WITH ORDINALITY AS line
            """
        )
