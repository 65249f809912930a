import logging
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

BATCH = 50
# What fails is tried again after these minutes; then a person looks at it.
RETRIES = (10, 60, 360)


class AftersalesFollowup(models.Model):
    """One thing due after an event: planned, done, skipped or failed, exactly once."""

    _name = "aftersales.followup"
    _description = "Follow-up"
    _inherit = [
        "aftersales.followup.check.mixin",
        "aftersales.followup.action.mixin",
        "mail.activity.mixin",
        "mail.thread",
    ]
    _order = "date_planned desc, id desc"
    _rec_name = "rule_id"
    _mail_post_access = "read"

    rule_id = fields.Many2one(
        "aftersales.followup.rule",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    event = fields.Selection(related="rule_id.event")
    action = fields.Selection(related="rule_id.action")
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", required=True, readonly=True
    )
    occurrence = fields.Integer(
        readonly=True, help="For what comes again each year: the how-manieth time."
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
    tries = fields.Integer(readonly=True)
    is_message = fields.Boolean(
        readonly=True, help="It wrote to the customer: one a day at most."
    )
    access_token = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="The key in the link that stops such messages.",
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
    _message_index = models.Index("(partner_id, date_done) WHERE is_message")
    _order_index = models.Index("(date_planned DESC, id DESC)")

    @api.depends("res_model", "res_id")
    def _compute_document_name(self):
        for followup in self:
            followup.document_name = self._name_of(followup.res_model, followup.res_id)

    @api.depends("made_model", "made_id")
    def _compute_made_name(self):
        for followup in self:
            followup.made_name = self._name_of(followup.made_model, followup.made_id)

    @api.model
    def _name_of(self, model, record_id):
        """Return the name of a document that the reader may see, else an empty text."""
        if not model or not record_id or model not in self.env:
            return ""
        record = self.env[model].browse(record_id).exists()
        if not record or not record.has_access("read"):
            return ""
        return record.display_name

    def action_open_document(self):
        """Open what the follow-up is about."""
        self.ensure_one()
        return self._open(self.res_model, self.res_id)

    def action_open_made(self):
        """Open what the follow-up made."""
        self.ensure_one()
        return self._open(self.made_model, self.made_id)

    def _open(self, model, record_id):
        record = self.env[model].browse(record_id).exists() if model else False
        if not record:
            raise UserError(self.env._("It does not exist any more."))
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": record_id,
            "views": [(False, "form")],
        }

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
        # sudo: what happened to a follow-up is written by code only.
        self.sudo().write(
            {
                "state": "planned",
                "tries": 0,
                "error": False,
                "reason": False,
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

    # --- Doing what is due ---

    @api.model
    def _cron_run(self, batch=BATCH):
        """Do what is due; commits as it goes, and leaves what another worker holds."""
        cron = self.env["ir.cron"]
        now = fields.Datetime.now()
        while True:
            due = self._lock_due(now, batch)
            if not due:
                return
            due._run(now)
            remaining = self._count_due(now, batch)
            if not cron._commit_progress(len(due), remaining=remaining):
                return

    @api.model
    def _lock_due(self, now, limit):
        """Return follow-ups that are due, which no other worker is busy with.

        Two workers never write to the same customer at the same time, so that one
        message a day is one.
        """
        self.flush_model()
        rows = self.env.execute_query(
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
            )
        )
        due = self.browse([row[0] for row in rows])
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
        for followup in self.sudo():
            try:
                with self.env.cr.savepoint():
                    followup._run_one(now)
                    self.env.flush_all()
            except psycopg2.OperationalError:
                # The database wants the whole transaction again.
                raise
            except Exception as error:
                _logger.warning("Follow-up %s failed", followup.id, exc_info=True)
                self.env.invalidate_all(flush=False)
                followup._note_failure(now, error)

    def _run_one(self, now):
        self.ensure_one()
        record = self._get_record()
        reason = self._get_skip_reason(record)
        if reason:
            self._skip(reason)
            return
        later, why = self._get_postponement(record, now)
        if later:
            self.write({"date_planned": later, "reason": why})
            return
        made = self._act(record)
        self.write(
            {
                "state": "done",
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
        vals = {"tries": self.tries + 1, "error": str(error)}
        if self.tries < len(RETRIES):
            delay = timedelta(minutes=RETRIES[self.tries])
            self.write({**vals, "date_planned": now + delay})
            return
        self.write({**vals, "state": "failed"})
        user = self.rule_id._get_fallback_user()
        if user:
            self.activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=user.id,
                summary=self.env._("A follow-up failed: %s", self.rule_id.name),
                note=str(error),
            )

    @api.autovacuum
    def _gc_skipped(self):
        """Forget skipped follow-ups of records that are gone, after two years."""
        before = fields.Datetime.subtract(fields.Datetime.now(), years=2)
        self.search(
            [("state", "=", "skipped"), ("date_planned", "<", before)], limit=10000
        ).filtered(lambda f: not f._get_record()).unlink()
