from odoo import api, fields, models

from ..models.aftersales_stage import END_KINDS

# So many other open cases of the customer are looked at.
MAX_OTHERS = 20


class AftersalesCaseMerge(models.TransientModel):
    """Choose cases that are about the same and become one."""

    _name = "aftersales.case.merge"
    _description = "Merge Service Cases"

    case_ids = fields.Many2many("aftersales.case", string="Cases", required=True)
    target_id = fields.Many2one(
        "aftersales.case",
        string="Into",
        required=True,
        compute="_compute_target_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('id', 'in', case_ids)]",
        help="Takes over the messages, files, repairs and returns of the others, which "
        "are cancelled.",
    )
    commercial_partner_id = fields.Many2one(related="target_id.commercial_partner_id")
    is_mixed = fields.Boolean(compute="_compute_is_mixed")
    is_confirmed = fields.Boolean(
        string="Both customers may read the whole conversation"
    )

    @api.model
    def default_get(self, fields):
        """Offer what a single case can be the same as."""
        vals = super().default_get(fields)
        ids = self.env.context.get("active_ids") or []
        if self.env.context.get("active_model") == "aftersales.case" and ids:
            cases = self.env["aftersales.case"].browse(ids)
            if len(cases) == 1:
                cases |= self._find_same(cases)
            vals["case_ids"] = [(6, 0, cases.ids)]
        return vals

    @api.model
    def _find_same(self, case):
        """Return the open cases of the customer that are likely about the same.

        The only other one is; of several, those about the same unit or with the same
        subject.
        """
        customer = case.commercial_partner_id
        if not customer:
            return case.browse()
        found = case.search(
            [
                ("commercial_partner_id", "=", customer.id),
                ("company_id", "=", case.company_id.id),
                ("state", "not in", END_KINDS),
                ("id", "!=", case.id),
            ],
            limit=MAX_OTHERS,
        )
        if len(found) < 2:
            return found
        return found.filtered(
            lambda c: (
                (case.asset_id and c.asset_id == case.asset_id) or c.name == case.name
            )
        )

    @api.depends("case_ids")
    def _compute_target_id(self):
        for merge in self:
            cases = merge.case_ids._origin
            if merge.target_id not in cases:
                # The oldest one that still goes on.
                going = cases.filtered(lambda c: c._is_open())
                merge.target_id = (going or cases).sorted("id")[:1]

    @api.depends("case_ids")
    def _compute_is_mixed(self):
        for merge in self:
            merge.is_mixed = len(merge.case_ids.commercial_partner_id) > 1

    def action_merge(self):
        """Merge the cases, and open the one that they become."""
        self.ensure_one()
        return self.target_id._merge(self.case_ids, self.is_confirmed)._action_open()
