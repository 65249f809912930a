from odoo import api, fields, models
from odoo.exceptions import ValidationError

RATE_GROUPS = "aftersales_addon.aftersales_group_manager,account.group_account_readonly"


class AftersalesProvisionRateMixin(models.AbstractModel):
    """What the warranty of one unit is expected to cost, in each company.

    A product says it, else its category or one of those above, else the policies:
    each states the cost expected from its own promise, and they are added up.
    """

    _name = "aftersales.provision.rate.mixin"
    _description = "Expected Cost of a Warranty"

    aftersales_provision_type = fields.Selection(
        [
            ("none", "Nothing"),
            ("amount", "Amount for each unit"),
            ("percent", "Share of the sale price"),
        ],
        string="Expected Warranty Cost",
        company_dependent=True,
        groups=RATE_GROUPS,
        help="What repairs and replacements under warranty will cost over the whole "
        "term. It is set aside when a unit is delivered.",
    )
    aftersales_provision_amount = fields.Float(
        string="Amount for Each Unit",
        company_dependent=True,
        digits="Product Price",
        groups=RATE_GROUPS,
    )
    aftersales_provision_rate = fields.Float(
        string="Share of the Price (%)",
        company_dependent=True,
        digits=(5, 2),
        groups=RATE_GROUPS,
        help="Of the price without taxes, after discounts.",
    )
    aftersales_provision_currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_aftersales_provision_currency_id",
        groups=RATE_GROUPS,
    )

    @api.depends_context("company")
    def _compute_aftersales_provision_currency_id(self):
        self.aftersales_provision_currency_id = self.env.company.currency_id

    @api.constrains("aftersales_provision_amount", "aftersales_provision_rate")
    def _check_aftersales_provision(self):
        # sudo: the rates of a record that the user may write.
        for record in self.sudo():
            rate = record.aftersales_provision_rate
            if record.aftersales_provision_amount < 0 or not 0 <= rate <= 100:
                raise ValidationError(
                    self.env._(
                        "The expected cost of “%s” is between 0 %% and 100 %% of the "
                        "price, or an amount that is not negative.",
                        record.display_name,
                    )
                )

    def _get_aftersales_provision(self):
        """Return ``(percent, amount)`` that this level states, or None."""
        self.ensure_one()
        kind = self.aftersales_provision_type
        if kind == "percent":
            return self.aftersales_provision_rate, 0.0
        if kind == "amount":
            return 0.0, self.aftersales_provision_amount
        return (0.0, 0.0) if kind == "none" else None
