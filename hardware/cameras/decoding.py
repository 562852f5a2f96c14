"""From the bytes of a picture to its pixels, whoever sent them."""

import io
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from hardware.faces.engine import Picture

MOST_PIXELS: Final = 20_000_000
WORTH_PIXELS: Final = 800
"""A picture that is larger both ways is made smaller: faces gain nothing by more."""
WORKING_WIDTH: Final = 640
_FORMATS: Final = ("JPEG", "PNG")


def decoded(data: bytes, formats: tuple[str, ...] = ("JPEG",)) -> Picture | None:
    """Give the pixels of a picture; ``None`` for what is none, or is unreasonably large."""
    try:
        with Image.open(io.BytesIO(data), formats=formats) as image:
            if image.width * image.height > MOST_PIXELS:
                return None
            return np.asarray(ImageOps.exif_transpose(image).convert("RGB"), np.uint8)
    except Exception:  # noqa: BLE001 - a picture by a stranger's hand can fail in any way there is
        return None


def picture_file(path: Path) -> Picture | None:
    """Give the pixels of a file; ``None`` for what is no picture. Raises ``OSError``."""
    return decoded(path.read_bytes(), _FORMATS)


def for_faces(picture: Picture) -> Picture:
    """Give the picture in the size that faces are looked for in."""
    if max(picture.shape[:2]) <= WORTH_PIXELS:
        return picture
    down, across = picture.shape[:2]
    scale = WORKING_WIDTH / max(down, across)
    size = max(round(across * scale), 1), max(round(down * scale), 1)
    return np.asarray(
        Image.fromarray(picture).resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0), np.uint8
    )


def grey(picture: Picture) -> NDArray[np.uint8]:
    """Give a picture in shades of grey, as those want it who read codes."""
    return np.asarray(Image.fromarray(picture).convert("L"), np.uint8)
