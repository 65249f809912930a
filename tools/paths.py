"""Where things are kept: the repository and one cache folder, and nowhere else."""

import os
from pathlib import Path

from .steps import Failure

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
DATA = ROOT / ".data"
LOGS = DATA / "log"
ADDON = "aftersales_addon"


def cache() -> Path:
    """The folder for what is downloaded or built, shared by all clones."""
    named = os.environ.get("AFTERSALES_CACHE")
    if named:
        return Path(named).expanduser().resolve()
    if os.geteuid() == 0:
        return Path("/var/cache/aftersales-addon")
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "aftersales-addon"


def cached(*parts: str) -> Path:
    """A folder in the cache, made when it is missing."""
    path = cache().joinpath(*parts)
    path.mkdir(parents=True, exist_ok=True)
    return path


def venv_python() -> Path:
    """The interpreter with the pinned packages."""
    return VENV / "bin" / "python"


def addons() -> list[str]:
    """The addons of this repository, the core one first."""
    found = sorted(path.parent.name for path in ROOT.glob("*/__manifest__.py"))
    return sorted(found, key=lambda name: name != ADDON)


def asked_addons() -> tuple[str, ...]:
    """The addons for a command: all of them, or the core one and those of ADDONS."""
    known = addons()
    wanted = os.environ.get("ADDONS", "").replace(",", " ").split()
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        raise Failure(
            f"There is no addon {', '.join(unknown)} here. There are: "
            f"{', '.join(known)}."
        )
    return tuple(name for name in known if not wanted or name in (ADDON, *wanted))
