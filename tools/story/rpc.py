"""Calls from outside: what the story needs before it begins, and between its lines."""

import http.cookiejar
import json
import urllib.request


class Rpc:
    """Odoo's methods, as the web client calls them, logged in as somebody."""

    def __init__(self, address: str, database: str, login: str):
        self.address = address
        jar = http.cookiejar.CookieJar()
        cookies = urllib.request.HTTPCookieProcessor(jar)
        self.browser = urllib.request.build_opener(cookies)
        self._ask("/web/session/authenticate", db=database, login=login, password=login)

    def _ask(self, path: str, **params):
        """Ask a route; an error of the other side is raised here."""
        question = {"jsonrpc": "2.0", "method": "call", "params": params}
        request = urllib.request.Request(
            self.address + path,
            json.dumps(question).encode(),
            {"Content-Type": "application/json"},
        )
        with self.browser.open(request, timeout=120) as answer:
            found = json.load(answer)
        assert "error" not in found, found["error"]["data"]["debug"]
        return found.get("result")

    def __call__(self, model: str, method: str, *arguments, **options):
        """Call a method of a model."""
        return self._ask(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=arguments,
            kwargs=options,
        )

    def ref(self, name: str) -> int:
        """Return the id of the record that an addon calls so."""
        module, _dot, record = name.partition(".")
        _model, found = self(
            "ir.model.data", "check_object_reference", module, record, False
        )
        return found

    def create(self, model: str, /, **values) -> int:
        """Make a record; return its id."""
        [made] = self(model, "create", [values])
        return made

    def write(self, model: str, record: int, /, **values) -> None:
        """Change a record."""
        self(model, "write", [record], values)

    def read(self, model: str, domain: list, *fields: str) -> list[dict]:
        """Return the fields of the records that a domain finds, the oldest first."""
        return self(model, "search_read", domain, list(fields), order="id")

    def one(self, model: str, domain: list, *fields: str) -> dict:
        """Return the fields of the only record that a domain finds."""
        found = self.read(model, domain, *fields)
        assert len(found) == 1, f"{len(found)} of {model}: {domain}"
        return found[0]

    def run_job(self, name: str) -> None:
        """Run a scheduled action now."""
        self("ir.cron", "method_direct_trigger", [self.ref(name)])
