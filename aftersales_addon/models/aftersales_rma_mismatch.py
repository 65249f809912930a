from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

STATES = [
    ("open", "To Decide"),
    ("accepted", "Taken in Place"),
    ("added", "A Line of Its Own"),
    ("raised", "Line Raised"),
    ("quarantine", "In Quarantine"),
    ("back", "Goes Back"),
]


class AftersalesRmaMismatch(models.Model):
    """What came with a return and was not announced: a person decides about it.

    Nothing of it is credited, and what was announced stays expected, until then.
    """

    _name = "aftersales.rma.mismatch"
    _description = "Unexpected Goods"
    _inherit = [
        "aftersales.rma.mismatch.decision.mixin",
        "aftersales.rma.mismatch.move.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True

    rma_id = fields.Many2one(
        "aftersales.rma",
        string="Return",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="rma_id.company_id", store=True)
    partner_id = fields.Many2one(related="rma_id.partner_id", string="Customer")
    kind = fields.Selection(
        [
            ("product", "Another Product"),
            ("serial", "Another Number"),
            ("excess", "More Than Expected"),
        ],
        string="What Is Wrong",
        required=True,
        readonly=True,
    )
    line_id = fields.Many2one(
        "aftersales.rma.line",
        string="In Place Of",
        index="btree_not_null",
        domain="[('rma_id', '=', rma_id), ('is_kept', '=', False)]",
        help="What was expected instead.",
    )
    expected = fields.Char(
        readonly=True, help="What was announced when these goods came."
    )
    move_id = fields.Many2one(
        "stock.move",
        string="Came With",
        readonly=True,
        index="btree_not_null",
        groups="base.group_user",
    )
    product_id = fields.Many2one(
        "product.product", string="What Came", required=True, readonly=True, index=True
    )
    lot_id = fields.Many2one(
        "stock.lot", string="Lot/Serial", readonly=True, index="btree_not_null"
    )
    quantity = fields.Float(digits="Product Unit", required=True, readonly=True)
    uom_id = fields.Many2one("uom.uom", string="Unit", required=True, readonly=True)
    owner_id = fields.Many2one(
        "res.partner",
        string="Number Belongs To",
        readonly=True,
        help="Who got the number delivered last.",
    )
    owner_order_id = fields.Many2one("sale.order", string="Its Order", readonly=True)
    warning = fields.Char(compute="_compute_warning")
    note = fields.Text(string="Notes", help="For whoever decides.")
    location_id = fields.Many2one(
        "stock.location", string="Lies At", readonly=True, check_company=True
    )
    result_line_id = fields.Many2one(
        "aftersales.rma.line",
        string="Became",
        readonly=True,
        index="btree_not_null",
        help="The line of the return that the goods are on now.",
    )
    state = fields.Selection(STATES, required=True, default="open", readonly=True)
    decided_by_id = fields.Many2one("res.users", readonly=True)
    date_decided = fields.Datetime(string="Decided On", readonly=True)

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "The quantity that came is more than zero."
    )
    # The queue of what waits for a decision is a few rows of many.
    _open_index = models.Index("(id DESC) WHERE state = 'open'")

    @api.depends("product_id", "quantity", "lot_id", "uom_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for row in self:
            number = f" – {row.lot_id.name}" if row.lot_id else ""
            name = row.product_id.display_name or ""
            count = row.uom_id._aftersales_format(row.quantity)
            row.display_name = f"{count} × {name}{number}"

    @api.depends("kind", "lot_id", "owner_id", "owner_order_id", "partner_id")
    @api.depends_context("lang")
    def _compute_warning(self):
        for row in self:
            row.warning = row._get_warning()

    def _get_warning(self):
        """Return what is remarkable about the number, in words."""
        self.ensure_one()
        if not self.lot_id:
            return ""
        if not self.owner_id:
            return self.env._("A serial that does not match: we never delivered it.")
        # sudo: whose it is, for whoever may see the return.
        row = self.sudo()
        order = row.owner_order_id.name or row.owner_id.display_name
        if row._is_of_another_customer():
            return self.env._(
                "A serial that does not match: it belongs to another customer, "
                "%(owner)s (%(order)s).",
                owner=row.owner_id.display_name,
                order=order,
            )
        if row.kind == "excess":
            return ""
        return self.env._(
            "A serial that does not match: the customer has it from %s.", order
        )

    def _is_of_another_customer(self):
        """Tell whether the number was last delivered to somebody else."""
        self.ensure_one()
        # sudo: only compared.
        row = self.sudo()
        owner = row.owner_id.commercial_partner_id
        return bool(owner) and owner != row.rma_id.commercial_partner_id

    @api.constrains("line_id", "rma_id")
    def _check_line(self):
        for row in self:
            if row.line_id and row.line_id.rma_id != row.rma_id:
                raise ValidationError(
                    self.env._(
                        "%(line)s is not on %(rma)s. Choose a line of this return.",
                        line=row.line_id.display_name,
                        rma=row.rma_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Note what came, with whose it is."""
        rows = super().create(vals_list)
        rows._find_owners()
        return rows

    def write(self, vals):
        if not self.env.su and vals.keys() - {"line_id", "note"}:
            raise UserError(
                self.env._("Use the buttons to decide what becomes of the goods.")
            )
        return super().write(vals)

    def _find_owners(self):
        """Find who got the numbers last, for all of them at once."""
        # sudo: numbers of other customers are shown to whoever decides.
        rows = self.sudo().filtered("lot_id")
        if not rows:
            return
        lines = self.env["stock.move.line"].sudo()
        lines = lines.search(
            [
                ("lot_id", "in", rows.lot_id.ids),
                ("state", "=", "done"),
                ("company_id", "in", rows.company_id.ids),
                ("location_dest_id.usage", "=", "customer"),
            ],
            order="date, id",
        )
        last = {(x.company_id, x.lot_id): x.move_id for x in lines}
        assets = self.env["aftersales.asset"].sudo()
        assets = assets.search(
            [("lot_id", "in", rows.lot_id.ids), ("state", "=", "in_use")]
        )
        in_use = {(x.company_id, x.lot_id): x for x in assets}
        for row in rows:
            move = last.get((row.company_id, row.lot_id))
            asset = in_use.get((row.company_id, row.lot_id))
            if move:
                row.owner_id = move._aftersales_get_customer()
                row.owner_order_id = move.sale_line_id.order_id
            if asset and asset.is_serial:
                row.owner_id = asset.partner_id
