from datetime import timedelta

from odoo import api, fields, models

# A phone that was off for longer than this has other worries.
KEEP_DAYS = 60


class AftersalesVisitSave(models.Model):
    """What a phone has sent: the same sent again is not done again."""

    _name = "aftersales.visit.save"
    _description = "Saving of a Visit"
    _rec_name = "key"

    visit_id = fields.Many2one(
        "aftersales.visit", required=True, index=True, ondelete="cascade"
    )
    key = fields.Char(required=True)
    answers = fields.Json()

    _key_unique = models.Constraint("UNIQUE (visit_id, key)", "This was sent already.")

    @api.autovacuum
    def _gc_saves(self):
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        self.sudo().search([("create_date", "<", limit)], limit=10_000).unlink()
