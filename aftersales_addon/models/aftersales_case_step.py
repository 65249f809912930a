from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, html2plaintext

RESULTS = [
    ("helped", "Helped"),
    ("not_helped", "Did Not Help"),
    ("skipped", "Not Possible"),
]
# What two entries of the same step exchange when the newer one is to stand.
ENTERED = ("result", "remark", "user_id", "date", "is_noted")


class AftersalesCaseStep(models.Model):
    """A step of a help article that was tried with the customer, and what came of it.

    Rows are written by the dialog of the case only.
    """

    _name = "aftersales.case.step"
    _description = "Tried Step"
    _order = "article_id, number, id"
    _rec_name = "article_id"

    case_id = fields.Many2one(
        "aftersales.case",
        string="Service Case",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True)
    article_id = fields.Many2one(
        "aftersales.article",
        string="Help Article",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    step_id = fields.Many2one(
        "aftersales.article.step",
        string="Step of the Article",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    number = fields.Integer(
        readonly=True,
        aggregator=None,
        help="The place of the step in its article when it was tried.",
    )
    text = fields.Html(
        string="What Was Tried",
        translate=True,
        readonly=True,
        help="As it was when it was tried, also when the article changes later.",
    )
    summary = fields.Char(string="Step", compute="_compute_summary")
    result = fields.Selection(RESULTS, required=True, readonly=True)
    remark = fields.Char(readonly=True)
    user_id = fields.Many2one("res.users", string="By", readonly=True)
    date = fields.Datetime(string="On", required=True, readonly=True)
    revision = fields.Integer(
        required=True,
        readonly=True,
        default=1,
        aggregator=None,
        help="Grows with each change: who changes what they have not seen is told.",
    )
    is_noted = fields.Boolean(
        string="In the Conversation",
        readonly=True,
        help="A note in the conversation tells of it.",
    )

    _once = models.Constraint(
        "UNIQUE (case_id, step_id)", "A step is tried once in a case."
    )

    @api.depends("text")
    @api.depends_context("lang")
    def _compute_summary(self):
        for row in self:
            text = html2plaintext(row.text or "", include_references=False)
            row.summary = " ".join(text.split())

    @api.model
    def _get_counted_domain(self):
        """Return which tried steps count in figures."""
        return [
            ("case_id.is_spam", "=", False),
            ("case_id.duplicate_of_id", "=", False),
        ]

    @api.model
    def _enter(self, case, step, number, result, remark):
        """Keep the first result of a step, in all languages: one insert.

        Of two who do so at once, one waits for the other and is then run again by the
        platform, with the other's result in view.

        :param case: ``aftersales.case``
        :param step: ``aftersales.article.step``
        :param int number: the place of the step in its article
        :param str result: one of ``RESULTS``
        :param str remark: may be empty
        """
        now = fields.Datetime.now()
        uid = self.env.uid
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """INSERT INTO aftersales_case_step
                   (case_id, company_id, article_id, step_id, number, text, result,
                    remark, user_id, date, revision, is_noted,
                    create_uid, create_date, write_uid, write_date)
                   SELECT %(case)s, %(company)s, s.article_id, s.id, %(number)s, s.text,
                          %(result)s, %(remark)s, %(uid)s, %(now)s, 1, false,
                          %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM aftersales_article_step s WHERE s.id = %(step)s
                   ON CONFLICT (case_id, step_id) DO NOTHING""",
                case=case.id,
                company=case.company_id.id,
                number=number,
                result=result,
                remark=remark or None,
                uid=uid,
                now=now,
                step=step.id,
            )
        )
        case.invalidate_recordset(["tried_step_ids"])

    def _change(self, result, remark):
        """Keep another result, or another remark, of a step that was tried."""
        self.ensure_one()
        self.write(
            {
                "result": result,
                "remark": remark,
                "user_id": self.env.uid,
                "date": fields.Datetime.now(),
                "revision": self.revision + 1,
                "is_noted": False,
            }
        )

    def _take_back(self):
        """Forget a result that was chosen by mistake, before anybody is told of it.

        :raises UserError: when a note tells of it already, or it is somebody else's
        """
        if self.is_noted or self.user_id != self.env.user:
            raise UserError(
                self.env._(
                    "Others were told of this result. Choose another one instead."
                )
            )
        self.unlink()

    def _exchange(self, other):
        """Have two entries of one step change their places in two cases."""
        for row, vals in ((self, other._get_entered()), (other, self._get_entered())):
            row.write({**vals, "revision": row.revision + 1})

    def _get_entered(self):
        self.ensure_one()
        return {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in ENTERED
        }

    def _get_label(self):
        """Return the result in the words of the environment's language."""
        self.ensure_one()
        return dict(self._fields["result"]._description_selection(self.env))[
            self.result
        ]

    def _get_html(self, with_remarks):
        """Return the steps as lists, one for each article.

        :param bool with_remarks: also what colleagues remarked; never for customers
        """
        parts = []
        for article, rows in self.sorted("number").grouped("article_id").items():
            if article:
                # sudo: its title only; it may be another company's by now.
                parts.append(Markup("<p><b>%s</b></p>") % article.sudo().name)
            items = Markup("").join(row._get_item(with_remarks) for row in rows)
            parts.append(Markup("<ul>%s</ul>") % items)
        return Markup("").join(parts)

    def _get_item(self, with_remark):
        self.ensure_one()
        item = Markup("%s – <b>%s</b>") % (self.summary, self._get_label())
        if with_remark and self.remark:
            item += Markup(" (%s)") % self.remark
        return Markup("<li>%s</li>") % item
