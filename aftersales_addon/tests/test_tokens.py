"""Each route with a document: another one's id and keys that do not fit are refused.

Whoever is refused cannot tell whether there is such a document.
"""

import uuid
from datetime import timedelta
from typing import NamedTuple

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .exposure_common import SECRET
from .routes_common import RoutesCommon

NOBODY = 2**31 - 1
ORDER = "/my/orders/<order_id>"
UNIT = "/my/installed-products/<asset_id>"
RETURN = "/my/returns/<rma_id>"
CASE = "/my/cases/<case_id>"
CONTRACT = "/my/contracts/<contract_id>"
VISIT = "/my/visits/<visit_id>"
HELP = "/aftersales/help/<key>"
DELIVERY = "/my/installed-products/delivery/<key>"
CONFIRM = "/aftersales/register/confirm/<key>"
GUEST = "/aftersales/return/order/<key>"
# What a path means by a name.
MODELS = {
    "order_id": "sale.order",
    "asset_id": "aftersales.asset",
    "rma_id": "aftersales.rma",
    "proposal_id": "aftersales.rma.proposal",
    "case_id": "aftersales.case",
    "contract_id": "aftersales.contract",
    "visit_id": "aftersales.visit",
}


class Row(NamedTuple):
    """How a route is protected."""

    guard: str
    """``token``: log-in or the document's key; ``login``: log-in only; ``key``: the
    key in the path; ``list``: log-in, and it lists one's own; ``open``: for all."""
    form: dict = {}
    """What a form would send to change something."""


SIGNED = {"name": "Ben", "signature": "iVBORw0KGgo="}
# A new route needs a row.
ROUTES = {
    "/aftersales/help": Row("open"),
    "/aftersales/help/page/<page>": Row("open"),
    HELP: Row("open"),
    f"{HELP}/answer": Row("open"),
    f"{HELP}/file/<attachment_id>": Row("open"),
    f"{HELP}/picture/<step_id>": Row("open"),
    f"{HELP}/seen": Row("open"),
    "/aftersales/nps/<token>": Row("key", {"score": "0", "comment": "x"}),
    "/aftersales/case": Row("open"),
    "/aftersales/register": Row("open"),
    "/aftersales/register/send": Row("open"),
    CONFIRM: Row("key", {"product": "1-x"}),
    "/aftersales/return": Row("open"),
    GUEST: Row("key", {"remedy": "refund"}),
    "/aftersales/stop/<token>": Row("key", {"x": "y"}),
    "/aftersales/warranty": Row("open"),
    # The page of a phone without a connection, which the platform serves.
    "/odoo/offline": Row("open"),
    "/my/cases": Row("list"),
    "/my/cases/page/<page>": Row("list"),
    "/my/cases/new": Row("list"),
    "/my/cases/suggest": Row("open"),
    CASE: Row("token"),
    f"{CASE}/close": Row("token", {"x": "y"}),
    f"{CASE}/rate": Row("token", {"rate": "1", "feedback": "x"}),
    f"{CASE}/reopen": Row("token", {"x": "y"}),
    "/my/contracts": Row("list"),
    "/my/contracts/page/<page>": Row("list"),
    CONTRACT: Row("token"),
    f"{CONTRACT}/sign": Row("token", SIGNED),
    f"{CONTRACT}/visit": Row("token", {"description": "x"}),
    "/my/installed-products": Row("list"),
    "/my/installed-products/page/<page>": Row("list"),
    UNIT: Row("token"),
    f"{UNIT}/extend": Row("token", {"product_id": "1"}),
    f"{UNIT}/help": Row("token", {"name": "x", "description": "x"}),
    f"{UNIT}/pass-on": Row("login", {"new_name": "x", "new_email": "x@example.com"}),
    f"{UNIT}/pass-on/cancel": Row("login", {"x": "y"}),
    f"{UNIT}/reading": Row("token", {"value": "99"}),
    f"{UNIT}/register": Row("login", {"x": "y"}),
    f"{UNIT}/return": Row("token", {"remedy": "refund"}),
    DELIVERY: Row("key"),
    f"{DELIVERY}/page/<page>": Row("key"),
    f"{ORDER}/help": Row("token", {"name": "x", "description": "x"}),
    f"{ORDER}/return": Row("token", {"remedy": "refund"}),
    f"{ORDER}/update_line_dict": Row("token", {"line_id": 1, "input_quantity": 9}),
    "/my/returns": Row("list"),
    "/my/returns/page/<page>": Row("list"),
    RETURN: Row("token"),
    f"{RETURN}/address": Row("login", {"address_id": "1"}),
    f"{RETURN}/cancel": Row("token", {"x": "y"}),
    f"{RETURN}/label": Row("token"),
    f"{RETURN}/proposal/<proposal_id>/accept": Row("token", SIGNED),
    f"{RETURN}/proposal/<proposal_id>/decline": Row("token", {"reason": "x"}),
    f"{RETURN}/tracking": Row("token", {"tracking_ref": "x"}),
    "/my/visits": Row("list"),
    "/my/visits/page/<page>": Row("list"),
    VISIT: Row("token"),
    f"{VISIT}/cancel": Row("token", {"reason": "x"}),
    f"{VISIT}/ics": Row("token"),
    f"{VISIT}/price": Row("token", {"answer": "yes", "shown": "x"}),
    f"{VISIT}/time": Row("token", {"slot": "x"}),
}


