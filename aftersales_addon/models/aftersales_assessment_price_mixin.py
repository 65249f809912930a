from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.shares import allot

GOODWILL_GROUP = "aftersales_addon.aftersales_group_goodwill"


class AftersalesAssessmentPriceMixin(models.AbstractModel):
    """What an assessment means for prices: the warranty's share, and goodwill."""

    _name = "aftersales.assessment.price.mixin"
    _description = "Prices after an Assessment"

    sale_line_ids = fields.One2many(
        "sale.order.line",
        "aftersales_assessment_id",
        string="Priced Lines",
        groups="base.group_user",
    )

    def _get_shares(self, product, item=None, is_applied=True):
        """Return what is paid of the price of a product.

        :param product: the ``product.product`` on the line
        :param str item: what the product counts as; as the product says if not given
        :param bool is_applied: False when the warranties are not to be applied
        :return: ``(share, goodwill)``, percentages of the price that together are
            100 at most
        """
        self.ensure_one()
        item = item or product.aftersales_item
        line = self.line_ids.filtered(lambda line: line.item == item)
        share = self._get_warranty_share(line, product) if is_applied else 0.0
        if self.quantity:
            share = share * self.quantity_covered / self.quantity
        granted = line.granted_share
        return share, max(0.0, granted - share)

    def _get_warranty_share(self, line, product):
        """Return the share of an item, by the rule for the product's category."""
        applied = self._get_applied_warranties()
        if not any(
            part.get("categ_id") and part["item"] == line.item
            for warranty in applied
            for part in warranty.coverage or []
        ):
            return line.share
        if not self.quantity_covered:
            return 0.0
        day = self.date_reported
        offers = sorted(
            ((w._covers(line.item, day, product), w.quantity_limit) for w in applied),
            reverse=True,
        )
        parts = allot([(s, q or None) for s, q in offers if s], self.quantity_covered)
        paid = sum(share * quantity for share, quantity in parts)
        return round(paid / self.quantity_covered, 2)

    def _get_applied_warranties(self):
        """Return the warranties that were in force when the defect was reported."""
        self.ensure_one()
        layers = (self.result or {}).get("layers", [])
        ids = {layer["warranty_id"] for layer in layers if layer.get("applies")}
        # sudo: whoever prices a line may have no rights on warranties.
        return self.sudo().asset_id.warranty_ids.filtered(lambda w: w.id in ids)

    def _is_limited(self):
        """Tell whether a reading may change the answer."""
        self.ensure_one()
        layers = (self.result or {}).get("layers", [])
        return any(layer.get("limited") for layer in layers)

    # --- Goodwill ---

    def _set_goodwill(self, shares, reason):
        """Grant more than the warranties pay, or take it back.

        :param dict shares: ``{item: the share in all that is paid, at least}``; 0 or
            an item left out: as the warranties say
        :param str reason: why, for the people who read the figures
        :raises AccessError: when the user may not grant goodwill
        :raises UserError: without a reason
        """
        if not self.env.user.has_group(GOODWILL_GROUP):
            raise AccessError(
                self.env._("You may not grant goodwill. Ask an administrator.")
            )
        if any(shares.values()) and not (reason or "").strip():
            raise UserError(self.env._("Goodwill needs a reason."))
        # sudo: the group was checked; the answer itself is never written here.
        for assessment in self.sudo():
            for line in assessment.line_ids:
                line.granted_share = shares.get(line.item, 0.0)
            granted = any(assessment.line_ids.mapped("granted_share"))
            assessment.write(
                {
                    "goodwill_reason": reason if granted else False,
                    "goodwill_user_id": self.env.user.id if granted else False,
                    "goodwill_date": granted and fields.Datetime.now(),
                }
            )
            assessment._message_log(body=assessment._format_goodwill(reason))
        self._follow_change()

    def _format_goodwill(self, reason):
        """Return what was granted in words, for the chatter."""
        self.ensure_one()
        granted = [
            line._format_granted() for line in self.line_ids if line.granted_share
        ]
        if not granted:
            return self.env._("Goodwill taken back. %s", reason or "")
        return self.env._(
            "Goodwill: %(items)s. %(reason)s", items=", ".join(granted), reason=reason
        )

    def _follow_change(self):
        """Let the documents that asked take over what is paid now."""
        self.repair_id._aftersales_price_lines()
        self.repair_id._aftersales_sync_changes()
