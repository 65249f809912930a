from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesRmaInspectionMixin(models.AbstractModel):
    """The inspection of what came back, and what goes back to the customer."""

    _name = "aftersales.rma.inspection.mixin"
    _description = "Inspection of a Return"

    inspection_status = fields.Selection(
        [
            ("none", "Nothing to Inspect"),
            ("to_inspect", "To Inspect"),
            ("partial", "Partly Inspected"),
            ("inspected", "Inspected"),
        ],
        string="Inspection",
        compute="_compute_inspection_status",
        store=True,
    )
    disposition_ids = fields.One2many(
        "aftersales.rma.disposition",
        "rma_id",
        string="Inspections",
        groups="base.group_user",
    )
    repair_count = fields.Integer(
        compute="_compute_repair_count", groups="base.group_user"
    )
    can_send_back = fields.Boolean(
        compute="_compute_can_send_back", groups="base.group_user"
    )

    @api.depends("line_ids.quantity_received", "line_ids.quantity_inspected", "send_to")
    def _compute_inspection_status(self):
        for rma in self:
            if rma.send_to == "vendor":
                rma.inspection_status = "none"
                continue
            rma.inspection_status = rma._get_progress(
                "quantity_received",
                "quantity_inspected",
                ("none", "to_inspect", "partial", "inspected"),
            )

    @api.depends("disposition_ids.repair_ids")
    def _compute_repair_count(self):
        for rma in self:
            # sudo: how many there are is no secret of the workshop.
            rma.repair_count = len(rma.sudo().disposition_ids.repair_ids)

    @api.depends("line_ids.quantity_to_send_back", "line_ids.quantity_sent_back")
    def _compute_can_send_back(self):
        for rma in self:
            rma.can_send_back = bool(rma.sudo()._get_to_send_back())

    def action_inspect(self):
        """Open the inspection of what came back and was not inspected yet."""
        return self.line_ids.action_inspect()

    def action_send_back(self):
        """Prepare the delivery of repaired goods to their customers."""
        self._check_state(("approved", "done"), self.env._("sent back"))
        self.check_access("write")
        # sudo: the deliveries follow from what was inspected and repaired.
        ready = self.sudo()._get_to_send_back()
        if not ready:
            raise UserError(
                self.env._(
                    "Nothing is ready to go back. Finish the repair first, or look at "
                    "the deliveries of the return."
                )
            )
        ready._send_back()
        return self.action_view_send_backs()

    def _get_to_send_back(self):
        """Return what is repaired and in no delivery to its customer yet."""
        found = self.disposition_ids.filtered(
            lambda d: d.state == "done" and d._goes_back()
        )
        return found.filtered(
            lambda d: (
                not any(r.state not in ("done", "cancel") for r in d.repair_ids)
                and not any(
                    m.state != "cancel" and m._aftersales_is_delivery()
                    for m in d.stock_move_ids
                )
            )
        )

    def action_view_send_backs(self):
        """Open the deliveries that bring goods back to their customers."""
        # sudo: only the ids; what is shown is read with the user's rights.
        moves = self.sudo().disposition_ids.stock_move_ids
        pickings = moves.filtered(lambda m: m._aftersales_is_delivery()).picking_id
        action = self.env["ir.actions.actions"]._for_xml_id(
            "stock.action_picking_tree_all"
        )
        if not self.env["stock.picking"].has_access("read"):
            # The warehouse sends them; the agent stays on the return.
            return False
        if len(pickings) == 1:
            return {**action, "views": [(False, "form")], "res_id": pickings.id}
        return {**action, "domain": [("id", "in", pickings.ids)], "context": {}}

    def action_view_repairs(self):
        """Open the repairs of returned goods."""
        repairs = self.sudo().disposition_ids.repair_ids
        action = self.env["ir.actions.actions"]._for_xml_id(
            "repair.action_repair_order_tree"
        )
        if len(repairs) == 1:
            return {**action, "views": [(False, "form")], "res_id": repairs.id}
        return {**action, "domain": [("id", "in", repairs.ids)], "context": {}}

    def _get_open_points(self):
        points = super()._get_open_points()
        if self.inspection_status in ("to_inspect", "partial"):
            points.append(self.env._("received goods are still to be inspected"))
        if any(
            line.uom_id.compare(line.quantity_to_send_back, line.quantity_sent_back) > 0
            for line in self.line_ids
        ):
            points.append(self.env._("goods are still to be sent back"))
        return points

    def _cancel_prepared_repairs(self):
        """Cancel the repairs that have not begun to an end."""
        # sudo: whoever may cancel the return may cancel what was prepared for it.
        repairs = self.sudo().disposition_ids.repair_ids
        repairs.filtered(
            lambda r: r.state not in ("done", "cancel")
        ).action_repair_cancel()
