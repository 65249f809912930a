from odoo import api, fields, models
from odoo.exceptions import UserError

# Follows from the buttons and from credit notes, never written by hand.
FACTS = {
    "state",
    "date_sent",
    "date_answered",
    "repair_id",
    "assessment_id",
    "receipt_move_id",
    "receipt_date",
    "date_end",
    "terms",
}
# What is asked, and from whom: it stays as it is once the claim was sent.
ASKED = {"partner_id", "asset_id", "product_id", "currency_id", "line_ids"}


class AftersalesVendorClaim(models.Model):
    """What we ask back from a supplier for a unit that failed in their warranty."""

    _name = "aftersales.vendor.claim"
    _description = "Supplier Claim"
    _inherit = [
        "aftersales.vendor.claim.answer.mixin",
        "aftersales.vendor.claim.cost.mixin",
        "aftersales.facts.mixin",
        "aftersales.state.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _rec_names_search = ["name", "partner_id", "serial_number", "vendor_reference"]

    name = fields.Char(
        string="Number", required=True, readonly=True, default="/", copy=False
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Supplier",
        index="btree_not_null",
        tracking=True,
        check_company=True,
    )
    contact_id = fields.Many2one(
        "res.partner", string="Send To", help="Empty: the supplier."
    )
    vendor_reference = fields.Char(
        string="Supplier's Number",
        copy=False,
        help="How the supplier calls this claim.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        tracking=True,
        domain="[('share', '=', False)]",
    )
    asset_id = fields.Many2one(
        "aftersales.asset",
        string="Installed Product",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    product_id = fields.Many2one(
        "product.product", required=True, index=True, check_company=True
    )
    lot_id = fields.Many2one("stock.lot", string="Lot/Serial", check_company=True)
    serial_number = fields.Char()
    is_for_replacement = fields.Boolean(
        string="For a Replacement",
        readonly=True,
        help="Prepared because the unit was replaced under warranty.",
    )
    repair_id = fields.Many2one(
        "repair.order",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    assessment_id = fields.Many2one(
        "aftersales.assessment",
        readonly=True,
        ondelete="set null",
        groups="aftersales_addon.aftersales_group_user",
    )
    date_reported = fields.Date(
        string="Defect Reported On",
        required=True,
        default=lambda self: self.env.company._aftersales_today(),
        help="The day on which the customer told us. It has to lie within the "
        "supplier's warranty.",
    )
    fault = fields.Text(help="What is wrong with the unit.")
    candidate_ids = fields.One2many(
        "aftersales.vendor.claim.candidate",
        "claim_id",
        string="Possible Suppliers",
        readonly=True,
    )
    receipt_move_id = fields.Many2one(
        "stock.move", readonly=True, index="btree_not_null"
    )
    receipt_picking_id = fields.Many2one(
        related="receipt_move_id.picking_id", string="Receipt"
    )
    purchase_line_id = fields.Many2one(
        related="receipt_move_id.purchase_line_id", string="Purchase Order Line"
    )
    purchase_order_id = fields.Many2one(
        related="receipt_move_id.purchase_line_id.order_id",
        string="Purchase Order",
        store=True,
    )
    receipt_date = fields.Date(string="Received On", readonly=True)
    date_end = fields.Date(string="Supplier Covers Until", readonly=True)
    terms = fields.Json(readonly=True)
    line_ids = fields.One2many(
        "aftersales.vendor.claim.line", "claim_id", string="Costs", copy=True
    )
    state = fields.Selection(
        [
            ("choose", "Choose the Supplier"),
            ("draft", "To Send"),
            ("sent", "Sent"),
            ("accepted", "Accepted"),
            ("partly", "Accepted in Part"),
            ("rejected", "Rejected"),
            ("credited", "Credited"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    date_sent = fields.Date(string="Sent On", readonly=True, copy=False)
    date_answered = fields.Date(string="Answered On", readonly=True, copy=False)

    _partner_known = models.Constraint(
        "CHECK (partner_id IS NOT NULL OR state IN ('choose', 'cancelled'))",
        "Choose the supplier of this claim.",
    )
    _repair_once = models.UniqueIndex(
        "(repair_id) WHERE repair_id IS NOT NULL"
        " AND state NOT IN ('rejected', 'cancelled')",
        "There is a claim for this repair already.",
    )
    _company_state_index = models.Index("(company_id, state)")

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for claim in self:
            vendor = claim.partner_id.name
            claim.display_name = f"{claim.name} – {vendor}" if vendor else claim.name

    @api.onchange("asset_id")
    def _onchange_asset_id(self):
        """Take over what is known of the unit."""
        asset = self.asset_id
        if asset:
            self.product_id = asset.product_id
            self.lot_id = asset.lot_id
            self.serial_number = asset.serial_number

    @api.model_create_multi
    def create(self, vals_list):
        self._check_new_facts(vals_list)
        self.env["ir.sequence"]._aftersales_number(self._name, vals_list, "name")
        return super().create(vals_list)

    def write(self, vals):
        self._check_facts(vals)
        if ASKED - {"line_ids"} & vals.keys() and not self.env.su:
            self._check_editable(vals.keys())
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        if any(c.state not in ("choose", "draft", "cancelled") for c in self):
            raise UserError(self.env._("Cancel the claim before you delete it."))

    def _get_facts(self):
        return FACTS

    def _explain_facts(self, labels):
        return self.env._(
            "%s: this follows from receipts, repairs and the buttons of the claim and "
            "cannot be set by hand.",
            labels,
        )

    def _check_editable(self, names):
        """Refuse a change of what was asked once the claim was sent."""
        changed = ASKED & set(names)
        if changed and any(c.state not in ("choose", "draft") for c in self):
            raise UserError(
                self.env._(
                    "The claim was sent: what is asked cannot change any more. Cancel "
                    "it and make a new one."
                )
            )

    def _check_line_editable(self, names):
        """Let the answer be entered while it is awaited, and nothing else."""
        if self.env.su:
            return
        if set(names) <= {"accepted"}:
            if any(c.state != "sent" for c in self):
                raise UserError(
                    self.env._("An answer is entered for claims that were sent.")
                )
            return
        self._check_editable({"line_ids"})

    def _get_rate_day(self):
        """Return the day whose rate of exchange holds."""
        return self.date_sent or fields.Date.context_today(self)

    def _get_contact(self):
        """Return to whom the claim is sent."""
        self.ensure_one()
        return self.contact_id or self.partner_id

    def action_view_asset(self):
        """Open the unit."""
        return self._open(self.asset_id)

    def action_view_repair(self):
        """Open the repair that has caused the costs."""
        return self._open(self.repair_id)

    def action_view_purchase_order(self):
        """Open the order that the unit was bought with."""
        return self._open(self.purchase_order_id)
