from odoo import fields, models
from odoo.exceptions import UserError

from .aftersales_contract_renewal_mixin import NOTICE_ACTIVITY


class AftersalesContractEndMixin(models.AbstractModel):
    """How a contract ends: notice, cancellation, its last day, and why."""

    _name = "aftersales.contract.end.mixin"
    _description = "End of a Contract"

    date_notice_given = fields.Date(
        string="Notice Given On", readonly=True, copy=False, tracking=True
    )
    notice_by = fields.Selection(
        [("customer", "The Customer"), ("us", "Us")],
        string="Notice Given By",
        readonly=True,
        copy=False,
    )
    date_cancelled = fields.Date(
        string="Cancelled On", readonly=True, copy=False, tracking=True
    )
    churn_reason_id = fields.Many2one(
        "aftersales.churn.reason",
        string="Why It Ended",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        tracking=True,
    )
    churn_comment = fields.Text(
        string="What Was Said", copy=False, groups="base.group_user"
    )

    # --- Notice ---

    def action_give_notice(self):
        """Ask who gave notice, when and why: the contract ends with its term."""
        self.ensure_one()
        self._check_state(("running", "to_renew", "paused"))
        if self.date_notice_given:
            raise UserError(
                self.env._(
                    "Notice was given for %(contract)s already: it ends on %(day)s.",
                    contract=self.display_name,
                    day=self._format_day(self.date_end),
                )
            )
        return self._open_dialog(
            "aftersales.contract.notice", self.env._("Give Notice")
        )

    def _get_notice_end(self, day):
        """Return the last day of the contract when notice is given on a day.

        :param date day: the day of the notice
        :return: the end of the term, or of the one after it when the day of notice is
            over and the contract goes on by itself
        """
        self.ensure_one()
        late = self.date_notice and day > self.date_notice
        if late and self.renewal == "tacit":
            return self._get_term_end(self.term_number + 1)
        return self.date_end

    def _set_notice_given(self, day, by, last_day, reason=None, comment=None):
        """Note that the contract ends, and with which day.

        :param date day: the day on which notice was given
        :param str by: ``customer`` or ``us``
        :param date last_day: the last day of the contract
        :param reason: an ``aftersales.churn.reason``
        :param str comment: what was said about it
        """
        self.ensure_one()
        if last_day > self.date_end:
            # Too late for this term: the contract goes on for one more.
            self._set_renewed()
        self._check_last_day(last_day)
        self._write_state(
            date_notice_given=day,
            notice_by=by,
            churn_reason_id=reason.id if reason else False,
            churn_comment=comment,
            state="paused" if self.state == "paused" else "running",
        )
        self.activity_unlink([NOTICE_ACTIVITY])
        self._end_early(last_day)

    def action_withdraw_notice(self):
        """Take back a notice: the contract goes on as if there had been none."""
        self._check_state(("running", "to_renew", "paused"))
        for contract in self:
            if contract.date_cancelled or not contract.date_notice_given:
                raise UserError(
                    self.env._(
                        "No notice was given for %s. A cancellation cannot be taken "
                        "back: make another contract.",
                        contract.display_name,
                    )
                )
        self._write_state(
            date_notice_given=False,
            notice_by=False,
            churn_reason_id=False,
            churn_comment=False,
        )
        self._follow_up()

    # --- Cancellation ---

    def action_cancel(self):
        """Cancel: drafts at once, others after asking for the last day and why."""
        drafts = self.filtered(lambda contract: contract.state == "draft")
        self._check_state(("draft", "running", "to_renew", "paused"))
        drafts._write_state(state="cancelled")
        others = self - drafts
        if not others:
            return True
        others.ensure_one()
        return others._open_dialog(
            "aftersales.contract.cancel", self.env._("Cancel Contract")
        )

    def _set_cancelled(self, last_day, reason=None, comment=None):
        """End a contract before its time; what was paid for later is credited.

        :param date last_day: the last day, included; the contract goes on until then
        :param reason: an ``aftersales.churn.reason``
        :param str comment: what was said about it
        :raises UserError: for a day outside the term
        """
        self.ensure_one()
        self._check_last_day(last_day)
        self._write_state(
            date_cancelled=self._get_today(),
            churn_reason_id=reason.id if reason else False,
            churn_comment=comment,
        )
        self.activity_unlink([NOTICE_ACTIVITY])
        self._end_early(last_day)
        if last_day < self._get_today():
            self._set_over()

    def _check_last_day(self, last_day):
        if last_day < self.date_start:
            raise UserError(
                self.env._(
                    "The last day lies before the first one, %s. If the contract never "
                    "was in force, set it back to draft and cancel it then.",
                    self._format_day(self.date_start),
                )
            )
        if last_day > self.date_end:
            raise UserError(
                self.env._(
                    "The contract ends on %s anyway. Choose an earlier day, or give "
                    "notice.",
                    self._format_day(self.date_end),
                )
            )

    def _end_early(self, last_day):
        """Move the end of contracts to an earlier day, or leave it.

        :param date last_day: the last day, included
        """
        # sudo: lines of a running contract are changed by its steps only.
        contracts = self.sudo()
        for contract in contracts:
            contract._stop_lines(
                contract.line_ids.filtered(
                    lambda x: x.date_from and x.date_from > last_day
                )
            )
        contracts.line_ids.filtered(
            lambda line: (
                line.date_to
                and line.date_to > last_day
                and (not line.date_from or line.date_from <= last_day)
            )
        ).date_to = last_day
        contracts._write_state(date_end=last_day)
        contracts._stop_planning(last_day)
        contracts._stop_billing(last_day)
        contracts._sync_coverage()

    # --- The last day ---

    def action_end(self):
        """Close contracts whose last day has come.

        :raises UserError: for one that goes on
        """
        self._check_state(("running", "to_renew", "paused"))
        for contract in self:
            if contract.date_end > contract._get_today():
                raise UserError(
                    self.env._(
                        "%(contract)s goes on until %(day)s. Give notice, or cancel "
                        "it.",
                        contract=contract.display_name,
                        day=contract._format_day(contract.date_end),
                    )
                )
        self._set_over()

    def _set_over(self):
        """Close contracts: what was cancelled is cancelled, the others have ended."""
        # sudo: as in _end_early.
        contracts = self.sudo()
        for last_day, group in contracts.grouped("date_end").items():
            group._end_pauses(last_day)
        cancelled = contracts.filtered("date_cancelled")
        ended = contracts - cancelled
        cancelled._write_state(state="cancelled")
        cancelled._add_term("cancelled")
        ended._write_state(state="ended")
        ended._add_term("ended")
        contracts.activity_unlink([NOTICE_ACTIVITY])
        for last_day, group in contracts.grouped("date_end").items():
            group._stop_planning(last_day)
            group._stop_billing(last_day)
        contracts._sync_coverage()

    def _format_day(self, day):
        return self.env["aftersales.asset"]._format_day(day)
