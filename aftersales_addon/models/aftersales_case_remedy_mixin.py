from odoo import api, models

from .aftersales_stage import END_KINDS


class AftersalesCaseRemedyMixin(models.AbstractModel):
    """What a case leads to: a repair, a return, a replacement."""

    _name = "aftersales.case.remedy.mixin"
    _description = "Remedies of a Service Case"

    @api.model
    def _get_team_domain(self):
        return [("handles_cases", "=", True)]

    @api.model
    def _get_open_documents_domain(self):
        return [("state", "not in", END_KINDS)]

    def _get_assignment_facts(self):
        """Return what the rules of the teams look at."""
        self.ensure_one()
        country = self.partner_id.country_id
        language = self.env["res.lang"]._get_data(code=self.partner_id.lang)
        categories = set()
        for part in (self.product_id.categ_id.parent_path or "").split("/"):
            if part:
                categories.add(int(part))
        return {
            "categories": categories,
            "reasons": set(self.reason_id.ids),
            "countries": set(country.ids),
            "languages": {language.id} - {False, None},
            "warehouses": set(self.sale_order_id.warehouse_id.ids),
            "amount": 0.0,
        }
