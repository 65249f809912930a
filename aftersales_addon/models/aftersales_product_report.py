from odoo import fields, models
from odoo.tools import SQL

# A rate is one of the last twelve months, beside the twelve before.
DAYS = 365
# So many claims make a rate; fewer are chance.
MIN_CLAIMS = 3


class AftersalesProductReport(models.Model):
    """Which products fail more than they should: claims per 1,000 units in service.

    One row for each product of which units are, or were, with customers, and company.
    """

    _name = "aftersales.product.report"
    _description = "Failures of Products"
    _auto = False
    _order = "claim_rate desc, id"
    _rec_name = "product_id"

    product_id = fields.Many2one("product.product", readonly=True)
    product_tmpl_id = fields.Many2one(
        "product.template", string="Product Family", readonly=True
    )
    categ_id = fields.Many2one(
        "product.category", string="Product Category", readonly=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    units = fields.Float(
        string="Units in Service",
        readonly=True,
        digits="Product Unit",
        help="With customers today.",
    )
    unit_years = fields.Float(
        string="Units on Average",
        readonly=True,
        digits=(16, 2),
        help="How many units were with customers on average in the last 365 days: a "
        "unit of half a year counts one half.",
    )
    claims = fields.Integer(
        readonly=True,
        help="In the last 365 days: service cases about a defect or a technical "
        "problem, returns through a fault of the product, and repairs. What belongs to "
        "one case counts once.",
    )
    claims_before = fields.Integer(
        string="Claims in the Year Before",
        readonly=True,
        help="In the 365 days before.",
    )
    claim_rate = fields.Float(
        string="Claims per 1,000",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Claims of the last 365 days for 1,000 units that were with customers on "
        "average in that time.",
    )
    claim_rate_before = fields.Float(
        string="Claims per 1,000, Year Before",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="The same for the 365 days before.",
    )
    trend = fields.Float(
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="How much the claims per 1,000 rose against the year before; below zero: "
        "they fell.",
    )
    claim_limit = fields.Float(
        string="Limit",
        readonly=True,
        aggregator=None,
        digits=(16, 1),
        help="From so many claims per 1,000 on somebody is told: on the product, else "
        "in the settings. Zero: never.",
    )
    is_over = fields.Boolean(
        string="Fails Too Often",
        readonly=True,
        help="At least three claims, and more per 1,000 than the limit.",
    )

    @property
    def _table_query(self):
        today = self.env.company._aftersales_today()
        since = fields.Date.subtract(today, days=DAYS)
        before = fields.Date.subtract(today, days=2 * DAYS)
        return SQL(
            """
            SELECT *, claim_rate - claim_rate_before AS trend,
                   claims >= %(least)s AND claim_limit > 0
                       AND claim_rate > claim_limit AS is_over
              FROM (
                SELECT (fleet.product_id::bigint << 16) + fleet.company_id AS id,
                       fleet.product_id, product.product_tmpl_id, template.categ_id,
                       fleet.company_id, fleet.units, fleet.unit_years,
                       COALESCE(claim.now, 0) AS claims,
                       COALESCE(claim.before, 0) AS claims_before,
                       %(rate_now)s AS claim_rate,
                       %(rate_before)s AS claim_rate_before,
                       COALESCE(
                           NULLIF(template.aftersales_claim_limit, 0),
                           company.aftersales_claim_limit, 0
                       ) AS claim_limit
                  FROM (%(fleet)s) AS fleet
                  JOIN product_product AS product ON product.id = fleet.product_id
                  JOIN product_template AS template
                    ON template.id = product.product_tmpl_id
                  JOIN res_company AS company ON company.id = fleet.company_id
                  LEFT JOIN (
                    SELECT product_id, company_id,
                           COUNT(*) FILTER (WHERE date > %(since)s) AS now,
                           COUNT(*) FILTER (WHERE date <= %(since)s) AS before
                      FROM (%(claims)s) AS claim
                     WHERE date > %(before)s AND date <= %(today)s
                     GROUP BY product_id, company_id
                  ) AS claim
                    ON claim.product_id = fleet.product_id
                   AND claim.company_id = fleet.company_id
              ) AS figures
            """,
            least=MIN_CLAIMS,
            fleet=self._get_fleet(before, since, today),
            claims=self.env["aftersales.claim.report"]._table_query,
            rate_now=self._get_rate("now", "unit_years"),
            rate_before=self._get_rate("before", "unit_years_before"),
            before=before,
            since=since,
            today=today,
        )

    def _get_rate(self, claims, units):
        return SQL(
            "COALESCE(1000.0 * claim.%s / NULLIF(fleet.%s, 0), 0)",
            SQL.identifier(claims),
            SQL.identifier(units),
        )

    def _get_fleet(self, before, since, today):
        """Return the units with customers: today, and on average in both years."""
        return SQL(
            """
            SELECT product_id, company_id,
                   SUM(quantity) FILTER (WHERE state = 'in_use') AS units,
                   SUM(%(now)s) / %(days)s AS unit_years,
                   SUM(%(before)s) / %(days)s AS unit_years_before
              FROM aftersales_asset
             WHERE delivery_date IS NOT NULL
             GROUP BY product_id, company_id
            """,
            now=self._get_unit_days(since, today),
            before=self._get_unit_days(before, since),
            days=float(DAYS),
        )

    def _get_unit_days(self, first, last):
        """Return on how many days after one day, up to another, a unit was in use."""
        return SQL(
            """
            GREATEST(
                0,
                LEAST(COALESCE(date_closed, %(last)s::date), %(last)s::date)
                - GREATEST(delivery_date, %(first)s::date)
            ) * CASE WHEN state = 'in_use' THEN quantity ELSE quantity_delivered END
            """,
            first=first,
            last=last,
        )

    def action_open(self):
        """Open the claims of the product of a row: what stands behind its figure."""
        self.ensure_one()
        today = self.company_id._aftersales_today()
        since = fields.Date.subtract(today, days=DAYS)
        action = self.env["ir.actions.actions"]._for_xml_id(
            "aftersales_addon.aftersales_claim_report_action"
        )
        return {
            **action,
            "name": self.env._("Claims: %s", self.product_id.display_name),
            "domain": [
                ("product_id", "=", self.product_id.id),
                ("company_id", "=", self.company_id.id),
                ("date", ">", since),
                ("date", "<=", today),
            ],
            "context": {},
        }

    def action_view_units(self):
        """Open the units of the product of a row."""
        self.ensure_one()
        return self.env["aftersales.asset"]._get_action(
            [
                ("product_id", "=", self.product_id.id),
                ("company_id", "=", self.company_id.id),
            ],
            {"search_default_in_use": True},
        )
