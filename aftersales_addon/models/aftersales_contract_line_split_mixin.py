from odoo import fields, models

from ..tools.spans import DAY


class AftersalesContractLineSplitMixin(models.AbstractModel):
    """Lines that go on from a day with other values, and those that never counted.

    What was agreed for former days stays as it was: a line ends with the day before,
    and another one goes on from there. So each day is charged by what held on it.
    """

    _name = "aftersales.contract.line.split.mixin"
    _description = "Line of a Contract That Goes On"

    former_id = fields.Many2one(
        "aftersales.contract.line",
        string="Goes On From",
        index="btree_not_null",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="The line that this one goes on from, with another quantity or discount.",
    )
    is_undone = fields.Boolean(
        string="Undone",
        readonly=True,
        copy=False,
        help="The line counts on no day: what was invoiced of it is credited.",
    )

    def _get_first_line(self):
        """Return the line that this one goes on from first of all, or itself."""
        self.ensure_one()
        # sudo: of the same contract, for whoever may see this line.
        line = self.sudo()
        while line.former_id:
            line = line.former_id
        return line.sudo(self.env.su)

    def _get_history(self):
        """Return the line with all that it goes on from, itself first."""
        self.ensure_one()
        # sudo: as in _get_first_line.
        lines = line = self.sudo()
        while line.former_id:
            line = line.former_id
            lines |= line
        return lines.sudo(self.env.su)

    def _go_on(self, day, changes):
        """Let lines go on with other values from a day; the days before keep theirs.

        What was invoiced for days from then on is credited and charged anew, to the
        cent. The caller brings the contract in line (``_follow_up``).

        :param date day: the first day of the new values
        :param dict changes: ``{line: values}``; lines that are over by then are left
            alone
        :return: ``{line: what goes on}``
        """
        # sudo: lines of a running contract are changed by its steps only.
        heirs, parts = {}, {}
        for plain, vals in changes.items():
            line = plain.sudo()
            span = line._get_span()
            if not span or day > span[1]:
                continue
            if day <= span[0] and not line.bill_ids:
                line.write(vals)
                heirs[plain] = plain
                continue
            first = max(day, span[0])
            default = {**line._prepare_going_on_vals(), "date_to": line.date_to}
            default |= {**vals, "date_from": first, "former_id": line.id}
            parts[plain] = (first, line.copy_data(default)[0])
        for first, group in (
            self.browse()
            .union(*parts)
            .sudo()
            .grouped(lambda x: parts[x.sudo(self.env.su)][0])
            .items()
        ):
            group._end_before(first)
        created = self.sudo().create([vals for _first, vals in parts.values()])
        for plain, heir in zip(parts, created, strict=True):
            plain.sudo()._hand_prices_on(heir)
            heirs[plain] = heir.sudo(plain.env.su)
        created._take_visits_over()
        created._take_chain_over()
        return heirs

    def _take_chain_over(self):
        """Let what goes on later from the same lines go on from these instead."""
        # sudo: as in _go_on.
        later = self.sudo().search(
            [("former_id", "in", self.former_id.ids), ("id", "not in", self.ids)]
        )
        by_former = later.grouped("former_id")
        for line in self:
            after = by_former.get(line.former_id, later.browse())
            after.filtered(
                lambda x, at=line: x.date_from and x.date_from > at.date_from
            ).former_id = line

    def _prepare_going_on_vals(self):
        """Return what a line that goes on has of this one, besides what is copied."""
        self.ensure_one()
        return {
            "contract_id": self.contract_id.id,
            "sale_line_id": self.sale_line_id.id,
            "price_base": self.price_base,
            "index_base": self.index_base,
        }

    def _end_before(self, day):
        """End lines with the day before; those that began then never counted."""
        never = self.filtered(
            lambda x: day <= (x.date_from or x.contract_id.date_start)
        )
        never._undo()
        (self - never).date_to = day - DAY

    def _undo(self):
        """Let lines count on no day: what was invoiced of them is credited."""
        # sudo: as in _go_on.
        lines = self.sudo()
        for first, group in lines.grouped(
            lambda x: x.date_from or x.contract_id.date_start
        ).items():
            group.write({"is_undone": True, "date_to": first})

    def _take_visits_over(self):
        """Let what is planned from their first day on be for lines that go on."""
        # sudo: whoever changes a contract may have its visits follow.
        rows = self.env["aftersales.visit.line"].sudo()
        planned = rows.search([("contract_line_id", "in", self.former_id.ids)])
        by_line = planned.grouped("contract_line_id")
        for line in self:
            mine = by_line.get(line.former_id, rows).filtered(
                lambda row, at=line: row.date_due and row.date_due >= at.date_from
            )
            mine.contract_line_id = line
