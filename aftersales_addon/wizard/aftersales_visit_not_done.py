from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.aftersales_visit_life_mixin import OPEN


class AftersalesVisitNotDone(models.TransientModel):
    """Ask why a visit is not done, and whether somebody comes again."""

    _name = "aftersales.visit.not.done"
    _description = "Visit That Is Not Done"

    visit_ids = fields.Many2many(
        "aftersales.visit", string="Visits", required=True, readonly=True
    )
    reason_id = fields.Many2one("aftersales.visit.reason", required=True)
    note = fields.Text(string="What Happened")
    plan_again = fields.Boolean(
        string="Come Again",
        compute="_compute_plan_again",
        store=True,
        readonly=False,
        precompute=True,
        help="Another visit with the same units is planned.",
    )
    date_again = fields.Date(
        string="On",
        compute="_compute_date_again",
        store=True,
        readonly=False,
        precompute=True,
    )

    @api.depends("reason_id")
    def _compute_plan_again(self):
        for wizard in self:
            wizard.plan_again = wizard.reason_id.plan_again

    @api.depends("visit_ids")
    def _compute_date_again(self):
        for wizard in self:
            visit = wizard.visit_ids._origin[:1]
            wizard.date_again = visit and visit._get_day_again()

    def action_confirm(self):
        """Put it down, and plan another visit if that is wanted."""
        self.ensure_one()
        visits = self.visit_ids
        visits._check_state(OPEN)
        if self.plan_again and not self.date_again:
            raise UserError(self.env._("Say for when the next visit is planned."))
        visits._set_not_done(self.reason_id, self.note)
        if self.plan_again:
            # sudo: a technician, who makes no visits else, may plan this one again.
            visits.sudo()._plan_again(self.date_again)
        return {"type": "ir.actions.act_window_close"}
