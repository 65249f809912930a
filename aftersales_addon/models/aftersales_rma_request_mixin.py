import re

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError, ValidationError
from odoo.fields import Command

KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)


class AftersalesRmaRequestMixin(models.AbstractModel):
    """Customers ask for a return themselves, on a page."""

    _name = "aftersales.rma.request.mixin"
    _description = "Request of a Return on a Page"
    _inherit = ["aftersales.rma.request.input.mixin"]

    request_key = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Of the form that was sent: sent twice, it makes one return.",
    )

    _request_key_unique = models.UniqueIndex(
        "(commercial_partner_id, request_key) WHERE request_key IS NOT NULL",
        "This return was asked for already.",
    )

    # --- What can be chosen ---

    @api.model
    def _get_request_rows(self, moves, customer, lots=None):
        """Return what was delivered, each with whether and why it can come back.

        :param moves: ``stock.move`` records
        :param customer: ``res.partner`` whose goods they are
        :param lots: only these ``stock.lot`` records, when given
        :return: a list of rows, see ``_prepare_request_row``
        """
        # sudo: customers have no rights on moves; they see what they got.
        moves = moves.sudo().filtered(
            lambda m: m.state == "done" and m._aftersales_is_delivery()
        )
        left = moves._aftersales_get_returnable()
        assets = moves.env["aftersales.asset"].search([("move_id", "in", moves.ids)])
        units = {(asset.move_id, asset.lot_id): asset for asset in assets}
        rows = []
        for move in moves.sorted(lambda m: (m.date, m.id)):
            for lot in left[move]:
                if lots and lot not in lots:
                    continue
                asset = units.get((move, lot), moves.env["aftersales.asset"])
                available = min(left[move][lot], move._aftersales_get_left(left, lot))
                rows.append(
                    self._prepare_request_row(move, lot, asset, available, customer)
                )
        return rows

    @api.model
    def _prepare_request_row(self, move, lot, asset, available, customer):
        """Return one row of what can be asked for.

        :return: ``{"key", "move", "lot", "asset", "name", "unit", "available",
            "eligible", "reason", "remedies", "photo_required", "fee"}``
        """
        # sudo: policies and deliveries are not for the customer to read.
        rma = self.sudo().new(
            {"partner_id": customer.id, "company_id": move.company_id.id}
        )
        line = self.env["aftersales.rma.line"].sudo()
        vals = {
            "rma_id": rma.id,
            "product_id": move.product_id.id,
            "move_id": move.id,
            "sale_line_id": move.sale_line_id.id,
            "lot_id": lot.id,
            "asset_id": asset.id,
        }
        policies = move.product_id._aftersales_resolve_return_policy(move.company_id)
        policy = policies.get(move.product_id) or self.env["aftersales.return.policy"]
        policy = policy.sudo()
        remedies = policy._get_allowed_remedies() if policy else []
        answer = line.new(
            {**vals, "remedy": remedies[0] if remedies else "refund"}
        )._get_eligibility()
        eligible, reason = answer["eligible"], answer["reason"]
        own = asset.commercial_partner_id
        if asset and own and own != customer.commercial_partner_id:
            eligible, reason = False, self.env._("It belongs to somebody else now.")
        elif move.product_id.uom_id.compare(available, 0.0) <= 0:
            eligible = False
            reason = self.env._("It came back, or is asked for in a return already.")
        return {
            "key": f"{move.id}-{lot.id or 0}",
            "move": move,
            "lot": lot,
            "asset": asset,
            "name": move.product_id.display_name,
            "unit": move.product_id.uom_id,
            "available": max(available, 0.0),
            "eligible": eligible,
            "reason": reason,
            "remedies": remedies,
            "photo_required": policy.photo_required,
            "fee": self._format_request_fee(policy),
        }

    @api.model
    def _format_request_fee(self, policy):
        """Return what the customer has to know about fees, in words."""
        texts = [self._format_restocking_fee(policy)]
        if policy.shipping_fee:
            fee = policy.currency_id.format(policy.shipping_fee)
            texts.append(self.env._("Deducted where you pay the way back: %s", fee))
        return ". ".join(filter(None, texts))

    @api.model
    def _format_restocking_fee(self, policy):
        number = self.env["res.lang"]._aftersales_format_number
        if policy.fee_type == "percent" and policy.fee_percent:
            fee = number(policy.fee_percent) + " %"
        elif policy.fee_type == "fixed" and policy.fee_amount:
            fee = policy.currency_id.format(policy.fee_amount)
        else:
            return ""
        if policy.is_fee_waived_on_fault:
            return self.env._("Restocking fee: %s, unless the fault is not yours", fee)
        return self.env._("Restocking fee: %s", fee)

    @api.model
    def _get_request_reasons(self, company):
        """Return the reasons that a customer can choose."""
        # sudo: a visitor without an account chooses one too.
        return (
            self.env["aftersales.reason"]
            .sudo()
            .search(
                [
                    ("company_id", "in", [False, company.id]),
                    ("is_for_returns", "=", True),
                ]
            )
        )

    @api.model
    def _get_request_remedies(self, rows):
        """Return the remedies that a policy of the rows allows, with their labels."""
        allowed = {code for row in rows if row["eligible"] for code in row["remedies"]}
        Line = self.env["aftersales.rma.line"]
        remedies = Line._fields["remedy"]._description_selection(self.env)
        return [(code, label) for code, label in remedies if code in allowed]

    @api.model
    def _is_request_possible(self, company):
        """Tell whether there is any policy by which customers may return goods."""
        # sudo: only whether there is one.
        policies = self.env["aftersales.return.policy"].sudo()
        domain = [("company_id", "in", [False, company.id])]
        return bool(policies.search_count(domain, limit=1))

    # --- The return ---

    @api.model
    def _find_request(self, key, customer):
        """Return the return that a form has made already, may be empty."""
        # sudo: the key was given to the customer with the form.
        rmas = self.sudo()
        if not KEY.fullmatch(key):
            return rmas.browse()
        return rmas.search(
            [
                ("request_key", "=", key),
                (
                    "commercial_partner_id",
                    "=",
                    customer.commercial_partner_id.id,
                ),
            ],
            limit=1,
        )

    @api.model
    def _receive_request(self, company, customer, values, key, origin):
        """Make the return that a customer asked for, all of it or nothing.

        :param company: ``res.company``
        :param customer: ``res.partner``
        :param dict values: from ``_read_request``
        :param str key: of the form
        :param str origin: ``portal`` or ``guest``
        :return: the return and the error in words; one of them is empty
        """
        # sudo: customers have no rights to write; what they sent was checked against
        # what they may see.
        Rma = self.sudo().with_company(company)
        vals = {
            "company_id": company.id,
            "partner_id": customer.id,
            "origin": origin,
            "request_key": key if KEY.fullmatch(key) else False,
            "line_ids": [
                Command.create(self._prepare_request_line_vals(chosen, values))
                for chosen in values["lines"]
            ],
        }
        try:
            with self.env.cr.savepoint():
                rma = Rma.create(vals)
                rma.action_request()
                rma.flush_recordset()
        except (UserError, ValidationError) as error:
            return Rma.browse(), str(error)
        except psycopg2.errors.UniqueViolation as error:
            # The same form arrives a second time just now: look again.
            raise ConcurrencyError(str(error)) from error
        self._attach_photos(rma, customer, values)
        return rma, ""

    @api.model
    def _attach_photos(self, rma, customer, values):
        """Show the photos in the messages of a return, and on the lines they are of.

        :param rma: ``aftersales.rma`` with all rights
        :param customer: ``res.partner`` who sent them
        :param dict values: from ``_read_request``
        """
        lines = rma.line_ids
        photos = [
            (line, f"{line.product_id.display_name} – {name}", content)
            for line, chosen in zip(lines, values["lines"], strict=True)
            for name, content in chosen["photos"]
        ]
        # Photos for all of it are of the line when there is one only.
        single = lines if len(lines) == 1 else lines.browse()
        photos += [(single, name, content) for name, content in values["photos"]]
        if not photos:
            return
        message = rma.message_post(
            author_id=customer.id,
            body=self.env._("Photos of the goods"),
            attachments=[(name, content) for _line, name, content in photos],
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        stored = message.attachment_ids.sorted("id")
        for (line, _name, _content), attachment in zip(photos, stored, strict=True):
            line.photo_ids |= attachment

    @api.model
    def _prepare_request_line_vals(self, chosen, values):
        row = chosen["row"]
        return {
            "product_id": row["move"].product_id.id,
            "move_id": row["move"].id,
            "lot_id": row["lot"].id,
            "asset_id": row["asset"].id,
            "quantity": chosen["quantity"],
            "reason_id": chosen["reason"].id,
            "remedy": chosen["remedy"],
            "description": values["description"],
        }
