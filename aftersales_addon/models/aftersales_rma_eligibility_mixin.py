from odoo import api, fields, models


class AftersalesRmaEligibilityMixin(models.AbstractModel):
    """Whether goods may come back, which rule says so, and what else is possible."""

    _name = "aftersales.rma.eligibility.mixin"
    _description = "Eligibility of a Return Line"

    policy_id = fields.Many2one(
        "aftersales.return.policy",
        string="Return Policy",
        compute="_compute_policy_id",
        store=True,
        precompute=True,
        help="The policy that held when the return was asked for.",
    )
    is_eligible = fields.Boolean(
        string="By the Book", compute="_compute_eligibility", compute_sudo=True
    )
    eligibility = fields.Text(
        string="Which Rule Decides", compute="_compute_eligibility", compute_sudo=True
    )

    @api.depends("product_id")
    def _compute_policy_id(self):
        for company, lines in self.grouped("company_id").items():
            policies = lines.product_id._aftersales_resolve_return_policy(
                company or self.env.company
            )
            for line in lines:
                line.policy_id = policies.get(line.product_id)

    @api.depends("policy_id", "move_id", "asset_id", "rma_id.date_requested", "remedy")
    @api.depends_context("lang")
    def _compute_eligibility(self):
        for line in self:
            answer = line._get_eligibility()
            line.is_eligible = answer["eligible"]
            line.eligibility = answer["reason"]

    def _get_eligibility(self, day=None):
        """Tell whether the goods may come back, and which rule decides.

        :param date day: the day of the request; today where the company works when
            not given and not asked for yet
        :return: ``{"eligible", "reason", "last_day", "alternatives"}``; the
            alternatives are codes of what is still possible, ``["claim"]`` when the
            warranty covers the goods
        """
        self.ensure_one()
        company = self.company_id or self.env.company
        requested = self.rma_id.date_requested
        day = day or company._aftersales_day(requested or fields.Datetime.now())
        policy, delivered = self.policy_id, self._get_delivery_day()
        last_day = policy._get_last_day(delivered) if policy and delivered else None
        reason = self._find_hindrance(policy, delivered, day, last_day)
        alternatives = []
        if reason and self.asset_id and self.asset_id._assess(day)["covered"]:
            alternatives = ["claim"]
            reason = self.env._(
                "%s It is under warranty: a repair or a replacement is possible.",
                reason,
            )
        return {
            "eligible": not reason,
            "reason": reason or self._explain_eligible(policy, last_day),
            "last_day": last_day,
            "alternatives": alternatives,
        }

    def _get_delivery_day(self):
        """Return the day on which the goods were delivered, or None."""
        self.ensure_one()
        if self.asset_id.delivery_date:
            return self.asset_id.delivery_date
        move = self.move_id
        return move.company_id._aftersales_day(move.date) if move else None

    def _find_hindrance(self, policy, delivered, day, last_day):
        format_day = self.env["aftersales.asset"]._format_day
        if not policy:
            return self.env._("No return policy holds for these goods.")
        if policy.is_final_sale:
            return self.env._("%s: these goods are not taken back.", policy.name)
        if not delivered:
            return self.env._("No delivery of these goods by us is known.")
        if last_day and day > last_day:
            return self.env._(
                "%(policy)s: delivered on %(delivered)s, a return could be asked for "
                "until %(last)s.",
                policy=policy.name,
                delivered=format_day(delivered),
                last=format_day(last_day),
            )
        if self.remedy not in policy._get_allowed_remedies():
            remedies = dict(self._fields["remedy"]._description_selection(self.env))
            return self.env._(
                "%(policy)s: “%(remedy)s” is not offered for these goods.",
                policy=policy.name,
                remedy=remedies[self.remedy],
            )
        return ""

    def _explain_eligible(self, policy, last_day):
        if not last_day:
            return self.env._("%s: a return is possible at any time.", policy.name)
        return self.env._(
            "%(policy)s: a return can be asked for until %(last)s.",
            policy=policy.name,
            last=self.env["aftersales.asset"]._format_day(last_day),
        )
