from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools.schedule import DAY


class AftersalesContractSaleMixin(models.AbstractModel):
    """Where a contract came from: an order line, a warranty that ends, or by hand."""

    _name = "aftersales.contract.sale.mixin"
    _description = "Sale of a Contract"

    sale_line_id = fields.Many2one(
        "sale.order.line",
        string="Sold By",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="restrict",
        groups="base.group_user",
    )
    sale_order_id = fields.Many2one(
        related="sale_line_id.order_id", groups="base.group_user"
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        string="Payment Terms",
        check_company=True,
        groups="base.group_user",
        help="Empty: the customer's.",
    )
    fiscal_position_id = fields.Many2one(
        "account.fiscal.position",
        check_company=True,
        groups="base.group_user",
        help="Empty: the customer's.",
    )
    sale_order_count = fields.Integer(
        string="Orders", compute="_compute_sale_order_count", groups="base.group_user"
    )
    waiting_label = fields.Char(compute="_compute_waiting_label")

    def _compute_sale_order_count(self):
        for contract in self:
            contract.sale_order_count = len(contract._get_sale_orders())

    @api.depends("state", "date_start", "line_ids.asset_id")
    def _compute_waiting_label(self):
        for contract in self:
            if contract._is_waiting_for_delivery():
                contract.waiting_label = self.env._(
                    "Starts by itself when the goods of %s are delivered.",
                    contract.sudo().sale_order_id.name,
                )
            elif (
                contract.state == "running"
                and contract.date_start > contract._get_today()
            ):
                contract.waiting_label = self.env._(
                    "Starts on %s.", contract._format_day(contract.date_start)
                )
            else:
                contract.waiting_label = False

    def _is_waiting_for_delivery(self):
        """Tell whether the contract starts with a delivery that is still to come."""
        self.ensure_one()
        # sudo: whoever sees the contract may know what it waits for.
        line = self.sudo().sale_line_id
        return (
            self.state == "draft"
            and line.state == "sale"
            and bool(line._aftersales_get_goods())
            and not self.line_ids.asset_id
        )

    def _get_sale_orders(self):
        """Return the orders that sold these contracts or further terms of them."""
        # sudo: how many there are is told to whoever may see the contract.
        contracts = self.sudo()
        renewals = (
            self.env["sale.order.line"]
            .sudo()
            .search([("aftersales_renewed_line_id", "in", contracts.line_ids.ids)])
        )
        return (contracts.sale_line_id | renewals).order_id

    def action_view_sale_orders(self):
        """Show the orders of these contracts."""
        self.check_access("read")
        return self._get_sale_orders().with_env(self.env)._aftersales_get_action()

    def _get_contracts_action(self):
        """Open these contracts: the form of one, or the list."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "aftersales_addon.aftersales_contract_action"
        )
        if len(self) == 1:
            return {
                **action,
                "res_id": self.id,
                "views": [(False, "form")],
                "context": {},
            }
        return {**action, "domain": [("id", "in", self.ids)], "context": {}}

    # --- What an order gives ---

    def _start_sold(self):
        """Put contracts that were sold into force.

        What cannot start waits for a person: the customer has agreed to the order,
        which nothing about a contract stops.
        """
        overlaps = self.line_ids._get_overlaps()
        ready = self.browse()
        for contract in self:
            error = contract._get_start_error()
            line = next(
                (x for x in contract.line_ids if x in overlaps and not x.allow_overlap),
                None,
            )
            if line:
                error = line._explain_overlap(overlaps[line])
            if error:
                contract._call_responsible(
                    self.env._("Sold, but it cannot start yet"), error
                )
            else:
                ready |= contract
        if ready:
            ready._set_running()

    def _call_responsible(self, summary, note):
        """Have somebody look at the contract.

        :param str summary: what it is about
        :param str note: what to do
        """
        self.ensure_one()
        user = self.user_id or self.company_id._aftersales_get_managers()[:1]
        if user:
            self.activity_schedule(
                "aftersales_addon.mail_activity_contract_error",
                user_id=user.id,
                summary=summary,
                note=note,
            )

    def _take_delivered(self, units):
        """Put delivered units under the contract that was sold for them.

        A contract that waited for them starts with the day of the delivery, unless
        the order says otherwise.

        :param units: ``aftersales.asset`` records
        """
        self.ensure_one()
        line = self.sale_line_id
        vals_list = line._aftersales_prepare_unit_vals(units)
        if self.state != "draft":
            days = dict(zip(units, vals_list, strict=True))
            for unit, vals in days.items():
                vals["contract_id"] = self.id
                day = unit.delivery_date or self._get_today()
                if day > self.date_end:
                    continue
                if day > self.date_start:
                    vals["date_from"] = day
                self.line_ids.create(vals)
            self._add_version(self.env._("Units delivered"))
            self._follow_up()
            return
        vals = {"line_ids": [Command.create(vals) for vals in vals_list]}
        if not line.aftersales_contract_start:
            days = [unit.delivery_date for unit in units if unit.delivery_date]
            vals["date_start"] = min(days, default=self._get_today())
        self.write(vals)

    # --- Further terms ---

    def action_offer_renewal(self):
        """Make a quotation for a further term, or open the one that there is."""
        self.ensure_one()
        self._check_state(("running", "to_renew"))
        if not self._is_renewable():
            raise UserError(
                self.env._("Notice was given for %s: it ends.", self.display_name)
            )
        error = self._get_offer_error()
        if error:
            raise UserError(error)
        orders = self._get_renewal_quotations()
        if not orders:
            orders = (
                self.env["sale.order"]
                .with_company(self.company_id)
                .create(self._prepare_renewal_order_vals())
            )
        return orders._aftersales_get_action()

    def _get_renewal_quotations(self):
        """Return the open quotations for a further term of these contracts."""
        lines = self.env["sale.order.line"].search(
            [
                ("aftersales_renewed_line_id", "in", self.line_ids.ids),
                ("state", "in", ("draft", "sent")),
            ]
        )
        return lines.order_id

    def _get_offer_error(self):
        """Return why a further term cannot be offered and what to do, or False."""
        self.ensure_one()
        # sudo: whoever offers a renewal may have no rights on plans.
        plan = self.sudo().plan_id
        lines = self.line_ids.filtered(
            lambda x: not x.date_to or x.date_to >= self.date_end
        )
        gone = lines.product_id.filtered(lambda x: not x.active)[:1]
        if plan.active and not gone:
            return False
        return self.env._(
            "“%(plan)s” is not offered any more (archived). Offer the customer another "
            "plan: “Offer Contract” on the installed products. Or let %(contract)s go "
            "on as it was agreed: “Renew”.",
            plan=gone.display_name if plan.active else plan.display_name,
            contract=self.display_name,
        )

    def _prepare_renewal_order_vals(self):
        """Return the values of the quotation for a further term."""
        self.ensure_one()
        day = self.date_end + DAY
        lines = self.line_ids.filtered(
            lambda x: x.product_id and (not x.date_to or x.date_to >= self.date_end)
        )
        if not lines:
            raise UserError(
                self.env._(
                    "Nothing of %s is invoiced by a product, so there is nothing to "
                    "quote. Use “Renew” once the customer has agreed.",
                    self.display_name,
                )
            )
        end = self._get_term_end(self.term_number + 1)
        title = self.env._(
            "%(contract)s: %(first)s – %(last)s",
            contract=self.display_name,
            first=self._format_day(day),
            last=self._format_day(end),
        )
        # sudo: payment terms and positions are taken over, not looked at.
        contract = self.sudo()
        vals = {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "user_id": self.user_id.id,
            "origin": self.number,
            "order_line": [
                Command.create({"display_type": "line_section", "name": title}),
                *(
                    Command.create(self._prepare_renewal_line_vals(line, day))
                    for line in lines
                ),
            ],
        }
        if self.partner_invoice_id:
            vals["partner_invoice_id"] = self.partner_invoice_id.id
        if self.partner_shipping_id:
            vals["partner_shipping_id"] = self.partner_shipping_id.id
        if contract.payment_term_id:
            vals["payment_term_id"] = contract.payment_term_id.id
        if contract.fiscal_position_id:
            vals["fiscal_position_id"] = contract.fiscal_position_id.id
        pricelist = contract.sale_line_id.order_id.pricelist_id
        if pricelist.currency_id == self.currency_id:
            vals["pricelist_id"] = pricelist.id
        return vals

    def _prepare_renewal_line_vals(self, line, day):
        """Return the values of an order line that renews a contract line."""
        return {
            "product_id": line.product_id.id,
            "name": line.name,
            "product_uom_qty": line.quantity,
            "price_unit": self._get_renewal_price(line, day),
            "discount": line.discount,
            "tax_ids": [Command.set(line.tax_ids.ids)],
            "aftersales_renewed_line_id": line.id,
        }

    def _set_renewed_by(self, sold):
        """Go on for a further term, at the prices of an order.

        :param sold: ``sale.order.line`` records that renew lines of this contract
        """
        self.ensure_one()
        if self.state not in ("running", "to_renew", "paused") or (
            not self._is_renewable()
        ):
            self._call_responsible(
                self.env._("A further term was sold, but the contract has ended"),
                self.env._("Make another contract, or cancel %s.", sold.order_id.name),
            )
            return
        day = self.date_end + DAY
        self._set_renewed()
        index = self.index_id._get_value(day) if self.index_id else 0.0
        for order_line in sold:
            line = order_line.aftersales_renewed_line_id
            line._set_price(order_line.price_unit, day, index)
            line.write(
                {
                    "sale_line_id": order_line.id,
                    "discount": order_line.discount,
                    "tax_ids": [Command.set(order_line.tax_ids.ids)],
                }
            )
        self._sync_billing()

    # --- Invoices ---

    def _get_invoice_key(self):
        # sudo: as in _prepare_renewal_order_vals.
        contract = self.sudo()
        return (
            *super()._get_invoice_key(),
            contract.payment_term_id.id,
            contract.fiscal_position_id.id,
        )

    def _prepare_invoice_vals(self, charges):
        vals = super()._prepare_invoice_vals(charges)
        first = charges[0].line.contract_id.sudo()
        if first.payment_term_id:
            vals["invoice_payment_term_id"] = first.payment_term_id.id
        if first.fiscal_position_id:
            vals["fiscal_position_id"] = first.fiscal_position_id.id
        return vals
