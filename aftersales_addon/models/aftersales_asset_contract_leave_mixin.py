from odoo import api, models

from .aftersales_contract_line_unit_mixin import PROMISED

# Which reason a state gives for leaving a contract.
REASONS = {"returned": "returned", "replaced": "replaced"}


class AftersalesAssetContractLeaveMixin(models.AbstractModel):
    """What becomes of the contracts of a unit that is replaced, passed on or gone."""

    _name = "aftersales.asset.contract.leave.mixin"
    _description = "Installed Product That Leaves Its Contracts"

    def write(self, vals):
        before = {}
        if "quantity" in vals:
            before = {unit: unit.quantity for unit in self}
        result = super().write(vals)
        present = self.filtered(
            lambda a: (
                a in before and a.state == "in_use" and not a.uom_id.is_zero(a.quantity)
            )
        )
        changed = present.grouped(lambda a: a.uom_id.compare(a.quantity, before[a]))
        if -1 in changed:
            changed[-1]._shrink_in_contracts(before)
        if 1 in changed:
            changed[1]._grow_in_contracts(before)
        return result

    def _shrink_in_contracts(self, before):
        """Charge only what is left of a quantity, where each of it has its price.

        :param dict before: the former quantities, ``{unit: quantity}``
        """
        lines = self._get_promised_lines().filtered(
            lambda x: (
                x.contract_id.price_basis == "unit"
                and not x.left_reason
                and not x.asset_id.uom_id.compare(x.quantity, before[x.asset_id])
            )
        )
        for contract, group in lines.grouped("contract_id").items():
            contract._shrink_lines(group)

    def _grow_in_contracts(self, before):
        """Charge again what had come back in part and is with the customer again.

        :param dict before: the former quantities, ``{unit: quantity}``
        """
        lines = self._get_promised_lines().filtered(
            lambda x: (
                x._is_rest()
                and not x.left_reason
                and x._goes_on_after_today()
                and not x.asset_id.uom_id.compare(x.quantity, before[x.asset_id])
            )
        )
        for contract, group in lines.grouped("contract_id").items():
            contract._grow_lines(group)

    def _get_promised_lines(self):
        """Return the lines of contracts in force that these units stand in."""
        # sudo: whoever takes goods back may have no rights on contracts.
        return self.sudo().contract_line_ids.filtered(
            lambda x: (
                x.contract_id.state in PROMISED and (x.left_reason or not x.is_undone)
            )
        )

    def _leave_contracts(self):
        """End the lines of units that are gone or have another owner.

        What was put in the place of a unit takes its place under the contract.
        """
        groups = {}
        for line in self._get_promised_lines():
            unit, contract = line.asset_id, line.contract_id
            day = contract._get_today()
            if unit.state != "in_use":
                reason = REASONS.get(unit.state, "gone")
                day = min(unit.date_closed or day, day)
            elif unit.commercial_partner_id != contract.commercial_partner_id:
                reason = "passed_on"
            else:
                continue
            if not line.left_reason and (not line.date_to or line.date_to > day):
                groups.setdefault((contract, reason), {})[line] = day
        for (contract, reason), days in groups.items():
            contract._let_units_leave(days, reason)

    def _rejoin_contracts(self, states):
        """Put units that are in use again under the contracts they had left.

        :param dict states: which state each unit was in, ``{unit: state}``
        """
        lines = self._get_promised_lines().filtered(
            lambda x: x._left_by(states[x.asset_id])
        )
        for contract, group in lines.grouped("contract_id").items():
            taken = group.filtered(lambda x: x._is_taken())
            if taken:
                contract._call_about_return(taken.asset_id)
            if back := group - taken:
                contract._let_units_back(back)

    # --- Another owner ---

    def _change_owner(self, partner, day, reason, transfer=None):
        # On the day of the change, not on that on which it is noted.
        groups = {}
        for line in self._get_promised_lines():
            contract = line.contract_id
            other = contract.commercial_partner_id != partner.commercial_partner_id
            if other and (not line.date_to or line.date_to > day):
                groups.setdefault(contract, {})[line] = day
        for contract, days in groups.items():
            contract._let_units_leave(days, "passed_on")
        return super()._change_owner(partner, day, reason, transfer)

    def _give_back(self, ownerships):
        result = super()._give_back(ownerships)
        lines = self._get_promised_lines().filtered(
            lambda x: (
                x.left_reason == "passed_on"
                and x.asset_id.state == "in_use"
                and x.asset_id.commercial_partner_id
                == x.contract_id.commercial_partner_id
            )
        )
        for contract, group in lines.grouped("contract_id").items():
            contract._bring_back(group, self.env._("Change of hands undone"))
        return result

    # --- Replaced ---

    @api.model
    def _finish_replacements(self, replacements, left):
        result = super()._finish_replacements(replacements, left)
        for old, new, day, *_rest in replacements:
            # sudo: whoever delivers may have no rights on contracts.
            old.sudo()._hand_contracts_on(new.sudo(), day)
        return result

    def _hand_contracts_on(self, new, day):
        """Put what replaces a unit under its contracts.

        Also where the unit came back some time before, or where only a part of its
        quantity was replaced.
        """
        self.ensure_one()
        rest = self.state == "in_use"
        lines = self._get_promised_lines().filtered(
            lambda x: x.left_reason in REASONS or (rest and x._goes_on_after_today())
        )
        for contract, group in lines.grouped("contract_id").items():
            before = contract.line_ids
            # The newest first: what is older counts where it is the only one.
            for line in group.sorted("id", reverse=True):
                contract._take_heir(line, new, day, is_part=not line.left_reason)
            if contract.line_ids != before:
                contract._add_version(self.env._("Units replaced"))
                contract._follow_up()

    def _undo_replacement(self):
        old = self.replaces_id
        contracts = old._get_promised_lines().contract_id
        heirs = self._get_promised_lines().filtered(
            lambda x: x.contract_id in contracts
        )
        result = super()._undo_replacement()
        reason = self.env._("Replacement undone")
        for line in heirs:
            contract = line.contract_id
            contract._stop_lines(line)
        lines = old._get_promised_lines().filtered(
            lambda x: x.left_reason == "replaced" and x.asset_id.state == "in_use"
        )
        for contract in contracts & (lines.contract_id | heirs.exists().contract_id):
            contract._bring_back(
                lines.filtered(lambda x, at=contract: x.contract_id == at), reason
            )
        return result
