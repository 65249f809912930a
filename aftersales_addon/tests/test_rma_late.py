"""What of a return takes too long: shown, coloured and found."""

from odoo.tests import freeze_time, tagged

from .rma_common import RmaCommon


@tagged("post_install", "-at_install")
class TestRmaLate(RmaCommon):
    def setUp(self):
        super().setUp()
        self.company.write(
            {
                "aftersales_late_decision_days": 2,
                "aftersales_late_receipt_days": 10,
                "aftersales_late_inspection_days": 3,
                "aftersales_late_refund_days": 5,
            }
        )
        with freeze_time("2026-03-01 10:00"):
            order = self._sell([(self.sensor, 2)])
            self._invoice(order)
            self.rma = self._rma((order.picking_ids.move_ids, 2))
            self.rma.action_request()

    def _check(self, moment, kind, color=0, label=""):
        with freeze_time(moment):
            self.env.flush_all()
            self.rma.invalidate_recordset()
            self.assertEqual(self.rma.late, kind)
            self.assertEqual(self.rma.late_color, color)
            self.assertEqual(self.rma.late_label, label)
            for domain in ([("late", "!=", False)], [("late", "=", kind or "refund")]):
                found = self.rma.search([("id", "=", self.rma.id), *domain])
                self.assertEqual(bool(found), bool(kind), domain)
            on_time = self.rma.search([("id", "=", self.rma.id), ("late", "=", False)])
            self.assertEqual(bool(on_time), not kind)

    def test_each_wait(self):
        self._check("2026-03-03 09:00", False)
        self._check("2026-03-03 11:00", "decision", 1, "Decision waits: 2 days")
        with freeze_time("2026-03-04 10:00"):
            self.rma.action_approve()
        self._check("2026-03-14 09:00", False)
        self._check("2026-03-15 11:00", "receipt", 3, "Goods expected: 11 days")
        with freeze_time("2026-03-16 10:00"):
            self._receive(self.rma)
        self.assertEqual(str(self.rma.date_received), "2026-03-16 10:00:00")
        self._check("2026-03-19 09:00", False)
        self._check("2026-03-19 11:00", "inspection", 2, "Inspection waits: 3 days")
        with freeze_time("2026-03-20 10:00"):
            wizard = self.env["aftersales.rma.inspection"].browse(
                self.rma.action_inspect()["res_id"]
            )
            wizard.action_confirm()
        self._check("2026-03-21 09:00", False)
        self._check("2026-03-21 11:00", "refund", 1, "Money waits: 5 days")
        with freeze_time("2026-03-22 10:00"):
            self.rma.action_refund()
        self.assertFalse(self.rma.date_refunded, "the credit note is a draft")
        with freeze_time("2026-03-23 10:00"):
            self.rma.sudo().refund_ids.action_post()
            self.env.flush_all()
        self.assertEqual(str(self.rma.date_refunded), "2026-03-23 10:00:00")
        self._check("2026-06-01 11:00", False)

    def test_never(self):
        self.company.aftersales_late_decision_days = 0
        self._check("2027-03-03 11:00", False)

    def test_kept_goods_are_refunded_in_time(self):
        self.rma.line_ids.is_kept = True
        with freeze_time("2026-03-02 10:00"):
            self.rma.action_approve()
        self._check("2026-03-07 11:00", "refund", 1, "Money waits: 5 days")

    def test_lists_cost_no_query_for_each(self):
        rmas = self.rma.create(
            [{"partner_id": self.customer.id} for _number in range(50)]
        )
        names = ["late", "late_label", "late_color", "flag_status"]
        counts = []
        for part in (rmas[:1], rmas):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            part.read(names)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
