from odoo import fields, models
from odoo.fields import Domain

from ..const import READ_GROUPS


class AftersalesAssetHolderMixin(models.AbstractModel):
    """A document that has installed products: the button to them, and columns.

    A model names the field of ``aftersales.asset`` that points to it in
    ``_aftersales_asset_field``; all figures are read in a fixed number of queries,
    however many records a list shows.
    """

    _name = "aftersales.asset.holder.mixin"
    _description = "Holder of Installed Products"

    # The field, or path of fields, of an installed product that leads here.
    _aftersales_asset_field = None

    aftersales_asset_count = fields.Integer(
        string="Number of Installed Products",
        compute="_compute_aftersales_asset_count",
        groups=READ_GROUPS,
    )
    aftersales_covered_count = fields.Integer(
        string="Covered",
        compute="_compute_aftersales_covered",
        groups=READ_GROUPS,
        help="How many of the installed products are covered today.",
    )
    aftersales_next_expiry = fields.Date(
        string="Next Expiry",
        compute="_compute_aftersales_covered",
        groups=READ_GROUPS,
        help="The next day on which the coverage of one of the installed products "
        "ends.",
    )

    def _compute_aftersales_asset_count(self):
        counts = dict(
            self.env["aftersales.asset"]._read_group(
                self._get_aftersales_count_domain(),
                [self._aftersales_asset_field],
                ["__count"],
            )
        )
        for holder in self:
            holder.aftersales_asset_count = counts.get(
                holder._get_aftersales_asset_key(), 0
            )

    def _compute_aftersales_covered(self):
        figures = {
            key: (count, end)
            for key, count, end in self.env["aftersales.asset"]._read_group(
                self._get_aftersales_asset_domain()
                & Domain("coverage_state", "in", ["covered", "expiring"]),
                [self._aftersales_asset_field],
                ["__count", "warranty_end:min"],
            )
        }
        for holder in self:
            count, end = figures.get(holder._get_aftersales_asset_key(), (0, False))
            holder.aftersales_covered_count = count
            holder.aftersales_next_expiry = end

    def action_aftersales_view_assets(self):
        """Open the installed products of these records."""
        return self.env["aftersales.asset"]._get_action(
            self._get_aftersales_asset_domain(), self._get_aftersales_asset_context()
        )

    def _get_aftersales_asset_key(self):
        """Return the record that installed products of this one point to."""
        # A record that a form is about to change is known by its saved self.
        return self._origin

    def _get_aftersales_asset_domain(self):
        """Return the ``Domain`` of all installed products of these records."""
        keys = {holder._get_aftersales_asset_key().id for holder in self}
        return Domain(self._aftersales_asset_field, "in", list(keys - {False}))

    def _get_aftersales_count_domain(self):
        """Return the ``Domain`` of the installed products that are counted."""
        return self._get_aftersales_asset_domain()

    def _get_aftersales_asset_context(self):
        """Return defaults and filters for the list that the button opens."""
        return {}
