from odoo import api, fields, models

from ..models.aftersales_warranty_policy_line import ITEMS


class AftersalesAssetAssess(models.TransientModel):
    """Ask what is covered, see the answer at once, and keep it."""

    _name = "aftersales.asset.assess"
    _description = "What Is Covered?"

    asset_id = fields.Many2one(
        "aftersales.asset", string="Installed Product", required=True, readonly=True
    )
    company_id = fields.Many2one(related="asset_id.company_id")
    uom_id = fields.Many2one(related="asset_id.uom_id")
    is_serial = fields.Boolean(related="asset_id.is_serial")
    usage_unit = fields.Selection(related="asset_id.usage_unit")
    date_reported = fields.Date(
        string="Defect Reported On",
        required=True,
        compute="_compute_from_asset",
        store=True,
        readonly=False,
        precompute=True,
    )
    item = fields.Selection(ITEMS, help="Empty: all items.")
    quantity = fields.Float(
        string="Quantity Claimed",
        digits="Product Unit",
        compute="_compute_from_asset",
        store=True,
        readonly=False,
        precompute=True,
    )
    usage = fields.Float(
        string="Usage on That Day",
        digits=(16, 2),
        help="0: the reading that is known.",
    )
    answer = fields.Html(compute="_compute_answer", sanitize=False)
    state = fields.Selection(
        lambda self: (
            self.env["aftersales.assessment"]
            ._fields["state"]
            ._description_selection(self.env)
        ),
        string="By Warranty",
        compute="_compute_answer",
    )

    @api.depends("asset_id")
    def _compute_from_asset(self):
        for wizard in self:
            asset = wizard.asset_id
            company = asset.company_id or self.env.company
            wizard.date_reported = wizard.date_reported or company._aftersales_today()
            wizard.quantity = asset.quantity

    @api.depends("asset_id", "date_reported", "item", "quantity", "usage")
    def _compute_answer(self):
        Assessment = self.env["aftersales.assessment"]
        for wizard in self:
            if not wizard.asset_id or min(wizard.quantity, wizard.usage) < 0:
                wizard.answer = wizard.state = False
                continue
            request = wizard._prepare_request()
            [answer] = Assessment._get_answers([request])
            lines = Assessment.line_ids.browse()
            for vals in Assessment._prepare_line_vals(answer, wizard.item):
                lines |= lines.new(vals)
            wizard.answer = Assessment._render_answer(answer, lines._get_shown())
            wizard.state = Assessment._get_state(answer, wizard.item)

    def _prepare_request(self):
        self.ensure_one()
        return {
            "asset": self.asset_id,
            "date": self.date_reported or self.company_id._aftersales_today(),
            "item": self.item or None,
            "quantity": self.quantity,
            "usage": self.usage or None,
        }

    def action_save(self):
        """Keep the answer and open it."""
        self.ensure_one()
        self.asset_id.check_access("read")
        assessment = self.env["aftersales.assessment"]._make([self._prepare_request()])
        self.asset_id._keep_usage(self.usage, assessment.date_reported)
        return self.asset_id._action_open(assessment)
