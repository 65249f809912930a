from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    aftersales_skill_ids = fields.Many2many(
        "aftersales.skill",
        "aftersales_skill_user_rel",
        "user_id",
        "skill_id",
        string="Skills",
        help="What the technician can do: visits ask for it.",
    )

    aftersales_location_id = fields.Many2one(
        "stock.location",
        string="Own Stock of Parts",
        company_dependent=True,
        domain="[('usage', '=', 'internal')]",
        help="The place, a van for instance, from which this technician takes parts "
        "first.",
    )
