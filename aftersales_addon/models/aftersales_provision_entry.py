from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import formatLang

KINDS = [
    ("issued", "Set Aside"),
    ("estimate", "Change of Estimate"),
    ("settled", "Used"),
    ("recovered", "Paid by Suppliers"),
    ("released", "Released"),
    ("topped_up", "Cost More"),
]


class AftersalesProvisionEntry(models.Model):
    """One movement of what is set aside for warranties, on one unit.

    The movements up to a day add up to what is still expected to be paid for the
    units that are covered then. A unit whose cover has ended comes to zero: what is
    left of its share is released, and what it cost beyond its share, drawn from the
    shares of others, is added back.
    """

    _name = "aftersales.provision.entry"
    _description = "Movement of Warranty Provisions"
    _inherit = ["aftersales.provision.update.mixin"]
    _order = "date desc, id desc"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    asset_id = fields.Many2one(
        "aftersales.asset",
        string="Installed Product",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    product_id = fields.Many2one(
        "product.product",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    product_categ_id = fields.Many2one(
        related="product_id.categ_id", string="Product Category"
    )
    date = fields.Date(required=True, readonly=True)
    kind = fields.Selection(KINDS, string="Movement", required=True, readonly=True)
    amount = fields.Monetary(
        required=True,
        readonly=True,
        help="More or less set aside, in the currency of the company.",
    )
    quantity = fields.Float(digits="Product Unit", readonly=True)
    price = fields.Float(
        string="Sale Price",
        digits="Product Price",
        readonly=True,
        aggregator=None,
        help="Of one unit, without taxes, in the currency of the company.",
    )
    rate_percent = fields.Float(digits=(5, 2), readonly=True, aggregator=None)
    rate_amount = fields.Float(digits="Product Price", readonly=True, aggregator=None)
    # What a cost came from, such as "repair:12". It may be worked out again until
    # its month is posted.
    origin_key = fields.Char(readonly=True, index="btree_not_null")
    repair_id = fields.Many2one(
        "repair.order", readonly=True, index="btree_not_null", ondelete="set null"
    )
    period_id = fields.Many2one(
        "aftersales.provision.period",
        string="Posted With",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    explanation = fields.Char(compute="_compute_explanation")

    _company_date_index = models.Index("(company_id, date)")
    _issued_once = models.UniqueIndex(
        "(asset_id) WHERE kind = 'issued'",
        "The cost that a unit is expected to have is set aside once.",
    )

    @api.depends("kind", "asset_id", "amount")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for entry in self:
            entry.display_name = f"{kinds.get(entry.kind)}: {entry.explanation or ''}"

    @api.depends(
        "kind", "price", "rate_percent", "rate_amount", "quantity", "repair_id"
    )
    @api.depends_context("lang")
    def _compute_explanation(self):
        for entry in self:
            # sudo: who may see the figures may see which repair they come from.
            source = entry.sudo()
            if entry.kind in ("issued", "estimate"):
                entry.explanation = source._explain_share()
            else:
                entry.explanation = (
                    source.repair_id.display_name or source.asset_id.display_name
                )

    def _explain_share(self):
        self.ensure_one()
        currency = self.currency_id
        parts = []
        if self.rate_percent:
            parts.append(
                self.env._(
                    "%(rate)s %% of %(price)s",
                    rate=self.env["res.lang"]._aftersales_format_number(
                        self.rate_percent
                    ),
                    price=formatLang(self.env, self.price, currency_obj=currency),
                )
            )
        if self.rate_amount or not parts:
            parts.append(formatLang(self.env, self.rate_amount, currency_obj=currency))
        each = " + ".join(parts)
        if self.quantity == 1:
            return each
        unit = self.product_id.uom_id
        return f"{unit._aftersales_format(self.quantity)} × ({each})"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        if self.period_id:
            raise UserError(
                self.env._(
                    "These figures belong to a month that is posted. Undo the month "
                    "first."
                )
            )

    @api.model
    def action_update(self):
        """Bring the figures of the user's company up to date and show them."""
        self.check_access("read")
        self._update_figures(self.env.company)
        return self.env["ir.actions.actions"]._for_xml_id(
            "aftersales_addon.aftersales_provision_entry_action"
        )

    @api.model
    def _cron_update_figures(self):
        """Bring the figures of all companies that set something aside up to date."""
        # sudo: the scheduler works for all companies that have delivered something.
        companies = self.env["aftersales.asset"].sudo()._read_group([], ["company_id"])
        for (company,) in companies:
            self.with_company(company)._update_figures(company)
            if not self.env["ir.cron"]._commit_progress(1):
                break
