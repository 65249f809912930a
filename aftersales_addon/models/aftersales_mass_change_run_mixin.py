import logging

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

# What a person waits for; more units are handled by the scheduled action.
AT_ONCE = 500
# How many units one step handles before it commits.
BATCH = 500
# A step that lost this many races waits for the next call of the scheduled action.
MAX_RETRIES = 5


class AftersalesMassChangeRunMixin(models.AbstractModel):
    """Carries out a mass change, and takes it back, in batches of units."""

    _name = "aftersales.mass.change.run.mixin"
    _inherit = ["aftersales.run.mixin"]
    _description = "Work of a Mass Change"

    def _begin(self, state, count):
        """Handle a few units at once; leave many to the scheduled action."""
        self.state = state
        if count <= AT_ONCE:
            while self._run_batch():
                pass
            return
        cron = self._get_run_cron("aftersales_addon.aftersales_mass_change_ir_cron")
        cron._trigger()

    @api.model
    def _cron_run_mass_changes(self):
        """Handle batches of units until the time of the scheduled action is up.

        Each batch is a transaction of its own, on lines that this process has locked:
        a second one works on others, and what a killed one had begun is done by the
        next.
        """
        retries = 0
        while changes := self.search([("state", "in", ("applying", "undoing"))]):
            try:
                handled = next(filter(None, map(type(self)._run_batch, changes)), 0)
                self.env.flush_all()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
                retries += 1
                if retries > MAX_RETRIES:
                    return
                continue
            retries = 0
            left = self.env["ir.cron"]._commit_progress(
                handled, remaining=self._get_remaining_count()
            )
            if not handled or not left:
                return

    @api.model
    def _get_remaining_count(self):
        """Return how many units are still to be handled."""
        return self.env["aftersales.mass.change.line"].search_count(
            [("mass_change_id.state", "=", "applying"), ("state", "=", "pending")]
        ) + self.env["aftersales.mass.change.line"].search_count(
            [("mass_change_id.state", "=", "undoing"), ("state", "=", "done")]
        )

    def _run_batch(self):
        """Handle the next units, and end the change when there are none.

        :return: the number of units handled
        """
        self.ensure_one()
        change = self.with_company(self.company_id).with_context(
            lang=self.user_id.lang or self.env.lang
        )
        waiting = "pending" if self.state == "applying" else "done"
        domain = [("mass_change_id", "=", self.id), ("state", "=", waiting)]
        # sudo: the state of a line is not written by hand.
        Line = self.env["aftersales.mass.change.line"].sudo()
        lines = Line.search(domain, limit=2 * BATCH).try_lock_for_update(limit=BATCH)
        if not lines:
            if not Line.search_count(domain, limit=1):
                change._set_ended()
            return 0
        handle = change._apply if waiting == "pending" else change._undo
        try:
            with self.env.cr.savepoint():
                handle(lines)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            # One by one: the others are not to suffer from one that fails.
            _logger.info("Mass change %s: a batch failed", self.id, exc_info=True)
            change._handle_one_by_one(handle, lines)
        return len(lines)

    def _handle_one_by_one(self, handle, lines):
        for line in lines:
            try:
                with self.env.cr.savepoint():
                    handle(line)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            except Exception as error:
                _logger.warning(
                    "Mass change %s: unit %s failed",
                    self.id,
                    line.asset_id.id,
                    exc_info=True,
                )
                line.write({"state": "failed", "error": str(error)[:500]})

    def _set_ended(self):
        """Note that all units were handled."""
        if self.state == "applying":
            self.write({"state": "applied", "date_applied": fields.Datetime.now()})
        elif self.state == "undoing":
            self.write({"state": "undone", "date_undone": fields.Datetime.now()})
        self.invalidate_recordset()
        if self.failed_count:
            self.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=self.env._("%s units failed", self.failed_count),
                user_id=self.user_id.id or self.env.uid,
            )

    def _apply(self, lines):
        """Change units: their warranties, one line of history each, what is to do."""
        if self.count:
            lines._get_warranties()._add_change(
                self.kind,
                self.count,
                self.unit,
                self.name,
                mass_change_id=self.id,
            )
        body = self._get_history_line()
        lines.asset_id._message_log_batch(
            bodies={asset.id: body for asset in lines.asset_id}
        )
        if self.todo_type_id:
            self._create_activities(lines)
        lines.write({"state": "done"})

    def _undo(self, lines):
        """Take back what was changed on units."""
        # sudo: what a mass change has made goes with it, whoever undoes it.
        Change = self.env["aftersales.warranty.change"].sudo()
        changes = Change.search(
            [
                ("mass_change_id", "=", self.id),
                ("warranty_id.asset_id", "in", lines.asset_id.ids),
            ]
        )
        # Units that were replaced since took it to the next ones.
        heirs = changes.warranty_id._get_heirs()
        if heirs:
            changes |= Change.search(
                [("mass_change_id", "=", self.id), ("warranty_id", "in", heirs.ids)]
            )
        changes._undo()
        lines.activity_id.unlink()
        body = self.env._("“%s” was undone.", self.name)
        lines.asset_id._message_log_batch(
            bodies={asset.id: body for asset in lines.asset_id}
        )
        lines.write({"state": "undone"})

    def _get_history_line(self):
        """Return what the history of each unit says."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        text = self.env._("%(kind)s “%(name)s”.", kind=kinds[self.kind], name=self.name)
        if self.count:
            duration = self.env["aftersales.warranty.policy"]._format_duration(
                self.count, self.unit
            )
            longer = self.env._("The warranty was prolonged by %s.", duration)
            text = f"{text} {longer}"
        return f"{text} {self.note}" if self.note else text

    def _create_activities(self, lines):
        model_id = self.env["ir.model"]._get_id("aftersales.asset")
        due = self.todo_deadline or self.company_id._aftersales_today()
        # sudo: activities for colleagues, on units of the own company.
        activities = self.env["mail.activity"].sudo()
        activities = activities.with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": self.todo_type_id.id,
                    "summary": self.name,
                    "note": self.note,
                    "date_deadline": due,
                    "user_id": self._get_activity_user(line.asset_id).id,
                    "res_model_id": model_id,
                    "res_id": line.asset_id.id,
                }
                for line in lines
            ]
        )
        for line, activity in zip(lines, activities, strict=True):
            line.activity_id = activity

    def _get_activity_user(self, asset):
        """Return who is to act on a unit."""
        return self.todo_user_id or asset.user_id or self.user_id or self.env.user
