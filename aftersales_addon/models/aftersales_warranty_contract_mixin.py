from odoo import fields, models


class AftersalesWarrantyContractMixin(models.AbstractModel):
    """A layer that a service contract gives: its days are those of the contract."""

    _name = "aftersales.warranty.contract.mixin"
    _description = "Coverage by a Contract"

    contract_line_id = fields.Many2one(
        "aftersales.contract.line",
        string="Under Contract",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        groups="base.group_user",
    )

    def _prepare_contract_dates(self, version, first, last):
        """Return the dates and the coverage of a layer over days of a contract.

        :param version: ``aftersales.warranty.policy.version``
        :param date first: the first covered day
        :param date last: the last covered day
        """
        coverage = [
            {
                **{k: line[k] for k in ("item", "share", "categ_id") if k in line},
                "end": last.isoformat(),
            }
            for line in version.lines or []
        ]
        return {
            "state": "open",
            "date_anchor": first,
            "date_start": first,
            "date_end": last,
            "coverage": coverage,
        }

    def _recompute_dates(self):
        # Changes of a warranty do not move the end of a contract.
        own = self.filtered(lambda w: not w.sudo().contract_line_id)
        return super(AftersalesWarrantyContractMixin, own)._recompute_dates()

    def _schedule_renewal(self):
        own = self.filtered(lambda w: not w.sudo().contract_line_id)
        return super(AftersalesWarrantyContractMixin, own)._schedule_renewal()

    def action_offer_contract(self):
        """Make a quotation with the service plans that these units are offered."""
        return self.asset_id.action_offer_contract()
