import logging
from collections import defaultdict

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from .aftersales_extension_line_mixin import DEFERRED_FIELDS

_logger = logging.getLogger(__name__)

# How many contracts the nightly job invoices before it commits.
INVOICE_BATCH = 300


class AftersalesContractInvoicingMixin(models.AbstractModel):
    """The invoices of contracts, made in batches, and what went wrong with them."""

    _name = "aftersales.contract.invoicing.mixin"
    _description = "Making of Invoices of Contracts"

    billing_error = fields.Text(
        string="Why There Is No Invoice", readonly=True, copy=False
    )
    invoice_count = fields.Integer(
        string="Number of Invoices",
        compute="_compute_invoice_count",
        groups="base.group_user",
    )

    def _compute_invoice_count(self):
        # sudo: how many there are is told to whoever may see the contract.
        groups = (
            self.env["aftersales.contract.bill"]
            .sudo()
            ._read_group(
                [("contract_id", "in", self.ids)],
                ["contract_id"],
                ["move_id:count_distinct"],
            )
        )
        counts = {contract.id: count for contract, count in groups}
        for contract in self:
            contract.invoice_count = counts.get(contract.id, 0)

    # --- Buttons ---

    def action_invoice(self):
        """Make the invoices and credit notes that are due, and open them."""
        self._check_may_invoice()
        self._check_decided()
        self.lock_for_update(allow_referencing=True)
        # sudo: invoices follow from the contract; who may make them was checked.
        contracts = self.sudo()
        moves = contracts._create_credits() | contracts._create_invoices()
        moves._aftersales_deliver()
        contracts._clear_billing_errors()
        if not moves:
            raise UserError(
                self.env._("Nothing is due today. “What Comes Next” says when.")
            )
        return self._action_view_moves(moves)

    def action_view_invoices(self):
        """Open the invoices and credit notes."""
        self.check_access("read")
        # sudo: only the ids; what is shown is read with the user's rights.
        return self._action_view_moves(self.sudo().bill_ids.move_id)

    def _action_view_moves(self, moves):
        action = self.env["ir.actions.actions"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        if len(moves) == 1:
            return {**action, "views": [(False, "form")], "res_id": moves.id}
        return {**action, "domain": [("id", "in", moves.ids)], "context": {}}

    # --- Invoices ---

    def _create_invoices(self, until=None):
        """Make the invoices for all that is due, in one go; safe to repeat.

        All that is due of a contract is put on one invoice. The caller holds a lock on
        the contracts.

        :param dict until: ``{company: date}``, included; by default its today
        :return: the new ``account.move`` records, drafts
        """
        until = until or self.company_id._aftersales_today_by_company()
        # What is invoiced today has the prices of today.
        self.filtered("date_index_due")._adjust_prices()
        groups = defaultdict(list)
        for contract, charges in self._get_pending(until).items():
            groups[contract._get_invoice_key()] += charges
        moves = self.env["account.move"]
        by_company = defaultdict(list)
        for key, charges in groups.items():
            by_company[key[0]].append(charges)
        for company, parts in by_company.items():
            made = moves.with_company(company).create(
                [self._prepare_invoice_vals(charges) for charges in parts]
            )
            self._keep_bills(made, parts)
            moves |= made
        return moves

    def _get_invoice_key(self):
        """Return what contracts share that are put on one invoice."""
        self.ensure_one()
        company = self.company_id
        if company.aftersales_contract_invoice_grouping != "customer":
            return (company, self)
        return (company, self._get_invoice_partner(), self.currency_id)

    def _get_invoice_partner(self):
        """Return to whom the invoice goes."""
        self.ensure_one()
        if self.partner_invoice_id:
            return self.partner_invoice_id
        address = self.partner_id.address_get(["invoice"])["invoice"]
        return self.partner_id.browse(address)

    def _prepare_invoice_vals(self, charges):
        """Return the values of an invoice.

        :param list charges: ``Charge``, all of which it holds
        """
        first = charges[0].line.contract_id
        numbers = dict.fromkeys(charge.line.contract_id.number for charge in charges)
        partner = first._get_invoice_partner()
        delivery = first.partner_shipping_id or first.partner_id
        return {
            "move_type": "out_invoice",
            "company_id": first.company_id.id,
            "partner_id": partner.id,
            "partner_shipping_id": delivery.id,
            "currency_id": first.currency_id.id,
            "invoice_date": first.company_id._aftersales_get_invoice_date(),
            "invoice_origin": ", ".join(numbers),
            "invoice_user_id": first.user_id.id,
            "invoice_line_ids": [
                Command.create(
                    {
                        **self._prepare_invoice_line_vals(charge, partner.lang),
                        "sequence": number,
                    }
                )
                for number, charge in enumerate(charges, 10)
            ],
        }

    def _prepare_invoice_line_vals(self, charge, lang):
        """Return the values of an invoice line.

        :param charge: a ``Charge``
        :param str lang: the language of the customer
        """
        line, period = charge.line, charge.period
        vals = {
            "product_id": line.product_id.id,
            "name": line._get_invoice_label(period.first, period.last, lang),
            "quantity": line.quantity,
            "price_unit": charge.price,
            "discount": line.discount,
            "sale_line_ids": [Command.set(line._get_order_line().ids)],
            **self._prepare_deferred_vals(period.first, period.last),
        }
        if not charge.is_whole:
            # Whatever the platform rounds, the sum is the share of these days.
            vals["price_unit"] = float(charge.amount) / line.quantity
            vals["discount"] = 0.0
        if line.tax_ids:
            vals["tax_ids"] = [Command.set(line.tax_ids.ids)]
        if line.analytic_distribution:
            vals["analytic_distribution"] = line.analytic_distribution
        return vals

    def _prepare_deferred_vals(self, first, last):
        """Return the period for accounting that spreads revenue over it."""
        known = self.env["account.move.line"]._fields
        if any(name not in known for name in DEFERRED_FIELDS):
            return {}
        return dict(zip(DEFERRED_FIELDS, (first, last), strict=True))

    @api.model
    def _keep_bills(self, moves, parts):
        """Keep which days the invoices are for.

        :param moves: the new invoices
        :param list parts: their charges, in the same order
        """
        vals_list = []
        for move, charges in zip(moves, parts, strict=True):
            lines = move.invoice_line_ids.filtered(
                lambda x: x.display_type == "product"
            ).sorted("sequence")
            for move_line, charge in zip(lines, charges, strict=True):
                vals_list.append(
                    {
                        **self._prepare_bill_vals(charge.line, move_line),
                        "kind": "charge",
                        "number": charge.period.number,
                        "turn": charge.turn,
                        "date_first": charge.period.first,
                        "date_last": charge.period.last,
                        "amount": float(charge.amount),
                    }
                )
        return self.env["aftersales.contract.bill"].create(vals_list)

    @api.model
    def _prepare_bill_vals(self, line, move_line):
        contract = line.contract_id
        return {
            "line_id": line.id,
            "contract_id": contract.id,
            "company_id": contract.company_id.id,
            "currency_id": contract.currency_id.id,
            "move_line_id": move_line.id,
            "move_id": move_line.move_id.id,
            "is_void": False,
        }

    # --- The nightly job ---

    @api.model
    def _get_due_domain(self):
        """Return a domain on contracts with something to invoice or to credit."""
        return self.env["res.company"]._aftersales_by_day_domain(
            lambda today: Domain("date_invoice_next", "<=", today)
        )

    @api.model
    def _cron_invoice(self):
        """Invoice all contracts that are due, in batches that are committed.

        What another worker holds is left to it; what fails is kept with its reason
        and tried again the next time.
        """
        domain = self._get_due_domain()
        remaining = self.search_count(domain)
        last_id = 0
        while ids := self.search(
            domain & Domain("id", ">", last_id), order="id", limit=INVOICE_BATCH
        ).ids:
            last_id = ids[-1]
            self._invoice_batch(self.browse(ids), domain)
            remaining = max(remaining - len(ids), 0)
            self.env.invalidate_all()
            if not self.env["ir.cron"]._commit_progress(len(ids), remaining=remaining):
                break

    def _invoice_batch(self, contracts, domain):
        """Invoice a batch of what is due, and nothing that was done meanwhile."""
        contracts |= self._get_invoiced_together(contracts, domain)
        try:
            free = contracts.try_lock_for_update(allow_referencing=True)
        except psycopg2.errors.SerializationFailure:
            # Another worker has just finished some of them: with the next run.
            self.env.cr.rollback()
            return
        free.invalidate_recordset(["date_invoice_next"])
        free.filtered_domain(domain)._invoice_carefully()

    @api.model
    def _get_invoiced_together(self, contracts, domain):
        """Return further contracts whose charges go on the same invoices."""
        together = contracts.filtered(
            lambda c: c.company_id.aftersales_contract_invoice_grouping == "customer"
        )
        if not together:
            return self.browse()
        owners = together.commercial_partner_id
        return self.search(
            domain
            & Domain("commercial_partner_id", "in", owners.ids)
            & Domain("company_id", "in", together.company_id.ids)
        )

    def _invoice_carefully(self):
        """Make what is due; when something fails, all but what failed.

        A batch that fails is split until the contracts that fail are alone.
        """
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                moves = self._create_credits() | self._create_invoices()
                moves._aftersales_deliver()
                self._clear_billing_errors()
        except psycopg2.OperationalError:
            # The database wants the whole transaction again.
            raise
        except Exception as error:
            groups = list(self.grouped(lambda c: c._get_invoice_key()).values())
            if len(groups) == 1:
                _logger.warning("No invoice for contracts %s", self.ids, exc_info=True)
                self._keep_billing_error(str(error))
                return
            half = len(groups) // 2
            self.browse().union(*groups[:half])._invoice_carefully()
            self.browse().union(*groups[half:])._invoice_carefully()

    # --- Errors ---

    def _clear_billing_errors(self):
        """Forget what went wrong before, with the activities about it."""
        wrong = self.filtered("billing_error")
        if wrong:
            wrong.billing_error = False
            wrong.activity_unlink(["aftersales_addon.aftersales_contract_error"])

    def _keep_billing_error(self, error):
        """Keep why contracts could not be invoiced, and ask somebody to mend it.

        :param str error: in words
        """
        xmlid = "aftersales_addon.aftersales_contract_error"
        for contract in self:
            asked = contract.activity_search([xmlid])
            contract.billing_error = error
            if asked:
                continue
            user = contract.user_id or contract.team_id.user_id
            user = user or contract.company_id._aftersales_get_managers()[:1]
            contract.activity_schedule(
                xmlid,
                user_id=user.id or self.env.uid,
                summary=self.env._("No invoice could be made"),
                note=error,
            )
