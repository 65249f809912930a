from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain


class AftersalesRmaReceiveMixin(models.AbstractModel):
    """The warehouse takes in what comes: one number, or a lorry-load of returns."""

    _name = "aftersales.rma.receive.mixin"
    _description = "Receiving of Returns"

    def action_receive(self):
        """Receive all that is expected of returns, as it was announced, in one go."""
        self.check_access("read")
        pickings = self.filtered(lambda r: r.state == "approved").picking_ids
        pickings = pickings.filtered(
            lambda p: (
                p.state not in ("done", "cancel") and p.location_id.usage == "customer"
            )
        )
        if not pickings:
            raise UserError(
                self.env._(
                    "Nothing is expected of these returns: look at each of them."
                )
            )
        moves = pickings.move_ids.filtered(lambda m: m.state not in ("done", "cancel"))
        moves._aftersales_check_numbers()
        for move in moves.filtered(lambda m: not m.quantity):
            move.quantity = move.product_uom_qty
        moves.picked = True
        return pickings.button_validate()

    @api.model
    def find_receipt(self, number):
        """Find the receipt that a scanned or typed number is of.

        :param str number: of a return, a receipt, a serial or lot, or a parcel
        :return: ``{"action"}`` that opens it, or ``{"message"}`` why there is none
        """
        if not self.env.user._is_internal():
            raise AccessError(self.env._("This is for colleagues only."))
        self.check_access("read")
        text = str(number or "").strip()[:128]
        if not text:
            return {"message": self.env._("Scan or type a number.")}
        rmas = self._find_by_number(text)
        expected = rmas.filtered(
            lambda r: r.state == "approved" and r.receipt_status != "received"
        )
        pickings = self.env["stock.picking"]
        if pickings.has_access("read"):
            pickings = (expected or rmas)._get_receipts()
        waiting = pickings.filtered(lambda p: p.state not in ("done", "cancel"))
        if waiting:
            return {"action": self._open_receipts(waiting)}
        if len(rmas) == 1:
            return {"action": rmas._action_open()}
        if rmas:
            action = self.env["ir.actions.actions"]._for_xml_id(
                "aftersales_addon.aftersales_rma_action"
            )
            return {
                "action": {**action, "domain": [("id", "in", rmas.ids)], "context": {}}
            }
        return {
            "message": self.env._(
                "No return is expected with the number “%s”. Open the order or the "
                "unit to start one.",
                text,
            )
        }

    @api.model
    def _find_by_number(self, text):
        """Return the returns that a number is of, the surest way of finding first.

        :param str text: the number
        """
        open_ones = Domain("state", "in", ("approved", "done"))
        like = Domain("name", "=ilike", self._escape_like(text))
        # sudo: only by which returns the numbers are; these are read as the user.
        pickings = (
            self.env["stock.picking"]
            .sudo()
            .search(like & Domain("aftersales_rma_id", "!=", False), limit=80)
        )
        lots = self.env["stock.lot"].sudo().search([("name", "=", text)], limit=80)
        sold = self.env["stock.move.line"].sudo()
        sold = sold.search(
            [
                ("lot_id", "in", lots.ids),
                ("state", "=", "done"),
                ("location_dest_id.usage", "=", "customer"),
            ]
        )
        ways = [
            like,
            Domain("id", "in", pickings.aftersales_rma_id.ids),
            open_ones & Domain("line_ids.lot_id", "in", lots.ids),
            open_ones & Domain("line_ids.move_id", "in", sold.move_id.ids),
            open_ones & Domain("tracking_ref", "=", text),
            Domain("reference", "=", text),
        ]
        for domain in ways:
            found = self.search(domain, limit=80)
            waiting = found.filtered(
                lambda r: r.receipt_status in ("expected", "partial")
            )
            if found:
                return waiting or found
        return self.browse()

    @api.model
    def _escape_like(self, text):
        for sign in ("\\", "%", "_"):
            text = text.replace(sign, f"\\{sign}")
        return text

    @api.model
    def _open_receipts(self, pickings):
        """Return the action that opens receipts, the only one at once.

        :param pickings: ``stock.picking``
        """
        action = self.env["ir.actions.actions"]._for_xml_id(
            "stock.action_picking_tree_all"
        )
        if len(pickings) == 1:
            return {
                **action,
                "views": [(False, "form")],
                "view_mode": "form",
                "res_id": pickings.id,
                "context": {},
            }
        return {**action, "domain": [("id", "in", pickings.ids)], "context": {}}
