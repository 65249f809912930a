from odoo import api, fields, models


class AftersalesArticleStep(models.Model):
    """One thing to try."""

    _name = "aftersales.article.step"
    _description = "Step of a Help Article"
    _order = "sequence, id"
    _rec_name = "article_id"

    article_id = fields.Many2one(
        "aftersales.article", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="article_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    text = fields.Html(string="What to Do", required=True, translate=True)
    picture = fields.Image(max_width=1280, max_height=1280)
    may_stop = fields.Boolean(
        string="If This Helped, Stop",
        default=True,
        help="The reader is told that the other steps are not needed then.",
    )

    helped_count = fields.Integer(
        string="Helped",
        compute="_compute_tried_counts",
        help="How many service cases this step helped in. Spam and cases that were "
        "merged into others do not count.",
    )
    not_helped_count = fields.Integer(
        string="Did Not Help",
        compute="_compute_tried_counts",
        help="How many service cases this step was tried in without success.",
    )

    @api.depends_context("allowed_company_ids")
    def _compute_tried_counts(self):
        # sudo: figures for whoever may read the article; no case is shown.
        Tried = self.env["aftersales.case.step"].sudo()
        domain = [
            ("step_id", "in", self.ids),
            ("company_id", "in", self.env.companies.ids),
            *Tried._get_counted_domain(),
        ]
        counts = {
            (step.id, result): count
            for step, result, count in Tried._read_group(
                domain, ["step_id", "result"], ["__count"]
            )
        }
        for step in self:
            step.helped_count = counts.get((step._origin.id, "helped"), 0)
            step.not_helped_count = counts.get((step._origin.id, "not_helped"), 0)

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps.article_id._update_search()
        return steps

    def write(self, vals):
        result = super().write(vals)
        if {"text", "article_id"} & vals.keys():
            self.article_id._update_search()
        return result

    def unlink(self):
        articles = self.article_id
        result = super().unlink()
        articles.exists()._update_search()
        return result

    def _update_field_translations(self, field_name, *args, **kwargs):
        result = super()._update_field_translations(field_name, *args, **kwargs)
        self.article_id._update_search()
        return result
