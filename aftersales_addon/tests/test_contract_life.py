from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .contract_common import ContractCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 10:00:00")
class TestContractLife(ContractCommon):
    def test_start(self):
        contract = self._contract(date_start="2026-03-10")
        self.assertEqual(contract.date_end, date(2027, 3, 9))
        contract.with_user(self.user_agent).action_start()
        self.assertEqual(contract.state, "running")
        self.assertEqual(contract.date_anchor, date(2026, 3, 10))
        self.assertEqual(contract.version_ids.number, 1)
        with self.assertRaisesRegex(UserError, "already"):
            contract.action_start()
        self.assertEqual(
            contract._get_units(contract.date_end).asset_id,
            contract.line_ids.asset_id,
        )

    def test_nothing_to_start(self):
        contract = self._contract(line_ids=[])
        with self.assertRaisesRegex(UserError, "neither a price nor"):
            contract.action_start()

    def test_who_may_start(self):
        contract = self._contract()
        for user in (self.user_sale, self.user_technician, self.user_portal):
            with self.assertRaises(AccessError):
                contract.with_user(user).action_start()
        contract.user_id = self.user_manager
        with self.assertRaises(AccessError):
            contract.with_user(self.user_agent).action_start()
        contract.with_user(self.user_agent_all).action_start()
        self.assertEqual(contract.state, "running")

    def test_facts_are_not_typed_in(self):
        contract = self._contract().with_user(self.user_agent)
        for vals in ({"state": "running"}, {"date_notice_given": "2026-03-10"}):
            with self.assertRaises(UserError):
                contract.write(vals)

    def test_what_was_agreed_is_not_overwritten(self):
        contract = self._contract(running=True).with_user(self.user_agent)
        for vals in (
            {"renewal": "none"},
            {"date_end": "2026-12-31"},
            {"line_ids": [Command.update(contract.line_ids[0].id, {"price_unit": 1})]},
            {"line_ids": [Command.create({"name": "More", "price_unit": 1})]},
            {"line_ids": [Command.delete(contract.line_ids[0].id)]},
            {"service_ids": [Command.update(contract.service_ids.id, {"quota": 1})]},
            {"service_ids": [Command.create({"name": "More"})]},
            {"service_ids": [Command.delete(contract.service_ids.id)]},
        ):
            with self.assertRaisesRegex(UserError, "agreed"):
                contract.write(vals)
        # What is not agreed with the customer stays open.
        contract.write({"renewal": contract.renewal, "team_id": self.team.id})

    def test_pause(self):
        contract = self._contract(running=True).with_user(self.user_agent)
        contract.action_pause()
        self.assertEqual(contract.state, "paused")
        self.assertFalse(contract._get_units(date(2026, 3, 10)))
        with self.assertRaises(UserError):
            contract.action_pause()
        with freeze_time("2026-04-01 10:00:00"):
            contract.action_resume()
            self.assertEqual(contract.state, "running")
        pause = contract.pause_ids
        self.assertEqual(pause.date_first, date(2026, 3, 10))
        self.assertEqual(pause.date_last, date(2026, 3, 31))
        self.assertFalse(contract._get_units(date(2026, 3, 31)))
        self.assertTrue(contract._get_units(date(2026, 4, 1)))

    def test_pause_taken_back_on_the_same_day(self):
        contract = self._contract(running=True)
        contract.action_pause()
        contract.action_resume()
        self.assertFalse(contract.pause_ids)

    def test_cancel_draft(self):
        contract = self._contract().with_user(self.user_agent)
        contract.action_cancel()
        self.assertEqual(contract.state, "cancelled")
        contract.action_reset()
        self.assertEqual(contract.state, "draft")

    def _cancel(self, contract, last_day):
        action = contract.action_cancel()
        wizard = Form(
            self.env[action["res_model"]]
            .with_user(self.user_agent)
            .with_context(**action["context"])
        )
        wizard.last_day = last_day
        wizard.reason_id = self.env.ref(
            "aftersales_addon.aftersales_churn_reason_price"
        )
        wizard.save().action_confirm()

    def test_cancel(self):
        contract = self._contract(running=True).with_user(self.user_agent)
        with self.assertRaisesRegex(UserError, "before the first one"):
            self._cancel(contract, "2026-03-09")
        with self.assertRaisesRegex(UserError, "ends on"):
            self._cancel(contract, "2028-03-09")
        self._cancel(contract, "2026-03-31")
        self.assertEqual(contract.state, "running")
        self.assertEqual(contract.date_end, date(2026, 3, 31))
        self.assertFalse(contract._get_units(date(2026, 4, 1)))
        with self.assertRaisesRegex(UserError, "Notice was given"):
            contract.action_renew()
        with freeze_time("2026-04-01 00:30:00"):
            self._run_nightly()
        self.assertEqual(contract.state, "cancelled")
        self.assertEqual(contract.term_ids.outcome, "cancelled")
        self.assertEqual(contract.term_ids.is_lost, 1)

    def test_cancel_for_a_day_that_is_over(self):
        contract = self._contract(date_start="2026-03-01", running=True)
        contract._set_cancelled(date(2026, 3, 5))
        self.assertEqual(contract.state, "cancelled")

    def test_end(self):
        contract = self._contract(running=True)
        with self.assertRaisesRegex(UserError, "goes on until"):
            contract.action_end()
        with freeze_time("2027-03-09 10:00:00"):
            contract.action_end()
        self.assertEqual(contract.state, "ended")

    def test_reset(self):
        contract = self._contract(running=True)
        contract.action_reset()
        self.assertEqual(contract.state, "draft")
        self.assertFalse(contract.date_anchor)
        contract.action_start()
        visit = self._visit(contract_id=contract.id)
        visit._write_state(state="done")
        with self.assertRaisesRegex(UserError, "visited already"):
            contract.action_reset()

    def test_nightly_renews_without_drift(self):
        plan = self._plan(
            term_count=1, renewal_count=1, renewal="tacit", notice_count=0
        )
        contract = self._contract(plan, date_start="2025-12-31", running=True)
        self.assertEqual(contract.date_end, date(2026, 1, 30))
        self._run_nightly()
        # From the 31st on, never from the 28th.
        self.assertEqual(contract.date_end, date(2026, 3, 30))
        self.assertEqual(contract.term_number, 2)
        self.assertEqual(contract.term_ids.mapped("outcome"), ["renewed"] * 2)
        self._run_nightly()
        self.assertEqual(contract.term_number, 2)
        with freeze_time("2026-03-31 10:00:00"):
            self._run_nightly()
        self.assertEqual(contract.date_end, date(2026, 4, 29))

    def test_nightly_ends(self):
        ends = self._contract(self._plan(renewal="none"), running=True)
        noticed = self._contract(running=True)
        noticed._set_notice_given(
            date(2026, 3, 10), "customer", noticed.date_end, None, "Too expensive"
        )
        with freeze_time("2027-03-09 23:00:00"):
            self._run_nightly()
            self.assertEqual(ends.state, "running", "the last day counts")
        with freeze_time("2027-03-10 00:30:00"):
            self._run_nightly()
        self.assertEqual(ends.state, "ended")
        self.assertEqual(noticed.state, "ended")

    def test_nightly_knows_the_company_day(self):
        contract = self._contract(self._plan(renewal="none"), running=True)
        self.company.resource_calendar_id.tz = "Pacific/Auckland"
        with freeze_time("2027-03-09 12:00:00"):
            self._run_nightly()
        self.assertEqual(contract.state, "ended", "it is the 10th there")

    def test_one_failure_stops_no_other(self):
        bad = self._contract(self._plan(renewal="tacit"), running=True)
        good = self._contract(self._plan(renewal="tacit"), running=True)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE aftersales_contract SET renewal_unit = 'eon' WHERE id = %s",
            [bad.id],
        )
        self.env.invalidate_all()
        with (
            freeze_time("2027-03-10 10:00:00"),
            mute_logger(
                "odoo.addons.aftersales_addon.models.aftersales_contract_nightly_mixin"
            ),
        ):
            self._run_nightly()
            self._run_nightly()
        self.assertEqual(good.date_end, date(2028, 3, 9))
        self.assertEqual(bad.date_end, date(2027, 3, 9))
        self.assertTrue(bad.job_error)
        error = self.env.ref("aftersales_addon.mail_activity_contract_error")
        told = bad.activity_ids.filtered(lambda a: a.activity_type_id == error)
        self.assertEqual(len(told), 1, "told once")
        bad._write_state(renewal_unit="month")
        with freeze_time("2027-03-11 10:00:00"):
            self._run_nightly()
        self.assertFalse(bad.job_error)
        self.assertEqual(bad.date_end, date(2028, 3, 9))

    def test_starting_many(self):
        plan = self._plan(services=[])
        units = self._unit(count=51)

        def count(chosen):
            contracts = self.env["aftersales.contract"].union(
                *[self._contract(plan, unit) for unit in chosen]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            contracts.with_user(self.user_agent).action_start()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count(units[0])
        one, fifty = count(units[0:0] | self._unit()), count(units[1:])
        self.assertLess(fifty, one + 25)

    # --- Changes and versions ---

    def test_portal_users_take_no_steps(self):
        contract = self._contract(running=True).with_user(self.user_portal)
        for name in (
            "action_start",
            "action_pause",
            "action_resume",
            "action_cancel",
            "action_end",
            "action_reset",
            "action_renew",
            "action_give_notice",
            "action_withdraw_notice",
            "action_change",
            "action_add_units",
            "action_remove_units",
            "action_offer_renewal",
        ):
            with self.assertRaises(AccessError, msg=name):
                getattr(contract, name)()
        other = self._contract(
            units=self.env["aftersales.asset"],
            partner_id=self.other_customer.id,
            running=True,
        ).with_user(self.user_portal)
        for name in ("action_view_units", "action_view_sale_orders"):
            with self.assertRaises(AccessError, msg=name):
                getattr(other, name)()

    def test_another_company(self):
        contract = self._contract(running=True)
        company = self.env["res.company"].create({"name": "Other Company"})
        user = self.user_agent_all
        user.write({"company_ids": [Command.link(company.id)]})
        with self.assertRaises(AccessError):
            contract.with_user(user).with_company(company).with_context(
                allowed_company_ids=company.ids
            ).read(["name"])
