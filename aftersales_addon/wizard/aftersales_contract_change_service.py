from odoo import api, fields, models


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

    @api.model_create_multi
    def create(self, vals_list):
        """Take over what the dialog does not show of a service: it stays."""
        services = self.env["aftersales.contract.service"].browse(
            [vals["service_id"] for vals in vals_list if vals.get("service_id")]
        )
        known = {service.id: service for service in services}
        return super().create(
            [
                self._prepare_shown(known.get(vals.get("service_id"))) | vals
                for vals in vals_list
            ]
        )

    @api.model
    def _prepare_shown(self, service):
        """Return the values of a service of the contract, none for a new one."""
        if not service:
            return {}
        return {
            name: service._fields[name].convert_to_write(service[name], service)
            for name in service._get_service_fields()
        }
