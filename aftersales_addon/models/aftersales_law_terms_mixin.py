from odoo import models
from odoo.tools import is_html_empty


class AftersalesLawTermsMixin(models.AbstractModel):
    """The terms that a customer reads, put in order from what the law asks for.

    A policy tells what a unit sold today would get; a version of it what was sold.
    """

    _name = "aftersales.law.terms.mixin"
    _description = "Warranty Terms for Customers"

    def _get_law_data(self):
        """Return what the law asks for; empty when no law is checked."""
        self.ensure_one()
        return {}

    def _get_law_title(self):
        """Return the title that 15 U.S.C. 2303 asks for, in capitals, or False.

        16 CFR 700.6(a): a caption, clear of the text, and no other title.
        """
        self.ensure_one()
        title = self._get_law_data().get("title")
        if title == "full":
            return self.env._("FULL (%s) WARRANTY", self.duration_label.upper())
        return self.env._("LIMITED WARRANTY") if title == "limited" else False

    def _describe_guarantor(self, partner):
        """Return name and address of who owes a warranty."""
        lines = partner._display_address(without_company=True).split("\n")
        return {
            "name": partner.commercial_company_name or partner.name,
            "address": "\n".join(line.strip() for line in lines if line.strip()),
            "contact": " · ".join(filter(None, (partner.phone, partner.email))),
        }

    def _get_customer_terms(self, company, goods=None):
        """Return all that a customer reads about the warranty.

        :param company: the ``res.company`` that sells
        :param goods: names of the goods; those named around the terms if not given
        :return: ``{"title", "sections", "terms"}``: a caption or False, a list of
            ``{"heading", "text", "strong"}``, and HTML or False
        """
        self.ensure_one()
        law = self._get_law_data()
        sections = []
        if law.get("law") == "us_consumer":
            sections = self._get_us_sections(law, company)
        elif law and self.kind == "statutory":
            sections = self._get_eu_statutory_sections(law, company)
        elif law:
            sections = self._get_eu_guarantee_sections(law, company, goods)
        return {
            "title": self._get_law_title(),
            "sections": [section for section in sections if section["text"]],
            "terms": False if is_html_empty(self.terms) else self.terms,
        }

    def _has_customer_terms(self):
        return bool(self._get_law_data()) or not is_html_empty(self.terms)

    def _get_terms_label(self):
        """Return the warranty in one line: title, name and term."""
        self.ensure_one()
        label = self.env._(
            "%(name)s (%(term)s)", name=self.name, term=self.duration_label
        )
        title = self._get_law_title()
        return f"{title}: {label}" if title else label

    def _render_customer_terms(self, company, goods=None, named=True):
        """Return all that a customer reads about the warranty as HTML.

        :param bool named: whether the name of the warranty stands above its terms
        """
        self.ensure_one()
        return self.env["ir.qweb"]._render(
            "aftersales_addon.aftersales_warranty_terms",
            {
                "promise": self,
                "named": named,
                "content": self._get_customer_terms(company, goods),
            },
        )

    def _law_text(self, law, name):
        """Return a text in the reader's language, else in English, else any."""
        texts = law.get("texts", {}).get(name) or {}
        lang = self.env.lang or "en_US"
        return texts.get(lang) or texts.get("en_US") or next(iter(texts.values()), "")

    def _law_guarantor(self, law, company):
        # sudo: the customer reads who owes the warranty, with name and address.
        guarantor = law.get("guarantor")
        guarantor = guarantor or self._describe_guarantor(company.sudo().partner_id)
        lines = (guarantor["name"], guarantor["address"], guarantor["contact"])
        return "\n".join(filter(None, lines))

    def _section(self, heading, text, strong=False):
        return {"heading": heading, "text": text, "strong": strong}

    def _get_start_text(self):
        """Return when the warranty starts and how long it lasts, in words."""
        starts = {
            "delivery": self.env._("from the delivery"),
            "invoice": self.env._("from the first invoice"),
            "order": self.env._("from the confirmation of the order"),
            "registration": self.env._("from the registration of the product"),
            "installation": self.env._("from the installation"),
        }
        return self.env._(
            "%(term)s %(start)s",
            term=self.duration_label,
            start=starts.get(self.start_event, ""),
        )

    def _get_repair_prolongation(self):
        """Return by how much a repair prolongs the warranty: ``(count, unit)``."""
        self.ensure_one()
        return 0, "month"

    def _get_eu_choice_text(self):
        """Directive (EU) 2019/771, article 13(2a): what is told before a remedy."""
        lines = [
            self.env._(
                "You choose between repair and replacement, unless one of the two is "
                "impossible or its costs are out of proportion."
            )
        ]
        count, unit = self._get_repair_prolongation()
        if count:
            Policy = self.env["aftersales.warranty.policy"]
            lines.append(
                self.env._(
                    "A repair extends the time in which the seller is liable, once by "
                    "%s.",
                    Policy._format_duration(count, unit),
                )
            )
        return "\n".join(lines)

    def _get_us_sections(self, law, company):
        """16 CFR 701.3(a) and 701.4, in the order in which people ask."""
        return [
            self._section(
                self.env._("Who gives this warranty"), self._law_guarantor(law, company)
            ),
            self._section(
                self.env._("Who is covered"),
                self.env._("The first buyer of the product, nobody after them.")
                if law.get("beneficiary") == "buyer"
                else self.env._("Everybody who owns the product while it lasts."),
            ),
            *self._get_us_limits(law),
            *self._get_cover_sections(law),
            self._section(self.env._("How to claim"), self._law_text(law, "procedure")),
            self._section(
                self.env._("Registration"),
                self.env._("The warranty starts only when the product is registered.")
                if self.start_event == "registration"
                else self.env._("The warranty holds without any registration."),
            ),
            self._section(
                self.env._("Settling disputes"), self._law_text(law, "dispute")
            ),
            self._section(
                self.env._("Your rights"),
                # The sentence of 16 CFR 701.3(a)(9).
                self.env._(
                    "This warranty gives you specific legal rights, and you may also "
                    "have other rights which vary from State to State."
                ),
                strong=True,
            ),
        ]

    def _get_us_limits(self, law):
        """15 U.S.C. 2304(a)(3), 2308(b); the sentences of 16 CFR 701.3(a)(7), (8)."""
        sections = []
        if law.get("limits_implied") and law.get("title") != "full":
            text = self.env._(
                "Any implied warranty, such as those of merchantability and of "
                "fitness for a particular purpose, is limited in duration to the "
                "duration of this written warranty. Some States do not allow "
                "limitations on how long an implied warranty lasts, so the above "
                "limitation may not apply to you."
            )
            heading = self.env._("Implied warranties")
            sections.append(self._section(heading, text, strong=True))
        if law.get("excludes_damages"):
            text = self.env._(
                "Incidental and consequential damages are not paid under this "
                "warranty. Some States do not allow the exclusion or limitation of "
                "incidental or consequential damages, so the above limitation or "
                "exclusion may not apply to you."
            )
            heading = self.env._("Damages")
            sections.append(self._section(heading, text, strong=True))
        return sections

    def _get_cover_sections(self, law):
        remedy = self._law_text(law, "remedy")
        if law.get("title") == "full":
            # 15 U.S.C. 2304(a)(4)
            full = self.env._(
                "If the product cannot be repaired after a reasonable number of "
                "attempts, you may choose a refund or a new product, free of charge."
            )
            remedy = f"{remedy}\n{full}" if remedy else full
        return [
            self._section(
                self.env._("What is covered"), self._law_text(law, "covered")
            ),
            self._section(
                self.env._("What is not covered"), self._law_text(law, "excluded")
            ),
            self._section(self.env._("How long it holds"), self._get_start_text()),
            self._section(
                self.env._("Where it holds"), self._law_text(law, "territory")
            ),
            self._section(self.env._("What is done, and who pays"), remedy),
        ]

    def _get_eu_guarantee_sections(self, law, company, goods):
        """Directive (EU) 2019/771, article 17(2), second subparagraph, (a) to (e)."""
        return [
            self._section(
                self.env._("Your legal rights"),
                self.env._(
                    "By law you are entitled to remedies from the seller, free of "
                    "charge, when the goods do not conform to the contract. This "
                    "guarantee does not affect those remedies."
                ),
                strong=True,
            ),
            self._section(
                self.env._("Who gives this guarantee"),
                self._law_guarantor(law, company),
            ),
            self._section(
                self.env._("For which goods"),
                ", ".join(goods)
                if goods
                else self.env._("The goods that are named with this guarantee."),
            ),
            *self._get_cover_sections(law),
            self._section(self.env._("How to claim"), self._law_text(law, "procedure")),
        ]

    def _get_eu_statutory_sections(self, law, company):
        """Directive (EU) 2019/771, articles 10(1), 13(2), 13(2a) and 14(1)."""
        return [
            self._section(
                self.env._("Your legal rights"),
                self.env._(
                    "The seller is liable by law for any lack of conformity that "
                    "exists when the goods are delivered and shows within %s. The "
                    "goods are repaired or replaced free of charge, within a "
                    "reasonable time and without significant inconvenience; the law "
                    "says when you may have the price reduced or step back from the "
                    "contract instead.",
                    self.duration_label,
                ),
            ),
            self._section(
                self.env._("Repair or replacement"), self._get_eu_choice_text()
            ),
            self._section(
                self.env._("Who is liable"), self._law_guarantor(law, company)
            ),
            self._section(self.env._("How to claim"), self._law_text(law, "procedure")),
        ]
