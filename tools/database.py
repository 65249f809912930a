"""Template databases: built once, copied for each run.

A template is named by a hash of what it depends on. It is built under another name and
renamed when it is complete, so that whatever stands under its name is whole.
"""

import ast
import contextlib
import fcntl
import hashlib
import itertools
import os
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from . import venv
from .lock import lock, open_lock, try_lock
from .paths import ADDON, ROOT, cached
from .process import logged
from .stage import Stage, data_dir
from .steps import Failure, say, step

# files that leave no trace in a database
IGNORED = re.compile(r"(^|/)(tests|__pycache__|readme)/|\.(pyc|md|rst)$|~$")
KEPT = {"platform": 16, "addon": 16}  # templates of a kind that are kept
SPARED = 600  # seconds in which a template may be about to be copied
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Template:
    """What is installed in a template, and its name."""

    kind: str
    modules: tuple[str, ...]
    demo: bool
    name: str
    parent: "Template | None" = None

    @property
    def log(self) -> Path:
        """What Odoo said while it was built; stands when the template is complete."""
        return cached("templates") / f"{self.name}.log"

    @property
    def title(self) -> str:
        """In words."""
        what = "the platform" if self.kind == "platform" else ", ".join(self.modules)
        return f"{what} {'with' if self.demo else 'without'} demo data"


def manifest(addon: str) -> dict:
    """An addon's manifest."""
    return ast.literal_eval((ROOT / addon / "__manifest__.py").read_text())


