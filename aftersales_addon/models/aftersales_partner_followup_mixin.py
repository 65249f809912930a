from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL


class AftersalesPartnerFollowupMixin(models.AbstractModel):
    """What follow-ups know of a customer: whether they want any, and the last word."""

    _name = "aftersales.partner.followup.mixin"
    _description = "Customer with Follow-ups"

    aftersales_no_followups = fields.Boolean(
        string="No Follow-ups",
        help="The customer wants no messages that they did not ask for: no questions "
        "how it goes, no thank-you, no offers.",
    )
    aftersales_last_contact = fields.Date(
        string="Last Heard Of",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The last order, delivery, service case, return, or message of the "
        "customer or one of their contacts. Worked out each night.",
    )
    aftersales_last_message = fields.Datetime(
        string="Last Follow-up Sent",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="When a follow-up last wrote to this customer or one of their contacts.",
    )
    aftersales_followup_count = fields.Integer(
        string="Follow-ups",
        compute="_compute_aftersales_followup_count",
        groups="aftersales_addon.aftersales_group_user_all",
    )

    _aftersales_last_contact_index = models.Index(
        "(aftersales_last_contact) WHERE aftersales_last_contact IS NOT NULL"
    )

    def _compute_aftersales_followup_count(self):
        customers = self.commercial_partner_id
        counts = dict.fromkeys(customers.ids, 0)
        rows = self.env["aftersales.followup"]._read_group(
            [("partner_id", "child_of", customers.ids)], ["partner_id"], ["__count"]
        )
        for partner, count in rows:
            # sudo: a contact may be hidden from who reads; the figure is not.
            counts[partner.sudo().commercial_partner_id.id] += count
        for partner in self:
            partner.aftersales_followup_count = counts.get(
                partner.commercial_partner_id.id, 0
            )

    def action_aftersales_view_followups(self):
        """Show what was planned and done for the customer."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "aftersales_addon.aftersales_followup_action"
        )
        domain = [("partner_id", "child_of", self.commercial_partner_id.id)]
        return {**action, "domain": domain, "context": {}}

    def action_aftersales_withdraw_links(self):
        """End the links that follow-ups and questions sent to contacts so far.

        Those of a company's contacts, too; the next e-mail has new ones.

        :raises AccessError: for those who do not run after-sales
        """
        self.check_access("read")
        if not self.env.user.has_group("aftersales_addon.aftersales_group_manager"):
            raise AccessError(
                self.env._("Ask an administrator of After-Sales to withdraw links.")
            )
        self.env["aftersales.followup"]._withdraw_stop_links(self)
        questions = self.env["aftersales.nps"]._get_withdrawable(self)
        questions.action_aftersales_withdraw_links()
        note = self.env._(
            "The links of follow-ups that were sent so far do not work any more."
        )
        self._message_log_batch(bodies=dict.fromkeys(self.ids, note))

    def _aftersales_note_message(self, now):
        """Keep that a follow-up writes to this customer now.

        The row of the customer is written, so that of two workers that write to one
        customer the second sees the first, or has to begin anew.

        :param datetime now: naive UTC
        """
        customer = self.commercial_partner_id
        self.env.execute_query(
            SQL(
                "UPDATE res_partner SET aftersales_last_message = %s WHERE id = %s "
                "RETURNING id",
                now,
                customer.id,
            )
        )
        customer.invalidate_recordset(["aftersales_last_message"], flush=False)

    @api.model
    def _get_aftersales_contact_queries(self):
        """Return what counts as contact: queries of a partner's id and a moment."""
        return [
            SQL("SELECT partner_id, date_order FROM sale_order WHERE state = 'sale'"),
            SQL("SELECT partner_id, delivery_date FROM aftersales_asset"),
            SQL("SELECT partner_id, date_reported FROM aftersales_case"),
            SQL("SELECT partner_id, date_last_customer_message FROM aftersales_case"),
            SQL("SELECT partner_id, date_requested FROM aftersales_rma"),
            SQL("SELECT partner_id, date_done FROM aftersales_visit"),
        ]

    @api.model
    def _cron_note_last_contact(self):
        """Work out when each customer was last heard of; one statement."""
        self.env.flush_all()
        parts = self._get_aftersales_contact_queries()
        union = SQL(" UNION ALL ").join(parts)
        # Rows that are right already are not written: nothing to vacuum.
        self.env.execute_query(
            SQL(
                """
                WITH heard AS (
                    SELECT partner.commercial_partner_id AS id,
                           MAX(contact.moment)::date AS day
                      FROM (%s) AS contact (partner_id, moment)
                      JOIN res_partner AS partner ON partner.id = contact.partner_id
                     WHERE contact.moment IS NOT NULL
                     GROUP BY partner.commercial_partner_id
                )
                UPDATE res_partner AS customer
                   SET aftersales_last_contact = heard.day
                  FROM heard
                 WHERE customer.id = heard.id
                   AND customer.aftersales_last_contact IS DISTINCT FROM heard.day
             RETURNING customer.id
                """,
                union,
            )
        )
        self.invalidate_model(["aftersales_last_contact"])
