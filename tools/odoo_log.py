"""Reading Odoo's log: which lines are complaints."""

import re
from pathlib import Path

LINE = re.compile(
    r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (?P<level>\w+) \S+ (?P<logger>[\w.]+): (?P<text>.*)"
)
BAD = {"WARNING", "ERROR", "CRITICAL"}
# said about this environment, not about the addon
EXPECTED = (
    re.compile(r"Running as user 'root'"),
    re.compile(r"Python-ldap is not installed|python-ldap|module 'ldap'"),
)


def complaints(log: Path | str) -> list[str]:
    """The warnings and errors of a log, each with the lines that follow it."""
    text = log.read_text(errors="replace") if isinstance(log, Path) else log
    found: list[str] = []
    inside = False
    for line in text.splitlines():
        match = LINE.match(line)
        if match:
            inside = match["level"] in BAD and not any(
                pattern.search(line) for pattern in EXPECTED
            )
            if inside:
                found.append(line)
        elif inside:
            found[-1] += "\n" + line
    return found
