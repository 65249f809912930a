from odoo import fields, models


class AftersalesChecklist(models.Model):
    """What is looked at during a visit, in its order."""

    _name = "aftersales.checklist"
    _description = "Checklist"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: for all companies."
    )
    item_ids = fields.One2many(
        "aftersales.checklist.item", "checklist_id", string="Items", copy=True
    )
