from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

# What says for which units a line is.
COVERED = {
    "aftersales_covered_line_id",
    "aftersales_covered_asset_ids",
    "aftersales_covers_order",
    "aftersales_goods_line_ids",
}


class AftersalesOrderLineContractMixin(models.AbstractModel):
    """An order line that sells a service plan, or a further term of a contract.

    It is never invoiced by the order: the contract makes the invoices.
    """

    _name = "aftersales.order.line.contract.mixin"
    _description = "Sale of a Service Contract"

    aftersales_contract_ids = fields.One2many(
        "aftersales.contract",
        "sale_line_id",
        string="Service Contracts",
        groups="base.group_user",
    )
    aftersales_contract_start = fields.Date(
        string="Starts On",
        help="Empty: with the delivery of the units, or with the order.",
    )
    aftersales_renewed_line_id = fields.Many2one(
        "aftersales.contract.line",
        string="Renews",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        groups="base.group_user",
    )

    def _aftersales_is_plan(self):
        """Tell whether the line makes a contract of its own."""
        self.ensure_one()
        # sudo: what the line sells is no secret.
        line = self.sudo()
        return bool(line.product_id.aftersales_plan_id) and not (
            line.aftersales_renewed_line_id
        )

    def _aftersales_is_billed_by_contract(self):
        """Tell whether a contract makes the invoices of the line."""
        self.ensure_one()
        # sudo: as in _aftersales_is_plan.
        line = self.sudo()
        return bool(
            line.product_id.aftersales_plan_id or line.aftersales_renewed_line_id
        )

    def write(self, vals):
        if COVERED & vals.keys():
            self._aftersales_check_sold_plans()
        return super().write(vals)

    def _aftersales_check_sold_plans(self):
        """Refuse to change for which units a contract was sold."""
        for line in self:
            # sudo: whoever changes the order may have no rights on contracts.
            contract = line.sudo().aftersales_contract_ids[:1]
            if line.state == "sale" and contract:
                raise UserError(
                    self.env._(
                        "“%(product)s” is sold: add or remove units in its contract, "
                        "%(contract)s.",
                        product=line.product_id.display_name,
                        contract=contract.display_name,
                    )
                )

    @api.depends("product_id", "aftersales_renewed_line_id")
    def _compute_qty_to_invoice(self):
        result = super()._compute_qty_to_invoice()
        for line in self:
            if line._aftersales_is_billed_by_contract():
                line.qty_to_invoice = 0.0
        return result

    @api.depends("product_id", "aftersales_renewed_line_id")
    def _compute_untaxed_amount_to_invoice(self):
        result = super()._compute_untaxed_amount_to_invoice()
        for line in self:
            if line._aftersales_is_billed_by_contract():
                line.untaxed_amount_to_invoice = 0.0
        return result

    @api.depends("product_id", "aftersales_renewed_line_id")
    def _compute_amount_to_invoice(self):
        result = super()._compute_amount_to_invoice()
        for line in self:
            if line._aftersales_is_billed_by_contract():
                line.amount_to_invoice = 0.0
        return result

    def _get_sale_order_line_multiline_description_sale(self):
        description = super()._get_sale_order_line_multiline_description_sale()
        # sudo: what is promised is told to whoever may see the line.
        plan = self.sudo().product_id.aftersales_plan_id
        if not plan:
            return description
        return f"{description}\n{plan._get_summary()}"

    # --- Before the sale ---

    def _aftersales_bind_plans(self):
        """Bind plans that cover nothing yet to the only goods of their order."""
        # sudo: whoever adds the line may not see the units that others cover.
        for line in self.sudo():
            if line._aftersales_is_plan() and not (
                line.aftersales_covers_order
                or line._aftersales_get_goods()
                or line.aftersales_covered_asset_ids
            ):
                goods = line.order_id.order_line.filtered(
                    lambda x: x._aftersales_is_coverable()
                )
                if len(goods) == 1:
                    line.aftersales_covered_line_id = goods

    def _aftersales_get_plan_error(self):
        """Return why a plan cannot be sold as it is and what to do, or False."""
        # sudo: whoever sells it may not see the units that are covered.
        for line in self.sudo():
            if not line.product_uom_qty or not line._aftersales_is_plan():
                continue
            error = (
                line._aftersales_get_goods_error()
                or line._aftersales_check_plan_units()
                or line._aftersales_check_followed()
                or line._aftersales_check_assets()
            )
            if error:
                return error
        return False

    def _aftersales_check_plan_units(self):
        plan = self.product_id.aftersales_plan_id
        name = self.product_id.display_name
        if plan.company_id and plan.company_id not in self.company_id.parent_ids:
            return self.env._(
                "“%(product)s” is a plan of %(company)s. Choose another one.",
                product=name,
                company=plan.company_id.name,
            )
        covered, goods = (
            self.aftersales_covered_asset_ids,
            self._aftersales_get_goods(),
        )
        if covered and goods:
            return self.env._(
                "“%s” is for goods of this order and for installed products at once. "
                "Keep one of the two.",
                name,
            )
        if plan.price_basis != "unit":
            return False
        if not (covered or goods):
            return self.env._(
                "The price of “%s” is for each installed product: choose them, or a "
                "line of this order, in its line.",
                name,
            )
        units = self._aftersales_get_units_covered()
        if self.product_id.uom_id.compare(units, self._aftersales_get_units_sold()):
            return self.env._(
                "“%(product)s” is for %(units)s units: set its quantity to %(units)s.",
                product=name,
                units=self.product_id.uom_id._aftersales_format(units),
            )
        return False

    # --- The contract ---

    def _aftersales_make_contracts(self):
        """Make the contracts of lines that are sold now, one for each.

        :return: the new ``aftersales.contract`` records
        """
        # sudo: whoever confirms the order may have no rights on contracts.
        lines = self.sudo().filtered(
            lambda x: x.product_uom_qty > 0 and x._aftersales_is_plan()
        )
        Contract = self.env["aftersales.contract"].sudo()
        if not lines:
            return Contract
        known = Contract.search(
            [("sale_line_id", "in", lines.ids), ("state", "!=", "cancelled")]
        ).sale_line_id
        lines -= known
        contracts = Contract.create(
            [line._aftersales_prepare_contract_vals() for line in lines]
        )
        contracts._message_log_batch(
            bodies={
                contract.id: self.env._("Sold by %s", contract.sale_order_id.name)
                for contract in contracts
            }
        )
        ready = contracts.filtered(lambda c: not c.sale_line_id._aftersales_get_goods())
        ready._start_sold()
        return contracts

    def _aftersales_prepare_contract_vals(self):
        """Return the values of the contract of a line."""
        self.ensure_one()
        order = self.order_id
        today = self.company_id._aftersales_today()
        units = self.aftersales_covered_asset_ids.sorted("id")
        return {
            "plan_id": self.product_id.aftersales_plan_id.id,
            "company_id": self.company_id.id,
            "currency_id": order.currency_id.id,
            "partner_id": order.partner_id.id,
            "partner_invoice_id": order.partner_invoice_id.id,
            "partner_shipping_id": order.partner_shipping_id.id,
            "payment_term_id": order.payment_term_id.id,
            "fiscal_position_id": order.fiscal_position_id.id,
            "user_id": order.user_id.id,
            "date_start": self.aftersales_contract_start or today,
            "sale_line_id": self.id,
            "line_ids": [
                Command.create(vals)
                for vals in (
                    *self._aftersales_prepare_fee_vals(),
                    *self._aftersales_prepare_unit_vals(units),
                )
            ],
        }

    def _aftersales_prepare_price_vals(self):
        """Return what a contract line takes from the order line to invoice it."""
        self.ensure_one()
        vals = {
            "product_id": self.product_id.id,
            "price_unit": self.price_unit,
            "discount": self.discount,
            "tax_ids": [Command.set(self.tax_ids.ids)],
            "sale_line_id": self.id,
        }
        if self.analytic_distribution:
            vals["analytic_distribution"] = self.analytic_distribution
        return vals

    def _aftersales_prepare_fee_vals(self):
        """Return the values of the line that is invoiced for the whole contract."""
        self.ensure_one()
        if self.product_id.aftersales_plan_id.price_basis != "contract":
            return []
        return [
            {
                "name": self.product_id.display_name,
                "quantity": self.product_uom_qty,
                **self._aftersales_prepare_price_vals(),
            }
        ]

    def _aftersales_prepare_unit_vals(self, units):
        """Return the values of the lines of units under the contract.

        :param units: ``aftersales.asset`` records
        """
        self.ensure_one()
        each = self.product_id.aftersales_plan_id.price_basis == "unit"
        price = self._aftersales_prepare_price_vals() if each else {}
        return [
            {
                "asset_id": unit.id,
                "name": unit.display_name,
                "sale_line_id": self.id,
                **price,
                **({"quantity": unit.quantity or 1.0} if each else {}),
            }
            for unit in units
        ]

    def _aftersales_sync_contracts(self):
        """Put units that were delivered under the contract that was sold for them."""
        # sudo: a delivery gives what was sold, whoever delivers.
        lines = self.sudo().filtered(
            lambda x: x.state == "sale" and x._aftersales_is_plan()
        )
        contracts = lines.aftersales_contract_ids.filtered(
            lambda c: c.state in ("draft", "running", "paused", "to_renew")
        )
        if not contracts:
            return
        goods = {c: c.sale_line_id._aftersales_get_goods() for c in contracts}
        units = (
            self.env["aftersales.asset"]
            .sudo()
            .search(
                [
                    ("sale_line_id", "in", lines.browse().union(*goods.values()).ids),
                    ("state", "=", "in_use"),
                ],
                order="delivery_date, id",
            )
        )
        by_goods = units.grouped("sale_line_id")
        starting = contracts.browse()
        for contract in contracts:
            new = units.browse().union(
                *(by_goods[line] for line in goods[contract] if line in by_goods)
            )
            new -= contract.line_ids.asset_id
            if not new:
                continue
            contract._take_delivered(new)
            if contract.state == "draft":
                starting |= contract
        starting._start_sold()

    def _aftersales_cancel_contracts(self):
        """Cancel contracts whose order was cancelled, as long as nothing came of them.

        :return: the contracts that go on
        """
        # sudo: as in _aftersales_make_contracts.
        contracts = self.sudo().aftersales_contract_ids.filtered(
            lambda c: c.state not in ("ended", "cancelled")
        )
        kept = contracts.filtered(lambda c: c._is_billed() or c._has_been_visited())
        free = contracts - kept
        free.filtered(lambda c: c.state != "draft")._set_draft()
        free._write_state(state="cancelled")
        for contract in kept:
            contract._call_responsible(
                self.env._("The order was cancelled"),
                self.env._(
                    "%s was cancelled, but the contract was invoiced or visited "
                    "already: it goes on. Cancel it as well if that is meant.",
                    contract.sale_order_id.name,
                ),
            )
        return kept

    def _aftersales_renew_contracts(self):
        """Let contracts go on for the further term that was sold."""
        # sudo: as in _aftersales_make_contracts.
        lines = self.sudo().filtered("aftersales_renewed_line_id")
        by_contract = lines.grouped(lambda x: x.aftersales_renewed_line_id.contract_id)
        for contract, sold in by_contract.items():
            contract._set_renewed_by(sold)
