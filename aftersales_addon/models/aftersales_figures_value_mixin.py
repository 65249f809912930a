from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

# The figures are those of so many days, beside those of as many days before.
DAYS = 90
# How many rows the short lists show.
LIST_LIMIT = 8


class AftersalesFiguresValueMixin(models.AbstractModel):
    """What after-sales costs, and what it may bring."""

    _name = "aftersales.figures.value.mixin"
    _description = "Money in the Overview for Managers"

    # --- Cost ---

    @api.model
    def _get_costs(self):
        """Return what after-sales has cost, by product, supplier and customer."""
        since = fields.Datetime.now() - timedelta(days=DAYS)
        cases = self._get_company_domain() & Domain("date_reported", ">", since)
        returns = self._get_company_domain() & Domain("date_requested", ">", since)
        case_report, rma_report = "aftersales.case.report", "aftersales.rma.report"
        return [
            self._cost(
                "product",
                self.env._("By Product"),
                case_report,
                "product_id",
                "cost",
                cases,
            ),
            self._cost(
                "vendor",
                self.env._("Returns by Supplier"),
                rma_report,
                "vendor_id",
                "cost_total",
                returns,
            ),
            self._cost(
                "customer",
                self.env._("By Customer"),
                case_report,
                "partner_id",
                "cost",
                cases,
            ),
        ]

    @api.model
    def _cost(self, name, label, model, group, measure, domain):
        Model = self.env[model]
        # Companies may keep their books in several currencies.
        is_money = Model._fields[measure].type == "monetary"
        total = f"{measure}:sum_currency" if is_money else f"{measure}:sum"
        rows = Model._read_group(
            domain & Domain(group, "!=", False),
            [group],
            [total],
            order=f"{total} desc",
            limit=LIST_LIMIT,
        )
        return {
            "name": name,
            "label": label,
            "definition": self._define(model, measure),
            "model": model,
            "measure": measure,
            "rows": [
                {
                    "id": record.id,
                    "name": record.sudo().display_name,
                    "amount": amount,
                    "domain": list(domain & Domain(group, "=", record.id)),
                }
                for record, amount in rows
                if amount
            ],
        }

    @api.model
    def _get_returns(self):
        """Return which products came back, or are asked to."""
        since = fields.Datetime.now() - timedelta(days=DAYS)
        domain = self._get_company_domain() & Domain("date_requested", ">", since)
        return self._cost(
            "returns",
            self.env._("Returns by Product"),
            "aftersales.rma.report",
            "product_id",
            "returns",
            domain,
        )

    # --- Revenue at hand ---

    @api.model
    def _get_revenue_at_hand(self):
        """Return what ends in the next 90 days and may be sold again."""
        today = self.env.company._aftersales_today()
        until = today + timedelta(days=DAYS)
        units = self._tile(
            "warranties",
            "aftersales.asset",
            [
                ("state", "=", "in_use"),
                ("warranty_end", ">=", today),
                ("warranty_end", "<=", until),
            ],
            self.env._("Warranties Ending"),
            self.env._(
                "Units whose coverage ends in the next 90 days, and what an extension "
                "of each would bring: the cheapest one that its product names, at its "
                "sales price."
            ),
        )
        contracts = self._tile(
            "contracts",
            "aftersales.contract",
            [
                ("state", "in", ("running", "to_renew")),
                ("date_end", ">=", today),
                ("date_end", "<=", until),
            ],
            self.env._("Contracts Ending"),
            self.env._(
                "Contracts whose term ends in the next 90 days, and what they bring in "
                "a year."
            ),
        )
        units["amount"] = self._get_extension_revenue(units["domain"])
        contracts["amount"] = self._get_contract_revenue(contracts["domain"])
        return [units, contracts]

    @api.model
    def _get_extension_revenue(self, domain):
        """Return what extensions of units would bring, in the company's currency."""
        rows = self.env["aftersales.asset"]._read_group(
            domain, ["product_id"], ["quantity:sum"]
        )
        today = self.env.company._aftersales_today()
        currency = self.env.company.currency_id
        total = 0.0
        for product, quantity in rows:
            # sudo: what is for sale at which price is no secret to who sells it.
            offered = product.sudo()._aftersales_get_extensions()
            prices = [
                extension.currency_id._convert(
                    extension.lst_price, currency, self.env.company, today
                )
                for extension in offered.filtered("sale_ok")
            ]
            total += min(prices, default=0.0) * quantity
        return total

    @api.model
    def _get_contract_revenue(self, domain):
        """Return what contracts bring in a year, in the company's currency."""
        today = self.env.company._aftersales_today()
        company = self.env.company
        return sum(
            currency._convert(amount, company.currency_id, company, today)
            for currency, amount in self.env["aftersales.contract"]._read_group(
                domain, ["currency_id"], ["amount_year:sum"]
            )
        )
