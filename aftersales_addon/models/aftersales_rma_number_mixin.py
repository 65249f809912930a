from collections import defaultdict

from odoo import api, models


class AftersalesRmaNumberMixin(models.AbstractModel):
    """Returns are numbered when they are made."""

    _name = "aftersales.rma.number.mixin"
    _description = "Number of a Return"

    @api.model
    def _number(self, vals_list):
        """Give each new return its number, all of a company at once."""
        todo = defaultdict(list)
        for vals in vals_list:
            if vals.get("name", "/") == "/":
                todo[vals.get("company_id") or self.env.company.id].append(vals)
        for company, group in todo.items():
            # sudo: whoever may ask for a return may have it numbered.
            Sequence = self.env["ir.sequence"].sudo().with_company(company)
            sequence = Sequence._aftersales_find("aftersales.rma")
            if not sequence:
                continue
            for vals, name in zip(
                group, sequence._aftersales_next(len(group)), strict=True
            ):
                vals["name"] = name
