from odoo import fields, models
from odoo.tools import SQL

# What happened in so many days makes a customer one at risk.
DAYS = 90


class AftersalesCustomerReport(models.Model):
    """What customers are worth, what they cost, and who may leave.

    One row for each customer (the company, not its contacts) and company of ours that
    has sold to them.
    """

    _name = "aftersales.customer.report"
    _description = "Customers and Their Service"
    _auto = False
    _order = "risk desc, lifetime_value desc, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    revenue = fields.Monetary(
        readonly=True,
        help="All posted invoices less credit notes, without taxes, in the currency of "
        "the company.",
    )
    margin = fields.Monetary(
        readonly=True,
        help="The revenue less what the invoiced goods and services cost, at the cost "
        "that their products have today.",
    )
    service_cost = fields.Monetary(
        readonly=True,
        help="What the customer's service cases have cost, and the returns that belong "
        "to none: work, shipping, handling, parts and replaced goods.",
    )
    lifetime_value = fields.Monetary(
        readonly=True, help="The margin less the cost of service."
    )
    cases = fields.Integer(string="Service Cases", readonly=True)
    complaints = fields.Integer(
        string="Open Complaints", readonly=True, help="Complaints that are not solved."
    )
    broken = fields.Integer(
        string="Broken Promises",
        readonly=True,
        help="Cases of the last 90 days of which a promised time ran out.",
    )
    bad_ratings = fields.Integer(
        readonly=True, help="Ratings of 1 or 2 in the last 90 days."
    )
    nps_score = fields.Integer(
        string="Would Recommend Us (0 to 10)",
        readonly=True,
        aggregator="avg",
        help="The latest answer of one of their contacts.",
    )
    notices = fields.Integer(
        string="Contracts Ending",
        readonly=True,
        help="Contracts in force of which notice was given.",
    )
    risk = fields.Integer(
        readonly=True,
        help="How many of these hold: an open complaint, a broken promise, a bad "
        "rating, a latest answer of 6 or less, a contract of which notice was given.",
    )
    is_at_risk = fields.Boolean(
        string="At Risk", readonly=True, help="Two of the signs of risk, or more."
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT *, margin - service_cost AS lifetime_value, risk >= 2 AS is_at_risk
              FROM (
                SELECT (who.partner_id::bigint << 16) + who.company_id AS id,
                       who.partner_id, who.company_id, company.currency_id,
                       partner.country_id, partner.user_id,
                       COALESCE(sold.revenue, 0) AS revenue,
                       COALESCE(sold.margin, 0) AS margin,
                       COALESCE(served.cost, 0) + COALESCE(returned.cost, 0)
                           AS service_cost,
                       COALESCE(served.cases, 0) AS cases,
                       COALESCE(served.complaints, 0) AS complaints,
                       COALESCE(served.broken, 0) AS broken,
                       COALESCE(rated.bad, 0) AS bad_ratings,
                       asked.score AS nps_score,
                       COALESCE(contract.notices, 0) AS notices,
                       (COALESCE(served.complaints, 0) > 0)::int
                       + (COALESCE(served.broken, 0) > 0)::int
                       + (COALESCE(rated.bad, 0) > 0)::int
                       + COALESCE((asked.score <= 6)::int, 0)
                       + (COALESCE(contract.notices, 0) > 0)::int AS risk
                  FROM (%(who)s) AS who
                  JOIN res_partner AS partner ON partner.id = who.partner_id
                  JOIN res_company AS company ON company.id = who.company_id
                  LEFT JOIN (%(sold)s) AS sold
                    ON sold.partner_id = who.partner_id
                   AND sold.company_id = who.company_id
                  LEFT JOIN (%(served)s) AS served
                    ON served.partner_id = who.partner_id
                   AND served.company_id = who.company_id
                  LEFT JOIN (%(returned)s) AS returned
                    ON returned.partner_id = who.partner_id
                   AND returned.company_id = who.company_id
                  LEFT JOIN (%(rated)s) AS rated
                    ON rated.partner_id = who.partner_id
                   AND rated.company_id = who.company_id
                  LEFT JOIN (%(asked)s) AS asked
                    ON asked.partner_id = who.partner_id
                   AND asked.company_id = who.company_id
                  LEFT JOIN (%(contract)s) AS contract
                    ON contract.partner_id = who.partner_id
                   AND contract.company_id = who.company_id
              ) AS figures
            """,
            who=self._get_customers(),
            sold=self._get_sales(),
            served=self._get_cases(),
            returned=self._get_returns(),
            rated=self._get_ratings(),
            asked=self._get_answers(),
            contract=self._get_contracts(),
        )

    def _get_since(self):
        return fields.Datetime.subtract(fields.Datetime.now(), days=DAYS)

    def _get_customers(self):
        """Return who is a customer of which company."""
        return SQL(
            """
            SELECT commercial_partner_id AS partner_id, company_id
              FROM account_move
             WHERE state = 'posted' AND move_type IN ('out_invoice', 'out_refund')
               AND commercial_partner_id IS NOT NULL
             UNION
            SELECT commercial_partner_id, company_id FROM aftersales_case
             WHERE commercial_partner_id IS NOT NULL AND is_spam IS NOT TRUE
             UNION
            SELECT commercial_partner_id, company_id FROM aftersales_asset
             WHERE commercial_partner_id IS NOT NULL
            """
        )

    def _get_sales(self):
        """Return revenue and margin of each customer."""
        return SQL(
            """
            SELECT move.commercial_partner_id AS partner_id, move.company_id,
                   -SUM(line.balance) AS revenue,
                   -SUM(line.balance) - SUM(
                       CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END
                       * line.quantity * COALESCE(
                           unit.factor / NULLIF(own.factor, 0)
                           * (product.standard_price
                              ->>move.company_id::text)::numeric,
                           0
                       )
                   ) AS margin
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
              LEFT JOIN product_product product ON product.id = line.product_id
              LEFT JOIN product_template template
                     ON template.id = product.product_tmpl_id
              LEFT JOIN uom_uom unit ON unit.id = line.product_uom_id
              LEFT JOIN uom_uom own ON own.id = template.uom_id
             WHERE move.state = 'posted'
               AND move.move_type IN ('out_invoice', 'out_refund')
               AND line.display_type = 'product'
             GROUP BY move.commercial_partner_id, move.company_id
            """
        )

    def _get_cases(self):
        """Return what the cases of each customer have cost, and how they stand."""
        return SQL(
            """
            SELECT c.commercial_partner_id AS partner_id, c.company_id,
                   COUNT(*) AS cases, SUM(%(cost)s) AS cost,
                   COUNT(*) FILTER (
                       WHERE c.kind = 'complaint'
                       AND c.state NOT IN ('solved', 'closed', 'cancelled')
                   ) AS complaints,
                   COUNT(*) FILTER (
                       WHERE c.is_sla_breached AND c.date_reported > %(since)s
                   ) AS broken
              FROM aftersales_case c
              JOIN res_company company ON company.id = c.company_id
              JOIN res_currency currency ON currency.id = company.currency_id
              LEFT JOIN aftersales_team team ON team.id = c.team_id
             WHERE c.commercial_partner_id IS NOT NULL
               AND c.is_spam IS NOT TRUE AND c.duplicate_of_id IS NULL
             GROUP BY c.commercial_partner_id, c.company_id
            """,
            since=self._get_since(),
            # What a case costs is the same in all figures.
            cost=self.env["aftersales.case.report"]._get_cost(),
        )

    def _get_returns(self):
        return SQL(
            """
            SELECT commercial_partner_id AS partner_id, company_id,
                   SUM(COALESCE(cost_shipping, 0) + COALESCE(cost_handling, 0)
                       + COALESCE(cost_writedown, 0)) AS cost
              FROM aftersales_rma
             WHERE case_id IS NULL AND state <> 'cancelled'
             GROUP BY commercial_partner_id, company_id
            """
        )

    def _get_ratings(self):
        return SQL(
            """
            SELECT c.commercial_partner_id AS partner_id, c.company_id,
                   COUNT(*) AS bad
              FROM rating_rating rating
              JOIN aftersales_case c ON c.id = rating.res_id
             WHERE rating.res_model = 'aftersales.case' AND rating.consumed
               AND rating.rating BETWEEN 1 AND 2
               AND COALESCE(rating.rated_on, rating.write_date) > %(since)s
             GROUP BY c.commercial_partner_id, c.company_id
            """,
            since=self._get_since(),
        )

    def _get_answers(self):
        return SQL(
            """
            SELECT DISTINCT ON (commercial_partner_id, company_id)
                   commercial_partner_id AS partner_id, company_id, score
              FROM aftersales_nps
             WHERE is_answered
             ORDER BY commercial_partner_id, company_id, date_answered DESC, id DESC
            """
        )

    def _get_contracts(self):
        return SQL(
            """
            SELECT commercial_partner_id AS partner_id, company_id,
                   COUNT(*) AS notices
              FROM aftersales_contract
             WHERE state IN ('running', 'to_renew') AND date_notice_given IS NOT NULL
             GROUP BY commercial_partner_id, company_id
            """
        )

    def action_open(self):
        """Open the customer of a row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [(False, "form")],
        }
