from odoo.tests import HttpCase, new_test_user

from .common import AftersalesCommon

LIST = "/my/installed-products"


class AftersalesHttpCommon(AftersalesCommon, HttpCase):
    """Two customers with a log-in, one of them with a colleague."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.weber = cls._make_partner("Weber Ltd", is_company=True)
        cls.anna = cls._make_partner("Anna Weber", parent_id=cls.weber.id)
        cls.carl = cls._make_partner("Carl Weber", parent_id=cls.weber.id)
        cls.ben = cls._make_partner("Ben Stone")
        cls.user_a = cls._make_portal_user("portal_a", cls.anna)
        cls.user_b = cls._make_portal_user("portal_b", cls.ben)
        cls.lock.aftersales_policy_ids = cls.policy_24
        cls.order = cls._sell([(cls.lock, 1)], cls.anna)
        lot = cls._make_lots(cls.lock, "LK-1001")
        cls._put_in_stock(cls.lock, 1, lot)
        move = cls.order.picking_ids.move_ids
        move.write({"quantity": 1, "picked": True})
        move.move_line_ids.lot_id = lot
        cls.order.picking_ids.button_validate()
        cls.asset = cls._assets(move)

    @classmethod
    def _make_partner(cls, name, **vals):
        email = f"{name.split()[0].lower()}@example.com"
        return cls.env["res.partner"].create({"name": name, "email": email, **vals})

    @classmethod
    def _make_portal_user(cls, login, partner):
        return new_test_user(
            cls.env, login, groups="base.group_portal", partner_id=partner.id
        )

    @classmethod
    def _deliver_lock(cls, name, partner):
        return cls._assets(
            cls._deliver(cls.lock, 1, cls._make_lots(cls.lock, name), partner)
        )

    def _login(self, user):
        self.authenticate(user.login, user.login)


class PortalCase(AftersalesHttpCommon):
    def setUp(self):
        super().setUp()
        self.url = f"{LIST}/{self.asset.id}"

    def _get(self, path, status=200):
        response = self.url_open(path)
        self.assertEqual(response.status_code, status, path)
        return response

    def _is_page_of(self, response, asset):
        return "o_aftersales_portal_asset" in response.text and (
            asset.serial_number in response.text
        )
