"""Everything that shows that the addon works.

Lint, the installation's log, Odoo's tests with the tours, and the tests from outside.
With ARGS only the named tests run: ARGS="aftersales_addon/tests/test_x.py -k name".
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from .. import odoo_log
from ..database import Databases, addon_template
from ..paths import ADDON, LOGS, ROOT, addons, venv_python
from ..process import foreground, output
from ..results import Phase, closing, from_junit, timed
from ..stage import ready
from ..steps import say, step
from . import lint

WORKERS = 2
# these wait for servers to start and for each other, with a core to spare
OUTSIDE_WORKERS = 3
BUNDLES = Path(__file__).parents[1] / "bundles_script.py"


@dataclass
class Selection:
    """What ARGS asks for."""

    inside: list[str]
    outside: list[str]
    options: list[str]

    @classmethod
    def of(cls, arguments: list[str]) -> "Selection":
        """Sort paths by the runner that they belong to."""
        chosen = cls([], [], [])
        for argument in arguments:
            path = ROOT / argument.partition("::")[0]
            if argument.startswith("-") or not path.exists():
                chosen.options.append(argument)
            elif path.is_relative_to(ROOT / "tests"):
                chosen.outside.append(argument)
            else:
                chosen.inside.append(argument)
        return chosen

    @property
    def narrowed(self) -> bool:
        """Whether paths were named."""
        return bool(self.inside or self.outside)


def main(arguments: list[str]) -> int:
    """Run the phases and close with one summary."""
    begin = time.monotonic()
    chosen = Selection.of(arguments)
    phases: list[Phase] = []
    with ready(tests=True) as stage:
        databases = Databases(stage)
        if not arguments:
            phases.extend(lint.phases(stage))
        if chosen.inside or not chosen.narrowed:
            for group in groups(chosen.inside):
                phases.extend(odoo_tests(databases, group, chosen))
        if chosen.outside or not chosen.narrowed:
            phases.extend(outside_tests(stage, chosen))
    return closing(phases, begin)


def groups(paths: list[str]) -> list[tuple[str, ...]]:
    """The sets of addons that are tested together: the core alone, then the bridges."""
    bridges = tuple(name for name in addons() if name != ADDON)
    found = [(ADDON,)] + ([(ADDON, *bridges)] if bridges else [])
    if not paths:
        return found
    return [group for group in found if any(_inside(path, group) for path in paths)]


def _inside(path: str, group: tuple[str, ...]) -> bool:
    """Whether a path belongs to the addons that a group is there to test."""
    return path.partition("/")[0] in tested(group)


def tested(group: tuple[str, ...]) -> tuple[str, ...]:
    """The addons whose tests run with a group: the core's run without bridges."""
    return group if len(group) == 1 else group[1:]


def odoo_tests(databases: Databases, group: tuple[str, ...], chosen: Selection):
    """Install the addons, read the installation's log, run their tests on copies."""
    label = "" if len(group) == 1 else " (bridges)"
    found: list[Phase] = []
    with timed(found):
        template = databases.ensure(addon_template(databases.stage, group))
        found.append(install_log(template, f"Installation{label}"))
    paths = [path for path in chosen.inside if _inside(path, group)]
    paths = paths or [f"{name}/tests" for name in tested(group)]
    paths = [path for path in paths if (ROOT / path.partition("::")[0]).exists()]
    if not paths:
        return found
    say(f"\n── Odoo tests and tours{label} " + "─" * 30)
    run: list[Phase] = []
    with timed(run), databases.scratch(template, "test") as name:
        if any(map(has_tours, paths)):
            make_bundles(databases.stage, name)
        run.append(_pytest_odoo(databases.stage, name, paths, chosen, label))
    return found + run


def has_tours(path: str) -> bool:
    """Whether a file or a folder has tests that start a browser."""
    start = ROOT / path.partition("::")[0]
    files = start.rglob("test_*.py") if start.is_dir() else [start]
    return any("start_tour(" in file.read_text() for file in files)


def make_bundles(stage, name: str) -> None:
    """Make what browsers load once, not again in each tour."""
    arguments = ("shell", "-d", name, "--no-http", "--log-level=warn")
    with step("Scripts and styles for the browsers"), BUNDLES.open() as script:
        command = stage.odoo_command(*arguments)
        output(command, stage.environment(), stdin=script, cwd=ROOT)


def install_log(template, title: str) -> Phase:
    """Installing must not make Odoo complain."""
    lines = odoo_log.complaints(template.log)
    if not lines:
        return Phase(title, passed=1)
    for line in lines:
        say(line)
    notes = [line.split("\n")[0] for line in lines]
    return Phase(title, failed=1, notes=[*notes, f"the whole log: {template.log}"])


def _pytest_odoo(stage, name: str, paths, chosen: Selection, label: str) -> Phase:
    """pytest-odoo: each worker makes a copy of the database for itself."""
    parallel = not any("::" in path or path.endswith(".py") for path in paths)
    report = _report(f"odoo{len(label)}")
    command = [venv_python(), "-m", "pytest", "-c", ROOT / "pyproject.toml"]
    command += [
        f"--rootdir={ROOT}",
        f"--junitxml={report}",
        "-o",
        "junit_family=xunit2",
    ]
    command += ["--odoo-http", f"--odoo-database={name}", "--odoo-log-level=warn"]
    if parallel:
        command += ["-n", str(WORKERS), "--dist", "loadscope"]
        command += ["--no-loadscope-reorder", "-p", "tools.pytest_order"]
        command += ["-p", "tools.pytest_filestore"]
    status = foreground(
        [*command, *paths, *chosen.options], stage.environment(), cwd=ROOT
    )
    return from_junit(f"Odoo tests and tours{label}", report, status, _strict())


def outside_tests(stage, chosen: Selection) -> list[Phase]:
    """The tests in tests/, which drive Odoo from outside."""
    say("\n── Outside tests " + "─" * 43)
    report = _report("outside")
    found: list[Phase] = []
    command = [venv_python(), "-m", "pytest", "-p", "no:odoo", "-c"]
    command += [ROOT / "pyproject.toml", f"--rootdir={ROOT}", f"--junitxml={report}"]
    command += [*(chosen.outside or ["tests"]), *chosen.options]
    if not chosen.outside:
        command += ["-n", str(OUTSIDE_WORKERS), "--dist", "loadgroup"]
    with timed(found):
        status = foreground(command, stage.environment(), cwd=ROOT)
        found.append(from_junit("Outside tests", report, status, _strict()))
    return found


def _strict() -> bool:
    """In CI a test that was skipped has not shown anything."""
    return os.environ.get("CI", "") not in ("", "0", "false")


def _report(name: str) -> Path:
    """Where a runner leaves its results."""
    path = LOGS / f"{name}-results.xml"
    path.unlink(missing_ok=True)
    return path
