"""The virtual environment with the pinned requirements."""

import hashlib
import os
import shutil
import subprocess
import sys

from .lock import lock
from .paths import ROOT, VENV, cached, venv_python
from .process import logged, which
from .steps import Failure, step

FILES = ("requirements.txt", "requirements-dev.txt")
FITTING = ((3, 11), (3, 12))  # what the pinned packages install on


def requirements_hash() -> str:
    """What the environment depends on: this Python and the pins."""
    digest = hashlib.sha256(repr((sys.version, sys.platform)).encode())
    for name in FILES:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()[:16]


def ensure() -> None:
    """Make ``.venv`` if it is missing, half made or made from other pins."""
    marker = VENV / "aftersales-requirements"
    wanted = requirements_hash()
    if _is_made(marker, wanted):
        return
    with lock(f"venv-{hashlib.sha256(str(VENV).encode()).hexdigest()[:8]}"):
        if _is_made(marker, wanted):
            return
        with step("Python packages into .venv") as current:
            shutil.rmtree(VENV, ignore_errors=True)
            _install(current)
            marker.write_text(wanted)


def interpreter() -> str:
    """This Python when the packages fit it, else one on the PATH that they do."""
    if sys.version_info[:2] in FITTING:
        return sys.executable
    for major, minor in FITTING:
        found = which(f"python{major}.{minor}")
        if (
            found
            and not subprocess.run([found, "-c", "import venv, ensurepip"]).returncode
        ):
            return found
    raise Failure(
        f"Python 3.11 or 3.12 is needed, this is {sys.version.split()[0]}. Install one "
        "(on Debian: apt-get install python3 python3-venv), or name it: "
        "make PYTHON=/path/to/python3.11 …"
    )


def _is_made(marker, wanted: str) -> bool:
    """Whether the environment stands and answers to these pins."""
    return (
        marker.is_file()
        and marker.read_text() == wanted
        and os.access(venv_python(), os.X_OK)
    )


def _install(current) -> None:
    """Create the environment and fill it."""
    python = interpreter()
    log = cached("log") / "pip.log"
    env = dict(os.environ, PIP_CACHE_DIR=str(cached("pip")), PYTHONNOUSERSITE="1")
    env["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    try:
        logged([python, "-m", "venv", VENV], log, current)
    except Failure as error:
        raise Failure(
            f"{error}\nPython's venv module is missing. On Debian: "
            "apt-get install python3-venv"
        ) from error
    command = [venv_python(), "-m", "pip", "install", "--no-input"]
    for name in FILES:
        command += ["-r", ROOT / name]
    logged(command, log, current, env=env)
