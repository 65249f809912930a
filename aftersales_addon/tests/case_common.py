"""Service cases for the tests: a team, its hours, and a promise."""

from datetime import datetime

from odoo.fields import Command

from .common import AftersalesCommon


class CaseCommon(AftersalesCommon):
    """A team that works from nine to five in Brussels."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls._make_calendar("Nine to Five", "Europe/Brussels")
        cls.team = cls.env["aftersales.team"].create(
            {
                "name": "Help Desk",
                "company_id": cls.env.company.id,
                "resource_calendar_id": cls.calendar.id,
                "user_id": cls.user_manager.id,
                "member_ids": [Command.set((cls.user_agent | cls.user_manager).ids)],
            }
        )
        cls.promise = cls.env["aftersales.sla.policy"].create(
            {
                "name": "Within a Day",
                "team_ids": [Command.set(cls.team.ids)],
                "hours_first_response": 4,
                "hours_next_response": 4,
                "hours_resolution": 8,
            }
        )
        cls.env["aftersales.sla.policy"].search(
            [("id", "!=", cls.promise.id)]
        ).active = False

    @classmethod
    def _make_calendar(cls, name, tz, begin=9, end=17):
        return cls.env["resource.calendar"].create(
            {
                "name": name,
                "tz": tz,
                "attendance_ids": [
                    Command.create(
                        {
                            "name": "Work",
                            "dayofweek": str(day),
                            "hour_from": begin,
                            "hour_to": end,
                            "day_period": "morning",
                        }
                    )
                    for day in range(5)
                ],
            }
        )

    @classmethod
    def _case(cls, **vals):
        """A case that came by e-mail, unless said otherwise."""
        return cls.env["aftersales.case"].create(
            {
                "name": "It does not start",
                "team_id": cls.team.id,
                "channel": "email",
                "partner_id": cls.customer.id,
                **vals,
            }
        )

    _serials = 0

    @classmethod
    def _deliver_one(cls, partner=None):
        """A lock with a serial number at a customer, covered for a year."""
        CaseCommon._serials += 1
        cls.lock.product_tmpl_id.aftersales_policy_ids = cls.policy_12
        lots = cls._make_lots(cls.lock, f"LOCK-{CaseCommon._serials:05d}")
        return cls._assets(cls._deliver(cls.lock, lots=lots, partner=partner))

    def _clock(self, case, kind):
        return case.clock_ids.filtered(lambda c: c.kind == kind).sorted("id")[-1:]

    def _answer(self, case, body="We look into it.", user=None):
        """A person of ours writes to the customer."""
        return case.with_user(user or self.user_agent).message_post(
            body=body, message_type="comment", subtype_xmlid="mail.mt_comment"
        )

    def _ask(self, case, body="Any news?"):
        """The customer writes."""
        return case.message_post(
            body=body,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=case.partner_id.id,
        )

    @staticmethod
    def _utc(text):
        return datetime.fromisoformat(text)
