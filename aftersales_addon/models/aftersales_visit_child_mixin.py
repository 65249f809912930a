from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesVisitChildMixin(models.AbstractModel):
    """A piece of the work of a visit, which a signature or its end freezes."""

    _name = "aftersales.visit.child.mixin"
    _description = "Work of a Visit"

    visit_id = fields.Many2one(
        "aftersales.visit", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="visit_id.company_id", store=True, index=True, precompute=True
    )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if not self.env.su:
            records.visit_id._check_not_frozen()
        return records

    def write(self, vals):
        if not self.env.su:
            self.visit_id._check_not_frozen()
            if "visit_id" in vals:
                raise UserError(
                    self.env._("Work stays with the visit on which it was done.")
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        if not self.env.su:
            self.visit_id._check_not_frozen()

    def _remove(self):
        """Delete what was entered by mistake, on a visit that is still open."""
        self.visit_id.check_access("write")
        self.visit_id._check_not_frozen()
        # sudo: what a technician has entered, they may take away again.
        return self.sudo().unlink()
