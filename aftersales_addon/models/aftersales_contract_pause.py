from odoo import fields, models


class AftersalesContractPause(models.Model):
    """Days on which a contract is held: no service, and nothing to pay."""

    _name = "aftersales.contract.pause"
    _description = "Pause of a Contract"
    _order = "date_first, id"

    contract_id = fields.Many2one(
        "aftersales.contract", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="contract_id.company_id", store=True, index=True, precompute=True
    )
    date_first = fields.Date(
        string="From", required=True, help="The first day without service."
    )
    date_last = fields.Date(
        string="To", help="The last one, included. Empty: still paused."
    )

    _dates_ordered = models.Constraint(
        "CHECK (date_last IS NULL OR date_last >= date_first)",
        "A pause cannot end before it begins.",
    )
    # One pause at a time, also with two clicks at once.
    _one_running = models.UniqueIndex("(contract_id) WHERE date_last IS NULL")
