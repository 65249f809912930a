from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .aftersales_return_policy import REMEDIES
from .aftersales_rma import OPEN_STATES
from .aftersales_rma_line_refund_mixin import REFUNDING
from .aftersales_rma_line_replacement_mixin import REPLACING


class AftersalesRmaLine(models.Model):
    """A quantity of one product of one delivery that comes back."""

    _name = "aftersales.rma.line"
    _description = "Return Line"
    _inherit = [
        "aftersales.rma.line.proposal.mixin",
        "aftersales.rma.line.photo.mixin",
        "aftersales.rma.eligibility.mixin",
        "aftersales.rma.source.mixin",
        "aftersales.rma.line.receipt.mixin",
        "aftersales.rma.line.inspection.mixin",
        "aftersales.rma.line.replacement.mixin",
        "aftersales.rma.line.advance.mixin",
        "aftersales.rma.line.refund.mixin",
        "aftersales.rma.line.fee.mixin",
    ]
    _order = "rma_id desc, sequence, id"
    _check_company_auto = True

    rma_id = fields.Many2one(
        "aftersales.rma", string="Return", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(related="rma_id.company_id", store=True)
    partner_id = fields.Many2one(related="rma_id.partner_id")
    state = fields.Selection(related="rma_id.state", store=True, string="Return Is")
    product_id = fields.Many2one(
        "product.product", required=True, index=True, check_company=True
    )
    lot_id = fields.Many2one(
        "stock.lot",
        string="Lot/Serial",
        index="btree_not_null",
        check_company=True,
        domain="[('product_id', '=', product_id)]",
    )
    move_id = fields.Many2one(
        "stock.move",
        string="Delivery Move",
        index="btree_not_null",
        check_company=True,
        help="The delivery that brought the goods. Empty: bought elsewhere.",
    )
    sale_line_id = fields.Many2one(
        "sale.order.line", string="Order Line", index="btree_not_null"
    )
    sale_order_id = fields.Many2one(related="sale_line_id.order_id", string="Order")
    asset_id = fields.Many2one(
        "aftersales.asset",
        string="Installed Product",
        index="btree_not_null",
        check_company=True,
    )
    allowed_uom_ids = fields.Many2many("uom.uom", compute="_compute_allowed_uom_ids")
    uom_id = fields.Many2one(
        "uom.uom",
        string="Unit",
        required=True,
        compute="_compute_uom_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('id', 'in', allowed_uom_ids)]",
    )
    quantity = fields.Float(
        digits="Product Unit", required=True, default=1.0, help="What comes back."
    )
    reason_id = fields.Many2one(
        "aftersales.reason",
        index="btree_not_null",
        check_company=True,
        domain="[('is_for_returns', '=', True)]",
    )
    description = fields.Text(
        string="What the Customer Says", help="In the customer's own words."
    )
    remedy = fields.Selection(
        REMEDIES,
        required=True,
        default="refund",
        help="What the customer gets. A part of the quantity can be settled "
        "otherwise when the goods are inspected.",
    )
    is_advance = fields.Boolean(
        string="Advance", help="The replacement leaves before the goods come back."
    )
    is_kept = fields.Boolean(
        string="Customer Keeps It", help="Settled without the goods coming back."
    )
    move_ids = fields.One2many(
        "stock.move", "aftersales_rma_line_id", string="Stock Moves"
    )
    disposition_ids = fields.One2many(
        "aftersales.rma.disposition", "line_id", string="Inspection"
    )
    quantity_expected = fields.Float(
        digits="Product Unit", compute="_compute_quantity_expected", store=True
    )
    quantity_received = fields.Float(
        string="Received",
        digits="Product Unit",
        compute="_compute_quantity_received",
        store=True,
    )
    quantity_to_refund = fields.Float(
        digits="Product Unit", compute="_compute_quantities_wanted", store=True
    )
    quantity_to_replace = fields.Float(
        digits="Product Unit", compute="_compute_quantities_wanted", store=True
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_value")
    value = fields.Monetary(
        compute="_compute_value",
        help="What the quantity was sold for, before tax, in the company's currency.",
    )

    _quantity_positive = models.Constraint(
        "CHECK (quantity > 0)", "The quantity that comes back is more than zero."
    )

    # The queue of the inspection: what waits is a few rows of many.
    _to_inspect_index = models.Index("(rma_id DESC) WHERE quantity_to_inspect > 0")

    @api.depends("product_id")
    def _compute_allowed_uom_ids(self):
        for line in self:
            product = line.product_id
            line.allowed_uom_ids = (
                product.uom_id | product.uom_ids | line.sale_line_id.product_uom_id
            )

    @api.depends("product_id")
    def _compute_uom_id(self):
        for line in self:
            line.uom_id = line.uom_id or line.product_id.uom_id

    @api.depends("product_id", "quantity", "uom_id", "lot_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for line in self:
            name = line.product_id.display_name or ""
            number = f" – {line.lot_id.name}" if line.lot_id else ""
            count = line.uom_id._aftersales_format(line.quantity)
            line.display_name = f"{count} × {name}{number}"

    @api.depends("quantity", "is_kept", "state")
    def _compute_quantity_expected(self):
        for line in self:
            coming = line.state in ("approved", "done") and not line.is_kept
            line.quantity_expected = line.quantity if coming else 0.0

    @api.depends("move_ids.state", "move_ids.quantity", "uom_id")
    def _compute_quantity_received(self):
        for line in self:
            # sudo: who may see the return may see what came, without rights on stock.
            moves = line.sudo().move_ids
            done = moves.filtered(
                lambda m: m.state == "done" and m._aftersales_is_return()
            )
            line.quantity_received = sum(
                move.product_uom._compute_quantity(
                    move.quantity, line.uom_id, rounding_method="HALF-UP"
                )
                for move in done
                if move.product_id == line.product_id
            )

    @api.depends(
        "quantity",
        "remedy",
        "state",
        "disposition_ids",
        "disposition_ids.remedy",
        "disposition_ids.quantity",
    )
    def _compute_quantities_wanted(self):
        for line in self:
            active = line.state in ("approved", "done")
            line.quantity_to_refund = active and line._get_wanted(REFUNDING)
            line.quantity_to_replace = active and line._get_wanted(REPLACING)

    def _get_wanted(self, remedies):
        """Return the quantity that is settled in one of some ways."""
        self.ensure_one()
        inspected = self.disposition_ids
        decided = inspected.filtered(lambda d: d.remedy in remedies)
        rest = self.quantity - sum(inspected.mapped("quantity"))
        wanted = sum(decided.mapped("quantity"))
        return wanted + (max(rest, 0.0) if self.remedy in remedies else 0.0)

    @api.depends("quantity", "uom_id", "sale_line_id", "product_id")
    def _compute_value(self):
        for line in self:
            currency = line.company_id.currency_id
            # sudo: the value of goods on a return that the user may see.
            sold = line.sudo().sale_line_id
            line.currency_id = currency
            if not sold:
                price = line.product_id.lst_price
                unit = line.product_id.uom_id
            else:
                price = sold.currency_id._convert(
                    sold.price_reduce_taxexcl,
                    currency,
                    line.company_id,
                    sold.order_id.date_order or fields.Date.today(),
                )
                unit = sold.product_uom_id
            quantity = line.uom_id._compute_quantity(line.quantity, unit, round=False)
            line.value = currency.round(price * quantity)

    # --- Checks ---

    @api.constrains("move_id", "product_id", "lot_id", "sale_line_id", "asset_id")
    def _check_source(self):
        """Goods, delivery, order and unit belong together, and to the customer."""
        for line in self.sudo():
            move, partner = line.move_id, line.rma_id.commercial_partner_id
            if move and move.product_id != line.product_id:
                raise ValidationError(
                    self.env._(
                        "%(move)s did not deliver %(product)s.",
                        move=move.reference,
                        product=line.product_id.display_name,
                    )
                )
            owners = line._get_owners()
            if owners and partner not in owners:
                raise ValidationError(
                    self.env._(
                        "%(goods)s belongs to another customer than %(partner)s.",
                        goods=line.display_name,
                        partner=partner.display_name,
                    )
                )
            if line.lot_id and line.lot_id.product_id != line.product_id:
                raise ValidationError(
                    self.env._(
                        "The number %(lot)s belongs to another product: %(product)s.",
                        lot=line.lot_id.name,
                        product=line.lot_id.product_id.display_name,
                    )
                )

    @api.constrains("uom_id", "product_id")
    def _check_uom(self):
        for line in self:
            if not line.uom_id._has_common_reference(line.product_id.uom_id):
                raise ValidationError(
                    self.env._(
                        "%(product)s is not measured in %(unit)s.",
                        product=line.product_id.display_name,
                        unit=line.uom_id.name,
                    )
                )

    @api.constrains("quantity", "lot_id", "uom_id")
    def _check_serial_quantity(self):
        for line in self.filtered(lambda x: x.lot_id):
            if line.product_id.tracking != "serial":
                continue
            if line.product_id.uom_id.compare(line._get_base_quantity(), 1.0):
                raise ValidationError(
                    self.env._(
                        "The serial number %s is one unit. Add a line for each.",
                        line.lot_id.name,
                    )
                )

    def _check_can_request(self):
        """Refuse what cannot be asked for, with what to do instead."""
        result = super()._check_can_request()
        for line in self:
            if line.product_id.type == "service":
                raise UserError(
                    self.env._(
                        "%s is a service: there is nothing to send back. Refund its "
                        "invoice instead.",
                        line.product_id.display_name,
                    )
                )
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_open(self):
        if any(line.state in (*OPEN_STATES, "done") for line in self):
            raise UserError(
                self.env._(
                    "The goods of a requested return stay on it. Cancel the return "
                    "instead."
                )
            )

    def _get_base_quantity(self):
        """Return the quantity in the unit of the product."""
        self.ensure_one()
        return self.uom_id._compute_quantity(
            self.quantity, self.product_id.uom_id, rounding_method="HALF-UP"
        )
