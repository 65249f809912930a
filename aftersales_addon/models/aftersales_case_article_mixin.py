from odoo import api, fields, models
from odoo.tools import html2plaintext

# So many articles are named in the confirmation of a case.
OFFERED = 3


class AftersalesCaseArticleMixin(models.AbstractModel):
    """The help articles that fit a case, for the agent and for the figures."""

    _name = "aftersales.case.article.mixin"
    _description = "Help Articles of a Service Case"

    article_ids = fields.Many2many(
        "aftersales.article",
        compute="_compute_article_ids",
        string="Help Articles",
        groups="base.group_user",
        help="The same articles that the customer was offered, and those for us only.",
    )

    @api.depends("product_id", "reason_id", "name", "description", "company_id")
    def _compute_article_ids(self):
        for case in self:
            case.article_ids = case._get_help("internal")

    def _get_help(self, audience, limit=5):
        """Return the articles that fit a case, the best first.

        :param str audience: ``everybody``, ``customers`` or ``internal``
        :param int limit: at most so many
        """
        self.ensure_one()
        words = f"{self.name or ''} {html2plaintext(self.description or '')}"
        return self.env["aftersales.article"]._get_articles(
            # Records that are being edited stand for the ones that are kept.
            self.product_id._origin,
            self.reason_id._origin,
            words,
            audience,
            company=self.company_id,
            limit=limit,
        )

    def _get_offered_help(self):
        """Return the articles that are named to the customer, in their e-mails.

        The language is that of the environment, as everywhere in an e-mail.
        """
        self.ensure_one()
        # sudo: whether the customer has a log-in; what is offered is published.
        case = self.sudo()
        users = case.partner_id.user_ids.filtered("active")
        audience = "customers" if users else "everybody"
        return case._get_help(audience, limit=OFFERED)

    def _start_clocks(self):
        result = super()._start_clocks()
        # From here on their readers have asked all the same.
        self.env["aftersales.article.visit"]._note_cases(self)
        return result
