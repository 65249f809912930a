from odoo import api, fields, models

FLAGS = [
    ("many", "Many Returns"),
    ("used", "Used Goods"),
    ("serial", "Number Not Sold to the Customer"),
    ("swapped", "Another Number Came Earlier"),
]


class AftersalesRmaFlag(models.Model):
    """Why a person looks at a request before it is approved, with the numbers.

    The customer sees nothing of it. Somebody who looks at it and finds nothing wrong
    says so; nothing is refused by itself.
    """

    _name = "aftersales.rma.flag"
    _description = "To Look at before Approval"
    _order = "id desc"
    _check_company_auto = True

    rma_id = fields.Many2one(
        "aftersales.rma",
        string="Return",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="rma_id.company_id", store=True)
    partner_id = fields.Many2one(
        related="rma_id.commercial_partner_id",
        string="Customer",
        store=True,
        index=True,
    )
    rma_state = fields.Selection(related="rma_id.state", string="Return Is")
    kind = fields.Selection(FLAGS, string="What", required=True, readonly=True)
    part = fields.Float(digits="Product Unit", readonly=True, string="Of Them")
    whole = fields.Float(digits="Product Unit", readonly=True, string="Units")
    share = fields.Float(
        readonly=True, string="Share (%)", digits=(5, 1), aggregator="avg"
    )
    limit = fields.Float(readonly=True, string="Limit (%)", digits=(5, 1))
    count = fields.Integer(readonly=True, string="Returns")
    lot_id = fields.Many2one(
        "stock.lot", string="Lot/Serial", readonly=True, index="btree_not_null"
    )
    reason = fields.Char(string="Why", compute="_compute_reason")
    user_id = fields.Many2one(
        "res.users", string="Looked at by", readonly=True, copy=False
    )
    date = fields.Datetime(string="Looked at on", readonly=True, copy=False)

    _open_index = models.Index("(rma_id) WHERE user_id IS NULL")

    @api.depends("kind", "part", "whole", "share", "limit", "count", "lot_id")
    @api.depends_context("lang")
    def _compute_reason(self):
        for flag in self:
            flag.reason = flag._explain()

    @api.depends("kind", "rma_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for flag in self:
            flag.display_name = f"{flag.rma_id.name}: {labels.get(flag.kind, '')}"

    def _explain(self):
        """Return why a person should look, with the numbers, in words."""
        self.ensure_one()
        number = self.env["res.lang"]._aftersales_format_number
        numbers = {
            "part": number(self.part),
            "whole": number(self.whole),
            "share": number(self.share, digits=0),
            "limit": number(self.limit),
        }
        if self.kind == "many":
            return self.env._(
                "%(count)s returns in twelve months: %(part)s of %(whole)s delivered "
                "units came back without a fault of ours, %(share)s %% (limit: "
                "%(limit)s %%).",
                count=self.count,
                **numbers,
            )
        if self.kind == "used":
            return self.env._(
                "%(part)s of %(whole)s units that were no longer wanted were found "
                "used or damaged in twelve months, %(share)s %% (limit: %(limit)s %%).",
                **numbers,
            )
        # sudo: the number stands on the return that the user may see.
        lot = self.sudo().lot_id.name
        if self.kind == "serial":
            return self.env._("The number %s was not sold to this customer.", lot)
        return self.env._(
            "In %s returns of twelve months another number came than the announced "
            "one.",
            self.count,
        )

    def _set_fine(self):
        """Keep that a person has looked at the flags, who and when."""
        # sudo: written by the button of the return only.
        self.sudo().filtered(lambda f: not f.user_id).write(
            {"user_id": self.env.uid, "date": fields.Datetime.now()}
        )
