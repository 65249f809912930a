"""Odoo 19 itself: the user's own, the cached copy, Debian's package, or a clone."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import apt
from .lock import lock
from .paths import cached
from .process import logged, output, which
from .steps import Failure, say, step

SERIES = "19.0"
REPOSITORY = "https://github.com/odoo/odoo"
PACKAGE = "odoo-19"
SUITE = "sid"
# the package's fonts and scripts are links into these
COMPANIONS = [
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-inconsolata",
]
# 4.7, whose file names the links use; the later one of SUITE has others
FONT_AWESOME = ("fonts-font-awesome", "bookworm")
# left out of the package although the manifest names it: every page would log an error
MISSING_SCRIPT = (
    "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
)
STUB = "/* not in this distribution of Odoo: the background blur of calls is off */\n"


@dataclass(frozen=True)
class Odoo:
    """A copy of Odoo: the folder for PYTHONPATH and what identifies it."""

    path: Path
    version: str

    @property
    def addons_path(self) -> list[Path]:
        """The addons folders outside of ``odoo/addons``."""
        return [path for path in [self.path / "addons"] if path.is_dir()]

    @property
    def base(self) -> Path:
        """The folder that holds the addon ``base``."""
        return self.path / "odoo" / "addons"


def ensure() -> Odoo:
    """Find Odoo 19, or fetch it."""
    named = os.environ.get("ODOO_HOME")
    if named:
        return _own(Path(named).expanduser().resolve())
    home = cached("odoo")
    version = home / "VERSION"
    if not version.is_file():
        with lock("odoo-source"):
            if not version.is_file():
                _fetch(home)
    text = version.read_text().split("\n")
    return Odoo(home / text[1], text[0])


def _own(home: Path) -> Odoo:
    """The Odoo that the user names: a checkout, or an installed ``odoo`` package."""
    for path in (home, home.parent, home / "usr/lib/python3/dist-packages"):
        release = path / "odoo" / "release.py"
        if release.is_file():
            if f"({SERIES.split('.')[0]}, 0" not in release.read_text():
                raise Failure(f"ODOO_HOME={home} is not Odoo {SERIES}")
            if (path / ".git").exists() and which("git"):
                head = output(["git", "-C", path, "rev-parse", "HEAD"]).strip()
            else:
                head = f"{path}@{int(release.stat().st_mtime)}"
            return Odoo(path, head)
    raise Failure(
        f"ODOO_HOME={home} holds no Odoo: it should be a checkout of branch {SERIES} "
        "(the folder with odoo-bin). Unset it to let one be fetched."
    )


def _fetch(home: Path) -> None:
    """Fill the cache; what an interrupted fetch left is thrown away first."""
    for left in home.glob("new-*"):
        shutil.rmtree(left)
    new = home / f"new-{os.getpid()}"
    try:
        with step(f"Odoo {SERIES} from Debian's package {PACKAGE}") as current:
            version = _from_debian(new, current)
        path = "tree/usr/lib/python3/dist-packages"
    except Failure as error:
        say(f"    {error}")
        shutil.rmtree(new, ignore_errors=True)
        with step(f"Odoo {SERIES} from its git repository") as current:
            version = _from_git(new, current)
        path = "tree"
    tree = home / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    new.rename(tree)
    draft = home / "VERSION.new"
    draft.write_text(f"{version}\n{path}\n")
    draft.rename(home / "VERSION")
    shutil.rmtree(cached("apt"), ignore_errors=True)  # unpacked: no longer needed


def _from_debian(folder: Path, current) -> str:
    """Unpack Debian's package and its companions side by side."""
    private = apt.PrivateApt([SUITE, FONT_AWESOME[1]])
    private.update(current)
    wanted = [
        PACKAGE,
        *(f"{name}/{SUITE}" for name in COMPANIONS),
        "/".join(FONT_AWESOME),
    ]
    files = private.download(wanted, current)
    for name, deb in files.items():
        current.progress(f"unpacking {name}")
        apt.unpack(deb, folder)
    packages = folder / "usr/lib/python3/dist-packages"
    stub = packages / MISSING_SCRIPT
    if not stub.exists():
        stub.parent.mkdir(parents=True, exist_ok=True)
        stub.write_text(STUB)
    # a second copy of the Python files, without their data: it would shadow the addons
    for name in ("addons", "setup", "doc"):
        shutil.rmtree(packages / name, ignore_errors=True)
    return apt.version_of(files[PACKAGE])


def _from_git(folder: Path, current) -> str:
    """Clone the last commit of the series."""
    if not which("git"):
        raise Failure("git is missing. On Debian: apt-get install git")
    command = ["git", "clone", "--depth=1", "--branch", SERIES, REPOSITORY, folder]
    try:
        logged(command, cached("log") / "git-clone.log", current)
    except Failure as error:
        raise Failure(
            f"{error}\nOdoo could not be fetched. Clone it yourself and name it: "
            f"git clone --depth=1 --branch {SERIES} {REPOSITORY} DIR; ODOO_HOME=DIR"
        ) from error
    return output(["git", "-C", folder, "rev-parse", "HEAD"]).strip()
