"""What every engine does: finds the faces of a picture, and makes a vector of one of them."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""Height × width × 3 bytes: red, green, blue."""
Vector = NDArray[np.float32]
"""A face as an engine sees it, of length 1: two of them are compared by their distance, 0 to 2."""
Point = tuple[float, float]
"""To the right and down, in pixels from the upper left corner."""


@dataclass(frozen=True, slots=True)
class Face:
    """Where a face is in a picture. Sides are the picture's: its left eye is the person's right one."""

    left: float
    top: float
    width: float
    height: float
    left_eye: Point
    right_eye: Point
    nose: Point
    landmarks: tuple[Point, ...]
    """All that the engine found, in its own order: with these it straightens the face."""

    @property
    def centre(self) -> Point:
        """The middle of its box."""
        return self.left + self.width / 2, self.top + self.height / 2

    @property
    def yaw(self) -> float:
        """How far the head is turned: 0 is straight ahead, positive to the person's own left.

        The nose against the middle between the eyes, along the line through both, in parts of their distance:
        a head that is tilted to its shoulder is not turned.
        """
        across = self.right_eye[0] - self.left_eye[0], self.right_eye[1] - self.left_eye[1]
        distance2 = across[0] ** 2 + across[1] ** 2
        if not distance2:
            return 0.0
        off = (
            self.nose[0] - (self.left_eye[0] + self.right_eye[0]) / 2,
            self.nose[1] - (self.left_eye[1] + self.right_eye[1]) / 2,
        )
        return (off[0] * across[0] + off[1] * across[1]) / distance2


class FaceEngine(Protocol):
    """Finds and encodes faces. Used from one thread; each call computes for some hundred milliseconds."""

    @property
    def model(self) -> str:
        """Its name and the digests of its files: vectors of another model are never compared with its own."""
        ...

    @property
    def dim(self) -> int:
        """How many numbers a vector has."""
        ...

    @property
    def same_sitting(self) -> float:
        """The distance below which two pictures of a moment, of whatever pose, can be one person's."""
        ...

    def find(self, picture: Picture) -> tuple[Face, ...]:
        """Find the faces, the largest first. Raises ``ValueError`` where the picture is of no use."""
        ...

    def embed(self, picture: Picture, face: Face) -> Vector:
        """Make the vector of one of the faces found in this picture. Raises ``ValueError`` if that fails."""
        ...


def normalised(raw: NDArray[np.floating]) -> Vector:
    """Bring a vector to length 1. Raises ``ValueError`` for one that has no direction."""
    vector = np.asarray(raw, np.float64).ravel()
    length = float(np.linalg.norm(vector))
    if not np.isfinite(length) or not length:
        raise ValueError("the encoder made no vector of this face")
    return (vector / length).astype("<f4")


def distance(one: Vector, other: Vector) -> float:
    """Give how far two vectors of one model are apart."""
    return float(np.linalg.norm(one - other))
