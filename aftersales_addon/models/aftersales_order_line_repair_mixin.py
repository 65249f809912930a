from odoo import api, fields, models
from odoo.tools import float_compare, float_round

from ..const import READ_GROUPS
from .aftersales_warranty_policy_line import ITEMS


class AftersalesOrderLineRepairMixin(models.AbstractModel):
    """Lines that a warranty or goodwill pays for, in part or in whole.

    The covered share becomes the line's discount, on top of the one that the line
    had. A discount that a person sets afterwards is theirs: it is left alone.
    """

    _name = "aftersales.order.line.repair.mixin"
    _description = "Order Line of a Repair"

    aftersales_assessment_id = fields.Many2one(
        "aftersales.assessment",
        string="Assessment",
        index="btree_not_null",
        copy=False,
        groups=READ_GROUPS,
        help="What decides on who pays for the line.",
    )
    aftersales_item = fields.Selection(
        ITEMS, string="Counts As", copy=False, readonly=True
    )
    aftersales_share = fields.Float(
        string="Paid by Warranty (%)", digits=(5, 2), copy=False, readonly=True
    )
    aftersales_goodwill_share = fields.Float(
        string="Paid by Goodwill (%)", digits=(5, 2), copy=False, readonly=True
    )
    aftersales_coverage_note = fields.Char(
        string="Why This Price",
        copy=False,
        readonly=True,
        help="What the warranty says to this line, in words for the customer.",
    )
    aftersales_discount = fields.Float(
        string="Discount by Coverage", digits="Discount", copy=False, readonly=True
    )
    aftersales_discount_base = fields.Float(
        string="Discount without Coverage", digits="Discount", copy=False, readonly=True
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._aftersales_price()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if "product_id" in vals:
            self._aftersales_price()
        elif "aftersales_assessment_id" in vals and "aftersales_item" not in vals:
            # Chosen by a person: it comes with its item when it was worked out.
            self._aftersales_take_over()
        return result

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for line, vals in zip(self, vals_list, strict=True):
            if line._aftersales_is_priced() and not line._aftersales_is_touched():
                vals["discount"] = line.aftersales_discount_base
            note = line.aftersales_coverage_note
            if note and vals.get("name"):
                vals["name"] = vals["name"].replace(f"\n{note}", "")
        return vals_list

    def _compute_discount(self):
        """Keep the covered share when the platform works the discount out anew."""
        result = super()._compute_discount()
        for line in self.filtered(lambda line: line._aftersales_is_priced()):
            if line._aftersales_is_touched():
                # The platform has set its own discount: coverage comes on top.
                line._aftersales_set_discount(line.discount)
        return result

    def _aftersales_is_priced(self):
        self.ensure_one()
        # sudo: what a line costs does not depend on who looks.
        return bool(self.sudo().aftersales_assessment_id)

    def _aftersales_is_touched(self):
        """Tell whether the discount is another than the one coverage made."""
        self.ensure_one()
        digits = self.env["decimal.precision"].precision_get("Discount")
        return bool(float_compare(self.discount, self.aftersales_discount, digits))

    def _aftersales_get_total_share(self):
        self.ensure_one()
        share = self.aftersales_share + self.aftersales_goodwill_share
        return min(100.0, share)

    def _aftersales_set_discount(self, base):
        """Set the discount to a base with the covered share on top.

        :param float base: the discount, in percent, of a line that nobody covers
        """
        self.ensure_one()
        digits = self.env["decimal.precision"].precision_get("Discount")
        left = (100.0 - base) * (100.0 - self._aftersales_get_total_share()) / 100.0
        discount = float_round(100.0 - left, precision_digits=digits)
        self.aftersales_discount_base = base
        self.aftersales_discount = discount
        self.discount = discount

    def _aftersales_get_uncovered_subtotal(self):
        """Return what the line would cost if nobody covered it, without taxes."""
        self.ensure_one()
        price = self.price_unit * (100.0 - self.aftersales_discount_base) / 100.0
        return self.tax_ids.compute_all(
            price,
            currency=self.currency_id,
            quantity=self.product_uom_qty,
            product=self.product_id,
            partner=self.order_id.partner_shipping_id,
        )["total_excluded"]

    def _aftersales_price(self, reset=False):
        """Let the assessments of repairs decide on the prices of their lines.

        :param bool reset: also for lines whose discount a person has set
        """
        # sudo: what is covered follows from the assessment, whoever adds the line.
        lines = self.sudo()
        repairs = lines._aftersales_get_repairs()
        for line in lines:
            repair = repairs.get(line)
            if repair is None and not line.aftersales_assessment_id:
                continue
            assessment = repair.aftersales_assessment_id if repair else False
            line._aftersales_apply(
                assessment or self.env["aftersales.assessment"],
                is_applied=bool(repair and repair.under_warranty),
                reset=reset,
            )

    def _aftersales_take_over(self):
        """Price lines by the assessment that was chosen on them."""
        # sudo: as in _aftersales_price.
        for line in self.sudo():
            line._aftersales_apply(line.aftersales_assessment_id)

    def _aftersales_apply(self, assessment, is_applied=True, reset=False):
        """Price the line by an assessment; an empty one takes coverage off it.

        :param assessment: ``aftersales.assessment``
        :param bool is_applied: False when the warranties are not to be applied
        :param bool reset: also when a person has set the discount
        """
        self.ensure_one()
        known = bool(self.aftersales_item)
        touched = known and self._aftersales_is_touched()
        if not self._aftersales_is_open() or (touched and not reset):
            return
        base = self.aftersales_discount_base if known else self.discount
        if not assessment and not known:
            return
        item = assessment and self._aftersales_get_item()
        shares = (
            assessment._get_shares(self.product_id, item, is_applied)
            if item
            else (0.0, 0.0)
        )
        note = item and self._aftersales_explain(assessment, item, *shares)
        self._aftersales_set_note(note)
        vals = {
            "aftersales_item": item,
            "aftersales_share": shares[0],
            "aftersales_goodwill_share": shares[1],
        }
        if self.aftersales_assessment_id != assessment:
            vals["aftersales_assessment_id"] = assessment.id
        self.write(vals)
        self._aftersales_set_discount(base)

    def _aftersales_get_item(self):
        """Return what the line counts as when a repair is priced, or False."""
        self.ensure_one()
        # The platform's module of carriers marks the lines that it adds.
        if "is_delivery" in self._fields and self.is_delivery:
            return "shipping"
        return self.product_id.aftersales_item

    def _aftersales_is_open(self):
        """Tell whether the price may still change."""
        self.ensure_one()
        return not (
            self.display_type
            or self.is_downpayment
            or self.qty_invoiced
            or self.order_id.locked
            or self.order_id.state == "cancel"
        )

    def _aftersales_set_note(self, note):
        """Put the reason of the price under the description of the line."""
        self.ensure_one()
        former = self.aftersales_coverage_note
        if former == (note or False):
            return
        name = self.name or ""
        if former:
            name = name.replace(f"\n{former}", "")
        if note:
            name = f"{name}\n{note}"
        self.aftersales_coverage_note = note
        self.name = name

    def _aftersales_explain(self, assessment, item, share, goodwill):
        """Return why the line costs what it costs, in the customer's language."""
        self.ensure_one()
        line = self.with_context(lang=self.order_id._get_lang())
        labels = dict(line._fields["aftersales_item"]._description_selection(line.env))
        found = assessment.line_ids.filtered(lambda part: part.item == item)
        number = line.env["res.lang"]._aftersales_format_number
        values = {"item": labels.get(item, ""), "share": number(share)}
        texts = []
        if share and found.warranty_name:
            texts.append(
                line.env._(
                    "%(item)s: %(share)s %% paid by the warranty (%(warranty)s).",
                    **values,
                    warranty=found.warranty_name,
                )
            )
        elif share:
            texts.append(
                line.env._("%(item)s: %(share)s %% paid by the warranty.", **values)
            )
        if goodwill:
            values["share"] = number(goodwill)
            texts.append(line.env._("%(share)s %% paid by us as goodwill.", **values))
        if not texts and assessment.state != "none":
            texts.append(line.env._("%(item)s: not covered.", **values))
        return " ".join(texts)

    def _aftersales_get_repairs(self):
        """Return the repair that each line belongs to, where there is one.

        A part belongs to the repair that uses it. A service that is added to an order
        which was made from one repair belongs to that repair; in an order that also
        sells other things, only the line that asked for the repair does.

        :return: ``{line: repair.order}``
        """
        found = {}
        orders = self.order_id.filtered("repair_order_ids")
        for line in self.filtered(lambda line: line.order_id in orders):
            repairs = line.order_id.repair_order_ids
            repair = line.move_ids.repair_id[:1] & repairs
            repair = repair or repairs.filtered(
                lambda r, line=line: r.sale_order_line_id == line
            )
            if not repair and line._aftersales_is_repair_service(repairs):
                repair = repairs
            if repair:
                found[line] = repair[:1]
        return found

    def _aftersales_is_repair_service(self, repairs):
        """Tell whether a service on the order is work on its only repair."""
        self.ensure_one()
        return (
            len(repairs) == 1
            and not repairs.sale_order_line_id
            and self.product_id.type == "service"
            and bool(self.product_id.aftersales_item)
            and not self.product_id.aftersales_extension_policy_id
            and not self._is_discount_line()
        )
