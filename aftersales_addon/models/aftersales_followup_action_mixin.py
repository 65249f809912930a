from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError

from .aftersales_followup_check_mixin import Skip

# The events that a thank-you is worded for; others get the general one.
THANK_TEMPLATES = {
    "sale.order": "aftersales_addon.mail_template_data_followup_thank_order",
    "aftersales.case": "aftersales_addon.mail_template_data_followup_thank_case",
    "aftersales.visit": "aftersales_addon.mail_template_data_followup_thank_visit",
}
# The look of a company's letters.
LAYOUT = "mail.mail_notification_light"
THANK_GENERAL = "aftersales_addon.mail_template_data_followup_thank"


class AftersalesFollowupActionMixin(models.AbstractModel):
    """What a follow-up does, one method for each action of the rule."""

    _name = "aftersales.followup.action.mixin"
    _description = "Actions of a Follow-up"

    def _act(self, record, more):
        """Do what the rule says about a record.

        :param more: other records of its kind, for letters and offers about several
        :return: what was made, may be empty or None
        :raises UserError: when it cannot be done; it is tried again later
        :raises Skip: when there is nothing to do
        """
        self.ensure_one()
        act = getattr(self, f"_act_{self.rule_id.action}")
        return act(record, more) if self._is_bundled(record) else act(record)

    def _get_chatter(self, record):
        """Return the document that activities and notes belong to.

        Who gets an activity finds it in their list: one e-mail for each of the many
        that a rule may make in a night would be too much.

        :raises UserError: when it has no room for them
        """
        target = self.rule_id._get_target(record)
        if not hasattr(target, "activity_schedule"):
            raise UserError(
                self.env._("%s takes no activities and notes.", target._description)
            )
        return target.with_context(mail_activity_quick_update=True)

    def _get_person(self, record):
        """Return who gets an activity.

        :raises UserError: when there is nobody
        """
        rule = self.rule_id
        user = rule._get_responsible(record)
        if rule.audience == "team":
            user = rule._get_team(record).user_id or user
        user = user or rule._get_fallback_user()
        if not user:
            raise UserError(
                self.env._(
                    "Nobody is responsible. Name somebody on the document, or on the "
                    "rule under “If Nobody Is Responsible”."
                )
            )
        return user[:1]

    def _localized(self, user):
        """Return the rule in the language of a person."""
        return self.rule_id.with_context(lang=user.lang or self.env.lang)

    def _act_activity(self, record):
        user = self._get_person(record)
        rule = self._localized(user)
        kind = rule.activity_type_id
        target = self._get_chatter(record)
        if kind and self._is_done_already(record, target, kind):
            raise Skip(self.env._("Somebody is at it already, or has done it."))
        return target.activity_schedule(
            "" if kind else "mail.mail_activity_data_todo",
            activity_type_id=kind.id or None,
            user_id=user.id,
            summary=rule.summary or rule.name,
            note=rule.note,
            date_deadline=self.company_id._aftersales_today(),
        )

    def _is_done_already(self, record, target, kind):
        """Tell whether there is such an activity since the event, open or done."""
        activities = self.env["mail.activity"].with_context(active_test=False)
        found = activities.search(
            [
                ("activity_type_id", "=", kind.id),
                "|",
                "&",
                ("res_model", "=", target._name),
                ("res_id", "=", target.id),
                "&",
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
                "|",
                ("active", "=", True),
                ("date_done", ">=", self.date_event),
            ],
            limit=1,
        )
        return bool(found)

    def _act_plan(self, record):
        target = self._get_chatter(record)
        wizard = self.env["mail.activity.schedule"].create(
            {
                "res_model": target._name,
                "res_ids": str(target.ids),
                "plan_id": self.rule_id.activity_plan_id.id,
                "plan_on_demand_user_id": self._get_person(record).id,
                "plan_date": self.company_id._aftersales_today(),
            }
        )
        if wizard.has_error:
            raise UserError(wizard.error)
        wizard.action_schedule_plan()
        return target

    def _act_note(self, record):
        rule = self.rule_id
        target = self._get_chatter(record)
        return target.message_post(
            body=rule.note or rule.summary or rule.name,
            subtype_xmlid="mail.mt_note",
            author_id=self.env.ref("base.partner_root").id,
        )

    def _act_mail(self, record, more=()):
        return self._send(self.rule_id.template_id, record, more=more)

    def _act_thank(self, record):
        template = self.rule_id.template_id
        if template:
            return self._send(template, record)
        own = THANK_TEMPLATES.get(record._name)
        template = own and self.env.ref(own, raise_if_not_found=False)
        if template:
            return self._send(template, record)
        general = self.env.ref(THANK_GENERAL, raise_if_not_found=False)
        if not general:
            raise UserError(self.env._("Choose the e-mail that says thank you."))
        return self._send(general, self, about=record)

    def _send(self, template, record, about=None, more=()):
        """Send an e-mail about a record to whom the rule means, in their language.

        :param template: ``mail.template`` for the model of the record
        :param about: what made us write, where that is another record
        :param more: other records that the same letter is about
        :return: the ``mail.mail``, queued
        """
        about = about if about is not None else record
        partner = self._get_mail_partner(about)
        template = template.with_context(lang=partner.lang or self.env.lang)
        values = {"recipient_ids": [(6, 0, partner.ids)], "email_to": False}
        headers = self._get_headers()
        if headers:
            values["headers"] = repr(headers)
        # Text that does not render is an error here, not an empty e-mail: what fails
        # is tried again, and shown.
        mail = template.send_mail_batch(record.ids, email_values=values)
        self._dress(mail, template, record, partner, about, more)
        for document in (about, *more):
            self._note_message(document, mail)
        self.mail_id = mail
        return mail

    def _dress(self, mail, template, record, partner, about, more=()):
        """Give an e-mail the company's look, and say how to get no more of them."""
        lang = partner.lang or self.env.lang
        # What the template gave is HTML already, though the field is a text.
        body = Markup(mail.body_html or "")
        if more:
            body += self.env["ir.qweb"]._render(
                "aftersales_addon.followup_mail_more",
                {"records": more.with_context(lang=lang)},
                lang=lang,
            )
        if self._is_message():
            followup = self.with_context(lang=lang)
            body += self.env["ir.qweb"]._render(
                "aftersales_addon.followup_mail_footer",
                {
                    "company": self.company_id,
                    "reason": followup._get_mail_reason(about.with_context(lang=lang)),
                    "url": self._get_stop_url(),
                },
                lang=lang,
            )
        model = self.env["ir.model"]._get(record._name).with_context(lang=lang)
        body = template._render_encapsulate(
            LAYOUT,
            body,
            add_context={
                "company": self.company_id,
                "model_description": model.display_name,
            },
            context_record=record.with_context(lang=lang),
        )
        mail.write({"body_html": body, "body": body})

    def _get_mail_reason(self, record):
        """Return in words why the customer gets an e-mail that they did not ask for."""
        company = self.company_id.name
        if record._name == "aftersales.asset":
            return self.env._(
                "You get this e-mail because you have our product %s.",
                record.product_id.name,
            )
        if record._name == "aftersales.case":
            return self.env._(
                "You get this e-mail because you asked us for help (%s).",
                record.number,
            )
        if record._name == "sale.order":
            return self.env._(
                "You get this e-mail because you placed the order %s with us.",
                record.name,
            )
        return self.env._(
            "You get this e-mail because you are a customer of %s.", company
        )

    def _get_mail_partner(self, record):
        """Return the contact that an e-mail goes to: a customer, or one of ours."""
        if self._is_message():
            return self._get_recipient(record)
        return self._get_person(record).partner_id

    def _get_headers(self):
        """Return the headers of an e-mail: how to get no more of them.

        A machine that reads mail can offer to stop it with one click (RFC 8058).
        """
        if not self._is_message():
            return {}
        url = self._get_stop_url()
        return {
            "List-Unsubscribe": f"<{url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        }

    def _note_message(self, record, mail):
        """Keep on the document that the customer was written to."""
        target = self.rule_id._get_target(record)
        if mail and hasattr(target, "_message_log"):
            target._message_log(
                body=self.env._("Follow-up “%s” was sent.", self.rule_id.name)
            )

    def _act_rating(self, record):
        case = self.rule_id._get_target(record)
        # What did not reach the customer is asked again.
        if case.date_rating_asked and not self.mail_id:
            raise Skip(self.env._("The customer was asked already."))
        template = case._get_rating_template()
        if not template:
            raise UserError(self.env._("The e-mail that asks for ratings was deleted."))
        case.date_rating_asked = fields.Datetime.now()
        return self._send(template, case, about=record)

    def _act_nps(self, record):
        partner = self._get_mail_partner(record)
        target = self.rule_id._get_target(record)
        case = target if target._name == "aftersales.case" else None
        nps = self.env["aftersales.nps"]
        question = self._get_unsent("aftersales.nps") or nps._create_questions(
            partner, self.company_id, case
        )
        if not question:
            raise Skip(self.env._("The customer was asked not long ago."))
        template = nps._get_template()
        if not template:
            raise UserError(
                self.env._("The e-mail that asks for recommendations was deleted.")
            )
        self._send(template, question, about=record)
        return question

    def _act_case(self, record):
        rule = self.rule_id
        unit = record if record._name == "aftersales.asset" else False
        return self.env["aftersales.case"].create(
            {
                "name": rule.summary or rule.name,
                "description": rule.note,
                "company_id": self.company_id.id,
                "partner_id": rule._get_partner(record).id,
                "asset_id": unit and unit.id,
                "team_id": rule.case_team_id.id,
                "user_id": rule._get_responsible(record).id,
            }
        )
