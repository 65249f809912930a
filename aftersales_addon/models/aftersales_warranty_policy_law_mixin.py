from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

# The texts that the law asks for, as they are kept with each version of a policy.
LAW_TEXTS = ("covered", "excluded", "remedy", "procedure", "territory", "dispute")
# What a change of a published policy must leave complete.
CHECKED = (
    "publication_state",
    "law",
    "law_title",
    "law_beneficiary",
    "law_limits_implied",
    "law_excludes_damages",
    "law_second_hand",
    "law_tie_in_reason",
    "guarantor_id",
    "kind",
    "duration",
    "duration_unit",
    "line_ids",
    "terms",
    "start_event",
    "transfer",
    "transfer_product_id",
    "usage_limit",
    "company_id",
    *(f"law_{name}" for name in LAW_TEXTS),
)


class AftersalesWarrantyPolicyLawMixin(models.AbstractModel):
    """What consumer law asks of a written warranty, and whether it is published.

    The rules and their sources are listed in ``docs/law.md``: for the United States
    15 U.S.C. 2301-2312 and 16 CFR 700-702, for the European Union the Directives
    (EU) 2019/771 and 2024/1799.
    """

    _name = "aftersales.warranty.policy.law.mixin"
    _inherit = [
        "aftersales.law.terms.mixin",
        "aftersales.warranty.policy.law.check.mixin",
        "aftersales.warranty.policy.promise.mixin",
    ]
    _description = "Warranty Policy under Consumer Law"

    law = fields.Selection(
        [
            ("none", "Not checked"),
            ("us_consumer", "United States"),
            ("eu_consumer", "European Union"),
        ],
        string="Consumer Law",
        required=True,
        default="none",
        tracking=True,
        help="Where consumers are offered this warranty. What the law there asks of "
        "its text is checked before the policy is published, and printed for the "
        "customer.",
    )
    publication_state = fields.Selection(
        [("draft", "Draft"), ("published", "Published")],
        string="Publication",
        required=True,
        default="published",
        readonly=True,
        copy=False,
        tracking=True,
        help="Units get the warranty while the policy is published. What was sold "
        "keeps its warranty.",
    )
    guarantor_id = fields.Many2one(
        "res.partner",
        string="Given By",
        help="Who owes the warranty, with name and address for the customer. Empty: "
        "the company that sells.",
    )
    law_title = fields.Selection(
        [("full", "Full warranty"), ("limited", "Limited warranty")],
        string="Title",
        tracking=True,
        help="A full warranty repairs free of charge for everybody who owns the "
        "product, gives the choice of a refund or a new product when repairs fail, "
        "and does not shorten rights that state law gives. Any other is limited.",
    )
    law_beneficiary = fields.Selection(
        [
            ("owner", "Everybody who owns the product while it lasts"),
            ("buyer", "The first buyer only"),
        ],
        string="Who Is Covered",
        default="owner",
    )
    law_covered = fields.Text(
        string="What Is Covered",
        translate=True,
        help="Which products, parts or defects, in simple words.",
    )
    law_excluded = fields.Text(string="What Is Not Covered", translate=True)
    law_remedy = fields.Text(
        string="What You Do, and Who Pays",
        translate=True,
        help="Repair, replacement or refund; what is free of charge and what the "
        "customer pays.",
    )
    law_procedure = fields.Text(
        string="How to Claim",
        translate=True,
        help="Step by step: whom to write to or call, what to send along.",
    )
    law_territory = fields.Char(
        string="Where It Holds", translate=True, help="e.g. in the European Union"
    )
    law_dispute = fields.Text(
        string="Settling Disputes",
        translate=True,
        help="Only if there is an informal procedure to settle disputes: its name, "
        "how to reach it, and whether the customer must use it first.",
    )
    law_limits_implied = fields.Boolean(
        string="Shortens Implied Warranties",
        help="Rights that state law gives without being written down end together "
        "with this warranty. The sentence that the law asks for is printed.",
    )
    law_excludes_damages = fields.Boolean(
        string="Excludes Consequential Damages",
        help="Incidental and consequential damages are not paid. The sentence that "
        "the law asks for is printed.",
    )
    law_second_hand = fields.Boolean(
        string="Second-Hand Goods",
        help="Many countries let a seller agree on one year instead of two.",
    )
    law_tie_in_reason = fields.Text(
        string="Why These Words Are Lawful",
        help="e.g. the parts are free of charge under the warranty, or the "
        "authority has waived the rule.",
    )
    law_gaps = fields.Text(string="Missing", compute="_compute_law_gaps")
    law_tie_ins = fields.Text(string="Words to Check", compute="_compute_law_gaps")

    @api.depends(*CHECKED)
    @api.depends_context("lang", "company")
    def _compute_law_gaps(self):
        for policy in self:
            policy.law_gaps = "\n".join(policy._get_law_gaps())
            policy.law_tie_ins = "\n".join(policy._get_tie_ins())

    @api.onchange("law", "kind")
    def _onchange_law(self):
        if self.law != "none" and not self._origin:
            self.publication_state = "draft"
        if self.law == "eu_consumer" and self.kind == "statutory":
            # Directive (EU) 2019/771, article 10, with the 12 months that Directive
            # (EU) 2024/1799 adds once after a repair.
            self.start_event = "delivery"
            if not self.repair_prolongation:
                self.repair_prolongation = 12
                self.repair_prolongation_unit = "month"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("law", "none") != "none":
                vals.setdefault("publication_state", "draft")
        return super().create(vals_list)

    @api.constrains(*CHECKED)
    def _check_law(self):
        """A published policy always has what the law asks for."""
        for policy in self:
            if policy.publication_state != "published":
                continue
            gaps = policy._get_law_gaps()
            if gaps:
                raise ValidationError(policy._format_law_gaps(gaps))

    def _check_law_at_the_end(self):
        """Check these policies when the present transaction has done all it does.

        Coverage lines are changed one after the other: a line that is deleted to
        make room for another must not be refused for the moment in between.
        """
        published = self.filtered(
            lambda p: p.law != "none" and p.publication_state == "published"
        )
        if published:
            self.env.cr.precommit.add(lambda: published.exists()._check_law())

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        # Texts of other languages are stored without a write.
        result = super()._update_field_translations(
            field_name, translations, digest=digest, source_lang=source_lang
        )
        if field_name in CHECKED:
            self._check_law()
        return result

    def action_publish(self):
        """Let units be sold under these policies, when nothing is missing.

        :raises UserError: names what the law asks for and is not there, and where
            to fill it in
        """
        self.check_access("write")
        for policy in self.filtered(lambda p: p.publication_state == "draft"):
            gaps = policy._get_law_gaps()
            if gaps:
                raise UserError(policy._format_law_gaps(gaps))
            policy.publication_state = "published"

    def action_withdraw(self):
        """Stop selling under these policies. What was sold keeps its warranty."""
        self.check_access("write")
        self.filtered(
            lambda p: p.publication_state == "published"
        ).publication_state = "draft"

    def _format_law_gaps(self, gaps):
        self.ensure_one()
        return self.env._(
            "“%(policy)s” cannot be published yet. Under “Consumer Law” on its form, "
            "these are missing or not allowed:\n%(gaps)s\n\nA policy in use is taken "
            "back to draft with “Withdraw” first.",
            policy=self.name,
            gaps="\n".join(f"• {gap}" for gap in gaps),
        )

    def _is_in_effect(self):
        return super()._is_in_effect() and self.publication_state == "published"

    def _prepare_options(self):
        options = super()._prepare_options()
        if self.law != "none":
            options["law"] = self._get_law_data()
        return options

    def _get_law_data(self):
        """Return the contents under consumer law, in all languages.

        :return: values that JSON can hold; empty when no law is checked
        :rtype: dict
        """
        self.ensure_one()
        if self.law == "none":
            return {}
        # sudo: who delivers may not read the address of who gives the warranty.
        guarantor = self.sudo().guarantor_id
        return {
            "law": self.law,
            "title": self.law_title,
            "beneficiary": self.law_beneficiary,
            "limits_implied": self.law_limits_implied,
            "excludes_damages": self.law_excludes_damages,
            "guarantor": self._describe_guarantor(guarantor) if guarantor else None,
            "texts": self._get_law_texts(),
        }

    def _get_repair_prolongation(self):
        return self.repair_prolongation, self.repair_prolongation_unit or "month"

    def _get_law_texts(self):
        """Return ``{name: {language: text}}``, all of them in one query."""
        self.ensure_one()
        columns = [f"law_{name}" for name in LAW_TEXTS]
        if not self._origin:
            lang = self.env.lang or "en_US"
            texts = {n: self[c] for n, c in zip(LAW_TEXTS, columns, strict=True)}
            return {name: {lang: text} for name, text in texts.items() if text}
        self.flush_recordset(columns)
        self.env.cr.execute(
            SQL(
                "SELECT %s FROM aftersales_warranty_policy WHERE id = %s",
                SQL(", ").join(SQL.identifier(column) for column in columns),
                self._origin.id,
            )
        )
        row = self.env.cr.fetchone() or ()
        return {n: t for n, t in zip(LAW_TEXTS, row, strict=False) if t}
