from odoo import api, models
from odoo.tools import SQL, sql

# By language: how the database finds the stems of words. It has no others.
CONFIGS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "nl": "dutch",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}
# Letters of a customer's text that are looked at, and of an article that are found.
MAX_WORDS = 1000
MAX_TEXT = 200000
# What a word counts that is found in the steps and the text, in the names of the
# products, in the search words, and in the title.
WEIGHTS = "{0.05, 0.2, 0.8, 1.0}"
# An article that has nothing else in common with a case needs this much: one word of
# its title or its search words.
ENOUGH = 0.45
# So many articles are looked at closely for their words.
MOST = 200
AUDIENCES = {
    "everybody": ("everybody",),
    "customers": ("everybody", "customers"),
    "internal": ("everybody", "customers", "internal"),
}


class AftersalesArticleSearchMixin(models.AbstractModel):
    """Which articles fit a concern: one answer for every channel."""

    _name = "aftersales.article.search.mixin"
    _description = "Search of Help Articles"

    def init(self):
        super().init()
        if self._abstract:
            return
        # No field of the platform is a text to search in, with the stems of its words.
        if not sql.column_exists(self.env.cr, self._table, "search_vector"):
            sql.create_column(self.env.cr, self._table, "search_vector", "tsvector")
        sql.create_index(
            self.env.cr,
            f"{self._table}_search_vector_index",
            self._table,
            ["search_vector"],
            "gin",
        )

    @api.model
    def _get_search_fields(self):
        """Return the fields whose words an article is found by."""
        return {"name", "keywords", "body", "product_tmpl_ids", "step_ids"}

    def _update_field_translations(self, field_name, *args, **kwargs):
        result = super()._update_field_translations(field_name, *args, **kwargs)
        if field_name in self._get_search_fields():
            self._update_search()
        return result

    @api.model
    def _get_config(self, lang):
        """Return the name of the database's rules for a language."""
        return CONFIGS.get((lang or "en").partition("_")[0], "simple")

    def _update_search(self):
        """Keep the words of articles, in all languages, for the search."""
        if not self.ids:
            return
        # Texts and links that still wait in memory have to be in the tables.
        self.env.flush_all()
        parts = []
        for code, _name in self.env["res.lang"].get_installed():
            parts += self._get_search_parts(code)
        query = SQL(
            "UPDATE aftersales_article a SET search_vector = %s WHERE a.id IN %s",
            SQL(" || ").join(parts),
            tuple(self.ids),
        )
        self.env.cr.execute(query)

    @api.model
    def _get_search_parts(self, code):
        """Return the expressions of an article's words in one language."""
        config = self._get_config(code)
        products = SQL(
            """(SELECT string_agg(t.name->>%(code)s, ' ')
                  FROM aftersales_article_product_rel r
                  JOIN product_template t ON t.id = r.product_tmpl_id
                 WHERE r.article_id = a.id)""",
            code=code,
        )
        steps = SQL(
            """(SELECT string_agg(s.text->>%(code)s, ' ')
                  FROM aftersales_article_step s
                 WHERE s.article_id = a.id)""",
            code=code,
        )
        texts = (
            ("A", SQL("a.name->>%s", code)),
            ("B", SQL("a.keywords->>%s", code)),
            ("C", products),
            ("D", SQL("a.body->>%s", code)),
            ("D", steps),
        )
        return [
            SQL(
                "setweight(to_tsvector(%s::regconfig, left(coalesce(%s, ''), %s)), %s)",
                config,
                text,
                MAX_TEXT,
                weight,
            )
            for weight, text in texts
        ]

    @api.model
    def _get_search_query(self, words):
        """Return the expression of a search for any of some words."""
        words = str(words or "").replace("\x00", " ")[:MAX_WORDS]
        return SQL(
            "replace(plainto_tsquery(%s::regconfig, %s)::text, '&', '|')::tsquery",
            self._get_config(self.env.lang),
            words,
        )

    @api.model
    def _get_visible_sql(self, audience, company):
        """Return the condition on articles that an audience may see."""
        return SQL(
            """a.active AND a.is_published AND a.audience IN %s
               AND (a.company_id IS NULL OR a.company_id = %s)""",
            AUDIENCES[audience],
            company.id,
        )

    @api.model
    def _get_articles(self, product, reason, words, audience, company=None, limit=5):
        """Return the articles that fit a concern best, on every channel the same.

        :param product: ``product.product``, may be empty
        :param reason: ``aftersales.reason``, the symptom, may be empty
        :param str words: what the customer says
        :param str audience: ``everybody``, ``customers`` or ``internal``
        :param company: ``res.company``; the user's own when not given
        :param int limit: at most so many
        :return: ``aftersales.article``, the best first; published ones only
        """
        self.env.flush_all()
        company = company or self.env.company
        # sudo: only the place of the category among the others is read.
        path = product.sudo().categ_id.parent_path or "" if product else ""
        categories = [int(part) for part in path.split("/") if part]
        query = SQL(
            """
            WITH wanted AS (SELECT %(query)s AS query),
            candidate AS (
                (SELECT a.id FROM aftersales_article a, wanted
                  WHERE a.search_vector @@ query AND %(visible)s
                  ORDER BY ts_rank(%(weights)s::real[], a.search_vector, query) DESC,
                           a.sequence, a.id LIMIT %(most)s)
                UNION SELECT article_id FROM aftersales_article_reason_rel
                 WHERE reason_id = %(reason)s
                UNION SELECT article_id FROM aftersales_article_product_rel
                 WHERE product_tmpl_id = %(product)s
                UNION SELECT article_id FROM aftersales_article_category_rel
                 WHERE categ_id = ANY(%(categories)s)
            ), rated AS (
                SELECT a.id, a.sequence,
                       EXISTS (SELECT FROM aftersales_article_reason_rel
                        WHERE article_id = a.id AND reason_id = %(reason)s)
                       AS by_reason,
                       EXISTS (SELECT FROM aftersales_article_reason_rel
                        WHERE article_id = a.id) AS has_reason,
                       EXISTS (SELECT FROM aftersales_article_product_rel
                        WHERE article_id = a.id AND product_tmpl_id = %(product)s)
                       AS by_product,
                       EXISTS (SELECT FROM aftersales_article_category_rel
                        WHERE article_id = a.id AND categ_id = ANY(%(categories)s))
                       AS by_category,
                       EXISTS (SELECT FROM aftersales_article_product_rel
                        WHERE article_id = a.id)
                       OR EXISTS (SELECT FROM aftersales_article_category_rel
                        WHERE article_id = a.id) AS has_product,
                       CASE WHEN a.search_vector @@ query
                       THEN ts_rank(%(weights)s::real[], a.search_vector, query)
                            * (numnode(query) + 1) / 2
                       ELSE 0 END AS words
                  FROM candidate JOIN aftersales_article a ON a.id = candidate.id,
                       wanted
                 WHERE %(visible)s
            )
            SELECT id FROM rated
             WHERE (by_product OR by_category OR NOT has_product OR %(product)s = 0)
               AND (by_reason OR words >= %(enough)s OR (
                    (by_product OR by_category)
                    AND (NOT has_reason OR %(reason)s = 0)))
             ORDER BY 4 * by_reason::int + 2 * by_product::int + by_category::int
                    + words DESC, sequence, id
             LIMIT %(limit)s
            """,
            query=self._get_search_query(words),
            reason=reason.id or 0,
            product=product.product_tmpl_id.id or 0,
            categories=categories,
            weights=WEIGHTS,
            visible=self._get_visible_sql(audience, company),
            enough=ENOUGH,
            most=MOST,
            limit=limit,
        )
        return self.browse(row[0] for row in self.env.execute_query(query))

    @api.model
    def _search_articles(self, words, audience, company, categ=None, kind=None):
        """Return all articles for a page, those with the words first.

        :param str words: what the visitor looks for; empty finds all
        :param str audience: as above
        :param company: ``res.company``
        :param categ: ``product.category``: only articles for it or a part of it
        :param str kind: only these
        """
        self.env.flush_all()
        query = self._get_search_query(words)
        conditions = [self._get_visible_sql(audience, company)]
        if str(words or "").strip():
            conditions.append(SQL("a.search_vector @@ %s", query))
        if kind:
            conditions.append(SQL("a.kind = %s", kind))
        if categ:
            conditions.append(
                SQL(
                    """EXISTS (
                        SELECT FROM aftersales_article_category_rel r
                          JOIN product_category c ON c.id = r.categ_id
                         WHERE r.article_id = a.id AND c.parent_path LIKE %s)""",
                    f"{categ.parent_path}%",
                )
            )
        rows = self.env.execute_query(
            SQL(
                """SELECT a.id FROM aftersales_article a WHERE %s
                   ORDER BY ts_rank(%s::real[], a.search_vector, %s) DESC,
                            a.sequence, a.id LIMIT 1000""",
                SQL(" AND ").join(conditions),
                WEIGHTS,
                query,
            )
        )
        return self.browse(row[0] for row in rows)
