from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..tools.measures import satisfaction
from .aftersales_case_clock_mixin import TALKED
from .aftersales_stage import END_KINDS

# How many cases the short lists of the desk show.
LIST_LIMIT = 10
OPEN = ("state", "not in", END_KINDS)


class AftersalesCaseDeskMixin(models.AbstractModel):
    """What an agent starts the day with."""

    _name = "aftersales.case.desk.mixin"
    _description = "Desk of an Agent"

    is_answer_awaited = fields.Boolean(
        string="Customer Wrote Last",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The customer waits for an answer of ours.",
    )

    # --- Who wrote last ---

    def _prepare_promise(self, policy):
        vals = super()._prepare_promise(policy)
        return {**vals, "is_answer_awaited": self.channel not in TALKED}

    def _note_answer(self, moment):
        # sudo: who wrote last is a fact of the case.
        self.sudo().write({"is_answer_awaited": False})
        return super()._note_answer(moment)

    def _note_question(self, moment):
        # sudo: as in _note_answer.
        self.sudo().write({"is_answer_awaited": True})
        return super()._note_question(moment)

    # --- The desk ---

    @api.model
    def _get_desk_domains(self):
        """Return what each number of the desk counts, by its name."""
        mine = ("user_id", "=", self.env.uid)
        now = fields.Datetime.now()
        return {
            "mine": [mine, OPEN],
            "late": [mine, OPEN, ("sla_due", "<", self._get_soon(now))],
            "awaited": [mine, OPEN, ("is_answer_awaited", "=", True)],
            "unassigned": [("user_id", "=", False), OPEN],
            "rated": [
                mine,
                (
                    "rating_ids",
                    "any",
                    [
                        ("consumed", "=", True),
                        ("write_date", ">=", now - timedelta(days=7)),
                    ],
                ),
            ],
        }

    @api.model
    @api.readonly
    def get_desk(self):
        """Return all that the desk shows, as far as the user may see it.

        :return: ``tiles`` (a list of ``{"name", "count", "domain"}``), the lists
            ``next`` and ``unassigned`` of cases, ``satisfaction`` (a share in
            percent, or False), ``rated`` (how many rated) and ``can_create``
        """
        if not self.env.user._is_internal():
            raise AccessError(self.env._("The desk is for people of ours."))
        self.check_access("read")
        domains = self._get_desk_domains()
        rated = self.search(domains["rated"])
        # sudo: the ratings of cases that the user may see.
        ratings = (
            self.env["rating.rating"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", rated.ids),
                    ("consumed", "=", True),
                    ("write_date", ">=", fields.Datetime.now() - timedelta(days=7)),
                ]
            )
        )
        happy = satisfaction(ratings.mapped("rating"))
        return {
            "tiles": [
                {
                    "name": name,
                    "count": len(rated)
                    if name == "rated"
                    else self.search_count(domain),
                    "domain": [
                        list(leaf) if isinstance(leaf, tuple) else leaf
                        for leaf in (
                            [("id", "in", rated.ids)] if name == "rated" else domain
                        )
                    ],
                }
                for name, domain in domains.items()
            ],
            "next": self._get_desk_rows(
                domains["mine"], "sla_due NULLS LAST, priority desc, id"
            ),
            "unassigned": self._get_desk_rows(
                domains["unassigned"], "sla_due NULLS LAST, priority desc, id"
            ),
            "satisfaction": False if happy.rate is None else round(happy.rate),
            "rated": happy.answered,
            "can_create": self.has_access("create"),
        }

    @api.model
    def _get_desk_rows(self, domain, order):
        cases = self.search(domain, order=order, limit=LIST_LIMIT)
        states = dict(self._fields["sla_state"]._description_selection(self.env))
        return [
            {
                "id": case.id,
                "number": case.number,
                "name": case.name,
                # sudo: the name of the customer of a case one may see.
                "customer": case.sudo().partner_id.display_name
                or case.partner_name
                or case.email_from
                or "",
                "stage": case.stage_id.name,
                "priority": int(case.priority or 0),
                "due": fields.Datetime.to_string(case.sla_due) or "",
                "sla_state": case.sla_state,
                "sla_label": states[case.sla_state],
                "is_answer_awaited": case.is_answer_awaited,
            }
            for case in cases
        ]

    @api.model
    def get_callers(self, text):
        """Return who may be on the phone: units by number, customers by name.

        :param str text: what the caller says
        :return: ``{"units": [...], "customers": [...]}``; the units as in the
            overview of installed products
        """
        text = (text or "").strip()
        self.check_access("create")
        if not text:
            return {"units": [], "customers": []}
        units = self.env["aftersales.asset"].get_overview_matches(text)
        partners = self.env["res.partner"].search(
            [
                "|",
                "|",
                ("name", "ilike", text),
                ("email", "ilike", text),
                ("phone", "ilike", text),
            ],
            limit=8,
        )
        return {
            "units": units,
            "customers": [
                {"id": partner.id, "name": partner.display_name} for partner in partners
            ],
        }
