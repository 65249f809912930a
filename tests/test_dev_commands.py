"""The commands of the development environment: what they say and how they end."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from tools import odoo_log, paths, postgres, pytest_order, results
from tools.commands import run
from tools.commands import test as test_command
from tools.commands.test import Selection
from tools.database import Databases
from tools.lock import lock
from tools.paths import ADDON, ROOT, cached
from tools.steps import Failure


def command(name: str, **options) -> subprocess.Popen:
    """One of the commands, in a group of its own as a terminal starts it."""
    env = {**os.environ, **options.pop("env", {})}
    env.pop("ARGS", None)
    return subprocess.Popen(
        [sys.executable, "-m", "tools", name],
        cwd=ROOT,
        env=env,
        text=True,
        start_new_session=True,
        stdin=options.pop("stdin", subprocess.PIPE),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_a_port_in_use_is_named_with_what_to_do():
    """Before anything is set up."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = command("run", env={"PORT": str(port)})
        _output, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"Port {port} on 127.0.0.1 is in use by " in said
    assert f"make run PORT={port + 1}" in said


@pytest.mark.parametrize(
    "script, status", [("print(env.user.id)", 0), ("1/0", 1), ("exit(7)", 7)]
)
def test_the_shell_ends_with_its_scripts_status(script, status):
    """So that a script can be part of something bigger."""
    process = command("shell")
    output, said = process.communicate(script, timeout=300)
    assert process.returncode == status, said
    assert (output.strip() == "1") == (status == 0)


def test_run_serves_soon_and_stops_with_ctrl_c(databases):
    """The second start serves a page in less than 15 seconds and says where."""
    name = f"tmp_{os.getpid()}_run"
    try:
        for _start in ("first", "second"):
            port = postgres.free_port()
            begin = time.monotonic()
            process = command("run", env={"PORT": str(port), "DB": name})
            said = ""
            while "Ctrl-C stops" not in said:
                line = process.stderr.readline()
                assert line, said
                said += line
            seconds = time.monotonic() - begin
            os.killpg(process.pid, signal.SIGINT)
            process.communicate(timeout=60)
            assert process.returncode == 0
            for word in (f"http://localhost:{port}", "agent", "manager", "customer"):
                assert word in said
            with socket.socket() as probe:
                assert probe.connect_ex(("127.0.0.1", port)), "it still listens"
        assert seconds < 15, "the second start"
    finally:
        databases.drop(name)
        (cached("kept") / f"{name}.hash").unlink(missing_ok=True)


def test_run_upgrades_a_database_of_older_code(databases, monkeypatch):
    """And leaves one of the same code alone."""
    done = []
    monkeypatch.setattr(Databases, "exists", lambda self, name: True)
    monkeypatch.setattr(Databases, "install", lambda *a, **k: done.append(k["upgrade"]))
    state = cached("kept") / "some_database.hash"
    try:
        state.write_text("older")
        run.up_to_date(databases, "some_database")
        run.up_to_date(databases, "some_database")
    finally:
        state.unlink(missing_ok=True)
    assert done == [[ADDON]]


def test_arguments_find_their_runner():
    """Paths go to the runner they belong to, options to both."""
    chosen = Selection.of(["tests/test_install.py", "-k", "demo"])
    assert (chosen.inside, chosen.outside) == ([], ["tests/test_install.py"])
    assert chosen.options == ["-k", "demo"] and chosen.narrowed
    chosen = Selection.of(["aftersales_addon/tests::TestX"])
    assert chosen.inside == ["aftersales_addon/tests::TestX"]
    assert not Selection.of(["-k", "x"]).narrowed


def test_bridges_are_tested_apart_from_the_core(monkeypatch):
    """The core's tests run without them, theirs with what they stand on."""
    monkeypatch.setattr(test_command, "addons", lambda: [ADDON, "aftersales_addon_x"])
    core, bridges = (ADDON,), (ADDON, "aftersales_addon_x")
    assert test_command.groups([]) == [core, bridges]
    assert test_command.groups([f"{ADDON}/tests/test_x.py"]) == [core]
    assert test_command.groups(["aftersales_addon_x/tests"]) == [bridges]
    assert test_command.tested(bridges) == ("aftersales_addon_x",)
    monkeypatch.setattr(test_command, "addons", lambda: [ADDON])
    assert test_command.groups([]) == [core]


def test_what_takes_long_begins_first():
    """Tours, then the classes with most tests; those of a class stay together."""
    names = ["a::TestA::x", "a::TestA::y", "b::TestTours::x", "c::TestC::x"]
    names += ["c::TestC::y", "c::TestC::z"]
    items = [SimpleNamespace(nodeid=name) for name in names]
    pytest_order.pytest_collection_modifyitems(items)
    found = [item.nodeid[0] + item.nodeid[-1] for item in items]
    assert found == ["bx", "cx", "cy", "cz", "ax", "ay"]


