"""Running other programs: quietly with a log, or in front of the user."""

import ctypes
import os
import re
import signal
import subprocess
from pathlib import Path

from .steps import Failure, Step, say

PR_SET_PDEATHSIG = 1


class Terminated(KeyboardInterrupt):
    """A polite kill, which unlike Ctrl-C reached this process only."""


def die_with_parent() -> None:
    """Let a child end when its command is killed, so that no server stays behind."""
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    except (OSError, AttributeError):
        pass  # not on Linux: the child then ends with its terminal


def output(command: list, env: dict | None = None, **options) -> str:
    """The standard output of a short program."""
    result = subprocess.run(
        [str(part) for part in command],
        env=env,
        stdin=options.pop("stdin", subprocess.DEVNULL),
        capture_output=True,
        text=True,
        **options,
    )
    if result.returncode:
        raise Failure(
            f"{Path(str(command[0])).name} failed ({result.returncode}): "
            f"{(result.stderr or result.stdout).strip()[-2000:]}"
        )
    return result.stdout


def logged(command: list, log: Path, step: Step | None = None, **options) -> None:
    """Run a program into a log file, showing its last line as progress."""
    log.parent.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        preexec_fn=die_with_parent,
        **options,
    )
    try:
        with process, log.open("w") as stream:
            for line in process.stdout:
                stream.write(line)
                stream.flush()
                if step and line.strip():
                    step.progress(shorten(line))
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if process.returncode:
        tail = "".join(log.read_text(errors="replace").splitlines(True)[-25:])
        raise Failure(
            f"{Path(str(command[0])).name} ended with {process.returncode}:\n{tail}\n"
            f"The whole log: {log}"
        )


def shorten(line: str) -> str:
    """An Odoo log line without its date and process."""
    line = re.sub(r"^\d{4}-\S+ \S+ \d+ (INFO|WARNING|ERROR) \S+ \S+: ", "", line)
    return line.strip()


def foreground(command: list, env: dict, cwd: Path | None = None, **options) -> int:
    """Run a program in front of the user; Ctrl-C goes to it and is waited for."""
    process = subprocess.Popen(
        [str(part) for part in command],
        env=env,
        cwd=cwd,
        preexec_fn=die_with_parent,
        **options,
    )
    interrupted = 0
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt as reason:
            # the terminal has sent Ctrl-C to the program as well: let it end in order
            interrupted += 1
            if isinstance(reason, Terminated):
                process.terminate()
            if interrupted == 1:
                say("\nStopping …")
            elif interrupted > 2:
                process.kill()


def which(name: str, path: str | None = None, skip: Path | None = None) -> str | None:
    """A program on the PATH, passing over a folder of our own."""
    for folder in (path or os.environ.get("PATH", os.defpath)).split(os.pathsep):
        if skip and folder and Path(folder).resolve() == skip.resolve():
            continue
        candidate = os.path.join(folder, name)
        if os.path.isfile(candidate) and os.access(candidate, os.X_OK):
            return candidate
    return None
