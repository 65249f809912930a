from odoo import api, fields, models

from .aftersales_provision_rate_mixin import RATE_GROUPS


class AftersalesAssetProvisionMixin(models.AbstractModel):
    """What is set aside for the warranty of a unit."""

    _name = "aftersales.asset.provision.mixin"
    _description = "Provision of an Installed Product"

    provision_entry_ids = fields.One2many(
        "aftersales.provision.entry",
        "asset_id",
        string="Movements of Provisions",
        groups=RATE_GROUPS,
    )

    def _get_unit_cost(self):
        """Return what one unit cost the company, in its currency."""
        self.ensure_one()
        # sudo: costs go into figures that only their readers see.
        move = self.sudo().move_id
        if move.value and move.quantity:
            quantity = move.product_uom._compute_quantity(
                move.quantity, self.uom_id, round=False
            )
            return abs(move.value) / quantity
        product = self.sudo().product_id.with_company(self.company_id)
        return product.standard_price

    @api.ondelete(at_uninstall=False)
    def _unlink_open_provisions(self):
        # sudo: what is deleted leaves nothing set aside; a posted month refuses.
        self.sudo().provision_entry_ids.unlink()
