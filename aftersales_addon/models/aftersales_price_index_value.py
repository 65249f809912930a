from odoo import fields, models


class AftersalesPriceIndexValue(models.Model):
    """The value of an index from a day on."""

    _name = "aftersales.price.index.value"
    _description = "Value of a Price Index"
    _order = "date desc, id desc"

    index_id = fields.Many2one(
        "aftersales.price.index", required=True, index=True, ondelete="cascade"
    )
    date = fields.Date(string="From", required=True)
    value = fields.Float(required=True, digits=(16, 4))

    _value_positive = models.Constraint(
        "CHECK (value > 0)", "The value of an index is above zero."
    )
    _date_unique = models.Constraint(
        "UNIQUE (index_id, date)", "There is a value for this day already."
    )
