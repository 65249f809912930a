from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# What follows from the moves of the goods.
FACTS = {"state", "move_ids"}
FIXED = {"kind", "product_id", "lot_id", "quantity", "uom_id", "location_id"}


class AftersalesVisitPart(models.Model):
    """A part that was put in on a visit, or taken out."""

    _name = "aftersales.visit.part"
    _description = "Part on a Visit"
    _inherit = [
        "aftersales.visit.part.charge.mixin",
        "aftersales.visit.part.move.mixin",
        "aftersales.visit.child.mixin",
    ]
    _order = "visit_id, line_id, id"
    _check_company_auto = True

    line_id = fields.Many2one(
        "aftersales.visit.line",
        string="Unit",
        index="btree_not_null",
        ondelete="set null",
        domain="[('visit_id', '=', visit_id)]",
    )
    asset_id = fields.Many2one(related="line_id.asset_id")
    kind = fields.Selection(
        [("used", "Put In"), ("removed", "Taken Out")], default="used", required=True
    )
    product_id = fields.Many2one(
        "product.product",
        string="Part",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('type', '=', 'consu')]",
    )
    tracking = fields.Selection(related="product_id.tracking")
    lot_id = fields.Many2one(
        "stock.lot",
        string="Lot or Serial Number",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('product_id', '=', product_id)]",
    )
    quantity = fields.Float(digits="Product Unit", default=1.0, required=True)
    uom_id = fields.Many2one(
        "uom.uom",
        string="Unit of Measure",
        required=True,
        ondelete="restrict",
        compute="_compute_uom_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    location_id = fields.Many2one(
        "stock.location",
        string="Taken From",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('usage', '=', 'internal')]",
        help="Empty: from the technician's own stock, else from the warehouse.",
    )
    removed_to = fields.Selection(
        [
            ("customer", "Stays with the Customer"),
            ("scrap", "Thrown Away"),
            ("stock", "Back to Stock"),
        ],
        string="What Becomes of It",
        default="customer",
        required=True,
        help="Of a part that was taken out.",
    )
    is_forced = fields.Boolean(
        string="Use Anyway",
        copy=False,
        help="It was put in although the stock knows of none: the count goes below "
        "zero until it is corrected.",
    )
    state = fields.Selection(
        [
            ("planned", "Not Booked Yet"),
            ("done", "Booked"),
            ("taken_back", "Taken Back"),
        ],
        default="planned",
        required=True,
        readonly=True,
        copy=False,
    )
    note = fields.Char(string="Remark")
    share = fields.Float(
        string="Paid for the Customer (%)",
        compute="_compute_share",
        groups="base.group_user",
        help="What warranties and the contract pay of this part today.",
    )
    coverage_label = fields.Char(
        string="Customer Pays", compute="_compute_share", groups="base.group_user"
    )

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "The quantity of a part is above zero."
    )

    @api.depends("product_id")
    def _compute_uom_id(self):
        for part in self:
            if part.product_id and not part.uom_id:
                part.uom_id = part.product_id.uom_id

    @api.depends("product_id", "line_id.asset_id", "kind", "visit_id.date_done")
    @api.depends_context("lang")
    def _compute_share(self):
        self.share = 0.0
        self.coverage_label = False
        used = self.filtered(lambda p: p.kind == "used" and p.product_id)
        # sudo: who may see the part may see what is paid of it.
        keys = used.sudo().grouped(
            lambda p: (p.visit_id, p.product_id, p.line_id.asset_id)
        )
        for (visit, product, asset), parts in keys.items():
            share, _reason = visit._get_covered_share(product, asset)
            for part in self.filtered(lambda p, ids=parts._ids: p.id in ids):
                part.share = share
                part.coverage_label = part._format_share(share)

    @api.model
    def _format_share(self, share):
        if share >= 100:
            return self.env._("Nothing: it is covered")
        rest = self.env["res.lang"]._aftersales_format_number(100 - share)
        return self.env._("%s %%", rest)

    @api.constrains("line_id", "visit_id")
    def _check_line(self):
        for part in self:
            if part.line_id and part.line_id.visit_id != part.visit_id:
                raise ValidationError(
                    self.env._("Choose a unit that is on this visit.")
                )

    @api.constrains("product_id", "lot_id", "quantity", "uom_id")
    def _check_goods(self):
        for part in self:
            # sudo: technicians read no lots.
            part = part.sudo()
            if part.lot_id and part.lot_id.product_id != part.product_id:
                raise ValidationError(
                    self.env._(
                        "%(lot)s is no %(product)s.",
                        lot=part.lot_id.name,
                        product=part.product_id.display_name,
                    )
                )
            if part.product_id.type != "consu":
                raise ValidationError(
                    self.env._(
                        "%s is no goods: enter it as time or as a charge.",
                        part.product_id.display_name,
                    )
                )
            if not part.uom_id._has_common_reference(part.product_id.uom_id):
                raise ValidationError(
                    self.env._(
                        "%(product)s is not counted in %(unit)s.",
                        product=part.product_id.display_name,
                        unit=part.uom_id.name,
                    )
                )
            one = part.product_id.uom_id.compare(part._get_stock_quantity(), 1.0) == 0
            if part.product_id.tracking == "serial" and part.lot_id and not one:
                raise ValidationError(
                    self.env._(
                        "%s has serial numbers: enter each of them on its own.",
                        part.product_id.display_name,
                    )
                )

    @api.constrains("location_id")
    def _check_location(self):
        for part in self:
            # sudo: technicians read no places.
            place = part.sudo().location_id
            if place and place.usage != "internal":
                raise ValidationError(
                    self.env._("Parts are taken from a place of your own stock.")
                )

    @api.constrains("lot_id", "state", "kind")
    def _check_serial_once(self):
        """One serial number is put in once."""
        for part in self.filtered(lambda p: p.kind == "used" and p.lot_id):
            # sudo: another technician may have entered it.
            part = part.sudo()
            if part.product_id.tracking != "serial" or part.state != "planned":
                continue
            twin = part.search(
                [
                    ("lot_id", "=", part.lot_id.id),
                    ("kind", "=", "used"),
                    ("state", "=", "planned"),
                    ("id", "!=", part.id),
                ],
                limit=1,
            )
            if twin:
                raise ValidationError(
                    self.env._(
                        "%(lot)s is on %(visit)s already.",
                        lot=part.lot_id.name,
                        visit=twin.visit_id.number,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(FACTS & vals.keys() for vals in vals_list):
            raise UserError(self.env._("Book the part instead."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and FACTS & vals.keys():
            raise UserError(self.env._("Book the part, or take it back instead."))
        if FIXED & vals.keys() and self.filtered(lambda p: p.state != "planned"):
            raise UserError(
                self.env._(
                    "What is booked does not change: take the part back, and enter the "
                    "right one."
                )
            )
        result = super().write(vals)
        if FIXED & vals.keys():
            self._drop_reservation()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_booked(self):
        if self.filtered(lambda p: p.state == "done"):
            raise UserError(
                self.env._("Take the part back first: then the stock has it again.")
            )
        self._drop_reservation()
