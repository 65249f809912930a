from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

# What is written on an order line that its contract goes by.
QUANTITY = {"product_uom_qty", "product_uom_id"}
FOLLOWED = QUANTITY | {
    "product_id",
    "price_unit",
    "discount",
    "tax_ids",
    "analytic_distribution",
}


class AftersalesOrderLinePlanChangeMixin(models.AbstractModel):
    """Changes of a confirmed order reach the contracts that it sold, or are refused.

    Until the first invoice the contract follows its order. From then on it stands for
    itself, and what changes has a day: that is said to whoever tries.
    """

    _name = "aftersales.order.line.plan.change.mixin"
    _description = "Change of a Sold Service Plan"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        added = lines.filtered(lambda x: x.state == "sale" and x._aftersales_is_plan())
        added._aftersales_sell_plans()
        return lines

    def write(self, vals):
        if not FOLLOWED & vals.keys():
            return super().write(vals)
        # sudo: whoever changes the order may have no rights on contracts.
        lines = self.sudo()
        counted = lines if QUANTITY & vals.keys() else lines.browse()
        wide = counted._aftersales_get_wide_plans()
        quoted = {plan: plan._aftersales_get_units_covered() for plan in wide}
        sold = lines.filtered(lambda x: x.state == "sale")
        plans = sold.filtered(lambda x: x.product_id.aftersales_plan_id)
        goods = (counted & sold).filtered(lambda x: x._aftersales_get_plans())
        before = {line: line._aftersales_get_sold_terms() for line in plans}
        units = {line: line._aftersales_get_units_sold() for line in goods}
        result = super().write(vals)
        for line, former in before.items():
            line._aftersales_carry_change(former)
        for line, count in units.items():
            line._aftersales_carry_quantity(count)
        for plan, count in quoted.items():
            plan._aftersales_follow_goods(count)
        return result

    def _aftersales_get_wide_plans(self):
        """Return the quoted plans for each unit of several lines, these among them."""
        quoted = self.filtered(lambda x: x.state in ("draft", "sent"))
        return quoted._aftersales_get_plans().filtered(
            lambda x: (
                not x.aftersales_covered_line_id and x._aftersales_is_plan_for_each()
            )
        )

    def _aftersales_follow_goods(self, former):
        """Keep the quantity of a quoted plan in step with what it covers.

        :param float former: the units that it covered before
        """
        self.ensure_one()
        units = self._aftersales_get_units_covered()
        if units != former and self._aftersales_get_units_sold() == former:
            self._aftersales_set_units(units)

    def _aftersales_sell_plans(self):
        """Make the contracts of lines that are added to a confirmed order."""
        if not self:
            return
        self._aftersales_bind_plans()
        error = self._aftersales_get_plan_error()
        if error:
            raise UserError(error)
        self._aftersales_make_contracts()
        # What was delivered before the plan was sold comes under it as well.
        self._aftersales_sync_contracts()

    def _aftersales_get_sold_terms(self):
        """Return what the contract of the line goes by."""
        self.ensure_one()
        return {
            "product": self.product_id,
            "quantity": self._aftersales_get_units_sold(),
            "price": (self.price_unit, self.discount),
            "rest": (self.tax_ids, self.analytic_distribution or {}),
        }

    def _aftersales_carry_change(self, former):
        """Carry what was changed to the contract of the line.

        :param dict former: of ``_aftersales_get_sold_terms``
        :raises UserError: for what is changed in the contract itself
        """
        self.ensure_one()
        terms = self._aftersales_get_sold_terms()
        changed = {name for name in terms if terms[name] != former[name]}
        if not changed:
            return
        contract = self.aftersales_contract_ids.filtered(
            lambda c: c.state not in ("ended", "cancelled")
        )[:1]
        if not contract:
            if not former["quantity"] and not self.aftersales_renewed_line_id:
                self._aftersales_sell_plans()
            return
        if "product" in changed:
            raise UserError(
                self.env._(
                    "“%(product)s” is sold: %(contract)s was made by this line. Add a "
                    "line for another plan, and cancel the contract if it is meant to "
                    "take its place.",
                    product=former["product"].display_name,
                    contract=contract.display_name,
                )
            )
        if not self.product_uom_qty:
            self._aftersales_drop_contract(contract)
            return
        if "quantity" in changed:
            self._aftersales_check_changed_quantity(contract)
        if changed & {"quantity", "price"}:
            self._aftersales_check_changed_price(contract, changed)
        self._aftersales_update_contract(contract)

    def _aftersales_drop_contract(self, contract):
        """Cancel the contract of a line that is not wanted any more."""
        if contract._is_billed() or contract._has_been_visited():
            raise UserError(
                self.env._(
                    "%s was invoiced or visited already. Give notice there, or cancel "
                    "it with its last day, instead of taking it out of the order.",
                    contract.display_name,
                )
            )
        self._aftersales_cancel_contracts()

    def _aftersales_check_changed_quantity(self, contract):
        """Refuse a quantity that does not say which units it is for."""
        if contract.price_basis != "unit":
            return
        goods = self._aftersales_get_goods()
        if not goods:
            raise UserError(
                self.env._(
                    "“%(product)s” is for the units that were chosen. Use “Add Units” "
                    "or “Remove Units” in %(contract)s: there it is said which ones, "
                    "and from when on.",
                    product=self.product_id.display_name,
                    contract=contract.display_name,
                )
            )
        if self.product_id.uom_id.compare(
            self._aftersales_get_units_covered(), self._aftersales_get_units_sold()
        ):
            raise UserError(
                self.env._(
                    "“%(product)s” is for each unit of %(goods)s. Change that "
                    "quantity, and this one follows; or choose in %(contract)s which "
                    "units leave it.",
                    product=self.product_id.display_name,
                    goods=", ".join(goods.product_id.mapped("display_name")),
                    contract=contract.display_name,
                )
            )

    def _aftersales_check_changed_price(self, contract, changed):
        """Refuse to overwrite a price that invoices went by."""
        follows = "price" not in changed and contract.price_basis != "contract"
        lines = self._aftersales_get_priced_lines(contract)
        if follows or not (contract._is_billed() or lines.price_ids):
            return
        raise UserError(
            self.env._(
                "%s was invoiced already. Use “Change Terms” there: the new price or "
                "quantity gets the day from which it holds.",
                contract.display_name,
            )
        )

    def _aftersales_get_priced_lines(self, contract):
        """Return the lines of a contract that have their price from this line."""
        return contract.line_ids.filtered(
            lambda x: x.sale_line_id == self and x.product_id
        )

    def _aftersales_update_contract(self, contract):
        """Give a contract the price, taxes and quantity of its order line."""
        lines = self._aftersales_get_priced_lines(contract)
        if not lines:
            return
        vals = self._aftersales_prepare_price_vals()
        vals.pop("sale_line_id")
        vals["analytic_distribution"] = self.analytic_distribution
        if lines.price_ids:
            # Later prices stand: only what has no day of its own is carried over.
            del vals["price_unit"], vals["discount"]
        if contract.price_basis == "contract":
            vals["quantity"] = self.product_uom_qty
        commands = {"line_ids": [Command.update(line.id, vals) for line in lines]}
        if contract.state == "draft":
            contract.write(commands)
            return
        contract._set_changed(
            self.env._("Changed in the order %s", self.order_id.name), commands
        )

    def _aftersales_carry_quantity(self, former):
        """Let plans for each unit follow the quantity of the goods that they cover.

        :param float former: the units of this line before
        """
        self.ensure_one()
        more = self._aftersales_get_units_sold() - former
        if not more:
            return
        for plan in self._aftersales_get_plans():
            contract = plan.aftersales_contract_ids[:1]
            # What was invoiced is ended for the units that come back, by the return.
            if plan._aftersales_is_plan_for_each() and (
                more > 0 or not contract._is_billed()
            ):
                plan._aftersales_set_units(plan._aftersales_get_units_covered())
