from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesAssetRegistrationMixin(models.AbstractModel):
    """Units that their customer made known, or that were put into service."""

    _name = "aftersales.asset.registration.mixin"
    _description = "Registration of an Installed Product"

    registration_ids = fields.One2many(
        "aftersales.registration",
        "asset_id",
        string="Registrations",
        groups="base.group_user",
    )
    waits_for_installation = fields.Boolean(
        compute="_compute_waits_for", groups="base.group_user"
    )
    waits_for_registration = fields.Boolean(
        compute="_compute_waits_for", groups="base.group_user"
    )

    @api.depends("state", "warranty_ids.state", "warranty_ids.is_start_provisional")
    def _compute_waits_for(self):
        for asset in self:
            # sudo: who may see the unit may know what its warranties wait for.
            waiting = asset.sudo().warranty_ids.filtered(
                lambda w: w.state == "waiting" or w.is_start_provisional
            )
            events = set(waiting.version_id.mapped("start_event"))
            in_use = asset.state == "in_use"
            asset.waits_for_installation = in_use and "installation" in events
            asset.waits_for_registration = in_use and "registration" in events

    def _set_registered(self, day):
        """Note that the customer made these units known, and start what waits.

        Safe to repeat: the first day counts.

        :param date day: the day of the registration, or of the purchase it proves
        """
        for asset in self:
            if not asset.date_registered or day < asset.date_registered:
                asset.date_registered = day
        self._start_event("registration", {a: a.date_registered for a in self})

    def action_install(self):
        """Note that units were put into service today, and start what waits."""
        today = self.company_id._aftersales_today_by_company()
        for asset in self:
            asset._set_installed(today[asset.company_id])

    def _set_installed(self, day):
        """Note the day on which a unit was put into service.

        :param date day: not before its delivery, and not in the future
        """
        self.ensure_one()
        self.check_access("write")
        if self.state != "in_use":
            raise UserError(
                self.env._(
                    "%(unit)s is not with a customer any more (%(state)s).",
                    unit=self.display_name,
                    state=self._get_state_label(),
                )
            )
        today = self.company_id._aftersales_today()
        if day > today or (self.delivery_date and day < self.delivery_date):
            raise UserError(
                self.env._(
                    "%(unit)s was put into service between its delivery and today. "
                    "Check the day.",
                    unit=self.display_name,
                )
            )
        # sudo: the day is written by this step only.
        self.sudo().date_installed = day
        self._start_event("installation", {self: day})
        self._message_log(
            body=self.env._("Put into service on %s.", self._format_day(day))
        )

    def _get_registration_url(self):
        """Return the address where this unit is registered."""
        self.ensure_one()
        # sudo: the address holds a key for the name of the product.
        unit = self.sudo()
        return self.env["aftersales.registration"]._get_url(
            unit.company_id, unit.product_id, unit.serial_number
        )
