from odoo import fields, models


class AftersalesCase(models.Model):
    _inherit = "aftersales.case"

    discuss_channel_id = fields.Many2one(
        "discuss.channel",
        string="Conversation",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
        help="The live chat that the case was made of.",
    )

    def action_view_conversation(self):
        """Open the live chat that the case was made of."""
        self.ensure_one()
        channel = self.discuss_channel_id
        channel.check_access("read")
        return {
            "type": "ir.actions.client",
            "tag": "mail.action_discuss",
            "context": {"active_id": channel.id},
        }