@tagged("post_install", "-at_install")
class TestTokens(RoutesCommon):
    def _rows(self, *guards):
        for rule in self._routes():
            row = ROUTES[self._short(rule)]
            if row.guard in guards:
                yield rule, row

    def _short(self, rule):
        return (
            self._path(rule, {n: f"<{n}>" for n in self._places(rule)})
            .replace("%3C", "<")
            .replace("%3E", ">")
        )

    def test_each_route_has_a_row(self):
        """A new route fails here until somebody has said who may use it."""
        self.assertEqual({self._short(rule) for rule in self._routes()}, set(ROUTES))

    def _ask(self, rule, row, ids, token=None):
        """Send a request in each way that the route takes; return what came back."""
        url = self.base_url() + self._path(rule, ids)
        extra = {"access_token": token} if token else {}
        options = {"timeout": 60, "allow_redirects": False}
        answers = []
        if self._is_json(rule):
            params = {"params": {**row.form, **extra}}
            answer = self.opener.post(url, json=params, timeout=60)
            return [self._read_json(answer)]
        if self._takes(rule, "GET"):
            answer = self.opener.get(url, params=extra, **options)
            answers.append(self._read(answer, ids))
        if row.form:
            form = {**row.form, **extra, "csrf_token": self._csrf()}
            answer = self.opener.post(url, data=form, **options)
            answers.append(self._read(answer, ids))
        return answers

    def _read(self, answer, ids):
        """Return the status and where it leads to, without the ids of the path."""
        self.assertNotIn(SECRET, answer.text)
        # Behind the question mark stands what was asked for.
        place = answer.headers.get("Location", "").split("?")[0]
        for value in ids.values():
            place = place.replace(str(value), "*")
        return answer.status_code, place

    def _read_json(self, answer):
        self.assertNotIn(SECRET, answer.text)
        content = answer.json()
        result = content.get("result") or {}
        error = content.get("error", {}).get("data", {}).get("name")
        said = result.get("error", result) if isinstance(result, dict) else result
        return error or str(said), ""

    def _ids(self, rule, documents):
        names = self._places(rule)
        return {name: documents[MODELS[name]].id for name in names}

    def _assert_refused(self, rule, row, token, unknown):
        answers = self._ask(rule, row, self._ids(rule, self.foreign), token)
        self.assertEqual(answers, unknown, rule.rule)
        for status, place in answers:
            if not self._is_json(rule):
                self.assertIn(
                    (status, place.startswith(("/web/login", "/my"))),
                    ((303, True), (404, False)),
                )

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_http")
    def test_another_customers_id_and_wrong_keys(self):
        before = self._read_all()
        for user in (None, self.user_ben):
            self._log_in_as(user)
            for rule, row in self._rows("token", "login"):
                with self.subTest(route=rule.rule, user=user and user.login):
                    self._refuse_all(rule, row)
        self.assertEqual(self._read_all(), before)

    def _refuse_all(self, rule, row):
        nobody = dict.fromkeys(self._places(rule), NOBODY)
        unknown = self._ask(rule, row, nobody)
        self._assert_refused(rule, row, None, unknown)
        model = MODELS[next(iter(self._places(rule)))]
        foreign = self.foreign[model]
        foreign.access_token = revoked = str(uuid.uuid4())
        foreign.access_token = False
        own = self.own[model]._portal_ensure_token()
        for token in ("wrong", "é", revoked):
            self._assert_refused(rule, row, token, unknown)
        foreign.access_token = str(uuid.uuid4())
        for token in (own, revoked):
            self._assert_refused(rule, row, token, unknown)
        foreign.access_token = False

    @mute_logger("odoo.http")
    def test_the_key_opens_its_own_document_only(self):
        """The right key does open, so the refusals above mean something."""
        self._log_in_as(None)
        for rule, row in self._rows("token"):
            if row.form or self._short(rule).count("/") > 3:
                continue
            model = MODELS[next(iter(self._places(rule)))]
            token = self.own[model]._portal_ensure_token()
            (answer,) = self._ask(rule, row, self._ids(rule, self.own), token)
            self.assertEqual(answer[0], 200, rule.rule)

    def test_a_proposal_of_another_return(self):
        """One's own return is no way to another one's proposal."""
        self._log_in_as(self.user_ben)
        before = self._read_all()
        for rule, row in self._rows("token"):
            if "proposal_id" in self._places(rule):
                ids = self._ids(rule, self.own)
                ids["proposal_id"] = self.foreign["aftersales.rma.proposal"].id
                self._ask(rule, row, ids)
        self.assertEqual(self._read_all(), before)

    def test_lists_need_a_login(self):
        self._log_in_as(None)
        for rule, row in self._rows("list"):
            for status, place in self._ask(rule, row, {"page": 1}):
                self.assertEqual(status, 303)
                self.assertTrue(place.startswith("/web/login"), place)
        self._log_in_as(self.user_ben)
        for rule, row in self._rows("list"):
            self.assertEqual(self._ask(rule, row, {"page": 1})[0][0], 200)

    # --- Keys in the path ---

    def _keys(self):
        """Return ``{route: (the key of the victim, how it is taken back)}``."""
        foreign = self.foreign
        order, registration = foreign["sale.order"], foreign["aftersales.registration"]
        link = self.env["aftersales.return.try"]._sign_link(order, self.victim.email)
        confirm = registration._get_confirm_url()
        picking = foreign["stock.picking"]
        asset = foreign["aftersales.asset"]
        delivery = asset._sign_delivery(picking)

        def move_away():
            self.victim.email = "moved@example.com"
            registration.email = "moved@example.com"

        def pass_on():
            asset.partner_id = self.ben

        nps, followup = foreign["aftersales.nps"], foreign["aftersales.followup"]
        withdraw = self.victim.with_user(
            self.user_manager
        ).action_aftersales_withdraw_links
        return {
            "/aftersales/nps/<token>": (nps.access_token, withdraw),
            "/aftersales/stop/<token>": (followup.access_token, withdraw),
            GUEST: (link.rpartition("/")[2], move_away),
            CONFIRM: (confirm.rpartition("/")[2], move_away),
            DELIVERY: (delivery, pass_on),
            f"{DELIVERY}/page/<page>": (delivery, pass_on),
        }

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_http")
    def test_keys_in_the_path(self):
        self._log_in_as(None)
        keys = self._keys()
        rows = {self._short(rule): (rule, row) for rule, row in self._rows("key")}
        self.assertEqual(set(keys), set(rows))
        before = self._read_all()
        unknown = {}
        for short, (rule, row) in rows.items():
            key = keys[short][0]
            answers = set()
            for wrong in (uuid.uuid4().hex, "x", "é", "٣", key[:-1], key + "x", "%"):
                ids = {n: 1 for n in self._places(rule)} | self._key(rule, wrong)
                answers.add(tuple(self._ask(rule, row, ids)))
            self.assertEqual(len(answers), 1, (short, answers))
            unknown[short] = answers.pop()
            self.assertIn(unknown[short][0][0], (303, 404), short)
        self.assertEqual(self._read_all(), before)
        for short, (rule, _row) in rows.items():
            ids = {n: 1 for n in self._places(rule)} | self._key(rule, keys[short][0])
            answer = self.opener.get(self.base_url() + self._path(rule, ids))
            self.assertEqual(answer.status_code, 200, short)
            self.assertNotIn("/web/login", answer.url)
        for take_back in {take_back for _key, take_back in keys.values()}:
            take_back()
        for short, (rule, row) in rows.items():
            ids = {n: 1 for n in self._places(rule)} | self._key(rule, keys[short][0])
            self.assertEqual(tuple(self._ask(rule, row, ids)), unknown[short], short)

    def _key(self, rule, key):
        return {n: key for n in self._places(rule) if n in ("key", "token")}

    @mute_logger("odoo.http")
    def test_keys_that_expire(self):
        keys = self._keys()
        later = fields.Datetime.now() + timedelta(hours=73)
        with freeze_time(later):
            Try = self.env["aftersales.return.try"]
            self.assertFalse(Try._read_key(keys[GUEST][0]))
            Registration = self.env["aftersales.registration"]
            self.assertFalse(Registration._read_confirm_key(keys[CONFIRM][0]))

    @mute_logger("odoo.http")
    def test_links_are_withdrawn(self):
        """A colleague ends what a link opens, and the customer gets a new one."""
        self._log_in_as(None)
        for name in ("asset", "rma", "case", "contract", "visit"):
            document = self.foreign[f"aftersales.{name}"]
            link = self.base_url() + document._get_share_url()
            self.assertEqual(self.opener.get(link).url, link)
            action = f"aftersales_addon.aftersales_{name}_action_withdraw_links"
            self.env.ref(action).with_user(self.user_manager).with_context(
                active_model=document._name, active_ids=document.ids
            ).run()
            self.assertIn("/web/login", self.opener.get(link).url)
            fresh = self.base_url() + document._get_share_url()
            self.assertEqual(self.opener.get(fresh).url, fresh)
            with self.assertRaises(AccessError):
                document.with_user(self.user_victim).action_aftersales_withdraw_links()
