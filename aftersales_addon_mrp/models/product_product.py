from collections import defaultdict

from odoo import models


class ProductProduct(models.Model):
    """A product may be a kit: a phantom bill of materials."""

    _inherit = "product.product"

    def _aftersales_get_kit(self, company, quantity=1.0):
        """Return what one kit is made of; empty when the product is no kit.

        :param company: ``res.company``
        :param float quantity: of kits over which roundings of parts are shared out
        :return: ``{product.product: quantity in its unit}``
        """
        self.ensure_one()
        # sudo: who takes goods back may not read bills of materials.
        product = self.sudo()
        boms = product.env["mrp.bom"]._bom_find(
            product, company_id=company.id, bom_type="phantom"
        )
        bom = boms[product]
        if not bom:
            return {}
        kits = quantity or 1.0
        in_unit = product.uom_id._compute_quantity(
            kits, bom.product_uom_id, round=False
        )
        _boms, parts = bom.explode(product, in_unit / bom.product_qty)
        needs = defaultdict(float)
        for part, data in parts:
            if part.product_id.type == "service" or not data["qty"]:
                continue
            unit = part.product_id.uom_id
            needs[part.product_id.with_env(self.env)] += (
                part.product_uom_id._compute_quantity(data["qty"], unit, round=False)
                / kits
            )
        return dict(needs)
