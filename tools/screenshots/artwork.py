"""Draw the icon and the pictures of the demo products from their SVG sources.

Run with ``make exec``'s environment: ``.venv/bin/python -m tools.screenshots.artwork``.
"""

from pathlib import Path

from .chromium import chromium
from .images import compress

ROOT = Path(__file__).resolve().parents[2]
ADDON = ROOT / "aftersales_addon"
SOURCES = Path(__file__).parent / "artwork"
HEIGHTS = {"icon": 256, "company_logo": 160, "signature": 200}
WIDE = {"company_logo", "signature"}


def targets() -> dict[Path, Path]:
    """Return each source with the picture that is made of it."""
    icon = ADDON / "static" / "description" / "icon.svg"
    found = {icon: icon.with_suffix(".png")}
    for source in sorted(SOURCES.glob("*.svg")):
        found[source] = ADDON / "demo" / "images" / f"{source.stem}.png"
    return found


def main() -> int:
    """Draw them all."""
    with chromium() as tab:
        for source, target in targets().items():
            height = HEIGHTS.get(source.stem, 512)
            width = 600 if source.stem in WIDE else height
            tab.resize(width, height)
            tab.open("data:text/html,<body style='margin:0'>")
            svg = source.read_text()
            tab.evaluate(f"document.body.innerHTML = {svg!r}; void 0")
            tab.evaluate(
                "Object.assign(document.querySelector('svg').style,"
                " {width: '100vw', height: '100vh', display: 'block'}); void 0"
            )
            target.write_bytes(compress(tab.picture(transparent=True)))
            print(f"{target.relative_to(ROOT)}  {target.stat().st_size // 1024} KiB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
