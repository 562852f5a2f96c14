"""Drawings of faces, and an engine that finds them: the first row of a drawing says what is on it.

Real faces may not be in the project. What goes on around an engine is tried with these, the engines
themselves with a folder of pictures that somebody else has (``ACCESSCTL_FACES``).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from hardware.faces.engine import Face, Picture, Vector, normalised
from hardware.faces.sight import Sight

ACROSS, DOWN = 640, 480
DIM = 16
FIELDS = 6


@dataclass(frozen=True)
class Painted:
    """A face to be drawn. Numbers are kept as bytes: places in steps of four pixels, yaws of 1/200."""

    person: int = 1
    left: int = 220
    top: int = 140
    width: int = 200
    yaw: float = 0.0
    live: float = 1.0
    light: int = 120
    blurred: bool = False


def painting(*faces: Painted) -> Picture:
    picture = np.full((DOWN, ACROSS, 3), 60, np.uint8)
    chance = np.random.default_rng(7)
    header: list[int] = [len(faces)]
    for face in faces:
        rough = 0 if face.blurred else 25
        texture = chance.integers(-rough, rough + 1, (face.width, face.width)) if rough else 0
        shades = np.linspace(-40, 40, face.width)[None, :] + texture + face.light
        spot = picture[max(face.top, 1) : face.top + face.width, max(face.left, 0) : face.left + face.width]
        inside = np.broadcast_to(shades, (face.width, face.width))[: spot.shape[0], : spot.shape[1], None]
        spot[:] = np.clip(inside, 0, 255).astype(np.uint8)
        header += [
            face.person,
            face.left // 4 + 64,
            face.top // 4 + 64,
            face.width // 4,
            round(face.yaw * 200) + 128,
            round(face.live * 255),
        ]
    picture[0] = 0
    picture[0, : len(header)] = np.array(header, np.uint8)[:, None]
    return picture


def vector_of(person: int) -> Vector:
    return normalised(np.random.default_rng(person).normal(size=DIM))


class PaintedEngine:
    """Finds what a drawing says that it shows."""

    model, dim, same_sitting = "painted", DIM, 0.5

    def find(self, picture: Picture) -> tuple[Face, ...]:
        faces = [_face(numbers) for numbers in _headers(picture)]
        return tuple(sorted(faces, key=lambda face: -face.width))

    def embed(self, picture: Picture, face: Face) -> Vector:
        person = next(n[0] for n in _headers(picture) if _face(n) == face)
        return vector_of(person)


class PaintedLiveness:
    """Sees how live a drawing says that its faces are."""

    def score(self, picture: Picture, face: Face) -> float:
        return next(n[5] for n in _headers(picture) if _face(n) == face) / 255


SIGHT = Sight(PaintedEngine())
SEEING = Sight(PaintedEngine(), PaintedLiveness())


def album(folder: Path, pictures: Iterable[Picture]) -> Path:
    """Put pictures into a folder, in this order."""
    folder.mkdir(exist_ok=True)
    for number, picture in enumerate(pictures):
        Image.fromarray(picture).save(folder / f"{number:03}.png")
    return folder


def _headers(picture: Picture) -> list[list[int]]:
    row = [int(number) for number in picture[0, :, 0]]
    return [row[1 + at * FIELDS : 1 + (at + 1) * FIELDS] for at in range(min(row[0], 8))]


def _face(numbers: list[int]) -> Face:
    _, left, top, width, yaw, _ = numbers
    x, y, side = (left - 64) * 4.0, (top - 64) * 4.0, width * 4.0
    eyes = (x + side * 0.3, y + side * 0.4), (x + side * 0.7, y + side * 0.4)
    nose = x + side * 0.5 + (yaw - 128) / 200 * side * 0.4, y + side * 0.6
    return Face(x, y, side, side, *eyes, nose, (*eyes, nose))
