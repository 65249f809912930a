from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# What must be shown before a covered unit is refused for it.
NEEDS_CAUSE = ("unauthorised", "misuse", "damage", "other")
# What the assessment itself says, so it cannot be a reason against it.
SAYS_ASSESSMENT = ("expired", "not_covered")


class AftersalesRefusal(models.Model):
    """Why a claim under warranty is refused, with what shows it.

    15 U.S.C. 2302(c) and 16 CFR 700.10(c): parts or service of somebody else do not
    end a warranty. Only what they caused may be refused, and the warrantor must show
    that they did. So a refusal on that ground does not exist without its cause.
    """

    _name = "aftersales.refusal"
    _description = "Refusal of a Claim under Warranty"
    _order = "create_date desc, id desc"

    assessment_id = fields.Many2one(
        "aftersales.assessment", required=True, index=True, ondelete="cascade"
    )
    asset_id = fields.Many2one(related="assessment_id.asset_id", store=True, index=True)
    company_id = fields.Many2one(related="assessment_id.company_id", store=True)
    product_id = fields.Many2one(related="asset_id.product_id", store=True)
    is_covered = fields.Boolean(compute="_compute_is_covered")
    ground = fields.Selection(
        [
            ("unauthorised", "Part or service of somebody else"),
            ("misuse", "Use against the instructions"),
            ("damage", "Damage from outside"),
            ("expired", "Outside the term"),
            ("not_covered", "Item is not covered"),
            ("no_defect", "No defect found"),
            ("other", "Other"),
        ],
        required=True,
    )
    cause = fields.Text(
        help="What was found, and how it led to this very defect. The customer may "
        "read it."
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        string="Evidence",
        help="Photos, or the report of a technician.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Refused By",
        default=lambda self: self.env.user,
        readonly=True,
    )
    active = fields.Boolean(
        default=True,
        readonly=True,
        help="A refusal that was withdrawn is kept, archived.",
    )

    _unauthorised_needs_cause = models.Constraint(
        "CHECK (ground != 'unauthorised' OR TRIM(cause) != '' AND cause IS NOT NULL)",
        "Parts or service of somebody else are no reason by themselves: say what they "
        "caused.",
    )

    @api.depends("assessment_id.state")
    def _compute_is_covered(self):
        for refusal in self:
            state = refusal.assessment_id.state
            refusal.is_covered = state in ("full", "partial")

    @api.depends("ground")
    @api.depends_context("lang")
    def _compute_display_name(self):
        grounds = dict(self._fields["ground"]._description_selection(self.env))
        for refusal in self:
            refusal.display_name = grounds.get(refusal.ground)

    @api.constrains("ground", "cause")
    def _check_cause(self):
        for refusal in self:
            cause = (refusal.cause or "").strip()
            if refusal.is_covered and refusal.ground in NEEDS_CAUSE and not cause:
                raise ValidationError(
                    self.env._(
                        "The unit is covered. To refuse the claim for this reason, "
                        "say what was found, and how it led to this defect."
                    )
                )
            if refusal.ground in SAYS_ASSESSMENT:
                refusal._check_says_assessment()

    def _check_says_assessment(self):
        full = self.assessment_id.state == "full"
        if full or (self.ground == "expired" and self.is_covered):
            raise ValidationError(
                self.env._(
                    "By the warranties the claim is covered: “%s” is no reason. Choose "
                    "what was found.",
                    self.display_name,
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            cause = (vals.get("cause") or "").strip()
            if vals.get("ground") == "unauthorised" and not cause:
                raise ValidationError(
                    self.env._(
                        "A part or a service of somebody else does not end the "
                        "warranty. It may be refused only for what that caused: say "
                        "what was found, and how it led to this defect. If it did "
                        "not, the claim is covered."
                    )
                )
        refusals = super().create(vals_list)
        for refusal in refusals:
            refusal.assessment_id.check_access("read")
            # sudo: files that were just uploaded belong to the refusal, so that
            # others who may read it can open them.
            own = refusal.sudo().attachment_ids.filtered(
                lambda file: not file.res_id and file.create_uid == self.env.user
            )
            own.write({"res_model": self._name, "res_id": refusal.id})
        refusals.assessment_id._follow_refusal()
        for refusal in refusals:
            refusal._log(self.env._("Refused: %(ground)s. %(cause)s"))
        return refusals

    def _log(self, text):
        # sudo: who may refuse a claim may not write on the answer itself.
        self.assessment_id.sudo()._message_log(
            body=text % {"ground": self.display_name, "cause": self.cause or ""}
        )

    def action_refuse(self):
        """Close the dialog: the refusal holds as soon as it is saved."""
        return {"type": "ir.actions.act_window_close"}

    def action_withdraw(self):
        """Let the warranties pay again."""
        self.check_access("write")
        withdrawn = self.filtered("active")
        if not withdrawn:
            raise UserError(self.env._("This refusal was withdrawn already."))
        # sudo: a refusal is never changed otherwise.
        withdrawn.sudo().active = False
        withdrawn.assessment_id._follow_refusal()
        for refusal in withdrawn:
            refusal._log(self.env._("Refusal withdrawn: %(ground)s. %(cause)s"))

    def write(self, vals):
        if vals and not self.env.su:
            raise UserError(
                self.env._("A refusal stands as it was given. Withdraw it instead.")
            )
        return super().write(vals)
