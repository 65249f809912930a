from odoo import fields, models


class AftersalesVisitRequestMixin(models.AbstractModel):
    """A visit that the customer asked for on the portal."""

    _name = "aftersales.visit.request.mixin"
    _description = "Visit on Request"

    request_key = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Of the form that was sent: sent twice, it makes one visit.",
    )

    _request_key_unique = models.UniqueIndex(
        "(contract_id, request_key) WHERE request_key IS NOT NULL",
        "This visit exists already.",
    )

    def _tell_request(self, values, customer):
        """Show the request with its photos in the conversation, and tell somebody."""
        self.ensure_one()
        users = self._get_told_users().filtered("active")
        self.message_post(
            author_id=customer.id,
            body=values["description"],
            attachments=values["photos"],
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        user = users[:1]
        if user:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("A customer asks for a visit"),
                user_id=user.id,
            )
