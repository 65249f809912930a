from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

# Nothing is promised: a visit is planned for so many days from now.
DAYS = 3


class AftersalesCaseVisitMixin(models.AbstractModel):
    """A case under a contract, and the visit that helps."""

    _name = "aftersales.case.visit.mixin"
    _description = "Visit for a Service Case"

    contract_id = fields.Many2one(
        "aftersales.contract",
        compute="_compute_contract_id",
        store=True,
        index="btree_not_null",
        groups="base.group_user",
        help="The service contract that the unit was under on the day of the report.",
    )
    contract_note = fields.Char(
        string="By Contract",
        compute="_compute_contract_note",
        groups="base.group_user",
        help="What a visit costs the customer.",
    )
    visit_ids = fields.One2many(
        "aftersales.visit", "case_id", string="Visits", groups="base.group_user"
    )
    visit_count = fields.Integer(
        compute="_compute_visit_count", groups="base.group_user"
    )

    @api.depends("asset_id", "date_reported", "company_id")
    def _compute_contract_id(self):
        # sudo: what was promised counts, whoever takes the case in.
        Contract = self.env["aftersales.contract"].sudo()
        asked = {
            case: (case.asset_id._origin.sudo(), case._get_reported_day())
            for case in self
            if case.asset_id
        }
        found = Contract._find_in_force(asked.values())
        for case in self:
            contract = found.get(asked.get(case), Contract)
            same = contract.company_id == case.company_id
            case.contract_id = contract if same else Contract

    @api.depends("contract_id")
    @api.depends_context("lang")
    def _compute_contract_note(self):
        for case in self:
            # sudo: whoever helps the customer may know what they pay for it.
            contract = case.sudo().contract_id
            service = contract and contract._get_repair_service()
            today = case.company_id._aftersales_today()
            case.contract_note = service._get_offer_text(today) if service else False

    def _compute_visit_count(self):
        # sudo: how many there are; reading them needs rights on them.
        Visit = self.env["aftersales.visit"].sudo()
        groups = Visit._read_group(
            [("case_id", "in", self.ids)], ["case_id"], ["__count"]
        )
        counts = {case.id: count for case, count in groups}
        for case in self:
            case.visit_count = counts.get(case.id, 0)

    # --- The button ---

    def action_visit(self):
        """Plan the visit that helps, and open it.

        A visit that is not over yet is opened instead of a second one.
        """
        self._check_remedy()
        # sudo: whoever looks after customers may have no rights on visits; the unit
        # and the customer are those of a case that they may change.
        case = self.sudo()
        open_ones = case.visit_ids.filtered(lambda v: not v._is_over())
        if open_ones:
            return self._open_remedy(open_ones[0])
        Visit = case.env["aftersales.visit"].with_company(self.company_id)
        visit = Visit.create(self._prepare_visit_vals())
        visit._note_price()
        self._begin_remedy("visit", visit)
        return self._open_remedy(visit)

    def action_view_visits(self):
        """Open the visits of the case."""
        return self._view_remedies("visit_ids")

    def _prepare_visit_vals(self):
        self.ensure_one()
        case = self.sudo()
        asset, contract = case.asset_id, case.contract_id
        service = contract._get_repair_service() if contract else False
        partner = case.partner_id or asset.partner_id
        if not partner:
            raise UserError(self.env._("Who is to be visited? Choose the customer."))
        place = asset.partner_shipping_id or contract.partner_shipping_id
        vals = {
            "company_id": case.company_id.id,
            "case_id": case.id,
            "contract_id": contract.id,
            "partner_id": partner.id,
            "partner_shipping_id": place.id,
            "team_id": contract.team_id.id,
            "user_id": False,
            "kind": service.kind if service else "repair",
            "date_planned": case._get_visit_day(),
            "is_pinned": True,
            "description": case._get_remedy_text(),
        }
        if service:
            vals["duration"] = service.duration
        if asset:
            vals["line_ids"] = [Command.create(case._prepare_visit_line_vals(service))]
        return vals

    def _prepare_visit_line_vals(self, service):
        self.ensure_one()
        asset = self.asset_id
        lines = self.contract_id._get_units(self._get_reported_day())
        line = lines.filtered(lambda x: x.asset_id == asset)[:1]
        return {
            "asset_id": asset.id,
            "service_id": service.id if service else False,
            "contract_line_id": line.id,
        }

    def _get_visit_day(self):
        """Return the day for which a visit is planned: the last one that was promised.

        What is late already is planned for today.
        """
        self.ensure_one()
        today = self.company_id._aftersales_today()
        clocks = self.clock_ids.filtered(
            lambda c: c.kind == "resolution" and c.state == "running" and c.date_due
        )
        if not clocks:
            return today + timedelta(days=DAYS)
        return max(
            today, self.company_id._aftersales_day(min(clocks.mapped("date_due")))
        )

    # --- What to do next ---

    def _recommend_by(self, asset, answer):
        """Offer the visit that the contract promises before anything else."""
        # sudo: as in _compute_contract_note.
        contract = self.sudo().contract_id
        promised = contract and contract._get_repair_service()
        if promised and not answer.get("questions"):
            return "visit", self.env._(
                "Under contract %(contract)s. A visit: %(price)s",
                contract=contract.number,
                price=self.contract_note or "",
            )
        return super()._recommend_by(asset, answer)
