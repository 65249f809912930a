import logging

import psycopg2

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.schedule import DAY

_logger = logging.getLogger(__name__)

# Contracts that one step of the nightly job plans and commits together.
BATCH = 200
# Visits of one contract that are made in one go; the next step makes more.
MAX_NEW = 1000
# A contract that starts some days late has its first visits all the same.
LATE_START = 31
CRON = "aftersales_addon.aftersales_visit_plan_ir_cron"


class AftersalesContractPlanningMixin(models.AbstractModel):
    """Visits of a contract: made ahead, each once, and taken back when they must.

    Every occurrence is counted from the first day of the contract and has a number,
    which a unique index keeps from being planned twice. Only what is planned and not
    agreed on is ever moved or taken back.
    """

    _name = "aftersales.contract.planning.mixin"
    _description = "Planning of a Contract"

    date_plan_next = fields.Date(
        string="Planned Again On",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The day on which there is something to plan again. Empty: nothing to do "
        "until something changes.",
    )
    visits_from = fields.Date(
        copy=False,
        help="Visits that were due before this day are not planned. Empty: from the "
        "first day of the contract; for one that began long ago, from the day on which "
        "it is put into force here.",
    )
    planning_note = fields.Text(
        string="What Planning Needs",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="What could not be planned, and what is needed for it.",
    )
    planning_error = fields.Text(readonly=True, copy=False, groups="base.group_user")
    visit_count = fields.Integer(compute="_compute_visit_count")

    _plan_next_index = models.Index(
        "(company_id, date_plan_next, id) WHERE date_plan_next IS NOT NULL"
    )

    def _compute_visit_count(self):
        # sudo: how many there are is for whoever may see the contract.
        counts = dict(
            self.env["aftersales.visit"]
            .sudo()
            ._read_group(
                [("contract_id", "in", self.ids)], ["contract_id"], ["__count"]
            )
        )
        for contract in self:
            contract.visit_count = counts.get(contract.sudo(), 0)

    def write(self, vals):
        result = super().write(vals)
        if {"visits_from", "horizon_months"} & vals.keys() and not self.env.su:
            self._replan_soon()
        return result

    def action_view_visits(self):
        """Show the visits of these contracts."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "aftersales_addon.aftersales_visit_action"
        )
        alone = self if len(self) == 1 else self.browse()
        return {
            **action,
            "domain": [("contract_id", "in", self.ids)],
            "context": {
                "default_contract_id": alone.id,
                "default_partner_id": alone.partner_id.id,
                "default_company_id": alone.company_id.id,
            },
        }

    def action_plan_visits(self):
        """Plan the visits of these contracts now instead of tonight."""
        self.check_access("write")
        self._plan_visits()
        return True

    # --- What the steps of the contract call ---

    def _plan_visits(self):
        """Make the visits that are missing, and take back those not promised any more.

        Safe to repeat, and for two at once: the second waits its turn or is told so.
        """
        result = super()._plan_visits()
        # sudo: whoever starts a contract need not be allowed to make its visits.
        contracts = self.sudo().filtered(lambda contract: contract._is_in_force())
        if not contracts:
            return result
        self.env.flush_all()
        contracts.lock_for_update(allow_referencing=True)
        for company, group in contracts.grouped("company_id").items():
            group.with_company(company)._plan_company()
        return result

    def _stop_planning(self, last_day):
        """Take back what is planned after the last day and nobody agreed on."""
        result = super()._stop_planning(last_day)
        self._take_back(last_day + DAY)
        return result

    def _pause_planning(self, day):
        """Take back what is planned from a day on and nobody agreed on."""
        result = super()._pause_planning(day)
        self._take_back(day)
        return result

    def _resume_planning(self, day):
        """Plan again; what was due meanwhile is left out."""
        result = super()._resume_planning(day)
        # sudo: as in _plan_visits.
        for contract in self.sudo():
            contract.visits_from = max(day, contract.visits_from or day)
        self._plan_visits()
        return result

    def _take_back(self, first_day):
        """Delete what is due from a day on and not agreed on; tell of what is."""
        # sudo: as in _plan_visits.
        contracts = self.sudo()
        rows = contracts.service_ids._get_planned_rows()
        later = [row for row in rows if row.is_open and row.date_due >= first_day]
        free = [row.id for row in later if row.is_free]
        self.env["aftersales.visit.line"].sudo().browse(free)._take_off_plan()
        agreed = {row.visit_id for row in later if not row.is_free}
        contracts._tell_agreed(self.env["aftersales.visit"].sudo().browse(agreed))
        contracts._write_plan_next(dict.fromkeys(contracts, False))

    def _tell_agreed(self, visits):
        """Have somebody look at visits that are agreed on and not promised any more."""
        for contract in self:
            mine = visits.filtered(
                lambda visit, c=contract: c in visit.line_ids.service_id.contract_id
            )
            if mine:
                contract.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("Visits agreed on without a contract"),
                    note=self.env._(
                        "The contract does not promise these any more, but they are "
                        "agreed on: %s. Cancel them, or charge them.",
                        ", ".join(mine.mapped("number")),
                    ),
                    user_id=contract.user_id.id or self.env.uid,
                )

    def _replan_soon(self):
        """Have these contracts planned again in a moment, by the scheduled job."""
        # sudo: a customer's reading, too, can move what is planned.
        contracts = self.sudo().filtered(lambda contract: contract._is_in_force())
        if not contracts:
            return
        for company, group in contracts.grouped("company_id").items():
            group.write({"date_plan_next": company._aftersales_today()})
        cron = self.env.ref(CRON, raise_if_not_found=False)
        if cron:
            cron.sudo()._trigger()

    def _write_plan_next(self, days):
        """Keep when there is something to plan again, for many contracts in one go.

        :param dict days: ``{contract: date or False}``
        """
        changed = {
            contract.id: day or None
            for contract, day in days.items()
            if contract.date_plan_next != day
        }
        if not changed:
            return
        self.flush_model(["date_plan_next"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE aftersales_contract AS contract
                   SET date_plan_next = new.day
                  FROM unnest(%s::int[], %s::date[]) AS new (id, day)
                 WHERE contract.id = new.id
                """,
                list(changed),
                list(changed.values()),
            )
        )
        self.invalidate_model(["date_plan_next"], flush=False)

    # --- The nightly job ---

    @api.model
    def _cron_plan_visits(self):
        """Plan the contracts that have something to plan today, in steps.

        Each step takes contracts that no other worker holds and commits, so a job
        that was stopped goes on where it was.
        """
        # sudo: the job is the system's.
        for company in self.env["res.company"].sudo().search(Domain.TRUE):
            if not self.with_company(company)._plan_due(company):
                return

    @api.model
    def _plan_due(self, company):
        """Plan what is due in a company; return whether there was time for all."""
        today = company._aftersales_today()
        cron = self.env["ir.cron"]
        while True:
            contracts = self._take_due(company, today)
            if not contracts:
                return True
            contracts._plan_safely(today)
            remaining = int(len(contracts) == BATCH)
            if not cron._commit_progress(len(contracts), remaining=remaining):
                return False

    @api.model
    def _take_due(self, company, today):
        """Lock some contracts that are due and return them.

        The index on the next day of planning gives them: how many contracts there are
        besides makes no difference.
        """
        self.flush_model(["date_plan_next", "company_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id
                  FROM aftersales_contract
                 WHERE company_id = %s
                   AND date_plan_next IS NOT NULL
                   AND date_plan_next <= %s
              ORDER BY date_plan_next, id
                 LIMIT %s
                   FOR NO KEY UPDATE SKIP LOCKED
                """,
                company.id,
                today,
                BATCH,
            )
        )
        return self.browse(row[0] for row in rows)

    def _plan_safely(self, today):
        """Plan many contracts; those that fail are planned alone and keep their error.

        :param date today: where the company works
        """
        # A contract that was ended meanwhile has nothing to plan.
        over = self.filtered(lambda contract: not contract._is_in_force())
        over._write_plan_next(dict.fromkeys(over, False))
        contracts = self - over
        error = contracts._try_to_plan()
        if not error:
            return
        for contract in contracts:
            error = contract._try_to_plan() if len(contracts) > 1 else error
            if error:
                contract._keep_planning_error(error, today)

    def _try_to_plan(self):
        """Plan within a savepoint; return what went wrong, or False."""
        try:
            with self.env.cr.savepoint():
                self._plan_visits()
                self.env.flush_all()
        except psycopg2.OperationalError:
            # The database wants the whole transaction again.
            raise
        except Exception as error:
            # One contract must not keep the others from being planned.
            self.env.invalidate_all()
            _logger.warning("Visits of %s not planned", self.ids, exc_info=True)
            return str(error) or type(error).__name__
        return False

    def _keep_planning_error(self, error, today):
        """Keep what went wrong, tell somebody once, and try again tomorrow."""
        self.ensure_one()
        if self.planning_error != error:
            self.planning_error = error
            self.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=self.env._("Visits could not be planned"),
                note=error,
                user_id=self.user_id.id or self.env.uid,
            )
        self._write_plan_next({self: today + DAY})
