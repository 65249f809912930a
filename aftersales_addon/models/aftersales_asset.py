from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..const import EXPIRING_DAYS
from ..tools.periods import add_period


class AftersalesAsset(models.Model):
    """A product at a customer: one serial, a share of a lot, or a quantity."""

    _name = "aftersales.asset"
    _description = "Installed Product"
    _inherit = [
        "aftersales.asset.customer.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "portal.mixin",
        "aftersales.assessment.mixin",
        "aftersales.asset.stock.mixin",
        "aftersales.asset.timeline.mixin",
        "aftersales.company.check.mixin",
        "aftersales.asset.manual.mixin",
        "aftersales.asset.overview.mixin",
    ]
    _order = "delivery_date desc, id desc"
    _rec_names_search = ["serial_number", "product_id", "partner_id"]
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    product_id = fields.Many2one(
        "product.product", required=True, index=True, check_company=True
    )
    product_tmpl_id = fields.Many2one(related="product_id.product_tmpl_id")
    product_categ_id = fields.Many2one(
        related="product_id.categ_id", groups="base.group_user"
    )
    product_image = fields.Image(related="product_id.image_128")
    product_tracking = fields.Selection(related="product_id.tracking")
    uom_id = fields.Many2one(related="product_id.uom_id")
    lot_id = fields.Many2one(
        "stock.lot",
        string="Lot/Serial",
        index="btree_not_null",
        check_company=True,
        domain="[('product_id', '=', product_id)]",
    )
    serial_number = fields.Char(
        compute="_compute_serial_number",
        store=True,
        readonly=False,
        precompute=True,
        index="trigram",
        tracking=True,
        help="The number on the unit. Taken from the lot when there is one; typed in "
        "for a unit that was sold elsewhere.",
    )
    is_serial = fields.Boolean(
        string="One Unit",
        compute="_compute_is_serial",
        store=True,
        precompute=True,
        help="The unit has a serial number of its own in stock.",
    )
    quantity = fields.Float(
        string="Quantity at Customer",
        digits="Product Unit",
        default=1.0,
        required=True,
        help="What the customer still has, in the unit of the product: what was "
        "delivered less what came back for good.",
    )
    quantity_delivered = fields.Float(
        digits="Product Unit", default=1.0, required=True, readonly=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", index="btree_not_null", tracking=True
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        string="Customer Company",
        store=True,
        index="btree_not_null",
        precompute=True,
    )
    partner_shipping_id = fields.Many2one(
        "res.partner",
        string="Installed At",
        index="btree_not_null",
        help="The address where the product is.",
    )
    user_id = fields.Many2one(
        "res.users", string="Responsible", index="btree_not_null", tracking=True
    )
    sale_line_id = fields.Many2one(
        "sale.order.line",
        string="Order Line",
        index="btree_not_null",
        readonly=True,
        groups="base.group_user",
    )
    sale_order_id = fields.Many2one(
        "sale.order", string="Order", index="btree_not_null", readonly=True
    )
    move_id = fields.Many2one(
        "stock.move", string="Delivery Move", readonly=True, groups="base.group_user"
    )
    picking_id = fields.Many2one(
        "stock.picking", string="Delivery", index="btree_not_null", readonly=True
    )
    backfill_id = fields.Many2one(
        "aftersales.backfill",
        string="Taken In By",
        index="btree_not_null",
        readonly=True,
        copy=False,
        groups="aftersales_addon.aftersales_group_manager",
        help="The run over past deliveries that listed this unit.",
    )
    return_move_ids = fields.Many2many(
        "stock.move",
        "aftersales_asset_return_move_rel",
        "asset_id",
        "move_id",
        string="Unlinked Returns",
        readonly=True,
        groups="base.group_user",
        help="Returns of this unit that name no delivery.",
    )
    delivery_date = fields.Date(
        string="Delivered On",
        default=lambda self: self.env.company._aftersales_today(),
        help="The day of the delivery where the company works.",
    )
    state = fields.Selection(
        [
            ("in_use", "In Use"),
            ("returned", "Returned"),
            ("transferred", "Passed On"),
            ("retired", "Retired"),
        ],
        required=True,
        default="in_use",
        readonly=True,
        tracking=True,
        copy=False,
    )
    date_closed = fields.Date(string="Left the Customer On", readonly=True, copy=False)
    warranty_ids = fields.One2many(
        "aftersales.warranty", "asset_id", string="Warranties"
    )
    warranty_count = fields.Integer(compute="_compute_warranty_count")
    warranty_end = fields.Date(
        string="Covered Until",
        compute="_compute_warranty_end",
        store=True,
        help="The last covered day of the longest warranty in force.",
    )
    coverage_state = fields.Selection(
        [
            ("covered", "Covered"),
            ("expiring", "Expiring Soon"),
            ("expired", "Expired"),
            ("none", "No Warranty"),
            ("closed", "Closed"),
        ],
        compute="_compute_coverage",
        search="_search_coverage_state",
        string="Coverage State",
    )
    coverage_label = fields.Char(compute="_compute_coverage", string="Warranty")
    coverage_days_left = fields.Integer(
        compute="_compute_coverage",
        search="_search_coverage_days_left",
        string="Days Left",
        help="Days until the last covered day; negative after it.",
    )
    note = fields.Html(string="Notes", groups="base.group_user")

    _quantity_not_negative = models.Constraint(
        "CHECK (quantity >= 0)", "A customer cannot have less than nothing."
    )
    _move_lot_unique = models.UniqueIndex(
        "(move_id, COALESCE(lot_id, 0)) WHERE move_id IS NOT NULL",
        "This delivery is listed among the installed products already.",
    )
    _serial_in_use_unique = models.UniqueIndex(
        "(company_id, lot_id) WHERE state = 'in_use' AND is_serial",
        "This serial number is in use at a customer already. Return it or pass it on "
        "first.",
    )
    _coverage_index = models.Index("(company_id, warranty_end)")

    @api.depends("lot_id.name")
    def _compute_serial_number(self):
        for asset in self:
            # Without a lot the number was typed in: keep it.
            asset.serial_number = asset.lot_id.name or asset.serial_number

    @api.depends("lot_id", "product_id.tracking")
    def _compute_is_serial(self):
        for asset in self:
            asset.is_serial = asset.lot_id and asset.product_id.tracking == "serial"

    @api.depends("product_id", "serial_number", "quantity")
    def _compute_display_name(self):
        for asset in self:
            name = asset.product_id.display_name or ""
            if asset.serial_number:
                name = f"{name} – {asset.serial_number}"
            if asset.quantity > 1:
                name = f"{asset.quantity:g} × {name}"
            asset.display_name = name

    @api.depends("warranty_ids.date_end", "warranty_ids.state")
    def _compute_warranty_end(self):
        for asset in self:
            ends = [w.date_end for w in asset.warranty_ids if w.state == "open"]
            asset.warranty_end = max(ends, default=False)

    @api.depends("warranty_ids")
    def _compute_warranty_count(self):
        counts = dict(
            self.env["aftersales.warranty"]._read_group(
                [("asset_id", "in", self.ids)], ["asset_id"], ["__count"]
            )
        )
        for asset in self:
            asset.warranty_count = counts.get(asset, 0)

    @api.depends("warranty_end", "state", "company_id")
    @api.depends_context("lang")
    def _compute_coverage(self):
        days = self.company_id._aftersales_today_by_company()
        labels = dict(self._fields["state"]._description_selection(self.env))
        for asset in self:
            today = days.get(asset.company_id) or fields.Date.today()
            end = asset.warranty_end
            asset.coverage_days_left = (end - today).days if end else 0
            if asset.state != "in_use":
                asset.coverage_state = "closed"
                asset.coverage_label = labels[asset.state]
                continue
            asset.coverage_state = self._get_coverage_state(end, today)
            asset.coverage_label = self._get_coverage_label(end, today)

    def _search_coverage_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = set(value)
        in_use = self.env["res.company"]._aftersales_coverage_domain(
            "warranty_end", wanted - {"none", "closed"}
        )
        if "none" in wanted:
            in_use |= Domain("warranty_end", "=", False)
        domain = Domain("state", "=", "in_use") & in_use
        if "closed" in wanted:
            domain |= Domain("state", "!=", "in_use")
        return domain

    def _search_coverage_days_left(self, operator, value):
        if operator not in ("<", "<=", ">", ">="):
            return NotImplemented
        domain = self.env["res.company"]._aftersales_by_day_domain(
            lambda today: Domain(
                "warranty_end", operator, fields.Date.add(today, days=int(value))
            )
        )
        return Domain("state", "=", "in_use") & domain

    @api.model
    def _get_coverage_state(self, end, today):
        """Return the state of coverage that ends on a day.

        :param date end: the last covered day, or False
        :param date today: today where the company works
        """
        if not end:
            return "none"
        if end < today:
            return "expired"
        if end <= add_period(today, EXPIRING_DAYS, "day"):
            return "expiring"
        return "covered"

    @api.model
    def _get_coverage_label(self, end, today):
        """Return coverage in words that anyone understands."""
        if not end:
            return self.env._("No warranty")
        days = (end - today).days
        if days < -30:
            return self.env._("Expired on %s", self._format_day(end))
        if days < -1:
            return self.env._("Expired %s days ago", -days)
        if days == -1:
            return self.env._("Expired yesterday")
        if days == 0:
            return self.env._("Covered until today")
        return self.env._("Covered until %s", self._format_day(end))

    @api.model
    def _format_day(self, day):
        # The order of day and month follows the language, not the user's settings:
        # these words are read by customers too.
        return format_date(self.env, day, date_format=self.env._("d MMM y"))

    def action_retire(self):
        """Mark units that the customer does not use any more."""
        self._set_closed("retired")

    def action_reactivate(self):
        """Take retired units into use again."""
        self.filtered(lambda a: a.state == "retired")._set_in_use()

    def action_view_sale_order(self):
        """Open the order that the unit was sold with."""
        return self._action_open(self.sale_order_id)

    def action_view_picking(self):
        """Open the delivery that brought the unit."""
        return self._action_open(self.picking_id)

    def action_view_lot(self):
        """Open the lot or serial number in stock."""
        return self._action_open(self.lot_id)

    def action_view_warranties(self):
        """Open the warranties of these units."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "aftersales_addon.aftersales_warranty_action"
        )
        return {
            **action,
            "domain": [("asset_id", "in", self.ids)],
            "context": {"default_asset_id": self.id if len(self) == 1 else False},
        }

    def _action_open(self, record):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    def _set_closed(self, state, days=None):
        """Close units in use and their warranties.

        :param str state: why: ``returned``, ``transferred`` or ``retired``
        :param dict days: ``{unit: the day it left the customer}``; today where the
            company works for a unit that is not named
        """
        closing = self.filtered(lambda a: a.state == "in_use")
        today = closing.company_id._aftersales_today_by_company()
        days = days or {}
        by_day = closing.grouped(lambda a: days.get(a) or today[a.company_id])
        for day, assets in by_day.items():
            assets.write({"state": state, "date_closed": day})
        # sudo: who may close a unit may not change what its warranties promise.
        closing.sudo().warranty_ids._set_closed()
        return closing

    def _set_in_use(self):
        """Take closed units into use again, with the warranties they had."""
        reopening = self.filtered(lambda a: a.state != "in_use")
        reopening.write({"state": "in_use", "date_closed": False})
        # sudo: the same warranties as before, with the dates they had.
        reopening.sudo().warranty_ids._set_open()
        return reopening
