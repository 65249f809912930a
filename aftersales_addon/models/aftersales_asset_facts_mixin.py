from odoo import api, models

# Written by deliveries, returns and the buttons of the unit, never by hand.
FACTS = {
    "state",
    "date_closed",
    "warranty_end",
    "warranty_start",
    "warranty_waiting",
    "quantity_delivered",
    "move_id",
    "picking_id",
    "sale_line_id",
    "sale_order_id",
    "return_move_ids",
    "backfill_id",
    "access_token",
    "replaces_id",
    "replacement_date",
    "replacement_quantity",
    "replacement_returned",
    "date_registered",
    "date_installed",
}
# What a delivery says; for a unit that was entered by hand a person does.
DELIVERED = {"quantity", "delivery_date", "product_id", "lot_id", "company_id"}


class AftersalesAssetFactsMixin(models.AbstractModel):
    """Keeps what a warranty rests on from being written by hand."""

    _name = "aftersales.asset.facts.mixin"
    _inherit = ["aftersales.facts.mixin"]
    _description = "Facts of an Installed Product"

    @api.model_create_multi
    def create(self, vals_list):
        self._check_new_facts(vals_list)
        for vals in vals_list:
            vals.setdefault("quantity_delivered", vals.get("quantity", 1.0))
        return super().create(vals_list)

    def write(self, vals):
        self._check_facts(vals)
        if "partner_id" not in vals:
            return super().write(vals)
        owners = {asset: asset.commercial_partner_id for asset in self}
        result = super().write(vals)
        passed_on = self.filtered(lambda a: a.commercial_partner_id != owners[a])
        # sudo: the link that the former owner has must not open the new owner's
        # papers.
        passed_on.sudo().write({"access_token": False})
        return result

    def _get_facts(self):
        # sudo: reads whether there is a delivery, no more.
        delivered = self.sudo().filtered("move_id")
        return FACTS | DELIVERED if delivered else FACTS

    def _explain_facts(self, labels):
        return self.env._(
            "%s: this follows from deliveries, returns and the buttons of the "
            "installed product and cannot be set by hand.",
            labels,
        )
