"""A request is answered by a proposal: what it costs, and what follows."""

import base64
from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .portal_users_common import PNG
from .rma_common import RmaCommon

SIGNATURE = base64.b64encode(PNG).decode()


class ProposalCommon(RmaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.return_policy.window_days = 0
        cls.tax = cls.env["account.tax"].create(
            {"name": "20 %", "amount": 20, "company_id": cls.company.id}
        )
        cls.siren = cls._make_product(
            "Siren", "none", list_price=130.0, taxes_id=[Command.set(cls.tax.ids)]
        )
        cls.service = cls.env["product.product"].create(
            {
                "name": "Repair at a fixed price",
                "type": "service",
                "invoice_policy": "order",
                "taxes_id": [Command.set(cls.tax.ids)],
            }
        )
        cls.sensor.write(
            {"taxes_id": [Command.set(cls.tax.ids)], "invoice_policy": "delivery"}
        )
        cls.customer.email = "anna@example.com"

    def _requested(self, quantity=2, partner=None, **line_vals):
        order = self._sell([(self.sensor, quantity)], partner=partner)
        rma = self._rma(
            {
                "move_id": order.order_line.move_ids.id,
                "quantity": quantity,
                "reason_id": self.reason.id,
                **line_vals,
            },
            partner_id=(partner or self.customer).id,
        )
        rma.action_request()
        return rma

    def _propose(self, rma, kind, price=None, user=None, **vals):
        Propose = self.env["aftersales.rma.propose"].with_user(
            user or self.user_agent_all
        )
        with Form(Propose.with_context(default_rma_id=rma.id)) as form:
            form.kind = kind
            if kind == "exchange":
                form.exchange_product_id = self.siren
            elif kind != "fee":
                form.charge_product_id = self.service
            if price is not None:
                form.price_unit = price
            form.text = "We propose this"
            for name, value in vals.items():
                form[name] = value
        form.record.action_propose()
        return rma._get_proposal()

    def _accept(self, proposal, name="Anna", signature=SIGNATURE):
        proposal._accept(name, signature, proposal.partner_id)


@tagged("post_install", "-at_install")
class TestRmaProposal(ProposalCommon):
    def test_exchange_with_a_difference(self):
        rma = self._requested()
        self._invoice(rma.sudo().line_ids.sale_order_id)
        proposal = self._propose(rma, "exchange")
        self.assertEqual(proposal.price_unit, 130, "as the price list says")
        proposal = self._propose(rma, "exchange", 120)
        self.assertEqual(
            (proposal.price_total, proposal.credit_total, proposal.amount_total),
            (288, 240, 48),
            "2 × 120 with 20 %, against 2 × 100 with 20 %",
        )
        self.assertEqual(rma.proposal_state, "open")
        self._accept(proposal)
        self.assertEqual((rma.state, proposal.state), ("approved", "accepted"))
        self.assertEqual(rma.sudo().decided_by_id, self.user_agent_all)
        line = rma.line_ids
        self.assertEqual(
            (line.remedy, line.exchange_product_id), ("exchange", self.siren)
        )
        self.assertEqual(rma.exchange_difference, 40)
        self._receive(rma)
        self._settle(rma)
        order = rma.sudo()._get_replacement_orders()
        self.assertEqual(order.order_line.price_unit, 120, "as agreed, not 130")
        self.assertEqual(order.amount_total, proposal.price_total)
        self.assertEqual(rma.exchange_difference, 40)
        rma.action_refund()
        refund = rma.sudo().refund_ids
        self.assertEqual(refund.amount_total, proposal.credit_total)

    def _settle(self, rma):
        for line in rma.sudo().line_ids:
            self.env["aftersales.rma.disposition"].create(
                {
                    "line_id": line.id,
                    "quantity": line.quantity,
                    "disposition": "restock",
                    "remedy": line.remedy,
                }
            )._execute()
        rma.action_send_replacement()

    def test_fee_is_kept_from_the_refund(self):
        self.return_policy.write({"fee_type": "percent", "fee_percent": 50})
        rma = self._requested(3, remedy="replacement")
        self._invoice(rma.sudo().line_ids.sale_order_id)
        proposal = self._propose(rma, "fee", 10)
        self.assertEqual(
            (proposal.price_total, proposal.credit_total, proposal.amount_total),
            (12, 360, -348),
        )
        self._accept(proposal)
        self.assertEqual(rma.line_ids.remedy, "refund")
        self._receive(rma)
        rma.action_refund()
        self.assertEqual(
            rma.sudo().refund_ids.amount_total, 348, "the agreed fee, no other"
        )

    def test_the_way_back_is_not_deducted_from_what_was_agreed(self):
        self.return_policy.shipping_fee = 5
        rma = self._requested(1)
        self._invoice(rma.sudo().line_ids.sale_order_id)
        self._accept(self._propose(rma, "fee", 10))
        self._receive(rma)
        rma.action_refund()
        self.assertEqual(rma.sudo().refund_ids.amount_total, 108)

    def test_flagged_is_looked_at_before(self):
        rma = self._requested(1)
        Rma = type(rma)
        with patch.object(Rma, "_check_flags", side_effect=UserError("Look at it")):
            with self.assertRaisesRegex(UserError, "Look at it"):
                self._propose(rma, "fee", 10)

    def test_fee_over_lines_is_the_fee(self):
        order = self._sell([(self.sensor, 1), (self.siren, 1)])
        rma = self._rma(*[(move, 1) for move in order.order_line.move_ids])
        rma.action_request()
        proposal = self._propose(rma, "fee", 10)
        self._accept(proposal)
        fees = rma.sudo().line_ids.mapped("agreed_fee")
        self.assertAlmostEqual(sum(fees), 10)
        self.assertTrue(all(fees))

    def test_repair_against_payment(self):
        rma = self._requested(1)
        proposal = self._propose(rma, "repair", 40)
        self.assertEqual((proposal.credit_total, proposal.amount_total), (0, 48))
        self._accept(proposal)
        self.assertEqual((rma.state, rma.line_ids.remedy), ("approved", "repair"))
        order = proposal.order_id
        self.assertEqual(
            (order.state, order.amount_total, order.partner_id, order.signed_by),
            ("sale", 48, self.customer, "Anna"),
        )
        self.assertEqual(order.user_id, self.user_agent_all)
        self.assertFalse(rma.sudo()._get_replacement_orders())
        self.assertEqual(rma.refund_status, "none")
        rma.action_cancel()
        self.assertEqual(order.state, "cancel")
        rma.action_draft()
        self.assertFalse(rma.sudo().line_ids.proposal_id)

    def test_replacement_against_payment_is_sent_free(self):
        rma = self._requested(1)
        self._accept(self._propose(rma, "replacement", 30))
        self._receive(rma)
        self._settle(rma)
        self.assertEqual(rma.sudo()._get_replacement_orders().amount_total, 0)
        self.assertEqual(rma.sudo().proposal_ids.order_id.amount_total, 36)

    def test_only_a_part_of_the_goods(self):
        order = self._sell([(self.sensor, 1), (self.siren, 1)])
        rma = self._rma(*[(move, 1) for move in order.order_line.move_ids])
        rma.action_request()
        first, second = rma.line_ids
        Propose = self.env["aftersales.rma.propose"].with_user(self.user_agent_all)
        wizard = Propose.with_context(default_rma_id=rma.id).create(
            {
                "kind": "repair",
                "line_ids": [Command.set(first.ids)],
                "charge_product_id": self.service.id,
                "price_unit": 10,
                "text": "x",
            }
        )
        wizard.action_propose()
        self._accept(rma.sudo().proposal_ids)
        self.assertEqual((first.remedy, second.remedy), ("repair", "refund"))

    def test_what_cannot_be_proposed(self):
        rma = self._requested()
        for kind, price, vals in (
            ("repair", 0, {}),
            ("fee", 0, {}),
            ("fee", 201, {}),
            ("repair", -1, {}),
            ("exchange", -1, {}),
            ("exchange", 1, {"date_valid": "2020-01-01"}),
            ("exchange", 1, {"text": "  "}),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                self._propose(rma, kind, price, **vals)
        foreign = self._requested()
        wizard = (
            self.env["aftersales.rma.propose"]
            .with_context(default_rma_id=rma.id)
            .create({"kind": "fee", "price_unit": 1, "text": "x"})
        )
        wizard.line_ids = foreign.line_ids
        with self.assertRaises(UserError):
            wizard.action_propose()
        self.assertFalse(rma.sudo().proposal_ids)
        rma.action_approve()
        with self.assertRaises(UserError):
            rma.action_propose()
        with self.assertRaises(UserError):
            self._propose(rma, "fee", 1)

    def test_one_open_proposal(self):
        rma = self._requested()
        first = self._propose(rma, "fee", 10)
        second = self._propose(rma, "fee", 5)
        self.assertEqual((first.state, second.state), ("withdrawn", "open"))
        with self.assertRaises(UserError):
            self._accept(first)
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            with self.cr.savepoint():
                first.state = "open"
                first.flush_recordset()

    def test_accepted_once(self):
        rma = self._requested(1)
        proposal = self._propose(rma, "repair", 40)
        self._accept(proposal)
        for answer in (
            lambda: self._accept(proposal),
            lambda: proposal._decline("", self.customer),
            lambda: proposal.action_withdraw(),
        ):
            with self.assertRaises(UserError):
                answer()
        orders = self.env["sale.order"].search([("origin", "=", rma.name)])
        self.assertEqual(len(orders), 1)

    def test_expired(self):
        rma = self._requested()
        proposal = self._propose(rma, "fee", 10)
        with freeze_time(f"{proposal.date_valid + timedelta(days=1)} 12:00"):
            self.env.invalidate_all()
            self.assertTrue(rma.is_proposal_expired)
            with self.assertRaisesRegex(UserError, "was valid until"):
                self._accept(proposal)
        with freeze_time(f"{proposal.date_valid} 12:00"):
            self.env.invalidate_all()
            self._accept(proposal)
        self.assertEqual(rma.state, "approved")

    def test_changed_goods(self):
        rma = self._requested()
        proposal = self._propose(rma, "fee", 10)
        rma.sudo().line_ids.quantity = 1
        with self.assertRaisesRegex(UserError, "have changed"):
            self._accept(proposal)

    def test_ends_with_the_request(self):
        for step in ("action_approve", "action_cancel"):
            rma = self._requested()
            proposal = self._propose(rma, "fee", 10)
            getattr(rma, step)()
            self.assertEqual(proposal.state, "withdrawn")
            self.assertFalse(rma.sudo().activity_ids)
            with self.assertRaises(UserError):
                self._accept(proposal)

    def test_what_is_not_a_signature(self):
        rma = self._requested()
        proposal = self._propose(rma, "fee", 10)
        html = base64.b64encode(b"<html></html>").decode()
        for name, signature in (
            ("", SIGNATURE),
            (" \x07 ", SIGNATURE),
            ("Anna", ""),
            ("Anna", None),
            ("Anna", "%%"),
            ("Anna", html),
            ("Anna", {"a": 1}),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                self._accept(proposal, name, signature)
        self.assertEqual((proposal.state, rma.state), ("open", "requested"))

    def test_decline_tells_the_agent(self):
        rma = self._requested()
        proposal = self._propose(rma, "fee", 10, user=self.user_agent)
        self.assertEqual(rma.sudo().activity_ids.date_deadline, proposal.date_valid)
        proposal._decline("Too much", self.customer)
        self.assertEqual((proposal.state, rma.state), ("declined", "requested"))
        activity = rma.sudo().activity_ids
        self.assertEqual(activity.user_id, self.user_agent)
        self.assertIn("Too much", activity.note)
        self.assertEqual(rma.proposal_answer, "Too much")
        # A new one can be made.
        self._accept(self._propose(rma, "fee", 5, user=self.user_agent))

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_nobody_writes_proposals_by_hand(self):
        rma = self._requested()
        proposal = self._propose(rma, "fee", 10)
        for user in (self.user_agent_all, self.user_manager):
            with self.assertRaises(AccessError), self.cr.savepoint():
                proposal.with_user(user).write({"state": "accepted", "signed_by": "x"})
            with self.assertRaises(AccessError), self.cr.savepoint():
                proposal.with_user(user).copy()
        for user in (self.user_stock, self.user_sale):
            with self.assertRaises(AccessError), self.cr.savepoint():
                proposal.with_user(user).action_withdraw()
        proposal.with_user(self.user_agent_all).action_withdraw()
        self.assertEqual(proposal.state, "withdrawn")
