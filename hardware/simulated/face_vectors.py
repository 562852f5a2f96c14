"""The faces of invented people: numbers that follow from a name, and some noise for each picture. Pure."""

import hashlib
from math import cos, log, pi, sqrt
from struct import iter_unpack, pack
from typing import Final

MODEL: Final = "simulated"
DIM: Final = 128
NOISE: Final = 0.1
"""How far a picture of somebody is from the middle of all their pictures."""
_WORD: Final = "<II"
_END: Final = 1 << 32


def vector(name: str, frame: int) -> bytes:
    """Give a picture's vector: little-endian float32, of length 1."""
    face, noise = _direction(f"face {name}"), _direction(f"picture {frame} of {name}")
    return pack(
        f"<{DIM}f", *_of_length_1([mine + NOISE * some for mine, some in zip(face, noise, strict=True)])
    )


def _direction(seed: str) -> list[float]:
    """Give one of all directions, each as likely: what is made of normal numbers prefers none."""
    stream = hashlib.shake_256(seed.encode()).digest(DIM * 8)
    return _of_length_1(
        [
            sqrt(-2 * log((one + 1) / _END)) * cos(2 * pi * other / _END)
            for one, other in iter_unpack(_WORD, stream)
        ]
    )


def _of_length_1(numbers: list[float]) -> list[float]:
    length = sqrt(sum(number * number for number in numbers))
    return [number / length for number in numbers]
