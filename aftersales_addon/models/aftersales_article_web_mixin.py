from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty, urls

HELP_URL = "/aftersales/help"


class AftersalesArticleWebMixin(models.AbstractModel):
    """Articles on their page, and in answers."""

    _name = "aftersales.article.web.mixin"
    _description = "Help Article on the Web"

    url = fields.Char(string="Page", compute="_compute_url")

    @api.depends("name")
    def _compute_url(self):
        slug = self.env["ir.http"]._slug
        for article in self:
            article.url = article.id and f"{HELP_URL}/{slug(article)}"

    @api.model
    def _get_audience(self):
        """Return for whom the user reads: everybody, or customers with a log-in."""
        return "everybody" if self.env.user._is_public() else "customers"

    @api.model
    def _find_page(self, number):
        """Return the article of a page for the user, with all rights; may be empty.

        :param int number: from the address
        """
        # sudo: readers have no rights; what follows decides.
        article = self.sudo().browse(number).exists()
        if not article or not article.active or not article.is_published:
            return self.sudo().browse()
        if article.audience == "everybody":
            return article
        user = self.env.user
        company = article.company_id
        if article.audience == "customers" and not user._is_public():
            if not company or company in user.sudo().company_ids:
                return article
        return self.sudo().browse()

    @api.model
    def _get_categories(self, audience, company):
        """Return the categories that articles for an audience are about."""
        # sudo: their names are on the public page.
        Article = self.sudo()
        groups = Article._read_group(
            [
                ("is_published", "=", True),
                ("audience", "in", self._get_audiences(audience)),
                ("company_id", "in", [False, company.id]),
            ],
            ["categ_ids"],
        )
        categories = Article.categ_ids.union(*(categ for (categ,) in groups))
        return categories.sorted("complete_name")

    @api.model
    def _get_audiences(self, audience):
        return ["everybody"] if audience == "everybody" else ["everybody", "customers"]

    def _get_answer(self):
        """Return the article as a part of an e-mail to a customer."""
        self.ensure_one()
        head = Markup("<b>%s</b>") % self.name
        if self.audience == "everybody" and self.is_published:
            link = urls.urljoin(self.get_base_url(), self.url)
            head = Markup('<a href="%s"><b>%s</b></a>') % (link, self.name)
        parts = [Markup("<p>%s</p>") % head]
        if not is_html_empty(self.body):
            parts.append(self.body)
        if self.step_ids:
            items = Markup("").join(
                Markup("<li>%s</li>") % step.text for step in self.step_ids
            )
            parts.append(Markup("<ol>%s</ol>") % items)
        return Markup("").join(parts)

    def action_answer_case(self):
        """Write to the customer of a case, with the article in the answer.

        The case is the document that the platform's composer is opened for.

        :raises UserError: when the article is for us only
        """
        self.ensure_one()
        self.check_access("read")
        if self.audience == "internal":
            raise UserError(self.env._("This article is for us only."))
        numbers = self.env.context.get("default_res_ids") or []
        case = self.env["aftersales.case"].browse(numbers[:1])
        case.check_access("read")
        article = self.with_context(lang=case.partner_id.lang or self.env.lang)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": case._name,
                "default_res_ids": case.ids,
                "default_composition_mode": "comment",
                "default_partner_ids": case.partner_id.ids,
                "default_body": article._get_answer(),
            },
        }
