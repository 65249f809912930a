import ast

from odoo import api, fields, models


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    aftersales_answer_ids = fields.Many2many(
        "mail.template", compute="_compute_aftersales_answer_ids"
    )

    @api.depends("model", "res_ids")
    def _compute_aftersales_answer_ids(self):
        for composer in self:
            answers = self.env["mail.template"]
            ids = composer.res_ids
            if composer.model in ("aftersales.rma", "aftersales.case") and ids:
                ids = ast.literal_eval(ids) if isinstance(ids, str) else ids
                answers = self.env[composer.model].browse(ids)._find_answers()
            composer.aftersales_answer_ids = answers
