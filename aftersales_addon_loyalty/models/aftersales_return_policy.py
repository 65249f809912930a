from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

PROGRAMS = ("gift_card", "ewallet")


class AftersalesReturnPolicy(models.Model):
    _inherit = "aftersales.return.policy"

    allow_credit = fields.Boolean(string="Allow Store Credit", default=True)
    credit_program_id = fields.Many2one(
        "loyalty.program",
        string="Store Credit As",
        domain=[("program_type", "in", PROGRAMS)],
        check_company=True,
        groups="aftersales_addon.aftersales_group_manager",
        help="The gift cards or eWallets that returns are paid back with. Empty: the "
        "first programme of the company.",
    )
    credit_bonus = fields.Float(
        string="More as Store Credit (%)",
        help="On top of the refund, for customers who take store credit.",
    )
    has_credit_program = fields.Boolean(
        compute="_compute_has_credit_program", compute_sudo=True
    )

    _credit_bonus_range = models.Constraint(
        "CHECK (credit_bonus >= 0 AND credit_bonus <= 100)",
        "What is given on top is between 0 and 100 %.",
    )

    @api.depends("credit_program_id", "company_id")
    @api.depends_context("company")
    def _compute_has_credit_program(self):
        for policy in self:
            company = policy.company_id or self.env.company
            policy.has_credit_program = bool(policy._get_credit_program(company))

    @api.constrains("credit_program_id")
    def _check_credit_program(self):
        for policy in self.sudo():
            program = policy.credit_program_id
            if program and program.program_type not in PROGRAMS:
                raise ValidationError(
                    self.env._(
                        "%s is neither for gift cards nor for eWallets.", program.name
                    )
                )

    def _get_allowed_remedies(self):
        codes = super()._get_allowed_remedies()
        if "credit" in codes and not self.has_credit_program:
            codes.remove("credit")
        return codes

    def _get_credit_program(self, company):
        """Return the programme that returns are paid back with, may be empty.

        :param company: ``res.company`` of the return
        """
        # sudo: an agent need not have rights on programmes.
        Program = self.env["loyalty.program"].sudo()
        own = self.sudo().credit_program_id
        if own and own.active and own.company_id in (company, company.browse()):
            return own
        return Program.search(
            Domain("program_type", "in", PROGRAMS)
            & Domain("company_id", "in", [False, company.id])
            & Domain("rule_ids.product_ids", "!=", False),
            # The company's own before one for all.
            order="company_id, sequence, id",
            limit=1,
        )

    def action_create_credit_program(self):
        """Create a programme of gift cards, and use it.

        A policy of all companies finds the programme of each.
        """
        self.ensure_one()
        self.check_access("write")
        company = self.company_id or self.env.company
        if not self.env.user.has_group("aftersales_addon.aftersales_group_manager"):
            raise UserError(self.env._("A manager of After-Sales has to do this."))
        # sudo: whoever decides on return policies may have their programme made.
        Program = self.env["loyalty.program"].sudo().with_company(company)
        vals = Program._get_template_values()["gift_card"]
        program = Program.create(
            {
                **vals,
                "name": self.env._("Store Credit"),
                "company_id": company.id,
            }
        )
        if not program.trigger_product_ids:
            product = self.env["product.product"].sudo()
            program.trigger_product_ids = product.create(
                {
                    "name": self.env._("Store Credit"),
                    "type": "service",
                    "purchase_ok": False,
                    "taxes_id": False,
                }
            )
        if self.company_id:
            self.sudo().credit_program_id = program
        return True
