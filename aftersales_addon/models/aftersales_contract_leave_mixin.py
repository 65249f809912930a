from odoo import api, models

from ..tools.spans import DAY

# So many units are named in a message; the others are counted.
MAX_TOLD = 10


class AftersalesContractLeaveMixin(models.AbstractModel):
    """Units that leave a contract because they are gone, and what takes their place.

    Their last day is that on which they left; what was paid for later is credited, and
    what replaces them is charged from its first day on, to the cent.
    """

    _name = "aftersales.contract.leave.mixin"
    _description = "Units That Leave a Contract"

    def _let_units_leave(self, days, reason):
        """End the lines of units that are gone.

        :param dict days: ``{line: last day}``
        :param str reason: as on ``aftersales.contract.line``
        """
        self.ensure_one()
        # sudo: whoever takes goods back may have no rights on contracts.
        contract = self.sudo()
        groups = {}
        for line, day in days.items():
            first = line.date_from or contract.date_start
            last = max(first, day)
            # One that would have begun later never counts.
            key = (last, line.date_to, first > day)
            groups[key] = groups.get(key, contract.line_ids.browse()) | line.sudo()
        for (last, agreed, is_undone), lines in groups.items():
            lines.write(
                {
                    "date_to": last,
                    "agreed_to": agreed,
                    "left_reason": reason,
                    "is_undone": is_undone,
                }
            )
            contract._tell_left(lines, last, reason)
            for line in lines.sorted("id", reverse=True):
                for heir in line.asset_id.replaced_by_ids:
                    contract._take_heir(line, heir, heir.replacement_date or last)
        labels = contract._get_left_labels()
        contract._add_version(labels[reason])
        contract._follow_up()
        contract._call_when_empty(max(days.values()))

    def _get_left_labels(self):
        field = self.env["aftersales.contract.line"]._fields["left_reason"]
        return dict(field._description_selection(self.env))

    def _tell_left(self, lines, day, reason):
        names = lines.asset_id[:MAX_TOLD].mapped("display_name")
        if len(lines) > MAX_TOLD:
            names.append(self.env._("%s more", len(lines) - MAX_TOLD))
        text = self.env._(
            "%(reason)s: %(units)s. Last day under the contract: %(day)s.",
            reason=self._get_left_labels()[reason],
            units=", ".join(names),
            day=self._format_day(day),
        )
        if reason == "passed_on":
            offer = self.env._(
                "The new owner can be offered a contract: “Offer Contract” on the unit."
            )
            text = f"{text} {offer}"
        self._message_log(body=text)

    def _call_when_empty(self, day):
        """Have somebody look at a contract that no unit is left under."""
        self.ensure_one()
        units = self.line_ids.filtered(lambda x: x.asset_id and not x.is_undone)
        if any(not line.date_to or line.date_to > day for line in units):
            return
        self._call_responsible(
            self.env._("No unit is left"),
            self.env._(
                "All units of %s are gone, but the contract goes on. Add units, give "
                "notice, or cancel it with its last day.",
                self.display_name,
            ),
        )

    def _call_about_return(self, units):
        """Have somebody look at units that are back, though their place is taken."""
        self.ensure_one()
        self._call_responsible(
            self.env._("A unit is in use again"),
            self.env._(
                "%(units)s left %(contract)s and is in use again. Something else took "
                "its place meanwhile: use “Add Units” if it is to be under the "
                "contract again.",
                units=", ".join(units[:MAX_TOLD].mapped("display_name")),
                contract=self.display_name,
            ),
        )

    # --- What takes their place ---

    def _take_heir(self, line, heir, day, is_part=False):
        """Put what replaced a unit under the contract, safe to repeat.

        :param line: the ``aftersales.contract.line`` of what was replaced
        :param heir: the ``aftersales.asset`` that replaced it
        :param date day: the day of the replacement
        :param bool is_part: what was replaced stays, less a part of its quantity, and
            the price with it
        """
        self.ensure_one()
        if heir.state != "in_use":
            return
        if heir.commercial_partner_id != self.commercial_partner_id:
            return
        first = max(day, line.date_from or self.date_start)
        last = line.date_to
        if line.left_reason:
            # The day of the change is that of the former unit.
            after = line.date_to if line.is_undone else line.date_to + DAY
            first, last = max(day, after), self._get_agreed_last_day(line)
        if first > (last or self.date_end) or self._has_heir(heir, first, last):
            return
        vals = self._prepare_heir_vals(line, heir, first, last)
        if is_part:
            vals.update(self._prepare_part_vals(line, heir))
        new = line.copy(vals)
        if new.price_unit:
            line._hand_prices_on(new)
        self._join_lines(new)
        self._message_log(
            body=self.env._(
                "%(new)s takes the place of %(old)s from %(day)s.",
                new=heir.display_name,
                old=line.asset_id.display_name,
                day=self._format_day(first),
            )
        )

    def _has_heir(self, heir, first, last):
        """Tell whether what replaced a unit stands in the contract for some days."""
        self.ensure_one()
        last = last or self.date_end
        for line in self.line_ids.filtered(lambda x: x.asset_id == heir):
            # One that left is as good as there: it was handed on already.
            if line.is_undone and not line.left_reason:
                continue
            end = line.agreed_to if line.left_reason else line.date_to
            begin = line.date_from or self.date_start
            if begin <= last and first <= (end or self.date_end):
                return True
        return False

    def _join_lines(self, new):
        """Let a line and those of the same unit just before and after it go on."""
        self.ensure_one()
        first, last = new._get_span()
        others = self.line_ids.filtered(
            lambda x: x.asset_id == new.asset_id and x != new and x._get_span()
        )
        new.former_id = others.filtered(lambda x: x._get_span()[1] == first - DAY)[:1]
        after = others.filtered(lambda x: x._get_span()[0] == last + DAY)
        after.filtered(lambda x: not x.former_id).former_id = new

    def _prepare_heir_vals(self, line, heir, first, last):
        """Return what the line of a unit that takes another's place changes of it."""
        return {
            "contract_id": self.id,
            "asset_id": heir.id,
            "name": heir.display_name,
            "date_from": first,
            "date_to": last,
            "sale_line_id": line.sale_line_id.id,
            "price_base": line.price_base,
            "index_base": line.index_base,
            "allow_overlap": line.allow_overlap or bool(heir._get_promised_lines()),
        }

    @api.model
    def _prepare_part_vals(self, line, heir):
        """Return what the line of a part that was replaced is charged."""
        if line._is_rest():
            return {"quantity": heir.quantity}
        # The price is not one for each of the quantity: it stays where it is.
        return {"price_unit": 0.0, "price_base": 0.0}

    def _shrink_lines(self, lines):
        """Go on with what is left of quantities, from tomorrow on.

        :param lines: ``aftersales.contract.line`` records with a price for each
        """
        self.ensure_one()
        # sudo: as in _let_units_leave.
        contract = self.sudo()
        today = contract._get_today()
        lines = lines.sudo().filtered(lambda x: x._goes_on_after_today())
        agreed = {line: line.date_to for line in lines}
        heirs = lines._go_on(
            today + DAY, {line: {"quantity": line.asset_id.quantity} for line in lines}
        )
        for line, rest in heirs.items():
            if rest != line:
                line.write({"left_reason": "part", "agreed_to": agreed[line]})
            contract._tell_quantity(rest)
        if heirs:
            contract._add_version(self.env._("Fewer units"))
            contract._follow_up()

    def _tell_quantity(self, line):
        self._message_log(
            body=self.env._(
                "%(unit)s: %(number)s under the contract, from %(day)s.",
                unit=line.asset_id.display_name,
                number=line.asset_id.uom_id._aftersales_format(line.quantity),
                day=self._format_day(line.date_from or self.date_start),
            )
        )

    def _grow_lines(self, lines):
        """Go on with more of quantities that are back, from today on.

        :param lines: ``aftersales.contract.line`` records for what was left
        """
        self.ensure_one()
        # sudo: as in _let_units_leave.
        contract, lines = self.sudo(), lines.sudo()
        changes = {}
        for line in lines:
            most = max(line._get_larger_lines().mapped("quantity"))
            changes[line] = {"quantity": min(line.asset_id.quantity, most)}
        heirs = lines._go_on(contract._get_today(), changes)
        for heir in heirs.values():
            contract._tell_quantity(heir)
        if heirs:
            contract._add_version(self.env._("Units are back"))
            contract._follow_up()

    def _get_agreed_last_day(self, line):
        """Return the last day that a line had before its unit left, may be empty."""
        self.ensure_one()
        agreed = line.agreed_to
        return agreed if agreed and agreed <= self.date_end else False

    def _let_units_back(self, lines):
        """Put units under the contract again that had left it and are in use again.

        Nothing is charged for the days on which they were gone.

        :param lines: ``aftersales.contract.line`` records of units that left
        """
        self.ensure_one()
        # sudo: as in _let_units_leave.
        contract, lines = self.sudo(), lines.sudo()
        today = contract._get_today()
        gone = lines.filtered(lambda x: x._get_first_day_gone() < today)
        back = lines - gone
        for line in gone:
            last = contract._get_agreed_last_day(line)
            if today <= (last or contract.date_end):
                new = line.copy(
                    {
                        **line._prepare_going_on_vals(),
                        "quantity": line._get_quantity_left(),
                        "date_from": today,
                        "date_to": last,
                    }
                )
                line._hand_prices_on(new)
                back |= new
        if not back:
            return
        names = ", ".join(back.asset_id[:MAX_TOLD].mapped("display_name"))
        contract._message_log(
            body=self.env._("%s: in use again, and under the contract.", names)
        )
        contract._bring_back(lines - gone, self.env._("Units are back"))

    def _bring_back(self, lines, reason):
        """Undo that units left: they are under the contract as if they never did.

        :param lines: ``aftersales.contract.line`` records
        :param str reason: kept with the new version
        """
        self.ensure_one()
        # sudo: as in _let_units_leave.
        contract, lines = self.sudo(), lines.sudo()
        for agreed, group in lines.grouped(contract._get_agreed_last_day).items():
            group.write(
                {
                    "date_to": agreed,
                    "agreed_to": False,
                    "left_reason": False,
                    "is_undone": False,
                }
            )
        contract._add_version(reason)
        contract._follow_up()
        contract._shrink_lines(
            lines.filtered(lambda x: x._get_quantity_left() < x.quantity)
        )
