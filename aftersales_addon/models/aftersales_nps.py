import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq

from ..tools.measures import PASSIVE, PROMOTER

# Nobody is asked again before so many days; so long a link takes an answer.
QUESTION_DAYS = 90


class AftersalesNps(models.Model):
    """Would the customer recommend us? One question, one answer from 0 to 10."""

    _name = "aftersales.nps"
    _description = "Recommendation (NPS)"
    _inherit = ["mail.thread", "mail.activity.mixin", "aftersales.key.mixin"]
    _order = "date_answered desc, id desc"
    _rec_name = "partner_id"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one(
        "res.partner", string="Contact", required=True, index=True, ondelete="cascade"
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", store=True, string="Customer"
    )
    case_id = fields.Many2one(
        "aftersales.case",
        string="Service Case",
        index="btree_not_null",
        ondelete="set null",
        help="What made us ask.",
    )
    user_id = fields.Many2one("res.users", string="Responsible")
    access_token = fields.Char(
        readonly=True,
        copy=False,
        required=True,
        default=lambda self: uuid.uuid4().hex,
        groups="base.group_system",
    )
    date_asked = fields.Datetime(
        string="Asked On", readonly=True, default=fields.Datetime.now
    )
    date_answered = fields.Datetime(string="Answered On", readonly=True, copy=False)
    is_answered = fields.Boolean(readonly=True, copy=False)
    score = fields.Integer(string="Answer", readonly=True, copy=False, aggregator="avg")
    comment = fields.Text(readonly=True, copy=False)
    group = fields.Selection(
        [
            ("promoter", "Promoter (9, 10)"),
            ("passive", "Passive (7, 8)"),
            ("detractor", "Detractor (0 to 6)"),
        ],
        compute="_compute_group",
        store=True,
        string="Is a",
    )
    points = fields.Integer(
        string="NPS",
        compute="_compute_group",
        store=True,
        aggregator="avg",
        help="100 for a promoter, -100 for a detractor, 0 in between: their mean is "
        "the net promoter score. Only the latest answer of a contact in a quarter "
        "counts.",
    )
    quarter = fields.Date(
        compute="_compute_quarter", store=True, help="The first day of the quarter."
    )
    is_latest = fields.Boolean(
        string="Counts",
        readonly=True,
        copy=False,
        help="The latest answer of this contact in its quarter.",
    )

    _score_in_scale = models.Constraint(
        "CHECK (NOT is_answered OR score BETWEEN 0 AND 10)",
        "An answer is a number from 0 to 10.",
    )
    _token_unique = models.Constraint("UNIQUE (access_token)", "This link exists.")
    # One answer of a contact counts in a quarter, also when two come at once.
    _one_latest = models.UniqueIndex(
        "(company_id, partner_id, quarter) WHERE is_latest"
    )

    @api.depends("is_answered", "score")
    def _compute_group(self):
        for answer in self:
            if not answer.is_answered:
                answer.group, answer.points = False, 0
            elif answer.score >= PROMOTER:
                answer.group, answer.points = "promoter", 100
            elif answer.score >= PASSIVE:
                answer.group, answer.points = "passive", 0
            else:
                answer.group, answer.points = "detractor", -100

    @api.depends("date_answered")
    def _compute_quarter(self):
        for answer in self:
            if not answer.date_answered:
                answer.quarter = False
                continue
            day = answer.company_id._aftersales_day(answer.date_answered)
            answer.quarter = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)

    @api.depends("partner_id", "is_answered", "score")
    def _compute_display_name(self):
        for answer in self:
            name = answer.partner_id.display_name or ""
            answer.display_name = (
                f"{name}: {answer.score}" if answer.is_answered else name
            )

    @api.model
    def _ask(self, partners, company, case=None):
        """Ask contacts whether they would recommend the company.

        Somebody who was asked not long ago (``QUESTION_DAYS``) is left in peace.

        :param partners: ``res.partner`` records; who has no e-mail is passed over
        :param company: who asks
        :param case: the ``aftersales.case`` that made us ask
        :return: the new questions
        """
        questions = self._create_questions(partners, company, case)
        template = self._get_template()
        if template and questions:
            template.send_mail_batch(
                questions.ids, email_layout_xmlid="mail.mail_notification_light"
            )
        return questions

    @api.model
    def _get_template(self):
        """Return the e-mail that asks; empty when somebody deleted it."""
        template = self.env.ref("aftersales_addon.mail_template_data_nps", False)
        # sudo: whoever closes a case need not have rights on templates.
        return (template or self.env["mail.template"]).sudo()

    @api.model
    def _create_questions(self, partners, company, case=None):
        """Make the questions that :meth:`_ask` sends."""
        since = self._get_question_start()
        # sudo: everybody's questions count, whoever sees them.
        asked = self.sudo().search(
            [
                ("partner_id", "in", partners.ids),
                ("company_id", "=", company.id),
                ("date_asked", ">=", since),
            ]
        )
        todo = (partners - asked.partner_id).filtered("email_normalized")
        return self.sudo().create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "case_id": case and case.id,
                    "user_id": case and case.user_id.id,
                }
                for partner in todo
            ]
        )

    @api.model
    def _get_question_start(self):
        """Return since when a question counts as asked."""
        return fields.Datetime.subtract(fields.Datetime.now(), days=QUESTION_DAYS)

    @api.model
    def _read_key(self, key):
        """Return the question that a link leads to, with all rights.

        :param str key: what stands in the address, whatever it is
        :return: empty for a key that is wrong, too old or withdrawn
        """
        # What is no key never reaches the database, which refuses some characters.
        if not key.isascii() or not key.isalnum():
            return self.browse()
        since = self._get_question_start()
        # sudo: the key is the right to answer, and to nothing else.
        found = self.sudo().search(
            [("access_token", "=", key), ("date_asked", ">=", since)], limit=1
        )
        return found if found and consteq(found.access_token, key) else self.browse()

    @api.model
    def _get_withdrawable(self, partners):
        """Return the questions to contacts, and to those under them, with a link.

        What waits in the queue keeps its key: no e-mail leaves with a dead link.

        :param partners: ``res.partner``
        """
        asked = self.search(
            [
                ("partner_id", "child_of", partners.ids),
                ("date_asked", ">=", self._get_question_start()),
            ]
        )
        # sudo: e-mails belong to the system.
        waiting = (
            self.env["mail.mail"]
            .sudo()
            .search(
                [
                    ("model", "=", self._name),
                    ("res_id", "in", asked.ids),
                    ("state", "in", ("outgoing", "exception")),
                ]
            )
        )
        return asked - self.browse(waiting.mapped("res_id"))

    def _end_keys(self):
        for question in self:
            question.access_token = uuid.uuid4().hex

    def _get_answer_url(self, score=None):
        """Return the address of the page that takes the answer."""
        self.ensure_one()
        # sudo: the link is for the one who was asked.
        url = f"{self.get_base_url()}/aftersales/nps/{self.sudo().access_token}"
        return url if score is None else f"{url}?score={score}"

    def _answer(self, score, comment=""):
        """Take an answer, or a better one by the same link.

        :param int score: 0 to 10
        :param str comment: what the customer adds
        :raises UserError: for another score
        """
        self.ensure_one()
        if not isinstance(score, int) or not 0 <= score <= 10:
            raise UserError(self.env._("Choose a number from 0 to 10."))
        self.lock_for_update(allow_referencing=True)
        was_detractor = self.group == "detractor"
        self.write(
            {
                "score": score,
                "comment": (comment or "").strip()[:5000],
                "is_answered": True,
                "date_answered": fields.Datetime.now(),
            }
        )
        self._supersede()
        if self.group == "detractor" and not was_detractor:
            self._call_manager()

    def _supersede(self):
        """Let the latest answer of the contact in its quarter count alone."""
        earlier = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("partner_id", "=", self.partner_id.id),
                ("quarter", "=", self.quarter),
                ("is_latest", "=", True),
                ("id", "!=", self.id),
            ]
        )
        earlier.is_latest = False
        earlier.flush_recordset()
        self.is_latest = True

    def _call_manager(self):
        """Have somebody talk to a detractor at once."""
        case = self.case_id
        managers = self.company_id._aftersales_get_managers()
        user = case.team_id.user_id or managers[:1]
        if user:
            self.activity_schedule(
                "mail.mail_activity_data_call",
                user_id=user.id,
                summary=self.env._("Would not recommend us: %s of 10", self.score),
                note=self.comment,
            )
