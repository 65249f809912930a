"""The customer's list stays quick among the returns of all others."""

from odoo.tests import tagged
from odoo.tools import SQL

from .rma_http_common import RETURNS, RmaHttpCase

OTHERS = 20000
OWN = 1000


@tagged("post_install", "-at_install")
class TestRmaPortalSpeed(RmaHttpCase):
    def _copy(self, rma, partner, number):
        """Copy a return for another customer, or the same, by the database."""
        self.env.flush_all()
        changed = {"id", "name", "partner_id", "commercial_partner_id"}
        changed |= {"access_token", "request_key"}
        self.cr.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = 'aftersales_rma'"
        )
        kept = [SQL.identifier(x) for (x,) in self.cr.fetchall() if x not in changed]
        self.cr.execute(
            SQL(
                """
                INSERT INTO aftersales_rma (
                    name, partner_id, commercial_partner_id, %(kept)s)
                SELECT 'COPY/' || %(partner)s || '/' || n, %(partner)s,
                       %(commercial)s, %(kept)s
                  FROM aftersales_rma, generate_series(1, %(number)s) AS n
                 WHERE id = %(rma)s
                """,
                kept=SQL(", ").join(kept),
                partner=partner.id,
                commercial=partner.commercial_partner_id.id,
                number=number,
                rma=rma.id,
            )
        )
        self.cr.execute("ANALYZE aftersales_rma")
        self.env.invalidate_all()

    def _explain(self):
        """Return how the database finds the first page of the list, and reads it."""
        Rma = self.env["aftersales.rma"].with_user(self.user_a)
        domain = Rma._get_portal_domain(self.anna)
        query = Rma._search(domain, order="id desc", limit=80)
        self.cr.execute(SQL("EXPLAIN (ANALYZE, TIMING OFF) %s", query.select()))
        return "\n".join(row[0] for row in self.cr.fetchall())

    def _count(self):
        self._get(RETURNS)
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        page = self._get(RETURNS).text
        self.assertIn(RETURNS + "/", page)
        return self.cr.sql_log_count - before

    def test_many_returns_of_others(self):
        rma = self._rma((self.move, 1), partner_id=self.anna.id)
        rma.action_request()
        self._login(self.user_a)
        few = self._count()
        others = self.env["res.partner"].create(
            [{"name": f"Other {index}"} for index in range(20)]
        )
        for partner in others:
            self._copy(rma, partner, OTHERS // 20)
        self._copy(rma, self.anna, OWN)
        self.assertLessEqual(self._count(), few + 4)
        plan = self._explain()
        self.assertNotIn("Seq Scan on aftersales_rma", plan)
        self.assertIn("aftersales_rma", plan)
