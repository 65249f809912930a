from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class AftersalesRmaReplacementMixin(models.AbstractModel):
    """Orders that bring the customer something in place of what is returned."""

    _name = "aftersales.rma.replacement.mixin"
    _description = "Replacement of a Return"

    replacement_count = fields.Integer(
        compute="_compute_replacement_count", groups="base.group_user"
    )
    can_replace = fields.Boolean(
        compute="_compute_can_replace", groups="base.group_user"
    )
    can_charge = fields.Boolean(compute="_compute_can_charge", groups="base.group_user")
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    has_advance = fields.Boolean(compute="_compute_has_advance")
    has_exchange = fields.Boolean(compute="_compute_exchange_difference")
    exchange_difference = fields.Monetary(
        string="Difference of the Exchange",
        compute="_compute_exchange_difference",
        help="What the goods in exchange cost more than the returned ones were sold "
        "for, before tax. Negative: the customer gets it back.",
    )

    @api.depends("company_id")
    def _compute_currency_id(self):
        for rma in self:
            rma.currency_id = rma.company_id.currency_id

    @api.depends("line_ids.is_advance")
    def _compute_has_advance(self):
        for rma in self:
            rma.has_advance = any(rma.line_ids.mapped("is_advance"))

    @api.depends("line_ids.replacement_line_ids")
    def _compute_replacement_count(self):
        for rma in self:
            # sudo: how many there are is no secret of sales.
            rma.replacement_count = len(rma.sudo()._get_replacement_orders())

    @api.depends(
        "line_ids.quantity_to_replace",
        "line_ids.quantity_received",
        "line_ids.replacement_line_ids.state",
    )
    def _compute_can_replace(self):
        for rma in self:
            lines = rma.sudo().line_ids
            rma.can_replace = any(x._get_quantity_to_send() > 0 for x in lines)

    @api.depends("line_ids.date_due_back", "line_ids.date_charged")
    def _compute_can_charge(self):
        for rma in self:
            rma.can_charge = any(rma.line_ids.mapped("can_charge"))

    @api.depends(
        "line_ids.remedy",
        "line_ids.disposition_ids.remedy",
        "line_ids.exchange_product_id",
        "line_ids.replacement_line_ids.price_subtotal",
    )
    def _compute_exchange_difference(self):
        for rma in self:
            # sudo: the difference is shown to whoever may see the return.
            lines = rma.sudo().line_ids.filtered(lambda x: x._is_exchange())
            rma.has_exchange = bool(lines)
            rma.exchange_difference = sum(x._get_exchange_difference() for x in lines)

    def _get_replacement_orders(self):
        """Return the orders that replace goods of these returns."""
        return self.line_ids.replacement_line_ids.order_id

    def action_send_replacement(self):
        """Order what the customer gets in place of the goods, and open the orders."""
        self._check_state(("approved", "done"), self.env._("replaced"))
        self.check_access("write")
        # sudo: the orders follow from what was decided; who settles a return need
        # not have rights on sales.
        if not self.sudo()._create_replacement_orders():
            raise UserError(
                self.env._(
                    "There is nothing to replace now: no goods to be replaced have "
                    "come, or their replacement is ordered already."
                )
            )
        return self.action_view_replacements()

    def action_charge_replacement(self):
        """Let the replacements be invoiced whose old units did not come back."""
        self.check_access("write")
        lines = self.line_ids.filtered("can_charge") or self.line_ids
        lines.action_charge_replacement()
        return self.action_view_replacements()

    def action_view_replacements(self):
        """Open the orders that replace the goods."""
        if not self.env["sale.order"].has_access("read"):
            # Sales and the warehouse go on; the agent stays on the return.
            return False
        # sudo: only the ids; what is shown is read with the user's rights.
        orders = self.sudo()._get_replacement_orders()
        action = self.env["ir.actions.actions"]._for_xml_id("sale.action_orders")
        if len(orders) == 1:
            return {**action, "views": [(False, "form")], "res_id": orders.id}
        return {**action, "domain": [("id", "in", orders.ids)], "context": {}}

    def _create_replacement_orders(self, advance=False):
        """Order replacements, one order for each return. Safe to repeat.

        :param bool advance: only what may leave before the goods have come
        :return: the confirmed ``sale.order`` records
        """
        vals_list = []
        for rma in self:
            commands = []
            for line in rma.line_ids:
                quantity = line._get_quantity_to_send(advance)
                if quantity <= 0:
                    continue
                commands += [
                    Command.create(line._prepare_replacement_line_vals(*part))
                    for part in line._get_replacement_parts(quantity)
                ]
            if commands:
                vals_list.append(rma._prepare_replacement_order_vals(commands))
        orders = self.env["sale.order"].create(vals_list)
        for line in orders.order_line:
            line.name = f"{line.name}\n{line._aftersales_get_rma_note()}"
        if orders:
            orders.action_confirm()
        return orders

    def _prepare_replacement_order_vals(self, commands):
        self.ensure_one()
        shipping = self.partner_shipping_id or self.partner_id
        pricelist = self._get_exchange_pricelist()
        return {
            # Without one, the platform chooses.
            **({"pricelist_id": pricelist.id} if pricelist else {}),
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "partner_shipping_id": shipping.id,
            "warehouse_id": self.warehouse_id.id,
            "user_id": self.user_id.id or self.env.uid,
            "client_order_ref": self.reference,
            "origin": self.name,
            "order_line": commands,
        }

    def _get_exchange_pricelist(self):
        """Return the prices of what the customer gets: those of the goods' order.

        The difference is then in the currency of the credit note. Goods of several
        orders with other prices: the customer's own.
        """
        self.ensure_one()
        # sudo: the prices of orders whose goods are on the return.
        rma = self.sudo().with_company(self.company_id)
        pricelist = rma.line_ids.sale_line_id.order_id.pricelist_id
        if len(pricelist) == 1 and pricelist.active:
            return pricelist
        return rma.partner_id.property_product_pricelist

    def _cancel_prepared_replacements(self):
        """Cancel replacement orders of which nothing was delivered."""
        # sudo: whoever may cancel the return may cancel what was prepared for it.
        orders = self.sudo()._get_replacement_orders()
        orders.filtered(lambda o: o.state != "cancel")._action_cancel()
