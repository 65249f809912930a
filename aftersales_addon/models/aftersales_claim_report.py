from odoo import api, fields, models
from odoo.tools import SQL


class AftersalesClaimReport(models.Model):
    """Each time that a product failed: what the figures of products are made of.

    A case about a defect, a return through a fault of the product, or a repair. What
    belongs to a case is told by the case, so it counts once.
    """

    _name = "aftersales.claim.report"
    _description = "Claims"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "product_id"

    product_id = fields.Many2one("product.product", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    date = fields.Date(string="Reported On", readonly=True)
    reason_id = fields.Many2one("aftersales.reason", string="Symptom", readonly=True)
    kind = fields.Selection(
        [
            ("case", "Service Case"),
            ("return", "Return"),
            ("repair", "Repair"),
        ],
        string="Told By",
        readonly=True,
    )
    case_id = fields.Many2one("aftersales.case", string="Service Case", readonly=True)
    rma_id = fields.Many2one("aftersales.rma", string="Return", readonly=True)
    repair_id = fields.Many2one("repair.order", readonly=True)

    @property
    def _table_query(self):
        return SQL(" UNION ALL ").join(self._get_claims())

    @api.model
    def _get_day(self, moment):
        """Return the day of a moment where the company is, as SQL.

        :param str moment: a column, with the name of its table
        """
        return SQL(
            "(%s AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(calendar.tz, 'UTC'))::date",
            SQL.identifier(*moment.split(".")),
        )

    def _get_claims(self):
        """Return the queries of the documents that tell of a failure."""
        return [
            SQL(
                """
                SELECT c.id::bigint * 3 AS id, c.product_id, c.company_id,
                       c.commercial_partner_id AS partner_id,
                       %s AS date, c.reason_id, 'case' AS kind,
                       c.id AS case_id, NULL::int AS rma_id, NULL::int AS repair_id
                  FROM aftersales_case c
                  LEFT JOIN aftersales_reason reason ON reason.id = c.reason_id
                  JOIN res_company company ON company.id = c.company_id
                  LEFT JOIN resource_calendar calendar
                         ON calendar.id = company.resource_calendar_id
                 WHERE c.product_id IS NOT NULL
                   AND c.is_spam IS NOT TRUE AND c.duplicate_of_id IS NULL
                   AND c.state <> 'cancelled'
                   AND (c.kind IN ('technical', 'claim') OR reason.is_defect)
                """,
                self._get_day("c.date_reported"),
            ),
            SQL(
                """
                SELECT line.id::bigint * 3 + 1, line.product_id, line.company_id,
                       rma.commercial_partner_id, %s,
                       line.reason_id, 'return', NULL, rma.id, NULL
                  FROM aftersales_rma_line line
                  JOIN aftersales_rma rma ON rma.id = line.rma_id
                  JOIN aftersales_reason reason ON reason.id = line.reason_id
                  JOIN res_company company ON company.id = line.company_id
                  LEFT JOIN resource_calendar calendar
                         ON calendar.id = company.resource_calendar_id
                 WHERE rma.case_id IS NULL AND reason.fault = 'product'
                   AND rma.date_requested IS NOT NULL
                   AND rma.state NOT IN ('cancelled', 'rejected')
                """,
                self._get_day("rma.date_requested"),
            ),
            SQL(
                """
                SELECT r.id::bigint * 3 + 2, r.product_id, r.company_id,
                       partner.commercial_partner_id,
                       COALESCE(r.aftersales_date_reported, r.create_date::date),
                       NULL, 'repair', NULL, NULL, r.id
                  FROM repair_order r
                  LEFT JOIN res_partner partner ON partner.id = r.partner_id
                 WHERE r.aftersales_case_id IS NULL
                   AND r.aftersales_disposition_id IS NULL
                   AND r.aftersales_asset_id IS NOT NULL
                   AND r.state <> 'cancel'
                """
            ),
        ]

    def action_open(self):
        """Open the document that told of the failure."""
        self.ensure_one()
        document = self.case_id or self.rma_id or self.repair_id
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "views": [(False, "form")],
        }
