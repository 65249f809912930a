"""Checks that only read files: seconds, and the same ones before each commit."""

import ast
import os
import subprocess
from pathlib import Path

from ..paths import ROOT, VENV, addons, cached
from ..results import Phase
from ..steps import say

LONGEST_FILE = 400
SOURCES = ("tools", "tests", "bench")


def run(name: str, command: list, env: dict | None = None) -> Phase:
    """A phase of one program: it passes when the program ends with 0."""
    result = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return verdict(name, result.stdout if result.returncode else "")


def verdict(name: str, findings: str) -> Phase:
    """Show what was found, or that nothing was."""
    findings = findings.strip()
    if findings:
        say(f"  ✗ {name}\n{findings}\n")
        return Phase(name, failed=1)
    say(f"  ✓ {name}")
    return Phase(name, passed=1)


def program(name: str) -> Path:
    """A program of the virtual environment."""
    return VENV / "bin" / name


def sources(*suffixes: str) -> list[Path]:
    """The files of the addons and of the tools with one of these endings."""
    folders = [ROOT / name for name in (*addons(), *SOURCES)]
    return [
        path
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.suffix in suffixes and "__pycache__" not in path.parts
    ]


def ruff() -> Phase:
    """Errors, imports, complexity, line length."""
    return run("ruff check", [program("ruff"), "check", "--quiet", "."])


def ruff_format() -> Phase:
    """One layout of the code."""
    return run(
        "ruff format", [program("ruff"), "format", "--check", "--quiet", "--diff", "."]
    )


def pylint_odoo() -> Phase:
    """All of pylint-odoo, on the addons."""
    env = {**os.environ, "PYLINTHOME": str(cached("pylint"))}
    command = [program("pylint"), f"--rcfile={ROOT / '.pylintrc'}", *addons()]
    return run("pylint-odoo", command, env)


def oca_module() -> Phase:
    """Manifest, XML and CSV."""
    manifests = [f"{name}/__manifest__.py" for name in addons()]
    command = [program("oca-checks-odoo-module"), *manifests]
    return run("oca-checks-odoo-module", command)


def oca_po() -> Phase:
    """Translations: placeholders, duplicates, headers."""
    files = [path for name in addons() for path in (ROOT / name).glob("i18n/*.po*")]
    if not files:
        return verdict("oca-checks-po", "")
    # Its layout check empties terms that are the same in both languages ("Version"):
    # they would look as if they were not translated.
    command = [program("oca-checks-po"), "--disable=po-pretty-format", *sorted(files)]
    return run("oca-checks-po", command)


def sizes() -> Phase:
    """No file that nobody wants to read."""
    found = []
    for path in sources(".py", ".js", ".scss"):
        length = path.read_text().count("\n")
        if length > LONGEST_FILE:
            name = path.relative_to(ROOT)
            found.append(f"{name}: {length} lines, at most {LONGEST_FILE}")
    return verdict("file length", "\n".join(found))


def docstrings() -> Phase:
    """Every module, class and function of the tools says what it is for."""
    found = []
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for path in sorted((ROOT / "tools").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            name = getattr(node, "name", "module")
            if (
                isinstance(node, kinds)
                and not name.startswith("__")
                and not ast.get_docstring(node)
            ):
                where = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"
                found.append(f"{where}: {name} has no docstring")
    return verdict("docstrings", "\n".join(found))


CHECKS = (ruff, ruff_format, pylint_odoo, oca_module, oca_po, sizes, docstrings)
