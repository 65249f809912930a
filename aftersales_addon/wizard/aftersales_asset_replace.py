from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class AftersalesAssetReplace(models.TransientModel):
    """Replace an installed product: by a return that brings a new one, by an order, or
    by a unit handed over already."""

    _name = "aftersales.asset.replace"
    _description = "Replace"

    asset_id = fields.Many2one(
        "aftersales.asset", string="Replaces", required=True, readonly=True
    )
    company_id = fields.Many2one(related="asset_id.company_id")
    case_id = fields.Many2one("aftersales.case", string="Service Case", readonly=True)
    commercial_partner_id = fields.Many2one(related="asset_id.commercial_partner_id")
    is_serial = fields.Boolean(related="asset_id.is_serial")
    asset_state = fields.Selection(related="asset_id.state")
    mode = fields.Selection(
        [
            ("return", "Take the old one back and send a new one"),
            ("order", "Send a new one"),
            ("handed_over", "It was handed over already"),
        ],
        string="New Unit",
        required=True,
        default="order",
    )
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        domain="[('type', '=', 'consu')]",
    )
    product_tracking = fields.Selection(related="product_id.tracking")
    quantity = fields.Float(
        digits="Product Unit",
        compute="_compute_quantity",
        store=True,
        precompute=True,
        readonly=False,
    )
    quantity_returned = fields.Float(compute="_compute_quantity_returned")
    came_back = fields.Boolean(
        string="The Old One Came Back Before",
        compute="_compute_came_back",
        store=True,
        precompute=True,
        readonly=False,
        help="What is replaced was returned already, so it is not taken off the "
        "quantity at the customer once more.",
    )
    reason = fields.Char(help="Stands on the order line, or on the return.")
    can_advance = fields.Boolean(compute="_compute_can_advance")
    is_advance = fields.Boolean(
        string="The New One Leaves at Once",
        compute="_compute_is_advance",
        store=True,
        precompute=True,
        readonly=False,
        help="Before the old one has come back. The return policy allows it.",
    )
    date = fields.Date(
        string="Replaced On", required=True, default=fields.Date.context_today
    )
    new_asset_id = fields.Many2one(
        "aftersales.asset",
        string="Installed Product",
        domain="[('state', '=', 'in_use'), ('id', '!=', asset_id),"
        " ('replaces_id', '=', False), ('company_id', '=', company_id),"
        " ('commercial_partner_id', '=', commercial_partner_id)]",
        help="When the new unit is among the customer's installed products.",
    )
    serial_number = fields.Char(
        help="The number on the new unit. A number that is known in stock is found."
    )
    continues = fields.Char(string="Goes On", compute="_compute_continues")

    @api.depends("asset_id")
    def _compute_product_id(self):
        for wizard in self:
            wizard.product_id = wizard.asset_id.product_id

    @api.depends("asset_id")
    def _compute_can_advance(self):
        for wizard in self:
            asset = wizard.asset_id
            policies = asset.product_id._aftersales_resolve_return_policy(
                asset.company_id or self.env.company
            )
            policy = policies.get(asset.product_id)
            wizard.can_advance = bool(policy and policy.allow_advance)

    @api.depends("can_advance")
    def _compute_is_advance(self):
        for wizard in self:
            wizard.is_advance = wizard.can_advance

    @api.depends("asset_id", "came_back")
    def _compute_quantity(self):
        for wizard in self:
            wizard.quantity = wizard._get_limit()

    @api.depends("asset_id")
    def _compute_quantity_returned(self):
        for wizard in self:
            asset = wizard.asset_id
            wizard.quantity_returned = asset.quantity_delivered - asset.quantity

    @api.depends("asset_id")
    def _compute_came_back(self):
        for wizard in self:
            wizard.came_back = wizard.asset_id.state == "returned"

    @api.depends("asset_id", "date")
    def _compute_continues(self):
        for wizard in self:
            # sudo: who may replace the unit may know what goes on.
            layers = wizard.asset_id.sudo().warranty_ids._goes_on_after(
                wizard.date or fields.Date.context_today(wizard)
            )
            wizard.continues = ", ".join(
                self.env._(
                    "%(name)s until %(day)s",
                    name=layer.version_id.name,
                    day=layer.asset_id._format_day(layer.date_end),
                )
                if layer.date_end
                else layer.version_id.name
                for layer in layers
            )

    def _get_limit(self):
        self.ensure_one()
        asset = self.asset_id
        if self.came_back:
            return asset.quantity_delivered - asset.quantity
        return asset.quantity

    def action_replace(self):
        """Replace the unit, or open the order that will."""
        self.ensure_one()
        self.asset_id.check_access("write")
        reason = self.asset_id._get_replacement_hindrance()
        if reason:
            raise UserError(reason)
        self._check_quantity()
        self.case_id._check_replaced(self.asset_id)
        if self.mode == "return":
            return self._make_return()
        if self.mode == "order":
            return self._make_order()
        self._check_day()
        new = self.new_asset_id or self._make_asset()
        if new.replaces_id:
            raise UserError(
                self.env._("%s replaces another unit already.", new.display_name)
            )
        self.asset_id._replace_with(new, self.date, came_back=self.came_back)
        self.case_id._note_handed_over(new)
        return new._action_open(new)

    def _check_quantity(self):
        asked = self.new_asset_id.quantity or self.quantity
        unit, limit = self.asset_id.uom_id, self._get_limit()
        if unit.compare(asked, 0.0) <= 0 or unit.compare(asked, limit) > 0:
            raise UserError(
                self.env._(
                    "%(asked)s cannot be replaced: there are %(limit)s %(unit)s.",
                    asked=unit._aftersales_format(asked),
                    limit=unit._aftersales_format(limit),
                    unit=unit.name,
                )
            )

    def _check_day(self):
        asset = self.asset_id
        if self.date > asset.company_id._aftersales_today():
            raise UserError(
                self.env._("The replacement lies in the future. Check its day.")
            )
        if asset.delivery_date and self.date < asset.delivery_date:
            raise UserError(
                self.env._(
                    "%(unit)s was delivered on %(day)s. It cannot have been replaced "
                    "before that.",
                    unit=asset.display_name,
                    day=asset._format_day(asset.delivery_date),
                )
            )

    def _make_asset(self):
        """Enter the unit that was handed over."""
        if self.product_tracking == "serial" and not self.serial_number:
            raise UserError(
                self.env._(
                    "Type the serial number of the new unit, or choose it among the "
                    "installed products."
                )
            )
        old = self.asset_id
        return self.env["aftersales.asset"].create(
            {
                "company_id": old.company_id.id,
                "product_id": self.product_id.id,
                "serial_number": self.serial_number,
                "quantity": self.quantity,
                "partner_id": old.partner_id.id,
                "partner_shipping_id": old.partner_shipping_id.id,
                "user_id": old.user_id.id,
                "delivery_date": self.date,
                "give_warranty": False,
            }
        )

    def _make_return(self):
        """Approve the return of the old unit, which brings the new one, and open it.

        The customer gets the slip, and the label where there is one, by e-mail.
        """
        self.case_id._check_left(self.asset_id)
        # sudo: where a return comes from is kept by code only; the unit and the
        # customer are those of a unit that the agent may change.
        rma = self.env["aftersales.rma"].sudo().create(self._prepare_rma_vals())
        rma = rma.with_env(self.env)
        rma.action_approve()
        if self.case_id:
            self.case_id._begin_remedy("replacement", rma)
        return rma._action_open()

    def _prepare_rma_vals(self):
        asset, case = self.asset_id, self.case_id
        partner = case.partner_id or asset.partner_id
        if not partner:
            raise UserError(
                self.env._("Who gets the new unit? Fill in the customer first.")
            )
        return {
            "company_id": asset.company_id.id,
            "partner_id": partner.id,
            "user_id": self.env.uid,
            "origin": "case" if case else "agent",
            "case_id": case.id,
            "line_ids": [
                Command.create(
                    {
                        "product_id": asset.product_id.id,
                        "asset_id": asset.id,
                        "quantity": self.quantity,
                        "uom_id": asset.uom_id.id,
                        "reason_id": case.reason_id.id,
                        "remedy": "replacement",
                        "is_advance": self.is_advance and self.can_advance,
                        "description": self.reason,
                    }
                )
            ],
        }

    def _make_order(self):
        """Make the order, free of charge, whose delivery replaces the unit."""
        # sudo: a service agent has no rights on orders; this one is free of charge
        # and goes to the customer of a unit that the agent may change.
        order = self.env["sale.order"].sudo().create(self._prepare_order_vals())
        for line in order.order_line:
            line.name = "\n".join([line.name or "", self._get_line_text()])
        order._message_log(
            body=self.env._("Replacement of %s", self.asset_id.display_name)
        )
        self.asset_id._message_log(body=self.env._("Replacement order: %s", order.name))
        if self.case_id:
            self.case_id._begin_remedy("replacement", order)
        if order.with_env(self.env).has_access("read"):
            return self.asset_id._action_open(order)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The replacement order %s is made. A salesperson confirms it.",
                    order.name,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _get_line_text(self):
        text = self.env._("Replacement of %s", self.asset_id.display_name)
        return f"{text}: {self.reason}" if self.reason else text

    def _prepare_order_vals(self):
        asset = self.asset_id
        if not asset.partner_id:
            raise UserError(
                self.env._("Who gets the new unit? Fill in the customer first.")
            )
        shipping = asset.partner_shipping_id or asset.partner_id
        return {
            "company_id": asset.company_id.id,
            "aftersales_case_id": self.case_id.id,
            "partner_id": asset.partner_id.id,
            "partner_shipping_id": shipping.id,
            "user_id": asset.user_id.id or self.env.uid,
            "order_line": [Command.create(self._prepare_line_vals())],
        }

    def _prepare_line_vals(self):
        return {
            "product_id": self.product_id.id,
            "product_uom_qty": self.quantity,
            "discount": 100.0,
            "aftersales_replaces_asset_id": self.asset_id.id,
            "aftersales_replaces_returned": self.came_back,
        }
