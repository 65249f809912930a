from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

# What a person may not change by hand once the contract is in force, besides the terms.
AGREED = {
    "plan_id",
    "partner_id",
    "company_id",
    "currency_id",
    "date_start",
    "date_end",
    "terms",
    "billing_from",
}
# What a line or a service may be given by hand all the same.
LINE_FREE = {"sequence"}
LINE_SNAPSHOT = (
    "name",
    "asset_id",
    "product_id",
    "quantity",
    "price_unit",
    "discount",
    "date_from",
    "date_to",
)


class AftersalesContractVersionMixin(models.AbstractModel):
    """What was agreed is kept: each change of a running contract is a version."""

    _name = "aftersales.contract.version.mixin"
    _description = "Versions of a Contract"

    version_ids = fields.One2many(
        "aftersales.contract.version",
        "contract_id",
        string="Versions",
        groups="base.group_user",
    )

    def write(self, vals):
        if not self.env.su:
            self._check_agreed(vals)
        return super().write(vals)

    @api.model
    def _get_agreed_fields(self):
        """Return the names of what is changed by a new version only."""
        # How we plan and prove our work may change at any time.
        own = {"horizon_months", "visit_signature"}
        return AGREED | set(self._get_terms_fields()) - own

    def _check_agreed(self, vals):
        """Refuse to change by hand what was agreed with the customer.

        :raises UserError: for a contract that is no draft
        """
        names = vals.keys() & self._get_agreed_fields()
        names -= {
            name
            for name in names
            if all(
                contract[name]
                == contract._fields[name].convert_to_record(
                    contract._fields[name].convert_to_cache(vals[name], contract),
                    contract,
                )
                for contract in self
            )
        }
        agreed = self.filtered(lambda contract: contract.state != "draft")
        if not (names and agreed):
            return
        labels = self.fields_get(names, ["string"])
        raise UserError(
            self.env._(
                "%(fields)s of %(contract)s cannot be overwritten: it was agreed. Use "
                "“Change Terms”, which keeps what was agreed before.",
                fields=", ".join(label["string"] for label in labels.values()),
                contract=agreed[0].display_name,
            )
        )

    def action_change(self):
        """Open the dialog that changes what was agreed."""
        self.ensure_one()
        self._check_state(("running", "to_renew", "paused"))
        return self._open_dialog(
            "aftersales.contract.change", self.env._("Change Terms")
        )

    def _set_changed(self, reason, vals, new_prices=None, day=None, amounts=None):
        """Change what was agreed, and keep what was agreed before.

        :param str reason: why
        :param dict vals: values for the contract
        :param dict new_prices: ``{line: price}`` that hold from a day on
        :param date day: that day
        :param dict amounts: ``{line: values}`` of quantity and discount from that day
        """
        self.ensure_one()
        former = self.renewal_count, self.renewal_unit
        rhythm = self._get_adjustment_terms()
        prices = {line: line.price_unit for line in self.line_ids}
        self._write_state(**vals)
        if amounts:
            heirs = self._change_amounts(amounts, day)
            prices |= {heir: prices[line] for line, heir in heirs.items()}
            new_prices = {heirs.get(x, x): p for x, p in (new_prices or {}).items()}
        if new_prices:
            lines = self.line_ids.browse().union(*new_prices)
            lines._forget_later_prices(day)
            lines._set_prices(new_prices, day)
        self._set_new_bases(prices, day)
        if self._get_adjustment_terms() != rhythm:
            # What was agreed today holds for anniversaries to come.
            self._settle_adjustments(self._get_today())
        if (self.renewal_count, self.renewal_unit) != former and self.date_anchor:
            # From now on further terms have another length: they count from here.
            self._set_term_anchor()
        self._add_version(reason)
        self._follow_up()

    def _change_amounts(self, amounts, day):
        """Let lines go on with other quantities and discounts from a day.

        :param dict amounts: ``{line: values}``
        :return: ``{line: what goes on}``
        :raises UserError: for a line that is over by then
        """
        self.ensure_one()
        heirs = self.line_ids._go_on(day, amounts)
        over = self.line_ids.browse().union(*amounts) - self.line_ids.browse().union(
            *heirs
        )
        if over:
            raise UserError(
                self.env._(
                    "“%(line)s” does not count from %(day)s on any more: choose an "
                    "earlier day, or leave it as it is.",
                    line=over[0].name,
                    day=self._format_day(day),
                )
            )
        return heirs

    def _set_new_bases(self, prices, day=None):
        """Let indexation count from prices that were agreed anew.

        :param dict prices: the former ones, ``{line: price}``
        :param date day: from which on the new ones hold; today if not given
        """
        self.ensure_one()
        value = self.index_id._get_value(day or self._get_today())
        present = self.line_ids.browse().union(*prices).exists()
        for line, price in prices.items():
            if line in present and line.price_unit != price:
                # sudo: bases follow from what was agreed.
                line.sudo().write({"price_base": line.price_unit, "index_base": value})

    def _drop_services(self, services):
        """Promise services no longer: what is planned and not confirmed goes.

        :param services: ``aftersales.contract.service`` records
        """
        # sudo: as in _add_version.
        services = services.sudo()
        rows = self.env["aftersales.visit.line"].sudo()
        free = [row.id for row in services._get_planned_rows() if row.is_free]
        rows.browse(free)._take_off_plan()
        kept = rows.search([("service_id", "in", services.ids)]).service_id
        kept.active = False
        (services - kept).unlink()

    def _add_version(self, reason, day=None):
        """Keep what is agreed now as a version.

        :param str reason: why it changed
        :param date day: the day from which on it holds; today if not given
        :return: the new ``aftersales.contract.version`` records
        """
        # sudo: versions are written by the steps of a contract only.
        contracts = self.sudo()
        former = {}
        for version in contracts.version_ids.sorted("number"):
            former[version.contract_id] = version
        vals_list = []
        for contract in contracts:
            last = former.get(contract)
            snapshot = contract._prepare_snapshot()
            vals_list.append(
                {
                    "contract_id": contract.id,
                    "number": last.number + 1 if last else 1,
                    "date": day or contract._get_today(),
                    "user_id": self.env.uid,
                    "reason": reason,
                    "summary": last
                    and "\n".join(_compare(last.snapshot or {}, snapshot)),
                    "snapshot": snapshot,
                    "text": "\n".join(_tell(snapshot)),
                }
            )
        versions = contracts.env["aftersales.contract.version"].create(vals_list)
        for number, group in versions.grouped("number").items():
            group.contract_id._write_state(version=number)
        return versions

    def _prepare_snapshot(self):
        """Return terms, lines and services in words, as JSON."""
        self.ensure_one()
        names = [
            "date_start",
            "date_end",
            "partner_id",
            "plan_id",
            *self._get_terms_fields(),
        ]
        services = self.env["aftersales.contract.service"]
        return {
            "terms": _in_words(self, names),
            "text": html2plaintext(self.terms or ""),
            "lines": {
                str(line.id): _in_words(line, LINE_SNAPSHOT) for line in self.line_ids
            },
            "services": {
                str(service.id): _in_words(service, services._get_service_fields())
                for service in self.service_ids
            },
        }


