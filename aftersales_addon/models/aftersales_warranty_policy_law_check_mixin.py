from odoo import models

from ..tools.tie_in import find_tie_ins, plain_text

COMMERCIAL = ("manufacturer", "extended", "contract")
# Sold apart for a price of their own: contracts for service, not written warranties
# that carry a title (15 U.S.C. 2301(6) and (8)).
SOLD_APART = ("extended", "contract")


class AftersalesWarrantyPolicyLawCheckMixin(models.AbstractModel):
    """What is missing from a policy before consumers may be offered it.

    Each rule names its source; ``docs/law.md`` says where each was read.
    """

    _name = "aftersales.warranty.policy.law.check.mixin"
    _description = "Check of a Warranty Policy against Consumer Law"

    def _get_law_gaps(self):
        """Return what the law asks for and the policy does not say, in words.

        :return: a list of sentences; empty when the policy may be published
        """
        self.ensure_one()
        if self.law == "us_consumer":
            return [
                *self._get_common_gaps(),
                *self._get_us_gaps(),
                *self._get_full_warranty_gaps(),
                *self._get_tie_in_gaps(),
            ]
        if self.law == "eu_consumer" and self.kind == "statutory":
            return [*self._get_address_gaps(), *self._get_eu_statutory_gaps()]
        if self.law == "eu_consumer":
            return [*self._get_common_gaps(), *self._get_eu_guarantee_gaps()]
        return []

    def _get_common_gaps(self):
        """What both 16 CFR 701.3(a)(2), (3), (5) and 2019/771 art. 17(2) ask for."""
        needed = {
            "law_covered": self.env._("What is covered: products, parts or defects."),
            "law_remedy": self.env._("What is done after a defect, and who pays."),
            "law_procedure": self.env._("How to claim, step by step."),
        }
        gaps = [
            text for name, text in needed.items() if not plain_text(self[name]).strip()
        ]
        return gaps + self._get_address_gaps()

    def _get_address_gaps(self):
        """Name and address: 16 CFR 701.3(a)(5), 2019/771 art. 17(2)(b)."""
        # sudo: only whether an address is there is told.
        company = self.company_id or self.env.company
        guarantor = self.sudo().guarantor_id or company.sudo().partner_id
        if guarantor.street and guarantor.city:
            return []
        return [
            self.env._(
                "The postal address of %s, on its contact: street and city.",
                guarantor.display_name,
            )
        ]

    def _get_us_gaps(self):
        """16 CFR 701.3(a)(1) and 15 U.S.C. 2303."""
        gaps = []
        if not self.law_beneficiary:
            gaps.append(self.env._("Who is covered."))
        if not self.law_title and self.kind not in SOLD_APART:
            gaps.append(self.env._("The title: full or limited warranty."))
        if self.law_beneficiary == "buyer" and self.transfer == "yes":
            gaps.append(
                self.env._(
                    "The first buyer only is covered, but the warranty goes with the "
                    "unit when it changes hands. Change one of the two."
                )
            )
        return gaps

    def _get_full_warranty_gaps(self):
        """15 U.S.C. 2304 and 16 CFR 700.6(b), 700.7: what "full" promises."""
        if self.law_title != "full":
            return []
        rules = [
            (
                self._covers_all_free_of_charge("parts", "labour"),
                # 15 U.S.C. 2304(a)(1) and (4), (d)
                self.env._(
                    "A full warranty repairs without charge: parts and labour are "
                    "covered with 100 % as long as it lasts."
                ),
            ),
            (
                not self.law_limits_implied,
                # 15 U.S.C. 2304(a)(2)
                self.env._("A full warranty does not shorten implied warranties."),
            ),
            (
                self.law_beneficiary != "buyer" and self.transfer == "yes",
                # 15 U.S.C. 2304(b)(4), 16 CFR 700.6(b)
                self.env._(
                    "A full warranty holds for everybody who owns the product: it "
                    "goes with the unit when it changes hands."
                ),
            ),
            (
                not self._has_transfer_fee(),
                # 15 U.S.C. 2304(b)(1)
                self.env._("A full warranty is passed on without a fee."),
            ),
            (
                self.start_event != "registration",
                # 16 CFR 700.7(b)
                self.env._(
                    "A full warranty does not depend on a registration: let it start "
                    "with the delivery."
                ),
            ),
        ]
        return [text for holds, text in rules if not holds]

    def _has_transfer_fee(self):
        return "transfer_product_id" in self._fields and bool(self.transfer_product_id)

    def _get_eu_statutory_gaps(self):
        """Directive (EU) 2019/771, articles 10(1), 10(6) and 14(1)."""
        gaps = []
        if not self._is_longer_than(1 if self.law_second_hand else 2, "year"):
            gaps.append(
                self.env._("One year at least, for second-hand goods.")
                if self.law_second_hand
                else self.env._("Two years at least.")
            )
        if self.start_event != "delivery":
            gaps.append(self.env._("The legal guarantee starts with the delivery."))
        if not self._covers_all_free_of_charge("parts", "labour", "shipping"):
            gaps.append(
                self.env._(
                    "Free of charge: parts, labour and shipping are covered with "
                    "100 % as long as it lasts."
                )
            )
        if self.usage_limit:
            gaps.append(self.env._("The legal guarantee has no limit of usage."))
        return gaps

    def _get_eu_guarantee_gaps(self):
        """Directive (EU) 2019/771, article 17(2)(e); § 479(1) No. 5 of the BGB."""
        if self.law_territory:
            return []
        return [self.env._("Where it holds, e.g. in the European Union.")]

    def _covers_all_free_of_charge(self, *items):
        covered = {
            line.item
            for line in self.line_ids
            if line.share >= 100
            and not line.product_categ_id
            and (
                not line.duration
                or (line.duration, line.duration_unit)
                == (self.duration, self.duration_unit)
            )
        }
        # A rule that covers one category of goods less takes it out again.
        less = {line.item for line in self.line_ids if line.share < 100}
        return set(items) <= covered - less

    def _get_tie_ins(self):
        """Return sentences that end the warranty with others' parts or service.

        15 U.S.C. 2302(c) and 16 CFR 700.10 forbid them; elsewhere they are worth a
        second look.
        """
        self.ensure_one()
        texts = [
            self.terms,
            self.law_covered,
            self.law_excluded,
            self.law_remedy,
            self.law_procedure,
        ]
        if self._origin:
            texts += self._get_stored_texts()
        found = [sentence for text in texts for sentence in find_tie_ins(text)]
        return list(dict.fromkeys(found))

    def _get_stored_texts(self):
        """Return the texts in all languages."""
        by_name = self._get_law_texts()
        terms = self._fields["terms"]._get_stored_translations(self._origin) or {}
        return [
            text
            for texts in (terms, *by_name.values())
            for text in texts.values()
            if text
        ]

    def _get_tie_in_gaps(self):
        if self.law_tie_in_reason:
            return []
        return [
            self.env._(
                "These words tie the warranty to your parts or service: “%s”. Say "
                "instead that damage which such parts or service cause is not "
                "covered, or note why the words are lawful.",
                sentence,
            )
            for sentence in self._get_tie_ins()
        ]
