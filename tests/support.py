"""Driving Odoo from outside, as an administrator does: by commands and over HTTP."""

import contextlib
import json
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
import xmlrpc.client
from pathlib import Path

from tools import odoo_log
from tools.database import Databases
from tools.paths import ADDON, LOGS, ROOT
from tools.postgres import free_port

ANSWER = "@@answer "
# what a module leaves in the catalogue of PostgreSQL and in Odoo's own
STRUCTURE = {
    "tables": "SELECT table_name FROM information_schema.tables"
    " WHERE table_schema = 'public'",
    "columns": "SELECT table_name || '.' || column_name || ' ' || data_type"
    " || ' ' || is_nullable FROM information_schema.columns"
    " WHERE table_schema = 'public'",
    "indexes": "SELECT tablename || ' ' || indexname FROM pg_indexes"
    " WHERE schemaname = 'public'",
    "constraints": "SELECT conrelid::regclass || ' ' || conname || ' '"
    " || pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "sequences": "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'"
    " AND sequencename NOT LIKE 'ir_sequence_%'",
    "functions": "SELECT proname FROM pg_proc"
    " WHERE pronamespace = 'public'::regnamespace",
    "models": "SELECT model FROM ir_model",
    "fields": "SELECT model || '.' || name FROM ir_model_fields",
    "selections": "SELECT f.model || '.' || f.name || '=' || s.value"
    " FROM ir_model_fields_selection s JOIN ir_model_fields f ON f.id = s.field_id",
    "crons": "SELECT s.name->>'en_US' FROM ir_cron c"
    " JOIN ir_act_server s ON s.id = c.ir_actions_server_id",
    "parameters": "SELECT key FROM ir_config_parameter",
    "groups": "SELECT name->>'en_US' FROM res_groups",
    "users' groups": "SELECT u.login || ': ' || (g.name->>'en_US')"
    " FROM res_groups_users_rel r JOIN res_users u ON u.id = r.uid"
    " JOIN res_groups g ON g.id = r.gid",
    "privileges": "SELECT name->>'en_US' FROM res_groups_privilege",
    "rules": "SELECT name FROM ir_rule",
    "access": "SELECT name FROM ir_model_access",
    "menus": "SELECT name->>'en_US' FROM ir_ui_menu",
    "views": "SELECT COALESCE(key, name) || ' ' || COALESCE(model, '') FROM ir_ui_view",
    "actions": "SELECT type || ' ' || (name->>'en_US') FROM ir_actions",
    "sequences of Odoo": "SELECT COALESCE(code, name) FROM ir_sequence",
    "mail templates": "SELECT name->>'en_US' FROM mail_template",
    "message subtypes": "SELECT name->>'en_US' FROM mail_message_subtype",
    "activity types": "SELECT name->>'en_US' FROM mail_activity_type",
    "paper formats": "SELECT name FROM report_paperformat",
    # those of the platform's mixins on a removed model stay with every module, Odoo's
    # own (repair) included: mail.selection__…, portal.model_inherit__…
    # and that an addon lies in the addons path is no trace of its installation
    "external ids": "SELECT module || '.' || name FROM ir_model_data"
    f" WHERE module LIKE '{ADDON}%' OR (name LIKE '%aftersales%'"
    " AND name !~ '^(selection|model_inherit)__'"
    " AND NOT (module = 'base' AND name LIKE 'module_%'))",
    "attachments": "SELECT res_model || '.' || COALESCE(res_field, '')"
    " FROM ir_attachment WHERE res_model LIKE 'aftersales%'",
}


class Refused(AssertionError):
    """A command of Odoo that ended badly, with what it printed."""


