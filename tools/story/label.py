"""A shipping label as a carrier gives it to the shop."""

from pathlib import Path

from PIL import Image, ImageDraw


def make_label(scene, number: str) -> str:
    """Draw a label with a number; return the path of its file."""
    label = Image.new("RGB", (600, 400), "white")
    pen = ImageDraw.Draw(label)
    pen.rectangle((10, 10, 589, 389), outline="black", width=3)
    for place in range(40, 560, 6):
        pen.rectangle((place, 60, place + 1 + place % 4, 200), fill="black")
    for row, text in enumerate((number, "BrightNest, 12 Harbour Street, Bristol")):
        pen.text((40, 230 + 60 * row), text, fill="black", font_size=28 - 6 * row)
    path = Path(scene.album.folder).resolve() / "label.png"
    label.save(path)
    return str(path)
