"""Each event finds its record: real documents, made as people make them."""

from datetime import date, datetime
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from .followup_common import NOW, FollowupCommon


@tagged("post_install", "-at_install")
class TestFollowupEvents(FollowupCommon):
    """Real documents, and the event that each of them tells."""

    def _finds(self, event, record, **vals):
        vals.setdefault("offset_count", 1)
        rule = self._rule(event, **vals)
        followups = self._plan_rule(rule)
        found = followups.filtered(lambda f: f.res_id == record.id)
        self.assertEqual(len(found), 1, event)
        self.assertEqual(found.res_model, record._name)
        self.assertEqual(found.company_id, self.company)
        return found

    def test_orders(self):
        order = self._sell([(self.sensor, 1)], day="2026-03-02")
        draft = self._make_order()
        with freeze_time(NOW):
            self._finds("order_confirmed", order)
            self._finds("first_order", order)
            rules = self.env["aftersales.followup.rule"].search([("is_on", "=", True)])
            found = self._followups_of(rules)
            self.assertNotIn(draft.id, found.mapped("res_id"), "a quotation")

    def _delivered(self, day, name, product=None):
        """A unit that the warehouse delivered."""
        product = product or self.lock
        product.product_tmpl_id.aftersales_policy_ids = self.policy_12
        with freeze_time(f"{day} 10:00:00"):
            return self._assets(
                self._deliver(product, lots=self._make_lots(product, name))
            )

    def test_delivered(self):
        unit = self._delivered("2026-03-02", "E-1")
        with freeze_time(NOW):
            found = self._finds("delivered", unit)
        self.assertEqual(found.date_event, date(2026, 3, 2))

    def test_installed(self):
        unit = self._delivered("2026-02-20", "E-2")
        with freeze_time(NOW):
            unit.action_install()
            found = self._finds("installed", unit)
        self.assertEqual(found.date_event, date(2026, 3, 2))

    def test_registered(self):
        unit = self._delivered("2026-02-20", "E-3")
        self.company.aftersales_registration = "automatic"
        with freeze_time(NOW):
            values = {"serial_number": "E-3", "email": "anna@example.com"}
            self.env["aftersales.registration"]._receive(
                self.company, values, [], self.customer
            )
            found = self._finds("registered", unit)
        self.assertEqual(found.date_event, date(2026, 3, 2))

    def test_warranty_expires(self):
        unit = self._delivered("2025-03-20", "E-4")
        with freeze_time(NOW):
            found = self._finds("warranty_end", unit, offset_direction="before")
        self.assertEqual(found.date_event, date(2026, 3, 20))
        self.assertEqual(found.date_planned, datetime(2026, 3, 19, 9))

    def test_warranty_expired(self):
        """After the end as well as before it."""
        unit = self._delivered("2025-02-27", "E-5")
        with freeze_time("2026-02-20 12:00"):
            found = self._finds("warranty_end", unit, offset_count=2)
        self.assertEqual(found.date_planned, datetime(2026, 3, 2, 9))
        with freeze_time("2026-03-02 12:00"):
            self._run_due()
        self.assertEqual(found.state, "done", found.reason)

    def test_birthday(self):
        unit = self._delivered("2025-03-05", "E-6")
        with freeze_time(NOW):
            found = self._finds("unit_birthday", unit, offset_count=0)
        self.assertEqual(found.date_planned, datetime(2026, 3, 5, 9))

    def test_replacement(self):
        """A replacement that an order brought."""
        old = self._delivered("2025-06-01", "OLD")
        with freeze_time(NOW):
            wizard = self.env["aftersales.asset.replace"].create({"asset_id": old.id})
            orders = self.env["sale.order"].search([])
            wizard.action_replace()
            order = self.env["sale.order"].search([]) - orders
            order.action_confirm()
            move = order.picking_ids.move_ids
            lot = self._make_lots(self.lock, "NEW")
            self._put_in_stock(self.lock, 1, lot)
            move.write({"quantity": 1, "picked": True})
            move.move_line_ids.lot_id = lot
            move.picking_id.button_validate()
            unit = self._assets(move)
            self.assertEqual(unit.replaces_id, old)
            found = self._finds("replacement_delivered", unit)
        self.assertEqual(found.date_event, date(2026, 3, 2))

    @freeze_time(NOW)
    def test_replacement_counts_from_its_setup(self):
        old = self._unit("2025-06-01", name="OLD")
        unit = self._unit("2026-03-02", date_installed="2026-03-05")
        unit.sudo().replaces_id = old
        found = self._finds("replacement_delivered", unit)
        self.assertEqual(found.date_planned, datetime(2026, 3, 6, 9))

    @freeze_time(NOW)
    def test_cases(self):
        case = self._case()
        self._finds("case_opened", case)
        case.action_solve()
        self._finds("case_solved", case)
        case.action_close()
        self._finds("case_closed", case)

    def test_returns(self):
        order = self._sell([(self.sensor, 1)], day="2026-03-01")
        self._invoice(order, day="2026-03-01")
        with freeze_time(NOW):
            rma = self._rma((order.picking_ids.move_ids, 1)).sudo()
            rma.action_request()
            self._finds("return_requested", rma)
            rma.action_approve()
            self._finds("return_approved", rma)
            self._receive(rma)
            self._finds("return_received", rma)
            rma.action_refund()
            rma.line_ids.refund_line_ids.move_id.filtered(
                lambda m: m.state == "draft"
            ).action_post()
            self._finds("return_refunded", rma)
            with patch.object(type(rma), "_get_open_points", lambda rma: []):
                rma.action_done()
            self._finds("return_closed", rma)

    @freeze_time(NOW)
    def test_repairs(self):
        repair = self.env["repair.order"].create(
            {"product_id": self.sensor.id, "partner_id": self.customer.id}
        )
        self._put_in_stock(self.sensor, 1)
        repair.action_validate()
        repair.action_repair_start()
        repair.action_repair_end()
        self._finds("repair_done", repair)

    @freeze_time(NOW)
    def test_visits(self):
        visit = self._visit(
            date_start=datetime(2026, 3, 12, 9), user_id=self.user_technician.id
        )
        visit.action_schedule()
        self._finds("visit_due", visit, offset_direction="before")
        visit._set_done()
        self._finds("visit_done", visit)

    @freeze_time(NOW)
    def test_contract_ends(self):
        contract = self._contract(date_start="2025-04-01")
        contract.action_start()
        found = self._finds("contract_end", contract, offset_direction="before")
        self.assertEqual(found.date_event, date(2026, 3, 31))

    @freeze_time("2026-03-30 12:00")
    def test_contract_ended(self):
        """After the end, too, as long as the nightly job has not ended it."""
        contract = self._contract(
            self._plan(renewal="request"), date_start="2025-04-01"
        )
        contract.action_start()
        found = self._finds("contract_end", contract, offset_count=1)
        self.assertEqual(found.date_planned, datetime(2026, 4, 1, 9))

    @freeze_time(NOW)
    def test_last_day_of_notice(self):
        """The contract ends on 31 March with a notice of a week."""
        plan = self._plan(renewal="tacit", notice_count=1, notice_unit="week")
        contract = self._contract(plan, date_start="2025-04-01")
        contract.action_start()
        self.assertEqual(contract.date_notice, date(2026, 3, 24))
        found = self._finds("contract_notice", contract, offset_direction="before")
        self.assertEqual(found.date_event, date(2026, 3, 24))
        self.assertEqual(found.date_planned, datetime(2026, 3, 23, 9))
        contract.action_renew()
        found.rule_id._replan()
        self.assertEqual(found.state, "skipped")

    def test_not_heard_of(self):
        self._sell([(self.sensor, 1)], day="2025-03-10")
        with freeze_time(NOW):
            self.env["res.partner"]._cron_note_last_contact()
            rule = self._rule("no_contact", offset_count=12, offset_unit="month")
            found = self._plan_rule(rule).filtered(
                lambda f: f.res_id == self.customer.id
            )
        self.assertEqual(found.res_model, "res.partner")
        self.assertEqual(found.date_planned, datetime(2026, 3, 10, 9))

    @freeze_time(NOW)
    def test_bad_rating(self):
        case = self._case()
        case.action_solve()
        rating = case.rating_apply(1, token=case._rating_get_access_token())
        found = self._finds("bad_rating", rating)
        self.assertEqual(found.document_name, rating.display_name)
        with freeze_time("2026-03-03 12:00"):
            self._run_due()
        self.assertIn(self.user_manager, case.activity_ids.user_id, "on the case")

    @freeze_time(NOW)
    def test_detractor(self):
        question = self.env["aftersales.nps"]._ask(self.customer, self.company)
        question._answer(3, "")
        self._finds("detractor", question)

    def _followups_of(self, rules):
        for rule in rules:
            self._plan_rule(rule)
        return self.env["aftersales.followup"].search([("rule_id", "in", rules.ids)])

    def _make_order(self):
        return self.env["sale.order"].create({"partner_id": self.customer.id})

    def test_every_event_has_a_source(self):
        Rule = self.env["aftersales.followup.rule"]
        codes = {code for code, _label in Rule._fields["event"].selection}
        self.assertEqual(codes, set(Rule._get_sources()))
        for code, source in Rule._get_sources().items():
            with self.subTest(event=code):
                for name in source.dates:
                    field = self.env[source.model]._fields[name]
                    self.assertTrue(field.store)
                    if source.moving:
                        self.assertEqual(field.type, "date")
