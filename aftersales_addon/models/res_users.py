from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    aftersales_location_id = fields.Many2one(
        "stock.location",
        string="Own Stock of Parts",
        company_dependent=True,
        domain="[('usage', '=', 'internal')]",
        help="The place, a van for instance, from which this technician takes parts "
        "first.",
    )
