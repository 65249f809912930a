from odoo.tests import HttpCase

from .common import AftersalesCommon
from .portal_users_common import PortalUsers

LIST = "/my/installed-products"


class AftersalesHttpCommon(PortalUsers, AftersalesCommon, HttpCase):
    """Two customers with a log-in, one of them with a colleague."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_customers()
        cls.carl = cls._make_partner("Carl Weber", parent_id=cls.weber.id)
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
    def _deliver_lock(cls, name, partner):
        return cls._assets(
            cls._deliver(cls.lock, 1, cls._make_lots(cls.lock, name), partner)
        )


class PortalCase(AftersalesHttpCommon):
    def setUp(self):
        super().setUp()
        self.url = f"{LIST}/{self.asset.id}"

    def _is_page_of(self, response, asset):
        return "o_aftersales_portal_asset" in response.text and (
            asset.serial_number in response.text
        )
