from odoo import api, fields, models
from odoo.exceptions import UserError

STEP = "aftersales_addon.mail_activity_type_case_step"
STEPS = "aftersales_addon.mail_activity_plan_case_steps"


class AftersalesCaseStepMixin(models.AbstractModel):
    """The steps of service: connect, discover, know, do, follow up, thank."""

    _name = "aftersales.case.step.mixin"
    _description = "Steps of Service in a Case"
    _inherit = ["aftersales.followed.mixin"]

    step_count = fields.Integer(
        string="Steps",
        compute="_compute_steps",
        groups="base.group_user",
    )
    step_done_count = fields.Integer(
        string="Steps Done",
        compute="_compute_steps",
        groups="base.group_user",
    )
    step_progress = fields.Integer(
        string="Progress",
        compute="_compute_steps",
        groups="base.group_user",
        help="How many of the steps of service are done, in percent.",
    )

    # Follow-up rules look for what was reported, solved or closed lately.
    _reported_index = models.Index("(date_reported)")
    _was_solved_index = models.Index("(date_solved) WHERE date_solved IS NOT NULL")
    _was_closed_index = models.Index("(date_closed) WHERE date_closed IS NOT NULL")

    @api.depends("activity_ids.active", "activity_ids.activity_type_id")
    def _compute_steps(self):
        counts = self._count_steps()
        for case in self:
            open_count = counts.get((case._origin.id, True), 0)
            done_count = counts.get((case._origin.id, False), 0)
            total = open_count + done_count
            case.step_count = total
            case.step_done_count = done_count
            case.step_progress = round(100 * done_count / total) if total else 0

    def _count_steps(self):
        """Return ``{(case id, is open): count}``; what is done is archived."""
        kind = self.env.ref(STEP, raise_if_not_found=False)
        if not kind or not self.ids:
            return {}
        # sudo: how far the steps are is for everybody who reads the case.
        activities = self.env["mail.activity"].sudo().with_context(active_test=False)
        rows = activities._read_group(
            [
                ("res_model", "=", "aftersales.case"),
                ("res_id", "in", self.ids),
                ("activity_type_id", "=", kind.id),
            ],
            ["res_id", "active"],
            ["__count"],
        )
        return {(res_id, active): count for res_id, active, count in rows}

    def action_start_steps(self):
        """Give the person responsible the steps of remarkable service."""
        self.check_access("write")
        plan = self.env.ref(STEPS, raise_if_not_found=False)
        if not plan or not plan.active:
            raise UserError(
                self.env._(
                    "The plan with the steps is gone. Start one with the button "
                    "“Activity”."
                )
            )
        for case in self.filtered(lambda c: not c.step_count):
            wizard = self.env["mail.activity.schedule"].create(
                {
                    "res_model": case._name,
                    "res_ids": str(case.ids),
                    "plan_id": plan.id,
                    "plan_on_demand_user_id": (case.user_id or self.env.user).id,
                    "plan_date": case.company_id._aftersales_today(),
                }
            )
            if wizard.has_error:
                raise UserError(wizard.error)
            wizard.action_schedule_plan()
        return True
