import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

_logger = logging.getLogger(__name__)
# How many overdue lines the nightly job handles before it commits.
CHASE_BATCH = 100


class AftersalesRmaLineAdvanceMixin(models.AbstractModel):
    """Replacements that leave before the old goods have come back."""

    _name = "aftersales.rma.line.advance.mixin"
    _description = "Advance Replacement of a Return Line"

    date_due_back = fields.Date(
        string="Old Unit Due",
        compute="_compute_date_due_back",
        store=True,
        index="btree_not_null",
        help="By this day the old unit has to come back. Empty: it came, or its "
        "replacement was not sent yet.",
    )
    date_chased = fields.Date(string="Reminded On", readonly=True, copy=False)
    date_charged = fields.Date(
        string="Replacement Charged On", readonly=True, copy=False
    )
    can_charge = fields.Boolean(compute="_compute_can_charge")

    @api.depends(
        "is_advance",
        "quantity",
        "quantity_received",
        "state",
        "replacement_line_ids.move_ids.state",
        "replacement_line_ids.move_ids.date",
    )
    def _compute_date_due_back(self):
        for line in self:
            line.date_due_back = False
            open_ = line.state == "approved" and line.is_advance
            came = line.uom_id.compare(line.quantity_received, line.quantity) >= 0
            if not open_ or came:
                continue
            # sudo: when the replacement left, for whoever may see the return.
            moves = line.sudo().replacement_line_ids.move_ids.filtered(
                lambda m: m.state == "done" and m._aftersales_is_delivery()
            )
            if moves:
                day = line.company_id._aftersales_day(max(moves.mapped("date")))
                days = line.policy_id.advance_days
                line.date_due_back = fields.Date.add(day, days=days)

    @api.depends("date_due_back", "date_charged")
    def _compute_can_charge(self):
        for line in self:
            today = line.company_id._aftersales_today()
            due = line.date_due_back
            line.can_charge = bool(due and due < today and not line.date_charged)

    def _check_can_request(self):
        """Refuse an advance replacement that the policy does not allow."""
        for line in self.filtered("is_advance"):
            if line.remedy != "replacement":
                raise UserError(
                    self.env._(
                        "%s: only a replacement can leave before the goods come back.",
                        line.display_name,
                    )
                )
            if not line.policy_id.allow_advance:
                raise UserError(
                    self.env._(
                        "%(goods)s: the return policy (%(policy)s) allows no advance "
                        "replacement.",
                        goods=line.display_name,
                        policy=line.policy_id.name or self.env._("none"),
                    )
                )

    def action_charge_replacement(self):
        """Let the replacements be invoiced whose old units did not come back."""
        self.check_access("write")
        for line in self:
            if not line.can_charge:
                raise UserError(
                    self.env._(
                        "%s: the replacement cannot be charged. The old unit is not "
                        "overdue, or this was done already.",
                        line.display_name,
                    )
                )
        # sudo: who settles a return need not have rights on sales.
        for line in self.sudo():
            line.date_charged = line.company_id._aftersales_today()
            sent = line.replacement_line_ids.filtered("aftersales_is_free")
            sent.order_id._message_log_batch(
                bodies={
                    order.id: self.env._(
                        "%(goods)s of %(rma)s did not come back by %(day)s: the "
                        "replacement is charged.",
                        goods=line.display_name,
                        rma=line.rma_id.name,
                        day=line.env["aftersales.asset"]._format_day(
                            line.date_due_back
                        ),
                    )
                    for order in sent.order_id
                }
            )

    # --- The reminder ---

    @api.model
    def _cron_chase_advance(self):
        """Tell people whose old units did not come back in time.

        Each batch is a transaction of its own, and what another worker is busy with
        is passed over.
        """
        after = 0
        while True:
            batch = self._lock_overdue(after)
            if not batch:
                return
            after = batch[-1].id
            batch._chase_all()
            left = self.search_count(self._get_overdue_domain(after), limit=10_000)
            if not self.env["ir.cron"]._commit_progress(len(batch), remaining=left):
                return

    @api.model
    def _get_overdue_domain(self, after=0):
        return (
            self.env["res.company"]._aftersales_by_day_domain(
                lambda today: Domain("date_due_back", "<", today)
            )
            & Domain("date_chased", "=", False)
            & Domain("id", ">", after)
        )

    @api.model
    def _lock_overdue(self, after):
        query = self._search(
            self._get_overdue_domain(after), order="id", limit=CHASE_BATCH
        )
        rows = self.env.execute_query(
            SQL("%s FOR NO KEY UPDATE SKIP LOCKED", query.select())
        )
        return self.browse(row[0] for row in rows)

    def _chase_all(self):
        """Tell of each, so that one that fails stops no other."""
        for line in self:
            try:
                with self.env.cr.savepoint():
                    line._chase_one()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            except Exception:
                _logger.warning("Return line %s: no reminder", line.id, exc_info=True)

    def _chase_one(self):
        self.ensure_one()
        rma = self.rma_id
        user = rma.user_id or rma.decided_by_id or rma.create_uid
        rma.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=user.id,
            summary=self.env._("The old unit did not come back"),
            note=self.env._(
                "%(goods)s was due on %(day)s. Ask the customer, or invoice the "
                "replacement.",
                goods=self.display_name,
                day=self.env["aftersales.asset"]._format_day(self.date_due_back),
            ),
        )
        self.date_chased = self.company_id._aftersales_today()
