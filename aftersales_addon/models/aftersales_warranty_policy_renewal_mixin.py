from odoo import api, fields, models
from odoo.tools import SQL

from ..const import MAX_DURATION


class AftersalesWarrantyPolicyRenewalMixin(models.AbstractModel):
    """What is offered before a warranty ends, to whom and when.

    None of this is promised to the customer: it holds at once for all that was sold.
    """

    _name = "aftersales.warranty.policy.renewal.mixin"
    _description = "Renewal of a Warranty"

    renewal_product_id = fields.Many2one(
        "product.product",
        string="Extension to Offer",
        domain="[('aftersales_extension_policy_id', '!=', False)]",
        ondelete="restrict",
        help="Offered before the warranty ends. Empty: the extensions that are "
        "offered with the product itself.",
    )
    renewal_notice_days = fields.Integer(
        string="Notice Before the End",
        help="So many days before a warranty ends, the person responsible is asked to "
        "offer an extension. 0: nobody is asked.",
    )
    renewal_user_id = fields.Many2one(
        "res.users",
        string="Ask",
        domain="[('share', '=', False)]",
        help="Who is asked when neither the unit nor its customer has a person "
        "responsible.",
    )

    _renewal_notice_days_range = models.Constraint(
        f"CHECK (renewal_notice_days BETWEEN 0 AND {MAX_DURATION['day']})",
        "The notice before the end of a warranty is a number of days, 0 or more.",
    )

    def write(self, vals):
        before = {policy: policy.renewal_notice_days for policy in self}
        result = super().write(vals)
        if "renewal_notice_days" in vals:
            for policy, days in before.items():
                if policy.renewal_notice_days != days:
                    policy._reschedule_renewals()
        return result

    def _reschedule_renewals(self):
        """Set the days of the notices anew for all that was sold under the policy."""
        self.ensure_one()
        self.env["aftersales.warranty"].flush_model()
        self.env["aftersales.asset"].flush_model(["renewal_notified_end"])
        # In one statement: there may be a million of them.
        self.env.cr.execute(
            SQL(
                """
                UPDATE aftersales_warranty AS warranty
                   SET renewal_date = CASE WHEN %(days)s > 0
                           THEN warranty.date_end - %(days)s::int END,
                       renewal_error = NULL
                  FROM aftersales_asset AS asset
                 WHERE asset.id = warranty.asset_id
                   AND warranty.policy_id = %(policy)s
                   AND warranty.state = 'open'
                   AND warranty.date_end >= %(today)s
                   AND asset.renewal_notified_end IS DISTINCT FROM warranty.date_end
                """,
                days=self.renewal_notice_days,
                policy=self.id,
                today=fields.Date.today(),
            )
        )
        self.env["aftersales.warranty"].invalidate_model(
            ["renewal_date", "renewal_error"]
        )

    @api.model
    def _get_renewal_notices(self, policy_ids):
        """Return the notices of policies in days, ``{id: days}``, where they have one.

        :param policy_ids: ids of policies
        """
        # sudo: the notice holds whoever delivers.
        policies = self.sudo().browse(policy_ids)
        return {p.id: p.renewal_notice_days for p in policies if p.renewal_notice_days}
