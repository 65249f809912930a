import uuid

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import consteq

# A link that stops messages works so long after its e-mail: no law asks for more than
# 60 days, but people clean up old mail, too. All that a key can do is to stop messages.
STOP_LINK_DAYS = 730


class AftersalesFollowupStopMixin(models.AbstractModel):
    """The link of an e-mail by which a customer gets no more of them."""

    _name = "aftersales.followup.stop.mixin"
    _description = "Stop Link of a Follow-up"

    access_token = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="The key in the link that stops such messages.",
    )

    def _get_stop_url(self):
        """Return the address of the page on which a customer stops such messages."""
        self.ensure_one()
        if not self.access_token:
            self.access_token = uuid.uuid4().hex
        return f"{self.get_base_url()}/aftersales/stop/{self.access_token}"

    @api.model
    def _read_stop_key(self, key):
        """Return the follow-up whose e-mail has a key, with all rights.

        :param str key: what stands in the address, whatever it is
        :return: empty for a key that is wrong, too old or withdrawn
        """
        # What is no key never reaches the database, which refuses some characters.
        if not key.isascii() or not key.isalnum():
            return self.browse()
        since = fields.Datetime.subtract(fields.Datetime.now(), days=STOP_LINK_DAYS)
        # sudo: the key is the right to stop messages to one contact.
        found = self.sudo().search(
            Domain("access_token", "=", key)
            & (Domain("date_done", "=", False) | Domain("date_done", ">=", since)),
            limit=1,
        )
        return found if found and consteq(found.access_token, key) else self.browse()

    @api.model
    def _withdraw_stop_links(self, partners):
        """End the links in all that was sent to contacts, and to those under them.

        What waits in the queue keeps its key: no e-mail leaves with a dead link.

        :param partners: ``res.partner``
        """
        mine = self._search([("partner_id", "child_of", partners.ids)])
        unsent = Domain("mail_id.state", "in", ("outgoing", "exception"))
        # sudo: keys and e-mails belong to the system; the rows are those that the user
        # may see.
        self.sudo().search(
            Domain("id", "in", mine) & Domain("access_token", "!=", False) & ~unsent
        ).access_token = False
