from odoo import api, fields, models
from odoo.exceptions import AccessError


class AftersalesMassChangeLine(models.Model):
    """One unit of a mass change: what became of it, and whether its customer knows."""

    _name = "aftersales.mass.change.line"
    _description = "Unit of a Mass Change"
    _order = "id"

    mass_change_id = fields.Many2one(
        "aftersales.mass.change",
        string="Recall or Prolongation",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    asset_id = fields.Many2one(
        "aftersales.asset",
        string="Installed Product",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    product_id = fields.Many2one(related="asset_id.product_id")
    serial_number = fields.Char(related="asset_id.serial_number")
    partner_id = fields.Many2one(related="asset_id.partner_id")
    warranty_end = fields.Date(related="asset_id.warranty_end")
    state = fields.Selection(
        [
            ("pending", "To Do"),
            ("skipped", "Left Out"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("undone", "Undone"),
        ],
        required=True,
        readonly=True,
        default="pending",
        index=True,
    )
    skip_reason = fields.Selection(
        [
            ("closed", "Not with the customer any more"),
            ("no_warranty", "No warranty to prolong"),
            ("ambiguous", "Several products have this number: choose the product"),
        ],
        string="Why",
        readonly=True,
    )
    error = fields.Char(readonly=True)
    is_told = fields.Boolean(
        string="Customer Told", help="The customer knows about the recall."
    )
    date_told = fields.Date(string="Told On", readonly=True)
    activity_id = fields.Many2one(
        "mail.activity", readonly=True, index="btree_not_null", ondelete="set null"
    )

    _unit_once = models.UniqueIndex(
        "(mass_change_id, asset_id)", "This unit is listed already."
    )

    @api.depends("asset_id.display_name")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.asset_id.display_name

    def write(self, vals):
        if not self.env.su and vals.keys() - {"is_told"}:
            raise AccessError(
                self.env._("Only whether the customer was told is entered by hand.")
            )
        if "is_told" in vals:
            today = self.env.company._aftersales_today()
            vals = {**vals, "date_told": vals["is_told"] and today}
        return super().write(vals)

    def action_tell(self):
        """Note that the customers know."""
        self.check_access("write")
        self.filtered(lambda line: not line.is_told).write({"is_told": True})

    def action_view_asset(self):
        """Open the unit."""
        self.check_access("read")
        return self.asset_id._action_open(self.asset_id)

    def _get_warranties(self):
        """Return the warranties that are prolonged, of all lines in one query.

        A warranty that follows another one moves with it, so it is left out where
        that one is prolonged as well.
        """
        change = self.mass_change_id
        warranties = self.env["aftersales.warranty"].search(
            [("asset_id", "in", self.asset_id.ids), *change._get_warranty_domain()]
        )
        return warranties.filtered(lambda w: w.base_id not in warranties)
