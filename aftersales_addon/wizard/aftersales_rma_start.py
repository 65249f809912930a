from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..models.aftersales_return_policy import REMEDIES


class AftersalesRmaStart(models.TransientModel):
    """Begin a return: what was delivered and can still come back, in one list."""

    _name = "aftersales.rma.start"
    _description = "Start a Return"

    partner_id = fields.Many2one("res.partner", string="Customer", required=True)
    company_id = fields.Many2one("res.company", required=True)
    case_id = fields.Many2one("aftersales.case", string="Service Case", readonly=True)
    reason_id = fields.Many2one(
        "aftersales.reason",
        domain="[('company_id', 'in', (False, company_id)),"
        " ('is_for_returns', '=', True)]",
        help="Why the goods come back.",
    )
    remedy = fields.Selection(
        REMEDIES, string="Customer Gets", required=True, default="refund"
    )
    description = fields.Text(string="What the Customer Says")
    line_ids = fields.One2many("aftersales.rma.start.line", "start_id", string="Goods")

    @api.model
    def _open(self, moves, lots=None, assets=None):
        """Open the dialog for delivered goods.

        :param moves: done ``stock.move`` records to customers
        :param lots: only these ``stock.lot`` records
        :param assets: ``aftersales.asset`` whose goods are filled in as returned
        """
        # sudo: an agent without rights on stock may take back what was delivered to
        # a customer whose order or unit the agent may see.
        moves = moves.sudo().filtered(
            lambda m: m.state == "done" and m._aftersales_is_delivery()
        )
        if not moves:
            raise UserError(
                self.env._("Nothing was delivered yet, so nothing can come back.")
            )
        owners = moves.mapped(lambda m: m._aftersales_get_customer())
        lines = self._prepare_lines(moves, lots, assets)
        if not lines:
            raise UserError(
                self.env._(
                    "Nothing is left to come back: all of it was returned, or is "
                    "asked for in another return."
                )
            )
        start = self.create(
            {
                "partner_id": owners[:1].id,
                "company_id": moves.company_id[:1].id,
                "line_ids": [Command.create(vals) for vals in lines],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Return"),
            "res_model": self._name,
            "res_id": start.id,
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def _prepare_lines(self, moves, lots=None, assets=None):
        left = moves._aftersales_get_returnable()
        units = {
            (asset.move_id, asset.lot_id): asset
            for asset in moves.env["aftersales.asset"].search(
                [("move_id", "in", moves.ids)]
            )
        }
        result = []
        for move in moves.sorted(lambda m: (m.date, m.id)):
            for lot, quantity in left[move].items():
                if lots and lot not in lots:
                    continue
                available = min(quantity, move._aftersales_get_left(left, lot))
                if move.product_id.uom_id.compare(available, 0.0) <= 0:
                    continue
                unit = units.get((move, lot), self.env["aftersales.asset"])
                chosen = bool(assets and unit in assets)
                result.append(
                    {
                        "move_id": move.id,
                        "lot_id": lot.id,
                        "asset_id": unit.id,
                        "available": available,
                        "quantity": available if chosen else 0.0,
                    }
                )
        if len(result) == 1:
            result[0]["quantity"] = result[0]["available"]
        return result

    def action_all(self):
        """Take back all that can come back."""
        for line in self.line_ids:
            line.quantity = line.available
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Return"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_draft(self):
        """Make a draft of the return and open it."""
        return self._make()._action_open()

    def action_approve(self):
        """Make the return, approve it and prepare its receipt."""
        rma = self._make()
        rma.action_approve()
        return rma._action_open()

    def _make(self):
        self.ensure_one()
        chosen = self.line_ids.filtered(lambda x: x.quantity > 0)
        if not chosen:
            raise UserError(
                self.env._("Which goods come back? Type in the quantities.")
            )
        rma = self.env["aftersales.rma"].create(
            {
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "user_id": self.env.user.id,
                "line_ids": [
                    Command.create(self._prepare_rma_line_vals(x)) for x in chosen
                ],
            }
        )
        if self.case_id:
            self.case_id._adopt_return(rma, self.remedy)
        return rma

    def _prepare_rma_line_vals(self, line):
        """Return the values of a return line.

        :param line: ``aftersales.rma.start.line``
        """
        return {
            "product_id": line.product_id.id,
            "move_id": line.move_id.id,
            "lot_id": line.lot_id.id,
            "asset_id": line.asset_id.id,
            "quantity": line.quantity,
            "reason_id": (line.reason_id or self.reason_id).id,
            "remedy": line.remedy or self.remedy,
            "description": self.description,
        }
