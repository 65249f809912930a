"""Translation templates: exporting them, comparing them, keeping languages in step."""

import re
from pathlib import Path

from .paths import ROOT, cached, venv_python
from .process import output
from .stage import Stage

MERGE = """
import sys, polib
template, *languages = sys.argv[1:]
pot = polib.pofile(template, wrapwidth=78)
for path in languages:
    po = polib.pofile(path, wrapwidth=78)
    po.merge(pot)
    for entry in po.obsolete_entries():
        po.remove(entry)
    po.save()
"""


def template(addon: str) -> Path:
    """Where an addon keeps its terms."""
    return ROOT / addon / "i18n" / f"{addon}.pot"


def languages(addon: str) -> list[Path]:
    """The languages of an addon."""
    return sorted((ROOT / addon / "i18n").glob("*.po"))


def export(stage: Stage, database: str, addon: str) -> str:
    """The terms that the addon has in a database."""
    path = cached("tmp") / f"{database}.{addon}.pot"
    command = stage.odoo_command("i18n", "export", "-d", database, "-o", path, addon)
    try:
        output(command, env=stage.environment(), cwd=ROOT)
        return path.read_text()
    finally:
        path.unlink(missing_ok=True)


def entries(text: str) -> list[str]:
    """The entries of a file, without its header."""
    blocks = [block.strip() for block in re.split(r"\n{2,}", text.strip())]
    return [block for block in blocks if 'msgid ""\nmsgstr ""\n"' not in block]


def terms(text: str) -> set[str]:
    """What a template holds, whatever its dates and line numbers."""
    without_lines = re.compile(r"(?m)^#: (code:\S+?):\d+$")
    return {without_lines.sub(r"#: \1", block) for block in entries(text)}


def write(addon: str, text: str) -> bool:
    """Keep a new template and bring the languages in step; say if anything changed."""
    path = template(addon)
    if path.is_file() and terms(path.read_text()) == terms(text):
        return False
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    output([venv_python(), "-c", MERGE, path, *languages(addon)])
    return True


def gaps(addon: str) -> list[str]:
    """Terms of the template that a language lacks."""
    if not template(addon).is_file():
        return []
    script = """
import sys, polib
template, *languages = sys.argv[1:]
wanted = {entry.msgid for entry in polib.pofile(template)}
for path in languages:
    done = {entry.msgid for entry in polib.pofile(path).translated_entries()}
    for term in sorted(wanted - done):
        print(f"{path.rpartition('/')[2]}: not translated: {term[:70]!r}")
"""
    found = output(
        [venv_python(), "-c", script, template(addon), *languages(addon)]
    ).splitlines()
    more = [f"… and {len(found) - 20} more"] if len(found) > 20 else []
    return found[:20] + more
