from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .aftersales_case import CHANNELS, KINDS, PRIORITIES, RESOLUTIONS
from .aftersales_stage import STAGE_KINDS

# Whether a solution holds is known after so many days.
MATURE_DAYS = 7


class AftersalesCaseReport(models.Model):
    """The figures of service: one row for each case, spam and merged ones left out.

    Each rate is a mean of 100 and 0 over the cases that it is about; cases that it is
    not about have no value and count for nothing.
    """

    _name = "aftersales.case.report"
    _description = "Figures of Service"
    _inherit = ["aftersales.case.cost.mixin"]
    _auto = False
    _order = "date_reported desc, id desc"
    _rec_name = "case_id"

    case_id = fields.Many2one("aftersales.case", string="Service Case", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    team_id = fields.Many2one("aftersales.team", readonly=True)
    user_id = fields.Many2one("res.users", string="Responsible", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    categ_id = fields.Many2one(
        "product.category", string="Product Category", readonly=True
    )
    reason_id = fields.Many2one("aftersales.reason", string="Symptom", readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    priority = fields.Selection(PRIORITIES, readonly=True)
    resolution = fields.Selection(RESOLUTIONS, string="Solved By", readonly=True)
    state = fields.Selection(STAGE_KINDS, string="Stage Means", readonly=True)
    date_reported = fields.Datetime(string="Reported On", readonly=True)
    date_solved = fields.Datetime(string="Solved On", readonly=True)
    date_first_solved = fields.Datetime(
        string="First Solved On",
        readonly=True,
        help="The first solution, also of a case that was reopened and is open still.",
    )
    hours_first_response = fields.Float(
        string="First Answer (Working Hours)",
        readonly=True,
        aggregator="avg",
        help="From the report to the first answer of a person of ours; automatic mails "
        "do not count.",
    )
    hours_first_response_clock = fields.Float(
        string="First Answer (Hours by the Clock)",
        readonly=True,
        aggregator="avg",
        help="The same, day and night.",
    )
    hours_resolution = fields.Float(
        string="Solution (Working Hours)",
        readonly=True,
        aggregator="avg",
        help="From the report to the latest solution, without times of waiting.",
    )
    hours_resolution_clock = fields.Float(
        string="Solution (Hours by the Clock)",
        readonly=True,
        aggregator="avg",
        help="From the report to the latest solution, day and night.",
    )
    sla_rate = fields.Float(
        string="Promises Kept (%)",
        readonly=True,
        aggregator="avg",
        help="Of the solved cases to which something was promised: those of which no "
        "promise was broken.",
    )
    fcr_rate = fields.Float(
        string="Solved at First Contact (%)",
        readonly=True,
        aggregator="avg",
        help="Of the cases that were solved more than 7 days ago: those with at most "
        "one answer of a person of ours, never reopened, and without a new case for "
        "the same installed product and symptom within 7 days.",
    )
    reopen_rate = fields.Float(
        string="Reopened (%)",
        readonly=True,
        aggregator="avg",
        help="Of the cases that were solved at least once.",
    )
    rating = fields.Float(
        string="Rating (1 to 5)",
        readonly=True,
        aggregator="avg",
        help="Of the customers who answered.",
    )
    csat_rate = fields.Float(
        string="Satisfied (CSAT, %)",
        readonly=True,
        aggregator="avg",
        help="Of the customers who answered: those who gave 4 or 5.",
    )
    response_rate = fields.Float(
        string="Ratings Answered (%)",
        readonly=True,
        aggregator="avg",
        help="Of the customers who were asked.",
    )
    backlog_days = fields.Float(
        string="Open Since (Days)",
        readonly=True,
        aggregator="avg",
        help="The age of the cases that are still open.",
    )
    hours_worked = fields.Float(string="Work (Hours)", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            "SELECT %s FROM %s WHERE %s",
            self._get_columns(),
            self._get_tables(),
            SQL("c.is_spam IS NOT TRUE AND c.duplicate_of_id IS NULL"),
        )

    def _get_columns(self):
        """Return what is selected, as SQL."""
        solved = SQL("c.state IN ('solved', 'closed')")
        return SQL(
            """
            c.id, c.id AS case_id, c.company_id, company.currency_id, c.team_id,
            c.user_id, c.commercial_partner_id AS partner_id, c.product_id,
            template.categ_id, c.reason_id, c.kind, c.channel, c.priority, c.resolution,
            c.state, c.date_reported, c.date_solved, c.date_first_solved,
            CASE WHEN c.date_first_response IS NOT NULL
                 THEN c.hours_first_response END AS hours_first_response,
            CASE WHEN c.date_first_response IS NOT NULL
                 THEN c.hours_first_response_clock END AS hours_first_response_clock,
            CASE WHEN %(solved)s THEN c.hours_resolution END AS hours_resolution,
            CASE WHEN %(solved)s
                 THEN c.hours_resolution_clock END AS hours_resolution_clock,
            CASE WHEN %(solved)s AND c.sla_policy_id IS NOT NULL
                 THEN CASE WHEN c.is_sla_breached THEN 0 ELSE 100 END END AS sla_rate,
            CASE WHEN %(solved)s AND c.date_first_solved < %(mature)s
                 THEN CASE WHEN %(first)s THEN 100 ELSE 0 END END AS fcr_rate,
            CASE WHEN c.date_first_solved IS NOT NULL
                 THEN CASE WHEN c.reopen_count > 0 THEN 100 ELSE 0 END
                 END AS reopen_rate,
            rated.rating,
            CASE WHEN rated.rating >= 4 THEN 100
                 WHEN rated.rating IS NOT NULL THEN 0 END AS csat_rate,
            CASE WHEN rated.rating IS NOT NULL THEN 100
                 WHEN c.date_rating_asked IS NOT NULL THEN 0 END AS response_rate,
            CASE WHEN c.state NOT IN ('solved', 'closed', 'cancelled')
                 THEN EXTRACT(EPOCH FROM (%(now)s - c.date_reported)) / 86400
                 END AS backlog_days,
            c.hours_worked,
            %(cost)s AS cost
            """,
            solved=solved,
            mature=self._get_mature(),
            now=fields.Datetime.now(),
            first=self._get_first_contact(),
            cost=self._get_cost(),
        )

    @api.model
    def _get_mature(self):
        """Return until when a case was solved of which it is known whether it held."""
        return fields.Datetime.subtract(fields.Datetime.now(), days=MATURE_DAYS)

    @api.model
    def _get_counted_domain(self, name):
        """Return the ``Domain`` of the cases that a rate is about: that have a value.

        :param str name: the field of the rate
        """
        solved = Domain("state", "in", ("solved", "closed"))
        first = "date_first_solved"
        return {
            "csat_rate": Domain("rating", ">", 0),
            "sla_rate": solved & Domain("case_id.sla_policy_id", "!=", False),
            "fcr_rate": solved & Domain(first, "<", self._get_mature()),
            "reopen_rate": Domain(first, "!=", False),
        }[name]

    def _get_first_contact(self):
        """Return whether a case was solved at the first contact, as SQL.

        Resolved with at most one public answer of a person, not reopened, and no new
        case for the same installed product and symptom within 7 days.
        """
        return SQL(
            """
            COALESCE(c.reply_count, 0) <= 1 AND COALESCE(c.reopen_count, 0) = 0
            AND NOT EXISTS (
                SELECT 1 FROM aftersales_case again
                 WHERE again.asset_id = c.asset_id
                   AND again.id <> c.id
                   AND again.reason_id IS NOT DISTINCT FROM c.reason_id
                   AND again.is_spam IS NOT TRUE
                   AND again.duplicate_of_id IS NULL
                   AND again.date_reported > c.date_first_solved
                   AND again.date_reported <= c.date_first_solved + INTERVAL '7 days'
            )
            """
        )

    def _get_tables(self):
        """Return the joined tables, as SQL."""
        return SQL(
            """
            aftersales_case c
            JOIN res_company company ON company.id = c.company_id
            JOIN res_currency currency ON currency.id = company.currency_id
            LEFT JOIN aftersales_team team ON team.id = c.team_id
            LEFT JOIN product_product product ON product.id = c.product_id
            LEFT JOIN product_template template
                   ON template.id = product.product_tmpl_id
            LEFT JOIN LATERAL (
                SELECT r.rating FROM rating_rating r
                 WHERE r.res_model = 'aftersales.case' AND r.res_id = c.id
                   AND r.consumed AND r.rating >= 1
                 ORDER BY r.write_date DESC, r.id DESC LIMIT 1
            ) rated ON TRUE
            """
        )

    def action_open(self):
        """Open the case of a row."""
        self.ensure_one()
        return self.case_id._action_open()
