"""A customer with one document of each kind, with and without a log-in."""

from odoo.fields import Command
from odoo.tests import HttpCase

from .followup_common import FollowupCommon
from .portal_users_common import PortalUsers

LISTS = {
    "aftersales.asset": "/my/installed-products",
    "aftersales.case": "/my/cases",
    "aftersales.rma": "/my/returns",
    "aftersales.contract": "/my/contracts",
    "aftersales.visit": "/my/visits",
}


class PortalDocumentsCase(PortalUsers, FollowupCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.weber = cls.env["res.partner"].create(
            {"name": "Weber Ltd", "is_company": True}
        )
        cls.customer.parent_id = cls.weber
        cls.asset = cls._unit(name="PORTAL-1")
        cls.order = cls._sell([(cls.sensor, 1)])
        cls.contract = cls._contract(units=cls.asset, running=True)
        cls.visit = cls._visit(cls.asset, contract_id=cls.contract.id)
        cls.case = cls._case(asset_id=cls.asset.id)
        cls.rma = cls._request_return()
        cls.documents = {
            record._name: record
            for record in (cls.asset, cls.case, cls.rma, cls.contract, cls.visit)
        }
        cls.env.flush_all()

    @classmethod
    def _request_return(cls, **vals):
        rma = cls.env["aftersales.rma"].create(
            {
                "partner_id": cls.customer.id,
                "line_ids": [
                    Command.create(
                        {
                            "product_id": cls.sensor.id,
                            "quantity": 1,
                            "reason_id": cls.reason.id,
                        }
                    )
                ],
                **vals,
            }
        )
        rma.action_request()
        return rma
