from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .aftersales_article_measure_mixin import HOURS

KEEP_DAYS = 400


class AftersalesArticleVisit(models.Model):
    """Somebody read an article: a contact, or a guest of whom we know nothing."""

    _name = "aftersales.article.visit"
    _description = "Reading of a Help Article"
    _order = "id desc"
    _rec_name = "article_id"

    article_id = fields.Many2one(
        "aftersales.article",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="article_id.company_id")
    visitor = fields.Char(
        required=True,
        readonly=True,
        groups="base.group_system",
        help="A random key of the visitor's browser, or the number of the contact.",
    )
    partner_id = fields.Many2one(
        "res.partner", string="Contact", readonly=True, ondelete="cascade"
    )
    date = fields.Datetime(readonly=True)
    day = fields.Date(required=True, readonly=True)
    solved = fields.Selection(
        [("yes", "Yes"), ("no", "No")], string="Did It Help?", readonly=True
    )
    has_case = fields.Boolean(
        string="Asked All the Same",
        readonly=True,
        help="The reader made a case within 24 hours.",
    )
    case_id = fields.Many2one(
        "aftersales.case", readonly=True, ondelete="set null", index="btree_not_null"
    )

    _once_a_day = models.Constraint(
        "UNIQUE (article_id, visitor, day)", "A reader counts once a day."
    )
    _visitor_index = models.Index("(visitor, date)")
    _partner_index = models.Index("(partner_id, date) WHERE partner_id IS NOT NULL")
    _date_index = models.Index("(date)")

    @api.model
    def _count(self, article, visitor, partner):
        """Count a reader, once a day: one insert.

        :param article: ``aftersales.article``
        :param str visitor: the random key of a guest
        :param partner: ``res.partner`` who is logged in, may be empty
        """
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                """INSERT INTO aftersales_article_visit
                   (article_id, visitor, partner_id, date, day, has_case,
                    create_date, write_date)
                   VALUES (%s, %s, %s, %s, %s, false, %s, %s)
                   ON CONFLICT (article_id, visitor, day) DO NOTHING""",
                article.id,
                self._get_key(visitor, partner),
                partner.id or None,
                now,
                now.date(),
                now,
                now,
            )
        )

    @api.model
    def _get_key(self, visitor, partner):
        return f"contact-{partner.id}" if partner else visitor

    @api.model
    def _find(self, article, visitor, partner):
        """Return the visits of one reader to an article, the newest first."""
        key = self._get_key(visitor, partner)
        # sudo: the reader's own visits.
        return self.sudo().search(
            [("article_id", "=", article.id), ("visitor", "=", key)], order="id desc"
        )

    @api.model
    def _set_answer(self, article, visitor, partner, answer):
        """Keep whether an article helped: one answer of each reader, the last one."""
        self._count(article, visitor, partner)
        visits = self._find(article, visitor, partner)
        visits[1:].write({"solved": False})
        visits[:1].write({"solved": answer})

    @api.model
    def _note_cases(self, cases, visitor=""):
        """Note that readers made cases within 24 hours.

        :param cases: ``aftersales.case``
        :param str visitor: the random key of a guest who made them
        """
        readers = []
        if cases.partner_id:
            readers.append([("partner_id", "in", cases.partner_id.ids)])
        if visitor:
            readers.append([("visitor", "=", visitor)])
        if not readers:
            return
        since = fields.Datetime.now() - timedelta(hours=HOURS)
        # sudo: what the reader did is a figure of ours.
        visits = self.sudo().search(
            fields.Domain.OR(readers)
            & fields.Domain("date", ">=", since)
            & fields.Domain("has_case", "=", False)
        )
        for visit in visits:
            own = cases.filtered(lambda c, v=visit: c.partner_id == v.partner_id)
            visit.write({"has_case": True, "case_id": (own or cases)[0].id})

    @api.autovacuum
    def _gc_visits(self):
        """Forget visits of long ago."""
        before = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        stale = self.search([("date", "<", before)], limit=10000)
        stale.unlink()
        return len(stale), len(stale) == 10000
