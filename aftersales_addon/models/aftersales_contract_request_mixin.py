import re
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import plaintext2html

KEY = re.compile(r"[0-9a-f]{32}", re.ASCII)
MAX_DESCRIPTION = 2000
# Visits that one customer may ask for on the portal within a day.
MAX_PER_DAY = 10
# No further ahead than this: a wish for the next year is none for a day.
MAX_DAYS = 365


class AftersalesContractRequestMixin(models.AbstractModel):
    """Customers ask for a visit that their contract promises."""

    _name = "aftersales.contract.request.mixin"
    _description = "Requests under a Contract"

    date_last_request = fields.Datetime(
        readonly=True, copy=False, groups="base.group_system"
    )

    def _get_request_services(self):
        """Return the services that a customer can ask for now."""
        self.ensure_one()
        today = self.company_id._aftersales_today()
        started = self.date_start <= today
        if not (self._is_in_force() and started):
            return self.service_ids.browse()
        return self.service_ids.filtered(lambda s: s.schedule == "request")

    def _get_request_lines(self):
        """Return the lines with the units that a customer can ask a visit for."""
        self.ensure_one()
        return self._get_units(self.company_id._aftersales_today())

    @api.model
    def _find_visit_request(self, key, contract):
        """Return the visit that a form has made already, may be empty."""
        # sudo: the key was given to the customer with the form.
        visits = self.env["aftersales.visit"].sudo()
        if not KEY.fullmatch(key):
            return visits
        return visits.search(
            [("request_key", "=", key), ("contract_id", "=", contract.id)], limit=1
        )

    def _read_visit_request(self, post, uploads):
        """Return what a customer typed and chose, checked.

        :param dict post: the fields of the form
        :param list uploads: the photos
        :return: values and errors by field in words
        """
        self.ensure_one()
        services, lines = self._get_request_services(), self._get_request_lines()
        clean = self.env["aftersales.registration"]._clean_text
        values = {
            "service": services.filtered(
                lambda s: str(s.id) == str(post.get("service_id"))
            ),
            "line": lines.filtered(lambda x: str(x.id) == str(post.get("line_id"))),
            "description": clean("note", post.get("description")),
        }
        errors = {}
        if not values["service"]:
            errors["service_id"] = self.env._("Choose what we shall do.")
        if lines and not values["line"]:
            errors["line_id"] = self.env._("Choose one of your products.")
        if not values["description"]:
            errors["description"] = self.env._("Tell us what it is about.")
        if len(values["description"]) > MAX_DESCRIPTION:
            errors["description"] = self.env._(
                "At most %s letters, please.", MAX_DESCRIPTION
            )
        values["day"], error = self._read_wanted_day(post.get("day"))
        if error:
            errors["day"] = error
        values["photos"], error = self.env["aftersales.rma"]._read_photos(uploads)
        if error:
            errors["photos"] = error
        if not errors:
            values["price"] = self._read_price(values, post, errors)
        return values, errors

    def _read_wanted_day(self, text):
        """Return the day that a customer would like, and what is wrong with it."""
        today = self.company_id._aftersales_today()
        if not str(text or "").strip():
            return today, ""
        try:
            day = fields.Date.to_date(str(text)[:10])
        except ValueError:
            return today, self.env._("This is no day.")
        if not today <= day <= today + timedelta(days=MAX_DAYS):
            return today, self.env._("Choose a day within the next twelve months.")
        return day, ""

    def _read_price(self, values, post, errors):
        """Return what the visit costs, once the customer has agreed to just that."""
        service = values["service"]
        if service._is_included(values["day"]):
            return 0.0
        price = service._get_visit_price(values["day"])
        if price and post.get("agreed") != f"{service.id}:{price:.6f}":
            errors["agreed"] = self.env._(
                "This visit is not included: it costs %s with taxes. Please agree to "
                "it.",
                self.currency_id.format(price),
            )
        return price

    def _receive_visit_request(self, values, key, customer):
        """Make the visit that a customer asks for, all of it or nothing.

        :param dict values: from ``_read_visit_request``
        :param str key: of the form
        :param customer: ``res.partner`` who asks
        :return: the visit and the error in words; one of them is empty
        """
        self.ensure_one()
        # sudo: customers have no rights to write; what they sent was checked against
        # what their contract promises.
        contract = self.sudo()
        Visit = contract.env["aftersales.visit"].with_company(contract.company_id)
        if contract._asked_too_often():
            return Visit, self.env._(
                "You have asked for many visits today. Please write to us."
            )
        vals = contract._prepare_request_vals(values, customer)
        vals["request_key"] = key if KEY.fullmatch(key) else False
        # The row of the contract: of two requests, one gets the last included visit.
        contract._write_state(date_last_request=fields.Datetime.now())
        contract.flush_recordset()
        try:
            with self.env.cr.savepoint():
                visit = Visit.create(vals)
                visit.flush_recordset()
                visit._tell_request(values, customer)
        except (UserError, ValidationError) as error:
            return Visit, str(error)
        except psycopg2.errors.UniqueViolation as error:
            # The same form arrives a second time just now: look again.
            raise ConcurrencyError(str(error)) from error
        return visit, ""

    def _prepare_request_vals(self, values, customer):
        self.ensure_one()
        service, line, price = values["service"], values["line"], values["price"]
        asset = line.asset_id
        place = asset.partner_shipping_id or self.partner_shipping_id
        vals = {
            "company_id": self.company_id.id,
            "contract_id": self.id,
            "partner_id": customer.id,
            "partner_shipping_id": place.id,
            "team_id": self.team_id.id,
            "user_id": False,
            "kind": service.kind,
            "duration": service.duration,
            "date_planned": values["day"],
            "is_pinned": True,
            "description": plaintext2html(values["description"]),
            "line_ids": [
                Command.create(
                    {
                        "asset_id": asset.id,
                        "contract_line_id": line.id,
                        "service_id": service.id,
                    }
                )
            ],
        }
        if price:
            vals |= {
                "agreement": "given",
                "agreed_amount": price,
                "agreed_currency_id": self.currency_id.id,
                "agreed_by": customer.name,
                "date_agreed": fields.Datetime.now(),
            }
        return vals

    def _asked_too_often(self):
        self.ensure_one()
        since = fields.Datetime.now() - timedelta(days=1)
        domain = [
            ("commercial_partner_id", "=", self.commercial_partner_id.id),
            ("request_key", "!=", False),
            ("create_date", ">=", since),
        ]
        count = self.env["aftersales.visit"].search_count(domain, limit=MAX_PER_DAY)
        return count >= MAX_PER_DAY
