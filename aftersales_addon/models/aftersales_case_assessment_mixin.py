from odoo import api, fields, models

# Concerns that a good answer settles.
ADVISED_KINDS = ("question", "installation", "training")
# What decides on the coverage.
BASIS = {"asset_id", "date_reported", "company_id"}


class AftersalesCaseAssessmentMixin(models.AbstractModel):
    """Who pays for what, and what to do next, without a click."""

    _name = "aftersales.case.assessment.mixin"
    _description = "Coverage of a Service Case"

    assessment_id = fields.Many2one(
        "aftersales.assessment",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
    )
    assessment_state = fields.Selection(
        related="assessment_id.state", string="By Warranty", groups="base.group_user"
    )
    coverage_answer = fields.Html(
        string="Who Pays What",
        compute="_compute_coverage_answer",
        sanitize=False,
        groups="base.group_user",
    )
    asset_timeline = fields.Html(
        string="What Happened to the Unit",
        compute="_compute_asset_timeline",
        sanitize=False,
        groups="base.group_user",
    )
    recommended_remedy = fields.Selection(
        [
            ("advice", "Advice"),
            ("repair", "Repair"),
            ("visit", "Visit"),
            ("return", "Return"),
        ],
        string="Best Next Step",
        compute="_compute_recommended_remedy",
        groups="base.group_user",
    )
    remedy_hint = fields.Char(
        string="Why",
        compute="_compute_recommended_remedy",
        groups="base.group_user",
    )

    @api.depends(
        "asset_id",
        "date_reported",
        "assessment_id.result",
        "assessment_id.line_ids.granted_share",
    )
    @api.depends_context("lang")
    def _compute_coverage_answer(self):
        for case in self:
            # sudo: whoever may see the case may see who pays.
            assessment = case.sudo().assessment_id
            if not case.asset_id:
                case.coverage_answer = False
            elif case._is_assessed():
                case.coverage_answer = assessment.explanation
            else:
                case.coverage_answer = case._preview_answer()

    @api.depends(
        "asset_id",
        "date_reported",
        "kind",
        "assessment_id.result",
        "assessment_id.is_refused",
        "assessment_id.line_ids.granted_share",
    )
    @api.depends_context("lang")
    def _compute_recommended_remedy(self):
        for case in self:
            case.recommended_remedy, case.remedy_hint = case._recommend()

    @api.depends("asset_id")
    @api.depends_context("lang")
    def _compute_asset_timeline(self):
        for case in self:
            case.asset_timeline = case.asset_id.timeline

    def write(self, vals):
        if not BASIS & vals.keys():
            return super().write(vals)
        before = {case: case._get_assessment_basis() for case in self}
        result = super().write(vals)
        # A case that is just being made is assessed when all is known about it.
        self.filtered(
            lambda c: c.state and before[c] != c._get_assessment_basis()
        )._assess()
        return result

    def _get_assessment_basis(self):
        self.ensure_one()
        return self.asset_id, self._get_reported_day()

    def _get_reported_day(self):
        """Return the day of the report where the company works."""
        self.ensure_one()
        company = self.company_id or self.env.company
        return company._aftersales_day(self.date_reported or fields.Datetime.now())

    def _is_assessed(self):
        """Tell whether the kept answer is the one to what the form shows."""
        self.ensure_one()
        # sudo: as in _compute_coverage_answer.
        assessment = self.sudo().assessment_id
        return (
            assessment
            and assessment.asset_id == self.asset_id._origin
            and assessment.date_reported == self._get_reported_day()
        )

    def _prepare_assessment_request(self):
        """Return the question to ask about the unit of a case."""
        self.ensure_one()
        return {
            "asset": self.asset_id._origin,
            "date": self._get_reported_day(),
            "vals": {"case_id": self._origin.id},
        }

    def _preview_answer(self):
        """Return what saving would keep, while the form is filled in."""
        self.ensure_one()
        Assessment = self.env["aftersales.assessment"]
        [answer] = Assessment._get_answers([self._prepare_assessment_request()])
        lines = Assessment.line_ids.browse()
        for vals in Assessment._prepare_line_vals(answer):
            lines |= lines.new(vals)
        return Assessment._render_answer(answer, lines._get_shown())

    def _assess(self):
        """Ask what covers the units of these cases, and keep the answers."""
        # sudo: whoever takes in a case need not have rights on what was answered.
        cases = self.sudo()
        dropped = cases.filtered(
            lambda c: c.assessment_id and c.assessment_id.asset_id != c.asset_id
        )
        dropped.assessment_id.write({"active": False})
        dropped.write({"assessment_id": False})
        known = cases.filtered("asset_id")
        again = known.filtered("assessment_id")
        fresh = known - again
        again.assessment_id._update(
            [case._prepare_assessment_request() for case in again]
        )
        made = cases.env["aftersales.assessment"]._make(
            [case._prepare_assessment_request() for case in fresh]
        )
        for case, assessment in zip(fresh, made, strict=True):
            case.assessment_id = assessment

    # --- What to do next ---

    def action_add_reading(self):
        """Open the dialog for what the counter of the unit shows."""
        self.ensure_one()
        return self.asset_id.action_add_reading()

    def _recommend(self):
        """Return the remedy to offer first, and why, in a line.

        :return: ``(code or False, text)``
        """
        self.ensure_one()
        if self.kind in ADVISED_KINDS:
            return "advice", self.env._("An answer may be all that is needed.")
        asset = self.asset_id._origin
        if not asset:
            return False, self.env._(
                "Choose the installed product to see what its warranty pays."
            )
        # sudo: whoever may see the case may see what is covered.
        assessment = self.sudo().assessment_id
        if self._is_assessed():
            answer = assessment.result or {}
            if assessment.is_refused:
                return "advice", self.env._(
                    "The claim was refused: tell the customer why."
                )
        else:
            request = self._prepare_assessment_request()
            [answer] = self.env["aftersales.assessment"]._get_answers([request])
        return self._recommend_by(asset, answer)

    def _recommend_by(self, asset, answer):
        """Return the remedy to offer first by what the warranties say."""
        if answer.get("questions"):
            return False, self.env._(
                "The warranty depends on how much it was used: type in a reading of "
                "the counter first."
            )
        returnable = self._explain_returnable(asset)
        if returnable and (self.kind == "complaint" or not answer.get("covered")):
            return "return", returnable
        if not answer.get("covered"):
            if self._is_assessed() and self.sudo().assessment_id.has_goodwill:
                return "repair", self.env._("Goodwill pays for the repair.")
            return "repair", self.env._(
                "%s: the customer pays for a repair.", asset.coverage_label
            )
        items = answer["items"]
        ends = [fields.Date.to_date(item["date_end"]) for item in items.values()]
        until = (
            self.env._("Covered until %s", asset._format_day(max(ends)))
            if all(ends)
            else self.env._("Covered")
        )
        state = self.env["aftersales.assessment"]._get_state(answer)
        if state == "full":
            return "repair", self.env._("%s: repair at no cost.", until)
        work = [items.get(name, {}).get("share", 0.0) for name in ("parts", "labour")]
        if min(work) >= 100 and not answer["quantity_uncovered"]:
            return "repair", self.env._("%s: parts and labour at no cost.", until)
        return "repair", self.env._(
            "%s: the warranty pays for a part of the repair.", until
        )

    def _explain_returnable(self, asset):
        """Return why a unit may be given back, in words; empty when it may not."""
        if asset.state != "in_use" or not asset.delivery_date:
            return ""
        # sudo: policies of returns and deliveries are not for every agent to read.
        Rma, Line = (
            self.env[name].sudo() for name in ("aftersales.rma", "aftersales.rma.line")
        )
        rma = Rma.new(
            {"partner_id": asset.partner_id.id, "company_id": asset.company_id.id}
        )
        line = Line.new(
            {
                "rma_id": rma.id,
                "product_id": asset.product_id.id,
                "asset_id": asset.id,
                "remedy": "refund",
            }
        )
        # Only a promise that ends counts: “at any time” says nothing about today.
        answer = line._get_eligibility(self._get_reported_day())
        return answer["reason"] if answer["eligible"] and answer["last_day"] else ""
