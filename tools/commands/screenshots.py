"""Pictures of every screen: runs ``tools/screenshots/`` with Odoo and a browser."""

from ..paths import ROOT, venv_python
from ..process import foreground
from ..stage import ready
from ..steps import Failure


def main(arguments: list[str]) -> int:
    """Hand over to the package that takes them."""
    package = ROOT / "tools" / "screenshots"
    if not (package / "__main__.py").is_file():
        raise Failure("There is nothing to photograph yet: no tools/screenshots/")
    with ready(tests=True) as stage:
        command = [venv_python(), "-m", "tools.screenshots", *arguments]
        return foreground(command, stage.environment(), cwd=ROOT)
