from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty

KINDS = [("faq", "Question and Answer"), ("steps", "Step by Step")]
AUDIENCES = [
    ("everybody", "Everybody"),
    ("customers", "Customers with a Log-In"),
    ("internal", "Only Us"),
]


class AftersalesArticle(models.Model):
    """What helps people to help themselves, and agents to say the same every time."""

    _name = "aftersales.article"
    _description = "Help Article"
    _inherit = [
        "aftersales.article.search.mixin",
        "aftersales.article.measure.mixin",
        "aftersales.article.web.mixin",
        "mail.thread",
    ]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(string="Title", required=True, translate=True, tracking=True)
    kind = fields.Selection(KINDS, required=True, default="faq")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: for all companies."
    )
    body = fields.Html(
        string="Text",
        translate=True,
        help="The answer, or what to know before the first step.",
    )
    keywords = fields.Char(
        string="Search Words",
        translate=True,
        help="Words that customers use and the title does not have.",
    )
    step_ids = fields.One2many(
        "aftersales.article.step", "article_id", string="Steps", copy=True
    )
    product_tmpl_ids = fields.Many2many(
        "product.template",
        "aftersales_article_product_rel",
        "article_id",
        "product_tmpl_id",
        string="Products",
        check_company=True,
        help="Empty, and no categories: for all products.",
    )
    categ_ids = fields.Many2many(
        "product.category",
        "aftersales_article_category_rel",
        "article_id",
        "categ_id",
        string="Categories",
    )
    reason_ids = fields.Many2many(
        "aftersales.reason",
        "aftersales_article_reason_rel",
        "article_id",
        "reason_id",
        string="Symptoms",
        check_company=True,
        help="Whoever reports one of these is offered this article first.",
    )
    audience = fields.Selection(
        AUDIENCES,
        string="For",
        required=True,
        default="everybody",
        tracking=True,
        help="Articles for us only are never shown to customers.",
    )
    is_published = fields.Boolean(
        string="Published", readonly=True, copy=False, tracking=True
    )
    is_locked = fields.Boolean(compute="_compute_is_locked")
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "aftersales_article_attachment_rel",
        "article_id",
        "attachment_id",
        string="Files",
        help="Manuals and drawings that readers may download.",
    )

    _published_index = models.Index("(audience, sequence, id) WHERE is_published")

    @api.depends("is_published")
    @api.depends_context("uid")
    def _compute_is_locked(self):
        is_manager = self.env.user.has_group(
            "aftersales_addon.aftersales_group_manager"
        )
        for article in self:
            article.is_locked = article.is_published and not is_manager

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su and any(vals.get("is_published") for vals in vals_list):
            self._check_publisher()
        articles = super().create(vals_list)
        articles._attach_files()
        articles._update_search()
        return articles

    def write(self, vals):
        if not self.env.su and "is_published" in vals:
            self._check_publisher()
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._attach_files()
        if vals.keys() & self._get_search_fields():
            self._update_search()
        return result

    def _check_publisher(self):
        if not self.env.user.has_group("aftersales_addon.aftersales_group_manager"):
            raise UserError(
                self.env._(
                    "A manager publishes articles. Save it, and ask one to look at it."
                )
            )

    def _attach_files(self):
        """Have the files belong to the article: whoever may read it, reads them."""
        for article in self:
            # sudo: the user chose these files for an article that they may write.
            files = article.sudo().attachment_ids.filtered(
                lambda a: not a.res_id and a.create_uid == self.env.user
            )
            files.write({"res_model": self._name, "res_id": article.id})

    def action_publish(self):
        """Show articles to those that they are for.

        :raises UserError: when one of them says nothing yet
        """
        self._check_publisher()
        for article in self:
            if not article.step_ids and is_html_empty(article.body):
                raise UserError(
                    self.env._(
                        "“%s” has no text and no steps yet. Write it first.",
                        article.name,
                    )
                )
        self.write({"is_published": True})

    def action_unpublish(self):
        """Take articles back, to change them for example."""
        self._check_publisher()
        self.write({"is_published": False})

    def action_open_page(self):
        """Look at an article as its readers do."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.url, "target": "new"}
