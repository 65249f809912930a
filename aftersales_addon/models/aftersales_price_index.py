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

    def _get_value(self, day):
        """Return the value that the index has on a day; 0 before the first one.

        :param date day: the day
        """
        values = self.value_ids.filtered(lambda value: value.date <= day)
        return values.sorted("date")[-1:].value if values else 0.0
