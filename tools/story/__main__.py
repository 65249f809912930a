"""Play the story: ``make story``, or ``make story ARGS="--output folder"``."""

import argparse
import sys
import time
from pathlib import Path

from ..paths import ROOT
from .base import database
from .chapters import CHAPTERS
from .scene import play

OUTPUT = ROOT / "story"


def main(argv: list[str]) -> int:
    """Play all chapters on a fresh database and say where the pictures are."""
    parser = argparse.ArgumentParser(prog="make story", description=__doc__)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    options = parser.parse_args(argv)
    begin = time.monotonic()

    def told(chapter, _scene):
        """Say that a chapter was played."""
        print(f"  ✓ {chapter.title} ({time.monotonic() - begin:.0f} s)", flush=True)

    with database() as name:
        page = play(name, options.output, CHAPTERS, told)
    print(f"The story in pictures: {page}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
