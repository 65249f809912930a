import logging

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

BATCH = 100


class AftersalesContractNightlyMixin(models.AbstractModel):
    """What happens to contracts by themselves: new prices, reminder, further term, end.

    Each batch is a transaction of its own and each contract has a savepoint: one that
    fails keeps the reason and stops no other, and a worker that is killed loses the
    batch at hand. Each step changes what it is found by, so it happens once.
    """

    _name = "aftersales.contract.nightly.mixin"
    _description = "Nightly Steps of Contracts"

    job_error = fields.Text(
        string="Problem of the Nightly Job",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )

    @api.model
    def _cron_contracts(self, batch=BATCH):
        """Remind, renew and end what is due; commits as it goes."""
        for get_domain, step in self._get_nightly_steps():
            if not self._run_nightly(get_domain, step, batch):
                return

    @api.model
    def _get_nightly_steps(self):
        """Return ``[(function of today that returns a domain, step), ...]``."""
        in_force = Domain("state", "in", ("running", "to_renew", "paused"))
        return [
            (
                lambda today: (
                    Domain("date_index_due", "<=", today)
                    & Domain("is_billing_undecided", "=", False)
                ),
                lambda contract: contract._adjust_prices(),
            ),
            (
                lambda today: in_force & Domain("date_end", "<", today),
                lambda contract: contract._end_or_renew(),
            ),
            (
                lambda today: Domain("date_reminder", "<=", today),
                lambda contract: contract._remind(),
            ),
        ]

    @api.model
    def _run_nightly(self, get_domain, step, batch):
        """Take a step with all contracts it is due for.

        :return: whether there is time left for more
        """
        cron = self.env["ir.cron"]
        last = 0
        while True:
            due = self.env["res.company"]._aftersales_by_day_domain(get_domain)
            # Who failed tonight waits for tomorrow.
            domain = due & Domain("id", ">", last)
            found = self.search(domain, limit=batch, order="id")
            if not found:
                return True
            last = found[-1].id
            # What another worker holds is its own to finish. What it has finished
            # meanwhile is not due any more.
            mine = found.try_lock_for_update(allow_referencing=True)
            mine.invalidate_recordset(flush=False)
            mine.filtered_domain(due)._take_step(step)
            remaining = self.search_count(due & Domain("id", ">", last), limit=batch)
            if not cron._commit_progress(len(found), remaining=remaining):
                return False

    def _take_step(self, step):
        """Take a step with each contract, so that one that fails stops no other."""
        for contract in self:
            try:
                with self.env.cr.savepoint():
                    step(contract.with_company(contract.company_id))
                    contract._clear_job_error()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            except Exception as error:
                _logger.warning(
                    "Contract %s: a step failed", contract.id, exc_info=True
                )
                contract._keep_job_error(str(error))

    def _clear_job_error(self):
        if self.job_error:
            self.job_error = False
            self.activity_unlink(["aftersales_addon.mail_activity_contract_error"])

    def _keep_job_error(self, error):
        """Show a person what failed; once, however often it fails."""
        self.ensure_one()
        known = self.job_error
        self.job_error = error
        if known:
            return
        users = self.user_id or self.company_id._aftersales_get_managers()[:1]
        if users:
            self.activity_schedule(
                "aftersales_addon.mail_activity_contract_error",
                user_id=users.id,
                note=error,
            )

    def _end_or_renew(self):
        """End contracts whose last day is over, or go on if that was agreed.

        A job that did not run for years makes up for all terms since.
        """
        self.ensure_one()
        today = self._get_today()
        while (
            self.renewal == "tacit" and self._is_renewable() and self.date_end < today
        ):
            self._set_renewed()
        if self.date_end < today:
            if self.state == "to_renew" and not self.churn_reason_id:
                self._set_unanswered()
            self._set_over()

    def _set_unanswered(self):
        """Note that the customer did not agree to go on."""
        reason = self.env.ref(
            "aftersales_addon.aftersales_churn_reason_no_answer", False
        )
        if reason:
            self._write_state(churn_reason_id=reason.id)
