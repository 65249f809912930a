from odoo import fields, models

# A warranty that ended with its unit can still turn out to be paid back.
ENDED_WITH_UNIT = {"returned", "retired", "replaced"}


class AftersalesWarrantyExtensionMixin(models.AbstractModel):
    """A warranty that was sold: undoing the sale ends it, redoing brings it back."""

    _name = "aftersales.warranty.extension.mixin"
    _description = "Sold Warranty"

    sale_line_id = fields.Many2one(
        "sale.order.line",
        string="Sold With",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        groups="base.group_user",
        help="The order line that sold this extended warranty.",
    )
    quantity_limit = fields.Float(
        string="Units Covered",
        digits="Product Unit",
        readonly=True,
        help="How many of the units the warranty was bought for. 0: for all of them.",
    )

    _quantity_limit_not_negative = models.Constraint(
        "CHECK (quantity_limit >= 0)",
        "A warranty cannot be bought for less than nothing.",
    )

    def _set_quantity_limit(self, limit):
        """Let warranties cover a part of the quantity of their units.

        :param float limit: how many, in the unit of the product; 0 for all
        """
        changed = self.filtered(
            lambda w: w.asset_id.uom_id.compare(w.quantity_limit, limit)
        )
        changed.quantity_limit = limit

    def _get_limit_label(self):
        """Return how many of the units are covered in words; empty for all."""
        self.ensure_one()
        if not self.quantity_limit:
            return ""
        unit = self.asset_id.uom_id
        total = max(self.asset_id.quantity, self.quantity_limit)
        return self.env._(
            "for %(limit)s of %(total)s",
            limit=unit._aftersales_format_named(self.quantity_limit),
            total=unit._aftersales_format_named(total),
        )

    def _set_refunded(self):
        """End warranties because their sale was undone."""
        ending = self.filtered(
            lambda w: w.state != "closed" or w.close_reason in ENDED_WITH_UNIT
        )
        if not ending:
            return
        told = ending.filtered(lambda w: w.state != "closed")
        ending.write({"state": "closed", "close_reason": "refunded"})
        for warranty in ending:
            former = warranty._get_superseded()
            if former:
                warranty.follower_ids.base_id = former
                former._set_open({"superseded"})
        ending._move_followers()
        told._log_sale(
            self.env._("The extended warranty “%s” ended: its sale was undone.")
        )

    def _undo_refunded(self):
        """Bring warranties back whose sale holds again, with the dates they had."""
        returning = self.filtered(lambda w: w.close_reason == "refunded")
        if not returning:
            return
        for warranty in returning:
            replaced = warranty._get_replaceable()
            replaced.follower_ids.base_id = warranty
            replaced._set_closed("superseded")
        returning._set_open({"refunded"})
        returning._move_followers()
        returning._log_sale(
            self.env._("The extended warranty “%s” holds again: its sale was redone.")
        )

    def _get_superseded(self):
        """Return the warranty that this one took the place of."""
        self.ensure_one()
        if self.version_id._get_option("stacking") != "replace":
            return self.browse()
        return self.asset_id.warranty_ids.filtered(
            lambda w: w.close_reason == "superseded" and w.kind == "manufacturer"
        )[:1]

    def _get_replaceable(self):
        """Return the warranties that this one takes the place of again."""
        self.ensure_one()
        if self.version_id._get_option("stacking") != "replace":
            return self.browse()
        return self.asset_id.warranty_ids.filtered(
            lambda w: w.kind == "manufacturer" and w.state != "closed"
        )

    def _log_sale(self, text):
        """Tell in the chatter of the units what became of these warranties."""
        self.asset_id._message_log_batch(
            bodies={w.asset_id.id: text % w.version_id.name for w in self}
        )

    def _set_waiting_again(self):
        """Take back the start of warranties whose event turned out not to be.

        Where the policy says "at the latest", that day starts them then.
        """
        started = self.filtered(
            lambda w: w.state == "open" and not w.is_start_provisional
        )
        if not started:
            return
        started.write(
            {
                "state": "waiting",
                "date_anchor": False,
                "offset": False,
                "date_start": False,
                "date_end": False,
                "coverage": False,
            }
        )
        for warranty in started.filtered(lambda w: not w.base_id):
            warranty._start_or_wait()
        started.filtered(
            lambda w: w.state == "waiting"
        ).follower_ids._set_waiting_again()
