from odoo import api, models

CONTRACTS_URL = "/my/contracts"
PAPER = "aftersales_addon.aftersales_contract_report"
# So many visits are listed on the page of a contract; the rest is on its own page.
SHOWN_VISITS = 20
SHOWN_INVOICES = 24
OVER = ("done", "not_done", "cancelled")


class AftersalesContractPortalMixin(models.AbstractModel):
    """What the customer reads of a contract."""

    _name = "aftersales.contract.portal.mixin"
    _inherit = ["aftersales.customer.document.mixin"]
    _description = "Contract on the Portal"

    @api.model
    def _get_portal_domain(self, partner):
        """Return the domain of what a customer finds on the portal.

        :param partner: ``res.partner`` who looks
        """
        return [
            *partner._aftersales_get_portal_domain(),
            "|",
            "|",
            ("state", "in", ("running", "paused", "to_renew", "ended")),
            ("date_anchor", "!=", False),
            ("date_offered", "!=", False),
        ]

    def _is_shown_to_customer(self):
        """Tell whether the customer may see it: drafts only once they were offered."""
        self.ensure_one()
        started = self.state in ("running", "paused", "to_renew", "ended")
        return started or bool(self.date_anchor or self.date_offered)

    def _get_portal_label(self):
        """Return where the contract stands, in the customer's words."""
        self.ensure_one()
        if self.state == "draft" and self.date_offered and not self.date_signed:
            return self.env._("Waiting for your signature")
        today = self.company_id._aftersales_today()
        if self.state == "running" and self.date_start > today:
            return self.env._("Starts on %s", self._format_day(self.date_start))
        return {
            "draft": self.env._("In preparation"),
            "running": self.env._("Running"),
            "paused": self.env._("Paused"),
            "to_renew": self.env._("About to end"),
            "ended": self.env._("Ended"),
            "cancelled": self.env._("Cancelled"),
        }[self.state]

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.env._("Service contract %s", self.number.replace("/", "-"))

    # --- Terms ---

    def _format_length(self, count, unit):
        """Return a length of time in words."""
        return self.env["aftersales.warranty.policy"]._format_duration(count, unit)

    def _get_portal_terms(self):
        """Return what was agreed, in words.

        :return: a list of ``(label, text)``
        """
        self.ensure_one()
        first, last = self._format_day(self.date_start), self._format_day(self.date_end)
        rows = [
            (self.env._("Runs"), f"{first} – {last}"),
            (self.env._("At the end"), self._explain_end()),
        ]
        if self.price_basis == "visit":
            rows.append((self.env._("Price"), self.env._("Each visit is charged.")))
        else:
            rows.append((self.env._("Invoiced"), self._explain_billing()))
            rows.append((self.env._("Later prices"), self._explain_indexation()))
        return [(label, text) for label, text in rows if text]

    def _explain_end(self):
        """Return in words what happens at the end of the term."""
        self.ensure_one()
        last = self._format_day(self.date_end)
        if self.state in ("ended", "cancelled"):
            return ""
        if self.renewal == "none" or self.date_notice_given:
            return self.env._("It ends on %s.", last)
        longer = self._format_length(self.renewal_count, self.renewal_unit)
        if self.renewal == "request":
            return self.env._(
                "It ends on %(day)s, unless you agree that it goes on for %(time)s.",
                day=last,
                time=longer,
            )
        notice = self.date_notice
        if notice and notice < self.company_id._aftersales_today():
            return self.env._(
                "It goes on for %s after that: the last day to give notice has passed.",
                longer,
            )
        return self.env._(
            "It goes on for %(time)s, unless you give notice by %(day)s.",
            time=longer,
            day=self._format_day(notice),
        )

    def _explain_billing(self):
        self.ensure_one()
        rhythm = self._format_rhythm(self.billing_count, self.billing_unit)
        if self.billing_moment == "advance":
            return self.env._("%s, in advance", rhythm)
        return self.env._("%s, afterwards", rhythm)

    def _explain_indexation(self):
        self.ensure_one()
        if self.indexation == "none":
            return ""
        return f"{self._explain_index()} {self._explain_adjustment()}".strip()

    def _explain_adjustment(self):
        """Return in words from when on there will be new prices."""
        self.ensure_one()
        if self.indexation_at == "renewal":
            return self.env._("Prices are adjusted at each renewal.")
        # sudo: the next day follows from what the customer agreed to.
        day = self.sudo().date_index_next
        rhythm = self._format_rhythm(self.indexation_count, self.indexation_unit)
        if not day:
            return f"{rhythm}."
        return self.env._(
            "%(rhythm)s, next on %(day)s.", rhythm=rhythm, day=self._format_day(day)
        )

    def _explain_index(self):
        self.ensure_one()
        if self.indexation == "percent":
            return self.env._(
                "The price rises by %s %% each time.",
                self.env["res.lang"]._aftersales_format_number(self.index_percent),
            )
        # sudo: the name of the index that the customer agreed to.
        name = self.sudo().index_id.display_name
        if self.index_cap:
            return self.env._(
                "The price follows the index “%(index)s”, by %(cap)s %% at most.",
                index=name,
                cap=self.env["res.lang"]._aftersales_format_number(self.index_cap),
            )
        return self.env._("The price follows the index “%s”.", name)

    def _get_portal_prices(self):
        """Return what one period costs: the lines and their sums.

        :return: ``{"lines": [(text, amount)], "untaxed", "total"}``
        """
        self.ensure_one()
        today = self.company_id._aftersales_today()
        day = min(max(today, self.date_start), self.date_end or today)
        rows, untaxed, total = [], 0.0, 0.0
        for line in self.line_ids.filtered(lambda x: x._is_in_span(day)):
            # sudo: the price that the customer pays on this day.
            unit_price = line.sudo()._get_price_on(day)
            if not unit_price:
                continue
            price = unit_price * (1 - line.discount / 100)
            taxes = line.tax_ids.compute_all(
                price,
                self.currency_id,
                line.quantity,
                line.product_id,
                self.partner_invoice_id or self.partner_id,
            )
            untaxed += taxes["total_excluded"]
            total += taxes["total_included"]
            rows.append((line.name, taxes["total_excluded"]))
        return {"lines": rows, "untaxed": untaxed, "total": total}

    def _get_portal_coverage(self):
        """Return what the contract pays for, in words, empty for nothing."""
        self.ensure_one()
        return [line.display_name for line in self.policy_id.line_ids]

    # --- Units, services, visits, invoices ---

    def _get_portal_units(self):
        """Return the lines with an installed product that count for the customer."""
        self.ensure_one()
        lines = self.line_ids.filtered(lambda x: x.asset_id and not x.is_undone)
        # What goes on with other terms is shown once, from its first day on.
        former = {old for line in lines for old in line._get_history() - line}
        return lines.filtered(lambda x: x not in former)

    def _get_portal_services(self):
        """Return what is done how often, and when next.

        :return: a list of ``{"service", "text", "next"}``; the next one is a visit
        """
        self.ensure_one()
        Line = self.env["aftersales.visit.line"]
        coming = Line.search(
            [
                ("service_id", "in", self.service_ids.ids),
                ("visit_id.contract_id", "=", self.id),
                ("visit_id.state", "not in", OVER),
            ],
            order="id",
        )
        first = {}
        for visit, lines in coming.grouped("visit_id").items():
            for service in lines.service_id:
                known = first.get(service)
                if not known or visit.date_planned < known.date_planned:
                    first[service] = visit
        return [
            {
                "service": service,
                "text": service._get_portal_text(),
                "next": first.get(service, self.env["aftersales.visit"]),
            }
            for service in self.service_ids
        ]

    def _get_portal_visits(self, is_over):
        """Return visits of the contract: the next ones first, or the last ones."""
        self.ensure_one()
        operator, order = "not in", "date_planned, id"
        if is_over:
            operator, order = "in", "date_planned desc, id desc"
        return self.env["aftersales.visit"].search(
            [("contract_id", "=", self.id), ("state", operator, OVER)],
            order=order,
            limit=SHOWN_VISITS,
        )

    def _get_portal_invoices(self):
        """Return the invoices and credit notes that were sent, the newest first."""
        self.ensure_one()
        return self.env["account.move"].search(
            [
                ("aftersales_bill_ids.contract_id", "=", self.id),
                ("state", "=", "posted"),
            ],
            order="invoice_date desc, id desc",
            limit=SHOWN_INVOICES,
        )
