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


def log_in(tab, address: str, login: str) -> None:
    """Log in; the demo's passwords equal the log-ins."""
    # The page before may still ask for something, and be given a session for it.
    tab.call("Page.navigate", url="about:blank")
    tab.wait("location.href == 'about:blank'")
    time.sleep(0.5)
    tab.forget_login()
    tab.open(f"{address}/web/login")
    tab.evaluate(f"document.querySelector('input[name=login]').value = '{login}'; 0")
    tab.evaluate(f"document.querySelector('input[name=password]').value = '{login}'; 0")
    tab.evaluate("document.querySelector('form.oe_login_form').submit(); 0")
    tab.wait("!location.pathname.startsWith('/web/login')")
    tab.wait("document.readyState == 'complete'")


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
}


def find_records(tab, address: str) -> dict[str, int]:
    """Return the ids of the demo's records by the names that the table uses."""
    log_in(tab, address, "admin")
    records = {
        name: search(tab, model, domain, ["id"])[0]["id"]
        for name, (model, domain) in STORY.items()
    }
    domain = [["id", "=", records["asset"]]]
    asset = search(tab, "aftersales.asset", domain, ["sale_order_id", "warranty_ids"])
    records["order"] = asset[0]["sale_order_id"][0]
    records["warranty"] = max(asset[0]["warranty_ids"])
    records["past_deliveries"] = _preview_past_deliveries(tab)
    return records


def _preview_past_deliveries(tab) -> int:
    """Return a run for the deliveries of two years, previewed but not started."""
    since = (date.today() - timedelta(days=730)).isoformat()
    model = "aftersales.backfill"
    [run] = execute(tab, model, "create", [{"date_from": since}])
    execute(tab, model, "action_preview", [run])
    return run


def _unit(tab, order: int) -> int:
    """Return the first unit of an order."""
    domain = [["sale_order_id", "=", order]]
    return search(tab, "aftersales.asset", domain, ["id"])[0]["id"]


@contextlib.contextmanager
def running(database: str):
    """Run Odoo on a free port; give its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "odoo", "server", "-d", database]
    command += [f"--db-filter=^{database}$", f"--http-port={port}"]
    command += ["--http-interface=127.0.0.1", "--max-cron-threads=0"]
    process = subprocess.Popen([*command, "--log-level=warn"], stdin=subprocess.DEVNULL)
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
