from lxml import etree, html
from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.mail import is_html_empty

from .aftersales_visit_check import SNAPSHOT
from .aftersales_visit_time import LONGEST

# What begins a new line when findings are read as plain text.
BLOCKS = ("p", "div", "li", "tr", "h1", "h2", "h3", "h4", "pre")
# What the customer signs; it does not change afterwards.
WORK = {
    "findings",
    "is_fixed",
    "not_fixed_reason",
    "photo_ids",
    "check_ids",
    "time_ids",
    "part_ids",
    "line_ids",
}


class AftersalesVisitWorkMixin(models.AbstractModel):
    """What is done on a visit: checklist, readings, time and findings."""

    _name = "aftersales.visit.work.mixin"
    _description = "Work of a Visit"
    _inherit = ["aftersales.visit.photo.mixin"]

    checklist_id = fields.Many2one(
        "aftersales.checklist",
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
        help="For units whose service has none, and for visits without units.",
    )
    check_ids = fields.One2many(
        "aftersales.visit.check",
        "visit_id",
        string="Checks",
        copy=False,
        groups="base.group_user",
    )
    check_label = fields.Char(
        string="Checked", compute="_compute_check_label", groups="base.group_user"
    )
    time_ids = fields.One2many(
        "aftersales.visit.time",
        "visit_id",
        copy=False,
        groups="base.group_user",
    )
    hours_work = fields.Float(
        string="Hours of Work", compute="_compute_hours", groups="base.group_user"
    )
    hours_travel = fields.Float(
        string="Hours of Way", compute="_compute_hours", groups="base.group_user"
    )
    reading_ids = fields.One2many(
        "aftersales.reading",
        "visit_id",
        string="Readings",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    findings = fields.Html(
        copy=False, help="What was found and done. The customer reads it."
    )
    photo_ids = fields.Many2many(
        "ir.attachment",
        "aftersales_visit_photo_rel",
        string="Photos",
        copy=False,
        groups="base.group_user",
    )
    is_fixed = fields.Selection(
        [("yes", "Yes"), ("no", "No"), ("na", "Nothing Was Broken")],
        string="Fixed at This Visit",
        copy=False,
        tracking=True,
        groups="base.group_user",
    )
    not_fixed_reason = fields.Char(
        string="Why Not Fixed", copy=False, groups="base.group_user"
    )
    is_frozen = fields.Boolean(
        compute="_compute_is_frozen",
        groups="base.group_user",
        help="Signed or over: what was done does not change any more.",
    )

    @api.depends("check_ids.is_answered", "check_ids.is_out_of_limits")
    @api.depends_context("lang")
    def _compute_check_label(self):
        for visit in self:
            checks = visit.check_ids
            visit.check_label = False
            if not checks:
                continue
            wrong = len(checks.filtered("is_out_of_limits"))
            visit.check_label = self.env._(
                "%(done)s of %(all)s",
                done=len(checks.filtered("is_answered")),
                all=len(checks),
            )
            if wrong:
                visit.check_label = self.env._(
                    "%(label)s, %(wrong)s outside their limits",
                    label=visit.check_label,
                    wrong=wrong,
                )

    @api.depends("time_ids.hours", "time_ids.kind")
    def _compute_hours(self):
        for visit in self:
            work = visit.time_ids.filtered(lambda t: t.kind == "work")
            visit.hours_work = sum(work.mapped("hours"))
            visit.hours_travel = sum((visit.time_ids - work).mapped("hours"))

    @api.depends("state", "date_signed")
    def _compute_is_frozen(self):
        for visit in self:
            visit.is_frozen = visit._is_over() or bool(visit.date_signed)

    def _check_not_frozen(self):
        """Refuse to change work that was signed, or that is over."""
        for visit in self:
            if visit._is_over():
                raise UserError(
                    self.env._(
                        "%s is over: its work does not change any more. A manager can "
                        "open it again.",
                        visit.display_name,
                    )
                )
            if visit.date_signed:
                raise UserError(
                    self.env._(
                        "%s is signed: what was signed does not change. A manager can "
                        "open it for changes; then it is signed again.",
                        visit.display_name,
                    )
                )

    def write(self, vals):
        if not self.env.su and WORK & vals.keys():
            self._check_not_frozen()
        return super().write(vals)

    # --- The checklist ---

    def _set_in_progress(self):
        result = super()._set_in_progress()
        self._make_checks()
        return result

    def _make_checks(self):
        """Make the checks of visits from their checklists, each once.

        Safe to repeat: a unit that is added later gets its own.
        """
        # sudo: what is to be checked follows from the plan, whoever begins the visit.
        visits = self.sudo()
        Check = self.env["aftersales.visit.check"].sudo()
        known = {
            (check.visit_id, check.line_id, check.item_id) for check in visits.check_ids
        }
        vals_list = []
        for visit in visits:
            for line, checklist in visit._get_checklists():
                vals_list += [
                    visit._prepare_check_vals(line, item)
                    for item in checklist.item_ids
                    if (visit, line, item) not in known
                ]
        # In the language without translations: the words of all others come after.
        checks = Check.with_context(lang=None).create(vals_list)
        checks._copy_words()
        return checks

    def _get_checklists(self):
        """Return ``(unit line, checklist)``; without a line for the visit as such."""
        self.ensure_one()
        pairs = [
            (line, line.service_id.checklist_id or self.checklist_id)
            for line in self.line_ids
        ]
        if not pairs and self.checklist_id:
            pairs = [(self.line_ids, self.checklist_id)]
        return [(line, checklist) for line, checklist in pairs if checklist]

    def _prepare_check_vals(self, line, item):
        """Return the values of a check: what its item says at this moment."""
        self.ensure_one()
        vals = {name: item[name] for name in SNAPSHOT}
        return {
            **vals,
            "visit_id": self.id,
            "line_id": line.id,
            "item_id": item.id,
            "name": item.with_context(lang=None).name,
        }

    # --- Before and after the end ---

    def _get_finish_error(self):
        return super()._get_finish_error() or self._get_work_error()

    def _get_work_error(self):
        """Return what of the work is missing and must not be, or False."""
        self.ensure_one()
        # sudo: the checklist, whoever finishes.
        checks = self.sudo()._make_checks() | self.sudo().check_ids
        errors = [error for check in checks if (error := check._get_error())]
        if errors:
            shown = "\n".join(f"– {error}" for error in errors[:10])
            return self.env._("Some of the checklist is missing:\n%s", shown)
        if self.is_fixed == "no" and not (self.not_fixed_reason or "").strip():
            return self.env._("Say why it could not be fixed.")
        return False

    def _after_done(self):
        self._stop_clocks()
        return super()._after_done()

    def _after_not_done(self):
        self._stop_clocks()
        return super()._after_not_done()

    def _stop_clocks(self):
        """Stop the time of all who take part."""
        now = fields.Datetime.now()
        # sudo: whoever finishes stops the clocks of the others too.
        for time in self.sudo().time_ids.filtered(lambda t: not t.date_end):
            time.date_end = min(max(now, time.date_start), time.date_start + LONGEST)

    def _get_claim_day(self):
        """Return the day whose warranties count: when the defect was reported."""
        self.ensure_one()
        # sudo: only the day on which the customer reported it.
        case = self.sudo().case_id
        if case:
            return self.company_id._aftersales_day(case.date_reported)
        if self.date_done:
            return self.company_id._aftersales_day(self.date_done)
        return self.company_id._aftersales_today()

    # --- Readings ---

    def _add_reading(self, line, value, unit=None, reason=False, is_replacement=False):
        """Note what the counter of a unit shows on this visit.

        :param line: ``aftersales.visit.line`` of the unit
        :param float value: what stands on the counter
        :param str unit: ``hour``, ``km`` or ``cycle``; what the unit counts by default
        :param str reason: why it does not fit the readings before
        :param bool is_replacement: a new counter was put in
        :return: the ``aftersales.reading``
        """
        self.ensure_one()
        self._check_not_frozen()
        if not line.asset_id or line.visit_id != self:
            raise UserError(self.env._("Choose a unit that is on this visit."))
        Reading = self.env["aftersales.reading"]
        vals = {
            "asset_id": line.asset_id.id,
            "visit_id": self.id,
            "value": value,
            "unit": unit or line.asset_id.usage_unit or "hour",
            "reason": reason,
            "is_replacement": is_replacement,
            "source": "visit",
            "date": self.company_id._aftersales_today(),
        }
        same = Reading.search(
            [
                (name, "=", vals[name])
                for name in ("asset_id", "unit", "date", "value", "is_replacement")
            ],
            limit=1,
        )
        return same or Reading.create(vals)

    # --- What comes next ---

    def _set_findings(self, text):
        """Take findings in that were typed as plain text, line by line."""
        self.ensure_one()
        lines = [escape(line) for line in (text or "").splitlines()]
        self.findings = Markup("<p>%s</p>") % Markup("<br>").join(lines) if text else ""

    def _get_findings(self):
        """Return the findings as plain text: what was typed so comes back so."""
        self.ensure_one()
        if is_html_empty(self.findings):
            return ""
        parts = []
        for event, node in etree.iterwalk(
            html.fromstring(f"<div>{self.findings}</div>"), events=("start", "end")
        ):
            if event == "end":
                parts.append("\n" if node.tag in BLOCKS else "")
                parts.append(node.tail or "")
            else:
                parts.append("\n" if node.tag == "br" else "")
                parts.append(node.text or "")
        return "".join(parts).strip()

    def _has_findings(self):
        self.ensure_one()
        return not is_html_empty(self.findings)
