from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# Work on the same unit again within so many days was not fixed by the first one.
DAYS = 30


class AftersalesFixReport(models.Model):
    """Were units right after the first repair or visit? One row for each unit and job.

    Visits count that were made because of a fault; maintenance is no sign of one.
    """

    _name = "aftersales.fix.report"
    _description = "First-Time Fix"
    _auto = False
    _order = "date_done desc, id desc"
    _rec_name = "asset_id"

    repair_id = fields.Many2one("repair.order", readonly=True)
    visit_id = fields.Many2one("aftersales.visit", readonly=True)
    asset_id = fields.Many2one(
        "aftersales.asset", string="Installed Product", readonly=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    user_id = fields.Many2one("res.users", string="Technician", readonly=True)
    date_done = fields.Date(string="Repaired On", readonly=True)
    fix_rate = fields.Float(
        string="Fixed at First Repair (%)",
        readonly=True,
        aggregator="avg",
        help="Of the repairs, and the visits because of a fault, that were done more "
        "than 30 days ago: those after which the same unit needed no further one "
        "within 30 days, and that were not put down as not fixed.",
    )

    @property
    def _table_query(self):
        company = self.env.company
        return SQL(
            """
            WITH job AS (
                SELECT r.id * 2 AS id, r.id AS repair_id, NULL::int AS visit_id,
                       r.aftersales_asset_id AS asset_id, r.company_id,
                       r.product_id, r.partner_id, r.user_id,
                       r.aftersales_date_reported AS date_reported,
                       CASE WHEN r.state = 'done' THEN r.aftersales_date_done
                       END AS date_done,
                       FALSE AS is_unfixed
                  FROM repair_order r
                 WHERE r.state <> 'cancel'
                   AND r.aftersales_asset_id IS NOT NULL
                 UNION ALL
                SELECT l.id * 2 + 1, NULL, v.id,
                       l.asset_id, v.company_id,
                       a.product_id, v.partner_id, v.user_id,
                       (COALESCE(c.date_reported, v.create_date)
                           AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date,
                       CASE WHEN v.state = 'done'
                            THEN (v.date_done AT TIME ZONE 'UTC'
                                  AT TIME ZONE %(tz)s)::date
                       END,
                       COALESCE(v.is_fixed = 'no', FALSE)
                  FROM aftersales_visit v
                  JOIN aftersales_visit_line l ON l.visit_id = v.id
                  JOIN aftersales_asset a ON a.id = l.asset_id
                  LEFT JOIN aftersales_case c ON c.id = v.case_id
                 WHERE v.kind = 'repair'
                   AND v.state NOT IN ('cancelled', 'not_done')
            )
            SELECT j.id, j.repair_id, j.visit_id, j.asset_id, j.company_id,
                   j.product_id, j.partner_id, j.user_id, j.date_done,
                   CASE WHEN j.date_done < %(mature)s
                        THEN CASE WHEN j.is_unfixed OR EXISTS (
                            SELECT 1 FROM job again
                             WHERE again.asset_id = j.asset_id
                               AND again.id <> j.id
                               AND again.date_reported >= j.date_done
                               AND again.date_reported <= j.date_done + %(days)s
                        ) THEN 0 ELSE 100 END
                   END AS fix_rate
              FROM job j
             WHERE j.date_done IS NOT NULL
            """,
            mature=self._get_mature(),
            days=DAYS,
            tz=company._aftersales_tz(),
        )

    @api.model
    def _get_mature(self):
        """Return until when a job was done of which it is known whether it held."""
        return fields.Date.subtract(self.env.company._aftersales_today(), days=DAYS)

    @api.model
    def _get_counted_domain(self, name):
        """Return the ``Domain`` of the jobs that have a value."""
        return Domain("date_done", "<", self._get_mature())

    def action_open(self):
        """Open the repair or the visit of a row."""
        self.ensure_one()
        document = self.repair_id or self.visit_id
        return {
            "type": "ir.actions.act_window",
            "name": document._description,
            "res_model": document._name,
            "res_id": document.id,
            "views": [(False, "form")],
        }
