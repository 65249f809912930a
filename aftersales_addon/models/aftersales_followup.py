import logging
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .aftersales_followup_check_mixin import Skip

_logger = logging.getLogger(__name__)

BATCH = 50
# What fails is tried again after these minutes; then a person looks at it.
RETRIES = (10, 60, 360)
# Where the database wants a batch again, it gets it so often.
ATTEMPTS = 5


class AftersalesFollowup(models.Model):
    """One thing due after an event: planned, done, skipped or failed, exactly once."""

    _name = "aftersales.followup"
    _description = "Follow-up"
    _inherit = [
        "aftersales.followup.check.mixin",
        "aftersales.followup.together.mixin",
        "aftersales.followup.action.mixin",
        "aftersales.followup.offer.mixin",
        "aftersales.followup.letter.mixin",
        "aftersales.followup.document.mixin",
        "aftersales.followup.stop.mixin",
        "mail.activity.mixin",
        "mail.thread",
    ]
    _order = "date_planned desc, id"
    _rec_name = "rule_id"
    _mail_post_access = "read"

    rule_id = fields.Many2one(
        "aftersales.followup.rule",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    event = fields.Selection(related="rule_id.event")
    action = fields.Selection(related="rule_id.action")
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", required=True, readonly=True
    )
    occurrence = fields.Integer(
        readonly=True,
        required=True,
        default=0,
        help="Of what comes again each year the how-manieth time, of an end that may "
        "move the number of its day.",
    )
    document_name = fields.Char(compute="_compute_document_name", string="About")
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    is_undone = fields.Boolean(
        readonly=True,
        help="Skipped since its event was undone: planned anew when it happens again.",
    )
    is_hurried = fields.Boolean(
        readonly=True, help="Somebody wants it at once, whenever it was planned."
    )
    date_event = fields.Date(string="Event On", readonly=True)
    date_planned = fields.Datetime(string="Planned For", required=True, readonly=True)
    date_done = fields.Datetime(string="Done On", readonly=True)
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("done", "Done"),
            ("skipped", "Skipped"),
            ("failed", "Failed"),
        ],
        required=True,
        default="planned",
        readonly=True,
    )
    reason = fields.Char(
        string="Why", readonly=True, help="Why it was skipped, or moved to another day."
    )
    error = fields.Text(readonly=True)
    tries = fields.Integer(readonly=True, default=0)
    is_message = fields.Boolean(
        readonly=True, help="It wrote to the customer: one a day at most."
    )
    made_model = fields.Char(readonly=True)
    made_id = fields.Many2oneReference(
        string="What It Made", model_field="made_model", readonly=True
    )
    made_name = fields.Char(compute="_compute_made_name", string="Made")

    _once = models.UniqueIndex(
        "(rule_id, res_id, occurrence)",
        "This follow-up is planned already.",
    )
    # What is due is found without looking at what is not.
    _due_index = models.Index("(date_planned, id) WHERE state = 'planned'")
    _token_index = models.Index("(access_token) WHERE access_token IS NOT NULL")
    _failed_index = models.Index("(company_id, id) WHERE state = 'failed'")
    _message_index = models.Index("(date_done, mail_id) WHERE is_message")
    _document_index = models.Index("(res_id, res_model)")
    _undone_index = models.Index("(rule_id, date_planned) WHERE is_undone")
    # Not the reverse of the one above: what is due is never found by this one.
    _order_index = models.Index("(date_planned DESC, id)")

    def action_skip(self):
        """Do not do what is planned."""
        self._check_may_change()
        self.filtered(lambda f: f.state in ("planned", "failed"))._skip(
            self.env._("Skipped by %s", self.env.user.name)
        )

    def action_retry(self):
        """Try again what failed or was skipped, at once."""
        self._check_may_change()
        wrong = self.filtered(lambda f: f.state == "done")
        if wrong:
            raise UserError(self.env._("%s was done already.", wrong[0].display_name))
        off = self.rule_id.filtered(lambda r: not r.is_on)
        if off:
            raise UserError(
                self.env._("Switch on the rule “%s” first.", off[0].display_name)
            )
        # sudo: what happened to a follow-up is written by code only.
        self.sudo().mail_id.filtered(lambda m: m.state == "exception").cancel()
        self.sudo().write(
            {
                "state": "planned",
                "tries": 0,
                "error": False,
                "reason": False,
                "is_undone": False,
                "is_hurried": True,
                "date_planned": fields.Datetime.now(),
            }
        )
        self._trigger_cron()

    def _check_may_change(self):
        """What happens to a follow-up is decided by who runs after-sales."""
        self.check_access("read")
        if not self.env.user.has_group("aftersales_addon.aftersales_group_manager"):
            raise AccessError(
                self.env._("Ask an administrator of After-Sales to change follow-ups.")
            )

    @api.model
    def _trigger_cron(self):
        cron = self.env.ref("aftersales_addon.ir_cron_followup_run", False)
        if cron:
            # sudo: whoever may try again may have it worked on.
            cron.sudo()._trigger()

    def _skip(self, reason):
        """Leave out follow-ups, and keep why."""
        # sudo: as in action_retry.
        self.sudo().write({"state": "skipped", "reason": reason, "error": False})

    def _skip_undone(self):
        """Leave out follow-ups until their event happens again."""
        reason = self.env._("What it was planned for did not happen, or was undone.")
        self._skip(reason)
        # sudo: as in action_retry.
        self.sudo().is_undone = True

    # --- Doing what is due ---

    @api.model
    def _cron_run(self, batch=BATCH):
        """Do what is due; commits as it goes, and leaves what another worker holds."""
        cron = self.env["ir.cron"]
        self._follow_mails(fields.Datetime.now())
        size, attempts = batch, 0
        while True:
            now = fields.Datetime.now()
            try:
                due = self._lock_due(now, size)
                if not due:
                    return
                due._run(now)
                self.env.flush_all()
            except psycopg2.OperationalError as error:
                # Another worker was faster, or one of these asks too much: one by one.
                self.env.cr.rollback()
                attempts += 1
                size = 1
                if attempts > ATTEMPTS:
                    self._give_up_first(now, error)
                    attempts = 0
                continue
            size, attempts = batch, 0
            remaining = self._count_due(now, batch)
            if not cron._commit_progress(len(due), remaining=remaining):
                return

    @api.model
    def _give_up_first(self, now, error):
        """Note that the database does not take what is first in the row."""
        due = self._lock_due(now, 1)
        if due:
            due.sudo()._note_failure(now, error)
        self.env["ir.cron"]._commit_progress(1)

    @api.model
    def _lock_due(self, now, limit):
        """Return follow-ups that are due, which no other worker is busy with.

        Two workers never write to the same customer at the same time, so that one
        message a day is one. What waits for a customer whom another worker holds is
        left to that worker.
        """
        self.flush_model()
        # That another worker was faster is no error of the log: it is tried again.
        self.env.cr.execute(
            SQL(
                """
                SELECT id
                  FROM aftersales_followup
                 WHERE state = 'planned' AND date_planned <= %s
                 ORDER BY date_planned, id
                 LIMIT %s
                   FOR NO KEY UPDATE SKIP LOCKED
                """,
                now,
                limit,
            ),
            log_exceptions=False,
        )
        rows = self.env.cr.fetchall()
        # sudo: contacts of all companies, as the rows.
        due = self.sudo().browse([row[0] for row in rows])
        due.invalidate_recordset(flush=False)
        partners = due.partner_id.commercial_partner_id
        mine = partners.try_lock_for_update(allow_referencing=True)
        return due.filtered(
            lambda f: f.partner_id.commercial_partner_id in mine or not f.partner_id
        )

    @api.model
    def _count_due(self, now, limit):
        return self.search_count(
            [("state", "=", "planned"), ("date_planned", "<=", now)], limit=limit
        )

    def _run(self, now):
        """Do what these follow-ups are for; an error on one never stops another.

        :param datetime now: naive UTC
        """
        workdays = {}
        for followup in self.sudo():
            followup = followup.with_company(followup.company_id)
            try:
                with self.env.cr.savepoint():
                    followup._run_one(now, workdays)
                    self.env.flush_all()
            except psycopg2.OperationalError:
                # The database wants the whole transaction again.
                raise
            except Exception as error:
                _logger.warning("Follow-up %s failed", followup.id, exc_info=True)
                self.env.invalidate_all(flush=False)
                followup._note_failure(now, error)

    def _run_one(self, now, workdays):
        self.ensure_one()
        if self.state != "planned":
            # Done with another one, in one letter.
            return
        record = self._get_record()
        if self._is_event_undone(record):
            self._skip_undone()
            return
        reason = self._get_skip_reason(record)
        if reason:
            self._skip(reason)
            # An end that moves back is planned again.
            self.is_undone = self._is_event_moved(record)
            return
        later, why = self._get_postponement(record, now, workdays)
        if later:
            self.write({"date_planned": later, "reason": why})
            return
        together = self | self._get_companions(record, now)
        together.partner_id = self._get_recipient(record)
        try:
            made = self._act(record, record.browse((together - self).mapped("res_id")))
        except Skip as reason:
            self._skip(str(reason))
            return
        if self._is_message():
            self.partner_id._aftersales_note_message(now)
        together.write(
            {
                "state": "done",
                "mail_id": self.mail_id.id,
                "date_done": now,
                "reason": False,
                "error": False,
                "is_message": self._is_message(),
                "made_model": made._name if made else False,
                "made_id": made[:1].id if made else False,
            }
        )

    def _get_record(self):
        """Return what the follow-up is about; empty when it was deleted."""
        self.ensure_one()
        if self.res_model not in self.env:
            return self.env["res.partner"]
        return self.env[self.res_model].sudo().browse(self.res_id).exists()

    def _note_failure(self, now, error):
        """Keep what went wrong; try again later, and tell a person in the end."""
        self.ensure_one()
        vals = {"tries": self.tries + 1, "error": str(error) or repr(error)}
        if self.tries < len(RETRIES):
            delay = timedelta(minutes=RETRIES[self.tries])
            self.write({**vals, "date_planned": now + delay})
            return
        self.write({**vals, "state": "failed"})
        self.rule_id._tell_failure(
            self, self.env._("A follow-up failed: %s", self.rule_id.name), error
        )
