from odoo import models

# What people wrote; what the system noted about a document stays with it.
WRITTEN = ("comment", "email", "email_outgoing", "auto_comment")


class AftersalesMergeMixin(models.AbstractModel):
    """A document that goes on in another one of its kind."""

    _name = "aftersales.merge.mixin"
    _description = "Document that Takes Over Others"

    def _take_over_talk(self, other):
        """Take over what people wrote, attached and have to do, and who follows.

        :param other: the document that goes on in this one
        :return: the ``mail.message`` records that people wrote there
        """
        self.ensure_one()
        other.activity_ids.write({"res_id": self.id})
        written = self.env["mail.message"].search(
            [
                ("model", "=", self._name),
                ("res_id", "=", other.id),
                ("message_type", "in", WRITTEN),
            ]
        )
        written.write({"res_id": self.id})
        self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "=", other.id)]
        ).write({"res_id": self.id})
        self.message_subscribe(other.message_partner_ids.ids)
        return written
