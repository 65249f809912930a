import logging
from collections import defaultdict
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.fields import Domain

from .aftersales_case_mail_mixin import HUMAN_TYPES
from .aftersales_stage import END_KINDS

_logger = logging.getLogger(__name__)

# How many cases the nightly job closes before it commits.
CLOSE_BATCH = 100


class AftersalesCaseFollowupMixin(models.AbstractModel):
    """A case knows when what was agreed is done, and ends by itself."""

    _name = "aftersales.case.followup.mixin"
    _description = "End of a Service Case"

    remedy_state = fields.Selection(
        [
            ("none", "Nothing Agreed"),
            ("open", "Under Way"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        string="What Was Agreed",
        default="none",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )

    _solved_index = models.Index("(date_solved, id) WHERE state = 'solved'")

    def _begin_remedy(self, resolution, document):
        """Keep that something was agreed on, on both sides.

        :param str resolution: what the customer gets
        :param document: the record that brings it
        """
        self.ensure_one()
        # sudo: the facts of the case follow from the button that was pressed.
        case = self.sudo()
        case.write({"resolution": resolution, "remedy_state": "open"})
        if case.state == "new":
            case._set_kind("open")
        case._message_log(body=self.env._("Made: %s", document.sudo()._get_html_link()))
        document.sudo()._message_log(
            body=self.env._("Agreed on in %s", self._get_html_link())
        )

    # --- What was agreed is done ---

    def _follow_remedies(self):
        """See what is done of what was agreed on; safe to repeat."""
        # sudo: whoever repairs, receives or ships need not have rights on cases.
        cases = self.sudo()
        done, dropped = cases.browse(), cases.browse()
        for case in cases:
            state = case._get_remedy_state()
            if state == case.remedy_state:
                continue
            case.remedy_state = state
            if state == "done":
                done |= case
            elif state == "cancelled":
                dropped |= case
        done._end_remedies()
        dropped._miss_remedies()

    def _get_remedy_state(self):
        """Return how far all that was agreed on is."""
        self.ensure_one()
        states = {
            *(repair._aftersales_get_remedy_state() for repair in self.repair_ids),
            *(rma._get_remedy_state() for rma in self.rma_ids),
            *(visit._get_remedy_state() for visit in self.visit_ids),
            *(
                order._aftersales_get_remedy_state()
                for order in self.replacement_order_ids
            ),
        } - {None}
        for state in ("open", "done", "cancelled"):
            if state in states:
                return state
        return "none"

    def _end_remedies(self):
        """All is done: tell the customers, and solve the cases as the team wants."""
        groups = defaultdict(self.browse)
        for case in self:
            groups[(case.team_id, case._get_kind_after_remedies())] |= case
        for (team, kind), cases in groups.items():
            stage = kind and self._get_stage(team, kind)
            if not stage or not stage.mail_template_id:
                # Else the stage has its own e-mail: one is enough.
                cases._tell_done(team.case_done_template_id)
            for case in cases.filtered(lambda c: c.state not in END_KINDS):
                case._message_log(body=self.env._("All that was agreed on is done."))
            if kind:
                cases._set_kind(kind)

    def _get_kind_after_remedies(self):
        """Return the kind of stage that the case goes to when all is done, if any."""
        self.ensure_one()
        if self.state in END_KINDS:
            return False
        if not self.team_id or self.team_id.is_solved_by_remedies:
            return "solved"
        return "open" if self.state == "waiting_parts" else False

    def _tell_done(self, template):
        """Send the e-mail that all is done, to customers who still wait for it."""
        told = self.filtered(
            lambda c: (
                (c.partner_id or c.email_from)
                and not (c.is_spam or c.duplicate_of_id)
                and c.state not in ("closed", "cancelled")
            )
        )
        if template and told:
            told._send_carefully(template)

    def _miss_remedies(self):
        """All that was agreed on was cancelled: a person decides how it goes on."""
        for case in self.filtered(lambda c: c.state not in END_KINDS):
            if case.state == "waiting_parts":
                case._set_kind("open")
            user = case.user_id or case.team_id.user_id
            text = self.env._("What was agreed on was cancelled")
            if user:
                case.activity_schedule(
                    "mail.mail_activity_data_todo", user_id=user.id, summary=text
                )
            else:
                case._message_log(body=text)

    def _send_carefully(self, template):
        """Send an automatic e-mail that must not keep others from their work.

        Goods are received and repairs are finished, whatever somebody has typed into
        a text.
        """
        try:
            with self.env.cr.savepoint():
                self._send_automatic(template)
        except psycopg2.OperationalError:
            # The database wants the whole transaction again.
            raise
        except Exception as error:
            _logger.warning("No e-mail for %s", self.ids, exc_info=True)
            for case in self:
                case._message_log(
                    body=self.env._(
                        "The customer could not be told by e-mail: %s", error
                    )
                )

    # --- Silence ---

    @api.model
    def _get_silent_domain(self, now):
        """Return a domain on solved cases of which nobody has heard for long enough."""
        teams = self.env["aftersales.team"].with_context(active_test=False)
        result = Domain.FALSE
        for days, group in (
            teams.search([("close_days", ">", 0)]).grouped("close_days").items()
        ):
            limit = now - timedelta(days=days)
            result |= (
                Domain("team_id", "in", group.ids)
                & Domain("date_solved", "<=", limit)
                & Domain(
                    "message_ids",
                    "not any",
                    [("message_type", "in", HUMAN_TYPES), ("date", ">", limit)],
                )
            )
        return Domain("state", "=", "solved") & result

    @api.model
    def _cron_close(self):
        """Close solved cases of which nothing was heard for the days of the team."""
        domain = self._get_silent_domain(fields.Datetime.now())
        remaining = self.search_count(domain)
        last_id = 0
        while cases := self.search(
            domain & Domain("id", ">", last_id), order="id", limit=CLOSE_BATCH
        ):
            last_id = cases[-1].id
            # What another worker holds is left to the next run.
            free = cases.try_lock_for_update(allow_referencing=True)
            free.invalidate_recordset(["state"])
            free.filtered(lambda c: c.state == "solved")._set_kind("closed")
            remaining = max(remaining - len(cases), 0)
            if not self.env["ir.cron"]._commit_progress(
                len(cases), remaining=remaining
            ):
                break
