"""The whole story of after-sales, played in a browser: runs ``tools/story/``."""

from ..paths import ROOT, venv_python
from ..process import foreground
from ..stage import ready


def main(arguments: list[str]) -> int:
    """Hand over to the package that plays it."""
    with ready(tests=True) as stage:
        command = [venv_python(), "-m", "tools.story", *arguments]
        return foreground(command, stage.environment(), cwd=ROOT)
