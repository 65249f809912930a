from odoo import fields, models


class AftersalesPriceIndex(models.Model):
    """An index that prices of contracts follow, such as one of consumer prices."""

    _name = "aftersales.price.index"
    _description = "Price Index"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    source = fields.Char(help="Who publishes it, and where.")
    value_ids = fields.One2many(
        "aftersales.price.index.value", "index_id", string="Values", copy=True
    )
