from odoo import fields, models


class AftersalesTag(models.Model):
    """A label on service cases."""

    _name = "aftersales.tag"
    _description = "After-Sales Tag"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    color = fields.Integer(default=0)
    active = fields.Boolean(default=True)

    _name_unique = models.Constraint("UNIQUE (name)", "This tag exists already.")
