from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AftersalesOrderLinePlanGoodsMixin(models.AbstractModel):
    """For which goods of its order a service plan is sold: a line, several, or all.

    ``aftersales_covered_line_id`` is the one line that extended warranties have, too.
    """

    _name = "aftersales.order.line.plan.goods.mixin"
    _description = "Goods of a Service Plan"

    aftersales_covers_order = fields.Boolean(
        string="All Goods of the Order",
        help="The contract is for all units that this order delivers and that are "
        "followed after their delivery, whichever line they are from.",
    )
    aftersales_goods_line_ids = fields.Many2many(
        "sale.order.line",
        "aftersales_plan_goods_rel",
        "plan_line_id",
        "goods_line_id",
        string="Covers Lines",
        copy=False,
        help="The lines of this order whose units come under the contract when they "
        "are delivered.",
    )
    aftersales_goods_plan_ids = fields.Many2many(
        "sale.order.line",
        "aftersales_plan_goods_rel",
        "goods_line_id",
        "plan_line_id",
        string="Covered by Service Plans",
        copy=False,
    )

    @api.constrains("aftersales_goods_line_ids")
    def _check_aftersales_goods_lines(self):
        for line in self:
            wrong = line.aftersales_goods_line_ids.filtered(
                lambda goods, plan=line: (
                    goods.order_id != plan.order_id
                    or not goods._aftersales_is_coverable()
                )
            )[:1]
            if wrong:
                raise ValidationError(
                    self.env._(
                        "“%(plan)s” cannot cover “%(line)s”. Choose lines of the same "
                        "order with goods that are delivered.",
                        plan=line.product_id.display_name,
                        line=wrong.display_name,
                    )
                )

    @api.onchange(
        "aftersales_covers_order",
        "aftersales_goods_line_ids",
        "aftersales_covered_line_id",
    )
    def _onchange_aftersales_goods(self):
        if self.aftersales_covers_order:
            self.aftersales_goods_line_ids = False
            self.aftersales_covered_line_id = False
        elif self.aftersales_goods_line_ids:
            self.aftersales_covered_line_id = False
        if self._aftersales_is_plan_for_each() and self._aftersales_get_goods():
            self._aftersales_set_units(self._aftersales_get_units_covered())

    def _aftersales_is_plan_for_each(self):
        """Tell whether the line sells a plan with a price for each unit."""
        self.ensure_one()
        # sudo: what the line sells is no secret.
        plan = self.sudo().product_id.aftersales_plan_id
        return self._aftersales_is_plan() and plan.price_basis == "unit"

    def _aftersales_get_goods(self):
        """Return the lines of the order whose units these lines are for."""
        # sudo: whoever sells a plan may have no rights on policies.
        lines = self.sudo()
        goods = lines.aftersales_covered_line_id | lines.aftersales_goods_line_ids
        for order in lines.filtered("aftersales_covers_order").order_id:
            goods |= order.order_line._aftersales_get_followed()
        return goods

    def _aftersales_get_followed(self):
        """Return the lines whose goods are followed after their delivery."""
        goods = self.filtered(lambda x: x._aftersales_is_coverable())
        result = goods.filtered("product_id.aftersales_serviced")
        for company, lines in (goods - result).grouped("company_id").items():
            policies = lines.product_id._aftersales_resolve_policies(company)
            result |= lines.filtered(lambda x, found=policies: found[x.product_id])
        return result

    def _aftersales_get_plans(self):
        """Return the lines that sell service plans for the goods of these lines."""
        # sudo: as in _aftersales_get_goods.
        lines = self.sudo()
        plans = lines.aftersales_extension_line_ids | lines.aftersales_goods_plan_ids
        wide = lines.order_id.order_line.filtered("aftersales_covers_order")
        plans |= wide.filtered(lambda x: lines & x._aftersales_get_goods())
        return plans.filtered(lambda x: x._aftersales_is_plan())

    def _aftersales_get_units_covered(self):
        goods = self._aftersales_get_goods()
        if self.aftersales_covered_asset_ids or not goods:
            return super()._aftersales_get_units_covered()
        return sum(line._aftersales_get_units_sold() for line in goods)

    def _aftersales_get_goods_error(self):
        """Return why the goods that are covered cannot be, or False."""
        self.ensure_one()
        if self.aftersales_covers_order and not self._aftersales_get_goods():
            return self.env._(
                "“%s” is for all goods of the order, but none of them is followed "
                "after its delivery. Tick “Track at Customers” on the products, or "
                "give them a warranty policy.",
                self.product_id.display_name,
            )
        return False
