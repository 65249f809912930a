"""Every page and form of the application, with all that people and machines send."""

import inspect
import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged
from odoo.tools import mute_logger

from .routes_common import RoutesCommon

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
EXAMPLES = 6
NASTY = (
    *("", " ", "0", "-1", "1", "1.5", "1,5", "true", "None", "nan", "inf", "1e999"),
    *("2147483647", "2147483648", "9" * 19, "9" * 5000, "²", "٣", "½", "०"),
    *("\x00", "a\x00b", "\r\nX: y", "\ufffe", "\u202e", "💥" * 30, "é", "ß"),
    *(
        "' OR 1=1 --",
        "{{7*7}}",
        "<script>x</script>",
        "../../etc/passwd",
        "%",
        "%s",
        "_",
    ),
    *("2026-02-30", "2026-12-31", "0000-00-00", "9999-12-31", "99999-01-01", "\\"),
    *("a@b", "a@example.com", "x" * 20000, "[1]", "{}", "yes", "no", "repair"),
)
TEXTS = st.one_of(st.sampled_from(NASTY), st.text(max_size=20))
FILES = st.sampled_from(
    (
        ("", b""),
        ("x.png", PNG),
        ("x.png", b"<html><script>alert(1)</script></html>"),
        ("x" * 300 + ".pdf", b"%PDF-1.4 broken"),
        ("../../x.jpg", b"\xff\xd8\xff\xe0" + b"\x00" * 20),
        ("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    )
)
JSON = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXTS,
    st.lists(TEXTS, max_size=2),
    st.dictionaries(st.sampled_from(("a", "id")), TEXTS, max_size=1),
)


@tagged("post_install", "-at_install")
class TestFuzz(RoutesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        views = cls.env["ir.ui.view"].search(
            [("type", "=", "qweb"), ("key", "like", "aftersales_addon%")]
        )
        tags = re.findall(
            r"<(?:input|select|textarea|button)[^>]*>",
            "".join(view.arch for view in views),
        )
        found = (re.search(r'\bname="(\w+)"', tag) for tag in tags)
        # The platform looks at this one before we do; it is always the right one.
        cls.names = sorted({match[1] for match in found if match} - {"csrf_token"})
        cls.ids = {
            record.id
            for documents in (cls.own, cls.foreign)
            for record in documents.values()
        }

    def _fields(self, rule):
        """Return the names that a route may be sent: its own first."""
        own = [
            name
            for name, parameter in inspect.signature(
                rule.endpoint.func
            ).parameters.items()
            if name not in self._places(rule) and "VAR_" not in parameter.kind.name
        ]
        return [name for name in own if name != "self"] * 3 + self.names

    def _path_values(self, data, rule):
        values = {}
        for name, kind in self._places(rule).items():
            if kind == "int" and name == "page":
                choices = st.sampled_from((0, 1, 2, 10**8, 2**31, 10**30))
            elif kind == "int":
                own = self._own_id(rule, name)
                choices = st.sampled_from(
                    [own] * 4 + [0, 1, 2**31 - 1, 2**31, *self.ids]
                )
            else:
                choices = TEXTS.filter(lambda text: text not in ("", ".", ".."))
            values[name] = data.draw(choices)
        return values

    def _own_id(self, rule, name):
        """Return the id of the visitor's own document that a path means."""
        models = {
            "asset_id": "aftersales.asset",
            "rma_id": "aftersales.rma",
            "proposal_id": "aftersales.rma.proposal",
            "case_id": "aftersales.case",
            "contract_id": "aftersales.contract",
            "visit_id": "aftersales.visit",
            "order_id": "sale.order",
        }
        found = self.own.get(models.get(name))
        return found.id if found else 1

    def _token(self, rule):
        """Return the key of the visitor's own document, so that more than a log-in
        is reached."""
        for name, model in (
            ("rma_id", "aftersales.rma"),
            ("asset_id", "aftersales.asset"),
            ("case_id", "aftersales.case"),
            ("contract_id", "aftersales.contract"),
            ("visit_id", "aftersales.visit"),
            ("order_id", "sale.order"),
        ):
            if name in self._places(rule):
                return self.own[model]._portal_ensure_token()
        return ""

    def _send(self, data, rule):
        """Send one request; return the status and the error of a JSON route."""
        path = self._path(rule, self._path_values(data, rule))
        names = st.sampled_from(self._fields(rule))
        token = self._token(rule)
        values = {}
        if token and data.draw(st.booleans()):
            values["access_token"] = token
        if self._is_json(rule):
            drawn = data.draw(st.dictionaries(names, JSON, max_size=5))
            params = {**drawn, **values}
            answer = self.opener.post(
                self.base_url() + path, json={"params": params}, timeout=60
            )
            if answer.status_code == 404:
                return 404, ""
            error = answer.json().get("error", {}).get("data", {}).get("name", "")
            return answer.status_code, error
        values = {**data.draw(st.dictionaries(names, TEXTS, max_size=6)), **values}
        url = self.base_url() + path
        if not self._takes(rule, "GET") or data.draw(st.booleans()):
            files = data.draw(st.lists(st.tuples(names, FILES), max_size=3))
            values["csrf_token"] = self._csrf()
            values = {n: v.encode("utf-8", "replace") for n, v in values.items()}
            answer = self.opener.post(
                url, data=values, files=files, timeout=60, allow_redirects=False
            )
        else:
            values.pop("report_type", None)
            values = {n: v[:2000] for n, v in values.items()}
            answer = self.opener.get(
                url, params=values, timeout=60, allow_redirects=False
            )
        return answer.status_code, ""

    def _fuzz(self, user):
        self._log_in_as(user)
        for rule in self._routes():
            with self.subTest(route=rule.rule):
                self._fuzz_route(rule)

    def _fuzz_route(self, rule):
        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(st.data())
        def check(data):
            status, error = self._send(data, rule)
            self.assertLess(status, 500)
            allowed = ("odoo.exceptions.", "werkzeug.exceptions.")
            self.assertTrue(not error or error.startswith(allowed), error)

        check()

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_http")
    def test_as_nobody(self):
        self._fuzz(None)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_http")
    def test_as_a_customer(self):
        self._fuzz(self.user_ben)
