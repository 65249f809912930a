"""Run any program with Odoo's packages and PostgreSQL at hand."""

from ..process import foreground
from ..stage import ready


def main(arguments: list[str]) -> int:
    """For example: exec psql -l."""
    with ready() as stage:
        return foreground(arguments or ["psql", "postgres"], stage.environment())
