from odoo import models


class AftersalesLinkMixin(models.AbstractModel):
    """Documents on the portal whose links, once sent, can be taken back."""

    _name = "aftersales.link.mixin"
    _inherit = ["portal.mixin", "aftersales.key.mixin"]
    _description = "Links to Documents"
