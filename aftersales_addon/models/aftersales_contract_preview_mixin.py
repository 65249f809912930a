from odoo import models
from odoo.fields import Command

from ..tools.periods import add_period

# As far ahead as it is shown what will be invoiced.
PREVIEW_MONTHS = 12


class AftersalesContractPreviewMixin(models.AbstractModel):
    """What of a contract is invoiced next, before it is."""

    _name = "aftersales.contract.preview.mixin"
    _description = "Preview of Invoices"

    def action_preview(self):
        """Show what will be invoiced in the coming year, and when."""
        self.ensure_one()
        self.check_access("read")
        today = self.company_id._aftersales_today()
        until = add_period(today, PREVIEW_MONTHS, "month")
        preview = self.env["aftersales.contract.preview"].create(
            {
                "contract_id": self.id,
                "date_until": until,
                "line_ids": [
                    Command.create(vals) for vals in self._get_preview_rows(until)
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What Comes Next"),
            "res_model": "aftersales.contract.preview",
            "views": [(False, "form")],
            "res_id": preview.id,
            "target": "new",
        }

    def _get_preview_rows(self, until):
        """Return what will be invoiced up to a day, in order.

        Further terms are left out: whether they come is not known.

        :param date until: the day, included
        :return: a list of dicts with ``date_due``, ``name``, ``date_first``,
            ``date_last``, ``amount``
        """
        self.ensure_one()
        # sudo: whoever may see the contract may know what it costs.
        contract = self.sudo()
        pending = contract._get_pending({contract.company_id: until})
        charges = sorted(
            pending.get(contract, []), key=lambda c: (c.due, c.line.sequence)
        )
        return [
            {
                "date_due": charge.due,
                "name": charge.line.name,
                "date_first": charge.period.first,
                "date_last": charge.period.last,
                "amount": float(charge.amount),
            }
            for charge in charges
        ]
