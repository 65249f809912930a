import psycopg2

from odoo import api, fields, models
from odoo.fields import Domain


class AftersalesRegistrationMatchMixin(models.AbstractModel):
    """Finds the unit, the product and the customer that a registration is about."""

    _name = "aftersales.registration.match.mixin"
    _description = "Matching of Registrations"

    unit_id = fields.Many2one(
        "aftersales.asset", string="Unit in Use", compute="_compute_unit_id"
    )
    unit_partner_id = fields.Many2one(
        "res.partner", string="Owner Now", compute="_compute_unit_id"
    )
    hint = fields.Char(compute="_compute_unit_id", string="What We Know")

    @api.depends("serial_number", "product_id", "company_id", "partner_id", "state")
    @api.depends_context("lang")
    def _compute_unit_id(self):
        for registration in self:
            registration.unit_id = registration._find_unit()
            registration.unit_partner_id = registration.unit_id.partner_id
            registration.hint = registration._describe_match()

    def _describe_match(self):
        """Return what is known about the number, for whoever reviews."""
        unit, lots = self.unit_id, self._find_lots()
        owner = unit.commercial_partner_id
        if len(self._get_products()) > 1 and not self.product_id:
            names = self._get_products().mapped("display_name")
            return self.env._("Several products have this number: %s", ", ".join(names))
        if owner and owner == self.partner_id.commercial_partner_id:
            return self.env._("This customer has the unit already.")
        if owner:
            return self.env._("In use at %s.", owner.display_name)
        if unit:
            return self.env._("Known, and nobody has it yet.")
        if lots:
            if self._get_delivery(lots[:1]):
                return self.env._("Delivered by us; nobody has registered it yet.")
            return self.env._("In our stock: it was not delivered.")
        return self.env._("We do not know this number.")

    # --- What is known ---

    def _get_number_domain(self, field):
        """Return the domain of records that bear the number, however it is cased."""
        self.ensure_one()
        number = self.serial_number or ""
        for char in ("\\", "%", "_"):
            number = number.replace(char, f"\\{char}")
        return Domain(field, "=ilike", number)

    def _find_lots(self):
        """Return the serial numbers in stock that read like this one."""
        self.ensure_one()
        # sudo: service users and customers have no rights on serial numbers.
        lots = self.env["stock.lot"].sudo()
        domain = self._get_number_domain("name") & Domain(
            "company_id", "in", [False, self.company_id.id]
        )
        if self.product_id:
            domain &= Domain("product_id", "=", self.product_id.id)
        found = lots.search(domain, limit=20)
        return found.filtered(lambda lot: lot.product_id.tracking == "serial")

    def _find_units(self):
        """Return the units in use that bear the number, whoever has them."""
        self.ensure_one()
        # sudo: what is found is compared with the customer before anything is shown.
        domain = (
            self._get_number_domain("serial_number")
            & Domain("company_id", "=", self.company_id.id)
            & Domain("state", "=", "in_use")
        )
        if self.product_id:
            domain &= Domain("product_id", "=", self.product_id.id)
        return self.env["aftersales.asset"].sudo().search(domain, limit=20)

    def _find_unit(self):
        """Return the one unit in use that is meant: the customer's own first."""
        units = (
            self._find_units()
            if self.serial_number
            else self.env["aftersales.asset"].sudo()
        )
        customer = self.partner_id.commercial_partner_id
        own = units.filtered(lambda a: a.commercial_partner_id == customer)
        found = (customer and own) or units
        return found if len(found) == 1 else found.browse()

    def _get_products(self):
        """Return the products that have a unit with this number."""
        return self._find_lots().product_id | self._find_units().product_id

    def _get_delivery(self, lot):
        """Return the move that brought a serial number to where it is now.

        :return: a ``stock.move`` to a customer; empty when the unit is not there
        """
        line = lot.env["stock.move.line"].search(
            [("lot_id", "=", lot.id), ("state", "=", "done")],
            order="date desc, id desc",
            limit=1,
        )
        move = line.move_id
        return move if move and move._aftersales_is_delivery() else move.browse()

    def _find_original(self):
        """Return the registration of the same unit by the same customer."""
        self.ensure_one()
        customer = self.partner_id.commercial_partner_id
        same = self._get_number_domain("serial_number") & Domain(
            "state", "=", "approved"
        )
        if self.product_id:
            same &= Domain("product_id", "=", self.product_id.id)
        # sudo: as in _find_units.
        found = self.sudo().search(
            same
            & Domain("company_id", "=", self.company_id.id)
            & Domain("id", "!=", self._origin.id)
            & Domain("asset_id.state", "=", "in_use")
        )
        return found.filtered(
            lambda r: (
                customer
                and r.partner_id.commercial_partner_id == customer
                and r.asset_id.commercial_partner_id == customer
            )
        )[:1]

    def _match_partner(self, create=False):
        """Return the customer that an e-mail address belongs to.

        Only for an address whose owner has confirmed it, or whom a person has looked
        at.

        :param bool create: make a contact when there is none
        :return: ``res.partner``; empty when several customers share the address
        """
        self.ensure_one()
        # sudo: guests and agents may not read all contacts.
        Partner = self.env["res.partner"].sudo()
        known = Partner.search(
            [
                ("email_normalized", "=", self.email_normalized),
                ("company_id", "in", [False, self.company_id.id]),
            ]
        )
        if len(known.commercial_partner_id) > 1:
            return Partner
        if known:
            with_login = known.filtered("user_ids")
            return (with_login or known)[:1]
        return Partner.create(self._prepare_partner_vals()) if create else Partner

    def _prepare_partner_vals(self):
        return {
            "name": self.partner_name or self.email_normalized,
            "email": self.email_normalized,
            "lang": self.lang or False,
        }

    # --- What follows ---

    def _settle(self):
        """Let a registration pass by itself where that is safe.

        A number that nobody claims and that we know is enough; everything else is
        looked at by a person.
        """
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                self._settle_unless_unclear()
        except psycopg2.IntegrityError:
            # Somebody else got the unit in the same moment.
            self.invalidate_recordset()
        if self.state == "new":
            self._ask_reviewer()

    def _settle_unless_unclear(self):
        if not self.partner_id:
            self.partner_id = self._match_partner(create=True)
        products = self._get_products()
        if not self.product_id and len(products) == 1:
            self.product_id = products
        if (
            not self.partner_id
            or not self.product_id
            or self.product_id not in products
        ):
            return
        original = self._find_original()
        if original:
            self._set_duplicate(original)
            return
        if self.company_id.aftersales_registration != "automatic":
            return
        unit = self._find_unit()
        if not self._is_free(unit):
            return
        self._enter_unit(unit, None, automatic=True)

    def _is_free(self, unit):
        """Tell whether the customer may have the unit without anybody looking."""
        customer = self.partner_id.commercial_partner_id
        if unit:
            owner = unit.commercial_partner_id
            return not owner or owner == customer or owner.aftersales_is_reseller
        if self._find_units():
            return False  # several bear the number: of a lot, for instance
        lot = self._find_lots()
        delivery = len(lot) == 1 and self._get_delivery(lot)
        if not delivery:
            return False
        buyer = delivery.sale_line_id.order_id.partner_id or delivery.partner_id
        buyer = (buyer or delivery.picking_id.partner_id).commercial_partner_id
        return not buyer or buyer == customer or buyer.aftersales_is_reseller

    def _enter_unit(self, unit, day, automatic=False):
        """List the unit for the customer and start what waited for it.

        :param unit: the ``aftersales.asset`` in use; made when empty
        :param date day: the day of the purchase, when somebody has looked at it
        """
        self.ensure_one()
        today = self.company_id._aftersales_today()
        # sudo: the steps before have found out that the customer may have the unit.
        unit = unit.sudo()
        if not unit:
            unit = unit.create(self._prepare_asset_vals(day))
        elif unit.commercial_partner_id != self.partner_id.commercial_partner_id:
            unit._change_owner(self.partner_id, today, "registration")
        unit._set_registered(day or today)
        self._set_approved(unit, automatic)

    def _prepare_asset_vals(self, day):
        """Return the values of a unit that was not listed before."""
        lot = self._find_lots()
        lot = lot if len(lot) == 1 else lot.browse()
        delivery = lot and self._get_delivery(lot)
        delivered = delivery and self.company_id._aftersales_day(delivery.date)
        return {
            "company_id": self.company_id.id,
            "product_id": self.product_id.id,
            "lot_id": lot.id,
            "serial_number": lot.name or self.serial_number,
            "partner_id": self.partner_id.id,
            "user_id": self.user_id.id,
            "delivery_date": day or delivered or self.company_id._aftersales_today(),
        }

    def _ask_reviewer(self):
        """Remind the person who reviews registrations."""
        self.ensure_one()
        user = self.user_id or self.company_id.aftersales_registration_user_id
        if user:
            self._write_state(user_id=user.id)
            # sudo: the customer makes no activities.
            self.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=self.env._("Review the registration"),
            )
