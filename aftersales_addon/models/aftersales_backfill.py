import logging

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import format_date

from ..const import BACKFILL_BATCH, BACKFILL_BATCH_LINES

_logger = logging.getLogger(__name__)

# What a person chose; it stays as it is once the run has begun.
PARAMETERS = {"company_id", "date_from", "product_ids", "categ_ids"}
# A batch that lost this many races against other transactions waits for the
# next call of the scheduled action.
MAX_RETRIES = 5
# More failures than this are counted but not listed one by one.
MAX_LISTED_FAILURES = 100


class AftersalesBackfill(models.Model):
    """Takes deliveries of the past in: one run with its progress and result.

    The run is a record rather than a dialog, so that it goes on after a restart and
    shows afterwards what was done.
    """

    _name = "aftersales.backfill"
    _description = "Past Deliveries"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "aftersales.backfill.preview.mixin",
        "aftersales.run.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(
        compute="_compute_name", store=True, readonly=False, precompute=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users", string="Started By", readonly=True, copy=False
    )
    date_from = fields.Date(
        string="Delivered Since",
        required=True,
        help="Deliveries of this day and all later days are taken in.",
    )
    product_ids = fields.Many2many(
        "product.product",
        string="Products",
        check_company=True,
        help="Leave both products and categories empty to take in all products.",
    )
    categ_ids = fields.Many2many(
        "product.category",
        string="Product Categories",
        help="Categories below these count too.",
    )
    state = fields.Selection(
        [
            ("draft", "New"),
            ("running", "Running"),
            ("paused", "Paused"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    total_count = fields.Integer(string="Moves in All", readonly=True, copy=False)
    processed_count = fields.Integer(string="Moves Handled", readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress")
    created_count = fields.Integer(
        string="Installed Products Created", readonly=True, copy=False
    )
    failed_count = fields.Integer(string="Moves Failed", readonly=True, copy=False)
    failures = fields.Html(
        string="What Failed", readonly=True, copy=False, sanitize=False
    )
    date_started = fields.Datetime(string="Started", readonly=True, copy=False)
    date_finished = fields.Datetime(string="Finished", readonly=True, copy=False)
    cursor_date = fields.Datetime(readonly=True, copy=False)
    cursor_move_id = fields.Integer(readonly=True, copy=False)
    asset_count = fields.Integer(
        string="Installed Products", compute="_compute_asset_count"
    )

    @api.depends("date_from")
    def _compute_name(self):
        for run in self:
            day = format_date(self.env, run.date_from)
            run.name = day and self.env._("Deliveries since %s", day)

    @api.depends("total_count", "processed_count", "state")
    def _compute_progress(self):
        for run in self:
            if run.state == "done":
                run.progress = 100.0
            else:
                part = run.processed_count / (run.total_count or 1)
                run.progress = min(100.0, 100.0 * part)

    def _compute_asset_count(self):
        counts = dict(
            self.env["aftersales.asset"]._read_group(
                [("backfill_id", "in", self.ids)], ["backfill_id"], ["__count"]
            )
        )
        for run in self:
            run.asset_count = counts.get(run, 0)

    @api.constrains("date_from", "company_id")
    def _check_date_from(self):
        for run in self:
            if run.date_from > run.company_id._aftersales_today():
                raise ValidationError(
                    self.env._(
                        "%s is in the future. Choose the day of the first delivery "
                        "that you want to take in.",
                        format_date(self.env, run.date_from),
                    )
                )

    def write(self, vals):
        if PARAMETERS & vals.keys() and any(run.state != "draft" for run in self):
            raise UserError(
                self.env._(
                    "What a run takes in cannot change once it has started. "
                    "Make a new one."
                )
            )
        if PARAMETERS & vals.keys():
            # Counted for another choice: the preview is hidden until it is made anew.
            vals = {**vals, "preview_date": False}
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_running(self):
        if any(run.state == "running" for run in self):
            raise UserError(self.env._("Cancel the run before you delete it."))

    def action_start(self):
        """Hand the run over to the scheduled action."""
        self._check_state(("draft",), self.env._("This run was started already."))
        cron = self._get_cron()
        for run in self:
            total = run._get_moves_count()
            if not total:
                raise UserError(
                    self.env._(
                        "There are no deliveries to take in. Choose an earlier day, "
                        "or other products."
                    )
                )
            run.write(
                {
                    "state": "running",
                    "user_id": self.env.uid,
                    "date_started": fields.Datetime.now(),
                    "total_count": total,
                }
            )
        cron._trigger()

    def action_pause(self):
        """Stop after the batch at hand; what is done stays done."""
        self._check_state(("running",), self.env._("This run is not running."))
        self.state = "paused"

    def action_resume(self):
        """Go on where the run was stopped."""
        self._check_state(("paused",), self.env._("This run is not paused."))
        cron = self._get_cron()
        self.state = "running"
        cron._trigger()

    def action_cancel(self):
        """Stop for good; what was taken in stays."""
        self._check_state(
            ("running", "paused"),
            self.env._("Only a run that has begun can be cancelled."),
        )
        self.write({"state": "cancelled", "date_finished": fields.Datetime.now()})

    def action_run_again(self):
        """Go over the same deliveries once more; what is listed is left alone."""
        wait = self.env._("Wait until the run has ended.")
        self._check_state(("done", "cancelled"), wait)
        self.write(
            {
                "state": "draft",
                "cursor_date": False,
                "cursor_move_id": 0,
                "processed_count": 0,
                "failed_count": 0,
                "failures": False,
                "date_finished": False,
            }
        )
        self.action_start()

    def action_refresh(self):
        """Show the progress of now: the client reads the record again."""
        return False

    def action_view_assets(self):
        """Open the installed products that these runs created."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "aftersales_addon.aftersales_asset_action"
        )
        return {**action, "domain": [("backfill_id", "in", self.ids)], "context": {}}

    def _check_state(self, allowed, message):
        if any(run.state not in allowed for run in self):
            raise UserError(message)

    @api.model
    def _get_cron(self):
        self.check_access("write")
        return self._get_run_cron("aftersales_addon.aftersales_backfill_ir_cron")

    @api.model
    def _cron_run_backfill(self):
        """Handle batches of moves until the time of the scheduled action is up.

        Each batch is a transaction of its own: a process that is killed loses the
        batch at hand and no more, and the next one goes on from there.
        """
        careful, retries = False, 0
        while runs := self.search([("state", "=", "running")], order="id"):
            try:
                run = runs._lock_one()
                handled = run._run_batch(careful) if run else 0
                self.env.flush_all()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
                retries += 1
                if retries > MAX_RETRIES:
                    return
                continue
            except Exception as error:
                self.env.cr.rollback()
                if careful:
                    run._stop_on_error(error)
                    return
                # Move by move, in a new transaction: the failure may come from a
                # delivery that was done at this very moment.
                _logger.info("Past deliveries: a batch failed", exc_info=True)
                careful = True
                continue
            if not run:
                return
            careful, retries = False, 0
            # The commit empties the caches too: memory does not grow with the run.
            left = self.env["ir.cron"]._commit_progress(
                handled, remaining=self._get_remaining_count()
            )
            if not left:
                return

    def _lock_one(self):
        """Return the first run whose company no other worker is busy with.

        An advisory lock rather than a lock on the row: people can pause or cancel
        the run while a batch is at work. It ends with the transaction, however that
        ends.
        """
        for run in self:
            self.env.cr.execute(
                "SELECT pg_try_advisory_xact_lock(%s::regclass::oid::integer, %s)",
                (self._table, run.company_id.id),
            )
            if self.env.cr.fetchone()[0]:
                return run
        return self.browse()

    def _run_batch(self, careful=False):
        """Handle the next moves and note how far the run has come.

        :param bool careful: one move at a time, those that fail are noted
        :return: the number of moves handled
        """
        self.ensure_one()
        run = self.with_company(self.company_id).with_context(
            lang=self.user_id.lang or self.env.lang
        )
        moves = run._get_next_moves(BACKFILL_BATCH, BACKFILL_BATCH_LINES)
        if not moves:
            run._set_done()
            return 0
        created = run._process_one_by_one(moves) if careful else run._process(moves)
        # Written last: people can pause the run meanwhile. A worker whose view was
        # older than the last batch, or than the pause, is stopped here by the
        # database, and its batch is undone.
        run.write(
            {
                "cursor_date": moves[-1].date,
                "cursor_move_id": moves[-1].id,
                "processed_count": run.processed_count + len(moves),
                "created_count": run.created_count + created,
            }
        )
        return len(moves)

    def _process(self, moves):
        return len(moves._aftersales_process_done({"backfill_id": self.id}))

    def _process_one_by_one(self, moves):
        """Handle each move on its own, so that one that fails stops no other."""
        created, failures = 0, []
        for move in moves:
            try:
                with self.env.cr.savepoint():
                    created += self._process(move)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            except Exception as error:
                _logger.warning(
                    "Past deliveries: move %s failed", move.id, exc_info=True
                )
                failures.append((move, error))
        if failures:
            self._add_failures(failures)
        return created

    def _add_failures(self, failures):
        room = max(0, MAX_LISTED_FAILURES - self.failed_count)
        rows = Markup().join(
            Markup("<li>%s, %s (%s): %s</li>")
            % (
                move.picking_id.name or move.reference or "",
                move.product_id.display_name,
                move.id,
                str(error),
            )
            for move, error in failures[:room]
        )
        self.write(
            {
                "failed_count": self.failed_count + len(failures),
                "failures": (self.failures or Markup()) + rows,
            }
        )

    def _stop_on_error(self, error):
        """Pause a run that cannot go on, and tell the person who started it."""
        _logger.error("Past deliveries: run %s stopped: %s", self.id, error)
        self.state = "paused"
        self._message_log(body=self.env._("The run stopped: %s", error))
        self.activity_schedule(
            "mail.mail_activity_data_warning",
            summary=self.env._("Past deliveries: the run stopped"),
            user_id=self.user_id.id,
        )

    def _set_done(self):
        """End the run and tell the person who started it what failed."""
        self.write({"state": "done", "date_finished": fields.Datetime.now()})
        body = self.env._(
            "%(created)s installed products created from %(moves)s moves.",
            created=self.created_count,
            moves=self.processed_count,
        )
        if not self.failed_count:
            self._message_log(body=body)
            return
        failed = self.env._("Moves that failed: %s", self.failed_count)
        details = Markup("%s<p>%s</p><ul>%s</ul>") % (body, failed, self.failures or "")
        self._message_log(body=details)
        self.activity_schedule(
            "mail.mail_activity_data_warning",
            summary=self.env._("Past deliveries: %s moves failed", self.failed_count),
            user_id=self.user_id.id,
        )

    @api.model
    def _get_remaining_count(self):
        """Return how many moves the runs that go on still have before them."""
        runs = self.search([("state", "=", "running")])
        # At least one each: the end of a run is a step of its own.
        return sum(max(1, run.total_count - run.processed_count) for run in runs)
