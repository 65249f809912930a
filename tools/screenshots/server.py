"""An Odoo on a database with the demo data, and the records of its story."""

import contextlib
import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import date, timedelta

from .chromium import PageError

RPC = """
(async () => {
    const answer = await fetch(%s, {
        method: "POST",
        headers: {"Content-Type": "application/json"},
        body: JSON.stringify({jsonrpc: "2.0", method: "call", params: %s}),
    });
    const data = await answer.json();
    if (data.error) throw new Error(data.error.data.message);
    return data.result;
})()
"""


def call(tab, url: str, params: dict):
    """Return the answer of one of Odoo's JSON routes, asked from the page."""
    return tab.evaluate(RPC % (json.dumps(url), json.dumps(params)))


def log_in(tab, address: str, login: str, then: str = "") -> None:
    """Log in, and go to a page; the demo's passwords equal the log-ins.

    Without a log-in the browser forgets who was there: a guest looks.
    """
    if not login:
        tab.forget_login()
        return
    for attempt in range(3):
        # The page before may still ask for something, and be given a session for it:
        # then the form's token is of another session, and it has to be filled again.
        tab.call("Page.navigate", url="about:blank")
        tab.wait("location.href == 'about:blank'")
        time.sleep(0.5 + attempt)
        tab.forget_login()
        fill = "document.querySelector('input[name=%s]').value = '%s'; 0"
        with contextlib.suppress(PageError):
            tab.open(f"{address}/web/login" + (f"?redirect={then}" if then else ""))
            tab.evaluate(fill % ("login", login))
            tab.evaluate(fill % ("password", login))
            tab.evaluate("document.querySelector('form.oe_login_form').submit(); 0")
            tab.wait("!location.pathname.startsWith('/web/login')", 15)
            tab.wait("document.readyState == 'complete'")
            return
    raise PageError(f"{login} cannot log in")


def execute(tab, model: str, method: str, *arguments, **options):
    """Return the answer of a method of Odoo, called as who is logged in."""
    return call(
        tab,
        f"/web/dataset/call_kw/{model}/{method}",
        {"model": model, "method": method, "args": arguments, "kwargs": options},
    )


def search(tab, model: str, domain: list, fields: list) -> list:
    """Return the fields of the records that a domain finds."""
    return execute(tab, model, "search_read", domain, fields, order="id")


# Which records the table names, and how they are found.
STORY = {
    "asset": ("aftersales.asset", [["serial_number", "=", "V1-1021"]]),
    "german_asset": ("aftersales.asset", [["serial_number", "=", "T3-1035"]]),
    "customer": ("res.partner", [["name", "=", "Harbour View Hotel"]]),
    "template": ("product.template", [["name", "=", "Video Doorbell V1"]]),
    "policy": ("aftersales.warranty.policy", [["name", "like", "Doorbells"]]),
    "lot": ("stock.lot", [["name", "=", "V1-1021"]]),
    "category": ("product.category", [["name", "=", "Smart Home"]]),
    "extended": ("aftersales.asset", [["serial_number", "=", "V1-1042"]]),
    "machine": ("aftersales.asset", [["serial_number", "=", "A5-1007"]]),
    "tired": ("aftersales.asset", [["serial_number", "=", "A5-1014"]]),
    "provision": ("aftersales.provision.period", [["line_ids.issued", "!=", 0]]),
    "machine_policy": (
        "aftersales.warranty.policy",
        [["name", "like", "Ventilation"]],
    ),
    "care": ("sale.order", [["order_line.product_id.default_code", "=", "BN-CARE2"]]),
    "repair": ("repair.order", [["product_id.default_code", "=", "BN-L2"]]),
    "goodwill": ("aftersales.assessment", [["goodwill_reason", "!=", False]]),
    "replacement": ("aftersales.asset", [["replaces_id", "!=", False]]),
    "passed_on": ("aftersales.asset", [["serial_number", "=", "T3-1007"]]),
    "registration": ("aftersales.registration", [["state", "=", "new"]]),
    "rma": (
        "aftersales.rma",
        [["inspection_status", "=", "inspected"], ["state", "=", "approved"]],
    ),
    "rma_partial": ("aftersales.rma", [["receipt_status", "=", "partial"]]),
    "rma_flagged": ("aftersales.rma", [["flag_status", "=", "open"]]),
    "rma_asked": (
        "aftersales.rma",
        [["state", "=", "requested"], ["flag_status", "=", False]],
    ),
    "case": ("aftersales.case", [["name", "like", "Room 114"]]),
    "return_team": ("aftersales.team", [["assignment", "=", "load"]]),
    "contract": ("aftersales.contract", [["name", "=", "Care Plan, ground floor"]]),
    "contract_offer": ("aftersales.contract", [["name", "=", "Care Plan, gate"]]),
    "plan": ("aftersales.plan", [["name", "=", "Care Plan"]]),
    "visit": ("aftersales.visit", [["state", "=", "in_progress"]]),
    "visit_done": ("aftersales.visit", [["state", "=", "done"]]),
    "followup_rule": (
        "aftersales.followup.rule",
        [["name", "=", "Warranty ends in 30 days"]],
    ),
    "recall": ("aftersales.mass.change", [["name", "like", "Light Strips"]]),
}


