from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import email_normalize

OPEN = ("requested", "approved")


class AftersalesTransfer(models.Model):
    """Installed products that go from one owner to another."""

    _name = "aftersales.transfer"
    _description = "Change of Hands"
    _inherit = [
        "aftersales.transfer.fee.mixin",
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
    asset_ids = fields.Many2many(
        "aftersales.asset",
        "aftersales_transfer_asset_rel",
        "transfer_id",
        "asset_id",
        string="Installed Products",
        required=True,
        check_company=True,
    )
    partner_from_id = fields.Many2one(
        "res.partner", string="From", required=True, index=True, readonly=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="New Owner", index="btree_not_null", tracking=True
    )
    new_name = fields.Char(
        string="Name of the New Owner", help="As the present owner typed it."
    )
    new_email = fields.Char(
        string="E-mail of the New Owner", help="As the present owner typed it."
    )
    date = fields.Date(
        string="Day",
        required=True,
        default=lambda self: self.env.company._aftersales_today(),
        help="From this day on the unit belongs to the new owner.",
    )
    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("done", "Done"),
            ("rejected", "Rejected"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="requested",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    reason = fields.Text(help="Why, in the words of whoever asked.")
    answer = fields.Text(readonly=True, help="What the owner was told.")
    user_id = fields.Many2one(
        "res.users", string="Responsible", index="btree_not_null", tracking=True
    )
    is_portal_request = fields.Boolean(
        string="Asked For by the Owner", readonly=True, copy=False
    )
    requested_asset_id = fields.Many2one(
        "aftersales.asset",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="The unit whose owner asked: one request at a time.",
    )
    closed_warranty_ids = fields.Many2many(
        "aftersales.warranty",
        "aftersales_transfer_warranty_rel",
        "transfer_id",
        "warranty_id",
        string="Warranties That Ended",
        readonly=True,
        copy=False,
    )
    ownership_ids = fields.One2many(
        "aftersales.ownership", "transfer_id", readonly=True
    )
    outcome = fields.Html(compute="_compute_outcome", sanitize=False)

    _one_request = models.UniqueIndex(
        "(requested_asset_id) WHERE state IN ('requested', 'approved')",
        "The owner has asked to pass on this unit already.",
    )

    @api.depends("asset_ids", "state")
    @api.depends_context("lang")
    def _compute_outcome(self):
        for transfer in self:
            transfer.outcome = transfer.state in OPEN and self.env["ir.qweb"]._render(
                "aftersales_addon.aftersales_transfer_outcome",
                {"layers": transfer.asset_ids._get_layers_at_stake()},
            )

    @api.constrains("asset_ids", "partner_id", "state")
    def _check_owners(self):
        for transfer in self.filtered(lambda t: t.state in OPEN):
            owner = transfer.asset_ids.commercial_partner_id
            if len(owner) != 1 or owner != transfer.partner_from_id:
                raise ValidationError(
                    self.env._("These units do not all belong to the present owner.")
                )
            if transfer.partner_id:
                transfer.asset_ids._check_new_owner(transfer.partner_id)

    @api.constrains("date")
    def _check_date(self):
        for transfer in self:
            if transfer.date > transfer.company_id._aftersales_today():
                raise ValidationError(
                    self.env._(
                        "The change of hands lies in the future. Record it on the day "
                        "on which it happens."
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            # Nobody chooses the number.
            vals.pop("name", None)
            if not self.env.su:
                vals.pop("state", None)
            if not vals.get("partner_from_id"):
                assets = self._read_assets(vals.get("asset_ids"))
                vals["partner_from_id"] = assets.commercial_partner_id[:1].id
        self.env["ir.sequence"]._aftersales_number(self._name, vals_list, "name")
        return super().create(vals_list)

    @api.model
    def _read_assets(self, commands):
        """Return the units that are linked by commands of ``create``."""
        ids = []
        for code, number, linked in commands or []:
            if code == fields.Command.SET:
                ids += linked
            elif code == fields.Command.LINK:
                ids.append(number)
        return self.env["aftersales.asset"].browse(ids)

    def write(self, vals):
        if "state" in vals and not self.env.su:
            raise UserError(
                self.env._("Use the buttons of the change of hands to go on with it.")
            )
        return super().write(vals)

    # --- Steps ---

    def action_approve(self):
        """Accept requests; those without a fee are done at once."""
        for transfer in self:
            transfer._set_approved()

    def action_done(self):
        """Pass the units on now, whether or not a fee was paid."""
        for transfer in self:
            transfer._set_done()

    def action_cancel(self):
        """Drop changes of hands that will not happen."""
        self._set_cancelled()

    def action_reject(self):
        """Open the dialog that asks for the reason of a rejection."""
        self._check_state("requested")
        return self.env["aftersales.rejection"]._open(self)

    def action_undo(self):
        """Give the units back: the change of hands was a mistake."""
        for transfer in self:
            transfer._undo()

    def _set_approved(self, charge_fee=True):
        """Accept a change of hands, and wait for its fee if there is one.

        :param bool charge_fee: False lets the units go free of charge
        """
        self.ensure_one()
        self._check_state("requested")
        self._ensure_new_owner()
        self.asset_ids._check_can_pass_on()
        self._write_state(state="approved")
        self.activity_unlink(["mail.mail_activity_data_todo"])
        order = self._make_fee_order() if charge_fee else None
        if not order:
            self._set_done()

    def _ensure_new_owner(self):
        """Find or make the contact that an owner named."""
        self.ensure_one()
        if self.partner_id:
            return
        email = email_normalize(self.new_email or "")
        if not email and not self.new_name:
            raise UserError(self.env._("Who gets the unit? Choose the new owner."))
        # sudo: an agent who approves may not be allowed to make contacts.
        Partner = self.env["res.partner"].sudo()
        known = email and Partner.search(
            [
                ("email_normalized", "=", email),
                ("company_id", "in", [False, self.company_id.id]),
            ]
        )
        if known and len(known.commercial_partner_id) > 1:
            raise UserError(
                self.env._(
                    "Several contacts have the address %s. Choose the new owner.",
                    email,
                )
            )
        self.partner_id = (
            known[:1] if known else Partner.create(self._prepare_partner_vals(email))
        )

    def _prepare_partner_vals(self, email):
        return {"name": self.new_name or email, "email": email or False}

    def _set_done(self):
        """Give the units to their new owner; end what may not go with them."""
        self.ensure_one()
        self._check_state("approved")
        if not self.partner_id:
            raise UserError(self.env._("Who gets the unit? Choose the new owner."))
        assets = self.asset_ids
        assets._check_can_pass_on()
        assets._check_new_owner(self.partner_id)
        if assets.commercial_partner_id != self.partner_from_id:
            raise UserError(
                self.env._("These units do not belong to the present owner any more.")
            )
        layers = assets._get_layers_at_stake()
        # sudo: who may pass a unit on may not change what its warranties promise.
        Warranty = self.env["aftersales.warranty"].sudo()
        ending = Warranty.union(*(layer for layer, stays in layers if not stays))
        for layer, stays in layers:
            if stays:
                layer.transfer_count += 1
        ending._set_closed("transferred")
        assets._change_owner(self.partner_id, self.date, "transfer", self.sudo())
        self._write_state(state="done", closed_warranty_ids=ending.ids)
        self._tell_new_owner()

    def _tell_new_owner(self):
        template = self.env.ref(
            "aftersales_addon.mail_template_data_transfer", raise_if_not_found=False
        )
        if template and self.partner_id.email:
            # sudo: the template links to units; who passed them on may see them.
            template.sudo().send_mail(self.id)

    def _set_rejected(self, answer):
        """Refuse requests.

        :param str answer: what the owner is told
        """
        self._check_state("requested")
        self._write_state(state="rejected", answer=answer)
        self.activity_unlink(["mail.mail_activity_data_todo"])
        template = self.env.ref(
            "aftersales_addon.mail_template_data_transfer_rejected",
            raise_if_not_found=False,
        )
        for transfer in self.filtered("is_portal_request"):
            if template:
                # sudo: as in _tell_new_owner.
                template.sudo().send_mail(transfer.id)

    def _set_cancelled(self):
        """Drop open changes of hands, with the quotation for their fee."""
        self._check_state(OPEN)
        self._cancel_fee_order()
        self._write_state(state="cancelled")
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def _undo(self):
        """Give units back to whom they were taken from, with their warranties."""
        self.ensure_one()
        self._check_state("done")
        assets = self.asset_ids
        moved = assets.filtered(
            lambda a: (
                a.state != "in_use"
                or a.commercial_partner_id != self.partner_id.commercial_partner_id
            )
        )[:1]
        if moved:
            raise UserError(
                self.env._(
                    "%s is not with the new owner any more, so this cannot be undone.",
                    moved.display_name,
                )
            )
        assets.check_access("write")
        # sudo: as in _set_done.
        transfer = self.sudo()
        transfer.asset_ids._give_back(transfer.ownership_ids)
        closed = transfer.closed_warranty_ids
        closed._set_open(["transferred"])
        for layer in transfer.asset_ids.warranty_ids - closed:
            layer.transfer_count = max(0, layer.transfer_count - 1)
        self._write_state(state="cancelled")
