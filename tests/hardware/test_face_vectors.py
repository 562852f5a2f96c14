"""The faces of invented people."""

import struct
from itertools import combinations
from math import dist, hypot

from hypothesis import given
from hypothesis import strategies as st

from hardware.simulated.face_vectors import DIM, vector

NAMES = [f"person {number}" for number in range(60)]


def numbers(name: str, frame: int = 0) -> tuple[float, ...]:
    return struct.unpack(f"<{DIM}f", vector(name, frame))


@given(st.text(max_size=30), st.integers(0, 10**9))
def test_every_name_has_a_face_of_length_1(name: str, frame: int) -> None:
    """Whatever the name, and the same each time."""
    assert abs(hypot(*numbers(name, frame)) - 1) < 1e-5
    assert vector(name, frame) == vector(name, frame)


def test_pictures_of_one_person_are_alike_and_no_two_are_the_same() -> None:
    """As with real ones."""
    pictures = [numbers("mila", frame) for frame in range(10)]
    assert all(0.05 < dist(one, other) < 0.25 for one, other in combinations(pictures, 2))


def test_nobody_looks_like_anybody_else() -> None:
    """Of sixty people no two are near."""
    assert min(dist(numbers(one), numbers(other)) for one, other in combinations(NAMES, 2)) > 0.9
