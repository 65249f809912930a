from odoo import fields, models
from odoo.tools import SQL

# A repair of the same unit within so many days was not fixed by the first one.
DAYS = 30


class AftersalesFixReport(models.Model):
    """Were units right after the first repair? One row for each repair done."""

    _name = "aftersales.fix.report"
    _description = "First-Time Fix"
    _auto = False
    _order = "date_done desc, id desc"
    _rec_name = "repair_id"

    repair_id = fields.Many2one("repair.order", readonly=True)
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
        help="Of the repairs that were done more than 30 days ago: those after which "
        "the same unit was not taken in for another one within 30 days.",
    )

    @property
    def _table_query(self):
        company = self.env.company
        return SQL(
            """
            SELECT r.id, r.id AS repair_id, r.aftersales_asset_id AS asset_id,
                   r.company_id, r.product_id, r.partner_id, r.user_id,
                   r.aftersales_date_done AS date_done,
                   CASE WHEN r.aftersales_date_done < %(mature)s
                        THEN CASE WHEN EXISTS (
                            SELECT 1 FROM repair_order again
                             WHERE again.aftersales_asset_id = r.aftersales_asset_id
                               AND again.id <> r.id
                               AND again.state <> 'cancel'
                               AND again.aftersales_date_reported
                                   >= r.aftersales_date_done
                               AND again.aftersales_date_reported
                                   <= r.aftersales_date_done + %(days)s
                        ) THEN 0 ELSE 100 END
                   END AS fix_rate
              FROM repair_order r
             WHERE r.state = 'done'
               AND r.aftersales_asset_id IS NOT NULL
               AND r.aftersales_date_done IS NOT NULL
            """,
            mature=fields.Date.subtract(company._aftersales_today(), days=DAYS),
            days=DAYS,
        )

    def action_open(self):
        """Open the repair of a row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Repair"),
            "res_model": "repair.order",
            "res_id": self.repair_id.id,
            "views": [(False, "form")],
        }
