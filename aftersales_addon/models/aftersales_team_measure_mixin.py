from odoo import fields, models


class AftersalesTeamMeasureMixin(models.AbstractModel):
    """What a team asks its customers, and what its work costs."""

    _name = "aftersales.team.measure.mixin"
    _description = "Measures of a Team"

    ask_rating = fields.Boolean(
        string="Ask for a Rating",
        default=True,
        help="Customers are asked how satisfied they are when their case is closed.",
    )
    ask_nps = fields.Boolean(
        string="Ask for a Recommendation",
        help="Customers are asked whether they would recommend us when their case is "
        "closed, at most once in 90 days.",
    )
    cost_hour = fields.Float(
        string="Cost of an Hour",
        help="What an hour of work costs the company, in its currency. For the cost "
        "of a case.",
    )

    _cost_not_negative = models.Constraint(
        "CHECK (cost_hour >= 0)", "An hour cannot cost less than nothing."
    )
