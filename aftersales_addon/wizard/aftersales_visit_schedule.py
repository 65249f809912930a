from odoo import api, fields, models
from odoo.exceptions import UserError

# So many technicians are named, the best first.
MAX_NAMED = 5


class AftersalesVisitSchedule(models.TransientModel):
    """Make or move the appointment of a visit: when, and who comes."""

    _name = "aftersales.visit.schedule"
    _description = "Appointment of a Visit"

    visit_ids = fields.Many2many(
        "aftersales.visit", string="Visits", required=True, readonly=True
    )
    visit_id = fields.Many2one(
        "aftersales.visit", string="Which Visit", compute="_compute_visit_id"
    )
    company_id = fields.Many2one(related="visit_id.company_id")
    user_id = fields.Many2one(
        "res.users",
        string="Technician",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    date_start = fields.Datetime(
        string="From",
        required=True,
        compute="_compute_date_start",
        store=True,
        readonly=False,
        precompute=True,
    )
    duration = fields.Float(
        compute="_compute_duration",
        store=True,
        readonly=False,
        precompute=True,
        help="In hours.",
    )
    proposals = fields.Text(
        string="Who Could Come",
        compute="_compute_proposals",
        help="The best first.",
    )
    warning = fields.Text(compute="_compute_warning")

    @api.depends("visit_ids")
    def _compute_visit_id(self):
        for wizard in self:
            wizard.visit_id = wizard.visit_ids._origin[:1]

    @api.depends("visit_ids")
    def _compute_user_id(self):
        for wizard in self:
            visit = wizard.visit_ids._origin[:1]
            best = visit and not visit.user_id and visit._propose_technicians()
            wizard.user_id = best[0].user if best else visit.user_id

    @api.depends("visit_ids")
    def _compute_duration(self):
        for wizard in self:
            visit = wizard.visit_ids._origin[:1]
            wizard.duration = visit._get_length() if visit else 1.0

    @api.depends("visit_ids", "user_id")
    def _compute_date_start(self):
        for wizard in self:
            visit = wizard.visit_ids._origin[:1]
            # A time that somebody chose stays when another technician is chosen.
            wizard.date_start = wizard.date_start or (
                visit and visit._get_default_start(wizard.user_id)
            )

    @api.depends("visit_ids", "date_start", "duration")
    def _compute_proposals(self):
        for wizard in self:
            visit = wizard._get_arranged()
            proposals = visit._propose_technicians() if visit else []
            wizard.proposals = "\n".join(
                f"{proposal.user.name}: {proposal._explain(self.env)}"
                for proposal in proposals[:MAX_NAMED]
            )

    @api.depends("visit_ids", "date_start", "duration", "user_id")
    def _compute_warning(self):
        for wizard in self:
            visit = wizard._get_arranged()
            # Asked for, not read: another time is tried out with the same visit.
            wizard.warning = visit._explain_overlaps().get(visit)
            missing = visit.skill_ids - visit.skill_ids.filtered(
                lambda skill, w=wizard: w.user_id in skill.user_ids
            )
            if wizard.user_id and missing:
                text = self.env._(
                    "%(user)s lacks: %(skills)s.",
                    user=wizard.user_id.name,
                    skills=", ".join(missing.mapped("name")),
                )
                wizard.warning = "\n".join(filter(None, [wizard.warning, text]))

    def _get_arranged(self):
        """Return the visit as it would be with this appointment."""
        self.ensure_one()
        visit = self.visit_ids._origin[:1]
        if not visit or not self.date_start or self.duration <= 0:
            return visit
        return visit.new(
            {
                "user_id": self.user_id.id,
                "date_start": self.date_start,
                "date_end": visit._get_end(self.date_start, self.duration),
                "state": "scheduled",
            },
            origin=visit,
        )

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
