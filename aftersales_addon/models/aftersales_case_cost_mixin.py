from odoo import fields, models
from odoo.tools import SQL

# What a done move took out of stock, or its product's cost where stock is not valued.
_MOVE_COST = SQL(
    """
    COALESCE(
        NULLIF(ABS(m.value), 0),
        m.quantity * unit.factor / NULLIF(own_unit.factor, 0)
            * (p.standard_price->>m.company_id::text)::numeric,
        0
    )
    """
)
_MOVE_TABLES = SQL(
    """
    JOIN product_product p ON p.id = m.product_id
    JOIN product_template pt ON pt.id = p.product_tmpl_id
    JOIN uom_uom unit ON unit.id = m.product_uom
    JOIN uom_uom own_unit ON own_unit.id = pt.uom_id
    """
)
# Which part of a line the customer does not pay.
_NOT_CHARGED = SQL(
    """
    CASE WHEN l.id IS NULL OR o.state = 'cancel' OR COALESCE(l.price_subtotal, 0) = 0
         THEN 1
         ELSE LEAST(
             100,
             COALESCE(l.aftersales_share, 0) + COALESCE(l.aftersales_goodwill_share, 0)
         ) / 100.0
    END
    """
)
# Without a cost of its own, work counts with its price: what it would cost without
# the coverage.
_WORK_COST = SQL(
    """
    COALESCE(
        NULLIF((p.standard_price->>o.company_id::text)::numeric, 0)
            * l.product_uom_qty * unit.factor / NULLIF(own_unit.factor, 0),
        l.price_unit * l.product_uom_qty
            * (100 - COALESCE(l.aftersales_discount_base, 0)) / 100
            / COALESCE(NULLIF(o.currency_rate, 0), 1)
    )
    """
)


