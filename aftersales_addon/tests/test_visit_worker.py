from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestVisitWorker(HttpCase):
    """What browsers keep for a reload without a line."""

    def test_the_worker_of_colleagues(self):
        new_test_user(
            self.env, "tina_w", groups="aftersales_addon.aftersales_group_technician"
        )
        self.authenticate("tina_w", "tina_w")
        text = self.url_open("/web/service-worker.js").text
        self.assertIn("aftersales_visit_open", text)
        # It leans on these of the platform's worker.
        for name in ("let sessionInfo", "const storeDataOnCache", '"user_logout"'):
            self.assertIn(name, text)

    def test_the_worker_of_others(self):
        self.authenticate(None, None)
        text = self.url_open("/web/service-worker.js").text
        self.assertNotIn("aftersales_visit_open", text)

    def test_the_page_without_a_line(self):
        self.authenticate(None, None)
        page = self.url_open("/odoo/offline").text
        self.assertIn("Nothing is lost", page)
        self.assertIn('const NAME = "aftersales_visit_work"', page)
        # All that it needs is in it, and it is empty until the browser fills it.
        self.assertNotIn("<script src", page)
        self.assertIn('class="o_aftersales_kept" hidden="hidden"', page)
