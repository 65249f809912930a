from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

# What holds from a day on, besides the price.
AMOUNTS = ["quantity", "discount"]


class AftersalesContractChange(models.TransientModel):
    """New terms, prices and services for a contract that is in force."""

    _name = "aftersales.contract.change"
    _description = "Change the Terms of a Contract"
    _inherit = ["aftersales.plan.terms.mixin"]

    contract_id = fields.Many2one("aftersales.contract", required=True, readonly=True)
    company_id = fields.Many2one(related="contract_id.company_id")
    currency_id = fields.Many2one(related="contract_id.currency_id")
    reason = fields.Char(required=True, help="Kept with the new version.")
    price_from = fields.Date(
        string="Prices and Quantities From",
        help="The first day of new prices, quantities and discounts. Invoices across "
        "it are split. A price stays as it is for days that were invoiced already; for "
        "another quantity or discount, they are credited and charged anew.",
    )
    terms = fields.Html(string="What Is Agreed")
    line_ids = fields.One2many(
        "aftersales.contract.change.line", "change_id", string="Prices"
    )
    service_ids = fields.One2many(
        "aftersales.contract.change.service", "change_id", string="Services"
    )

    def _valid_field_parameter(self, field, name):
        # Terms are tracked on plans and contracts.
        return name == "tracking" or super()._valid_field_parameter(field, name)

    @api.model
    def default_get(self, fields):
        vals = super().default_get(fields)
        contract = self.env["aftersales.contract"].browse(vals.get("contract_id"))
        if not contract:
            return vals
        for name in self._get_terms_fields():
            field = contract._fields[name]
            vals[name] = field.convert_to_write(contract[name], contract)
        today = contract._get_today()
        return {
            **vals,
            "price_from": contract._get_price_day(),
            "terms": contract.terms,
            "line_ids": [
                Command.create(
                    {
                        "line_id": line.id,
                        "quantity": line.quantity,
                        "price_unit": line.price_unit,
                        "discount": line.discount,
                    }
                )
                for line in contract.line_ids
                if not line.is_undone and (not line.date_to or line.date_to >= today)
            ],
            "service_ids": [
                Command.create(
                    {
                        **{
                            name: service._fields[name].convert_to_write(
                                service[name], service
                            )
                            for name in service._get_service_fields()
                        },
                        "service_id": service.id,
                    }
                )
                for service in contract.service_ids
            ],
        }

    def action_confirm(self):
        """Write the new terms; what was agreed before is kept as a version."""
        self.ensure_one()
        contract = self.contract_id
        contract._check_state(("running", "to_renew", "paused"))
        self._check_price_day()
        vals = self._prepare_changes()
        prices = self._get_dated_prices()
        amounts = self._get_dated_amounts()
        dropped = contract.service_ids - self.service_ids.service_id
        if not (vals or prices or amounts or dropped):
            raise UserError(
                self.env._("Nothing is different from what was agreed before.")
            )
        if dropped:
            contract._drop_services(dropped)
        day = self.price_from or contract._get_price_day()
        contract._set_changed(self.reason, vals, prices, day, amounts)
        return {"type": "ir.actions.act_window_close"}

    def _prepare_changes(self):
        """Return the values of the contract that are different."""
        self.ensure_one()
        contract = self.contract_id
        vals = _get_differences(contract, self, self._get_terms_fields())
        if (self.terms or "") != (contract.terms or ""):
            vals["terms"] = self.terms
        names = [] if self._is_dated() else ["price_unit"]
        names += [] if self._has_amounts_dated() else AMOUNTS
        lines = [
            Command.update(line.line_id.id, changed)
            for line in self.line_ids
            if (changed := line._get_changes(names))
        ]
        services = self._prepare_services()
        if lines:
            vals["line_ids"] = lines
        if services:
            vals["service_ids"] = services
        return vals

    def _is_dated(self):
        """Tell whether the new prices hold from a day after the first one."""
        self.ensure_one()
        first = self.contract_id.date_anchor or self.contract_id.date_start
        return bool(self.price_from) and self.price_from > first

    def _has_amounts_dated(self):
        """Tell whether quantities and discounts hold from a day on.

        Before the first invoice, what is typed in from the first day is a correction.
        """
        self.ensure_one()
        return self._is_dated() or self.contract_id._is_billed()

    def _get_dated_amounts(self):
        """Return quantities and discounts from their day on, ``{line: values}``."""
        self.ensure_one()
        if not self._has_amounts_dated():
            return {}
        return {
            line.line_id: changed
            for line in self.line_ids
            if (changed := line._get_changes(AMOUNTS))
        }

    def _check_price_day(self):
        contract, day = self.contract_id, self.price_from
        if day and not contract.date_start <= day <= contract.date_end:
            raise UserError(
                self.env._(
                    "New prices and quantities hold from a day of the term on: "
                    "between %(first)s and %(last)s. For later ones, change the terms "
                    "once the contract has gone on.",
                    first=contract._format_day(contract.date_start),
                    last=contract._format_day(contract.date_end),
                )
            )

    def _get_dated_prices(self):
        """Return the prices that hold from their day on, ``{line: price}``."""
        self.ensure_one()
        if not self._is_dated():
            return {}
        return {
            line.line_id: line.price_unit
            for line in self.line_ids
            if line.price_unit != line.line_id.price_unit
        }

    def _prepare_services(self):
        commands = []
        for service in self.service_ids:
            names = service._get_service_fields()
            if not service.service_id:
                commands.append(
                    Command.create(
                        {
                            name: service._fields[name].convert_to_write(
                                service[name], service
                            )
                            for name in names
                        }
                    )
                )
                continue
            changed = _get_differences(service.service_id, service, names)
            if changed:
                commands.append(Command.update(service.service_id.id, changed))
        return commands


def _get_differences(record, wanted, names):
    """Return the values by which a record is to be like another one."""
    return {
        name: wanted._fields[name].convert_to_write(wanted[name], wanted)
        for name in names
        if wanted[name] != record[name]
    }
