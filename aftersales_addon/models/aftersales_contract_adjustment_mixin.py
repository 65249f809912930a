from datetime import date

from odoo import api, fields, models
from odoo.tools import formatLang

from ..tools.schedule import Rule, next_after, occurrences
from ..tools.spans import DAY
from .aftersales_contract_indexation_mixin import MAX_TOLD

# The prices of contracts in these states are adjusted.
ADJUSTED = ("running", "to_renew", "paused")


class AftersalesContractAdjustmentMixin(models.AbstractModel):
    """On which days prices are adjusted: at renewals, or at anniversaries.

    Anniversaries are counted from the first day ever, whenever terms end. Each of them
    is settled once: the day that was settled last is kept with the contract.
    """

    _name = "aftersales.contract.adjustment.mixin"
    _description = "Adjustment of the Prices of a Contract"

    date_index_done = fields.Date(
        string="Prices Settled Until",
        readonly=True,
        copy=False,
        help="Adjustments up to this day are made, or left out for good.",
    )
    date_index_next = fields.Date(
        string="New Prices From",
        compute="_compute_date_index_next",
        store=True,
        copy=False,
        help="The next day from which on the prices are adjusted.",
    )
    date_index_due = fields.Date(
        compute="_compute_date_index_next",
        store=True,
        copy=False,
        help="On this day the next prices are worked out, and the customer is told.",
    )

    price_ids = fields.One2many(
        "aftersales.contract.price",
        "contract_id",
        string="Prices",
        groups="base.group_user",
    )

    _index_due_index = models.Index(
        "(company_id, date_index_due) WHERE date_index_due IS NOT NULL"
    )

    @api.depends(
        "state",
        "date_anchor",
        "date_end",
        "billing_from",
        "date_index_done",
        "date_notice_given",
        "date_cancelled",
        "renewal",
        "price_basis",
        "indexation",
        "indexation_at",
        "indexation_count",
        "indexation_unit",
        "index_notice_days",
    )
    def _compute_date_index_next(self):
        for contract in self:
            day = contract._get_next_anniversary()
            contract.date_index_next = day
            contract.date_index_due = day and fields.Date.subtract(
                day, days=contract.index_notice_days
            )

    def _is_adjusted_between(self):
        """Tell whether prices are adjusted whenever some time has passed."""
        self.ensure_one()
        return (
            self.indexation_at == "period"
            and self.indexation != "none"
            and self.price_basis != "visit"
            and self.state in ADJUSTED
            and bool(self.date_anchor)
        )

    def _get_next_anniversary(self):
        """Return the next day from which on prices are adjusted, or False."""
        self.ensure_one()
        if not self._is_adjusted_between():
            return False
        # The price that was typed in is that of the first day that is invoiced.
        settled = [self.date_anchor, self.date_index_done, self.billing_from]
        after = max(day for day in settled if day)
        day = next_after(self.date_anchor, self._get_adjustment_rule(), after)[1]
        goes_on = self.renewal == "tacit" and self._is_renewable()
        last = date.max if goes_on else self.date_end
        return day if day <= last else False

    def _get_price_day(self):
        """Return the day from which on a price that is typed in holds at first.

        What was invoiced stays; before the first invoice it is a correction.
        """
        self.ensure_one()
        today = min(max(self._get_today(), self.date_start), self.date_end)
        return today if self._is_billed() or self.sudo().price_ids else self.date_start

    def _get_adjustment_rule(self):
        self.ensure_one()
        return Rule(self.indexation_count, self.indexation_unit)

    def _get_adjustment_days(self, until, since=None):
        """Return the days to come on which prices are adjusted, as things stand.

        :param date until: the last day that is of interest
        :param date since: leave out this day and those before it
        :return: a list of dates
        """
        self.ensure_one()
        if self.indexation == "none" or self.price_basis == "visit":
            return []
        if self.indexation_at == "period":
            days = self._get_anniversaries(until)
        else:
            days = self._get_renewals(until)
        return [day for day in days if not since or day > since]

    def _get_anniversaries(self, until):
        if not self.date_index_next or self.date_index_next > until:
            return []
        rule = self._get_adjustment_rule()
        found = occurrences(self.date_anchor, rule, self.date_index_next, until)
        return [day for _number, day in found]

    def _get_renewals(self, until):
        """Return the first days of further terms that come by themselves."""
        days = []
        if self.renewal != "tacit" or not self._is_renewable() or not self.date_end:
            return days
        day, number = self.date_end + DAY, self.term_number + 1
        while day <= until:
            days.append(day)
            day, number = self._get_term_end(number) + DAY, number + 1
        return days

    # --- The nightly step ---

    def _adjust_prices(self):
        """Make the adjustments that are due; each of them once, safe to repeat.

        A job that did not run for years makes up for all since, day by day.
        """
        for contract in self.filtered(lambda c: not c.is_billing_undecided):
            today = contract._get_today()
            moved = contract.line_ids.browse()
            while contract.date_index_due and contract.date_index_due <= today:
                day = contract.date_index_next
                lines = contract._move_prices(day)
                contract._write_state(date_index_done=day)
                if lines:
                    moved |= lines
                    contract._add_version(
                        contract.env._("Prices adjusted as agreed"), day
                    )
            if moved:
                contract._send_new_prices()

    def _get_adjustment_terms(self):
        """Return what was agreed about the days of adjustment."""
        self.ensure_one()
        names = ("indexation", "indexation_at", "indexation_count", "indexation_unit")
        return [self[name] for name in names]

    def _settle_adjustments(self, day):
        """Leave out adjustments up to a day: prices were agreed anew."""
        for contract in self:
            contract._write_state(
                date_index_done=max(day, contract.date_index_done or day)
            )

    def _forget_adjustments(self):
        """Give lines their first price again, as the contract becomes a draft."""
        for line in self.line_ids:
            rows = line.price_ids.sorted("date_from")
            vals = {"price_base": 0.0, "index_base": 0.0}
            if rows:
                vals["price_unit"] = rows[0].price_unit
                rows.unlink()
            line.write(vals)
        self._write_state(date_index_done=False)

    # --- The customer ---

    def _send_new_prices(self):
        """Tell customers by e-mail what they pay from now on."""
        self._send_mail("aftersales_addon.mail_template_data_contract_prices")

    def _get_new_prices(self):
        """Return the prices of the latest adjustment in words.

        :return: a list of texts
        """
        self.ensure_one()
        # sudo: what the customer pays is told to the customer.
        contract = self.sudo()
        day = contract.date_index_done
        rows = contract.line_ids.price_ids.filtered(lambda x: x.date_from == day)
        result = []
        for price, group in rows.grouped("price_unit").items():
            amount = formatLang(self.env, price, currency_obj=contract.currency_id)
            names = group.line_id.mapped("name")
            if len(names) > MAX_TOLD:
                names = [
                    *names[:MAX_TOLD],
                    self.env._("%s more", len(names) - MAX_TOLD),
                ]
            result.append(f"{', '.join(names)}: {amount}")
        return result
