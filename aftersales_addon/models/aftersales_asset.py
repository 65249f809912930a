from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class AftersalesAsset(models.Model):
    """A product at a customer: one serial, a share of a lot, or a quantity."""

    _name = "aftersales.asset"
    _description = "Installed Product"
    _inherit = [
        "aftersales.asset.contract.leave.mixin",
        "aftersales.asset.owner.mixin",
        "aftersales.asset.visit.mixin",
        "aftersales.asset.transfer.mixin",
        "aftersales.asset.replacement.mixin",
        "aftersales.asset.registration.mixin",
        "aftersales.asset.import.mixin",
        "aftersales.asset.customer.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "aftersales.link.mixin",
        "portal.mixin",
        "aftersales.assessment.mixin",
        "aftersales.asset.case.mixin",
        "aftersales.asset.repair.mixin",
        "aftersales.asset.reading.mixin",
        "aftersales.asset.coverage.mixin",
        "aftersales.asset.contract.mixin",
        "aftersales.asset.extension.mixin",
        "aftersales.asset.stock.mixin",
        "aftersales.asset.layer.mixin",
        "aftersales.asset.rma.mixin",
        "aftersales.asset.timeline.mixin",
        "aftersales.company.check.mixin",
        "aftersales.asset.manual.mixin",
        "aftersales.asset.facts.mixin",
        "aftersales.asset.overview.mixin",
        "aftersales.asset.followup.mixin",
        "aftersales.asset.provision.mixin",
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
    product_image = fields.Image(related="product_id.image_128", string="Image")
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
    # Writable, as the next but one: the platform takes over the values of a delivery
    # then, rather than working them out on a temporary record for each unit.
    is_serial = fields.Boolean(
        string="One Unit",
        compute="_compute_is_serial",
        store=True,
        readonly=False,
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
        "res.partner",
        string="Customer Company",
        compute="_compute_commercial_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
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
        copy=False,
        groups="base.group_user",
    )
    sale_order_id = fields.Many2one(
        "sale.order", string="Order", index="btree_not_null", readonly=True, copy=False
    )
    move_id = fields.Many2one(
        "stock.move",
        string="Delivery Move",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    picking_id = fields.Many2one(
        "stock.picking",
        string="Delivery",
        index="btree_not_null",
        readonly=True,
        copy=False,
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
            ("replaced", "Replaced"),
            ("retired", "Retired"),
        ],
        required=True,
        default="in_use",
        readonly=True,
        copy=False,
    )
    date_closed = fields.Date(string="Left the Customer On", readonly=True, copy=False)
    warranty_ids = fields.One2many(
        "aftersales.warranty", "asset_id", string="Warranties"
    )
    warranty_count = fields.Integer(compute="_compute_warranty_count")
    warranty_end = fields.Date(
        string="Covered Until",
        compute="_compute_warranty_span",
        store=True,
        help="The last covered day of the longest warranty in force.",
    )
    warranty_start = fields.Date(
        string="Covered From", compute="_compute_warranty_span", store=True
    )
    warranty_waiting = fields.Boolean(
        string="Warranty Not Started",
        compute="_compute_warranty_span",
        store=True,
        help="A warranty of the unit waits for the event that starts it.",
    )
    note = fields.Html(string="Notes", groups="base.group_user")

    _quantity_not_negative = models.Constraint(
        "CHECK (quantity >= 0)", "The quantity at the customer cannot be negative."
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
    # The order of the list: its first page reads its own rows only.
    _order_index = models.Index("(delivery_date DESC, id DESC)")

    @api.depends("lot_id.name")
    def _compute_serial_number(self):
        for asset in self:
            # Without a lot the number was typed in: keep it.
            asset.serial_number = asset.lot_id.name or asset.serial_number

    @api.depends("lot_id", "product_id.tracking")
    def _compute_is_serial(self):
        for asset in self:
            asset.is_serial = asset.lot_id and asset.product_id.tracking == "serial"

    @api.depends("partner_id.commercial_partner_id")
    def _compute_commercial_partner_id(self):
        for asset in self:
            asset.commercial_partner_id = asset.partner_id.commercial_partner_id

    @api.constrains("commercial_partner_id", "is_serial")
    def _check_derived_fields(self):
        """What follows from other fields cannot be set to something else."""
        for asset in self:
            serial = bool(asset.lot_id) and asset.product_id.tracking == "serial"
            company = asset.partner_id.commercial_partner_id
            if asset.is_serial != serial or asset.commercial_partner_id != company:
                raise ValidationError(
                    self.env._(
                        "The company of the customer and whether “%s” is one unit "
                        "follow from the customer and the serial number. Change "
                        "those instead.",
                        asset.display_name,
                    )
                )

    @api.depends("product_id", "serial_number", "quantity")
    @api.depends_context("lang")
    def _compute_display_name(self):
        # sudo: who may see the unit may see what it is.
        for asset in self.sudo():
            name = asset.product_id.display_name or ""
            if asset.serial_number:
                name = f"{name} – {asset.serial_number}"
            if asset.quantity > 1:
                name = f"{asset.uom_id._aftersales_format(asset.quantity)} × {name}"
            asset.display_name = name

    @api.depends(
        "warranty_ids.date_start",
        "warranty_ids.date_end",
        "warranty_ids.date_used_up",
        "warranty_ids.state",
    )
    def _compute_warranty_span(self):
        for asset in self:
            layers = asset.warranty_ids.filtered(lambda w: w.state == "open")
            asset.warranty_start = min(layers.mapped("date_start"), default=False)
            ends = [layer._get_last_day() for layer in layers]
            asset.warranty_end = max(ends, default=False)
            asset.warranty_waiting = any(
                w.state == "waiting" for w in asset.warranty_ids
            )

    @api.depends("warranty_ids")
    def _compute_warranty_count(self):
        counts = dict(
            self.env["aftersales.warranty"]._read_group(
                [("asset_id", "in", self.ids)], ["asset_id"], ["__count"]
            )
        )
        for asset in self:
            asset.warranty_count = counts.get(asset, 0)

    def action_retire(self):
        """Mark units that the customer does not use any more."""
        self._set_closed("retired")

    def action_reactivate(self):
        """Take retired units into use again."""
        retired = self.filtered(lambda a: a.state == "retired")
        if retired - retired._without_newer_serial():
            raise UserError(
                self.env._(
                    "A serial number among these is in use at a customer again. "
                    "Look it up and work with that unit."
                )
            )
        retired._set_in_use()
        # sudo: what came back meanwhile is not with the customer any more.
        retired.sudo()._sync_with_stock()

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

        :param str state: why: ``returned``, ``transferred``, ``replaced``, ``retired``
        :param dict days: ``{unit: the day it left the customer}``; today where the
            company works for a unit that is not named
        """
        closing = self.filtered(lambda a: a.state == "in_use")
        today = closing.company_id._aftersales_today_by_company()
        days = days or {}
        by_day = closing.grouped(lambda a: days.get(a) or today[a.company_id])
        for day, assets in by_day.items():
            assets.check_access("write")
            # sudo: these facts are written by the steps that lead to them only.
            assets.sudo().write({"state": state, "date_closed": day})
        if state != "returned":  # a return is told with its quantity
            closing._log_state()
        # sudo: who may close a unit may not change what its warranties promise.
        closing.sudo().warranty_ids._set_closed(state)
        return closing

    def _set_in_use(self):
        """Take closed units into use again, with the warranties they had."""
        reopening = self.filtered(lambda a: a.state != "in_use")
        reopening.check_access("write")
        # A unit in use may have warranties that ended when it changed hands: only what
        # was closed with the state that is left now comes back.
        by_state = reopening.grouped("state")
        # sudo: as in _set_closed.
        reopening.sudo().write({"state": "in_use", "date_closed": False})
        reopening._log_state()
        # sudo: the same warranties as before, with the dates they had; what ended for
        # another reason stays closed.
        for state, assets in by_state.items():
            assets.sudo().warranty_ids._set_open({state})
        return reopening

    def _log_state(self):
        """Tell the new state in the chatter, for many units in one go."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        self._message_log_batch(
            bodies={asset.id: labels[asset.state] for asset in self}
        )
