import secrets

from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.aftersales_article_web_mixin import HELP_URL

# The key of a visitor in the session: random, and all that is kept of a guest.
VISITOR = "aftersales_visitor"
MAX_SEARCH = 200
PER_PAGE = 20


class AftersalesHelp(CustomerPortal):
    """Help articles for everybody."""

    # --- Readers ---

    def _is_countable(self):
        """Tell whether a reader counts: no colleague, no machine, with a session."""
        user = request.env.user
        return (
            request.httprequest.method != "HEAD"
            and not user._is_internal()
            and not request.env["ir.http"].is_a_bot()
            # Machines do not come back with what they were given.
            and request.httprequest.cookies.get("session_id") == request.session.sid
        )

    def _get_visitor(self):
        """Return the random key of the visitor, and their contact if logged in."""
        user = request.env.user
        if not user._is_public():
            return "", user.partner_id
        if VISITOR not in request.session:
            request.session[VISITOR] = secrets.token_hex(16)
        return request.session[VISITOR], request.env["res.partner"]

    def _count_reader(self, article):
        if self._is_countable():
            visitor, partner = self._get_visitor()
            # sudo: one row that says that somebody was here.
            request.env["aftersales.article.visit"].sudo()._count(
                article, visitor, partner
            )

    def _prepare_help_values(self):
        """Return what all help pages need; another app adds ways to ask a person."""
        return self._prepare_portal_layout_values()

    # --- All articles ---

    @http.route(
        [HELP_URL, f"{HELP_URL}/page/<int:page>"],
        type="http",
        auth="public",
        website=True,
        sitemap=True,
    )
    def help_articles(self, page=1, search="", category="", kind="", **kwargs):
        """Show the articles, by words, category and kind."""
        company = request.env.company
        # sudo: readers have no rights on articles; the search knows who may see which.
        Article = request.env["aftersales.article"].sudo()
        audience = Article._get_audience()
        search = str(search or "").replace("\x00", "").strip()[:MAX_SEARCH]
        categories = Article._get_categories(audience, company)
        chosen = categories.filtered(lambda c: str(c.id) == str(category))
        kinds = Article._fields["kind"]._description_selection(request.env)
        kind = kind if kind in dict(kinds) else ""
        found = Article._search_articles(search, audience, company, chosen, kind)
        text = str(page)
        usable = text.isascii() and text.isdigit() and len(text) < 9
        pager = portal_pager(
            url=HELP_URL,
            total=len(found),
            page=int(text) if usable else 1,
            step=PER_PAGE,
            url_args={"search": search, "category": chosen.id or "", "kind": kind},
        )
        values = {
            **self._prepare_help_values(),
            "page_name": "help",
            "articles": found[pager["offset"] : pager["offset"] + PER_PAGE],
            "total": len(found),
            "pager": pager,
            "categories": categories,
            "category": chosen,
            "kinds": kinds,
            "kind": kind,
            "search": search,
            "res_company": company.sudo(),
        }
        return request.render("aftersales_addon.portal_help", values)

    # --- One article ---

    def _find_article(self, key):
        _slug, number = request.env["ir.http"]._unslug(str(key))
        if not number or not 0 < number < 2**31:
            raise request.not_found()
        article = request.env["aftersales.article"]._find_page(number)
        if not article:
            raise request.not_found()
        return article

    @http.route(
        f"{HELP_URL}/<string:key>",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
    )
    def help_article(self, key, **kwargs):
        """Show one article."""
        article = self._find_article(key)
        self._count_reader(article)
        # What was said is read, no key is made: a page is no reason to remember anyone.
        visitor = request.session.get(VISITOR) or ""
        user = request.env.user
        partner = request.env["res.partner"] if user._is_public() else user.partner_id
        visits = request.env["aftersales.article.visit"]
        if visitor or partner:
            visits = visits._find(article, visitor, partner)
        values = {
            **self._prepare_help_values(),
            "page_name": "help_article",
            "article": article,
            "answer": next((v.solved for v in visits if v.solved), ""),
            "res_company": article.company_id or request.env.company.sudo(),
        }
        return request.render("aftersales_addon.portal_help_article", values)

    @http.route(
        f"{HELP_URL}/<string:key>/seen", type="jsonrpc", auth="public", website=True
    )
    def help_article_seen(self, key):
        """Count a reader whose first page this is: now their browser has a session."""
        self._count_reader(self._find_article(key))
        return True

    @http.route(
        f"{HELP_URL}/<string:key>/answer",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def help_article_answer(self, key, answer="", **kwargs):
        """Keep whether an article helped."""
        article = self._find_article(key)
        if answer in ("yes", "no") and self._is_countable():
            visitor, partner = self._get_visitor()
            # sudo: the reader's own answer.
            request.env["aftersales.article.visit"].sudo()._set_answer(
                article, visitor, partner, answer
            )
        return request.redirect(f"{article.url}#answer")

    @http.route(
        f"{HELP_URL}/<string:key>/picture/<int(max=2147483647):step_id>",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
    )
    def help_article_picture(self, key, step_id, **kwargs):
        """Show the picture of a step."""
        article = self._find_article(key)
        step = article.step_ids.filtered(lambda s: s.id == step_id)
        if not step.picture:
            raise request.not_found()
        stream = request.env["ir.binary"]._get_image_stream_from(step, "picture")
        return stream.get_response()

    @http.route(
        f"{HELP_URL}/<string:key>/file/<int(max=2147483647):attachment_id>",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
    )
    def help_article_file(self, key, attachment_id, **kwargs):
        """Hand out a file of an article."""
        article = self._find_article(key)
        attachment = article.attachment_ids.filtered(lambda a: a.id == attachment_id)
        if not attachment:
            raise request.not_found()
        stream = request.env["ir.binary"]._get_stream_from(attachment)
        return stream.get_response(as_attachment=True)
