from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesVisitSchedule(models.TransientModel):
    """Make or move the appointment of a visit: when, and who comes."""

    _name = "aftersales.visit.schedule"
    _description = "Appointment of a Visit"

    visit_ids = fields.Many2many(
        "aftersales.visit", string="Visits", required=True, readonly=True
    )
    visit_id = fields.Many2one("aftersales.visit", compute="_compute_visit_id")
    company_id = fields.Many2one(related="visit_id.company_id")
    date_start = fields.Datetime(
        string="From",
        required=True,
        compute="_compute_date_start",
        store=True,
        readonly=False,
        precompute=True,
    )
    duration = fields.Float(
        compute="_compute_date_start",
        store=True,
        readonly=False,
        precompute=True,
        help="In hours.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Technician",
        compute="_compute_date_start",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )

    @api.depends("visit_ids")
    def _compute_visit_id(self):
        for wizard in self:
            wizard.visit_id = wizard.visit_ids._origin[:1]

    @api.depends("visit_ids")
    def _compute_date_start(self):
        for wizard in self:
            visit = wizard.visit_ids._origin[:1]
            wizard.date_start = visit and visit._get_default_start()
            wizard.duration = visit._get_length() if visit else 1.0
            wizard.user_id = visit.user_id

    def action_schedule(self):
        """Make the appointment."""
        self.ensure_one()
        visit = self.visit_ids[:1]
        visit._check_state(("planned", "scheduled"), visit._explain_schedule())
        if self.duration <= 0:
            raise UserError(self.env._("Say how long the visit takes."))
        if self.user_id != visit.user_id:
            visit.user_id = self.user_id
        end = visit._get_end(self.date_start, self.duration)
        visit._set_scheduled(self.date_start, end)
        return {"type": "ir.actions.act_window_close"}