def source_hash(addon: str) -> str:
    """A hash of the files of an addon that shape a database."""
    digest = hashlib.sha256()
    base = ROOT / addon
    for path in sorted(base.rglob("*")):
        name = path.relative_to(base).as_posix()
        if path.is_file() and not IGNORED.search(name):
            digest.update(f"{name}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _name(kind: str, demo: bool, parts: list) -> str:
    """The name of a template for what it depends on."""
    digest = hashlib.sha256(repr(parts).encode()).hexdigest()[:12]
    return f"tpl_{kind}{'_demo' if demo else ''}_{digest}"


def platform_template(stage: Stage, addons: tuple[str, ...], demo: bool) -> Template:
    """The modules that addons of this repository depend on, and no addon."""
    wanted = {need for addon in addons for need in manifest(addon).get("depends", [])}
    modules = tuple(sorted(wanted - set(addons)))
    parts = [stage.odoo.version, venv.requirements_hash(), stage.server.label, modules]
    # A bridge's app comes on top of what the core needs: seconds, not minutes.
    parent = platform_template(stage, (ADDON,), demo) if addons != (ADDON,) else None
    return Template("platform", modules, demo, _name("platform", demo, parts), parent)


def addon_template(
    stage: Stage, addons: tuple[str, ...] = (ADDON,), demo: bool = False
) -> Template:
    """The platform with addons of this repository installed.

    Without demo data they come last, after all apps. With it, bridges are put onto the
    core, as where an app is added to a shop that is open: both orders must work, and
    the core's demo data, which takes longest, is made once.
    """
    if demo and addons != (ADDON,):
        parent = addon_template(stage, (ADDON,), demo)
    else:
        parent = platform_template(stage, addons, demo)
    parts = [parent.name, *((addon, source_hash(addon)) for addon in addons)]
    return Template("addon", addons, demo, _name("addon", demo, parts), parent)


class Databases:
    """The databases of one server, with their filestores."""

    def __init__(self, stage: Stage):
        self.stage = stage
        self.sql = stage.server.sql

    def filestore(self, name: str) -> Path:
        """Where Odoo keeps the attachments of a database."""
        return data_dir() / "filestore" / name

    def exists(self, name: str) -> bool:
        """Whether there is such a database."""
        return name in self.stage.server.databases()

    def drop(self, name: str) -> None:
        """Remove a database and its files."""
        self.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        shutil.rmtree(self.filestore(name), ignore_errors=True)

    def ensure(self, template: Template) -> Template:
        """Build a template unless it stands."""
        with lock(template.name):
            if not self._stands(template):
                self._build(template)
            os.utime(template.log)
        self._forget_old(template)
        return template

    def _stands(self, template: Template) -> bool:
        """A template is whole once its log lies beside it."""
        stale = template.log.with_suffix(".stale").exists()
        return template.log.is_file() and not stale and self.exists(template.name)

    def _build(self, template: Template) -> None:
        """Install the modules under a name of work, then rename."""
        draft = template.name.replace("tpl_", "build_", 1)
        for suffix in (".log", ".stale"):
            template.log.with_suffix(suffix).unlink(missing_ok=True)
        for name in (draft, template.name):
            self.drop(name)
        log = template.log.with_suffix(".building")
        if template.parent:
            self.copy(self.ensure(template.parent), draft)
        with step(f"Template database: {template.title}") as current:
            self.install(draft, template.modules, template.demo, log, current)
            self.sql(f'ALTER DATABASE "{draft}" RENAME TO "{template.name}"')
            if self.filestore(draft).is_dir():
                self.filestore(draft).rename(self.filestore(template.name))
            if self._edited(template):
                say("    the addon's files changed meanwhile: not kept for later")
                template.log.with_suffix(".stale").touch()
            log.rename(template.log)

    def _edited(self, template: Template) -> bool:
        """Whether somebody has saved a file while it was built."""
        if template.kind != "addon":
            return False
        return template != addon_template(self.stage, template.modules, template.demo)

    def install(self, name, modules, demo: bool, log: Path, current=None, upgrade=()):
        """Install modules and upgrade others; the log is left in a file.

        Of those to install Odoo passes over the ones that are there.
        """
        arguments = ["-d", name, "-i", ",".join(modules), "--stop-after-init"]
        if upgrade:
            arguments += ["-u", ",".join(upgrade)]
        arguments += ["--no-http", "--max-cron-threads=0"]
        if demo:
            arguments.append("--with-demo")
        command = self.stage.odoo_command("server", *arguments)
        logged(command, log, current, env=self.stage.environment(), cwd=ROOT)

    def copy(self, template: Template | str, name: str) -> None:
        """Make a database that equals another one."""
        source = template if isinstance(template, str) else template.name
        with lock(f"copy-{source}", shared=True):
            self.drop(name)
            try:
                self.sql(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
                link_tree(self.filestore(source), self.filestore(name))
            except BaseException:
                with contextlib.suppress(Failure):
                    self.drop(name)
                raise

    @contextlib.contextmanager
    def scratch(self, template: Template | str | None = None, purpose: str = "run"):
        """A database for one command: a copy or a free name; dropped at the end."""
        self.sweep()
        name = f"tmp_{os.getpid()}_{next(_numbers)}_{purpose}"
        if template:
            self.copy(template, name)
        try:
            yield name
        finally:
            for left in self.stage.server.databases():
                if left == name or left.startswith(f"{name}-"):
                    self.drop(left)
            for folder in (data_dir() / "filestore").glob(f"{name}*"):
                if folder.name == name or folder.name.startswith(f"{name}-"):
                    shutil.rmtree(folder, ignore_errors=True)

    def sweep(self) -> None:
        """Drop the scratch databases of commands that were killed."""
        for name in self.stage.server.databases():
            match = re.match(r"tmp_(\d+)_", name)
            if match and not alive(int(match[1])):
                with contextlib.suppress(Failure):
                    self.drop(name)

    def _forget_old(self, template: Template) -> None:
        """Drop the templates of a kind beyond the newest ones, unless in use."""
        prefix = re.sub(r"_[0-9a-f]{12}$", "_", template.name)
        ages = {}
        for path in cached("templates").glob(f"{prefix}*.log"):
            if re.fullmatch(r"[0-9a-f]{12}", path.stem.removeprefix(prefix)):
                # Another run may be dropping the same one.
                with contextlib.suppress(FileNotFoundError):
                    ages[path] = time.time() - path.stat().st_mtime
        for path in sorted(ages, key=ages.get)[KEPT[template.kind] :]:
            if ages[path] < SPARED:
                continue
            handle = open_lock(f"copy-{path.stem}")
            if try_lock(handle, fcntl.LOCK_EX):
                self.drop(path.stem)
                path.unlink(missing_ok=True)
            os.close(handle)


def alive(pid: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # somebody else's
    return True


def link_tree(source: Path, target: Path) -> None:
    """Copy a filestore by hard links: its files are named by content, never changed."""
    if not source.is_dir():
        return
    try:
        shutil.copytree(source, target, copy_function=os.link)
    except OSError:
        shutil.rmtree(target, ignore_errors=True)
        say(f"    copying {source} (no hard links here)")
        shutil.copytree(source, target)
