import psycopg2

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command

# Letters that the form of a request takes, and requests that one customer may have
# open at a time.
LIMITS = {"new_name": 128, "new_email": 254, "reason": 1000}
MAX_OPEN = 20


class AftersalesAssetTransferMixin(models.AbstractModel):
    """What an owner may ask for on the page of a unit: to pass it on."""

    _name = "aftersales.asset.transfer.mixin"
    _description = "Request to Pass On an Installed Product"

    def _get_open_transfer(self):
        """Return the change of hands of this unit that is not done yet."""
        self.ensure_one()
        # sudo: shown to the owner of the unit only.
        return (
            self.env["aftersales.transfer"]
            .sudo()
            .search(
                [
                    ("asset_ids", "in", self.ids),
                    ("state", "in", ("requested", "approved")),
                ],
                limit=1,
            )
        )

    @api.model
    def _read_transfer_form(self, post):
        """Return what an owner typed, without what only confuses."""
        clean = self.env["aftersales.registration"]._clean_text
        return {
            name: clean("note" if name == "reason" else name, post.get(name))[:limit]
            for name, limit in LIMITS.items()
        }

    def _request_transfer(self, values):
        """Ask for a change of hands in the name of the owner.

        :param dict values: ``new_name``, ``new_email`` and ``reason``, as typed
        :return: the ``aftersales.transfer``
        :raises UserError: when the owner asks for too many
        """
        self.ensure_one()
        # sudo: the owner was checked by whoever calls; customers have no rights on
        # changes of hands.
        Transfer = self.env["aftersales.transfer"].sudo().with_company(self.company_id)
        owner = self.commercial_partner_id
        self._check_can_pass_on()
        if self._get_open_transfer():
            raise UserError(self.env._("You have asked for this already."))
        open_requests = Transfer.search_count(
            [
                ("partner_from_id", "=", owner.id),
                ("state", "=", "requested"),
                ("is_portal_request", "=", True),
            ],
            limit=MAX_OPEN,
        )
        if open_requests >= MAX_OPEN:
            raise UserError(
                self.env._(
                    "You have asked for many changes of hands already. Wait until we "
                    "have answered them."
                )
            )
        company = self.company_id
        user = self.user_id or company.aftersales_registration_user_id
        try:
            with self.env.cr.savepoint():
                transfer = Transfer.create(
                    {
                        "company_id": company.id,
                        "asset_ids": [Command.set(self.ids)],
                        "requested_asset_id": self.id,
                        "date": company._aftersales_today(),
                        "is_portal_request": True,
                        "user_id": user.id,
                        **values,
                    }
                )
        except psycopg2.errors.UniqueViolation as error:
            # Two requests in the same moment.
            raise UserError(self.env._("You have asked for this already.")) from error
        if user:
            transfer.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=self.env._("Approve or reject the change of hands"),
            )
        return transfer
