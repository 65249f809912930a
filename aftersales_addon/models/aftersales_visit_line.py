from odoo import fields, models


class AftersalesVisitLine(models.Model):
    """One unit on a tour: which service it gets, and what it was planned by."""

    _name = "aftersales.visit.line"
    _description = "Unit of a Visit"
    _inherit = ["aftersales.company.check.mixin"]
    _order = "visit_id, sequence, id"
    _check_company_auto = True

    visit_id = fields.Many2one(
        "aftersales.visit", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="visit_id.company_id", store=True, index=True, precompute=True
    )
    sequence = fields.Integer(default=10)
    asset_id = fields.Many2one(
        "aftersales.asset",
        string="Installed Product",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    contract_line_id = fields.Many2one(
        "aftersales.contract.line",
        index="btree_not_null",
        readonly=True,
        ondelete="restrict",
    )
    service_id = fields.Many2one(
        "aftersales.contract.service",
        index="btree_not_null",
        ondelete="restrict",
    )
    number = fields.Integer(
        string="Occurrence",
        readonly=True,
        copy=False,
        help="The how-manieth visit it is, counted from the first day.",
    )
    date_due = fields.Date(
        string="Due On",
        readonly=True,
        copy=False,
        help="The day of the plan, before it is moved to a working day.",
    )

    # The plan makes each visit once, whoever plans and however often.
    _planned_once = models.UniqueIndex(
        "(service_id, COALESCE(contract_line_id, 0), number) "
        "WHERE service_id IS NOT NULL AND number IS NOT NULL",
        "This visit is planned already.",
    )

    def _take_off_plan(self):
        """Delete what nobody agreed on, and visits that are left without units."""
        visits = self.visit_id
        self.unlink()
        visits._drop_empty()
        visits.exists()._sync_duration()