class AftersalesCaseCostMixin(models.AbstractModel):
    """What a case has cost the company: its work, and what it has led to."""

    _name = "aftersales.case.cost.mixin"
    _description = "Cost of a Service Case"

    currency_id = fields.Many2one("res.currency", readonly=True)
    cost = fields.Monetary(
        readonly=True,
        help="The work of the team at its rate; the returns of the case: shipping, "
        "handling, loss in value and refunds; finished repairs: parts and work at "
        "cost, as far as the customer does not pay for them; and replaced goods at "
        "cost, as far as the customer does not pay for them, without what came back.",
    )

    def _get_cost(self):
        """Return what a case has cost, in the company's currency, as SQL."""
        # Most cases are work and nothing else: only those that led to something are
        # looked up in what they led to.
        return SQL(
            """
            ROUND(
                (%(work)s + CASE WHEN c.id IN (%(led)s) THEN %(more)s ELSE 0 END
                )::numeric,
                currency.decimal_places
            )
            """,
            work=self._get_own_work_cost(),
            led=SQL(" UNION ALL ").join(self._get_cases_with_documents()),
            more=SQL(" + ").join(self._get_costs()),
        )

    def _get_own_work_cost(self):
        return SQL("COALESCE(c.hours_worked, 0) * COALESCE(team.cost_hour, 0)")

    def _get_costs(self):
        """Return what a case costs beside the team's work, as SQL.

        :return: a list of expressions over the tables of ``_get_tables``
        """
        return [
            self._get_return_cost(),
            self._get_part_cost(),
            self._get_work_cost(),
            self._get_replacement_cost(),
        ]

    def _get_cases_with_documents(self):
        """Return which cases have costs beside the team's work, as queries of ids."""
        return [
            SQL("SELECT case_id FROM aftersales_rma WHERE case_id IS NOT NULL"),
            SQL(
                "SELECT aftersales_case_id FROM repair_order "
                "WHERE aftersales_case_id IS NOT NULL"
            ),
            SQL(
                "SELECT aftersales_case_id FROM sale_order "
                "WHERE aftersales_case_id IS NOT NULL"
            ),
        ]

    def _get_return_cost(self):
        return SQL(
            """
            COALESCE((
                SELECT SUM(rma.cost_total) FROM aftersales_rma rma
                 WHERE rma.case_id = c.id AND rma.state <> 'cancelled'
            ), 0)
            """
        )

    def _get_repairs(self):
        """Return the finished repairs of a case and of its returns, as SQL."""
        return SQL(
            """
            SELECT own.id, own.sale_order_id, own.aftersales_assessment_id
              FROM repair_order own
             WHERE own.aftersales_case_id = c.id AND own.state = 'done'
            UNION
            SELECT r.id, r.sale_order_id, r.aftersales_assessment_id
              FROM aftersales_rma rma
              JOIN aftersales_rma_disposition d ON d.rma_id = rma.id
              JOIN repair_order r ON r.aftersales_disposition_id = d.id
             WHERE rma.case_id = c.id AND r.state = 'done'
            """
        )

    def _get_part_cost(self):
        return SQL(
            """
            COALESCE((
                SELECT SUM(%(cost)s * %(share)s)
                  FROM (%(repairs)s) repair
                  JOIN stock_move m ON m.repair_id = repair.id
                       AND m.repair_line_type = 'add' AND m.state = 'done'
                  %(tables)s
                  LEFT JOIN sale_order_line l ON l.id = m.sale_line_id
                  LEFT JOIN sale_order o ON o.id = l.order_id
            ), 0)
            """,
            cost=_MOVE_COST,
            share=_NOT_CHARGED,
            repairs=self._get_repairs(),
            tables=_MOVE_TABLES,
        )

    def _get_work_cost(self):
        return SQL(
            """
            COALESCE((
                SELECT SUM(%(cost)s * %(share)s)
                  FROM (%(repairs)s) repair
                  JOIN sale_order o
                       ON o.id = repair.sale_order_id AND o.state <> 'cancel'
                  JOIN sale_order_line l ON l.order_id = o.id
                       AND l.aftersales_assessment_id = repair.aftersales_assessment_id
                  JOIN product_product p ON p.id = l.product_id
                  JOIN product_template pt
                       ON pt.id = p.product_tmpl_id AND pt.type = 'service'
                  JOIN uom_uom unit ON unit.id = l.product_uom_id
                  JOIN uom_uom own_unit ON own_unit.id = pt.uom_id
            ), 0)
            """,
            cost=_WORK_COST,
            share=_NOT_CHARGED,
            repairs=self._get_repairs(),
        )

    def _get_replacement_cost(self):
        """Return the cost of goods that took the place of others, as SQL.

        They are those of replacement orders of the case, and of its returns.
        """
        return SQL(
            """
            COALESCE((
                SELECT SUM(
                    CASE WHEN target.usage = 'customer' THEN 1 ELSE -1 END
                    * %(cost)s * %(share)s
                )
                  FROM (
                    SELECT l.id FROM sale_order replacement
                      JOIN sale_order_line l ON l.order_id = replacement.id
                     WHERE replacement.aftersales_case_id = c.id
                    UNION
                    SELECT l.id FROM aftersales_rma rma
                      JOIN aftersales_rma_line rl ON rl.rma_id = rma.id
                      JOIN sale_order_line l ON l.aftersales_rma_line_id = rl.id
                     WHERE rma.case_id = c.id
                  ) sent
                  JOIN sale_order_line l ON l.id = sent.id
                  JOIN sale_order o ON o.id = l.order_id
                  JOIN stock_move m ON m.sale_line_id = l.id AND m.state = 'done'
                  JOIN stock_location source ON source.id = m.location_id
                  JOIN stock_location target ON target.id = m.location_dest_id
                       AND (source.usage = 'customer') <> (target.usage = 'customer')
                  %(tables)s
            ), 0)
            """,
            cost=_MOVE_COST,
            share=_NOT_CHARGED,
            tables=_MOVE_TABLES,
        )
