from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import READ_GROUPS

# What an assessment of a repair rests on.
BASIS = {
    "aftersales_asset_id",
    "aftersales_date_reported",
    "company_id",
    "lot_id",
    "partner_id",
    "picking_id",
    "product_id",
    "product_qty",
    "product_uom",
}


class RepairOrder(models.Model):
    """A repair knows its unit, and who pays for which of its lines."""

    _name = "repair.order"
    _inherit = [
        "repair.order",
        "aftersales.repair.case.mixin",
        "aftersales.repair.term.mixin",
        "aftersales.repair.cost.mixin",
        "aftersales.followed.mixin",
    ]

    aftersales_asset_id = fields.Many2one(
        "aftersales.asset",
        string="Installed Product",
        compute="_compute_aftersales_asset_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        check_company=True,
        copy=False,
        domain="[('company_id', '=', company_id), ('product_id', '=?', product_id)]",
        help="The unit at the customer. Found by the serial number, or by customer "
        "and product.",
    )
    aftersales_candidate_count = fields.Integer(
        compute="_compute_aftersales_candidate_count"
    )
    aftersales_date_reported = fields.Date(
        string="Defect Reported On",
        compute="_compute_aftersales_date_reported",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        help="The day on which the customer told us. It decides on the coverage.",
    )
    aftersales_assessment_ids = fields.One2many(
        "aftersales.assessment", "repair_id", string="Assessments", groups=READ_GROUPS
    )
    aftersales_assessment_id = fields.Many2one(
        "aftersales.assessment",
        string="Assessment",
        copy=False,
        readonly=True,
        index="btree_not_null",
    )
    aftersales_state = fields.Selection(
        related="aftersales_assessment_id.state", string="Warranty"
    )
    aftersales_summary = fields.Html(
        string="Who Pays What", compute="_compute_aftersales_summary", sanitize=False
    )

    @api.depends("company_id")
    def _compute_aftersales_date_reported(self):
        for repair in self:
            if repair.aftersales_date_reported:
                continue
            # Repairs from before the addon were reported when they were made.
            moment = repair.ids and repair.create_date or fields.Datetime.now()
            company = repair.company_id or self.env.company
            repair.aftersales_date_reported = company._aftersales_day(moment)

    @api.depends("product_id", "lot_id", "partner_id", "picking_id", "company_id")
    def _compute_aftersales_asset_id(self):
        found = self._aftersales_find_assets()
        for repair in self:
            candidates, current = found[repair], repair.aftersales_asset_id
            if current and current in candidates:
                continue
            repair.aftersales_asset_id = candidates if len(candidates) == 1 else False

    @api.depends("product_id", "lot_id", "partner_id", "picking_id", "company_id")
    def _compute_aftersales_candidate_count(self):
        found = self._aftersales_find_assets()
        for repair in self:
            repair.aftersales_candidate_count = len(found[repair])

    @api.depends(
        "aftersales_asset_id",
        "aftersales_assessment_id.result",
        "aftersales_assessment_id.line_ids.granted_share",
        "aftersales_date_reported",
        "product_qty",
    )
    def _compute_aftersales_summary(self):
        for repair in self:
            # sudo: who may see the repair may see who pays for it.
            assessment = repair.sudo().aftersales_assessment_id
            if not repair.aftersales_asset_id:
                repair.aftersales_summary = False
            elif assessment and isinstance(repair.id, int):
                repair.aftersales_summary = assessment.explanation
            else:
                repair.aftersales_summary = repair._aftersales_preview()

    def _aftersales_preview(self):
        """Return the answer that saving would keep, while the form is filled in."""
        self.ensure_one()
        Assessment = self.env["aftersales.assessment"]
        request = self._aftersales_prepare_request()
        [answer] = Assessment._get_answers([request])
        lines = Assessment.line_ids.browse()
        for vals in Assessment._prepare_line_vals(answer):
            lines |= lines.new(vals)
        return Assessment._render_answer(answer, lines._get_shown())

    # The unit is found anew whenever the product or the lot changes.
    @api.constrains("aftersales_asset_id")
    def _check_aftersales_asset(self):
        for repair in self:
            asset = repair.aftersales_asset_id
            other_product = repair.product_id and repair.product_id != asset.product_id
            other_lot = repair.lot_id and asset.lot_id and repair.lot_id != asset.lot_id
            if asset and (other_product or other_lot):
                raise ValidationError(
                    self.env._(
                        "%(repair)s is not for %(unit)s: the product or the serial "
                        "number is another. Choose the unit that is repaired.",
                        repair=repair.name,
                        unit=asset.display_name,
                    )
                )

    @api.constrains("aftersales_date_reported")
    def _check_aftersales_date_reported(self):
        for company, repairs in self.grouped("company_id").items():
            today = company._aftersales_today()
            for repair in repairs:
                day = repair.aftersales_date_reported
                if day and day > today:
                    raise ValidationError(
                        self.env._(
                            "%s: a defect cannot be reported on a day to come.",
                            repair.name,
                        )
                    )

    @api.onchange("aftersales_asset_id")
    def _onchange_aftersales_asset_id(self):
        """Take over from the unit what is not filled in yet."""
        asset = self.aftersales_asset_id
        if not asset:
            return
        self.product_id = self.product_id or asset.product_id
        self.lot_id = self.lot_id or asset.lot_id
        self.partner_id = self.partner_id or asset.partner_id

    @api.model_create_multi
    def create(self, vals_list):
        repairs = super().create(vals_list)
        repairs._aftersales_assess()
        return repairs

    def write(self, vals):
        if not (BASIS | {"state", "sale_order_id"}) & vals.keys():
            return super().write(vals)
        before = {repair: repair._aftersales_get_basis() for repair in self}
        states = {repair: repair.state for repair in self}
        orders = {repair: repair.sale_order_id for repair in self}
        result = super().write(vals)
        self.filtered(
            lambda r: before[r] != r._aftersales_get_basis()
        )._aftersales_assess()
        moved = self.filtered(lambda r: r.state != states[r])
        moved._aftersales_follow_state()
        self.filtered(lambda r: r.sale_order_id != orders[r])._aftersales_price_lines()
        return result

    def _aftersales_get_basis(self):
        self.ensure_one()
        return (
            self.aftersales_asset_id,
            self.aftersales_date_reported,
            self._aftersales_get_quantity(),
        )

    def _aftersales_get_quantity(self):
        """Return how many units are repaired, in the unit of the product."""
        self.ensure_one()
        unit = self.product_uom or self.product_id.uom_id
        if not unit or unit == self.product_id.uom_id:
            return self.product_qty
        return unit._compute_quantity(
            self.product_qty, self.product_id.uom_id, rounding_method="HALF-UP"
        )

    # --- Finding the unit ---

    def _aftersales_find_assets(self):
        """Return the units that each repair may be for.

        By the serial number or lot, what is in use first; several are told apart by
        the return and the customer. Without a number: what the customer has of the
        product.

        :return: ``{repair: aftersales.asset}``; one unit is the answer, several are
            a choice
        """
        Asset = self.env["aftersales.asset"]
        companies = self.company_id.ids
        lots, products = self.lot_id, self.product_id
        by_lot = Asset.search(
            [("lot_id", "in", lots.ids), ("company_id", "in", companies)]
        ).grouped("lot_id")
        # Units that were entered by hand have a number, but no lot.
        by_number = Asset.search(
            [
                ("serial_number", "in", lots.mapped("name")),
                ("lot_id", "=", False),
                ("product_id", "in", products.ids),
                ("company_id", "in", companies),
            ]
        ).grouped(lambda a: (a.product_id, a.serial_number))
        customers = self.partner_id.commercial_partner_id
        by_customer = Asset.search(
            [
                ("commercial_partner_id", "in", customers.ids),
                ("product_id", "in", products.ids),
                ("state", "=", "in_use"),
                ("company_id", "in", companies),
            ]
        ).grouped(lambda a: (a.product_id, a.commercial_partner_id))
        found = {}
        for repair in self:
            customer = repair.partner_id.commercial_partner_id
            lot = repair.lot_id
            if lot:
                key = (repair.product_id, lot.name)
                assets = by_lot.get(lot._origin) or by_number.get(key, Asset)
            else:
                key = (repair.product_id, customer)
                assets = by_customer.get(key, Asset)
            found[repair] = repair._aftersales_narrow(
                assets.filtered(
                    lambda a, c=repair.company_id: not c or a.company_id == c
                )
            )
        return found

    def _aftersales_narrow(self, assets):
        """Return the likeliest of the units that a repair may be for."""
        self.ensure_one()
        assets = assets.filtered(lambda a: a.state == "in_use") or assets
        if len(assets) < 2:
            return assets
        moves = self.picking_id.move_ids.filtered(
            lambda m: m.product_id == self.product_id
        )
        roots = {move._aftersales_get_root() for move in moves}
        # sudo: whoever repairs may not read all moves.
        returned = assets.filtered(lambda a: a.sudo().move_id in roots)
        customer = self.partner_id.commercial_partner_id
        owned = assets.filtered(lambda a: a.commercial_partner_id == customer)
        assets = returned or owned or assets
        # Of what left the customer, the last one is meant.
        return assets if assets[0].state == "in_use" else assets[0]

    # --- Assessing and pricing ---

    def _aftersales_prepare_request(self):
        """Return the question to ask about the unit of a repair."""
        self.ensure_one()
        return {
            "asset": self.aftersales_asset_id._origin,
            "date": self.aftersales_date_reported,
            "quantity": self._aftersales_get_quantity(),
            "vals": {"repair_id": self._origin.id},
        }

    def _aftersales_assess(self):
        """Ask what covers these repairs, keep the answers and price the lines."""
        Assessment = self.env["aftersales.assessment"]
        # sudo: who repairs a unit need not have rights on what was answered.
        repairs = self.sudo()
        # A person who has decided otherwise on the checkbox keeps the last word.
        follows = repairs.filtered(
            lambda r: (
                not r.aftersales_assessment_id
                or r.under_warranty == r._aftersales_is_covered()
            )
        )
        dropped = repairs._aftersales_drop_former()
        known = repairs.filtered("aftersales_asset_id")
        again = known.filtered("aftersales_assessment_id")
        fresh = known - again
        # The answer to a repair that is done stays when its unit goes afterwards.
        again = again.filtered(
            lambda r: r.state != "done" or r.aftersales_asset_id.state == "in_use"
        )
        again.aftersales_assessment_id._update(
            [repair._aftersales_prepare_request() for repair in again]
        )
        made = Assessment._make([r._aftersales_prepare_request() for r in fresh])
        for repair, assessment in zip(fresh, made, strict=True):
            repair.aftersales_assessment_id = assessment
        for repair in follows & (known | dropped):
            if repair.under_warranty != repair._aftersales_is_covered():
                repair.under_warranty = repair._aftersales_is_covered()
        # Parts that the checkbox made free have their price again.
        fresh.filtered("sale_order_id")._update_sale_order_line_price()
        self._aftersales_price_lines()
        self._aftersales_sync_changes()

    def _aftersales_drop_former(self):
        """Let go of assessments of a unit that is not the repaired one any more."""
        dropped = self.filtered(
            lambda r: (
                r.aftersales_assessment_id
                and r.aftersales_assessment_id.asset_id != r.aftersales_asset_id
            )
        )
        dropped.aftersales_assessment_id.write({"active": False})
        dropped.write({"aftersales_assessment_id": False})
        return dropped

    def _aftersales_is_covered(self):
        """Tell whether a warranty pays for anything in the repair."""
        self.ensure_one()
        # sudo: as in _aftersales_assess.
        assessment = self.sudo().aftersales_assessment_id
        if assessment.is_refused:
            return False
        return any(line.share for line in assessment.line_ids)

    def _aftersales_price_lines(self, reset=False):
        """Price the order lines of these repairs by what covers them.

        :param bool reset: also lines whose discount a person has set
        """
        # sudo: as in _aftersales_assess.
        repairs = self.sudo()
        lines = repairs.sale_order_id.order_line
        lines._aftersales_price(reset=reset)

    def _update_sale_order_line_price(self):
        """Keep the checkbox's meaning for units that are not listed here.

        For a unit that is, ticked means that its warranties are applied to each
        line, and unticked that they are not.
        """
        ours = self.filtered("aftersales_asset_id")
        result = super(RepairOrder, self - ours)._update_sale_order_line_price()
        for repair in ours:
            parts = repair.move_ids.filtered(lambda m: m.repair_line_type == "add")
            parts.sale_line_id._compute_price_unit()
        ours._aftersales_price_lines()
        return result
