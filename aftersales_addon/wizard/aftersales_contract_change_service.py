from odoo import fields, models


class AftersalesContractChangeService(models.TransientModel):
    """A service as it is promised from now on."""

    _name = "aftersales.contract.change.service"
    _description = "New Service of a Contract"
    _inherit = ["aftersales.service.mixin"]
    _order = "sequence, id"

    change_id = fields.Many2one(
        "aftersales.contract.change", required=True, ondelete="cascade"
    )
    service_id = fields.Many2one("aftersales.contract.service")
    name = fields.Char(translate=False)
    skill_ids = fields.Many2many(
        "aftersales.skill", "aftersales_contract_change_skill_rel"
    )
