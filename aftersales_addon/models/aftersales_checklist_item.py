from odoo import fields, models

ITEM_KINDS = [
    ("tick", "Tick"),
    ("value", "Value"),
    ("photo", "Photo"),
    ("text", "Text"),
]


class AftersalesChecklistItem(models.Model):
    """One thing to look at: a tick, a value within limits, a photo, or words."""

    _name = "aftersales.checklist.item"
    _description = "Item of a Checklist"
    _order = "sequence, id"

    checklist_id = fields.Many2one(
        "aftersales.checklist", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(string="What", required=True, translate=True)
    instruction = fields.Text(translate=True)
    kind = fields.Selection(ITEM_KINDS, default="tick", required=True)
    is_required = fields.Boolean(
        string="Required", help="The visit cannot be finished without it."
    )
    value_unit = fields.Char(string="Unit", translate=True)
    has_limits = fields.Boolean()
    value_min = fields.Float(string="From")
    value_max = fields.Float(string="To")

    _limits_ordered = models.Constraint(
        "CHECK (NOT has_limits OR value_min <= value_max)",
        "The lower limit cannot be above the upper one.",
    )
