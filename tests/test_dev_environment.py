"""The development environment keeps its promises: recovery, clear words, nothing lost.

The slow parts (fetching Odoo, installing the platform) are stood in for.
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tools import apt, browser, database, odoo_source, postgres, venv
from tools.database import Databases, Template
from tools.paths import ROOT, cached
from tools.steps import Failure


@pytest.fixture
def cache(monkeypatch):
    """A cache folder of its own, which PostgreSQL's user may enter."""
    folder = cached("tmp") / f"env-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o755)
    monkeypatch.setenv("AFTERSALES_CACHE", str(folder))
    for name in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "AFTERSALES_SERVER"):
        monkeypatch.delenv(name, raising=False)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


# -- templates -----------------------------------------------------------------------


def test_a_template_is_named_by_what_shapes_it(tmp_path, monkeypatch, stage):
    """Code and data count; tests, readme and byte code leave no trace in a database."""
    addon = tmp_path / "aftersales_addon"
    (addon / "tests").mkdir(parents=True)
    (addon / "__manifest__.py").write_text("{'depends': ['sale']}")
    (addon / "model.py").write_text("a = 1")
    monkeypatch.setattr(database, "ROOT", tmp_path)
    names = [database.addon_template(stage).name]
    (addon / "tests" / "test_x.py").write_text("b = 2")
    (addon / "README.rst").write_text("more")
    assert database.addon_template(stage).name == names[0]
    (addon / "model.py").write_text("a = 2")
    names.append(database.addon_template(stage).name)
    names.append(database.addon_template(stage, demo=True).name)
    parent = database.addon_template(stage).parent
    (addon / "__manifest__.py").write_text("{'depends': ['sale', 'stock']}")
    names.append(database.addon_template(stage).name)
    assert len(set(names)) == 4
    assert database.addon_template(stage).parent != parent


def test_a_template_depends_on_odoo_and_the_pins(stage, monkeypatch):
    """Another Odoo or other packages make another template."""
    first = database.addon_template(stage).name
    monkeypatch.setattr(venv, "requirements_hash", lambda: "other")
    assert database.addon_template(stage).name != first
    monkeypatch.undo()
    other = odoo_source.Odoo(stage.odoo.path, "another version")
    assert database.addon_template(type(stage)(other, stage.server)).name != first


@pytest.fixture
def cheap(databases, monkeypatch):
    """Templates without Odoo in them: a table says what was installed, how often."""
    template = Template("platform", ("x",), False, f"tpl_platform_cheap{os.getpid()}")
    broken = []

    def install(self, name, modules, demo, log, current=None, upgrade=()):
        self.sql(f'CREATE DATABASE "{name}"')
        self.filestore(name).mkdir(parents=True, exist_ok=True)
        (self.filestore(name) / "file").write_text("attachment")
        if broken:
            raise broken.pop()
        log.write_text("")

    monkeypatch.setattr(Databases, "install", install)
    monkeypatch.setattr(Databases, "_forget_old", lambda self, template: None)
    yield template, broken
    databases.drop(template.name)
    databases.drop(template.name.replace("tpl_", "build_"))
    template.log.unlink(missing_ok=True)


