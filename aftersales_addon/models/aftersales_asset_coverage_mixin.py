from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..const import EXPIRING_DAYS
from ..tools.periods import add_period


class AftersalesAssetCoverageMixin(models.AbstractModel):
    """How the coverage of a unit stands today, in words and for searches."""

    _name = "aftersales.asset.coverage.mixin"
    _description = "Coverage of an Installed Product"

    coverage_state = fields.Selection(
        [
            ("waiting", "Not Started"),
            ("covered", "Covered"),
            ("expiring", "Expiring Soon"),
            ("expired", "Expired"),
            ("none", "No Warranty"),
            ("closed", "Closed"),
        ],
        compute="_compute_coverage",
        search="_search_coverage_state",
    )
    coverage_label = fields.Char(compute="_compute_coverage", string="Warranty")
    coverage_days_left = fields.Integer(
        compute="_compute_coverage",
        search="_search_coverage_days_left",
        string="Days Left",
        help="Days until the last covered day; negative after it.",
    )

    @api.depends(
        "warranty_start",
        "warranty_end",
        "warranty_waiting",
        "state",
        "quantity_delivered",
    )
    @api.depends_context("lang")
    def _compute_coverage(self):
        days = self.company_id._aftersales_today_by_company()
        for asset in self:
            today = days.get(asset.company_id) or fields.Date.today()
            end = asset.warranty_end
            asset.coverage_days_left = (end - today).days if end else 0
            if asset.state != "in_use":
                asset.coverage_state = "closed"
                asset.coverage_label = asset._get_state_label()
                continue
            if asset._is_coverage_ahead(today):
                asset.coverage_state = "waiting"
                asset.coverage_label = asset._get_waiting_label()
                continue
            asset.coverage_state = self._get_coverage_state(end, today)
            asset.coverage_label = self._get_coverage_label(end, today)

    def _get_state_label(self):
        """Return where the unit is, in a word or two."""
        self.ensure_one()
        if self.state == "returned" and not self.quantity_delivered:
            # The delivery was corrected to nothing: it never went out.
            return self.env._("Not Delivered")
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _is_coverage_ahead(self, today):
        """Tell whether the first day of coverage is still to come."""
        self.ensure_one()
        if not self.warranty_end:
            return self.warranty_waiting
        return self.warranty_start > today

    def _get_waiting_label(self):
        self.ensure_one()
        if not self.warranty_end:
            return self.env._("Warranty not started")
        return self.env._("Covered from %s", self._format_day(self.warranty_start))

    def _search_coverage_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = set(value)
        companies = self.env["res.company"]
        started = companies._aftersales_by_day_domain(
            lambda today: Domain("warranty_start", "<=", today)
        )
        in_use = started & companies._aftersales_coverage_domain(
            "warranty_end", wanted - {"none", "closed", "waiting"}
        )
        never = Domain("warranty_end", "=", False)
        if "none" in wanted:
            in_use |= never & Domain("warranty_waiting", "=", False)
        if "waiting" in wanted:
            in_use |= never & Domain("warranty_waiting", "=", True)
            in_use |= companies._aftersales_by_day_domain(
                lambda today: Domain("warranty_start", ">", today)
            )
        domain = Domain("state", "=", "in_use") & in_use
        if "closed" in wanted:
            domain |= Domain("state", "!=", "in_use")
        return domain

    def _search_coverage_days_left(self, operator, value):
        if operator not in ("<", "<=", ">", ">="):
            return NotImplemented
        domain = self.env["res.company"]._aftersales_by_day_domain(
            lambda today: Domain(
                "warranty_end", operator, fields.Date.add(today, days=int(value))
            )
        )
        return Domain("state", "=", "in_use") & domain

    @api.model
    def _get_coverage_state(self, end, today):
        """Return the state of coverage that ends on a day.

        :param date end: the last covered day, or False
        :param date today: today where the company works
        """
        if not end:
            return "none"
        if end < today:
            return "expired"
        if end <= add_period(today, EXPIRING_DAYS, "day"):
            return "expiring"
        return "covered"

    @api.model
    def _get_coverage_label(self, end, today):
        """Return coverage in words that anyone understands."""
        if not end:
            return self.env._("No warranty")
        days = (end - today).days
        if days < -30:
            return self.env._("Expired on %s", self._format_day(end))
        if days < -1:
            return self.env._("Expired %s days ago", -days)
        if days == -1:
            return self.env._("Expired yesterday")
        if days == 0:
            return self.env._("Covered until today")
        return self.env._("Covered until %s", self._format_day(end))

    @api.model
    def _format_day(self, day):
        # The order of day and month follows the language, not the user's settings:
        # these words are read by customers too.
        return format_date(self.env, day, date_format=self.env._("d MMM y"))
