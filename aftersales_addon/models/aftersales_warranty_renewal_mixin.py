import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ..const import RENEWAL_BATCH

_logger = logging.getLogger(__name__)

MAX_RETRIES = 5


class AftersalesWarrantyRenewalMixin(models.AbstractModel):
    """The notice before a warranty ends: asked for once, on its day.

    The day is stored, and only for those that are still to be asked for. The nightly
    job therefore reads what is due and nothing else, however many warranties there
    are.
    """

    _name = "aftersales.warranty.renewal.mixin"
    _description = "Notice Before the End of a Warranty"

    renewal_date = fields.Date(
        string="Offer an Extension On",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="On this day the person responsible is asked to offer an extension. "
        "Empty when nobody is to be asked any more.",
    )
    renewal_error = fields.Text(
        string="Why Nobody Was Asked",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )

    _renewal_date_index = models.Index(
        "(renewal_date, id) WHERE renewal_date IS NOT NULL"
    )

    @api.model_create_multi
    def create(self, vals_list):
        self._add_renewal_dates(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        result = super().write(vals)
        if {"date_end", "state"} & vals.keys():
            self._schedule_renewal()
        return result

    @api.model
    def _add_renewal_dates(self, vals_list):
        """Put the day of the notice into the values of new warranties."""
        notices = self.env["aftersales.warranty.policy"]._get_renewal_notices(
            {vals["policy_id"] for vals in vals_list if vals.get("policy_id")}
        )
        if not notices:
            return
        today = fields.Date.today()
        for vals in vals_list:
            days = notices.get(vals.get("policy_id"))
            end = fields.Date.to_date(vals.get("date_end"))
            # What was over when it was taken in is nobody's business any more.
            if days and end and end >= today:
                vals["renewal_date"] = fields.Date.subtract(end, days=days)

    def _schedule_renewal(self):
        """Set the day of the notice from the end of the warranty as it is now."""
        # sudo: the day follows from the end, whoever moved that.
        warranties = self.sudo()
        notices = warranties.policy_id._get_renewal_notices(warranties.policy_id.ids)
        today = fields.Date.today()
        by_day = {}
        for warranty in warranties:
            days, end = notices.get(warranty.policy_id.id), warranty.date_end
            told = end and warranty.asset_id.renewal_notified_end == end
            wanted = days and warranty.state == "open" and end and end >= today
            day = fields.Date.subtract(end, days=days) if wanted and not told else False
            if warranty.renewal_date != day:
                by_day.setdefault(day, []).append(warranty.id)
        for day, ids in by_day.items():
            warranties.browse(ids).write({"renewal_date": day, "renewal_error": False})

    def action_offer_extension(self):
        """Make a quotation with the extensions that are offered for these units."""
        return self.asset_id.action_offer_extension()

    # --- The nightly job ---

    @api.model
    def _cron_notify_expiring(self):
        """Ask the people responsible to offer extensions for what ends soon.

        Each batch is a transaction of its own, and what another worker is busy with
        is passed over: a worker that is killed loses its batch and no more, and the
        next run does the rest.
        """
        # Whose notice failed tonight waits for tomorrow.
        after, retries = None, 0
        while True:
            try:
                batch = self._lock_due_renewals(after)
                if not batch:
                    return
                last = (batch[-1].renewal_date, batch[-1].id)
                batch._notify_expiring()
                self.env.flush_all()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # Another worker has handled them since this one looked.
                self.env.cr.rollback()
                retries += 1
                if retries > MAX_RETRIES:
                    raise
                continue
            retries, after = 0, last
            left = self.env["ir.cron"]._commit_progress(
                len(batch), remaining=self._count_due_renewals(after)
            )
            if not left:
                return

    @api.model
    def _get_due_renewals_domain(self, after=None):
        """Return the ``Domain`` of the warranties whose notice is due.

        :param after: the ``(renewal_date, id)`` of the last one that was handled
        """
        domain = self.env["res.company"]._aftersales_by_day_domain(
            lambda today: Domain("renewal_date", "<=", today)
        )
        if after:
            day, number = after
            domain &= Domain("renewal_date", ">", day) | (
                Domain("renewal_date", "=", day) & Domain("id", ">", number)
            )
        return domain

    @api.model
    def _count_due_renewals(self, after=None):
        # More than this many are shown as this many: the figure is for the log.
        return self.search_count(self._get_due_renewals_domain(after), limit=10_000)

    @api.model
    def _lock_due_renewals(self, after=None):
        """Return the next warranties that are due and that no other worker holds."""
        query = self._search(
            self._get_due_renewals_domain(after),
            order="renewal_date, id",
            limit=RENEWAL_BATCH,
        )
        rows = self.env.execute_query(
            SQL("%s FOR NO KEY UPDATE SKIP LOCKED", query.select())
        )
        return self.browse(row[0] for row in rows)

    def _notify_expiring(self):
        """Ask for each of these warranties, so that one that fails stops no other."""
        # Two warranties of a unit that end together are one notice: whoever handles
        # one of them holds the unit.
        free = self.asset_id.try_lock_for_update(allow_referencing=True)
        for warranty in self.filtered(lambda w: w.asset_id in free):
            try:
                with self.env.cr.savepoint():
                    warranty._notify_one()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            except Exception as error:
                _logger.warning(
                    "Warranty %s: no extension was offered", warranty.id, exc_info=True
                )
                warranty.renewal_error = str(error)

    def _notify_one(self):
        """Ask for an extension of the unit, unless that was done or makes no sense."""
        self.ensure_one()
        asset = self.asset_id
        if asset.renewal_notified_end != self.date_end and self._is_worth_renewing():
            asset._ask_for_extension(self)
            asset.renewal_notified_end = self.date_end
        self.write({"renewal_date": False, "renewal_error": False})

    def _is_worth_renewing(self):
        """Tell whether the coverage of the unit really ends with this warranty.

        Rights that the law gives do not count: an extension is offered beside them.
        """
        self.ensure_one()
        if self.state != "open" or self.asset_id.state != "in_use":
            return False
        if self.date_end < self.company_id._aftersales_today():
            return False
        others = (self.asset_id.warranty_ids - self).filtered(
            lambda w: w.state != "closed" and w.kind not in ("statutory", "contract")
        )
        # What waits for another one to end starts by itself.
        waiting = others.filtered(lambda w: w.state == "waiting")
        return not waiting.base_id and all(
            other.date_end <= self.date_end for other in others - waiting
        )

    def _get_renewal_user(self):
        """Return the person who is asked.

        :raises UserError: when there is none
        """
        self.ensure_one()
        asset = self.asset_id
        for user in (
            asset.user_id,
            asset.partner_id.user_id,
            asset.commercial_partner_id.user_id,
            self.policy_id.renewal_user_id,
        ):
            if user.active:
                return user
        raise UserError(
            self.env._(
                "Nobody is responsible for “%(unit)s” or its customer. Name a person "
                "on one of them, or on the policy “%(policy)s”.",
                unit=asset.display_name,
                policy=self.policy_id.name,
            )
        )
