from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# E-mails that no server took are tried again for so many days.
MAIL_DAYS = 3
# What went wrong with an e-mail is looked for so many days back.
LOOK_BACK_DAYS = 14
# How many e-mails of one run are given up at a time.
GIVEN_UP = 500


class AftersalesFollowupLetterMixin(models.AbstractModel):
    """What becomes of the e-mails that follow-ups wrote, after they were queued."""

    _name = "aftersales.followup.letter.mixin"
    _description = "E-mails of a Follow-up"

    mail_id = fields.Many2one(
        "mail.mail",
        string="E-mail",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_system",
    )

    @api.model
    def _follow_mails(self, now):
        """Queue again what no server took; show a person what cannot be delivered.

        :param datetime now: naive UTC
        """
        self._requeue_mails(now)
        self._give_up_mails(now)

    @api.model
    def _requeue_mails(self, now):
        """Queue again the e-mails for which no server answered: none was sent."""
        # An address that is refused has a type; no connection has none.
        condition = SQL(
            "done.date_done >= %s AND mail.failure_type IS NULL",
            now - timedelta(days=MAIL_DAYS),
        )
        self._find_unsent(condition, now).mail_id.mark_outgoing()

    @api.model
    def _give_up_mails(self, now):
        """Note as failed what the customer did not get, for a person to look at."""
        condition = SQL(
            "(done.date_done < %s OR mail.failure_type IS NOT NULL)",
            now - timedelta(days=MAIL_DAYS),
        )
        for followup in self._find_unsent(condition, now, limit=GIVEN_UP):
            followup._note_unsent()

    @api.model
    def _find_unsent(self, condition, now, limit=None):
        """Return done follow-ups whose e-mail was not sent.

        :param condition: ``SQL`` on the tables ``done`` and ``mail``
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT done.id
                  FROM aftersales_followup AS done
                  JOIN mail_mail AS mail ON mail.id = done.mail_id
                 WHERE done.is_message
                   AND done.date_done >= %s
                   AND mail.state = 'exception'
                   AND %s
                 ORDER BY done.id
                 LIMIT %s
                   FOR NO KEY UPDATE OF done SKIP LOCKED
                """,
                now - timedelta(days=LOOK_BACK_DAYS),
                condition,
                limit,
            )
        )
        # sudo: e-mails belong to the system.
        return self.sudo().browse([row[0] for row in rows])

    def _note_unsent(self):
        """Keep why the customer did not get the e-mail, and tell a person."""
        self.ensure_one()
        error = self.mail_id.failure_reason or self.env._("It could not be sent.")
        self.write({"state": "failed", "error": error, "is_message": False})
        self.rule_id._tell_failure(
            self, self.env._("An e-mail was not sent: %s", self.rule_id.name), error
        )

    def _get_unsent(self, model):
        """Return what was made for a letter that the customer did not get, if any.

        :param str model: of what was made
        """
        self.ensure_one()
        made = self.made_id if self.mail_id and self.made_model == model else False
        return self.env[model].browse(made or []).exists()
