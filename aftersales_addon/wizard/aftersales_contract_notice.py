from odoo import api, fields, models


class AftersalesContractNotice(models.TransientModel):
    """Ask who gave notice, when and why, and with which day the contract ends."""

    _name = "aftersales.contract.notice"
    _description = "Give Notice"

    contract_id = fields.Many2one("aftersales.contract", required=True, readonly=True)
    date = fields.Date(
        string="Notice Given On",
        required=True,
        default=lambda self: self.env.company._aftersales_today(),
    )
    by = fields.Selection(
        [("customer", "The Customer"), ("us", "Us")],
        string="Given By",
        default="customer",
        required=True,
    )
    date_notice = fields.Date(related="contract_id.date_notice")
    last_day = fields.Date(
        compute="_compute_last_day",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="The contract ends with this day.",
    )
    is_late = fields.Boolean(compute="_compute_is_late")
    reason_id = fields.Many2one("aftersales.churn.reason", required=True)
    comment = fields.Text(string="What Was Said")

    @api.depends("contract_id", "date")
    def _compute_last_day(self):
        for notice in self:
            contract = notice.contract_id
            notice.last_day = contract._get_notice_end(notice.date)

    @api.depends("contract_id", "date")
    def _compute_is_late(self):
        for notice in self:
            contract = notice.contract_id
            notice.is_late = contract._get_notice_end(notice.date) != contract.date_end

    def action_confirm(self):
        """Note the notice."""
        self.ensure_one()
        contract = self.contract_id
        contract._check_state(("running", "to_renew", "paused"))
        contract._set_notice_given(
            self.date, self.by, self.last_day, self.reason_id, self.comment
        )
        return {"type": "ir.actions.act_window_close"}
