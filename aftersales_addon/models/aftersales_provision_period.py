from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from .aftersales_provision_entry import KINDS

MOVEMENTS = [kind for kind, _label in KINDS]


class AftersalesProvisionPeriod(models.Model):
    """The provisions for warranties in one month: opening, movements, closing.

    Posting a month fixes its figures, and makes the journal entry when the company
    has named its accounts.
    """

    _name = "aftersales.provision.period"
    _description = "Warranty Provisions of a Month"
    _inherit = ["mail.thread", "aftersales.provision.journal.mixin"]
    _order = "date_from desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(
        string="Month",
        required=True,
        default=lambda self: self._default_date_from(),
        help="Any day of the month.",
    )
    date_to = fields.Date(
        string="Until",
        compute="_compute_date_to",
        store=True,
        precompute=True,
    )
    state = fields.Selection(
        [("draft", "Draft"), ("posted", "Posted")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    date_computed = fields.Datetime(string="Computed On", readonly=True, copy=False)
    line_ids = fields.One2many(
        "aftersales.provision.period.line",
        "period_id",
        string="Products",
        readonly=True,
        copy=False,
    )
    opening = fields.Monetary(compute="_compute_totals", store=True)
    issued = fields.Monetary(string="Set Aside", compute="_compute_totals", store=True)
    estimate = fields.Monetary(
        string="Change of Estimate", compute="_compute_totals", store=True
    )
    settled = fields.Monetary(string="Used", compute="_compute_totals", store=True)
    recovered = fields.Monetary(
        string="Paid by Suppliers", compute="_compute_totals", store=True
    )
    released = fields.Monetary(compute="_compute_totals", store=True)
    topped_up = fields.Monetary(
        string="Cost More", compute="_compute_totals", store=True
    )
    closing = fields.Monetary(compute="_compute_totals", store=True)

    _month_once = models.Constraint(
        "UNIQUE (company_id, date_from)", "This month is there already."
    )

    @api.model
    def _default_date_from(self):
        """Return the first month that is not there yet, else the last month."""
        last = self.search(
            [("company_id", "=", self.env.company.id)], order="date_from desc", limit=1
        )
        if last:
            return last.date_from + relativedelta(months=1)
        return self.env.company._aftersales_today() + relativedelta(months=-1, day=1)

    @api.depends("date_from")
    def _compute_date_to(self):
        for period in self:
            first = period.date_from
            period.date_to = first and first + relativedelta(day=31)

    @api.depends(*(f"line_ids.{name}" for name in ("opening", "closing", *MOVEMENTS)))
    def _compute_totals(self):
        for period in self:
            for name in ("opening", "closing", *MOVEMENTS):
                period[name] = sum(period.line_ids.mapped(name))

    @api.depends("date_from", "company_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for period in self:
            month = period.date_from
            period.display_name = month and format_date(
                self.env, month, date_format="MMMM yyyy"
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("date_from"):
                day = fields.Date.to_date(vals["date_from"])
                vals["date_from"] = day + relativedelta(day=1)
        return super().create(vals_list)

    def write(self, vals):
        if {"state", "move_id", "line_ids"} & vals.keys() and not self.env.su:
            raise UserError(
                self.env._("Use the buttons: the figures of a month follow from them.")
            )
        if vals.get("date_from"):
            day = fields.Date.to_date(vals["date_from"])
            vals = {**vals, "date_from": day + relativedelta(day=1)}
        if {"date_from", "company_id"} & vals.keys():
            self._check_state("draft")
            # The figures were those of another month.
            self.sudo().line_ids.unlink()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        self._check_state("draft")

    def _check_state(self, state):
        for period in self:
            if period.state != state:
                raise UserError(
                    self.env._("%s is posted. Undo it first.", period.display_name)
                    if state == "draft"
                    else self.env._("%s is not posted.", period.display_name)
                )

    def action_compute(self):
        """Bring the figures up to date and show them by product."""
        self.check_access("write")
        self._check_state("draft")
        Entry = self.env["aftersales.provision.entry"]
        for company in self.company_id:
            Entry._update_figures(company)
        for period in self:
            period._compute_lines()

    def _compute_lines(self):
        """Add the movements up by product: before the month, and in it."""
        self.ensure_one()
        self.env.cr.execute(
            SQL(
                """
                SELECT product_id,
                       COALESCE(SUM(amount) FILTER (WHERE date < %(first)s), 0),
                       %(sums)s
                  FROM aftersales_provision_entry
                 WHERE company_id = %(company)s AND date <= %(last)s
              GROUP BY product_id
                """,
                first=self.date_from,
                last=self.date_to,
                company=self.company_id.id,
                sums=SQL(", ").join(
                    SQL(
                        "COALESCE(SUM(amount) FILTER"
                        " (WHERE date >= %s AND kind = %s), 0)",
                        self.date_from,
                        kind,
                    )
                    for kind in MOVEMENTS
                ),
            )
        )
        currency = self.company_id.currency_id
        vals_list = []
        for product_id, opening, *moves in self.env.cr.fetchall():
            opening, *moves = (currency.round(float(n)) for n in (opening, *moves))
            if not any((opening, *moves)):
                continue
            vals_list.append(
                {
                    "period_id": self.id,
                    "product_id": product_id,
                    "opening": opening,
                    **dict(zip(MOVEMENTS, moves, strict=True)),
                    "closing": currency.round(opening + sum(moves)),
                }
            )
        # sudo: nobody writes figures by hand.
        period = self.sudo()
        period.line_ids.unlink()
        period.line_ids.create(vals_list)
        period.date_computed = fields.Datetime.now()

    def action_post(self):
        """Fix the figures of months, and make their journal entries.

        :raises UserError: when a month is not over, or an earlier one is open
        """
        self.check_access("write")
        self._check_state("draft")
        for period in self.sorted("date_from"):
            period._check_can_post()
            period.action_compute()
            # sudo: only this step fixes states.
            period.sudo().state = "posted"
            period._fix_entries()
            period._make_journal_entry()

    def _fix_entries(self):
        """Let the movements up to the month belong to it, or to none any more."""
        self.ensure_one()
        self.env.flush_all()
        fixed = self.state == "posted"
        # One by one, the 100,000 movements of a first month would take a minute.
        self.env.cr.execute(
            SQL(
                """
                UPDATE aftersales_provision_entry
                   SET period_id = %s
                 WHERE company_id = %s
                   AND date <= %s
                   AND period_id IS NOT DISTINCT FROM %s
                """,
                self.id if fixed else None,
                self.company_id.id,
                self.date_to,
                None if fixed else self.id,
            )
        )
        self.env["aftersales.provision.entry"].invalidate_model(["period_id"])

    def _check_can_post(self):
        self.ensure_one()
        if self.date_to >= self.company_id._aftersales_today():
            raise UserError(
                self.env._(
                    "%s is not over yet. Post it when the month has ended.",
                    self.display_name,
                )
            )
        earlier = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("date_from", "<", self.date_from),
                ("state", "=", "draft"),
            ],
            order="date_from",
            limit=1,
        )
        if earlier:
            raise UserError(
                self.env._("Post %s first, or delete it.", earlier.display_name)
            )
        later = self.search_count(
            [
                ("company_id", "=", self.company_id.id),
                ("date_from", ">", self.date_from),
                ("state", "=", "posted"),
            ],
            limit=1,
        )
        if later:
            raise UserError(
                self.env._(
                    "A later month is posted, and its opening figures hold this one. "
                    "Undo that one first."
                )
            )

    def action_undo(self):
        """Open posted months again and take their journal entries back."""
        self.check_access("write")
        self._check_state("posted")
        for period in self.sorted("date_from", reverse=True):
            later = self.search_count(
                [
                    ("company_id", "=", period.company_id.id),
                    ("date_from", ">", period.date_from),
                    ("state", "=", "posted"),
                ],
                limit=1,
            )
            if later:
                raise UserError(self.env._("Undo the later months first."))
            period._undo_journal_entry()
            # sudo: only this step opens a month again.
            period.sudo().state = "draft"
            period._fix_entries()

    def action_view_entries(self):
        """Open the movements of the month."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "aftersales_addon.aftersales_provision_entry_action"
        )
        return {
            **action,
            "domain": [
                ("company_id", "=", self.company_id.id),
                ("date", ">=", self.date_from),
                ("date", "<=", self.date_to),
            ],
            "context": {},
        }
