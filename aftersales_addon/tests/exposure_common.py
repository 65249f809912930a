"""One document of each kind for a customer who must be kept from those of another."""

import uuid

from odoo.fields import Command
from odoo.tests import Form, HttpCase

from .followup_common import FollowupCommon
from .portal_users_common import PortalUsers

# What only the victim's documents say: it must never reach anybody else.
SECRET = "Zanzibar4711"


class ExposureCommon(PortalUsers, FollowupCommon, HttpCase):
    """Anna is the victim, Ben tries; ``own`` and ``foreign`` are their documents."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        place = {"zip": "1000", "city": "Brussels"}
        cls.victim = cls._make_partner(f"{SECRET} Weber", **place)
        cls.ben = cls._make_partner("Ben Stone", **place)
        cls.user_victim = cls._make_portal_user("victim", cls.victim)
        cls.user_ben = cls._make_portal_user("ben", cls.ben)
        cls.user_public = cls.env.ref("base.public_user")
        cls.company.aftersales_registration = "automatic"
        cls.lock.product_tmpl_id.aftersales_policy_ids = cls.policy_24
        cls.foreign = cls._make_documents(cls.victim, SECRET)
        cls.own = cls._make_documents(cls.ben, "Mine")
        cls.env.flush_all()

    @classmethod
    def _make_documents(cls, partner, word):
        """Return ``{name of the model: a document of the customer}``."""
        order = cls._sell([(cls.lock, 1)], "2026-03-01", partner)
        order.client_order_ref = word
        asset = cls.env["aftersales.asset"].search([("sale_order_id", "=", order.id)])
        documents = [order, asset, asset.warranty_ids[:1], order.picking_ids]
        documents += cls._make_return(partner, word)
        documents += cls._make_service(partner, word, asset)
        documents += cls._make_small(partner, word, asset)
        return {document._name: document.sudo() for document in documents}

    @classmethod
    def _make_return(cls, partner, word):
        sold = cls._sell([(cls.sensor, 2)], "2026-03-01", partner)
        move = sold.order_line.move_ids
        rma = cls.env["aftersales.rma"].create(
            {
                "partner_id": partner.id,
                "line_ids": [
                    Command.create(
                        {
                            "move_id": move.id,
                            "quantity": 1,
                            "reason_id": cls.reason.id,
                            "description": word,
                        }
                    )
                ],
            }
        )
        rma.action_request()
        Propose = cls.env["aftersales.rma.propose"]
        with Form(Propose.with_context(default_rma_id=rma.id)) as form:
            form.kind = "repair"
            form.charge_product_id = cls.fee
            form.price_unit = 40
            form.text = word
        form.record.action_propose()
        return [rma, rma.line_ids, rma._get_proposal(), move]

    @classmethod
    def _make_service(cls, partner, word, asset):
        case = cls._case(
            name=f"{word} does not start", partner_id=partner.id, asset_id=asset.id
        )
        plan = cls._plan([{"name": "Help on site", "schedule": "request", "quota": 2}])
        contract = cls._contract(
            plan, asset, name=f"{word} care", partner_id=partner.id, running=True
        )
        visit = cls._visit(
            asset, contract_id=contract.id, date_planned="2026-12-14", note=word
        )
        return [case, plan, contract, contract.line_ids[:1], visit, visit.line_ids]

    @classmethod
    def _make_small(cls, partner, word, asset):
        """Make what hangs on the larger documents."""
        reading = cls.env["aftersales.reading"].create(
            {"asset_id": asset.id, "value": 10, "reason": word}
        )
        second = cls._unit(partner=partner, name=f"{word}-2")
        transfer = second._request_transfer(
            {"new_name": word, "new_email": f"{word}@new.example.com", "reason": ""}
        )
        Registration = cls.env["aftersales.registration"]
        registration = Registration.create(
            {
                "serial_number": f"{word}-3",
                "partner_name": word,
                "email": partner.email,
                "state": "unconfirmed",
            }
        )
        nps = cls.env["aftersales.nps"].create({"partner_id": partner.id})
        followup = cls.env["aftersales.followup"].create(
            {
                "rule_id": cls._rule().id,
                "res_model": asset._name,
                "res_id": asset.id,
                "date_planned": "2026-12-14",
                "partner_id": partner.id,
                "access_token": uuid.uuid4().hex,
            }
        )
        return [reading, transfer, registration, nps, followup]

    def _read_all(self):
        """Return all that is stored about the victim's documents."""
        self.env.invalidate_all()
        return {
            name: record.read(
                [
                    name
                    for name, field in record._fields.items()
                    if field.store and field.type != "binary"
                ]
            )
            for name, record in self.foreign.items()
        }