def find_records(tab, address: str) -> dict[str, int | str]:
    """Return ids (and a key) of the demo by the names that the table uses."""
    log_in(tab, address, "admin")
    records = {
        name: search(tab, model, domain, ["id"])[0]["id"]
        for name, (model, domain) in STORY.items()
    }
    domain = [["id", "=", records["asset"]]]
    names = ["sale_order_id", "picking_id", "warranty_ids"]
    [asset] = search(tab, "aftersales.asset", domain, names)
    records["order"] = asset["sale_order_id"][0]
    records["delivery"] = asset["picking_id"][0]
    records["delivery_key"] = _sign_delivery(tab, records["delivery"])
    records["warranty"] = max(asset["warranty_ids"])
    domain = [["id", "=", records["repair"]]]
    [repair] = search(tab, "repair.order", domain, ["sale_order_id"])
    records["repair_quotation"] = repair["sale_order_id"][0]
    records["past_deliveries"] = _preview_past_deliveries(tab)
    return records


def _preview_past_deliveries(tab) -> int:
    """Return a run for the deliveries of two years, previewed but not started."""
    since = (date.today() - timedelta(days=730)).isoformat()
    model = "aftersales.backfill"
    [run] = execute(tab, model, "create", [{"date_from": since}])
    execute(tab, model, "action_preview", [run])
    return run


def _sign_delivery(tab, delivery: int) -> str:
    """Return the key to the page of one delivery, which its e-mail has as a link."""
    code = (
        f"key = env['aftersales.asset']._sign_delivery("
        f"env['stock.picking'].browse({delivery}))\n"
        "action = {'type': 'ir.actions.act_window_close', 'infos': key}"
    )
    model = search(tab, "ir.model", [["model", "=", "stock.picking"]], ["id"])
    values = {"name": "Key", "model_id": model[0]["id"], "state": "code", "code": code}
    created = execute(tab, "ir.actions.server", "create", [values])
    answer = execute(tab, "ir.actions.server", "run", created)
    execute(tab, "ir.actions.server", "unlink", created)
    return answer["infos"]


@contextlib.contextmanager
def running(database: str, *options: str):
    """Run Odoo on a free port; give its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "odoo", "server", "-d", database]
    command += [f"--db-filter=^{database}$", f"--http-port={port}"]
    command += ["--http-interface=127.0.0.1", "--max-cron-threads=0"]
    command += ["--log-level=warn", *options]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(process, f"{address}/web/login")
        yield address
    finally:
        process.terminate()
        process.wait()


def _wait_for(process: subprocess.Popen, url: str) -> None:
    """Return when the page is served, or say why it never will be."""
    until = time.monotonic() + 180
    while time.monotonic() < until:
        if process.poll() is not None:
            raise SystemExit(f"Odoo ended with {process.returncode}.")
        try:
            with urllib.request.urlopen(url, timeout=60):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise SystemExit("Odoo did not answer within three minutes.")
