from odoo import api, fields, models

from .aftersales_service_mixin import VISIT_KINDS

VISIT_STATES = [
    ("planned", "Planned"),
    ("scheduled", "Scheduled"),
    ("on_way", "On the Way"),
    ("in_progress", "In Progress"),
    ("done", "Done"),
    ("not_done", "Not Done"),
    ("cancelled", "Cancelled"),
]
OVER = ("done", "not_done", "cancelled")
# Written by the steps of a visit, never by hand.
FACTS = {
    "number",
    "state",
    "date_done",
    "date_scheduled",
    "date_set_off",
    "date_begun",
    "reason_id",
    "reason_note",
    "instead_of_id",
    "access_token",
    "agreement",
    "agreed_amount",
    "agreed_by",
    "date_agreed",
}


class AftersalesVisit(models.Model):
    """A piece of work at the customer's or in the workshop, planned or done."""

    _name = "aftersales.visit"
    _description = "Service Visit"
    _inherit = [
        "aftersales.visit.planning.mixin",
        "aftersales.visit.mail.mixin",
        "aftersales.visit.tour.mixin",
        "aftersales.visit.office.mixin",
        "aftersales.visit.slot.mixin",
        "aftersales.visit.assign.mixin",
        "aftersales.visit.roster.mixin",
        "aftersales.visit.screen.mixin",
        "aftersales.visit.save.mixin",
        "aftersales.visit.report.mixin",
        "aftersales.visit.follow.up.mixin",
        "aftersales.visit.sign.mixin",
        "aftersales.visit.work.mixin",
        "aftersales.visit.part.mixin",
        "aftersales.visit.charge.mixin",
        "aftersales.visit.service.charge.mixin",
        "aftersales.visit.case.mixin",
        "aftersales.visit.portal.mixin",
        "aftersales.visit.agreement.mixin",
        "aftersales.visit.change.mixin",
        "aftersales.visit.rule.mixin",
        "aftersales.visit.result.mixin",
        "aftersales.visit.request.mixin",
        "aftersales.followed.mixin",
        # What extends the steps stands before them.
        "aftersales.visit.life.mixin",
        "aftersales.facts.mixin",
        "aftersales.state.mixin",
        "aftersales.link.mixin",
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_planned, date_start, id"
    _check_company_auto = True
    _rec_names_search = ["number", "partner_id"]

    number = fields.Char(required=True, readonly=True, copy=False, default="/")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    kind = fields.Selection(VISIT_KINDS, default="maintenance", required=True)
    state = fields.Selection(
        VISIT_STATES,
        default="planned",
        required=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, tracking=True
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id",
        string="Customer Company",
        store=True,
        index=True,
        precompute=True,
    )
    partner_shipping_id = fields.Many2one(
        "res.partner",
        string="Where",
        index="btree_not_null",
        help="The address. Empty: at the customer's.",
    )
    contract_id = fields.Many2one(
        "aftersales.contract",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    case_id = fields.Many2one(
        "aftersales.case",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    team_id = fields.Many2one(
        "aftersales.team", index="btree_not_null", check_company=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Technician",
        index="btree_not_null",
        tracking=True,
        check_company=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    helper_ids = fields.Many2many(
        "res.users",
        "aftersales_visit_helper_rel",
        "visit_id",
        "user_id",
        string="Further Technicians",
        check_company=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    date_planned = fields.Date(
        string="Planned For",
        required=True,
        tracking=True,
        default=lambda self: self.env.company._aftersales_today(),
        help="The day. It is the same day wherever you look from.",
    )
    date_start = fields.Datetime(
        string="From", tracking=True, copy=False, help="When the technician comes."
    )
    date_end = fields.Datetime(string="To", copy=False)
    date_done = fields.Datetime(string="Done On", readonly=True, copy=False)
    duration = fields.Float(string="Expected Duration", default=1.0, help="In hours.")
    description = fields.Html(string="What Is to Be Done")
    note = fields.Html(string="Internal Notes", groups="base.group_user")
    line_ids = fields.One2many(
        "aftersales.visit.line", "visit_id", string="Units", copy=True
    )
    color = fields.Integer()

    _number_unique = models.Constraint(
        "UNIQUE (company_id, number)", "This number of a visit exists already."
    )
    _dates_ordered = models.Constraint(
        "CHECK (date_end IS NULL OR date_start IS NULL OR date_end > date_start)",
        "A visit ends after it starts.",
    )
    _scheduled_has_times = models.Constraint(
        "CHECK (state NOT IN ('scheduled', 'on_way') "
        "OR (date_start IS NOT NULL AND date_end IS NOT NULL))",
        "A visit with an appointment has a time: type in from when to when.",
    )
    _duration_not_negative = models.Constraint(
        "CHECK (duration >= 0)", "The duration cannot be negative."
    )
    _open_index = models.Index(
        "(company_id, date_planned) "
        "WHERE state NOT IN ('done', 'not_done', 'cancelled')"
    )
    _order_index = models.Index("(date_planned, date_start, id)")

    @api.depends("number", "partner_id")
    def _compute_display_name(self):
        for visit in self:
            # sudo: who may see the visit may see at whose place it is.
            name = visit.sudo().partner_id.display_name
            visit.display_name = f"{visit.number} {name or ''}".strip()

    def _compute_access_url(self):
        for visit in self:
            visit.access_url = f"/my/visits/{visit.id}"

    @api.model_create_multi
    def create(self, vals_list):
        self._check_new_facts(vals_list)
        self.env["ir.sequence"]._aftersales_number(self._name, vals_list)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and set(vals) == {"state"}:
            # A card that was moved in the kanban.
            self._move_card(vals["state"])
            return True
        self._check_facts(vals)
        return super().write(vals)

    def _get_facts(self):
        return FACTS

    def _explain_facts(self, labels):
        return self.env._(
            "%s cannot be typed in: it follows from the steps of the visit.", labels
        )

    def _is_over(self):
        """Tell whether nothing more is to happen."""
        self.ensure_one()
        return self.state in OVER
