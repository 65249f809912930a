"""Take the pictures: ``make screenshots``, or ``make screenshots ARGS="portal"``.

Words narrow the screens to those whose name contains one of them. ``--url`` takes an
Odoo that runs already, ``--output`` another folder.
"""

import argparse
import contextlib
import sys
import time
from pathlib import Path

from . import server
from .chromium import Chromium, PageError, chromium
from .images import compress
from .screens import DOCUMENTS, SCREENS, Screen
from .still import CALM, STILL

OUTPUT = Path(__file__).resolve().parents[2] / "aftersales_addon/static/description"
DESKTOP = (1366, 768, False)
PHONE = (390, 844, True)
PAPER = (794, 1123, False)
# What was asked for may lie below a phone's fold.
REVEAL = """
    (found => found.getBoundingClientRect().bottom > innerHeight
        && found.scrollIntoView({block: 'center'})
    )(document.querySelector(%s)); 0
"""


def main(argv: list[str]) -> int:
    """Take them all and tell about those that failed."""
    options = parse(argv)
    options.output.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        address = options.url or stack.enter_context(own_odoo())
        tab = stack.enter_context(chromium())
        tab.resize(*DESKTOP)
        records = server.find_records(tab, address)
        failed = []
        for name, login, path in DOCUMENTS:
            if wanted(name, options.names):
                server.log_in(tab, address, login)
                target = options.output / f"{name}.png"
                url = address + path.format(**records)
                attempt(failed, name, document, tab, url, target)
        for size, suffix in ((DESKTOP, ""), (PHONE, "_phone")):
            tab.resize(*size)
            screens = [s for s in SCREENS if wanted(s.name, options.names)]
            if suffix:
                screens = [s for s in screens if s.phone]
            login = None
            for screen in screens:
                if screen.login != login:
                    server.log_in(tab, address, screen.login)
                    login = screen.login
                url = address + screen.path.format(**records)
                target = options.output / f"{screen.name}{suffix}.png"
                attempt(failed, target.stem, take, tab, screen, url, target)
    if failed:
        print(f"{len(failed)} failed: {', '.join(failed)}")
    return 1 if failed else 0


def parse(argv: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="make screenshots", description=__doc__)
    parser.add_argument("names", nargs="*", help="parts of the names of screens")
    parser.add_argument("--url", help="an Odoo that runs already")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    return parser.parse_args(argv)


def wanted(name: str, words: list[str]) -> bool:
    """Tell whether a screen was asked for; all are when none is named."""
    return not words or any(word in name for word in words)


@contextlib.contextmanager
def own_odoo():
    """Run Odoo on a fresh database with the demo data."""
    # Only here: an Odoo that runs already needs nothing of the environment.
    from tools import bench_env

    with bench_env.database(demo=True) as name, server.running(name) as address:
        yield address


def attempt(failed: list[str], name: str, function, *arguments) -> None:
    """Go on with the next screen when one fails."""
    begin = time.monotonic()
    try:
        size = function(*arguments)
    except (PageError, ValueError) as error:
        failed.append(name)
        print(f"  ✗ {name}: {error}", flush=True)
    else:
        seconds = time.monotonic() - begin
        print(f"  ✓ {name} ({size // 1024} KiB, {seconds:.1f} s)", flush=True)


def take(tab: Chromium, screen: Screen, url: str, target: Path) -> int:
    """Take the picture of one screen; return its size."""
    tab.open(url)
    tab.wait(f"document.querySelector({screen.ready!r})")
    if screen.script:
        tab.evaluate(screen.script)
        tab.wait(f"document.querySelector({screen.then!r})")
        tab.evaluate(REVEAL % repr(screen.then))
    tab.wait(STILL)
    tab.evaluate(CALM)
    time.sleep(0.8)
    error = tab.evaluate(
        "document.querySelector('.o_error_dialog, .o_dialog .alert-danger')?.innerText"
    )
    if error:
        raise PageError(error)
    target.write_bytes(compress(tab.picture()))
    # A dialog with something in it would ask whether to leave the page.
    tab.evaluate("document.querySelector('.modal .btn-close')?.click(); 0")
    return target.stat().st_size


def document(tab, url: str, target: Path) -> int:
    """Take the picture of a document on a sheet of paper; return its size.

    The page that its PDF is made from: not every PDF maker prints the company's
    header and footer.
    """
    tab.resize(*PAPER)
    tab.open(url)
    tab.wait("document.querySelector('.article')")
    tab.wait(STILL)
    tab.evaluate("document.body.classList.add('bg-white', 'p-5'); 0")
    time.sleep(0.5)
    target.write_bytes(compress(tab.picture()))
    return target.stat().st_size


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
