"""Vectors of faces: what an engine makes of a picture. Pure, and without a library of numbers.

All of them have length 1, so that the distance of two lies between 0 and 2. The vectors that dlib makes
differ in length as well, which tells nothing of whose face it is and only spoils the distance.
"""

import math
import sys
from array import array
from collections.abc import Sequence
from typing import Final

Vector = tuple[float, ...]

NUMBER_BYTES: Final = 4
FEWEST_NUMBERS, MOST_NUMBERS = 16, 2048
_LENGTH_TOLERANCE: Final = 1e-3
_SHORTEST: Final = 1e-6


class VectorUnusable(ValueError):
    """These bytes or numbers are no vector of a face. The words never quote them."""


def vector_in(data: bytes) -> Vector:
    """Read little-endian float32. Raises ``VectorUnusable`` for anything that has not length 1."""
    count, rest = divmod(len(data), NUMBER_BYTES)
    if rest or not FEWEST_NUMBERS <= count <= MOST_NUMBERS:
        raise VectorUnusable(f"a vector of {len(data)} bytes")
    numbers = array("f", data)
    if sys.byteorder == "big":
        numbers.byteswap()
    vector = tuple(numbers)
    # A vector with a NaN or an infinity in it has no length either.
    if not abs(math.hypot(*vector) - 1) <= _LENGTH_TOLERANCE:
        raise VectorUnusable("a vector whose length is not 1")
    return vector


def bytes_of(vector: Vector) -> bytes:
    """Write a vector as it is stored: little-endian float32."""
    numbers = array("f", vector)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def unit(numbers: Sequence[float]) -> Vector:
    """Bring numbers to length 1. Raises ``VectorUnusable`` for what has no direction."""
    length = math.hypot(*numbers)
    if not (math.isfinite(length) and length > _SHORTEST):
        raise VectorUnusable("numbers without a direction")
    return tuple(number / length for number in numbers)


def sum_of(vectors: Sequence[Vector]) -> Vector:
    """Add vectors up. Raises ``VectorUnusable`` where there are none, or their sizes differ."""
    if len({len(vector) for vector in vectors}) != 1:
        raise VectorUnusable("no vectors, or vectors of different sizes")
    return tuple(map(sum, zip(*vectors, strict=True)))


def mean(vectors: Sequence[Vector]) -> Vector:
    """Give the direction in the middle of several vectors. Raises ``VectorUnusable``."""
    return unit(sum_of(vectors))


def distance(one: Vector, other: Vector) -> float:
    """Give the distance of two vectors, 0 to 2. Raises ``VectorUnusable`` where their sizes differ."""
    if len(one) != len(other):
        raise VectorUnusable("vectors of different sizes")
    return math.dist(one, other)


def seen_from(centre: Vector | None, vector: Vector) -> Vector:
    """Give the direction of a vector as seen from a centre; as it is where there is none.

    Raises ``VectorUnusable`` for a vector that is the centre itself.
    """
    if centre is None:
        return vector
    if len(centre) != len(vector):
        raise VectorUnusable("vectors of different sizes")
    return unit([number - middle for number, middle in zip(vector, centre, strict=True)])