class Instance:
    """One database, and the commands that work on it."""

    def __init__(self, databases: Databases, name: str):
        self.databases = databases
        self.stage = databases.stage
        self.name = name

    def sql(self, query: str) -> list[str]:
        """The rows of a query as text."""
        return self.stage.server.sql(query, self.name)

    def count(self, query: str) -> int:
        """The only number that a query gives."""
        return int(self.sql(query)[0])

    def odoo(self, *arguments, stdin: str | None = None) -> str:
        """Run a command of Odoo to its end and return all that it printed."""
        result = subprocess.run(
            self.stage.odoo_command(*arguments),
            env=self.stage.environment(),
            cwd=ROOT,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if result.returncode:
            raise Refused(f"{' '.join(arguments)}\n{result.stdout[-6000:]}")
        return result.stdout

    def state(self, module: str) -> str:
        """What Odoo says of a module: installed, uninstalled, …"""
        query = f"SELECT state FROM ir_module_module WHERE name = '{module}'"
        return next(iter(self.sql(query)), "unknown")

    def install(self, *modules: str, demo: bool = False) -> str:
        """Install modules and return the log."""
        return self._server("-i", modules, demo)

    def upgrade(self, *modules: str) -> str:
        """Upgrade modules and return the log."""
        return self._server("-u", modules, False)

    def _server(self, flag: str, modules: tuple[str, ...], demo: bool) -> str:
        arguments = ["server", "-d", self.name, flag, ",".join(modules or [ADDON])]
        arguments += ["--stop-after-init", "--no-http", "--max-cron-threads=0"]
        return self.odoo(*arguments, *(["--with-demo"] if demo else []))

    def uninstall(self, *modules: str) -> str:
        """Uninstall modules and return the log."""
        return self.odoo("module", "uninstall", "-d", self.name, *(modules or [ADDON]))

    def script(self, text: str):
        """Run code in Odoo's shell and return what it gave to ``answer(…)``.

        It commits at the end; an exception fails the test.
        """
        prelude = "import json\nanswers = []\nanswer = answers.append\n"
        closing = (
            "\nenv.cr.commit()\n"
            f"print({ANSWER!r} + json.dumps(answers[-1] if answers else None))\n"
        )
        printed = self.odoo(
            *("shell", "-d", self.name, "--no-http", "--log-level=warn"),
            stdin=prelude + text + closing,
        )
        line = [row for row in printed.splitlines() if row.startswith(ANSWER)][-1]
        return json.loads(line.removeprefix(ANSWER))

    def start_script(self, text: str) -> subprocess.Popen:
        """Run code in Odoo's shell in the background; ``log`` names its output."""
        # Into a file: a pipe that nobody reads would stop a worker that says much.
        log = LOGS / f"worker-{self.name}-{time.monotonic_ns()}.log"
        command = self.stage.odoo_command(
            "shell", "-d", self.name, "--no-http", "--log-level=error"
        )
        worker = subprocess.Popen(
            command,
            env=self.stage.environment(),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=log.open("w"),
            stderr=subprocess.STDOUT,
            text=True,
        )
        worker.stdin.write(text)
        worker.stdin.close()
        worker.log = log
        return worker

    def work_with_a_kill(self, text: str, query: str, *enough: int) -> None:
        """Have two workers run code, of which one is killed and a new one takes over.

        :param text: code that ends when nothing is left to do
        :param query: counts what is done
        :param enough: how much is done when the older worker is killed; of several
            numbers, each is for a kill of its own
        """
        workers = [self.start_script(text), self.start_script(text)]
        try:
            for least in enough:
                self._wait_for_work(workers, query, least)
                workers[0].kill()
                workers[0].wait(60)
                workers = [workers[1], self.start_script(text)]
            for worker in workers:
                worker.wait(600)
            printed = [worker.log.read_text()[-4000:] for worker in workers]
        finally:
            for worker in workers:
                if worker.poll() is None:
                    worker.kill()
        assert [worker.returncode for worker in workers] == [0, 0], printed

    def _wait_for_work(
        self, workers: list[subprocess.Popen], query: str, least: int
    ) -> None:
        """Until so much is done, with all workers still at it."""
        limit = time.monotonic() + 300
        while self.count(query) < least:
            for worker in workers:
                assert worker.poll() is None, worker.log.read_text()[-4000:]
            assert time.monotonic() < limit, "it got nowhere"
            time.sleep(0.02)

    def structure(self) -> dict[str, set[str]]:
        """What there is in the catalogues, to compare before and after."""
        return {name: set(self.sql(query)) for name, query in STRUCTURE.items()}

    @contextlib.contextmanager
    def serve(self, *arguments, port: int = 0):
        """A server on this database, until the block ends.

        Without a port it has one of its own.
        """
        port = port or free_port()
        log = LOGS / f"outside-{self.name}-{port}.log"
        command = self.stage.odoo_command(
            *("server", "-d", self.name, f"--db-filter=^{self.name}$"),
            *(f"--http-port={port}", "--max-cron-threads=0", *arguments),
        )
        with log.open("w") as stream:
            process = subprocess.Popen(
                command,
                env=self.stage.environment(),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
            )
        try:
            web = Web(self.name, f"http://127.0.0.1:{port}", log)
            web.wait(process)
            yield web
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


class Web:
    """A running server, as a browser or another program sees it."""

    def __init__(self, database: str, url: str, log: Path):
        self.database = database
        self.url = url
        self.log = log

    def wait(self, process: subprocess.Popen) -> None:
        """Until the first page is served."""
        limit = time.monotonic() + 120
        while time.monotonic() < limit:
            if process.poll() is not None:
                raise Refused(self.log.read_text()[-4000:])
            with contextlib.suppress(urllib.error.URLError, OSError):
                urllib.request.urlopen(f"{self.url}/web/login", timeout=60).close()
                return
            time.sleep(0.2)
        raise Refused(f"no page after two minutes: {self.log.read_text()[-4000:]}")

    def complaints(self) -> list[str]:
        """The warnings and errors that the server has logged."""
        return odoo_log.complaints(self.log)

    def rpc(self, login: str = "admin", password: str | None = None) -> "Rpc":
        """The external interface, logged in."""
        return Rpc(self, login, password or login)


class Rpc:
    """Calls over XML-RPC, as a neighbouring program makes them."""

    def __init__(self, web: Web, login: str, password: str):
        common = xmlrpc.client.ServerProxy(f"{web.url}/xmlrpc/2/common")
        self.uid = common.authenticate(web.database, login, password, {})
        assert self.uid, f"{login} may not log in"
        self.key = (web.database, self.uid, password)
        self.url = f"{web.url}/xmlrpc/2/object"

    def __call__(self, model: str, method: str, *arguments, **options):
        """Call a method on a connection of its own, so threads may share it."""
        proxy = xmlrpc.client.ServerProxy(self.url, allow_none=True)
        return proxy.execute_kw(*self.key, model, method, list(arguments), options)


def ours(lines: list[str]) -> list[str]:
    """Of some complaints, those that the addon can be blamed for."""
    return [line for line in lines if re.search(r"aftersales", line)]
