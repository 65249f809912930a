from odoo import api, fields, models
from odoo.fields import Domain


class AftersalesProductAlert(models.Model):
    """A product that fails more than it should: somebody was told, once."""

    _name = "aftersales.product.alert"
    _description = "Alert about a Product"
    _order = "date desc, id desc"
    _rec_name = "product_id"

    product_id = fields.Many2one(
        "product.product", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    date = fields.Date(string="Since", required=True, readonly=True)
    date_over = fields.Date(
        string="Over On",
        readonly=True,
        help="The day on which the product failed less than the limit again.",
    )
    claims = fields.Integer(readonly=True, help="On the day of the alert.")
    claim_rate = fields.Float(
        string="Claims per 1,000", readonly=True, digits=(16, 1), aggregator="avg"
    )
    claim_limit = fields.Float(
        string="Limit", readonly=True, digits=(16, 1), aggregator=None
    )
    user_id = fields.Many2one("res.users", string="Told", readonly=True)

    _one_open = models.UniqueIndex(
        "(product_id, company_id) WHERE date_over IS NULL",
        "There is an open alert about this product.",
    )

    @api.model
    def _cron_watch_products(self):
        """Tell who looks after products of those that fail too often, once each.

        A product that is below its limit again may be told of anew later.
        """
        for company in self.env["res.company"].search(Domain.TRUE):
            self.with_company(company)._watch_company(company)

    @api.model
    def _watch_company(self, company):
        Report = self.env["aftersales.product.report"]
        # sudo: a scheduled action looks at all products.
        over = Report.sudo().search(
            [("company_id", "=", company.id), ("is_over", "=", True)]
        )
        open_ones = self.search(
            [("company_id", "=", company.id), ("date_over", "=", False)]
        )
        gone = open_ones.filtered(lambda a: a.product_id not in over.product_id)
        gone.write({"date_over": company._aftersales_today()})
        known = open_ones.product_id
        for row in over.filtered(lambda r: r.product_id not in known):
            self._tell(row, company)

    @api.model
    def _tell(self, row, company):
        """Give the person responsible for a product something to look into."""
        template = row.product_tmpl_id.with_company(company)
        user = template.responsible_id or company._aftersales_get_managers()[:1]
        alert = self.create(
            {
                "product_id": row.product_id.id,
                "company_id": company.id,
                "date": company._aftersales_today(),
                "claims": row.claims,
                "claim_rate": row.claim_rate,
                "claim_limit": row.claim_limit,
                "user_id": user.id,
            }
        )
        if user:
            language = self.with_context(lang=user.lang).env
            template.activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=user.id,
                summary=language._("This product fails too often"),
                note=language._(
                    "%(product)s: %(claims)s claims in a year, %(rate).1f for 1,000 "
                    "units in service. The limit is %(limit).1f.",
                    product=row.product_id.display_name,
                    claims=row.claims,
                    rate=row.claim_rate,
                    limit=row.claim_limit,
                ),
            )
        return alert

    def action_open(self):
        """Open the product."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "product.product",
            "res_id": self.product_id.id,
            "views": [(False, "form")],
        }
