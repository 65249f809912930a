"""The pictures in their order, with a page that tells the story by them."""

from dataclasses import dataclass, field
from html import escape
from pathlib import Path

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>After-sales: the whole story</title>
<style>
body {{ font: 17px/1.5 sans-serif; max-width: 960px; margin: 2em auto; padding: 0 1em }}
img {{ max-width: 100%; border: 1px solid #ccc; border-radius: 4px }}
figure {{ margin: 1.5em 0 }}
figcaption {{ color: #555 }}
h2 {{ margin-top: 2.5em }}
</style>
</head>
<body>
<h1>After-sales: the whole story</h1>
{chapters}
</body>
</html>
"""


@dataclass
class Album:
    """A folder of pictures, numbered as they are taken."""

    folder: Path
    chapters: list[tuple] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)

    def __post_init__(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        for pattern in ("[0-9][0-9]-*.png", "failed-*.png"):
            for old in self.folder.glob(pattern):
                old.unlink()

    def begin(self, chapter) -> None:
        """Turn the page: the pictures that follow belong to a chapter."""
        self.chapters.append((chapter, []))

    def add(self, png: bytes, name: str, caption: str) -> Path:
        """Put in a picture."""
        path = self.folder / f"{len(self.files) + 1:02}-{name}.png"
        path.write_bytes(png)
        self.files.append(path)
        self.chapters[-1][1].append((path, caption))
        return path

    def close(self) -> Path:
        """Write the page that shows them all."""
        page = self.folder / "index.html"
        told = "\n".join(_tell(*chapter) for chapter in enumerate(self.chapters, 1))
        page.write_text(PAGE.format(chapters=told))
        return page


def _tell(number: int, entry: tuple) -> str:
    """Return a chapter with its pictures."""
    chapter, pictures = entry
    shown = "\n".join(
        f'<figure><img src="{path.name}" alt="{escape(caption)}" loading="lazy">'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
        for path, caption in pictures
    )
    title = escape(f"{number}. {chapter.title}")
    return f"<h2>{title}</h2>\n<p>{escape(chapter.text)}</p>\n{shown}"
