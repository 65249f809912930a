from odoo import fields, models


class AftersalesSettingsMixin(models.AbstractModel):
    """The settings of the application, which belong to the company.

    Whoever sets up the system finds them in Odoo's own settings, an after-sales
    manager without that right in a dialog: a field that is added here, and to both
    views, can be set by both.
    """

    _name = "aftersales.settings.mixin"
    _description = "Settings of After-Sales"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    aftersales_policy_ids = fields.Many2many(
        related="company_id.aftersales_policy_ids", readonly=False
    )
    aftersales_return_policy_id = fields.Many2one(
        related="company_id.aftersales_return_policy_id", readonly=False
    )
    aftersales_registration = fields.Selection(
        related="company_id.aftersales_registration", readonly=False
    )
    aftersales_registration_user_id = fields.Many2one(
        related="company_id.aftersales_registration_user_id", readonly=False
    )
    aftersales_provision_journal_id = fields.Many2one(
        related="company_id.aftersales_provision_journal_id", readonly=False
    )
    aftersales_provision_account_id = fields.Many2one(
        related="company_id.aftersales_provision_account_id", readonly=False
    )
    aftersales_provision_expense_account_id = fields.Many2one(
        related="company_id.aftersales_provision_expense_account_id", readonly=False
    )
    aftersales_provision_used_account_id = fields.Many2one(
        related="company_id.aftersales_provision_used_account_id", readonly=False
    )
    aftersales_terms_on_quotation = fields.Boolean(
        related="company_id.aftersales_terms_on_quotation", readonly=False
    )
    aftersales_certificate_on_delivery = fields.Boolean(
        related="company_id.aftersales_certificate_on_delivery", readonly=False
    )
    aftersales_warranty_check = fields.Boolean(
        related="company_id.aftersales_warranty_check", readonly=False
    )
    aftersales_guest_cases = fields.Boolean(
        related="company_id.aftersales_guest_cases", readonly=False
    )
    aftersales_guest_returns = fields.Boolean(
        related="company_id.aftersales_guest_returns", readonly=False
    )
    aftersales_visit_join = fields.Boolean(
        related="company_id.aftersales_visit_join", readonly=False
    )
    aftersales_visit_buffer = fields.Float(
        related="company_id.aftersales_visit_buffer", readonly=False
    )
    aftersales_visit_mails = fields.Boolean(
        related="company_id.aftersales_visit_mails", readonly=False
    )
    aftersales_visit_reminder_days = fields.Integer(
        related="company_id.aftersales_visit_reminder_days", readonly=False
    )
    aftersales_contract_invoice_post = fields.Selection(
        related="company_id.aftersales_contract_invoice_post", readonly=False
    )
    aftersales_contract_invoice_grouping = fields.Selection(
        related="company_id.aftersales_contract_invoice_grouping", readonly=False
    )
    aftersales_visit_labour_product_id = fields.Many2one(
        related="company_id.aftersales_visit_labour_product_id", readonly=False
    )
    aftersales_visit_travel_product_id = fields.Many2one(
        related="company_id.aftersales_visit_travel_product_id", readonly=False
    )
    aftersales_quiet_from = fields.Float(
        related="company_id.aftersales_quiet_from", readonly=False
    )
    aftersales_quiet_to = fields.Float(
        related="company_id.aftersales_quiet_to", readonly=False
    )
    aftersales_mail_requested = fields.Boolean(
        related="company_id.aftersales_mail_requested", readonly=False
    )
    aftersales_mail_proposed = fields.Boolean(
        related="company_id.aftersales_mail_proposed", readonly=False
    )
    aftersales_mail_approved = fields.Boolean(
        related="company_id.aftersales_mail_approved", readonly=False
    )
    aftersales_mail_rejected = fields.Boolean(
        related="company_id.aftersales_mail_rejected", readonly=False
    )
    aftersales_mail_received = fields.Boolean(
        related="company_id.aftersales_mail_received", readonly=False
    )
    aftersales_mail_replaced = fields.Boolean(
        related="company_id.aftersales_mail_replaced", readonly=False
    )
    aftersales_mail_refunded = fields.Boolean(
        related="company_id.aftersales_mail_refunded", readonly=False
    )
    aftersales_mail_done = fields.Boolean(
        related="company_id.aftersales_mail_done", readonly=False
    )
    aftersales_late_decision_days = fields.Integer(
        related="company_id.aftersales_late_decision_days", readonly=False
    )
    aftersales_late_receipt_days = fields.Integer(
        related="company_id.aftersales_late_receipt_days", readonly=False
    )
    aftersales_late_inspection_days = fields.Integer(
        related="company_id.aftersales_late_inspection_days", readonly=False
    )
    aftersales_late_refund_days = fields.Integer(
        related="company_id.aftersales_late_refund_days", readonly=False
    )
    aftersales_claim_limit = fields.Float(
        related="company_id.aftersales_claim_limit", readonly=False
    )
    aftersales_flag_returns = fields.Integer(
        related="company_id.aftersales_flag_returns", readonly=False
    )
    aftersales_flag_share = fields.Float(
        related="company_id.aftersales_flag_share", readonly=False
    )
    aftersales_flag_used_units = fields.Float(
        related="company_id.aftersales_flag_used_units", readonly=False
    )
    aftersales_flag_used_share = fields.Float(
        related="company_id.aftersales_flag_used_share", readonly=False
    )
    aftersales_flag_serial = fields.Boolean(
        related="company_id.aftersales_flag_serial", readonly=False
    )
    aftersales_visit_self_service = fields.Boolean(
        related="company_id.aftersales_visit_self_service", readonly=False
    )
    aftersales_visit_change_hours = fields.Integer(
        related="company_id.aftersales_visit_change_hours", readonly=False
    )
    aftersales_visit_signature = fields.Selection(
        related="company_id.aftersales_visit_signature", readonly=False
    )
