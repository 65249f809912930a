from odoo import api, fields, models


class AftersalesWarrantyPolicyStatutoryMixin(models.AbstractModel):
    """The legal guarantee beside a commercial one, and ready-made policies.

    Directive (EU) 2019/771 gives consumers two years from the seller, whatever else
    is promised; a commercial guarantee (article 17) only adds to that.
    """

    _name = "aftersales.warranty.policy.statutory.mixin"
    _description = "Legal Guarantee beside Warranty Policies"

    law_statutory_gap = fields.Char(
        string="Without a Legal Guarantee",
        compute="_compute_law_statutory_gap",
        help="Products, categories and companies that give this guarantee without "
        "the legal one beside it.",
    )

    @api.depends("law", "kind", "publication_state", "active")
    @api.depends_context("company")
    def _compute_law_statutory_gap(self):
        for policy in self:
            names = [
                holder.display_name
                for holder in policy._origin._get_holders_without_statutory()
            ]
            shown = ", ".join(names[:5])
            more = len(names) - 5
            policy.law_statutory_gap = (
                self.env._("%(names)s and %(count)s more", names=shown, count=more)
                if more > 0
                else shown
            )

    def _get_holders_without_statutory(self):
        """Return what gives this EU guarantee without a legal one beside it.

        :return: a list of products, product categories and companies
        """
        if not self or self.law != "eu_consumer" or self.kind == "statutory":
            return []
        if not self._is_in_effect():
            return []
        company = self.company_id or self.env.company
        found = []
        for model in (
            "product.product",
            "product.template",
            "product.category",
            "res.company",
        ):
            # sudo: only names are shown; the user decides on policies of all levels.
            domain = [("aftersales_policy_ids", "in", self.ids)]
            for holder in self.env[model].sudo().search(domain):
                if not holder._aftersales_has_statutory(company):
                    found.append(holder)
        return found

    def action_add_statutory(self):
        """Put the legal guarantee beside this one, wherever it is missing."""
        self.ensure_one()
        self.check_access("write")
        holders = self._get_holders_without_statutory()
        if not holders:
            return
        statutory = self._get_statutory_policy(self.company_id)
        for holder in holders:
            # The name of the level is all that was read as superuser.
            holder.with_env(self.env)._aftersales_add_policy(statutory)

    @api.model
    def _get_statutory_policy(self, company):
        """Return the published EU legal guarantee of a company, made when missing.

        :param company: ``res.company``; empty for a policy that all companies share
        """
        policy = self.search(
            [
                ("law", "=", "eu_consumer"),
                ("kind", "=", "statutory"),
                ("publication_state", "=", "published"),
                ("law_second_hand", "=", False),
                ("company_id", "in", [False, company.id]),
            ],
            order="company_id, id",
            limit=1,
        )
        if not policy:
            policy = self._create_standard_policies(["eu_statutory"], company)
            policy.action_publish()
        return policy

    @api.model
    def _create_standard_policies(self, codes, company):
        """Create ready-made policies, as drafts, in all installed languages.

        :param list codes: keys of ``_prepare_standard_policies``
        :param company: ``res.company``, empty for all
        """
        prepared = self._prepare_standard_policies()
        policies = self.create(
            [{**prepared[code], "company_id": company.id} for code in codes]
        )
        own = self.env.lang or "en_US"
        for lang, _name in self.env["res.lang"].get_installed():
            if lang == own:
                continue
            translated = self.with_context(lang=lang)._prepare_standard_policies()
            for policy, code in zip(policies, codes, strict=True):
                policy.with_context(lang=lang).write(
                    {
                        name: value
                        for name, value in translated[code].items()
                        if self._fields[name].translate
                    }
                )
        return policies

    @api.model
    def _prepare_standard_policies(self):
        """Return values of the ready-made policies by their code."""

        def lines(*items):
            return [
                fields.Command.create({"item": item, "share": 100.0}) for item in items
            ]

        procedure = self.env._(
            "1. Write to us or call us, with the serial number and the invoice.\n"
            "2. Describe the defect; a photo helps.\n"
            "3. We tell you where to send the product, or come to you."
        )
        remedy = self.env._(
            "We repair the product, or replace it, free of charge. Parts, labour and "
            "shipping are included."
        )
        common = {
            "law_covered": self.env._("Defects in material and workmanship."),
            "law_excluded": self.env._(
                "Wear by normal use, and damage caused by accidents or by use against "
                "the instructions."
            ),
            "law_remedy": remedy,
            "law_procedure": procedure,
            "line_ids": lines("parts", "labour", "shipping"),
        }
        return {
            "eu_statutory": {
                "name": self.env._("Legal guarantee"),
                "kind": "statutory",
                "law": "eu_consumer",
                "duration": 2,
                "duration_unit": "year",
                "repair_prolongation": 12,
                "repair_prolongation_unit": "month",
                "law_procedure": procedure,
                "line_ids": lines("parts", "labour", "shipping"),
            },
            "eu_guarantee": {
                **common,
                "name": self.env._("Manufacturer's guarantee"),
                "kind": "manufacturer",
                "law": "eu_consumer",
                "duration": 3,
                "duration_unit": "year",
                "law_territory": self.env._("In the European Union"),
            },
            "us_limited": {
                **common,
                "name": self.env._("Product warranty, limited"),
                "kind": "manufacturer",
                "law": "us_consumer",
                "law_title": "limited",
                "law_beneficiary": "owner",
                "duration": 1,
                "duration_unit": "year",
            },
            "us_full": {
                **common,
                "name": self.env._("Product warranty, full"),
                "kind": "manufacturer",
                "law": "us_consumer",
                "law_title": "full",
                "law_beneficiary": "owner",
                "duration": 1,
                "duration_unit": "year",
            },
        }
