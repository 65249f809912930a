"""Odoo with the addons and their demo data, on a database that is kept between runs.

PORT=8070 takes another port, HOST_INTERFACE=0.0.0.0 lets other machines in, DB=name
another database, DEMO=0 leaves the demo data out, ADDONS=aftersales_addon the bridges
(both for a new database).
"""

import contextlib
import hashlib
import os
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from ..database import Databases, addon_template, source_hash
from ..paths import ADDON, DATA, LOGS, ROOT, asked_addons, cached
from ..process import foreground
from ..stage import Stage, ready
from ..steps import Failure, say, step

LOGINS = [
    ("agent", "service agent: installed products and warranties"),
    ("manager", "service manager: all of that, and the configuration"),
    ("customer", "portal customer: /my, her own installed products"),
]


def main(arguments: list[str]) -> int:
    """Start Odoo and stay in front of the user until Ctrl-C."""
    port = int(os.environ.get("PORT") or 8069)
    host = os.environ.get("HOST_INTERFACE") or "127.0.0.1"
    check_port(host, port)
    with ready() as stage:
        databases = Databases(stage)
        name = os.environ.get("DB") or kept_name()
        up_to_date(databases, name)
        return serve(stage, name, host, port, arguments)


def kept_name() -> str:
    """The database of this clone: other clones share the server."""
    return f"aftersales_run_{hashlib.sha256(str(ROOT).encode()).hexdigest()[:6]}"


def check_port(host: str, port: int) -> None:
    """Say early and clearly that a port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise Failure(
                f"Port {port} needs root. Take another one: make run PORT=8069"
            ) from error
        except OSError as error:
            raise Failure(
                f"Port {port} on {host} is in use{_holder(port)}. Stop that program, "
                f"or take another port: make run PORT={port + 1}"
            ) from error


def _holder(port: int) -> str:
    """Who listens there, where that can be seen."""
    sockets = {
        f"socket:[{fields[9]}]"
        for name in ("tcp", "tcp6")
        if (table := Path("/proc/net", name)).is_file()
        for fields in map(str.split, table.read_text().splitlines())
        if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port
    }
    for handle in Path("/proc").glob("[0-9]*/fd/*") if sockets else ():
        with contextlib.suppress(OSError):  # of somebody else, or just closed
            if os.readlink(handle) in sockets:
                process = handle.parents[1]
                program = (process / "comm").read_text().strip()
                return f" by {program} (process {process.name})"
    return ""


def up_to_date(databases: Databases, name: str) -> None:
    """Make the database, or upgrade it when an addon has changed since."""
    names = asked_addons()
    state = cached("kept") / f"{name}.hash"
    hashes = [source_hash(addon) for addon in names]
    wanted = " ".join([databases.stage.odoo.version, *hashes])
    if not databases.exists(name):
        demo = os.environ.get("DEMO", "1") not in ("0", "no", "false")
        template = databases.ensure(addon_template(databases.stage, names, demo))
        with step(f"Database {name}"):
            databases.copy(template, name)
        state.write_text(wanted)
    elif not state.is_file() or state.read_text() != wanted:
        log = LOGS / "upgrade.log"
        with step(f"The addon has changed: upgrading database {name}") as current:
            # with the core one Odoo upgrades the bridges that stand on it
            databases.install(name, names, False, log, current, upgrade=[ADDON])
        state.write_text(wanted)


def serve(stage: Stage, name: str, host: str, port: int, arguments: list[str]) -> int:
    """Run the server; its log goes to the terminal and the address is said when up."""
    address = f"http://localhost:{port}"
    command = stage.odoo_command(
        "server", "-d", name, f"--db-filter=^{name}$", f"--http-port={port}"
    )
    command += [f"--http-interface={host}", *arguments]
    waiting = threading.Thread(target=announce, args=(address, name), daemon=True)
    log = DATA / "log" / "run.log"
    say(f"  … Odoo on {address}, log in {log.relative_to(ROOT)}")
    waiting.start()
    with log.open("a") as stream:
        status = foreground(
            command,
            stage.environment(),
            cwd=ROOT,
            stdout=stream,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
    if status not in (0, 130, -2):
        tail = "".join(log.read_text(errors="replace").splitlines(True)[-15:])
        say(f"{tail}\nOdoo ended with status {status}; the whole log: {log}")
        return 1
    say("Odoo has stopped.")
    return 0


def announce(address: str, name: str) -> None:
    """Wait for the first page, then say what there is to see."""
    begin = time.monotonic()
    while time.monotonic() - begin < 300:
        try:
            with urllib.request.urlopen(f"{address}/web/login", timeout=60):
                break
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    else:
        return
    say(f"  ✓ Odoo answers ({time.monotonic() - begin:.1f} s)\n")
    say(f"  {address}   (database {name})\n")
    say("  Log in (the password equals the login):")
    for login, what in LOGINS:
        say(f"    {login:10} {what}")
    say(
        "\n  Look first: as agent, After-Sales → Installed Products, and open one\n"
        "  that expires soon; then as customer, Installed Products on the portal.\n"
        "  Ctrl-C stops Odoo and PostgreSQL."
    )
