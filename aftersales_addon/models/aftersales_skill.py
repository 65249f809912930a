from odoo import fields, models


class AftersalesSkill(models.Model):
    """What a technician must be able to do."""

    _name = "aftersales.skill"
    _description = "Skill of Technicians"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    color = fields.Integer()
    active = fields.Boolean(default=True)
    user_ids = fields.Many2many(
        "res.users",
        "aftersales_skill_user_rel",
        "skill_id",
        "user_id",
        string="Technicians",
        domain="[('share', '=', False)]",
    )

    _name_unique = models.Constraint("UNIQUE (name)", "This skill exists already.")
