from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models

# Within so many hours a case counts as made in spite of the article.
HOURS = 24


class AftersalesArticleMeasureMixin(models.AbstractModel):
    """How often an article is read, and how often that was enough."""

    _name = "aftersales.article.measure.mixin"
    _description = "Figures of Help Articles"

    visit_ids = fields.One2many(
        "aftersales.article.visit", "article_id", string="Readers"
    )
    visit_count = fields.Integer(
        string="Read",
        compute="_compute_figures",
        help="Once for each reader and day; colleagues and machines do not count.",
    )
    solved_count = fields.Integer(string="It Helped", compute="_compute_figures")
    not_solved_count = fields.Integer(
        string="It Did Not Help", compute="_compute_figures"
    )
    settled_count = fields.Integer(
        string="Read More Than a Day Ago", compute="_compute_figures"
    )
    deflection_rate = fields.Float(
        string="Read and Not Asked",
        compute="_compute_figures",
        help="Of the readers of more than 24 hours ago, those who made no case within "
        "24 hours. An estimate: somebody may have given up, or called without saying "
        "who they are.",
    )
    tried_count = fields.Integer(
        string="Tried",
        compute="_compute_tried_count",
        help="How many times agents went through one of its steps with a customer.",
    )

    @api.depends_context("allowed_company_ids")
    def _compute_tried_count(self):
        # sudo: a figure for whoever may read the article; no case is shown.
        Tried = self.env["aftersales.case.step"].sudo()
        groups = Tried._read_group(
            [
                ("article_id", "in", self.ids),
                ("company_id", "in", self.env.companies.ids),
                *Tried._get_counted_domain(),
            ],
            ["article_id"],
            ["__count"],
        )
        counts = {article.id: count for article, count in groups}
        for article in self:
            article.tried_count = counts.get(article._origin.id, 0)

    def _compute_figures(self):
        """Count the readers, what they said, and who asked all the same."""
        # sudo: figures for whoever may read the article; no reader is shown.
        Visit = self.env["aftersales.article.visit"].sudo()
        mine = [("article_id", "in", self.ids)]
        counts = defaultdict(int)
        for article, solved, count in Visit._read_group(
            mine, ["article_id", "solved"], ["__count"]
        ):
            counts[article.id, solved or "none"] = count
        before = fields.Datetime.now() - timedelta(hours=HOURS)
        old = [*mine, ("date", "<=", before)]
        totals = dict(Visit._read_group(old, ["article_id"], ["__count"]))
        asked = dict(
            Visit._read_group(
                [*old, ("has_case", "=", True)], ["article_id"], ["__count"]
            )
        )
        for article in self:
            answers = {name: counts[article.id, name] for name in ("yes", "no", "none")}
            article.solved_count = answers["yes"]
            article.not_solved_count = answers["no"]
            article.visit_count = sum(answers.values())
            key = Visit.article_id.browse(article.id)
            total = totals.get(key, 0)
            article.settled_count = total
            article.deflection_rate = (
                (total - asked.get(key, 0)) / total if total else 0.0
            )

    def action_view_visits(self):
        """Show who read an article and when, without the names of guests."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Readers of %s", self.name),
            "res_model": "aftersales.article.visit",
            "views": [(False, "list"), (False, "graph"), (False, "pivot")],
            "domain": [("article_id", "=", self.id)],
        }

    def action_view_tried_steps(self):
        """Show the cases in which steps of an article were tried, with the results."""
        self.ensure_one()
        Tried = self.env["aftersales.case.step"]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tried: %s", self.name),
            "res_model": Tried._name,
            "views": [(False, "list"), (False, "pivot")],
            "domain": [("article_id", "=", self.id), *Tried._get_counted_domain()],
        }