def test_bundles_are_made_where_a_browser_asks_for_them(tmp_path, monkeypatch):
    """A folder, a file or one test of it; not for tests without a tour."""
    folder = tmp_path / "addon" / "tests"
    folder.mkdir(parents=True)
    (folder / "test_a.py").write_text("x = 1")
    monkeypatch.setattr(test_command, "ROOT", tmp_path)
    assert not test_command.has_tours("addon/tests")
    (folder / "test_b.py").write_text("self.start_tour('/odoo', 'x')")
    assert test_command.has_tours("addon/tests")
    assert not test_command.has_tours("addon/tests/test_a.py")
    assert test_command.has_tours("addon/tests/test_b.py::TestB::test_x")


def test_some_of_the_addons_can_be_asked_for(tmp_path, monkeypatch):
    """All without a word; the core one always; a wrong name is told."""
    for name in (ADDON, "aftersales_addon_a", "aftersales_addon_b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__manifest__.py").touch()
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.delenv("ADDONS", raising=False)
    everything = (ADDON, "aftersales_addon_a", "aftersales_addon_b")
    assert paths.asked_addons() == everything
    monkeypatch.setenv("ADDONS", ADDON)
    assert paths.asked_addons() == (ADDON,)
    monkeypatch.setenv("ADDONS", "aftersales_addon_b")
    assert paths.asked_addons() == (ADDON, "aftersales_addon_b")
    monkeypatch.setenv("ADDONS", "aftersales_addon_c")
    with pytest.raises(Failure, match="aftersales_addon_a"):
        paths.asked_addons()


JUNIT = """<testsuites><testsuite>
<testcase classname="a" name="good"/>
<testcase classname="a" name="bad"><failure message="x"/></testcase>
<testcase classname="a" name="out"><skipped message="no browser"/></testcase>
</testsuite></testsuites>"""


def test_a_skipped_test_fails_in_ci(tmp_path):
    """It has not shown anything."""
    report = tmp_path / "report.xml"
    report.write_text(JUNIT)
    lenient = results.from_junit("x", report, 1, strict=False)
    assert (lenient.passed, lenient.failed, lenient.skipped) == (1, 1, 1)
    strict = results.from_junit("x", report, 1, strict=True)
    assert (strict.passed, strict.failed, strict.skipped) == (1, 2, 0)


def test_a_runner_that_broke_off_fails(tmp_path):
    """No report, or a bad status without a failed test, is no success."""
    assert results.from_junit("x", tmp_path / "none.xml", 3).failed == 1
    assert results.from_junit("x", tmp_path / "none.xml", 1).failed == 1


def test_the_summary_ends_with_one_plain_line(capsys):
    """Which CI reads; nothing executed is no success either."""
    phases = [results.Phase("a", passed=2), results.Phase("b", failed=1)]
    assert results.closing(phases, time.monotonic()) == 1
    assert capsys.readouterr().out == "2 passed, 1 failed\n"
    assert results.closing([], time.monotonic()) == 1
    assert results.closing(phases[:1], time.monotonic()) == 0


def test_complaints_in_a_log_are_found():
    """Warnings and errors with what follows them; not what is expected of root."""
    text = (
        "2026-01-01 10:00:00,000 1 INFO db odoo.x: fine\n"
        "2026-01-01 10:00:00,000 1 WARNING ? odoo.y: Running as user 'root' is bad\n"
        "2026-01-01 10:00:00,000 1 ERROR db odoo.z: broken\nTraceback\n  line\n"
        "2026-01-01 10:00:00,000 1 INFO db odoo.x: fine again\nmore\n"
    )
    [found] = odoo_log.complaints(text)
    assert found.endswith("broken\nTraceback\n  line")


def test_a_lock_goes_with_its_process():
    """A killed command does not lock out the next one."""
    code = (
        f"import sys, os; sys.path.insert(0, {str(ROOT)!r})\n"
        "from tools.lock import lock\n"
        "with lock('test-of-locks'): os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == -9
    with lock("test-of-locks"):
        pass


def test_help_names_every_target():
    """One line for each."""
    said = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for name in ("run", "test", "lint", "shell", "bench", "screenshots", "clean"):
        assert f"make {name} " in said


def test_nothing_of_a_neighbouring_odoo_is_read(stage):
    """The user's own ~/.odoorc, home folder and database name stay out of it."""
    env = stage.environment()
    assert env["HOME"] == str(cached("home"))
    assert Path(env["ODOO_RC"]).is_relative_to(ROOT)
    assert "PGDATABASE" not in env
    assert json.dumps(env)


def test_byte_code_is_kept_in_the_cache(stage, monkeypatch):
    """Written and found again, whatever the shell says, and not among the sources."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    code = (
        "import sys, importlib.util, odoo.release as release\n"
        "path = importlib.util.cache_from_source(release.__file__)\n"
        "print(sys.dont_write_bytecode, path)"
    )
    python = [str(paths.venv_python()), "-c", code]
    said = subprocess.check_output(python, env=stage.environment(), text=True)
    off, _space, path = said.strip().partition(" ")
    assert off == "False"
    assert Path(path).is_file() and Path(path).is_relative_to(cached("bytecode"))
