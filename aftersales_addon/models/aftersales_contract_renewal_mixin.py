from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.billing import notice_day
from ..tools.periods import add_period
from ..tools.schedule import Rule, occurrence

DAY = timedelta(days=1)
NOTICE_ACTIVITY = "aftersales_addon.mail_activity_contract_notice"
# Months are never counted as days: which of these a unit is, and how many.
MONTHS = {"month": 1, "year": 12}
DAYS = {"day": 1, "week": 7}


class AftersalesContractRenewalMixin(models.AbstractModel):
    """The last day of notice, who is reminded of it, and further terms."""

    _name = "aftersales.contract.renewal.mixin"
    _description = "Renewal of a Contract"

    date_notice = fields.Date(
        string="Notice Until",
        compute="_compute_date_notice",
        store=True,
        index="btree_not_null",
        help="The last day on which notice can be given for the end of the term.",
    )
    date_reminder = fields.Date(
        compute="_compute_date_reminder",
        store=True,
        help="On this day somebody is reminded of the end. Empty when nobody is to be.",
    )
    reminded_end = fields.Date(
        readonly=True,
        copy=False,
        help="The end of the term that somebody was reminded of.",
    )
    term_number = fields.Integer(
        string="Further Terms",
        readonly=True,
        copy=False,
        help="How often the contract went on after its first term.",
    )
    date_term_anchor = fields.Date(
        string="Further Terms Counted From", readonly=True, copy=False
    )
    term_offset = fields.Integer(
        readonly=True, copy=False, help="Further terms before those counted from there."
    )
    term_ids = fields.One2many(
        "aftersales.contract.term", "contract_id", string="Terms That Are Over"
    )

    _date_reminder_index = models.Index(
        "(company_id, date_reminder) WHERE date_reminder IS NOT NULL"
    )

    @api.depends("date_end", "renewal", "notice_count", "notice_unit")
    def _compute_date_notice(self):
        for contract in self:
            contract.date_notice = (
                contract.date_end
                and contract.renewal != "none"
                and contract.notice_count >= 0
                and notice_day(
                    contract.date_end, contract.notice_count, contract.notice_unit
                )
            )

    @api.depends(
        "state",
        "date_end",
        "date_notice",
        "reminder_days",
        "reminded_end",
        "date_notice_given",
        "date_cancelled",
    )
    def _compute_date_reminder(self):
        for contract in self:
            last = contract.date_notice or contract.date_end
            wanted = (
                contract.state in ("running", "paused")
                and not contract.date_notice_given
                and not contract.date_cancelled
                and contract.reminded_end != contract.date_end
            )
            contract.date_reminder = wanted and fields.Date.subtract(
                last, days=contract.reminder_days
            )

    # --- Terms, without drift ---

    def _set_first_term(self):
        """Note what further terms are counted from when a contract starts.

        That is its first day, unless somebody gave the first term another length.
        """
        for contract in self:
            whole = occurrence(
                contract.date_start, Rule(contract.term_count, contract.term_unit), 1
            )
            odd = contract.date_end != whole - DAY
            contract._write_state(
                term_number=0,
                term_offset=0,
                date_term_anchor=contract.date_end + DAY if odd else False,
            )

    def _get_term_end(self, number):
        """Return the last day of a further term, always counted from the anchor.

        :param int number: which further term, one or more
        """
        self.ensure_one()
        anchor = self.date_term_anchor
        count = (number - self.term_offset) * self.renewal_count
        for sizes in (MONTHS, DAYS):
            if not anchor and {self.term_unit, self.renewal_unit} <= sizes.keys():
                total = self.term_count * sizes[self.term_unit]
                total += count * sizes[self.renewal_unit]
                unit = "month" if sizes is MONTHS else "day"
                return add_period(self._get_anchor(), total, unit) - DAY
        if not anchor:
            anchor = add_period(self._get_anchor(), self.term_count, self.term_unit)
        return add_period(anchor, count, self.renewal_unit) - DAY

    def _set_term_anchor(self):
        """Count further terms from the end of this one, as they have a new length."""
        for contract in self:
            contract._write_state(
                date_term_anchor=contract.date_end + DAY,
                term_offset=contract.term_number,
            )

    def _get_anchor(self):
        return self.date_anchor or self.date_start

    def _is_renewable(self):
        """Tell whether nothing speaks against a further term."""
        self.ensure_one()
        return not (self.date_notice_given or self.date_cancelled)

    def _is_waiting_for_answer(self):
        """Tell whether the customer is being asked for a further term."""
        self.ensure_one()
        return (
            self.renewal == "request"
            and self._is_renewable()
            and self.reminded_end == self.date_end
        )

    def action_renew(self):
        """Let contracts go on for a further term.

        :raises UserError: for one that ends, by its terms or by notice
        """
        self._check_state(("running", "to_renew", "paused"))
        for contract in self:
            if not contract._is_renewable():
                raise UserError(
                    self.env._(
                        "Notice was given for %s: it ends. Take the notice back first, "
                        "or make another contract.",
                        contract.display_name,
                    )
                )
            if contract.renewal_count <= 0:
                raise UserError(
                    self.env._(
                        "It is not said for how long %s would go on. Change its terms "
                        "first.",
                        contract.display_name,
                    )
                )
        self._set_renewed()

    def _set_renewed(self):
        """Let contracts go on for a further term, counted from the anchor."""
        # sudo: whoever renews may have no rights on what follows from it.
        for contract in self.sudo():
            first_day = contract.date_end + DAY
            contract._add_term("renewed")
            contract._write_state(
                term_number=contract.term_number + 1,
                date_end=contract._get_term_end(contract.term_number + 1),
                state="paused" if contract.state == "paused" else "running",
            )
            contract._renew_prices(first_day)
        self.activity_unlink([NOTICE_ACTIVITY])
        self._add_version(self.env._("Goes on for a further term"))
        self._follow_up()

    def _add_term(self, outcome):
        """Note how terms ended, for the figures of renewals.

        :param str outcome: ``renewed``, ``ended`` or ``cancelled``
        """
        # sudo: what happened is written by the steps of the contract only.
        self.env["aftersales.contract.term"].sudo().create(
            [
                {
                    "contract_id": contract.id,
                    "number": contract.term_number,
                    "date_end": contract.date_end,
                    "outcome": outcome,
                    "churn_reason_id": outcome != "renewed"
                    and contract.churn_reason_id.id,
                }
                for contract in self
            ]
        )

    # --- Reminders ---

    def _remind(self):
        """Tell the responsible person that the term ends, once for each term."""
        self.ensure_one()
        user = self._get_reminded_user()
        contract = self.with_context(lang=user.lang)
        contract.activity_schedule(
            NOTICE_ACTIVITY,
            user_id=user.id,
            date_deadline=self.date_notice or self.date_end,
            summary=contract._get_reminder(),
        )
        self._write_state(reminded_end=self.date_end)
        if self.state == "running" and self._is_waiting_for_answer():
            self._write_state(state="to_renew")
        self._send_renewal_reminder()

    def _get_reminder(self):
        """Return in words what happens at the end of the term."""
        self.ensure_one()
        text = self._get_end_in_words()
        # sudo: whoever is responsible may have no rights on plans.
        if self.renewal != "none" and not self.sudo().plan_id.active:
            archived = self.env._("Its plan is not offered any more.")
            return f"{text}. {archived}"
        return text

    def _get_end_in_words(self):
        end = self._format_day(self.date_end)
        if self.renewal == "tacit":
            return self.env._(
                "Goes on after %(end)s unless notice is given until %(notice)s",
                end=end,
                notice=self._format_day(self.date_notice),
            )
        if self.renewal == "request":
            return self.env._("Ends on %s unless the customer agrees to go on", end)
        return self.env._("Ends on %s", end)

    def _get_reminded_user(self):
        """Return who is reminded of the contract.

        :raises UserError: when nobody is responsible
        """
        self.ensure_one()
        managers = self.company_id._aftersales_get_managers()
        for user in (self.user_id, self.team_id.user_id, managers[:1]):
            if user.active:
                return user
        raise UserError(
            self.env._(
                "Nobody is responsible for %s. Name a person on it, or somebody who "
                "leads its team.",
                self.display_name,
            )
        )
