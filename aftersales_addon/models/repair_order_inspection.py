from odoo import fields, models


class RepairOrder(models.Model):
    _inherit = "repair.order"

    aftersales_disposition_id = fields.Many2one(
        "aftersales.rma.disposition",
        string="Inspection",
        index="btree_not_null",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    aftersales_rma_id = fields.Many2one(
        related="aftersales_disposition_id.rma_id",
        string="Return",
        groups="aftersales_addon.aftersales_group_user,"
        "aftersales_addon.aftersales_group_technician,stock.group_stock_user",
    )
