from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class AftersalesRmaInspection(models.TransientModel):
    """Inspect what came back: each quantity its findings, place and settlement."""

    _name = "aftersales.rma.inspection"
    _description = "Inspect"

    line_ids = fields.One2many(
        "aftersales.rma.inspection.line", "inspection_id", string="Goods"
    )

    has_refurbish = fields.Boolean(compute="_compute_has_refurbish")
    has_other = fields.Boolean(compute="_compute_has_other")

    @api.depends("line_ids.disposition")
    def _compute_has_refurbish(self):
        for wizard in self:
            wizard.has_refurbish = "refurbish" in wizard.line_ids.mapped("disposition")

    @api.depends("line_ids.is_other")
    def _compute_has_other(self):
        for wizard in self:
            wizard.has_other = any(wizard.line_ids.mapped("is_other"))

    @api.model
    def _open(self, rma_lines):
        """Open the inspection of return lines, filled in with what is the rule.

        :param rma_lines: ``aftersales.rma.line``
        """
        left = rma_lines._get_uninspected()
        if not left:
            raise UserError(
                self.env._(
                    "Nothing waits for an inspection: no goods have come, or all of "
                    "them are inspected."
                )
            )
        wizard = self.create(
            {
                "line_ids": [
                    Command.create(self._prepare_line_vals(key, quantity))
                    for key, quantity in left.items()
                ]
            }
        )
        return wizard._action_open()

    @api.model
    def _prepare_line_vals(self, key, quantity):
        line, move, lot = key
        return {
            "line_id": line.id,
            "move_id": move.id,
            "lot_id": lot.id,
            "quantity": quantity,
            "remedy": line.remedy,
            "disposition": self._propose_disposition(line),
        }

    @api.model
    def _propose_disposition(self, line):
        """Return where the goods of a return line usually go."""
        if line.remedy == "repair":
            return "repair"
        # What is said to be defect is not sold again by a click too few.
        return "quarantine" if line.reason_id.is_defect else "restock"

    def _action_open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Inspect"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def action_confirm(self):
        """Keep what was found, move the goods and settle what the customer gets."""
        self.ensure_one()
        rows = self.line_ids.filtered(lambda x: x.quantity > 0)
        if not rows:
            raise UserError(self.env._("What was inspected? Type in the quantities."))
        rows._check_quantities()
        other = rows.filtered("is_other")
        other._note_other_goods()
        rows -= other
        found = self.env["aftersales.rma.disposition"].create(
            [row._prepare_disposition_vals() for row in rows]
        )
        for row, disposition in zip(rows, found, strict=True):
            row._hand_over_photos(disposition)
        found._execute()
        return {"type": "ir.actions.act_window_close"}
