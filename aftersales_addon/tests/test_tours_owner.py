from odoo.tests import tagged

from .http_common import AftersalesHttpCommon


@tagged("post_install", "-at_install")
class TestToursOwner(AftersalesHttpCommon):
    """Registering, passing on and replacing, in a real browser."""

    def test_guest_registers_by_the_code_on_the_box(self):
        self.company.aftersales_registration = "automatic"
        dealer = self._make_partner(
            "Dealer", is_company=True, aftersales_is_reseller=True
        )
        asset = self._deliver_lock("QR-1", dealer)
        url = asset._get_registration_url()
        self.start_tour(
            url.partition(self.company.get_base_url())[2], "aftersales_register_by_code"
        )
        registration = self.env["aftersales.registration"].search([])
        self.assertEqual(registration.state, "unconfirmed")
        self.assertEqual(registration.dealer, "Hardware Corner")
        link = registration._get_confirm_url()
        self.start_tour(
            link.partition(self.company.get_base_url())[2],
            "aftersales_register_confirm",
        )
        self.assertEqual(registration.state, "approved")
        self.assertEqual(asset.partner_id.name, "Eve Guest")

    def test_owner_asks_and_agent_approves(self):
        self.ben.email = "ben@example.com"
        self.start_tour(
            self.asset.access_url, "aftersales_ask_to_pass_on", login="portal_a"
        )
        self.start_tour(
            "/odoo/changes-of-hands",
            "aftersales_approve_passing_on",
            login="as_agent_all",
        )
        self.assertEqual(self.asset.partner_id, self.ben)

    def test_agent_replaces_a_unit(self):
        self.start_tour(
            f"/odoo/installed-products/{self.asset.id}",
            "aftersales_replace",
            login="as_agent_all",
        )
        self.assertEqual(self.asset.state, "replaced")
