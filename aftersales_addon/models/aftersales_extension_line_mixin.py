from odoo import models
from odoo.exceptions import UserError

from ..tools.periods import add_period

# The fields of an invoice line in which the platform's accounting, where it defers
# revenue, keeps the period that is paid for.
DEFERRED_FIELDS = ("deferred_start_date", "deferred_end_date")


class AftersalesExtensionLineMixin(models.AbstractModel):
    """An order line that sells extended warranties: what it covers, and since when.

    A line covers either another line of its order, whose units get their warranty
    when they are delivered, or units that the customer has.
    """

    _name = "aftersales.extension.line.mixin"
    _description = "Sale of an Extended Warranty"

    def _aftersales_is_extension(self):
        """Tell whether the line sells an extended warranty."""
        self.ensure_one()
        return bool(self.product_id.aftersales_extension_policy_id)

    def _aftersales_is_coverable(self):
        """Tell whether an extended warranty can be sold for the line."""
        self.ensure_one()
        return (
            not self.display_type
            and not self.is_downpayment
            and self.product_id.type == "consu"
            and not self._aftersales_is_extension()
        )

    def _aftersales_get_units_sold(self):
        """Return the ordered quantity in the unit of the product."""
        self.ensure_one()
        return self.product_uom_id._compute_quantity(
            self.product_uom_qty, self.product_id.uom_id, rounding_method="HALF-UP"
        )

    def _aftersales_holds_offers(self):
        """Tell whether a section holds optional extended warranties, and no more."""
        self.ensure_one()
        lines = self.order_id.order_line.filtered(lambda line: line.parent_id == self)
        return self.is_optional and all(
            line._aftersales_is_extension() for line in lines
        )

    # --- What a line covers ---

    def _aftersales_bind(self):
        """Bind extended warranties that cover nothing yet, where it is clear to what.

        :return: the lines that were bound
        """
        bound = self.browse()
        # sudo: whoever adds the line may not see the units that others cover.
        for line in self.sudo():
            if line._aftersales_is_extension() and not (
                line.aftersales_covered_line_id or line.aftersales_covered_asset_ids
            ):
                covered = line._aftersales_find_covered_line()
                if covered:
                    line.aftersales_covered_line_id = covered
                    bound |= line
        return bound

    def _aftersales_find_covered_line(self):
        """Return the line that an extended warranty was meant for, may be empty.

        It is the line that it was added with, the only one that it is offered with,
        or the one that it stands below.
        """
        self.ensure_one()
        lines = self.order_id.order_line.sorted(lambda line: (line.sequence, line.id))
        coverable = lines.filtered(lambda line: line._aftersales_is_coverable())
        if self.linked_line_id in coverable:
            return self.linked_line_id
        taken = lines.filtered(
            lambda line: line.product_id == self.product_id
        ).aftersales_covered_line_id
        free = coverable - taken
        offering = free.filtered(
            lambda line: self.product_id in line.product_id._aftersales_get_extensions()
        )
        candidates = offering or free
        if len(candidates) == 1:
            return candidates
        above = lines[: list(lines._ids).index(self.id)]
        for line in reversed(above):
            if line in candidates:
                return line
            if line.display_type == "line_note" or line._aftersales_is_extension():
                continue
            break
        return self.browse()

    def _aftersales_follow_quantity(self, before):
        """Keep quotations in step when the quantity of what is covered changes.

        :param dict before: the units that the covered lines sold, ``{line: units}``
        """
        for line, units in before.items():
            now = line._aftersales_get_units_sold()
            for extension in line.aftersales_extension_line_ids:
                if extension.aftersales_plan_id.price_basis in ("contract", "visit"):
                    continue
                count = extension._aftersales_get_units_sold()
                if count and (count == units or count > now):
                    extension._aftersales_set_units(now)

    def _aftersales_set_units(self, units):
        self.ensure_one()
        self.product_uom_qty = self.product_id.uom_id._compute_quantity(
            units, self.product_uom_id, rounding_method="HALF-UP"
        )

    def _aftersales_limit_quantity(self):
        """Lower the quantity to the units that there are to cover."""
        self.ensure_one()
        if self._aftersales_is_extension() and (
            self.aftersales_covered_line_id or self.aftersales_covered_asset_ids
        ):
            units = self._aftersales_get_units_covered()
            if self._aftersales_get_units_sold() > units:
                self._aftersales_set_units(units)

    def _aftersales_get_units_covered(self):
        """Return how many units there are to cover, as the order stands."""
        self.ensure_one()
        if self.aftersales_covered_asset_ids:
            return sum(self.aftersales_covered_asset_ids.mapped("quantity"))
        return self.aftersales_covered_line_id._aftersales_get_units_sold()

    # --- What must be right before the sale ---

    def _aftersales_get_extension_error(self):
        """Return why a line cannot be sold and what to do about it, or False."""
        # sudo: whoever sells it may not see the units that are covered.
        for line in self.sudo():
            if not line.product_uom_qty or not line._aftersales_is_extension():
                continue
            error = (
                line._aftersales_check_policy()
                or line._aftersales_check_binding()
                or line._aftersales_check_followed()
                or line._aftersales_check_assets()
                or line._aftersales_check_units()
            )
            if error:
                return error
        return False

    def _aftersales_check_rebinding(self, vals):
        """Refuse to change what a sold extension covers."""
        names = ("aftersales_covered_line_id", "aftersales_covered_asset_ids")
        if not any(name in vals for name in names):
            return
        sold = self.filtered("aftersales_extension_version_id")
        if any(line.state == "sale" for line in sold):
            raise UserError(
                self.env._(
                    "This extended warranty is sold: what it covers cannot be changed. "
                    "Set its quantity to 0 and add another line."
                )
            )

    def _aftersales_check_policy(self):
        policy = self.product_id.aftersales_extension_policy_id
        companies = self.company_id.parent_ids
        if policy.company_id and policy.company_id not in companies:
            return self.env._(
                "“%(product)s” is sold under a policy of %(company)s. Choose another "
                "extended warranty.",
                product=self.product_id.display_name,
                company=policy.company_id.name,
            )
        if not policy._is_in_effect():
            return self.env._(
                "The policy “%(policy)s” is not in effect, so “%(product)s” cannot be "
                "sold. Choose another extended warranty, or put the policy in effect.",
                policy=policy.name,
                product=self.product_id.display_name,
            )
        return False

    def _aftersales_check_binding(self):
        covers_line = bool(self.aftersales_covered_line_id)
        if covers_line != bool(self.aftersales_covered_asset_ids):
            return False
        if covers_line:
            return self.env._(
                "“%s” covers a line of this order and installed products at once. "
                "Keep one of the two.",
                self.product_id.display_name,
            )
        return self.env._(
            "It is not said what “%s” covers. In its line, choose the line of this "
            "order under “Covers Line”, or the customer's products under “Covers "
            "Installed Products”; or set its quantity to 0.",
            self.product_id.display_name,
        )

    def _aftersales_check_followed(self):
        lines = self._aftersales_get_goods()
        goods = (lines - lines._aftersales_get_followed()).product_id[:1]
        if not goods:
            return False
        return self.env._(
            "“%(goods)s” is not followed after its delivery, so there is nothing that "
            "“%(product)s” could cover. Tick “Track at Customers” on the product, or "
            "give it a warranty policy.",
            goods=goods.display_name,
            product=self.product_id.display_name,
        )

    def _aftersales_check_assets(self):
        owner = self.order_id.partner_id.commercial_partner_id
        wrong = self.aftersales_covered_asset_ids.filtered(
            lambda a: (
                a.state != "in_use"
                or a.commercial_partner_id != owner
                or a.company_id != self.company_id
            )
        )
        if not wrong:
            return False
        return self.env._(
            "“%(product)s” cannot cover these products, because %(customer)s does not "
            "have them: %(units)s. Take them out of its line.",
            product=self.product_id.display_name,
            customer=owner.display_name,
            units=", ".join(wrong[:5].mapped("display_name")),
        )

    def _aftersales_check_units(self):
        units = self._aftersales_get_units_covered()
        sold = self._aftersales_get_units_sold()
        uom = self.product_id.uom_id
        # Of units that are chosen each is covered. Of a quantity, as of the units of
        # an order, it may be a part: the first that are delivered.
        covered = self.aftersales_covered_asset_ids
        chosen = len(covered) > 1 or covered.is_serial
        if uom.compare(sold, units) == 0 or (not chosen and sold < units):
            return False
        if sold > units:
            return self.env._(
                "%(sold)s × “%(product)s” for %(units)s units. Lower its quantity: "
                "one covers one unit.",
                sold=uom._aftersales_format(sold),
                product=self.product_id.display_name,
                units=uom._aftersales_format(units),
            )
        return self.env._(
            "%(sold)s × “%(product)s” for %(units)s units: it is not clear which of "
            "them it covers. Set its quantity to %(units)s, or choose fewer units.",
            sold=uom._aftersales_format(sold),
            product=self.product_id.display_name,
            units=uom._aftersales_format(units),
        )

    # --- The period, for accounting ---

    def _aftersales_prepare_deferred_vals(self):
        """Return the period of an extended warranty for its invoice line.

        The platform's accounting spreads the revenue over it, where it can. Without
        such fields on invoice lines there is nothing to set.

        :rtype: dict
        """
        self.ensure_one()
        known = self.env["account.move.line"]._fields
        if not self._aftersales_is_extension() or any(
            name not in known for name in DEFERRED_FIELDS
        ):
            return {}
        first, last = self._aftersales_get_period()
        return dict(zip(DEFERRED_FIELDS, (first, last), strict=True))

    def _aftersales_get_period(self):
        """Return the first and the last day that the line pays for.

        Before the units are delivered, they are taken to be delivered today.
        """
        self.ensure_one()
        # sudo: whoever writes the invoice may not see warranties.
        line = self.sudo()
        layers = line.env["aftersales.warranty"].search(
            [("sale_line_id", "=", line.id), ("state", "=", "open")]
        )
        if layers:
            first = min(layers.mapped("date_start"))
            return add_period(first, 1, "day"), max(layers.mapped("date_end"))
        start = line._aftersales_get_expected_start()
        policy = line.product_id.aftersales_extension_policy_id
        return add_period(start, 1, "day"), policy._get_last_day(start)

    def _aftersales_get_expected_start(self):
        today = self.company_id._aftersales_today()
        policy = self.product_id.aftersales_extension_policy_id
        if policy.stacking != "after":
            return today
        if self.aftersales_covered_asset_ids:
            ends = self.aftersales_covered_asset_ids.mapped("warranty_end")
            return max([today, *(end for end in ends if end)])
        goods = self.aftersales_covered_line_id.product_id
        policies = goods._aftersales_resolve_policies(self.company_id).get(goods)
        ends = [p._get_last_day(today) for p in policies or () if p.kind != "contract"]
        return max(ends, default=today)
