import re

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import email_normalize, html2plaintext

# What may be a serial number in running text: it has a digit, and some length.
_NUMBERS = re.compile(r"[A-Za-z0-9][A-Za-z0-9/_.\-]{2,62}[A-Za-z0-9]")
_MAX_NUMBERS = 200
# In these channels nobody was asked which product it is.
GUESSED = ("email", "chat")


class AftersalesCaseCustomerMixin(models.AbstractModel):
    """Who asks, and about which product: found from whatever little is known."""

    _name = "aftersales.case.customer.mixin"
    _description = "Customer and Product of a Service Case"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        index="btree_not_null",
        tracking=True,
        check_company=True,
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", store=True, index="btree_not_null"
    )
    partner_name = fields.Char(
        string="Name",
        compute="_compute_partner_facts",
        store=True,
        readonly=False,
        precompute=True,
    )
    email_from = fields.Char(
        string="E-mail",
        compute="_compute_partner_facts",
        store=True,
        readonly=False,
        precompute=True,
    )
    partner_phone = fields.Char(
        string="Phone",
        compute="_compute_partner_facts",
        store=True,
        readonly=False,
        precompute=True,
    )
    serial_number = fields.Char(
        help="As the customer says it. A number that is known finds the installed "
        "product and its customer.",
    )
    asset_id = fields.Many2one(
        "aftersales.asset",
        string="Installed Product",
        index="btree_not_null",
        tracking=True,
        check_company=True,
        domain="[('company_id', '=', company_id), "
        "('commercial_partner_id', '=?', commercial_partner_id)]",
    )
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
    )
    sale_order_id = fields.Many2one(
        "sale.order",
        string="Order",
        compute="_compute_sale_order_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        check_company=True,
    )
    coverage_label = fields.Char(related="asset_id.coverage_label", string="Warranty")
    coverage_state = fields.Selection(related="asset_id.coverage_state")
    earlier_ids = fields.Many2many(
        "aftersales.case",
        compute="_compute_earlier_ids",
        string="Earlier Cases",
        groups="base.group_user",
    )
    candidate_ids = fields.Many2many(
        "aftersales.asset",
        compute="_compute_candidate_ids",
        string="Which Product?",
        groups="base.group_user",
        help="The number stands for several units, or the customer has several.",
    )

    @api.depends("partner_id")
    def _compute_partner_facts(self):
        for case in self:
            partner = case.partner_id
            if not partner:
                continue
            case.partner_name = partner.name
            case.email_from = partner.email or case.email_from
            case.partner_phone = partner.phone or case.partner_phone

    @api.depends("asset_id")
    def _compute_product_id(self):
        for case in self:
            case.product_id = case.asset_id.product_id or case.product_id

    @api.depends("asset_id")
    def _compute_sale_order_id(self):
        for case in self:
            case.sale_order_id = case.asset_id.sale_order_id or case.sale_order_id

    @api.depends("partner_id", "asset_id")
    def _compute_earlier_ids(self):
        """Show what the customer, and whoever had the unit before, asked earlier."""
        for case in self:
            customer = case.commercial_partner_id or case.partner_id
            domains = []
            if customer:
                domains.append([("commercial_partner_id", "=", customer.id)])
            if case.asset_id:
                domains.append([("asset_id", "=", case.asset_id.id)])
            if not domains:
                case.earlier_ids = False
                continue
            domain = fields.Domain.OR(domains) & fields.Domain(
                "id", "not in", case._origin.ids
            )
            case.earlier_ids = self.search(domain, order="id desc", limit=10)

    @api.depends("serial_number", "partner_id", "asset_id", "company_id")
    def _compute_candidate_ids(self):
        for case in self:
            if case.asset_id:
                case.candidate_ids = False
                continue
            case.candidate_ids = case._get_candidates(limit=20)

    @api.onchange("serial_number", "partner_id")
    def _onchange_find_asset(self):
        """Fill in the unit, and the customer, when only one can be meant."""
        if not self.asset_id:
            found = self._get_candidates(limit=2)
            if len(found) == 1:
                self.asset_id = found

    @api.onchange("asset_id")
    def _onchange_asset_id(self):
        if self.asset_id and not self.partner_id:
            self.partner_id = self.asset_id.partner_id

    def _get_candidates(self, limit=None):
        """Return the units that may be meant: by number first, else the customer's.

        A customer who is known is offered units of their own only: the number of
        somebody else's unit must not lead to it.
        """
        self.ensure_one()
        Asset = self.env["aftersales.asset"]
        company = self.company_id or self.env.company
        domain = fields.Domain("company_id", "=", company.id)
        domain &= fields.Domain("state", "=", "in_use")
        customer = self.partner_id.commercial_partner_id
        if customer:
            domain &= fields.Domain("commercial_partner_id", "=", customer.id)
        number = (self.serial_number or "").strip()
        if number:
            return Asset.search(
                domain & fields.Domain("serial_number", "=ilike", _escape(number)),
                limit=limit,
            )
        if not customer:
            return Asset.browse()
        return Asset.search(domain, limit=limit)

    def _find_customers(self):
        """Fill in, of new cases, what follows from their numbers, texts and senders."""
        # sudo: whoever asks for help need not see whom we know.
        for case in self.sudo():
            vals = {}
            if not case.partner_id and case.email_from:
                vals["partner_id"] = case._find_partner().id
            if not case.asset_id:
                case_vals = case._find_asset_vals(vals.get("partner_id"))
                vals |= case_vals
            vals = {name: value for name, value in vals.items() if value}
            if vals:
                case.write(vals)

    def _find_partner(self):
        """Return the contact that an e-mail address belongs to; none when unsure."""
        self.ensure_one()
        email = email_normalize(self.email_from)
        if not email:
            return self.env["res.partner"]
        found = self.env["res.partner"].search(
            [
                ("email_normalized", "=", email),
                ("company_id", "in", [False, self.company_id.id]),
            ],
            limit=10,
        )
        if len(found.commercial_partner_id) > 1:
            # One address with several customers: a person decides.
            return found.browse()
        return found.sorted(lambda p: (bool(p.parent_id), p.id))[:1]

    def _find_asset_vals(self, partner_id):
        """Return the unit that a number on the case or in its text stands for."""
        self.ensure_one()
        customer = self.env["res.partner"].browse(partner_id) or self.partner_id
        asset = self.env["aftersales.asset"]
        numbers = self._get_numbers()
        if numbers:
            domain = [
                ("company_id", "=", self.company_id.id),
                ("serial_number", "in", numbers),
                ("state", "=", "in_use"),
            ]
            if customer:
                owner = customer.commercial_partner_id
                domain.append(("commercial_partner_id", "=", owner.id))
            elif self.channel not in ("phone", "onsite"):
                # Nobody knows who wrote: a number alone does not show that it is
                # theirs.
                return {}
            found = asset.search(domain, limit=2)
            asset = found if len(found) == 1 else asset
        if not asset:
            return self._find_order_vals(customer, numbers) if customer else {}
        vals = {"asset_id": asset.id}
        if not customer:
            vals["partner_id"] = asset.partner_id.id
        return vals

    def _find_order_vals(self, customer, numbers):
        """Return the order that the text names, and the unit that can be meant only.

        :param customer: ``res.partner`` who asks
        :param list numbers: what may be numbers in what they told us
        """
        self.ensure_one()
        owner = customer.commercial_partner_id
        order = self.sale_order_id
        if numbers and not order:
            found = self.env["sale.order"].search(
                [
                    ("name", "in", numbers),
                    ("company_id", "=", self.company_id.id),
                    ("partner_id", "child_of", owner.id),
                ],
                limit=2,
            )
            order = found if len(found) == 1 else order
        vals = {"sale_order_id": order.id} if order != self.sale_order_id else {}
        if self.channel not in GUESSED or (self.serial_number or "").strip():
            # Whoever chose in a form, or named another number, meant something else.
            return vals
        domain = [
            ("company_id", "=", self.company_id.id),
            ("commercial_partner_id", "=", owner.id),
            ("state", "=", "in_use"),
        ]
        if order:
            domain.append(("sale_order_id", "=", order.id))
        if self.product_id:
            domain.append(("product_id", "=", self.product_id.id))
        units = self.env["aftersales.asset"].search(domain, limit=2)
        if len(units) == 1:
            vals["asset_id"] = units.id
        return vals

    def _get_numbers(self):
        """Return what may be serial numbers in what the customer told us."""
        self.ensure_one()
        if (self.serial_number or "").strip():
            return [self.serial_number.strip()]
        text = f"{self.name or ''} {html2plaintext(self.description or '')}"
        words = dict.fromkeys(
            word for word in _NUMBERS.findall(text) if any(c.isdigit() for c in word)
        )
        return list(words)[:_MAX_NUMBERS]

    def _subscribe_customers(self):
        """Have customers get the answers, all at once.

        Each case has a customer of its own, so ``message_subscribe`` would be called
        for one case after the other.
        """
        # sudo: customers follow their cases, whoever makes them.
        cases = self.sudo().filtered(lambda c: c.partner_id.active and not c.is_spam)
        if not cases:
            return
        Followers = self.env["mail.followers"].sudo()
        existing = Followers.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", cases.ids),
                ("partner_id", "in", cases.partner_id.ids),
            ]
        )
        known = {(follower.res_id, follower.partner_id) for follower in existing}
        Subtype = self.env["mail.message.subtype"]
        all_, _internal, external = Subtype.default_subtypes(self._name)
        vals_list = [
            {
                "res_model": self._name,
                "res_id": case.id,
                "partner_id": case.partner_id.id,
                "subtype_ids": [
                    Command.set(
                        (external if case.partner_id.partner_share else all_).ids
                    )
                ],
            }
            for case in cases
            if (case.id, case.partner_id) not in known
        ]
        Followers.create(vals_list)


def _escape(text):
    """Return a text in which nothing is a pattern."""
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
