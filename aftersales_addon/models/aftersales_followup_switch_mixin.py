import logging
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

# A rule that would plan more than this asks first.
ASK_FROM = 1000


class AftersalesFollowupSwitchMixin(models.AbstractModel):
    """Rules are switched on and off; who hears of it when one does not work."""

    _name = "aftersales.followup.switch.mixin"
    _description = "Switch of a Follow-up Rule"

    def action_switch_on(self):
        """Follow up from today on; many at once are asked about first."""
        self.check_access("write")
        many = self.browse()
        for rule in self.filtered(lambda r: not r.is_on):
            if rule._is_for_many():
                many |= rule
            else:
                rule._switch_on()
        return many[0]._ask_before_many() if many else None

    def _is_for_many(self):
        """Tell whether the rule would plan so many that somebody is asked first."""
        self.ensure_one()
        return self._count_candidates(ASK_FROM + 1) > ASK_FROM

    def action_switch_on_anyway(self):
        """Follow up from today on, however many there are."""
        self.check_access("write")
        self.filtered(lambda r: not r.is_on)._switch_on()

    def action_switch_off(self):
        """Follow up no more; what is planned is forgotten."""
        self.check_access("write")
        self.write({"is_on": False, "error": False})
        self._forget_plans()

    def _plan_anew(self, since):
        """What is planned follows a rule that was changed while it is on.

        What is due already stays: it is looked at with the new rule. What would have
        been due long ago, if the rule had been as it is now, is not made up for.

        :param since: ``{rule: date}`` from when on it is made up for
        :raises UserError: when it would plan many more than before
        """
        rows = self.env["aftersales.followup"].sudo()  # sudo: all companies count.
        for rule in self:
            planned = [("rule_id", "=", rule.id), ("state", "=", "planned")]
            had_many = rows.search_count(planned, limit=ASK_FROM + 1) > ASK_FROM
            rule._forget_put_off()
            rule._forget_plans(after=fields.Datetime.now())
            rule.write({"date_scanned": False, "date_since": since[rule]})
            if not had_many and rule._is_for_many():
                raise UserError(
                    self.env._(
                        "“%(rule)s” would look after more than %(count)s records now. "
                        "Switch it off first, change it, and test it before you "
                        "switch it on again.",
                        rule=rule.name,
                        count=ASK_FROM,
                    )
                )
        self._trigger_plan()

    def _forget_put_off(self):
        """Drop what was put off, and is not due any more as the rule is now."""
        now = fields.Datetime.now()
        # sudo: as in _plan_anew.
        rows = self.env["aftersales.followup"].sudo()
        put_off = rows.search(
            [
                ("rule_id", "=", self.id),
                ("state", "=", "planned"),
                ("tries", "=", 0),
                ("date_planned", ">", now),
                ("reason", "!=", False),
            ]
        )
        workdays = {}
        for followup in put_off:
            record = followup._get_record()
            due = record and self._get_due(record, followup.occurrence, workdays)
            if not due or due > now:
                followup.unlink()

    def _get_since_change(self, back_days):
        """Return from when on rules that are changed now make up for what was due."""
        result = {}
        for rule in self:
            company = rule.company_id or self.env.company
            today = company._aftersales_today()
            back = today - timedelta(days=back_days)
            result[rule] = max(min(rule.date_since or today, today), back)
        return result

    def _forget_plans(self, after=None):
        """Drop what is planned; what was begun stays, and is looked at when due.

        :param datetime after: keep what is due until then, or was put off
        """
        self.env.flush_all()
        later = SQL()
        if after:
            later = SQL("AND date_planned > %s AND reason IS NULL", after)
        self.env.execute_query(
            SQL(
                """
                DELETE FROM aftersales_followup
                 WHERE rule_id IN %s AND state = 'planned' AND tries = 0 %s
             RETURNING id
                """,
                tuple(self.ids) or (0,),
                later,
            )
        )
        self.env["aftersales.followup"].invalidate_model(flush=False)
        self.invalidate_recordset(["followup_ids"], flush=False)

    def _switch_on(self):
        for rule in self:
            if not rule.active:
                raise UserError(
                    self.env._("“%s” is archived. Take it back first.", rule.name)
                )
            company = rule.company_id or self.env.company
            rule.write(
                {
                    "is_on": True,
                    "date_since": company._aftersales_today(),
                    "date_scanned": False,
                }
            )
        self._trigger_plan()

    @api.model
    def _trigger_plan(self):
        cron = self.env.ref("aftersales_addon.ir_cron_followup_plan", False)
        if cron:
            # sudo: whoever may switch rules on may have them worked on.
            cron.sudo()._trigger()

    def _ask_before_many(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("So Many?"),
            "res_model": "aftersales.followup.preview",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_rule_id": self.id, "default_asks": True},
        }

    # --- Failures ---

    def _note_error(self, error):
        """Keep what went wrong with the rule; a person hears of it once."""
        self.ensure_one()
        known = self.error
        self.error = str(error) or repr(error)
        if not known:
            summary = self.env._("A follow-up rule does not work: %s", self.name)
            self._tell_failure(self, summary, error)

    def _tell_failure(self, document, summary, error):
        """Give a person an activity about what failed; without one it stays there.

        A text that does not render fails for everybody: one activity is enough.
        """
        user = self._get_fallback_user()
        if not user or self._is_told(document, user):
            return
        try:
            with self.env.cr.savepoint():
                document.activity_schedule(
                    "mail.mail_activity_data_warning",
                    user_id=user.id,
                    summary=summary,
                    note=str(error),
                )
                self.env.flush_all()
        except psycopg2.OperationalError:
            raise
        except Exception:
            # The failure itself is on the document, whoever cannot be told.
            _logger.warning("Nobody was told of %s", document, exc_info=True)

    def _is_told(self, document, user):
        """Tell whether the person has an open activity about another failure."""
        if document._name != "aftersales.followup":
            return False
        failed = document.sudo()._search(
            [("rule_id", "=", self.id), ("state", "=", "failed")]
        )
        # sudo: the person's own list, whoever works on it.
        activities = self.env["mail.activity"].sudo()
        kind = self.env.ref("mail.mail_activity_data_warning", False)
        return bool(
            activities.search_count(
                [
                    ("res_model", "=", document._name),
                    ("res_id", "in", failed),
                    ("user_id", "=", user.id),
                    ("activity_type_id", "=", kind and kind.id),
                ],
                limit=1,
            )
        )

    def _get_fallback_user(self):
        """Return who gets what nobody is responsible for, may be empty."""
        self.ensure_one()
        company = self.company_id or self.env.company
        return self.user_id or company._aftersales_get_managers()[:1]
