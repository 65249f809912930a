from odoo import models


class ProductCategory(models.Model):
    _name = "product.category"
    _inherit = [
        "product.category",
        "aftersales.policy.holder.mixin",
        "aftersales.return.policy.holder.mixin",
        "aftersales.provision.rate.mixin",
    ]
