from typing import NamedTuple

from odoo import api, models

# What can be followed up. The words are those of the rule's form.
EVENTS = [
    ("order_confirmed", "Order Confirmed"),
    ("first_order", "First Order of a Customer"),
    ("delivered", "Product Delivered"),
    ("installed", "Product Installed"),
    ("registered", "Product Registered"),
    ("replacement_delivered", "Replacement Delivered and Set Up"),
    ("unit_birthday", "Birthday of a Product"),
    ("case_opened", "Service Case Opened"),
    ("case_solved", "Service Case Solved"),
    ("case_closed", "Service Case Closed"),
    ("return_requested", "Return Requested"),
    ("return_approved", "Return Approved"),
    ("return_received", "Return Received"),
    ("return_refunded", "Return Refunded"),
    ("return_closed", "Return Done"),
    ("repair_done", "Repair Done"),
    ("visit_due", "Visit Due"),
    ("visit_done", "Visit Done"),
    ("warranty_end", "Warranty Expires"),
    ("contract_end", "Contract Ends"),
    ("contract_notice", "Last Day to Give Notice of a Contract"),
    ("no_contact", "Last Heard of a Customer"),
    ("bad_rating", "Bad Rating"),
    ("detractor", "Would Not Recommend Us"),
]


class Event(NamedTuple):
    """Where an event is found: which records, and which field says when."""

    model: str
    dates: tuple
    """The first of these fields that is set says when."""
    domain: list
    yearly: bool = False
    """Whether it comes again each year."""
    first: bool = False
    """Whether only a customer's first one counts."""
    moving: bool = False
    """Whether it comes again when its day moves, as the end of a prolonged contract."""


SOLD = [("state", "=", "sale")]
IN_USE = [("state", "=", "in_use")]
OPEN_RETURN = [("state", "in", ("approved", "done"))]
OUR_CASES = [("is_spam", "=", False), ("duplicate_of_id", "=", False)]
IN_FORCE = [("state", "in", ("running", "to_renew"))]

SOURCES = {
    "order_confirmed": Event("sale.order", ("date_order",), SOLD),
    "first_order": Event("sale.order", ("date_order",), SOLD, first=True),
    "delivered": Event("aftersales.asset", ("delivery_date",), IN_USE),
    "installed": Event("aftersales.asset", ("date_installed",), IN_USE),
    "registered": Event("aftersales.asset", ("date_registered",), IN_USE),
    "replacement_delivered": Event(
        "aftersales.asset",
        ("date_installed", "delivery_date"),
        [*IN_USE, ("replaces_id", "!=", False)],
    ),
    "unit_birthday": Event("aftersales.asset", ("delivery_date",), IN_USE, yearly=True),
    "case_opened": Event("aftersales.case", ("date_reported",), OUR_CASES),
    "case_solved": Event(
        "aftersales.case",
        ("date_solved",),
        [*OUR_CASES, ("state", "in", ("solved", "closed"))],
    ),
    "case_closed": Event(
        "aftersales.case", ("date_closed",), [*OUR_CASES, ("state", "=", "closed")]
    ),
    "return_requested": Event(
        "aftersales.rma", ("date_requested",), [("state", "!=", "cancelled")]
    ),
    "return_approved": Event("aftersales.rma", ("date_decided",), OPEN_RETURN),
    "return_received": Event("aftersales.rma", ("date_received",), OPEN_RETURN),
    "return_refunded": Event("aftersales.rma", ("date_refunded",), OPEN_RETURN),
    "return_closed": Event("aftersales.rma", ("date_done",), [("state", "=", "done")]),
    "repair_done": Event(
        "repair.order", ("aftersales_date_done",), [("state", "=", "done")]
    ),
    "visit_due": Event(
        "aftersales.visit",
        ("date_planned",),
        [("state", "in", ("planned", "scheduled"))],
        moving=True,
    ),
    "visit_done": Event("aftersales.visit", ("date_done",), [("state", "=", "done")]),
    "warranty_end": Event("aftersales.asset", ("warranty_end",), IN_USE, moving=True),
    "contract_end": Event("aftersales.contract", ("date_end",), IN_FORCE, moving=True),
    "contract_notice": Event(
        "aftersales.contract", ("date_notice",), IN_FORCE, moving=True
    ),
    "no_contact": Event(
        "res.partner",
        ("aftersales_last_contact",),
        [("active", "=", True), ("parent_id", "=", False)],
        moving=True,
    ),
    "bad_rating": Event(
        "rating.rating",
        ("rated_on",),
        [
            ("consumed", "=", True),
            ("rating", ">", 0),
            ("rating", "<=", 2),
            ("res_model", "in", ("aftersales.case", "aftersales.visit")),
        ],
    ),
    "detractor": Event(
        "aftersales.nps", ("date_answered",), [("group", "=", "detractor")]
    ),
}


class AftersalesFollowupEventMixin(models.AbstractModel):
    """The events that can be followed up, and what their records say of people."""

    _name = "aftersales.followup.event.mixin"
    _description = "Events to Follow Up"

    @api.model
    def _get_sources(self):
        """Return where each event is found, ``{code: Event}``; a bridge adds its own.

        Its code is added to the selection of the rule's ``event``, too. A moving event
        is told by one field, a date.
        """
        return SOURCES

    @api.model
    def _get_target(self, record):
        """Return the document that an event is about: where activities belong."""
        if record._name == "rating.rating":
            document = self.env[record.res_model].browse(record.res_id)
            return document.exists() or record
        if record._name == "aftersales.nps":
            return record.case_id or record
        return record

    @api.model
    def _get_partner(self, record):
        """Return the contact whom an event is about, may be empty."""
        if record._name == "res.partner":
            return record
        return record.partner_id

    @api.model
    def _get_responsible(self, record):
        """Return the person who looks after what an event is about, may be empty."""
        target = self._get_target(record)
        users = self.env["res.users"]
        if target._name == "aftersales.case" and not target.user_id:
            users = target.team_id.user_id
        elif "user_id" in target:
            users = target.user_id
        # Nobody is named on it: who looks after the customer.
        users = users or self._get_partner(record).user_id
        return users.filtered(lambda u: u.active and not u.share)

    @api.model
    def _get_team(self, record):
        """Return the team that looks after what an event is about, may be empty."""
        target = self._get_target(record)
        return target.team_id if "team_id" in target else self.env["aftersales.team"]

    @api.model
    def _get_company(self, record):
        """Return the company of what an event is about, may be empty."""
        target = self._get_target(record)
        if "company_id" not in target:
            return self.env["res.company"]
        return target.company_id
