from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from ..tools.periods import add_period
from .aftersales_plan_terms_mixin import is_too_long

DAY = timedelta(days=1)
# Whoever types in a later first day has mistyped it.
LAST_YEAR = 2999


class AftersalesContractLifeMixin(models.AbstractModel):
    """The steps of a contract: start, pause, resume, and back to draft."""

    _name = "aftersales.contract.life.mixin"
    _description = "Life of a Contract"

    billing_from = fields.Date(
        string="Invoiced From",
        copy=False,
        help="Days before this one are not invoiced, and no visits are planned for "
        "them: they were settled otherwise. Empty: from the first day.",
    )

    pause_ids = fields.One2many(
        "aftersales.contract.pause",
        "contract_id",
        string="Pauses",
        groups="base.group_user",
    )

    @api.depends("date_start", "term_count", "term_unit")
    def _compute_date_end(self):
        for contract in self:
            if contract.state != "draft" and contract.date_end:
                # A term that runs has the end that was agreed.
                contract.date_end = contract.date_end
                continue
            if not contract._has_possible_term():
                contract.date_end = contract.date_start
                continue
            after = add_period(
                contract.date_start, contract.term_count, contract.term_unit
            )
            contract.date_end = after - DAY

    def _has_possible_term(self):
        """Tell whether the end of the first term can be worked out."""
        self.ensure_one()
        return (
            bool(self.date_start)
            and self.term_count > 0
            and not is_too_long(self.term_count, self.term_unit)
            and self.date_start.year <= LAST_YEAR
        )

    @api.constrains("date_start")
    def _check_first_day(self):
        if any(c.date_start and c.date_start.year > LAST_YEAR for c in self):
            raise ValidationError(
                self.env._(
                    "A contract begins before the year %s: look at its first day.",
                    LAST_YEAR + 1,
                )
            )

    # --- Start ---

    def action_start(self):
        """Put drafts into force: visits are planned and invoices made from then on.

        One whose first day is to come holds from that day on.

        :raises UserError: for a contract that is no draft, or that is not complete
        """
        self._check_state("draft")
        for contract in self:
            error = contract._get_start_error()
            if error:
                raise UserError(error)
        self._check_overlaps()
        self._set_running()

    def _get_start_error(self):
        error = super()._get_start_error()
        if error:
            return error
        if not self.line_ids and self.price_basis != "visit":
            return self.env._(
                "%s has neither a price nor an installed product. Add a line first.",
                self.display_name,
            )
        return False

    def _set_running(self):
        """Put contracts into force, from their first day on."""
        for day, contracts in self.grouped("date_start").items():
            contracts._write_state(state="running", date_anchor=day)
        self._set_first_term()
        self._add_version(self.env._("As agreed at the start"))
        self._follow_up()

    def _follow_up(self):
        """Bring coverage, invoices and visits in line with the contracts."""
        # sudo: whoever starts a contract may have no rights on what follows from it.
        contracts = self.sudo()
        contracts._sync_coverage()
        contracts._sync_billing()
        contracts._plan_visits()

    def _get_today(self):
        """Return the day where the company of this contract works."""
        self.ensure_one()
        # sudo: the day of a company is no secret.
        return self.sudo().company_id._aftersales_today()

    def _open_dialog(self, model, name):
        """Return the action that opens a dialog for this contract."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_contract_id": self.id},
        }

    # --- Pause ---

    def action_pause(self):
        """Hold contracts: from today on there is no service and nothing to pay."""
        self._check_state(("running", "to_renew"))
        self._set_paused()

    def _set_paused(self):
        for today, contracts in self._group_by_today():
            # sudo: pauses are written by the steps of the contract only.
            contracts = contracts.sudo()
            contracts._write_state(
                state="paused", pause_ids=[Command.create({"date_first": today})]
            )
            contracts._pause_billing(today)
            contracts._pause_planning(today)
            contracts._sync_coverage()

    def action_resume(self):
        """Let paused contracts go on from today."""
        self._check_state("paused")
        self._set_resumed()

    def _set_resumed(self):
        for today, contracts in self._group_by_today():
            # sudo: as in _set_paused.
            contracts = contracts.sudo()
            contracts._end_pauses(today - DAY)
            waiting = contracts.filtered(lambda c: c._is_waiting_for_answer())
            waiting._write_state(state="to_renew")
            (contracts - waiting)._write_state(state="running")
            contracts._resume_billing(today)
            contracts._resume_planning(today)
            contracts._sync_coverage()

    def _end_pauses(self, last_day):
        """End pauses that go on; one that would end before it began never was.

        :param date last_day: their last day, included
        """
        pauses = self.pause_ids.filtered(lambda pause: not pause.date_last)
        never = pauses.filtered(lambda pause: pause.date_first > last_day)
        (pauses - never).date_last = last_day
        never.unlink()

    def _group_by_today(self):
        """Return contracts with the day where their company works.

        :return: a list of ``(date, contracts)``
        """
        # sudo: the day of a company is no secret.
        days = self.sudo().company_id._aftersales_today_by_company()
        return list(self.grouped(lambda c: days[c.sudo().company_id]).items())

    def _is_paused_on(self, day):
        """Tell whether the contract is held on a day.

        :param date day: a day of the company
        """
        self.ensure_one()
        # sudo: whoever sees the contract may know when it is held.
        return any(
            pause.date_first <= day and (not pause.date_last or day <= pause.date_last)
            for pause in self.sudo().pause_ids
        )

    # --- Back to draft ---

    def action_reset(self):
        """Set contracts back to draft, as long as nothing came of them.

        :raises UserError: for a contract that was invoiced or visited
        """
        self._check_state(("draft", "running", "to_renew", "paused", "cancelled"))
        for contract in self.sudo():
            if contract._is_billed() or contract._has_been_visited():
                raise UserError(
                    self.env._(
                        "%s was invoiced or visited already, so it stays as it is. "
                        "Change its terms, or cancel it and make another one.",
                        contract.display_name,
                    )
                )
        self._set_draft()

    def _has_been_visited(self):
        """Tell whether somebody has set off for a visit of this contract."""
        self.ensure_one()
        # sudo: visits of others count as well.
        return bool(
            self.sudo().visit_ids.filtered(
                lambda v: v.state not in ("planned", "scheduled", "cancelled")
            )
        )

    def _set_draft(self):
        # sudo: as in _follow_up.
        contracts = self.sudo()
        for day, group in contracts.grouped("date_start").items():
            group._stop_planning(day - DAY)
            group._stop_billing(day - DAY)
        contracts.pause_ids.unlink()
        contracts._forget_adjustments()
        contracts.term_ids.unlink()
        contracts._write_state(
            state="draft",
            date_anchor=False,
            date_term_anchor=False,
            term_number=0,
            term_offset=0,
            date_cancelled=False,
            date_notice_given=False,
            notice_by=False,
            reminded_end=False,
        )
        contracts._sync_coverage()
