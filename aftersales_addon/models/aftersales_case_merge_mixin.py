from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from .aftersales_merge_mixin import WRITTEN
from .aftersales_stage import END_KINDS


class AftersalesCaseMergeMixin(models.AbstractModel):
    """Several cases that are one become one; what is two becomes two."""

    _name = "aftersales.case.merge.mixin"
    _inherit = ["aftersales.merge.mixin"]
    _description = "Merge and Split of Service Cases"

    def write(self, vals):
        if "related_ids" not in vals:
            return super().write(vals)
        # sudo: a link stands on both cases, whoever may see the other one.
        before = {case: case.related_ids for case in self.sudo()}
        result = super().write(vals)
        for case, former in before.items():
            if case in case.related_ids:
                raise UserError(self.env._("A case cannot be linked to itself."))
            (case.related_ids - former)._link_back(case, Command.link(case.id))
            (former - case.related_ids)._link_back(case, Command.unlink(case.id))
        return result

    def _link_back(self, case, command):
        wanted = command[0] == Command.LINK
        for other in self:
            if (case in other.related_ids) != wanted:
                other.related_ids = [command]

    # --- Several become one ---

    def _merge(self, others, is_confirmed=False):
        """Take over what was said and agreed on in other cases.

        The others are cancelled and point to this one.

        :param others: ``aftersales.case`` records
        :param bool is_confirmed: also when the customers are different
        :raises UserError: when they cannot be merged, with the reason
        """
        self.ensure_one()
        others -= self
        both = self | others
        both.check_access("write")
        both._lock_cases()
        self._check_can_merge(others, is_confirmed)
        # sudo: what belongs to the cases follows them; the user may write both.
        target, sources = self.sudo(), others.sudo()
        target._take_over_facts(sources)
        for case in sources:
            target._take_over(case)
        sources.duplicate_ids.write({"duplicate_of_id": target.id})
        sources.write({"duplicate_of_id": target.id})
        sources.filtered(lambda c: c.state != "cancelled")._set_kind("cancelled")
        for case in sources:
            case._message_log(
                body=self.env._("Merged into %s.", target._get_html_link())
            )
        names = ", ".join(sources.mapped("number"))
        target._message_log(body=self.env._("Took over %s.", names))
        target._follow_remedies()
        return self

    def _check_can_merge(self, others, is_confirmed):
        """Refuse to merge cases that are not alike, with what is different."""
        both = self | others
        if len(both) < 2:
            raise UserError(
                self.env._("Choose two cases at least: none is merged into itself.")
            )
        for case in both.sudo():
            if case.duplicate_of_id:
                raise UserError(
                    self.env._(
                        "%(case)s was merged into %(other)s already.",
                        case=case.number,
                        other=case.duplicate_of_id.number,
                    )
                )
        if len(both.company_id) > 1:
            raise UserError(
                self.env._("The cases belong to different companies. Link them.")
            )
        if self.state in END_KINDS:
            raise UserError(
                self.env._("%s is over. Reopen it before you merge.", self.number)
            )
        if len(both.commercial_partner_id) > 1 and not is_confirmed:
            raise UserError(
                self.env._(
                    "The cases belong to different customers, who would read each "
                    "other's messages. Confirm it first, or link the cases instead."
                )
            )

    def _take_over_facts(self, sources):
        """Keep what the others say about themselves."""
        both = self | sources
        vals = {
            "reply_count": sum(both.mapped("reply_count")),
            "priority": max(case.priority or "0" for case in both),
            "is_answer_awaited": any(both.mapped("is_answer_awaited")),
            "tag_ids": [Command.link(tag.id) for tag in sources.tag_ids - self.tag_ids],
            "related_ids": [
                Command.link(case.id)
                for case in sources.related_ids - self.related_ids - both
            ],
        }
        for name in ("partner_id", "asset_id", "sale_order_id", "reason_id", "user_id"):
            if not self[name] and sources[name]:
                vals[name] = sources[name][0].id
        days = both.filtered("date_first_response").mapped("date_first_response")
        if days:
            vals["date_first_response"] = min(days)
        days = both.filtered("date_last_customer_message")
        if days:
            vals["date_last_customer_message"] = max(
                days.mapped("date_last_customer_message")
            )
        # The first time that the customer told us of the same unit decides.
        same = both.filtered(lambda c: c.asset_id == self.asset_id)
        vals["date_reported"] = min((self | same).mapped("date_reported"))
        known = self._get_known_addresses()
        more = {
            address for case in sources for address in case._get_known_addresses()
        } - known
        if more:
            vals["email_cc"] = ", ".join(filter(None, [self.email_cc, *sorted(more)]))
        self.write(vals)

    def _take_over(self, case):
        """Move all that belongs to another case to this one."""
        case.repair_ids.write({"aftersales_case_id": self.id})
        case.visit_ids.write({"case_id": self.id})
        case.rma_ids.write({"case_id": self.id})
        case.replacement_order_ids.write({"aftersales_case_id": self.id})
        if case.resolution and not self.resolution:
            self.resolution = case.resolution
        written = self._take_over_talk(case)
        if case.description and not written:
            # What was told on the phone stands nowhere else.
            self._message_log(body=case._get_remedy_text())

    def _get_merge_target(self):
        """Return the case in which this one goes on, may be empty."""
        self.ensure_one()
        # sudo: whoever writes to a case is heard where it goes on.
        return self.sudo().duplicate_of_id

    def message_update(self, msg_dict, update_vals=None):
        """Let e-mails to merged cases count where these go on."""
        merged = self.filtered(lambda c: c._get_merge_target())
        for case in merged:
            case._get_merge_target().message_update(msg_dict, update_vals=update_vals)
        return super(AftersalesCaseMergeMixin, self - merged).message_update(
            msg_dict, update_vals=update_vals
        )

    def message_post(self, **kwargs):
        """Let what customers write to merged cases land where these go on."""
        target = self._get_merge_target() if len(self) == 1 else self.browse()
        by_mail = kwargs.get("message_type") == "email"
        by_customer = (
            not self.env.user._is_internal()
            and target.commercial_partner_id == self.sudo().commercial_partner_id
        )
        if target and (by_mail or by_customer):
            return target.message_post(**kwargs)
        return super().message_post(**kwargs)

    # --- One becomes two ---

    def _split(self, messages, name=None):
        """Make a case of its own of some messages.

        :param messages: ``mail.message`` records of this case
        :param str name: the subject of the new case
        :return: the new case
        """
        self.ensure_one()
        self.check_access("write")
        self._lock_cases()
        # sudo: the messages of a case that the user may change.
        messages = messages.sudo().filtered(
            lambda m: (
                m.model == self._name
                and m.res_id == self.id
                and m.message_type in WRITTEN
            )
        )
        if not messages:
            raise UserError(self.env._("Choose a message at least."))
        case = self.create(self._prepare_split_vals(messages.sorted("id"), name))
        # sudo: as in write; the link stands on both.
        case.sudo().related_ids = [Command.link(self.id)]
        self.sudo().related_ids = [Command.link(case.id)]
        messages.write({"res_id": case.id})
        messages.attachment_ids.filtered(
            lambda a: a.res_model == self._name and a.res_id == self.id
        ).write({"res_id": case.id})
        self._message_log(body=self.env._("Split off: %s", case._get_html_link()))
        case._message_log(body=self.env._("Split from: %s", self._get_html_link()))
        # sudo: what was said are facts of the new case.
        heard = messages.filtered(lambda m: case.sudo()._is_from_customer(m))
        if heard:
            case.sudo().write(
                {
                    "date_last_customer_message": max(heard.mapped("date")),
                    "is_answer_awaited": True,
                }
            )
        return case

    def _prepare_split_vals(self, messages, name):
        first = messages[0]
        body = first.body
        for message in messages[1:]:
            body += message.body
        return {
            "name": name or self.name,
            "company_id": self.company_id.id,
            "team_id": self.team_id.id,
            "user_id": self.user_id.id,
            "partner_id": self.partner_id.id,
            "email_from": self.email_from,
            "asset_id": self.asset_id.id,
            "product_id": self.product_id.id,
            "kind": self.kind,
            "channel": "email" if first.message_type == "email" else self.channel,
            "date_reported": first.date,
            "description": body,
            "related_ids": [Command.link(self.id)],
        }

    def action_merge(self):
        """Open the dialog that merges cases."""
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Merge"),
            "res_model": "aftersales.case.merge",
            "views": [(False, "form")],
            "target": "new",
            "context": {"active_model": self._name, "active_ids": self.ids},
        }
