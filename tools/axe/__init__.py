"""What finds the faults in a page for those who see, hear or move otherwise.

The pinned version comes by npm, from wherever this machine's npm is told to ask, and is
checked against the lock file.
"""

import json
import os
import shutil
from pathlib import Path

from .. import apt
from ..lock import lock
from ..paths import cached
from ..process import logged, which
from ..steps import Failure, step

HERE = Path(__file__).resolve().parent
FILES = ("package.json", "package-lock.json")
# Puts the script into a page and returns what it finds there, but for the rules that
# are not asked inside some places.
RUN = """
(async () => {
    %s;
    const except = %s;
    const found = await axe.run(document, {resultTypes: ["violations"]});
    const isExcepted = (rule, node) => {
        const element = document.querySelector(node.target.flat()[0]);
        return except.some(([id, place]) => id === rule.id && element?.closest(place));
    };
    return found.violations.flatMap((rule) => rule.nodes
        .filter((node) => !isExcepted(rule, node))
        .map((node) => ({
            rule: rule.id,
            impact: node.impact,
            target: node.target.flat().join(" "),
            html: node.html.slice(0, 300),
            why: node.failureSummary,
        })));
})()
"""


def version() -> str:
    """The version that the lock file names."""
    found = json.loads((HERE / "package-lock.json").read_text())
    return found["packages"]["node_modules/axe-core"]["version"]


def ensure() -> Path:
    """Return the script, fetched when it is not in the cache."""
    folder = cached("axe", version())
    script = folder / "node_modules" / "axe-core" / "axe.min.js"
    if script.is_file():
        return script
    with lock("axe"):
        if not script.is_file():
            _fetch(folder)
    return script


def _fetch(folder: Path) -> None:
    """Have npm put the pinned version into a folder."""
    with step(f"Fetching axe-core {version()}") as current:
        npm = which("npm")
        if not npm and os.geteuid() == 0 and which("apt-get"):
            apt.install(["npm"], current)
            npm = which("npm")
        if not npm:
            raise Failure("npm is missing. Install it with: sudo apt-get install npm")
        for name in FILES:
            shutil.copy(HERE / name, folder)
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        logged(command, cached("log") / "npm.log", current, cwd=folder)


def violations(tab, except_in=(), impacts=("serious", "critical")) -> list[dict]:
    """Return what is wrong with the page that a tab shows.

    :param except_in: pairs of a rule and a selector of places where it is not asked
    """
    found = tab.evaluate(RUN % (ensure().read_text(), json.dumps(list(except_in))))
    return [node for node in found if node["impact"] in impacts]
