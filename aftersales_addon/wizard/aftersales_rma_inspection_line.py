from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..models.aftersales_rma_disposition import DISPOSITIONS, GRADES, RESULTS


class AftersalesRmaInspectionLine(models.TransientModel):
    """A received quantity in an inspection."""

    _name = "aftersales.rma.inspection.line"
    _description = "Goods to Inspect"
    _order = "line_id, id"

    inspection_id = fields.Many2one(
        "aftersales.rma.inspection", required=True, ondelete="cascade"
    )
    line_id = fields.Many2one("aftersales.rma.line", required=True, readonly=True)
    rma_id = fields.Many2one(related="line_id.rma_id")
    company_id = fields.Many2one(related="line_id.company_id")
    product_id = fields.Many2one("product.product", compute="_compute_product_id")
    reason_id = fields.Many2one(related="line_id.reason_id")
    description = fields.Text(related="line_id.description")
    uom_id = fields.Many2one("uom.uom", compute="_compute_product_id")
    move_id = fields.Many2one("stock.move", readonly=True)
    lot_id = fields.Many2one("stock.lot", string="Lot/Serial", readonly=True)
    quantity = fields.Float(digits="Product Unit")
    grade = fields.Selection(GRADES)
    findings = fields.Text()
    photo_ids = fields.Many2many(
        "ir.attachment",
        "aftersales_rma_inspection_photo_rel",
        "inspection_line_id",
        "attachment_id",
        string="Photos",
    )
    disposition = fields.Selection(DISPOSITIONS, string="Goods Go", required=True)
    remedy = fields.Selection(RESULTS, string="Customer Gets", required=True)
    refurbish_product_id = fields.Many2one(
        "product.product",
        string="Becomes",
        domain="[('type', '=', 'consu'), ('id', '!=', product_id)]",
    )
    is_other = fields.Boolean(
        string="Something Else", help="It is not what the receipt says."
    )
    found_product_id = fields.Many2one(
        "product.product",
        string="Really Is",
        domain="[('type', '=', 'consu')]",
        check_company=True,
    )
    found_number = fields.Char(
        string="Number Found", help="The serial or lot number that stands on it."
    )
    can_split = fields.Boolean(compute="_compute_can_split")

    @api.depends("line_id", "move_id")
    def _compute_product_id(self):
        for row in self:
            # sudo: what came, for whoever inspects it.
            product = row.sudo().move_id.product_id or row.line_id.product_id
            row.product_id = product
            row.uom_id = row.line_id._get_inspection_unit(product)

    @api.depends("quantity")
    def _compute_can_split(self):
        for row in self:
            row.can_split = row.uom_id.compare(row.quantity, 1.0) > 0

    @api.onchange("disposition")
    def _onchange_disposition(self):
        """Propose what the customer gets when the goods go their way."""
        if self.disposition == "customer":
            if self.remedy not in ("none", "repair"):
                self.remedy = "none"
        elif self.disposition != "repair" and self.remedy in ("none", "repair"):
            wished = self.line_id.remedy
            self.remedy = wished if wished != "repair" else "replacement"

    def action_split(self):
        """Let one of the units go another way."""
        self.ensure_one()
        if self.can_split:
            self.copy({"quantity": 1.0, "findings": False, "photo_ids": False})
            self.quantity -= 1.0
        return self.inspection_id._action_open()

    def action_something_else(self):
        """Say that it is not what the receipt says, or that it is after all."""
        self.ensure_one()
        self.is_other = not self.is_other
        if self.is_other and not self.found_product_id:
            self.found_product_id = self.product_id
        return self.inspection_id._action_open()

    def _note_other_goods(self):
        """Correct receipts of what is something else; a person decides about it."""
        for row in self:
            # sudo: who inspects need not have rights on transfers and numbers.
            row = row.sudo()
            product, number = row.found_product_id, (row.found_number or "").strip()
            if not product:
                raise UserError(self.env._("What is it really? Choose the product."))
            if product.tracking == "none":
                number = ""
            elif not number:
                raise UserError(
                    self.env._("Which number stands on %s?", product.display_name)
                )
            if product == row.product_id and number == (row.lot_id.name or ""):
                raise UserError(
                    self.env._(
                        "%s is what the receipt says. Inspect it as it is.",
                        row.lot_id.name or product.display_name,
                    )
                )
            row.move_id._aftersales_receive_other(
                row.lot_id, row.quantity, product, number, row.findings
            )
        # What was announced and did not come is expected again.
        self.sudo().rma_id._create_receipts()

    def _check_quantities(self):
        """Refuse more than came, before anything is moved."""
        left = self.line_id._get_uninspected()
        asked = defaultdict(float)
        for row in self:
            # sudo: only compared as keys.
            row = row.sudo()
            asked[row.line_id, row.move_id, row.lot_id] += row.quantity
        for (line, move, lot), quantity in asked.items():
            there = left.get((line, move, lot), 0.0)
            if line.uom_id.compare(quantity, there) > 0:
                raise UserError(
                    self.env._(
                        "%(asked)s of %(goods)s cannot be inspected: %(left)s came "
                        "and are not inspected yet.",
                        asked=line.uom_id._aftersales_format(quantity),
                        goods=lot.name or move.product_id.display_name,
                        left=line.uom_id._aftersales_format(there),
                    )
                )

    def _prepare_disposition_vals(self):
        self.ensure_one()
        return {
            "line_id": self.line_id.id,
            "move_id": self.sudo().move_id.id,
            "lot_id": self.sudo().lot_id.id,
            "quantity": self.quantity,
            "grade": self.grade,
            "findings": self.findings,
            "disposition": self.disposition,
            "remedy": self.remedy,
            "refurbish_product_id": self.refurbish_product_id.id,
            "photo_ids": [Command.set(self.photo_ids.ids)],
        }

    def _hand_over_photos(self, disposition):
        """Let the photos belong to what was found, so that colleagues see them."""
        # sudo: only the user's own uploads for this dialog change their record.
        own = self.photo_ids.sudo().filtered(
            lambda a: a.create_uid == self.env.user and a.res_model == self._name
        )
        own.write({"res_model": disposition._name, "res_id": disposition.id})
