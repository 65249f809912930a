from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

DAYS = 365
# Whose fault does not speak against the customer.
NOT_THE_CUSTOMER = ("product", "us", "carrier")
# Grades of goods that were more than looked at.
USED = ("c", "d", "e")


class AftersalesReturnFiguresMixin(models.AbstractModel):
    """How much of what was delivered in twelve months came back, in a few queries."""

    _name = "aftersales.return.figures.mixin"
    _description = "Figures of Returns"

    @api.model
    def _get_return_figures_of_customers(self, customers, companies):
        """Return what came back of what customers got, all of them at once.

        :param customers: commercial ``res.partner`` records
        :param companies: ``res.company`` whose deliveries and returns count
        :return: ``{customer: {"delivered", "returned", "unfounded", "returns",
            "graded", "used"}}``, units in the unit of each product
        """
        names = ("delivered", "returned", "unfounded", "returns", "graded", "used")
        result = {customer: dict.fromkeys(names, 0.0) for customer in customers}
        if not customers or not companies:
            return result
        # sudo: sums, for whoever may see the customer.
        env = self.sudo().env
        env.flush_all()
        values = {
            "customers": tuple(customers.ids),
            "companies": tuple(companies.ids),
            "since": fields.Datetime.now() - timedelta(days=DAYS),
            "fair": NOT_THE_CUSTOMER,
            "used": USED,
        }
        by_id = {customer.id: customer for customer in customers}
        queries = (
            (self._get_customer_deliveries_sql(values), names[:1]),
            (self._get_customer_returns_sql(values), names[1:4]),
            (self._get_customer_grades_sql(values), names[4:]),
        )
        for query, keys in queries:
            for customer_id, *sums in env.execute_query(query):
                result[by_id[customer_id]].update(
                    (key, float(value or 0.0))
                    for key, value in zip(keys, sums, strict=True)
                )
        return result

    @api.model
    def _get_customer_deliveries_sql(self, values):
        """What an order or, without one, a delivery names the customer of."""
        return SQL(
            """
            WITH partner AS (
                SELECT id, commercial_partner_id FROM res_partner
                 WHERE commercial_partner_id IN %(customers)s
            ), move AS (
                SELECT partner.commercial_partner_id AS customer_id, move.id
                  FROM partner
                  JOIN sale_order AS sold ON sold.partner_id = partner.id
                  JOIN sale_order_line AS line ON line.order_id = sold.id
                  JOIN stock_move AS move ON move.sale_line_id = line.id
                 UNION ALL
                SELECT partner.commercial_partner_id, move.id
                  FROM partner
                  JOIN stock_picking AS picking ON picking.partner_id = partner.id
                  JOIN stock_move AS move ON move.picking_id = picking.id
                 WHERE move.sale_line_id IS NULL
            )
            SELECT move.customer_id, SUM(done.quantity * unit.factor / own.factor)
              FROM move
              JOIN stock_move AS done ON done.id = move.id
              JOIN stock_location AS source ON source.id = done.location_id
              JOIN stock_location AS target ON target.id = done.location_dest_id
              JOIN uom_uom AS unit ON unit.id = done.product_uom
              JOIN product_product AS product ON product.id = done.product_id
              JOIN product_template AS template
                ON template.id = product.product_tmpl_id
              JOIN uom_uom AS own ON own.id = template.uom_id
             WHERE done.state = 'done' AND done.date >= %(since)s
               AND done.company_id IN %(companies)s
               AND target.usage = 'customer' AND source.usage != 'customer'
             GROUP BY move.customer_id
            """,
            **values,
        )

    @api.model
    def _get_customer_returns_sql(self, values):
        return SQL(
            """
            SELECT rma.commercial_partner_id,
                   SUM(line.quantity_received * unit.factor / own.factor),
                   SUM(line.quantity_received * unit.factor / own.factor) FILTER (
                       WHERE COALESCE(reason.fault, '') NOT IN %(fair)s),
                   COUNT(DISTINCT rma.id) FILTER (
                       WHERE COALESCE(reason.fault, '') NOT IN %(fair)s)
              FROM aftersales_rma AS rma
              JOIN aftersales_rma_line AS line ON line.rma_id = rma.id
              JOIN uom_uom AS unit ON unit.id = line.uom_id
              JOIN product_product AS product ON product.id = line.product_id
              JOIN product_template AS template
                ON template.id = product.product_tmpl_id
              JOIN uom_uom AS own ON own.id = template.uom_id
              LEFT JOIN aftersales_reason AS reason ON reason.id = line.reason_id
             WHERE rma.commercial_partner_id IN %(customers)s
               AND rma.company_id IN %(companies)s
               AND rma.date_received >= %(since)s AND line.quantity_received > 0
             GROUP BY rma.commercial_partner_id
            """,
            **values,
        )

    @api.model
    def _get_customer_grades_sql(self, values):
        return SQL(
            """
            SELECT rma.commercial_partner_id,
                   SUM(found.quantity * unit.factor / own.factor),
                   SUM(found.quantity * unit.factor / own.factor) FILTER (
                       WHERE found.grade IN %(used)s)
              FROM aftersales_rma AS rma
              JOIN aftersales_rma_line AS line ON line.rma_id = rma.id
              JOIN aftersales_reason AS reason ON reason.id = line.reason_id
              JOIN aftersales_rma_disposition AS found ON found.line_id = line.id
              JOIN uom_uom AS unit ON unit.id = line.uom_id
              JOIN product_product AS product ON product.id = line.product_id
              JOIN product_template AS template
                ON template.id = product.product_tmpl_id
              JOIN uom_uom AS own ON own.id = template.uom_id
             WHERE rma.commercial_partner_id IN %(customers)s
               AND rma.company_id IN %(companies)s
               AND rma.date_received >= %(since)s
               AND reason.fault = 'customer'
               AND found.state = 'done' AND found.grade IS NOT NULL
             GROUP BY rma.commercial_partner_id
            """,
            **values,
        )

    @api.model
    def _get_return_figures_of_products(self, products, companies):
        """Return what came back of what was delivered of products, all at once.

        :param products: ``product.product`` records
        :param companies: ``res.company`` whose deliveries and returns count
        :return: ``{product: (delivered, returned)}`` in the unit of each product
        """
        result = dict.fromkeys(products, (0.0, 0.0))
        if not products or not companies:
            return result
        # sudo: sums, for whoever may see the product.
        env = self.sudo().env
        env.flush_all()
        query = SQL(
            """
            SELECT product.id, delivered.units, returned.units
              FROM product_product AS product
              JOIN product_template AS template
                ON template.id = product.product_tmpl_id
              JOIN uom_uom AS own ON own.id = template.uom_id
              LEFT JOIN LATERAL (
                SELECT SUM(move.quantity * unit.factor / own.factor) AS units
                  FROM stock_move AS move
                  JOIN stock_location AS source ON source.id = move.location_id
                  JOIN stock_location AS target ON target.id = move.location_dest_id
                  JOIN uom_uom AS unit ON unit.id = move.product_uom
                 WHERE move.product_id = product.id AND move.state = 'done'
                   AND move.company_id IN %(companies)s AND move.date >= %(since)s
                   AND target.usage = 'customer' AND source.usage != 'customer'
              ) AS delivered ON TRUE
              LEFT JOIN LATERAL (
                SELECT SUM(line.quantity_received * unit.factor / own.factor) AS units
                  FROM aftersales_rma_line AS line
                  JOIN aftersales_rma AS rma ON rma.id = line.rma_id
                  JOIN uom_uom AS unit ON unit.id = line.uom_id
                 WHERE line.product_id = product.id
                   AND line.company_id IN %(companies)s
                   AND rma.date_received >= %(since)s
              ) AS returned ON TRUE
             WHERE product.id IN %(products)s
            """,
            products=tuple(products.ids),
            companies=tuple(companies.ids),
            since=fields.Datetime.now() - timedelta(days=DAYS),
        )
        by_id = {product.id: product for product in products}
        for product_id, delivered, returned in env.execute_query(query):
            result[by_id[product_id]] = (float(delivered or 0), float(returned or 0))
        return result

    @api.model
    def _get_share(self, part, whole):
        """Return a share in percent; all of it when nothing else is known."""
        if whole:
            return min(100.0 * part / whole, 100.0)
        return 100.0 if part else 0.0
