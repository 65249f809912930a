from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.mail import plaintext2html

MAX_TEXT = 5000
# A visit that follows is looked for a day a week ahead when nobody names one.
DEFAULT_DAYS = 7


class AftersalesVisitFollowUpMixin(models.AbstractModel):
    """Work that a visit has found: another visit, or a case for the desk."""

    _name = "aftersales.visit.follow.up.mixin"
    _description = "Follow-Up Work of a Visit"

    origin_visit_id = fields.Many2one(
        "aftersales.visit",
        string="Found on Visit",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    further_visit_ids = fields.One2many(
        "aftersales.visit",
        "origin_visit_id",
        string="Further Visits",
        readonly=True,
        groups="base.group_user",
    )
    further_case_ids = fields.Many2many(
        "aftersales.case",
        "aftersales_visit_further_case_rel",
        string="Further Cases",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )

    def _make_further(self, kind, text, day=None):
        """Make the follow-up work that a technician asks for.

        :param str kind: ``visit`` or ``case``
        :param str text: what is to be done
        :param date day: for when; a week ahead if not given
        :return: the new visit or case
        """
        self.ensure_one()
        self.check_access("write")
        clean = str(text or "").strip()[:MAX_TEXT]
        if not clean:
            raise UserError(self.env._("Say what is to be done."))
        if kind == "visit":
            further = self._make_further_visit(clean, day)
        elif kind == "case":
            further = self._make_further_case(clean)
        else:
            raise UserError(self.env._("Choose a visit or a case."))
        self._log_step(
            self.env._(
                "Follow-up work: %(document)s (%(text)s)",
                document=further.display_name,
                text=clean[:200],
            )
        )
        return further

    def _make_further_visit(self, text, day):
        today = self.company_id._aftersales_today()
        day = day or today + timedelta(days=DEFAULT_DAYS)
        if day < today:
            raise UserError(self.env._("A further visit cannot lie in the past."))
        # sudo: technicians plan no visits, but say what is to be done on the next.
        return self.sudo().create([self._prepare_further_vals(text, day)])

    def _prepare_further_vals(self, text, day):
        """Return the values of a further visit for the same units."""
        self.ensure_one()
        return {
            "company_id": self.company_id.id,
            "kind": "repair",
            "partner_id": self.partner_id.id,
            "partner_shipping_id": self.partner_shipping_id.id,
            "contract_id": self.contract_id.id,
            "case_id": self.case_id.id,
            "team_id": self.team_id.id,
            "user_id": (self.user_id & self._get_staff()).id,
            "date_planned": day,
            "description": plaintext2html(text),
            "origin_visit_id": self.id,
            "line_ids": [
                fields.Command.create({"asset_id": line.asset_id.id})
                for line in self.line_ids
                if line.asset_id
            ],
        }

    def _make_further_case(self, text):
        # sudo: technicians open no cases, but tell the desk what they have found.
        visit = self.sudo()
        case = visit.env["aftersales.case"].with_company(visit.company_id)
        case = case.create(visit._prepare_further_case_vals(text))
        visit.further_case_ids = [fields.Command.link(case.id)]
        return case

    def _prepare_further_case_vals(self, text):
        """Return the values of a case for the desk."""
        self.ensure_one()
        units = self.line_ids.asset_id
        return {
            "name": text.splitlines()[0][:100],
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "kind": "technical",
            "channel": "onsite",
            "asset_id": units.id if len(units) == 1 else False,
            "description": plaintext2html(text),
        }

    @api.model
    def _read_day(self, text):
        """Return a day that came as ISO text, or None."""
        try:
            return fields.Date.to_date(str(text)[:10]) if text else None
        except ValueError:
            return None
