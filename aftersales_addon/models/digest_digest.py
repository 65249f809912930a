from odoo import fields, models
from odoo.exceptions import AccessError


class DigestDigest(models.Model):
    _inherit = "digest.digest"

    kpi_aftersales_cases = fields.Boolean("Service Cases Reported")
    kpi_aftersales_cases_value = fields.Integer(
        compute="_compute_kpi_aftersales_cases_value"
    )
    kpi_aftersales_solved = fields.Boolean("Service Cases Solved")
    kpi_aftersales_solved_value = fields.Integer(
        compute="_compute_kpi_aftersales_solved_value"
    )
    kpi_aftersales_returns = fields.Boolean("Returns Requested")
    kpi_aftersales_returns_value = fields.Integer(
        compute="_compute_kpi_aftersales_returns_value"
    )
    kpi_aftersales_visits = fields.Boolean("Service Visits Done")
    kpi_aftersales_visits_value = fields.Integer(
        compute="_compute_kpi_aftersales_visits_value"
    )

    def _aftersales_check_digest(self):
        """Leave the figures out for those who do not see all documents."""
        if not self.env.user.has_group("aftersales_addon.aftersales_group_user_all"):
            raise AccessError(
                self.env._("These figures are for those who see all documents.")
            )

    def _compute_kpi_aftersales_cases_value(self):
        self._aftersales_check_digest()
        self._calculate_company_based_kpi(
            "aftersales.case",
            "kpi_aftersales_cases_value",
            date_field="date_reported",
            additional_domain=[
                ("is_spam", "=", False),
                ("duplicate_of_id", "=", False),
            ],
        )

    def _compute_kpi_aftersales_solved_value(self):
        self._aftersales_check_digest()
        self._calculate_company_based_kpi(
            "aftersales.case",
            "kpi_aftersales_solved_value",
            date_field="date_solved",
            additional_domain=[
                ("state", "in", ("solved", "closed")),
                ("is_spam", "=", False),
                ("duplicate_of_id", "=", False),
            ],
        )

    def _compute_kpi_aftersales_returns_value(self):
        self._aftersales_check_digest()
        self._calculate_company_based_kpi(
            "aftersales.rma",
            "kpi_aftersales_returns_value",
            date_field="date_requested",
        )

    def _compute_kpi_aftersales_visits_value(self):
        self._aftersales_check_digest()
        self._calculate_company_based_kpi(
            "aftersales.visit",
            "kpi_aftersales_visits_value",
            date_field="date_done",
            additional_domain=[("state", "=", "done")],
        )

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("aftersales_addon.aftersales_menu_root").id
        for name, action in (
            ("cases", "aftersales_case_action"),
            ("solved", "aftersales_case_report_action"),
            ("returns", "aftersales_rma_action"),
            ("visits", "aftersales_visit_action"),
        ):
            actions[f"kpi_aftersales_{name}"] = (
                f"aftersales_addon.{action}?menu_id={menu}"
            )
        return actions
