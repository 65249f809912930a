from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL


class IrSequence(models.Model):
    _inherit = "ir.sequence"

    @api.model
    def _aftersales_find(self, code):
        """Return the sequence of a code that numbers the user's company, if any."""
        return self.search(
            [("code", "=", code), ("company_id", "in", [self.env.company.id, False])],
            order="company_id",
            limit=1,
        )

    def _aftersales_next(self, count):
        """Draw many numbers at once, where the platform asks for each.

        :param int count: how many
        :return: a list of texts
        """
        self.ensure_one()
        if self.implementation != "standard":
            # Numbers without gaps are drawn under a lock, one by one.
            return [self.next_by_id() for _number in range(count)]
        sequence, name = self, f"ir_sequence_{self.id:03d}"
        if self.use_date_range:
            day = fields.Date.today()
            # All of them are read, once: there are few, and a transaction may number
            # many documents one after the other.
            part = self.date_range_ids.filtered(
                lambda r: r.date_from <= day <= r.date_to
            )[:1] or self._aftersales_begin_range(day)
            name += f"_{part.id:03d}"
            sequence = self.with_context(ir_sequence_date_range=part.date_from)
        rows = self.env.execute_query(
            SQL("SELECT nextval(%s) FROM generate_series(1, %s)", name, count)
        )
        return [sequence.get_next_char(number) for (number,) in rows]

    def _aftersales_begin_range(self, day):
        """Begin the numbers of a new year.

        Of two who do so at once, the second is told by the database that its view is
        old, and is tried again by the platform, rather than failing for good on a
        range that exists.
        """
        self.ensure_one()
        self.env.execute_query(
            SQL(
                "UPDATE ir_sequence SET number_next = number_next"
                " WHERE id = %s RETURNING id",
                self.id,
            )
        )
        return self._create_date_range_seq(day)

    @api.model
    def _aftersales_number(self, code, vals_list, field="number"):
        """Give new documents their numbers, all of a company at once.

        :param str code: the code of the sequence
        :param vals_list: the values of the documents; those with a number keep it
        :param str field: the name of the field for the number
        """
        todo = defaultdict(list)
        for vals in vals_list:
            if vals.get(field, "/") == "/":
                todo[vals.get("company_id") or self.env.company.id].append(vals)
        for company, group in todo.items():
            # sudo: whoever may make the document may have it numbered.
            sequence = self.sudo().with_company(company)._aftersales_find(code)
            numbers = sequence and sequence._aftersales_next(len(group))
            for vals, number in zip(group, numbers or (), strict=bool(numbers)):
                vals[field] = number
