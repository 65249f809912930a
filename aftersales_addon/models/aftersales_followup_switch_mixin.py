import logging

import psycopg2

from odoo import api, models
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
        for rule in self.filtered(lambda r: not r.is_on):
            count = rule._count_candidates(ASK_FROM + 1)
            if count > ASK_FROM:
                return rule._ask_before_many()
            rule._switch_on()
        return None

    def action_switch_on_anyway(self):
        """Follow up from today on, however many there are."""
        self.check_access("write")
        self.filtered(lambda r: not r.is_on)._switch_on()

    def action_switch_off(self):
        """Follow up no more; what is planned is forgotten."""
        self.check_access("write")
        self.write({"is_on": False, "error": False})
        self._forget_plans()

    def _forget_plans(self):
        """Drop what is planned; what was begun stays, and is looked at when due."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                DELETE FROM aftersales_followup
                 WHERE rule_id IN %s AND state = 'planned' AND tries = 0
             RETURNING id
                """,
                tuple(self.ids) or (0,),
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
        """Give a person an activity about what failed; without one it stays there."""
        user = self._get_fallback_user()
        if not user:
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

    def _get_fallback_user(self):
        """Return who gets what nobody is responsible for, may be empty."""
        self.ensure_one()
        company = self.company_id or self.env.company
        return self.user_id or company._aftersales_get_managers()[:1]
