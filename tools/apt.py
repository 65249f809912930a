"""Debian packages without installing them: an apt state of its own in the cache.

Works as an ordinary user. The mirror and its key are those that the machine's own
apt sources name; apt checks the signature of the index and the hash of each package.
"""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .paths import cached
from .process import logged, output, which
from .steps import Failure

ETC = Path("/etc/apt")
OTHER_ARCHIVE = re.compile(r"security|backports|updates|proposed|debug|lts")


@dataclass(frozen=True)
class Mirror:
    """A Debian archive that this machine already trusts."""

    uri: str
    signed_by: str = ""


def paragraphs(text: str) -> list[dict[str, str]]:
    """The stanzas of a deb822 file; continuation lines stay joined by newlines."""
    found: list[dict[str, str]] = [{}]
    name = ""
    for line in text.splitlines():
        if not line.strip():
            found.append({})
        elif line.startswith("#"):
            continue
        elif line[0] in " \t":
            found[-1][name] = found[-1].get(name, "") + "\n" + line.strip()
        else:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            found[-1][name] = value.strip()
    return [stanza for stanza in found if stanza]


def _from_deb822(text: str):
    """(uri, suites, components, key) of each source in a ``.sources`` file."""
    for stanza in paragraphs(text):
        if stanza.get("enabled", "yes").lower() in ("no", "false"):
            continue
        if "deb" not in stanza.get("types", "").split():
            continue
        for uri in stanza.get("uris", "").split():
            yield (
                uri,
                stanza.get("suites", "").split(),
                stanza.get("components", "").split(),
                stanza.get("signed-by", ""),
            )


def _from_lines(text: str):
    """The same of the older one-line format."""
    pattern = re.compile(r"^deb\s+(?:\[([^]]*)\]\s+)?(\S+)\s+(\S+)\s+(.+)$")
    for line in text.splitlines():
        match = pattern.match(line.split("#")[0].strip())
        if match:
            options, uri, suite, components = match.groups()
            key = re.search(r"signed-by=(\S+)", options or "")
            yield uri, [suite], components.split(), key.group(1) if key else ""


def mirrors(etc: Path = ETC) -> list[Mirror]:
    """The Debian archives that the machine's apt sources name, in their order."""
    found = []
    files = [etc / "sources.list", *sorted(etc.glob("sources.list.d/*"))]
    for path in files:
        if not path.is_file() or path.suffix not in (".list", ".sources"):
            continue
        text = path.read_text(errors="replace")
        reader = _from_deb822 if path.suffix == ".sources" else _from_lines
        for uri, suites, components, key in reader(text):
            main = [suite for suite in suites if not OTHER_ARCHIVE.search(suite)]
            if "debian" in uri and main and "main" in components:
                found.append(Mirror(uri.rstrip("/"), key))
    return list(dict.fromkeys(found))


class PrivateApt:
    """apt-get on a state, a cache and sources of its own."""

    def __init__(self, suites: list[str]):
        if not which("apt-get") or not which("dpkg-deb"):
            raise Failure("apt-get is not on this machine")
        known = mirrors()
        if not known:
            raise Failure("no Debian mirror stands in the sources of /etc/apt")
        self.folder = cached("apt")
        self.archives = cached("apt", "archives")
        self._write(known[0], suites)

    def _write(self, mirror: Mirror, suites: list[str]) -> None:
        """Put down the state, the sources and the settings."""
        for part in ("state/lists/partial", "cache/archives/partial", "etc"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        (self.folder / "state/status").touch()
        key = mirror.signed_by
        if "BEGIN PGP" in key:
            path = self.folder / "etc/mirror.asc"
            lines = ["" if line == "." else line for line in key.strip().split("\n")]
            path.write_text("\n".join(lines) + "\n")
            key = str(path)
        option = f"[signed-by={key}] " if key else ""
        (self.folder / "etc/sources.list").write_text(
            "".join(f"deb {option}{mirror.uri} {suite} main\n" for suite in suites)
        )
        settings = {
            "Dir::State": self.folder / "state",
            "Dir::State::status": self.folder / "state/status",
            "Dir::Cache": self.folder / "cache",
            "Dir::Etc::sourcelist": self.folder / "etc/sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::parts": "/dev/null",
            "Dir::Etc::main": "/dev/null",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
            "APT::Sandbox::User": "root",
        }
        lines = [f'{name} "{value}";' for name, value in settings.items()]
        (self.folder / "apt.conf").write_text(
            "\n".join(self._machine_settings() + lines) + "\n"
        )

    @staticmethod
    def _machine_settings() -> list[str]:
        """How this machine reaches its mirror: proxies, certificates, time-outs."""
        dump = output(["apt-config", "dump"])
        wanted = r"Acquire::(?:https?|ftp|cdrom|Proxy|Check|Max)\S* \"[^\"]+\";$"
        return [line for line in dump.splitlines() if re.match(wanted, line)]

    def _run(self, arguments: list[str], log: str, step=None, cwd=None) -> None:
        """Call apt-get with these settings."""
        env = dict(os.environ, APT_CONFIG=str(self.folder / "apt.conf"), LC_ALL="C")
        command = ["apt-get", "-o", "APT::Update::Error-Mode=any", *arguments]
        logged(command, cached("log") / log, step, env=env, cwd=cwd)

    def update(self, step=None) -> None:
        """Read the index again."""
        self._run(["update"], "apt-update.log", step)

    def download(self, packages: list[str], step=None) -> dict[str, Path]:
        """Fetch packages ("name" or "name/suite") and return their files.

        A file of an earlier, broken fetch is overwritten: apt checks each one.
        """
        self._run(["download", *packages], "apt-download.log", step, self.archives)
        files = {}
        for package in packages:
            name = package.partition("/")[0]
            newest = max(
                self.archives.glob(f"{name}_*.deb"),
                key=lambda path: path.stat().st_mtime,
            )
            files[name] = newest
        return files


def version_of(deb: Path) -> str:
    """The version that a package file states."""
    return output(["dpkg-deb", "-f", deb, "Version"]).strip()


def unpack(deb: Path, folder: Path) -> None:
    """Unpack a package's files without installing it."""
    try:
        output(["dpkg-deb", "-x", deb, folder])
    except Failure:
        deb.unlink(missing_ok=True)
        raise


def install(packages: list[str], step=None) -> None:
    """Install packages on this machine (as root only)."""
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive", LC_ALL="C")
    log = cached("log") / "apt-install.log"
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    plan = subprocess.run(
        [*command, "--simulate"], env=env, capture_output=True, check=False
    )
    if plan.returncode:
        logged(["apt-get", "update"], log, step, env=env)
    try:
        logged(command, log, step, env=env)
    except Failure:
        logged(["apt-get", "update"], log, step, env=env)
        logged(command, log, step, env=env)
