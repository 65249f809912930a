from odoo import fields, models


class AftersalesVisitPartMixin(models.AbstractModel):
    """The parts used on a visit, and their stock moves."""

    _name = "aftersales.visit.part.mixin"
    _description = "Parts of a Visit"

    part_ids = fields.One2many(
        "aftersales.visit.part",
        "visit_id",
        string="Parts",
        copy=False,
        groups="base.group_user",
    )

    def action_book_parts(self):
        """Book all parts of visits now, rather than at their end."""
        self.check_access("write")
        self.part_ids.filtered(lambda p: p.state == "planned").action_book()
        return True

    def action_reserve_parts(self):
        """Keep the parts that are planned for visits."""
        self.check_access("write")
        self.part_ids.action_reserve()
        return True

    def _get_warehouse(self):
        """Return the warehouse whose parts are used: the technician's, or the first."""
        self.ensure_one()
        # sudo: technicians read no warehouses.
        company = self.company_id.sudo()
        own = self.sudo().user_id.with_company(company).aftersales_location_id
        if own.warehouse_id.company_id == company:
            return own.warehouse_id
        return (
            self.env["stock.warehouse"]
            .sudo()
            .search([("company_id", "=", company.id)], limit=1)
        )

    def _get_finish_error(self):
        error = super()._get_finish_error()
        if error:
            return error
        # sudo: as in _book.
        parts = self.sudo().part_ids.filtered(lambda p: p.state == "planned")
        return next(iter(parts._get_stock_errors().values()), False)

    def _after_not_done(self):
        # sudo: as in _after_done. What was kept for the visit is free again.
        self.sudo().part_ids._drop_reservation()
        return super()._after_not_done()

    def _after_cancelled(self, agreed):
        # sudo: as above.
        self.sudo().part_ids._drop_reservation()
        return super()._after_cancelled(agreed)

    def _after_done(self):
        # sudo: whoever finishes the visit need not be who entered the parts.
        self.sudo().part_ids._book()
        return super()._after_done()
