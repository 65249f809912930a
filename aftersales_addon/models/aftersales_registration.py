from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize


class AftersalesRegistration(models.Model):
    """A unit that a customer makes known: bought from a dealer, mostly."""

    _name = "aftersales.registration"
    _description = "Product Registration"
    _inherit = [
        "aftersales.registration.match.mixin",
        "aftersales.registration.web.mixin",
        "aftersales.state.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(string="Reference", required=True, readonly=True, copy=False)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    serial_number = fields.Char(required=True, tracking=True, index="trigram")
    product_text = fields.Char(
        string="Product as Typed", help="How the customer calls the product."
    )
    product_id = fields.Many2one(
        "product.product",
        index="btree_not_null",
        check_company=True,
        tracking=True,
        domain=[("type", "=", "consu")],
    )
    partner_name = fields.Char(string="Name")
    email = fields.Char(string="E-mail", required=True)
    email_normalized = fields.Char(
        compute="_compute_email_normalized", store=True, index=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", index="btree_not_null", tracking=True
    )
    purchase_date = fields.Date(string="Bought On")
    dealer = fields.Char(string="Bought From")
    note = fields.Text(string="Message")
    lang = fields.Char(string="Language")
    state = fields.Selection(
        [
            ("unconfirmed", "E-mail Not Confirmed"),
            ("new", "To Review"),
            ("approved", "Registered"),
            ("rejected", "Rejected"),
            ("duplicate", "Registered Before"),
        ],
        required=True,
        default="new",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    is_automatic = fields.Boolean(
        string="Registered by Itself", readonly=True, copy=False
    )
    asset_id = fields.Many2one(
        "aftersales.asset",
        string="Installed Product",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )
    original_id = fields.Many2one(
        "aftersales.registration",
        string="First Registration",
        index="btree_not_null",
        readonly=True,
        copy=False,
    )
    take_over = fields.Boolean(
        string="Take It Over from the Present Owner",
        help="The unit is in use at somebody else. Tick this when the proof of "
        "purchase shows that it belongs to this customer now.",
    )
    answer = fields.Text(readonly=True, help="What the customer was told.")
    user_id = fields.Many2one(
        "res.users", string="Responsible", index="btree_not_null", tracking=True
    )
    attachment_ids = fields.One2many(
        "ir.attachment",
        "res_id",
        string="Proof of Purchase",
        domain=[("res_model", "=", "aftersales.registration")],
        readonly=True,
    )
    attachment_count = fields.Integer(
        string="Proofs", compute="_compute_attachment_count"
    )

    @api.depends("email")
    def _compute_email_normalized(self):
        for registration in self:
            registration.email_normalized = email_normalize(registration.email or "")

    @api.depends("attachment_ids")
    def _compute_attachment_count(self):
        for registration in self:
            registration.attachment_count = len(registration.attachment_ids)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            # Nobody chooses the number.
            vals.pop("name", None)
            vals["serial_number"] = (vals.get("serial_number") or "").strip()
            if not self.env.su:
                vals.pop("state", None)
        self.env["ir.sequence"]._aftersales_number(self._name, vals_list, "name")
        return super().create(vals_list)

    def write(self, vals):
        if {"state", "asset_id", "original_id"} & vals.keys() and not self.env.su:
            raise UserError(
                self.env._("Use the buttons of the registration to go on with it.")
            )
        return super().write(vals)

    # --- Steps ---

    def action_approve(self):
        """Accept registrations: their units are listed, with their warranties."""
        for registration in self:
            registration._check_state(("new", "rejected"))
            registration._approve()

    def action_reject(self):
        """Open the dialog that asks for the reason of a rejection."""
        self._check_state(("new", "unconfirmed"))
        return self.env["aftersales.rejection"]._open(self)

    def action_duplicate(self):
        """Mark registrations of a unit that the same customer registered before."""
        for registration in self:
            registration._check_state("new")
            original = registration._find_original()
            if not original:
                raise UserError(
                    self.env._(
                        "This customer has not registered this unit before. Approve "
                        "or reject it."
                    )
                )
            registration._set_duplicate(original)

    def action_reopen(self):
        """Review again what was rejected."""
        self._check_state(("rejected", "duplicate"))
        self._write_state(state="new", answer=False, original_id=False)

    def action_view_asset(self):
        """Open the unit that was registered."""
        self.ensure_one()
        return self.asset_id._action_open(self.asset_id)

    def action_view_unit(self):
        """Open the unit that is in use under the number that was typed."""
        self.ensure_one()
        return self.unit_id._action_open(self.unit_id)

    def _set_confirmed(self):
        """The customer has the mailbox: review the registration, or let it pass."""
        waiting = self.filtered(lambda r: r.state == "unconfirmed")
        waiting._write_state(state="new")
        for registration in waiting:
            registration._settle()

    def _set_approved(self, asset, automatic=False):
        """Note the unit that a registration led to, and tell the customer."""
        self.ensure_one()
        self._write_state(
            state="approved", asset_id=asset.id, is_automatic=automatic, answer=False
        )
        self.activity_unlink(["mail.mail_activity_data_todo"])
        asset._message_log(
            body=self.env._(
                "Registered by %(name)s: %(registration)s.",
                name=self.partner_id.display_name,
                registration=self.name,
            )
        )
        self._send("mail_template_data_registration_approved")

    def _set_duplicate(self, original):
        """Point to the registration that came first."""
        self._write_state(
            state="duplicate", original_id=original.id, asset_id=original.asset_id.id
        )
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def _set_rejected(self, answer):
        """Refuse registrations.

        :param str answer: what the customers are told
        """
        self._check_state(("new", "unconfirmed"))
        told = self.filtered(lambda r: r.state == "new")
        self._write_state(state="rejected", answer=answer)
        self.activity_unlink(["mail.mail_activity_data_todo"])
        # Nobody has said yet that the other addresses are their own.
        for registration in told:
            registration._send("mail_template_data_registration_rejected")

    def _send(self, template):
        """Send one of the e-mails of a registration.

        :param str template: its id within the addon; nothing is sent when somebody
            has deleted it
        """
        self.ensure_one()
        record = self.env.ref(f"aftersales_addon.{template}", raise_if_not_found=False)
        if record:
            # sudo: a guest, or a customer, may not read the template.
            record.sudo().send_mail(self.id, force_send=True)

    def _approve(self):
        """List the unit for the customer, and start what waited for it."""
        self.ensure_one()
        products = self._get_products()
        if not self.product_id and len(products) == 1:
            self.product_id = products
        if not self.product_id:
            raise UserError(self.env._("Which product is it? Choose it first."))
        partner = self.partner_id or self._match_partner(create=True)
        if not partner:
            raise UserError(
                self.env._(
                    "Several contacts have the e-mail address %s. Choose the customer.",
                    self.email,
                )
            )
        self.partner_id = partner
        unit = self._find_unit()
        owner = unit.commercial_partner_id
        foreign = owner and owner != partner.commercial_partner_id
        if foreign and not owner.aftersales_is_reseller and not self.take_over:
            raise UserError(
                self.env._(
                    "%(unit)s is in use at %(owner)s. Tick “Take It Over from the "
                    "Present Owner” if it belongs to this customer now, or reject the "
                    "registration.",
                    unit=unit.display_name,
                    owner=owner.display_name,
                )
            )
        self._enter_unit(unit, self.purchase_date)
