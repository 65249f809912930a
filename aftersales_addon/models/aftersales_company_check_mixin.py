from odoo import models


class AftersalesCompanyCheckMixin(models.AbstractModel):
    """The platform's check of companies, for records that come by the thousand."""

    _name = "aftersales.company.check.mixin"
    _description = "Check of Companies, Once for Equal Records"

    def _check_company(self, fnames=None):
        # The units of a delivery belong to the same companies. Evaluating a domain
        # for each of them would take a quarter of the time of their creation.
        names = [
            name
            for name, field in self._fields.items()
            if field.relational and field.check_company
        ]
        distinct = {}
        for record in self.sudo():
            key = [record.company_id]
            for name in names:
                other = record[name]
                plain = "company_id" in other and "company_ids" not in other
                key.append(other.company_id if plain else other)
            distinct.setdefault(tuple(key), record.id)
        return super(
            AftersalesCompanyCheckMixin, self.browse(distinct.values())
        )._check_company(fnames)
