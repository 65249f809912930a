"""PNG files small enough to ship."""

import io

from PIL import Image

LIMIT = 150_000


def compress(png: bytes, limit: int = LIMIT) -> bytes:
    """Return the picture as a PNG of fewer colours, under a size in bytes.

    Screens are mostly flat colours: 256 of them look the same as all.
    """
    image = Image.open(io.BytesIO(png))
    for colours in (256, 128, 64, 32, 16):
        small = image.quantize(colours, method=Image.Quantize.FASTOCTREE, dither=0)
        buffer = io.BytesIO()
        small.save(buffer, "PNG", optimize=True)
        if buffer.tell() <= limit:
            return buffer.getvalue()
    raise ValueError(f"{buffer.tell()} bytes even with {colours} colours")
