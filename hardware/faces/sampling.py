"""Cuts a piece out of a picture and brings it to a size."""

import numpy as np
from numpy.typing import NDArray

from hardware.faces.engine import Picture


def resampled(
    picture: Picture, left: float, top: float, width: float, height: float, side: int
) -> NDArray[np.float32]:
    """Give a piece of the picture as ``side`` × ``side`` pixels, each between its four nearest neighbours.

    Nothing is averaged over when the piece is larger: that is how the liveness models were trained.
    """
    across = _places(left, width, side, picture.shape[1])
    down = _places(top, height, side, picture.shape[0])
    x0, y0 = across.astype(np.intp), down.astype(np.intp)
    x1, y1 = np.minimum(x0 + 1, picture.shape[1] - 1), np.minimum(y0 + 1, picture.shape[0] - 1)
    part_x, part_y = (across - x0)[None, :, None], (down - y0)[:, None, None]
    above = picture[y0[:, None], x0] * (1 - part_x) + picture[y0[:, None], x1] * part_x
    below = picture[y1[:, None], x0] * (1 - part_x) + picture[y1[:, None], x1] * part_x
    mixed: NDArray[np.float32] = (above * (1 - part_y) + below * part_y).astype(np.float32)
    return mixed


def _places(start: float, length: float, side: int, end: int) -> NDArray[np.float64]:
    """Give where the middle of each new pixel lies among the old ones."""
    places: NDArray[np.float64] = start + (np.arange(side) + 0.5) * length / side - 0.5
    return np.clip(places, max(start, 0), min(start + length, end) - 1)
