"""The benchmarks: each file of bench/ runs in the virtual environment.

A file takes its databases from ``tools.bench_env`` and prints its own table.
ARGS="delivery" runs those whose name contains the word.
"""

import time

from ..paths import ROOT, venv_python
from ..process import foreground
from ..stage import ready
from ..steps import say


def main(arguments: list[str]) -> int:
    """Run them one after the other; nothing else should run beside them."""
    files = sorted((ROOT / "bench").glob("[a-z]*.py"))
    words = [word for word in arguments if not word.startswith("-")]
    options = [word for word in arguments if word.startswith("-")]
    if words:
        files = [path for path in files if any(word in path.stem for word in words)]
    if not files:
        say("There is no such benchmark in bench/.")
        return 1
    failed = 0
    with ready() as stage:
        env = stage.environment()
        for path in files:
            say(f"\n── {path.stem} " + "─" * 40)
            begin = time.monotonic()
            command = [venv_python(), "-m", f"bench.{path.stem}", *options]
            failed += bool(foreground(command, env, cwd=ROOT))
            say(f"  {time.monotonic() - begin:.1f} s")
    say(f"{len(files) - failed} passed, {failed} failed")
    return 1 if failed else 0
