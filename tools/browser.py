"""Chromium for the tours and wkhtmltopdf for the PDFs, from the machine itself."""

import os
import shlex
from pathlib import Path

from . import apt
from .lock import lock
from .paths import cached
from .process import which
from .steps import Failure, say, step

CHROMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
PDF = "wkhtmltopdf"
# quiet: no sandbox for root, no calls to the outside, no first-run pages
FLAGS = [
    "--no-sandbox",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-pings",
    "--metrics-recording-only",
]


def bin_folder() -> Path:
    """Our folder at the head of the PATH."""
    return cached("bin")


def chrome() -> str | None:
    """The browser that the machine has."""
    for name in CHROMES:
        found = which(name, skip=bin_folder())
        if found:
            return found
    return None


def missing() -> list[str]:
    """The Debian packages that have to be installed."""
    needed = [] if chrome() else ["chromium", "fonts-liberation"]
    return needed if which(PDF) else [*needed, PDF]


def ensure(required: bool = True) -> None:
    """Install what is missing when allowed; else say which command does."""
    with lock("browser"):
        packages = missing()
        if packages:
            _install(packages, required)
        found = chrome()
        if found:
            _write_wrapper(found)


def _install(packages: list[str], required: bool) -> None:
    """Install as root, or name the command."""
    if os.geteuid() == 0 and which("apt-get"):
        try:
            with step(f"Installing {', '.join(packages)}") as current:
                apt.install(packages, current)
            return
        except Failure as error:
            say(f"    {error}")
    message = (
        f"{' and '.join(packages)} missing: the tours need a browser, the PDFs need "
        f"{PDF}. Install with: sudo apt-get install {' '.join(packages)}"
    )
    if required:
        raise Failure(message)
    say(f"  ! {message}")


def _write_wrapper(target: str) -> None:
    """Put a quiet browser first on the PATH, under the name that Odoo looks for."""
    text = f'#!/bin/sh\nexec {shlex.quote(target)} {" ".join(FLAGS)} "$@"\n'
    wrapper = bin_folder() / "google-chrome"
    if not wrapper.is_file() or wrapper.read_text() != text:
        draft = wrapper.with_suffix(".new")
        draft.write_text(text)
        draft.chmod(0o755)
        draft.rename(wrapper)
