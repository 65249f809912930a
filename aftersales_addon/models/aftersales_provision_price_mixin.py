from odoo import api, models


class AftersalesProvisionPriceMixin(models.AbstractModel):
    """What one unit is expected to cost: from its product, category or policies."""

    _name = "aftersales.provision.price.mixin"
    _description = "Expected Cost of a Unit"

    @api.model
    def _make_pricer(self, company):
        """Return a function that prices a life of ``_fetch_lives``.

        It returns ``{"each", "price", "rate_percent", "rate_amount"}``: the cost
        expected of one unit, and how it was worked out.
        """
        rates, list_prices, conversions = {}, {}, {}
        Product = self.env["product.product"].with_company(company)

        def get_price(life):
            if life["price"] is None:
                # Not sold on an order here: the price of the product counts.
                key = life["product_id"]
                if key not in list_prices:
                    list_prices[key] = Product.browse(key).list_price
                return list_prices[key]
            key = (life["currency_id"], life["start"])
            if key not in conversions:
                currency = self.env["res.currency"].browse(life["currency_id"])
                conversions[key] = currency._get_conversion_rate(
                    currency, company.currency_id, company, life["start"]
                )
            return float(life["price"]) * conversions[key]

        def pricer(life):
            key = (life["product_id"], tuple(life["policies"]))
            if key not in rates:
                rates[key] = self._get_provision_rate(Product.browse(key[0]), key[1])
            percent, amount = rates[key]
            price = get_price(life) if percent else 0.0
            return {
                "each": price * percent / 100 + amount,
                "price": price,
                "rate_percent": percent,
                "rate_amount": amount,
            }

        return pricer

    @api.model
    def _get_provision_rate(self, product, policy_ids):
        """Return ``(percent, amount)`` expected of one unit of a product."""
        levels = [product.product_tmpl_id]
        category = product.categ_id
        while category:
            levels.append(category)
            category = category.parent_id
        for level in levels:
            rate = level._get_aftersales_provision()
            if rate is not None:
                return rate
        policies = self.env["aftersales.warranty.policy"].browse(policy_ids)
        stated = [policy._get_aftersales_provision() or (0, 0) for policy in policies]
        return sum(p for p, _a in stated), sum(a for _p, a in stated)
