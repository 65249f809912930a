from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from ..const import EXPIRING_DAYS
from ..tools.periods import add_period, local_day


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = [
        "res.company",
        "aftersales.policy.holder.mixin",
        "aftersales.return.policy.holder.mixin",
        "aftersales.company.registration.mixin",
        "aftersales.company.rma.mixin",
        "aftersales.company.work.mixin",
        "aftersales.company.contract.mixin",
        "aftersales.company.visit.mixin",
        "aftersales.company.alert.mixin",
        "aftersales.company.visit.change.mixin",
        "aftersales.company.followup.mixin",
    ]

    aftersales_certificate_on_delivery = fields.Boolean(
        string="Send Certificates with the Delivery",
        help="Attach the warranty certificates to the confirmation e-mail of a "
        "delivery.",
    )

    aftersales_provision_updated = fields.Datetime(
        string="Warranty Provisions As Of", readonly=True
    )
    aftersales_provision_journal_id = fields.Many2one(
        "account.journal",
        string="Journal of Warranty Provisions",
        check_company=True,
        domain="[('type', '=', 'general')]",
    )
    aftersales_provision_account_id = fields.Many2one(
        "account.account", string="Provision Account", check_company=True
    )
    aftersales_provision_expense_account_id = fields.Many2one(
        "account.account", string="Warranty Expense Account", check_company=True
    )
    aftersales_provision_used_account_id = fields.Many2one(
        "account.account",
        string="Account of Warranty Costs",
        check_company=True,
        help="Where repairs and replacements under warranty are booked when they "
        "arise. What is used of the provision is taken off there. Empty: the expense "
        "account.",
    )
    aftersales_terms_on_quotation = fields.Boolean(
        string="Show Warranties on Quotations",
        default=True,
        help="Quotations and their pages name the warranty of each line and carry its "
        "full text.",
    )

    def _aftersales_get_managers(self):
        """Return the people who run after-sales in the company."""
        self.ensure_one()
        group = self.env.ref("aftersales_addon.aftersales_group_manager")
        return group.all_user_ids.filtered(
            lambda u: not u.share and u.active and self in u.company_ids
        )

    def _aftersales_tz(self):
        """Return the time zone of the company's working calendar."""
        self.ensure_one()
        # sudo: a customer who sees a date may not read working calendars.
        return self.sudo().resource_calendar_id.tz or "UTC"

    def _aftersales_day(self, moment):
        """Return the company's calendar day of a moment.

        :param datetime moment: naive UTC
        :rtype: date
        """
        self.ensure_one()
        return local_day(moment, self._aftersales_tz())

    def _aftersales_today(self):
        """Return today's date where the company works."""
        self.ensure_one()
        return self._aftersales_day(fields.Datetime.now())

    def _aftersales_today_by_company(self):
        """Return ``{company: today}`` for the companies of the recordset."""
        return {company: company._aftersales_today() for company in self}

    @api.model
    def _aftersales_by_day_domain(self, make_domain):
        """Return a domain that depends on each company's own calendar day.

        Companies that share a day share a part of the domain, so there are at most
        three parts, however many companies there are.

        :param make_domain: a function of today's date that returns a ``Domain``
        """
        now = fields.Datetime.now()
        by_day = defaultdict(list)
        # sudo: only ids of companies and their days are used; rules filter records.
        for calendar, companies in self.sudo()._read_group(
            [], ["resource_calendar_id"], ["id:recordset"]
        ):
            by_day[local_day(now, calendar.tz)] += companies.ids
        return Domain.OR(
            Domain("company_id", "in", ids) & make_domain(today)
            for today, ids in by_day.items()
        )

    @api.model
    def _aftersales_coverage_domain(self, field_name, states):
        """Return a domain on a stored last covered day, for states of coverage.

        :param str field_name: the stored date field; ``company_id`` stands beside it
        :param set states: of ``covered``, ``expiring``, ``expired``; ``covered``
            leaves out what is expiring soon
        """

        def make_domain(today):
            soon = add_period(today, EXPIRING_DAYS, "day")
            parts = {
                "covered": Domain(field_name, ">", soon),
                "expiring": Domain(field_name, ">=", today)
                & Domain(field_name, "<=", soon),
                "expired": Domain(field_name, "<", today),
            }
            return Domain.OR(parts[state] for state in states if state in parts)

        return self._aftersales_by_day_domain(make_domain)
