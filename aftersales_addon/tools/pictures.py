"""Pictures as strangers send them, without any database."""

import io

from PIL import Image

# As many as the platform works on; a small file can claim to have far more.
MAX_PIXELS = 50_000_000


def has_too_many_pixels(content: bytes, limit: int = MAX_PIXELS) -> bool:
    """Tell whether a file says of itself that it is a larger picture than that.

    Only its head is read. What is no picture, or of a kind that cannot be read here,
    has none.
    """
    try:
        with Image.open(io.BytesIO(content)) as picture:
            return picture.width * picture.height > limit
    except Image.DecompressionBombError:
        return True
    except (OSError, SyntaxError, ValueError):
        return False
