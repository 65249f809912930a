from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.periods import last_covered_day


class AftersalesWarrantyPolicyVersion(models.Model):
    """A policy as it was on the day when units were sold under it.

    Thousands of units share one version; it is written once and never changes, so
    that a change of the policy changes nothing that was sold.
    """

    _name = "aftersales.warranty.policy.version"
    _description = "Warranty Policy Version"
    _inherit = ["aftersales.law.terms.mixin"]
    _order = "policy_id, number desc"

    policy_id = fields.Many2one(
        "aftersales.warranty.policy", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="policy_id.company_id")
    number = fields.Integer(string="Version", required=True, readonly=True)
    fingerprint = fields.Char(required=True, readonly=True)
    name = fields.Char(required=True, translate=True, readonly=True)
    kind = fields.Selection(
        selection=lambda self: (
            self.env["aftersales.warranty.policy"]
            ._fields["kind"]
            ._description_selection(self.env)
        ),
        required=True,
        readonly=True,
    )
    duration = fields.Integer(required=True, readonly=True)
    duration_unit = fields.Char(required=True, readonly=True)
    start_event = fields.Char(required=True, readonly=True)
    lines = fields.Json(string="Coverage", readonly=True)
    options = fields.Json(string="Conditions", readonly=True)
    terms = fields.Html(translate=True, readonly=True)
    duration_label = fields.Char(
        string="Duration in Words", compute="_compute_duration_label"
    )
    coverage_summary = fields.Char(compute="_compute_coverage_summary", string="Covers")

    _fingerprint_unique = models.Constraint(
        "UNIQUE (policy_id, fingerprint)", "This version of the policy exists already."
    )

    @api.depends("name", "number")
    def _compute_display_name(self):
        for version in self:
            # Most policies never change: a number would only raise questions.
            version.display_name = (
                version.name
                if version.number == 1
                else self.env._(
                    "%(name)s, version %(number)s",
                    name=version.name,
                    number=version.number,
                )
            )

    @api.depends("duration", "duration_unit")
    @api.depends_context("lang")
    def _compute_duration_label(self):
        Policy = self.env["aftersales.warranty.policy"]
        for version in self:
            version.duration_label = Policy._format_duration(
                version.duration, version.duration_unit
            )

    @api.depends("lines")
    @api.depends_context("lang")
    def _compute_coverage_summary(self):
        Warranty = self.env["aftersales.warranty"]
        for version in self:
            version.coverage_summary = Warranty._format_coverage(version.lines)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self.env["aftersales.warranty"].search_count(
            [("version_id", "in", self.ids)], limit=1
        )
        if used:
            raise UserError(
                self.env._("Units were sold under this version; it must stay.")
            )

    def _get_option(self, name):
        """Return what was promised under a name of the policy's ``_prepare_options``.

        :return: the value as it was on the day of the sale; None when the policy
            knew no such condition then
        """
        self.ensure_one()
        return (self.options or {}).get(name)

    def _get_law_data(self):
        return self._get_option("law") or {}

    def _get_repair_prolongation(self):
        unit = self._get_option("repair_prolongation_unit") or "month"
        return self._get_option("repair_prolongation") or 0, unit

    def _get_last_day(self, event_day):
        """Return the last covered day of the version for an event on a day."""
        self.ensure_one()
        return last_covered_day(event_day, self.duration, self.duration_unit)