def test_an_interrupted_build_is_begun_again(databases, cheap):
    """What a killed build leaves never passes for a template."""
    template, broken = cheap
    broken.append(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        databases.ensure(template)
    assert not databases.exists(template.name)
    assert databases.exists(template.name.replace("tpl_", "build_"))
    databases.ensure(template)
    assert databases.exists(template.name)
    assert not databases.exists(template.name.replace("tpl_", "build_"))


def test_a_template_without_its_log_is_built_again(databases, cheap):
    """Killed between the two last steps: the log is what says that it is whole."""
    template, _broken = cheap
    databases.ensure(template)
    databases.sql(f"COMMENT ON DATABASE \"{template.name}\" IS 'old'")
    template.log.unlink()
    databases.ensure(template)
    comment = "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
    assert databases.sql(f"{comment} WHERE datname = '{template.name}'") in ([""], [])


def test_copies_have_their_own_files_and_go_at_the_end(databases, cheap):
    """Removing a copy's attachment leaves the template's."""
    template, _broken = cheap
    databases.ensure(template)
    with databases.scratch(template, "copy") as name:
        assert (databases.filestore(name) / "file").read_text() == "attachment"
        (databases.filestore(name) / "file").unlink()
        assert databases.exists(name)
    assert not databases.exists(name)
    assert (databases.filestore(template.name) / "file").is_file()


def test_scratch_databases_of_killed_commands_are_swept(databases):
    """A process that is gone cannot drop its own; one that lives keeps its own."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    names = [f"tmp_{gone.pid}_1_gone", f"tmp_{os.getppid()}_1_alive"]
    for name in names:
        databases.sql(f'CREATE DATABASE "{name}"')
    databases.sweep()
    assert [databases.exists(name) for name in names] == [False, True]
    databases.drop(names[1])


# -- PostgreSQL ----------------------------------------------------------------------

CRASH = """
import os, signal, sys, time
sys.path.insert(0, {root!r})
from tools import postgres
with postgres.server() as server:
    if "write" in sys.argv:
        server.sql("CREATE TABLE kept (x int)")
        server.sql("INSERT INTO kept VALUES (42)")
        server.sql("CHECKPOINT")
    else:
        print(server.sql("SELECT x FROM kept")[0])
    if "kill" in sys.argv:
        pid = int((postgres.Embedded().data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_killing_everything_hard_loses_nothing(cache):
    """kill -9 of PostgreSQL and of the command: the next start works, with the data."""
    code = CRASH.format(root=str(ROOT))
    killed = subprocess.run([sys.executable, "-c", code, "write", "kill"])
    assert killed.returncode == -signal.SIGKILL
    for _time in range(2):
        command = [sys.executable, "-c", code]
        found = subprocess.run(command, capture_output=True, text=True)
        assert found.stdout.strip() == "42", found.stderr
    assert not (cache / "pg" / "data" / "postmaster.pid").exists(), "it was stopped"


def test_a_half_made_cluster_is_made_again(cache):
    """initdb was interrupted: its folder is there, and worth nothing."""
    folder = cache / "pg" / "data"
    folder.mkdir(parents=True)
    (folder / "PG_VERSION").write_text("18\n")
    with postgres.server() as server:
        assert server.sql("SELECT 1") == ["1"]


def test_a_long_path_falls_back_to_a_port(cache, monkeypatch):
    """A socket's address has 107 bytes at most."""
    longer = cache / ("x" * 100)
    monkeypatch.setenv("AFTERSALES_CACHE", str(longer))
    with postgres.server() as server:
        assert server.env["PGHOST"] == "127.0.0.1"
        assert server.sql("SELECT 1") == ["1"]
        refused = postgres.Server({**server.env, "PGPASSWORD": "no"}, server.programs)
        with pytest.raises(Failure, match="password"):
            refused.sql("SELECT 1")


def test_the_last_user_stops_the_server(cache):
    """As long as one command uses it, it runs."""
    embedded = postgres.Embedded()
    first, second = embedded.enter(), embedded.enter()
    embedded.leave(first)
    assert embedded.running()
    embedded.leave(second)
    assert not embedded.running()


def test_pghost_is_honoured(stage, monkeypatch):
    """The user's own server is used, and named when it does not answer."""
    for name, value in stage.server.env.items():
        monkeypatch.setenv(name, value)
    with postgres.server() as server:
        assert server.env["PGHOST"] == stage.server.env["PGHOST"]
    assert stage.server.sql("SELECT 1") == ["1"], "it was left running"
    monkeypatch.setenv("PGHOST", "/nonexistent")
    with pytest.raises(Failure, match="PGHOST=/nonexistent does not answer"):
        postgres.server().__enter__()


# -- Odoo, packages and browser ------------------------------------------------------


def make_odoo(folder: Path, version: str = "(19, 0, 0, FINAL, 0, '')") -> Path:
    """A folder that looks like a checkout."""
    (folder / "odoo").mkdir(parents=True)
    (folder / "odoo" / "release.py").write_text(f"version_info = {version}\n")
    return folder


def test_odoo_home_is_honoured(tmp_path, monkeypatch):
    """A checkout or an unpacked package; another series or an empty folder is told."""
    monkeypatch.setenv("ODOO_HOME", str(make_odoo(tmp_path / "own")))
    assert odoo_source.ensure().path == tmp_path / "own"
    monkeypatch.setenv("ODOO_HOME", str(tmp_path / "own" / "odoo"))
    assert odoo_source.ensure().path == tmp_path / "own"
    old = make_odoo(tmp_path / "old", "(18, 0, 0, FINAL, 0, '')")
    monkeypatch.setenv("ODOO_HOME", str(old))
    with pytest.raises(Failure, match="is not Odoo 19.0"):
        odoo_source.ensure()
    monkeypatch.setenv("ODOO_HOME", str(tmp_path))
    with pytest.raises(Failure, match="holds no Odoo"):
        odoo_source.ensure()


def test_a_half_finished_fetch_is_begun_again(cache, monkeypatch):
    """Only what was unpacked to the end counts; what is left over is removed."""
    monkeypatch.delenv("ODOO_HOME", raising=False)
    left = cache / "odoo" / "new-1" / "usr"
    left.mkdir(parents=True)
    calls = []

    def from_debian(folder, current):
        calls.append(folder)
        make_odoo(folder / "usr/lib/python3/dist-packages")
        if len(calls) == 1:
            raise KeyboardInterrupt
        return "19.0.0"

    monkeypatch.setattr(odoo_source, "_from_debian", from_debian)
    with pytest.raises(KeyboardInterrupt):
        odoo_source.ensure()
    found = odoo_source.ensure()
    assert (found.path / "odoo" / "release.py").is_file()
    assert not list((cache / "odoo").glob("new-*"))
    assert odoo_source.ensure() == found
    assert len(calls) == 2


def test_without_apt_odoo_is_cloned(cache, monkeypatch):
    """And when that fails as well, the way out is named."""
    monkeypatch.delenv("ODOO_HOME", raising=False)
    monkeypatch.setattr(apt, "which", lambda name: None)
    monkeypatch.setattr(
        odoo_source, "_from_git", lambda folder, current: make_odoo(folder) and "abc"
    )
    assert odoo_source.ensure().version == "abc"
    monkeypatch.undo()


def test_the_mirror_is_the_machines_own(tmp_path):
    """Both formats of apt's sources; security and other archives are passed over."""
    folder = tmp_path / "sources.list.d"
    folder.mkdir()
    (tmp_path / "sources.list").write_text(
        "# deb http://old.example/debian bookworm main\n"
        "deb [arch=amd64 signed-by=/k.gpg] http://one.example/debian/ bookworm main\n"
        "deb http://one.example/debian-security bookworm-security main\n"
    )
    (folder / "a.sources").write_text(
        "Types: deb deb-src\n# a comment\nURIs: https://two.example/debian\n"
        "Suites: bookworm bookworm-updates\nComponents: main\nSigned-By: /t.gpg\n"
        "\nTypes: deb\nURIs: https://other.example/node\nSuites: nodistro\n"
        "Components: main\n\nEnabled: no\nTypes: deb\nSuites: sid\n"
        "URIs: https://three.example/debian\nComponents: main\n"
    )
    assert apt.mirrors(tmp_path) == [
        apt.Mirror("http://one.example/debian", "/k.gpg"),
        apt.Mirror("https://two.example/debian", "/t.gpg"),
    ]


def test_a_missing_browser_is_named_with_its_command(cache, monkeypatch):
    """Where nothing may be installed."""
    monkeypatch.setattr(browser, "which", lambda *args, **options: None)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(Failure, match="sudo apt-get install chromium .*wkhtmltopdf"):
        browser.ensure()
    browser.ensure(required=False)


def test_other_pins_make_another_environment(tmp_path, monkeypatch):
    """An environment of other requirements, or one that broke off, is made again."""
    marker = tmp_path / "marker"
    assert not venv._is_made(marker, "a")
    marker.write_text("a")
    assert venv._is_made(marker, "a")
    assert not venv._is_made(marker, "b")
    first = venv.requirements_hash()
    monkeypatch.setattr(venv, "ROOT", tmp_path)
    for name in venv.FILES:
        (tmp_path / name).write_text("x==1\n")
    assert venv.requirements_hash() != first


def test_a_python_that_does_not_fit_is_told(monkeypatch):
    """With what to do, unless one that fits is at hand."""
    assert venv.interpreter() == sys.executable
    monkeypatch.setattr(venv, "FITTING", ((2, 7),))
    monkeypatch.setattr(venv, "which", lambda name: None)
    with pytest.raises(Failure, match="make PYTHON="):
        venv.interpreter()


def test_every_requirement_is_pinned():
    """The same packages on every machine."""
    for name in venv.FILES:
        lines = (ROOT / name).read_text().splitlines()
        wanted = [line for line in lines if line and not line.startswith("#")]
        assert wanted
        assert [line for line in wanted if "==" not in line] == []
