from odoo import fields, models

from ..tools.periods import add_period


class AftersalesWarrantyReplacementMixin(models.AbstractModel):
    """A warranty that goes on with the unit that took another one's place."""

    _name = "aftersales.warranty.replacement.mixin"
    _description = "Warranty After a Replacement"

    continues_id = fields.Many2one(
        "aftersales.warranty",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
        help="The warranty of the unit that was replaced.",
    )
    is_replaced_by_term = fields.Boolean(
        string="Gave Way to a Remaining Term",
        readonly=True,
        copy=False,
        help="Came with the delivery of a replacement, and was closed because the "
        "remaining term of the replaced unit holds instead.",
    )

    def _goes_on_after(self, day):
        """Keep the warranties that a replacement on a day continues.

        Those of a unit that came back before it was replaced count too: the return
        has ended them.
        """
        return self.filtered(
            lambda w: (
                (w.state != "closed" or w.close_reason == "returned")
                and (not w.date_end or w.date_end >= day)
            )
        )

    def _continue_on(self, pairs):
        """Create the same warranties on other units, with all that moved them.

        :param list pairs: ``(aftersales.warranty, aftersales.asset)``
        :return: the new ``aftersales.warranty`` records, in the order of the pairs
        """
        heirs = self.create([layer._prepare_heir_vals(asset) for layer, asset in pairs])
        by_pair = {
            (layer, asset): heir
            for (layer, asset), heir in zip(pairs, heirs, strict=True)
        }
        # Read for all at once, not for each unit by itself.
        self.browse([layer.id for layer, _asset in pairs]).mapped("change_ids")
        change_vals = []
        for (layer, asset), heir in by_pair.items():
            base = by_pair.get((layer.base_id, asset))
            if base:
                heir.base_id = base
            change_vals += [
                change.copy_data({"warranty_id": heir.id})[0]
                for change in layer.change_ids
            ]
        self.env["aftersales.warranty.change"].create(change_vals)
        return heirs

    def _prepare_heir_vals(self, asset):
        """Return the values of this warranty on the unit that takes the place."""
        self.ensure_one()
        return {
            **self.copy_data()[0],
            "asset_id": asset.id,
            "company_id": asset.company_id.id,
            "state": "open" if self.date_end else "waiting",
            "continues_id": self.id,
            "base_id": False,
        }

    def _ensure_floor(self, day, reason):
        """Let warranties last the least term after a replacement on a day."""
        by_floor = self.filtered(
            lambda w: w.state == "open" and w.date_start <= day <= w.date_end
        ).grouped(lambda w: w.version_id._get_option("replacement_floor") or 0)
        for days, warranties in by_floor.items():
            floor = add_period(day, days, "day")
            short = warranties.filtered(
                lambda w, floor=floor: any(
                    day <= fields.Date.to_date(line["end"]) < floor
                    for line in w.coverage or []
                )
            )
            if short:
                short._add_change("floor", reason=reason, day=day, date_floor=floor)
