from odoo import fields, models


class AftersalesCaseHold(models.Model):
    """A time in which a case waited for somebody else."""

    _name = "aftersales.case.hold"
    _description = "Time of Waiting"
    _order = "date_start, id"

    case_id = fields.Many2one(
        "aftersales.case", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True)
    kind = fields.Selection(
        [
            ("waiting_customer", "The Customer"),
            ("waiting_parts", "Parts"),
            ("solved", "Was Solved"),
            ("closed", "Was Closed"),
        ],
        string="Waited For",
        required=True,
    )
    date_start = fields.Datetime(string="From", required=True)
    date_stop = fields.Datetime(string="Until")

    _in_order = models.Constraint(
        "CHECK (date_stop IS NULL OR date_stop >= date_start)",
        "A wait cannot end before it begins.",
    )
    # One wait at a time, also with two clicks at once.
    _one_running = models.UniqueIndex("(case_id) WHERE date_stop IS NULL")