def _in_words(record, names):
    """Return ``{label: value as people read it}`` of the fields of a record."""
    labels = record.fields_get(names, ["string", "selection"])
    result = {}
    for name in names:
        value, field = record[name], record._fields[name]
        if field.relational:
            value = ", ".join(value.mapped("display_name"))
        elif field.type == "selection":
            value = dict(labels[name]["selection"]).get(value, "")
        elif field.type == "date":
            value = value.isoformat() if value else ""
        if value not in (False, "", None):
            result[labels[name]["string"]] = value
    return result


def _tell(snapshot):
    """Return a snapshot as lines of text."""
    lines = [f"{label}: {value}" for label, value in snapshot["terms"].items()]
    for part in ("lines", "services"):
        for values in snapshot[part].values():
            lines.append("– " + ", ".join(f"{k}: {v}" for k, v in values.items()))
    return lines


def _compare(before, after):
    """Return what changed from one snapshot to another, as lines of text."""
    changes = _compare_values(before.get("terms", {}), after["terms"])
    for part in ("lines", "services"):
        old, new = before.get(part, {}), after[part]
        for key in old.keys() | new.keys():
            values = new.get(key) or old.get(key)
            title = next(iter(values.values()), "")
            if key not in old:
                told = ", ".join(f"{label}: {value}" for label, value in values.items())
                changes.append(f"+ {told}")
            elif key not in new:
                changes.append(f"− {title}")
            else:
                changes += [
                    f"{title}: {change}"
                    for change in _compare_values(old[key], new[key])
                ]
    if before.get("text", "") != after["text"]:
        changes.append("…")
    return changes


def _compare_values(old, new):
    return [
        f"{label}: {old.get(label, '–')} → {new.get(label, '–')}"
        for label in dict.fromkeys([*old, *new])
        if old.get(label) != new.get(label)
    ]
