from odoo import fields, models


class AftersalesContractVersion(models.Model):
    """What a contract said from a day on: who changed it, why, and to what."""

    _name = "aftersales.contract.version"
    _description = "Version of a Contract"
    _order = "contract_id, number desc"

    contract_id = fields.Many2one(
        "aftersales.contract", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="contract_id.company_id", store=True, index=True, precompute=True
    )
    number = fields.Integer(string="Version", required=True)
    date = fields.Date(required=True, help="It holds from this day on.")
    user_id = fields.Many2one("res.users", string="Changed By")
    reason = fields.Char(required=True)
    summary = fields.Text(string="What Changed")
    snapshot = fields.Json(help="Terms, lines and services, as they were then.")
    text = fields.Text(string="As Agreed", help="All of it in words.")

    _once = models.UniqueIndex(
        "(contract_id, number)", "This version of the contract exists already."
    )
