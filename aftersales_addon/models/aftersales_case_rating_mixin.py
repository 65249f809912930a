from odoo import api, fields, models

# Of ratings from 1 to 5, these have a manager look at once.
BAD_RATING = 2


class AftersalesCaseRatingMixin(models.AbstractModel):
    """How satisfied customers were: asked once, and acted on at once."""

    _name = "aftersales.case.rating.mixin"
    _description = "Ratings of a Service Case"

    rating_state = fields.Selection(
        [("good", "Satisfied"), ("fair", "So So"), ("bad", "Not Satisfied")],
        string="Rating",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    date_rating_asked = fields.Datetime(
        string="Asked for a Rating On",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )

    def _end(self, old, new, now):
        result = super()._end(old, new, now)
        if new == "closed":
            self.filtered("team_id.ask_rating")._ask_rating()
            self.filtered("team_id.ask_nps")._ask_recommendation()
        return result

    def _ask_recommendation(self):
        """Ask the customers of closed cases whether they would recommend us."""
        for case in self:
            if case.partner_id and not (case.is_spam or case.duplicate_of_id):
                self.env["aftersales.nps"]._ask(case.partner_id, case.company_id, case)

    def action_ask_rating(self):
        """Ask customers how satisfied they are. Nobody is asked twice for a case."""
        self.check_access("write")
        # sudo: the request and its token belong to the case.
        self.sudo()._ask_rating()

    @api.model
    def _get_rating_template(self):
        """Return the e-mail that asks for a rating; None when somebody deleted it."""
        return self.env.ref("aftersales_addon.mail_template_data_case_rating", False)

    def _ask_rating(self):
        template = self._get_rating_template()
        asked = self.filtered(
            lambda c: (
                c.partner_id.email_normalized
                and not (c.is_spam or c.duplicate_of_id or c.date_rating_asked)
            )
        )
        if not template or not asked:
            return
        asked.write({"date_rating_asked": fields.Datetime.now()})
        asked._send_carefully(template)

    def rating_apply(self, rate, *args, **kwargs):
        """Take a rating, and have somebody look at a bad one at once."""
        rating = super().rating_apply(rate, *args, **kwargs)
        # sudo: whoever rates is a guest with a link.
        case = self.sudo()
        case.rating_state = "good" if rate >= 4 else "fair" if rate > 2 else "bad"
        if rate <= BAD_RATING:
            case._call_manager(
                self.env._("A customer is not satisfied"), rating.feedback or ""
            )
        return rating

    def _call_manager(self, summary, note):
        """Give the leader of the team, or another manager, something to do today."""
        self.ensure_one()
        managers = self.company_id._aftersales_get_managers()
        manager = self.team_id.user_id or managers[:1]
        if manager:
            self.activity_schedule(
                "mail.mail_activity_data_call",
                user_id=manager.id,
                summary=summary,
                note=note,
            )
