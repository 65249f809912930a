"""Rules, customers with e-mail addresses, and a company that works Monday to Friday."""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import freeze_time

from .contract_common import ContractCommon
from .rma_common import RmaCommon

NOW = "2026-03-02 12:00"
LATER = "2026-03-09 12:00"


class FollowupCommon(ContractCommon, RmaCommon):
    """Everything that can be followed up; the ready rules are out of the way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Rule = cls.env["aftersales.followup.rule"]
        Rule.search([("is_on", "=", True)]).action_switch_off()
        cls.calendar.tz = "UTC"
        cls.company.resource_calendar_id = cls.calendar
        cls.customer.write({"email": "anna@example.com", "tz": "UTC", "lang": "en_US"})
        cls.other_customer.write({"email": "ben@example.com", "tz": "UTC"})
        cls.company.email = "service@example.com"
        cls.user_agent.tz = "UTC"

    @classmethod
    def _rule(cls, event="delivered", on=True, **vals):
        """A rule; with an activity for the manager unless said otherwise."""
        rule = cls.env["aftersales.followup.rule"].create(
            {
                "name": "Is all well?",
                "event": event,
                "user_id": cls.user_manager.id,
                **vals,
            }
        )
        if on:
            rule.action_switch_on_anyway()
        return rule

    @classmethod
    def _template(cls, model, body="<p>Is all well?</p>", **vals):
        return cls.env["mail.template"].create(
            {
                "name": "Is all well?",
                "model_id": cls.env["ir.model"]._get_id(model),
                "subject": "Is all well?",
                "body_html": body,
                "lang": "{{ object.partner_id.lang }}",
                "auto_delete": False,
                **vals,
            }
        )

    @classmethod
    def _mail_rule(cls, event="delivered", model="aftersales.asset", **vals):
        """A rule that writes to the contact."""
        template = vals.pop("template", None) or cls._template(model)
        return cls._rule(
            event,
            action="mail",
            audience="contact",
            template_id=template.id,
            **vals,
        )

    @classmethod
    def _unit(cls, day="2026-02-25", partner=None, name=None, **vals):
        """A unit that was delivered on a day, without a delivery."""
        return cls.env["aftersales.asset"].create(
            {
                "product_id": cls.sensor.id,
                "serial_number": name,
                "partner_id": (partner or cls.customer).id,
                "delivery_date": day,
                **vals,
            }
        )

    def _set_end(self, unit, day):
        """Let the warranty end on a day, whatever it would come to."""
        self.env.flush_all()
        unit.sudo().warranty_end = day
        self.env.flush_all()

    def _plan_rule(self, rule, days=30):
        """Plan what is due in the coming days; return what is planned in the end."""
        rule._plan(fields.Datetime.now() + timedelta(days=days))
        return self._followups(rule)

    def _planned(self, rule=None, unit=None):
        with freeze_time(NOW):
            self.unit = unit or self._unit("2026-03-02")
            followup = self._plan_rule(rule or self._mail_rule())
        self.assertEqual(followup.state, "planned")
        return followup

    def _followups(self, rule):
        return self.env["aftersales.followup"].search(
            [("rule_id", "=", rule.id)], order="date_planned, id"
        )

    def _run_due(self):
        """Do what is due, as the job does it, without its commits."""
        Followup = self.env["aftersales.followup"]
        now = fields.Datetime.now()
        due = Followup._lock_due(now, 1000)
        due._run(now)
        self.env.flush_all()
        return due

    def _done(self, rule, state="done"):
        """Plan on 2 March, run a week later; return the only follow-up."""
        with freeze_time(NOW):
            rule.action_switch_on_anyway()
            followup = self._plan_rule(rule)
            self.assertEqual(len(followup), 1)
        with freeze_time(LATER):
            self._run_due()
        self.assertEqual(followup.state, state, followup.error or followup.reason)
        return followup

    def _mails_to(self, partner=None):
        partner = partner or self.customer
        return self.env["mail.mail"].search([("recipient_ids", "in", partner.ids)])

    @classmethod
    def _holiday(cls, day):
        cls.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": cls.calendar.id,
                "company_id": cls.company.id,
                "date_from": f"{day} 00:00:00",
                "date_to": f"{day} 23:59:59",
            }
        )

    @classmethod
    def _plan_of_activities(cls, model):
        return cls.env["mail.activity.plan"].create(
            {
                "name": "Two Calls",
                "res_model": model,
                "template_ids": [
                    Command.create(
                        {
                            "activity_type_id": cls.env.ref(
                                "mail.mail_activity_data_call"
                            ).id,
                            "summary": f"Call {number}",
                            "responsible_type": "on_demand",
                        }
                    )
                    for number in (1, 2)
                ],
            }
        )
