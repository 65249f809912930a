from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError


class AftersalesVisitAgreementMixin(models.AbstractModel):
    """What a visit costs is told before it takes place, and agreed on."""

    _name = "aftersales.visit.agreement.mixin"
    _description = "Agreement to the Price of a Visit"

    agreement = fields.Selection(
        [
            ("none", "Not Needed"),
            ("asked", "Asked For"),
            ("given", "Given"),
            ("refused", "Refused"),
        ],
        string="Agreement to the Price",
        default="none",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        help="A visit that is charged takes place once the customer has agreed.",
    )
    agreed_amount = fields.Monetary(
        string="Agreed Price",
        currency_field="agreed_currency_id",
        readonly=True,
        copy=False,
        help="What the customer was shown, with taxes.",
    )
    agreed_currency_id = fields.Many2one("res.currency", readonly=True, copy=False)
    agreed_by = fields.Char(readonly=True, copy=False)
    date_agreed = fields.Datetime(string="Answered On", readonly=True, copy=False)

    # --- For the office ---

    def action_ask_agreement(self):
        """Ask the customer whether the price is all right, by e-mail."""
        self.check_access("write")
        self._check_state(("planned", "scheduled"))
        for visit in self:
            if not visit._ask_agreement():
                raise UserError(
                    self.env._(
                        "%s costs the customer nothing: there is nothing to agree to.",
                        visit.display_name,
                    )
                )
        return True

    def action_note_agreement(self):
        """Put down that the customer has agreed by word of mouth."""
        self.check_access("write")
        self._check_state(("planned", "scheduled"))
        for visit in self:
            if visit.agreement not in ("asked", "refused"):
                raise UserError(self.env._("There is nothing to agree to."))
            visit._write_agreement("given", visit.partner_id.name)
            visit._log_step(
                self.env._(
                    "The customer agreed to %s, as told to us.",
                    visit._format_agreed_amount(),
                )
            )
        return True

    # --- Asking ---

    def _ask_agreement(self):
        """Ask the customer to agree to the price, if there is one.

        :return: whether there is something to agree to
        """
        self.ensure_one()
        price = self._get_expected_price()
        if not price["total"]:
            return False
        self._keep_price(price)
        self._send_mail("aftersales_addon.mail_template_data_visit_price")
        return True

    def _keep_price(self, price):
        """Keep a price that the customer has to agree to.

        :param dict price: from ``_get_expected_price``
        """
        self.ensure_one()
        # sudo: what was shown and answered is written by the steps only.
        self.sudo().write(
            {
                "agreement": "asked",
                "agreed_amount": price["total"],
                "agreed_currency_id": price["currency"].id,
                "agreed_by": False,
                "date_agreed": False,
            }
        )

    def _get_expected_price(self):
        """Return what the customer is expected to pay for the visit.

        :return: ``{"rows": [(text, amount, reason)], "total", "currency"}``, with taxes
        """
        self.ensure_one()
        entries = self._get_charge_preview()
        # sudo: the currency of the company, whoever asks.
        currency = self.sudo().company_id.currency_id
        if entries:
            currency = entries[0]["currency"]
        rows = [
            (entry["name"], entry["amount_total"], entry["reason"])
            for entry in entries
            if entry["amount_total"]
        ]
        total = currency.round(sum(amount for _text, amount, _reason in rows))
        return {"rows": rows, "total": total, "currency": currency}

    def _get_asked_rows(self):
        """Return what the asked price is made of, if it still is; else nothing."""
        self.ensure_one()
        price = self._get_expected_price()
        # sudo: the currency of a price that the customer is shown.
        currency = self.sudo().agreed_currency_id
        same = currency.compare_amounts(price["total"], self.agreed_amount) == 0
        return price["rows"] if same else []

    def _format_agreed_amount(self):
        self.ensure_one()
        # sudo: the currency of a price that the user may see.
        currency = self.sudo().agreed_currency_id
        return currency.format(self.agreed_amount) if currency else ""

    def _check_price_not_refused(self):
        """Refuse to begin what the customer did not agree to pay for.

        :raises UserError: that says what to do instead
        """
        refused = self.filtered(lambda visit: visit.agreement == "refused")[:1]
        if refused:
            raise UserError(
                self.env._(
                    "The customer did not agree to the price of %(visit)s, %(price)s. "
                    "Talk to them: then press “Customer Agreed”, or cancel the visit.",
                    visit=refused.display_name,
                    price=refused._format_agreed_amount(),
                )
            )

    # --- Answering ---

    def _write_agreement(self, answer, name):
        """Keep an answer to the price, with who gave it and when."""
        # sudo: what was shown and answered is written by the steps only.
        self.sudo().write(
            {
                "agreement": answer,
                "agreed_by": name,
                "date_agreed": fields.Datetime.now(),
            }
        )

    def _answer_price_on_portal(self, answer, shown, author):
        """Take in whether the customer agrees to the price.

        :param bool answer: whether they agree
        :param str shown: the price that stood on the page, as it was sent with it
        :param author: ``res.partner`` who answers
        :raises UserError: when another price was shown, or nothing is asked
        """
        self.ensure_one()
        # sudo: the page was opened by the customer's rights or by its key.
        visit = self.sudo()
        if visit.agreement != "asked" or visit.state not in ("planned", "scheduled"):
            raise UserError(self.env._("There is nothing to agree to any more."))
        if shown != f"{visit.agreed_amount:.6f}":
            raise UserError(
                self.env._("The price has changed meanwhile: please look again.")
            )
        amount = visit._format_agreed_amount()
        if answer:
            visit._write_agreement("given", author.name)
            visit._tell_office(self.env._("I agree to the price: %s", amount), author)
            return
        visit._write_agreement("refused", author.name)
        text = self.env._("I do not agree to the price: %s", amount)
        visit._tell_office(text, author)
        user = visit.user_id | visit.contract_id.user_id | visit.case_id.user_id
        if user:
            visit.with_user(SUPERUSER_ID).activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("The customer does not agree to the price"),
                user_id=user[-1:].id,
            )
