from odoo import api, fields, models


class AftersalesAssetTimelineMixin(models.AbstractModel):
    """What happened to a unit, told from its own facts."""

    _name = "aftersales.asset.timeline.mixin"
    _description = "Life of an Installed Product"

    # The template escapes what it is given.
    timeline = fields.Html(compute="_compute_timeline", sanitize=False)

    @api.depends("delivery_date", "state", "warranty_ids.state", "sale_order_id")
    @api.depends_context("lang")
    def _compute_timeline(self):
        for asset in self:
            asset.timeline = self.env["ir.qweb"]._render(
                "aftersales_addon.aftersales_asset_timeline",
                {"asset": asset, "events": asset._get_timeline()},
            )

    def _get_timeline(self):
        """Return what happened to the unit, oldest first.

        :return: a list of ``{"date", "icon", "text"}``
        """
        self.ensure_one()
        events = []
        # sudo: a customer sees the facts of a unit of their own, not the documents.
        order = self.sudo()._get_own_order()
        if order.date_order:
            day = self.company_id._aftersales_day(order.date_order)
            text = self.env._("Ordered: %s", order.name)
            events.append({"date": day, "icon": "fa-shopping-cart", "text": text})
        if self.delivery_date:
            unit = self.sudo()
            picking = not unit.ownership_ids and unit.picking_id.name
            text = (
                self.env._("Delivered: %s", picking)
                if picking
                else self.env._("Delivered")
            )
            events.append(
                {"date": self.delivery_date, "icon": "fa-truck", "text": text}
            )
        for warranty in self.sudo().warranty_ids.sorted("date_end"):
            text = self.env._("Last covered day: %s", warranty.version_id.name)
            if warranty.state == "open":
                events.append(
                    {"date": warranty.date_end, "icon": "fa-shield", "text": text}
                )
        if self.date_closed:
            text = self._get_state_label()
            events.append({"date": self.date_closed, "icon": "fa-undo", "text": text})
        return sorted(events, key=lambda event: event["date"])
