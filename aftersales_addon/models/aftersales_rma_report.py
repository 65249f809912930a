from odoo import api, fields, models
from odoo.tools import SQL

from .aftersales_return_policy import REMEDIES
from .aftersales_rma import STATES

# What a return costs stands on the return; its lines share it by what they are worth.
COSTS = ("cost_shipping", "cost_handling", "cost_writedown", "amount_refunded")


class AftersalesRmaReport(models.Model):
    """The figures of returns: one row for each line of a return that was asked for."""

    _name = "aftersales.rma.report"
    _description = "Figures of Returns"
    _auto = False
    _order = "date_requested desc, id desc"
    _rec_name = "rma_id"

    rma_id = fields.Many2one("aftersales.rma", string="Return", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        help="The company, or the person, that the customer belongs to.",
    )
    country_id = fields.Many2one("res.country", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    product_tmpl_id = fields.Many2one(
        "product.template", string="Product Family", readonly=True
    )
    categ_id = fields.Many2one(
        "product.category", string="Product Category", readonly=True
    )
    vendor_id = fields.Many2one(
        "res.partner",
        string="Supplier",
        readonly=True,
        help="The first vendor of the product.",
    )
    reason_id = fields.Many2one("aftersales.reason", readonly=True)
    fault = fields.Selection(
        [
            ("product", "The product"),
            ("us", "Us"),
            ("carrier", "The carrier"),
            ("customer", "The customer"),
            ("nobody", "Nobody"),
        ],
        string="Caused By",
        readonly=True,
        help="As the reason says.",
    )
    remedy = fields.Selection(REMEDIES, string="Customer Gets", readonly=True)
    team_id = fields.Many2one("aftersales.team", readonly=True)
    user_id = fields.Many2one("res.users", string="Responsible", readonly=True)
    warehouse_id = fields.Many2one("stock.warehouse", readonly=True)
    state = fields.Selection(STATES, readonly=True)
    date_requested = fields.Datetime(string="Requested On", readonly=True)
    returns = fields.Float(
        readonly=True,
        digits=(16, 2),
        help="Each line counts for its part of the return: two lines of one return are "
        "one half each.",
    )
    quantity = fields.Float(
        string="Units Asked For",
        readonly=True,
        digits="Product Unit",
        help="In the unit of the product.",
    )
    quantity_received = fields.Float(
        string="Units Received",
        readonly=True,
        digits="Product Unit",
        help="In the unit of the product.",
    )
    value = fields.Monetary(
        readonly=True,
        help="What the units asked for were sold for, before tax, in the currency of "
        "the company: the price of the order line less its discount; the price of the "
        "product where no order is known.",
    )
    days_to_decision = fields.Float(
        string="Days to Decision",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="From the request to the approval or the rejection. Average of the lines "
        "that were decided about.",
    )
    days_to_receipt = fields.Float(
        string="Days to Receipt",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="From the request to the last receipt. Average of the lines of returns of "
        "which all goods have come.",
    )
    days_to_money = fields.Float(
        string="Days to Money",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="From the request to the last refund. Average of the lines of returns "
        "that are refunded.",
    )
    cost_shipping = fields.Monetary(
        string="Shipping Cost",
        readonly=True,
        help="Of the return; its lines share it by their values.",
    )
    cost_handling = fields.Monetary(
        string="Handling Cost",
        readonly=True,
        help="Of the return; its lines share it by their values.",
    )
    cost_writedown = fields.Monetary(
        string="Loss in Value",
        readonly=True,
        help="Of the return; its lines share it by their values.",
    )
    amount_refunded = fields.Monetary(
        string="Refunded",
        readonly=True,
        help="Of the return, before tax; its lines share it by their values.",
    )
    cost_total = fields.Monetary(
        string="Total Cost",
        readonly=True,
        help="Shipping, handling, loss in value and refund.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT row.*, %(costs)s, %(total)s AS cost_total
              FROM (SELECT %(columns)s FROM %(tables)s
                     WHERE rma.state != 'draft' AND rma.date_requested IS NOT NULL
                    WINDOW whole AS (PARTITION BY line.rma_id)
              ) AS row
              JOIN aftersales_rma AS rma ON rma.id = row.rma_id
            """,
            columns=self._get_columns_sql(),
            tables=self._get_tables_sql(),
            costs=SQL(", ").join(
                SQL("row.share * rma.%s AS %s", SQL.identifier(n), SQL.identifier(n))
                for n in COSTS
            ),
            total=SQL(" + ").join(
                SQL("row.share * COALESCE(rma.%s, 0)", SQL.identifier(n)) for n in COSTS
            ),
        )

    @api.model
    def _get_columns_sql(self):
        """Return what is read of each line."""
        return SQL(
            """
            line.id, line.rma_id, line.company_id, line.product_id, line.reason_id,
            line.remedy, company.currency_id, rma.commercial_partner_id AS partner_id,
            customer.country_id, product.product_tmpl_id, template.categ_id,
            vendor.partner_id AS vendor_id, reason.fault, rma.team_id, rma.user_id,
            rma.warehouse_id, rma.state, rma.date_requested,
            1.0 / COUNT(*) OVER whole AS returns,
            line.quantity * unit.factor / own.factor AS quantity,
            line.quantity_received * unit.factor / own.factor AS quantity_received,
            worth.value,
            CASE WHEN COALESCE(SUM(worth.value) OVER whole, 0) > 0
                 THEN worth.value / SUM(worth.value) OVER whole
                 ELSE 1.0 / COUNT(*) OVER whole END AS share,
            %(decision)s AS days_to_decision,
            CASE WHEN rma.receipt_status = 'received'
                 THEN %(receipt)s END AS days_to_receipt,
            %(money)s AS days_to_money
            """,
            decision=self._get_days_sql("date_decided"),
            receipt=self._get_days_sql("date_received"),
            money=self._get_days_sql("date_refunded"),
        )

    @api.model
    def _get_days_sql(self, name):
        return SQL(
            "EXTRACT(EPOCH FROM rma.%s - rma.date_requested) / 86400.0",
            SQL.identifier(name),
        )

    @api.model
    def _get_tables_sql(self):
        """Return from where it is read."""
        return SQL(
            """
            aftersales_rma_line AS line
              JOIN aftersales_rma AS rma ON rma.id = line.rma_id
              JOIN res_company AS company ON company.id = line.company_id
              JOIN res_partner AS customer ON customer.id = rma.commercial_partner_id
              JOIN product_product AS product ON product.id = line.product_id
              JOIN product_template AS template
                ON template.id = product.product_tmpl_id
              JOIN uom_uom AS unit ON unit.id = line.uom_id
              JOIN uom_uom AS own ON own.id = template.uom_id
              LEFT JOIN aftersales_reason AS reason ON reason.id = line.reason_id
              LEFT JOIN sale_order_line AS sold ON sold.id = line.sale_line_id
              LEFT JOIN sale_order AS sale ON sale.id = sold.order_id
              LEFT JOIN uom_uom AS sold_unit ON sold_unit.id = sold.product_uom_id
              CROSS JOIN LATERAL (
                SELECT CASE WHEN sold.id IS NULL
                    THEN template.list_price * line.quantity * unit.factor / own.factor
                    ELSE sold.price_reduce_taxexcl * line.quantity * unit.factor
                         / sold_unit.factor / COALESCE(NULLIF(sale.currency_rate, 0), 1)
                    END AS value
              ) AS worth
              LEFT JOIN LATERAL (%(vendor)s) AS vendor ON TRUE
            """,
            vendor=self._get_vendor_sql(),
        )

    @api.model
    def _get_vendor_sql(self):
        """Return the query of the supplier of the goods of one line.

        Addons that know from whom a lot came read that first.
        """
        return SQL(
            """
            SELECT info.partner_id
              FROM product_supplierinfo AS info
             WHERE info.product_tmpl_id = template.id
               AND (info.product_id IS NULL OR info.product_id = product.id)
               AND (info.company_id IS NULL OR info.company_id = line.company_id)
             ORDER BY info.sequence, info.min_qty DESC, info.price, info.id
             LIMIT 1
            """
        )

    def action_open(self):
        """Open the return of a row."""
        return self.rma_id._action_open()
