from odoo.tests import tagged

from .case_http_common import CasePortalCase


@tagged("post_install", "-at_install")
class TestToursCase(CasePortalCase):
    """Customers get help in a real browser."""

    def test_article(self):
        """An article solves it, and no case is made."""
        self.case_a.sudo().unlink()
        self.start_tour("/my/home", "aftersales_case_article", login=self.user_a.login)
        self.assertFalse(self._cases())
        visit = self.env["aftersales.article.visit"].search([])
        self.assertEqual(
            (visit.article_id, visit.partner_id, visit.solved, visit.has_case),
            (self.article, self.anna, "yes", False),
        )

    def test_case(self):
        """A case with a photo, a conversation, and an end."""
        self.start_tour(
            self.unit_a.access_url, "aftersales_case_portal", login=self.user_a.login
        )
        case = self._cases()
        self.assertEqual(
            (case.asset_id, case.reason_id, case.state),
            (self.unit_a, self.jammed, "closed"),
        )
        self.assertEqual(case.message_ids.attachment_ids.mimetype, "image/png")
        self.assertTrue(case.date_last_customer_message)
        self.assertEqual(case._get_own_rating().rating, 5)
