from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from .aftersales_case_step import RESULTS
from .aftersales_stage import END_KINDS

# So many articles are looked through for steps, and so many are offered.
LOOKED_AT = 20
OFFERED = 5
# So many steps of earlier cases are shown on a form.
EARLIER = 20
MAX_REMARK = 500


class AftersalesCaseTroubleshootMixin(models.AbstractModel):
    """The steps of help articles, gone through with the customer and recorded."""

    _name = "aftersales.case.troubleshoot.mixin"
    _description = "Troubleshooting in a Service Case"

    tried_step_ids = fields.One2many(
        "aftersales.case.step",
        "case_id",
        string="Tried Steps",
        readonly=True,
        groups="base.group_user",
    )
    tried_before_ids = fields.Many2many(
        "aftersales.case.step",
        compute="_compute_tried_before_ids",
        string="Tried Before on This Unit",
        groups="base.group_user",
        help="In earlier cases about the same installed product.",
    )

    @api.depends("asset_id")
    def _compute_tried_before_ids(self):
        rows = self._find_tried_before()
        for case in self:
            mine = rows.filtered(
                lambda r, c=case: (
                    r.case_id.asset_id == c.asset_id._origin and r.case_id != c._origin
                )
            )
            case.tried_before_ids = mine[:EARLIER]

    def _find_tried_before(self):
        """Return what was tried on the same units, the newest first.

        The steps of these cases are among them.
        """
        units = self.asset_id._origin.ids
        Tried = self.env["aftersales.case.step"]
        if not units:
            return Tried
        return Tried.search(
            [("case_id.asset_id", "in", units)], order="date desc, id desc"
        )

    # --- The dialog ---

    def action_troubleshoot(self):
        """Open the dialog with the steps that fit the case."""
        self._check_troubleshoot()
        return {
            "type": "ir.actions.client",
            "tag": "aftersales_troubleshoot",
            "params": {"case_id": self.id},
        }

    def _check_troubleshoot(self):
        self.ensure_one()
        self.check_access("write")
        if self.state in END_KINDS:
            raise UserError(
                self.env._("%s is over. Reopen it before you go on.", self.number)
            )

    def get_troubleshooting(self, article_id=False):
        """Return the articles for the dialog, and the steps of one of them.

        :param int article_id: the article to show; the best one when empty
        :return: plain values: ``articles`` (what is offered), ``article`` (with its
            steps and what was tried already; empty when none fits), ``company_id``,
            ``has_helped``
        :raises AccessError: for those who may not work on the case
        """
        self.ensure_one()
        self.check_access("write")
        articles = self._get_step_articles()
        chosen = self.env["aftersales.article"].browse(article_id or False).exists()
        chosen.check_access("read")
        # The tried steps are sorted by article: the last one tried is gone on with.
        last = self.tried_step_ids.sorted("date")[-1:].article_id
        chosen = chosen or (last & articles) or articles[:1]
        articles |= chosen
        return {
            "articles": [self._show_offer(article) for article in articles],
            "article": self._show_article(chosen) if chosen else False,
            "company_id": self.company_id.id,
            "has_helped": "helped" in self.tried_step_ids.mapped("result"),
        }

    def set_tried_step(self, step_id, result, remark="", revision=0):
        """Record what came of a step, unless somebody else was quicker.

        :param int step_id: of an ``aftersales.article.step``
        :param str result: one of ``RESULTS``; empty takes back what is in no note yet
        :param str remark: for colleagues, may be empty
        :param int revision: what the user saw when they chose; 0: not tried yet
        :return: as ``get_troubleshooting``, with a ``notice`` when somebody was quicker
        """
        self._check_troubleshoot()
        step = self.env["aftersales.article.step"].browse(step_id).exists()
        if not step or (result and result not in dict(RESULTS)):
            raise UserError(
                self.env._("This step is gone. Close the dialog, and open it again.")
            )
        step.check_access("read")
        self._check_step_company(step)
        remark = str(remark or "").strip()[:MAX_REMARK] if result else ""
        # sudo: results are recorded here only; the user may write the case.
        tried = self.sudo().tried_step_ids.filtered(lambda r: r.step_id == step)
        notice = ""
        if (tried.result or False, tried.remark or "") == (result or False, remark):
            pass
        elif tried.revision != revision:
            notice = self._get_notice(tried)
        elif not result:
            tried._take_back()
        elif tried:
            tried._change(result, remark)
        else:
            number = step.article_id.step_ids.ids.index(step.id) + 1
            tried._enter(self, step, number, result, remark)
        return self.get_troubleshooting(step.article_id.id) | {"notice": notice}

    def _check_step_company(self, step):
        """Refuse the steps of a company that the case has nothing to do with."""
        company = step.company_id
        if company and company not in self.company_id.sudo().parent_ids:
            raise UserError(self.env._("The article belongs to another company."))

    def _get_notice(self, tried):
        if not tried:
            return self.env._("Somebody else took this back a moment ago.")
        return self.env._(
            "%(user)s chose “%(result)s” a moment ago. Choose again to change it.",
            user=tried.user_id.name,
            result=tried._get_label(),
        )

    def finish_troubleshooting(self, solve=False):
        """Note what the user tried in the conversation: one internal note.

        :param bool solve: a step helped, the case is solved
        """
        self.ensure_one()
        self.check_access("write")
        # sudo: as in set_tried_step.
        case = self.sudo()
        rows = case.tried_step_ids.filtered(
            lambda r: not r.is_noted and r.user_id == self.env.user
        )
        if rows:
            self.message_post(
                body=Markup("<p>%s</p>%s")
                % (self.env._("Troubleshooting"), rows._get_html(with_remarks=True)),
                message_type="comment",
                subtype_xmlid="mail.mt_note",
            )
            rows.is_noted = True
            if self.state == "new":
                self._set_kind("open")
        if solve and self.state not in END_KINDS:
            self._solve_by_steps()
        return True

    def _solve_by_steps(self):
        """Solve the case, and keep for the next one what helped."""
        helped = self.tried_step_ids.filtered(lambda r: r.result == "helped")
        vals = {}
        if not self.resolution:
            vals["resolution"] = "advice"
        if helped and not self.resolution_note:
            vals["resolution_note"] = "\n".join(helped.mapped("summary"))
        self.write(vals)
        self.action_solve()

    # --- What the dialog shows ---

    def _get_step_articles(self):
        """Return the articles with steps: those in use here, and those that fit."""
        fitting = self._get_help("internal", limit=LOOKED_AT)
        articles = self.tried_step_ids.article_id | fitting
        readable = articles._filtered_access("read")
        return readable.filtered("step_ids")[:OFFERED]

    def _show_offer(self, article):
        tried = self.tried_step_ids.step_id & article.step_ids
        return {
            "id": article.id,
            "name": article.name,
            "tried": len(tried),
            "total": len(article.step_ids),
        }

    def _show_article(self, article):
        steps = article.step_ids
        tried = {row.step_id: row for row in self.tried_step_ids}
        before = {}
        for row in self._find_tried_before():
            if row.case_id != self and row.step_id in steps:
                before.setdefault(row.step_id, row)
        pictured = steps.search([("id", "in", steps.ids), ("picture", "!=", False)])
        Tried = self.env["aftersales.case.step"]
        return {
            "id": article.id,
            "name": article.name,
            "body": article.body or "",
            "is_internal": article.audience == "internal",
            "steps": [
                {
                    "id": step.id,
                    "number": number,
                    "text": step.text,
                    "has_picture": step in pictured,
                    **self._show_tried(tried.get(step, Tried)),
                    "before": self._show_before(before.get(step, Tried)),
                }
                for number, step in enumerate(steps, 1)
            ],
        }

    def _show_tried(self, row):
        return {
            "result": row.result or False,
            "remark": row.remark or "",
            "revision": row.revision,
            "is_noted": row.is_noted,
            "user": row.user_id.name or "",
            "date": fields.Datetime.to_string(row.date) or "",
        }

    def _show_before(self, row):
        if not row:
            return False
        return {
            "result": row._get_label(),
            "is_helped": row.result == "helped",
            "case": row.case_id.number,
            "date": fields.Datetime.to_string(row.date),
        }

    # --- Where the next person looks ---

    def action_answer_tried(self):
        """Write to the customer, with what was tried in the answer.

        :raises UserError: when there is nothing that customers may read
        """
        self.ensure_one()
        action = self.action_answer()
        lang = self.partner_id.lang or self.env.lang
        case = self.with_context(lang=lang)
        # A step whose article is gone may have been for us only.
        # sudo: for whom the article is; it may be another company's by now.
        rows = case.tried_step_ids.filtered(
            lambda r: (
                r.result != "skipped"
                and r.article_id
                and r.sudo().article_id.audience != "internal"
            )
        )
        if not rows:
            raise UserError(
                self.env._("Nothing was tried yet that customers may read about.")
            )
        action["context"]["default_body"] = Markup("<p>%s</p>%s") % (
            case.env._("This is what we tried together:"),
            rows._get_html(with_remarks=False),
        )
        return action

    def _get_tried_note(self):
        """Return what was tried, for colleagues who go on elsewhere; may be empty."""
        rows = self.tried_step_ids
        if not rows:
            return Markup("")
        title = Markup("<p>%s</p>") % self.env._("Tried with the customer:")
        return title + rows._get_html(with_remarks=True)

    def _prepare_repair_vals(self):
        vals = super()._prepare_repair_vals()
        vals["internal_notes"] += self._get_tried_note()
        return vals

    def _prepare_visit_vals(self):
        vals = super()._prepare_visit_vals()
        # The customer reads the description of a visit, and never its notes.
        if note := self._get_tried_note():
            vals["note"] = note
        return vals

    def _take_over(self, case):
        """Move the tried steps along; of two results of a step the newer one stands."""
        result = super()._take_over(case)
        known = {row.step_id: row for row in self.tried_step_ids if row.step_id}
        moved = case.tried_step_ids.filtered(lambda r: r.step_id not in known)
        for row in case.tried_step_ids - moved:
            mine = known[row.step_id]
            if row.date > mine.date:
                mine._exchange(row)
        moved.write({"case_id": self.id})
        return result
