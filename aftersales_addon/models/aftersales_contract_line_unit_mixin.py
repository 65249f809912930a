from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.spans import DAY

# What a line in force may be given by hand all the same.
FREE = {"sequence"}
# A unit under a contract in one of these states is promised something.
PROMISED = ("running", "paused", "to_renew")
# Why a unit left that is in use again after it was in one of these states.
LEFT_BY = {"returned": "returned", "retired": "gone"}


class AftersalesContractLineUnitMixin(models.AbstractModel):
    """The units under a contract: whose they are, when, and not twice by mistake."""

    _name = "aftersales.contract.line.unit.mixin"
    _description = "Unit under a Contract"

    allow_overlap = fields.Boolean(
        string="Under Two Contracts",
        help="The unit is under another contract for the same work at the same time, "
        "and that is meant.",
    )

    left_reason = fields.Selection(
        [
            ("returned", "Came Back"),
            ("replaced", "Replaced"),
            ("part", "A Part Is Gone"),
            ("passed_on", "Passed On"),
            ("gone", "Not in Use Any More"),
        ],
        string="Why It Left",
        readonly=True,
        copy=False,
        help="Why the installed product left the contract before its last day.",
    )
    agreed_to = fields.Date(
        string="Agreed Last Day",
        readonly=True,
        copy=False,
        help="The last day that was agreed for a unit that left. Empty: to the end.",
    )

    @api.onchange("asset_id")
    def _onchange_asset_id(self):
        for line in self:
            if line.asset_id and not line.name:
                line.name = line.asset_id.display_name

    @api.onchange("product_id")
    def _onchange_product_id(self):
        for line in self:
            if line.product_id and not line.name:
                line.name = line.product_id.display_name
            if line.product_id and not line.price_unit:
                line.price_unit = line.product_id.lst_price
                line.tax_ids = line.product_id.taxes_id._filter_taxes_by_company(
                    line.contract_id.company_id
                )

    # --- By hand only while the contract is a draft ---

    def _get_free_fields(self):
        return FREE

    def _explain_agreed(self, contract):
        return self.env._(
            "The lines of %s were agreed. Use “Add Units”, “Remove” or “Change "
            "Terms”, which keep what was agreed before.",
            contract.display_name,
        )

    def _goes_on_after_today(self):
        """Tell whether the line counts tomorrow or later."""
        self.ensure_one()
        span = self._get_span()
        return bool(span) and span[1] > self.contract_id._get_today()

    def _is_rest(self):
        """Tell whether the line is for what was left of a quantity."""
        return bool(self._get_larger_lines())

    def _get_larger_lines(self):
        """Return the lines of the larger quantity that this one is left of.

        That is what it goes on from, or a line of the unit that left as a whole.
        """
        self.ensure_one()
        # sudo: of the same contract, for whoever may see this line.
        line = self.sudo()
        parts = line._get_history().filtered(lambda x: x.left_reason == "part")
        if line.contract_id.price_basis == "unit":
            parts |= line.asset_id.contract_line_ids.filtered(
                lambda x: (
                    x.contract_id == line.contract_id
                    and x.left_reason in LEFT_BY.values()
                    and x.quantity > line.quantity
                )
            )
        return parts.sudo(self.env.su)

    def _get_quantity_left(self):
        """Return the quantity of the line, as far as the unit still has it.

        It stays as it is where the price is not one for each of the quantity.
        """
        self.ensure_one()
        left, uom = self.asset_id.quantity, self.asset_id.uom_id
        each = self.contract_id.price_basis == "unit"
        if not each or uom.compare(left, self.quantity) >= 0 or uom.is_zero(left):
            return self.quantity
        return left

    def _left_by(self, state):
        """Tell whether the unit left, last of all, because it came into a state.

        A replacement has its own way back.
        """
        self.ensure_one()
        owner = self.contract_id.commercial_partner_id
        return (
            self.left_reason == LEFT_BY.get(state)
            and self.asset_id.commercial_partner_id == owner
            and not any(
                x.asset_id == self.asset_id
                and not x.is_undone
                and x.date_from
                and x.date_from > self.date_to
                for x in self.contract_id.line_ids
            )
        )

    def _get_first_day_gone(self):
        """Return the first day on which a unit that left did not count."""
        self.ensure_one()
        return self.date_to + DAY * (not self.is_undone)

    def _is_taken(self):
        """Tell whether something took the place of the unit that left meanwhile."""
        self.ensure_one()
        others = self.asset_id._get_promised_lines() - self.contract_id.line_ids
        heirs = self.asset_id.replaced_by_ids & self.contract_id.line_ids.asset_id
        others = others.filtered(
            lambda x: not x.left_reason and x._goes_on_after_today()
        )
        return bool(heirs or others)

    # --- Whose they are ---

    @api.constrains("asset_id", "contract_id")
    def _check_owner(self):
        for line in self:
            # sudo: the rule holds also for units that somebody may not see.
            unit = line.sudo().asset_id
            owner = line.contract_id.commercial_partner_id
            if unit and unit.commercial_partner_id != owner:
                raise ValidationError(
                    self.env._(
                        "“%(unit)s” belongs to %(owner)s: it cannot be under a contract"
                        " of %(customer)s.",
                        unit=unit.display_name,
                        owner=unit.commercial_partner_id.display_name
                        or self.env._("nobody"),
                        customer=owner.display_name,
                    )
                )

    @api.constrains("date_from", "date_to", "contract_id")
    def _check_within(self):
        for line in self:
            contract = line.contract_id
            first, last = contract.date_start, contract.date_end
            days = [day for day in (line.date_from, line.date_to) if day]
            if any(day < first or (last and day > last) for day in days):
                raise ValidationError(
                    self.env._(
                        "“%(line)s” lies outside the contract, which goes from "
                        "%(first)s to %(last)s.",
                        line=line.name,
                        first=contract._format_day(first),
                        last=contract._format_day(last),
                    )
                )

    # --- The same unit twice ---

    @api.constrains("asset_id", "date_from", "date_to", "allow_overlap")
    def _check_overlap(self):
        lines = self.filtered(lambda line: line.contract_id.state in PROMISED)
        lines._refuse_overlaps()

    def _refuse_overlaps(self):
        """Refuse units that another contract promises the same for.

        :raises ValidationError: that names the unit and the other contract
        """
        for line, other in self._get_overlaps().items():
            if not line.allow_overlap:
                raise ValidationError(line._explain_overlap(other))

    def _get_overlaps(self):
        """Return other lines that promise the same for a unit at the same time.

        :return: ``{line: other line}``
        """
        # sudo: contracts of others count as well.
        lines = self.sudo().filtered(lambda line: line.asset_id and line._get_span())
        others = lines.search(
            [
                ("asset_id", "in", lines.asset_id.ids),
                ("contract_id.state", "in", PROMISED),
            ]
        )
        others = (others | lines).grouped("asset_id")
        result = {}
        for line in lines:
            for other in others[line.asset_id] - line:
                if line._collides(other):
                    result[line] = other
                    break
        return result

    def _collides(self, other):
        """Tell whether two lines of a unit promise the same at the same time."""
        self.ensure_one()
        span, taken = self._get_span(), other._get_span()
        if not taken or span[0] > taken[1] or taken[0] > span[1]:
            return False
        mine, its = self.contract_id, other.contract_id
        return (
            mine == its
            or mine.plan_id == its.plan_id
            or bool(mine.policy_id and its.policy_id)
            or bool(
                {*mine.service_ids.mapped("kind")} & {*its.service_ids.mapped("kind")}
            )
        )

    def _explain_overlap(self, other):
        """Return in words which contract a unit is under already, and what to do."""
        self.ensure_one()
        line, other = self.sudo(), other.sudo()
        if other.contract_id == line.contract_id:
            return self.env._(
                "“%s” stands in this contract twice at the same time. Take out one of "
                "the two lines, or set their days.",
                line.asset_id.display_name,
            )
        first, last = other._get_span()
        return self.env._(
            "“%(unit)s” is under %(contract)s for the same work already, from %(first)s"
            " to %(last)s. Take it out of one of the two contracts, or tick “Under Two "
            "Contracts” in its line if that is meant.",
            unit=line.asset_id.display_name,
            contract=other.contract_id.display_name,
            first=other.contract_id._format_day(first),
            last=other.contract_id._format_day(last),
        )
