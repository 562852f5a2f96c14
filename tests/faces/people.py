"""People made of numbers: each a direction, and every picture of them a little beside it."""

import math
import random

from accessctl.faces.template import Template
from accessctl.faces.vectors import Vector, unit

MODEL = "dlib:0011223344556677:8899aabbccddeeff"
DIM = 128


def face_of(name: str) -> Vector:
    """Give the direction of a person. Two people are about 1.4 apart."""
    chance = random.Random(f"face of {name}")
    return unit([chance.gauss(0, 1) for _ in range(DIM)])


def pictures_of(name: str, count: int, *, apart: float = 0.15, series: str = "") -> list[Vector]:
    """Give pictures of a person, each about this far from their direction."""
    chance, face = random.Random(f"{series} of {name}"), face_of(name)
    noise = apart / math.sqrt(DIM)
    return [unit([number + chance.gauss(0, noise) for number in face]) for _ in range(count)]


def between(one: Vector, other: Vector, part: float) -> Vector:
    """Give a face that is this part of the way from one to another."""
    return unit([(1 - part) * a + part * b for a, b in zip(one, other, strict=True)])


def template_of(name: str, *, model: str = MODEL, apart: float = 0.15) -> Template:
    """Give the template of five pictures of a person."""
    return Template.of(model, pictures_of(name, 5, apart=apart))
