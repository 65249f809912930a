"""Checks that need a database with the addons: Odoo's own lint, and translations."""

import os
import re
import subprocess
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path

from .. import translations
from ..database import Databases, addon_template
from ..paths import ADDON, LOGS, ROOT, addons
from ..results import Phase
from ..stage import Stage
from .static import verdict

MSGID = re.compile(r"(?m)^msgid (.*(?:\n\".*)*)")
SCRIPT = Path(__file__).with_name("test_lint_script.py")


def phases(
    stage: Stage, measured: Callable[..., Phase], aside: Executor
) -> list[Phase]:
    """Run them on one copy of the template with all addons of the repository.

    ``aside`` exports the terms while Odoo's lint, which takes longest, runs here.
    """
    databases = Databases(stage)
    names = tuple(addons())
    template = databases.ensure(addon_template(stage, names))
    with databases.scratch(template, "lint") as database:
        exports = [
            aside.submit(measured, translation_template, stage, database, name)
            for name in names
        ]
        found = [measured(odoo_lint, stage, database, names)]
        found += [job.result() for job in exports]
    found += [measured(complete, name) for name in names]
    return found


def odoo_lint(stage: Stage, database: str, names: tuple[str, ...]) -> Phase:
    """Odoo's ``test_lint``, looking at our addons only."""
    findings = LOGS / "test_lint.txt"
    findings.unlink(missing_ok=True)
    env = stage.environment(
        AFTERSALES_LINT_ADDONS=",".join(names), AFTERSALES_LINT_RESULT=str(findings)
    )
    command = stage.odoo_command(
        "shell", "-d", database, "--no-http", "--log-level=error"
    )
    with SCRIPT.open() as stream:
        result = subprocess.run(
            command,
            env=env,
            cwd=ROOT,
            stdin=stream,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    if result.returncode or not findings.is_file():
        return verdict("Odoo's test_lint", f"it did not run:\n{result.stdout[-3000:]}")
    return verdict("Odoo's test_lint", findings.read_text())


def translation_template(stage: Stage, database: str, addon: str) -> Phase:
    """The .pot holds the terms that the code has now."""
    title = "translation template" if addon == ADDON else f"template of {addon}"
    kept = translations.template(addon)
    if not kept.is_file():
        return verdict(title, f"{os.path.relpath(kept, ROOT)} is missing: run make pot")
    fresh = translations.export(stage, database, addon)
    if translations.terms(fresh) == translations.terms(kept.read_text()):
        return verdict(title, "")
    added = translations.terms(fresh) - translations.terms(kept.read_text())
    removed = translations.terms(kept.read_text()) - translations.terms(fresh)
    lines = [f"{os.path.relpath(kept, ROOT)} is out of date: run make pot"]
    for sign, changed in (("+", added), ("-", removed)):
        texts = sorted(text for term in changed for text in MSGID.findall(term))
        lines += [f"  {sign} {text}" for text in texts[:10]]
    return verdict(title, "\n".join(lines))


def complete(addon: str) -> Phase:
    """Each language that is there is there in full."""
    title = "translations" if addon == ADDON else f"translations of {addon}"
    return verdict(title, "\n".join(translations.gaps(addon)))
