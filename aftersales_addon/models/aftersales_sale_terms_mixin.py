from odoo import models


class AftersalesSaleTermsMixin(models.AbstractModel):
    """The warranties that an order line promises, as customers read them.

    16 CFR 702.3 wants the text of a written warranty at hand before the sale: each
    quotation names the warranties of its lines and carries their full text.
    """

    _name = "aftersales.sale.terms.mixin"
    _description = "Warranty Terms of an Order Line"

    def _get_aftersales_promises(self):
        """Return the policies that lines promise, or the versions already sold.

        :return: ``{line: aftersales.warranty.policy or .version}``, law first
        """
        result = {}
        for company, lines in self.grouped("company_id").items():
            if not company.aftersales_terms_on_quotation:
                continue
            # sudo: the customer reads what is promised, not the policies.
            sold = lines.sudo()
            for line in sold.filtered("aftersales_extension_policy_id"):
                result[line] = (
                    line.aftersales_extension_version_id
                    or line.aftersales_extension_policy_id
                )
            goods = sold.filtered(lambda line: line._is_aftersales_goods())
            policies = goods.product_id._aftersales_resolve_policies(company)
            for line in goods:
                versions = line.aftersales_asset_ids.warranty_ids.version_id
                promised = versions or policies[line.product_id]
                result[line] = promised.sorted(lambda p: p.kind != "statutory")
        return result

    def _is_aftersales_goods(self):
        self.ensure_one()
        return (
            not self.display_type and self.product_id.type in ("consu", "combo")
        ) and not self.is_downpayment

    def _get_aftersales_terms_label(self):
        """Return the warranties of the line in one line, or an empty text."""
        self.ensure_one()
        promises = self._get_aftersales_promises().get(self, ())
        return " · ".join(promise._get_terms_label() for promise in promises)

    def _get_aftersales_annex(self):
        """Return the full text of all warranties that these lines promise, once.

        :return: a list of ``(policy or version, names of the goods)``
        """
        goods = {}
        for line, promises in self._get_aftersales_promises().items():
            for promise in promises:
                names = goods.setdefault(promise, [])
                covered = line.aftersales_covered_line_id.product_id or line.product_id
                if covered.display_name not in names:
                    names.append(covered.display_name)
        return [
            (promise, names)
            for promise, names in goods.items()
            if promise._has_customer_terms()
        ]
