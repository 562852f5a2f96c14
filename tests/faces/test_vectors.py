"""Vectors and templates: read and written exactly, and nothing else is taken for one."""

import math
import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessctl.faces.template import Template, TemplateUnusable, middle_in
from accessctl.faces.vectors import (
    VectorUnusable,
    bytes_of,
    distance,
    mean,
    seen_from,
    sum_of,
    unit,
    vector_in,
)
from tests.faces.people import MODEL, face_of, pictures_of, template_of


def test_a_vector_is_read_as_it_was_written() -> None:
    """Storing a vector changes nothing of it but what float32 cannot hold."""
    face = face_of("ana")
    assert distance(vector_in(bytes_of(face)), face) < 1e-6
    assert bytes_of(vector_in(bytes_of(face))) == bytes_of(face)


def test_a_vector_is_little_endian() -> None:
    """The bytes are those that the camera's process sends, on whatever machine."""
    data = struct.pack("<16f", *([0.25] * 16))
    assert vector_in(data) == (0.25,) * 16
    assert bytes_of((0.25,) * 16) == data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 511,
        b"\0" * 512,
        struct.pack("<128f", *([1.0] * 128)),
        struct.pack("<128f", *([math.nan] + [0.0] * 127)),
        struct.pack("<128f", *([math.inf] + [0.0] * 127)),
        struct.pack("<4f", 1.0, 0.0, 0.0, 0.0),
        struct.pack("<4096f", *([1.0] + [0.0] * 4095)),
    ],
)
def test_what_is_no_vector_of_length_one_is_refused(data: bytes) -> None:
    """Zeros, infinities and wrong sizes are no face: nothing is ever near to them."""
    with pytest.raises(VectorUnusable):
        vector_in(data)


@given(st.binary(max_size=2100))
def test_no_bytes_make_a_vector_reading_fail_otherwise(data: bytes) -> None:
    """Whatever a camera's process sends, it is a vector of length 1 or refused."""
    try:
        vector = vector_in(data)
    except VectorUnusable:
        return
    assert math.isclose(math.hypot(*vector), 1, abs_tol=1e-2)


def test_a_middle_is_nearer_to_its_pictures_than_they_are_to_each_other() -> None:
    """The mean of several pictures is a better picture than each of them."""
    pictures = pictures_of("ana", 5)
    middle = mean(pictures)
    assert max(distance(middle, one) for one in pictures) < min(
        distance(one, other) for one in pictures for other in pictures if one is not other
    )


def test_vectors_of_different_sizes_are_never_compared() -> None:
    """The vector of another engine cannot be measured against this one's by mistake."""
    small = unit([1.0] * 64)
    for call in (
        lambda: distance(face_of("ana"), small),
        lambda: mean([face_of("ana"), small]),
        lambda: seen_from(small, face_of("ana")),
        lambda: sum_of([]),
    ):
        with pytest.raises(VectorUnusable):
            call()


def test_what_has_no_direction_has_no_vector() -> None:
    """The mean of two opposite vectors, and a vector seen from itself, are refused."""
    face = face_of("ana")
    with pytest.raises(VectorUnusable):
        mean([face, tuple(-number for number in face)])
    with pytest.raises(VectorUnusable):
        seen_from(face, face)


def test_without_a_centre_a_vector_is_seen_as_it_is() -> None:
    """Where a site compares plainly, nothing is done to a vector."""
    assert seen_from(None, face_of("ana")) is face_of("ana") or seen_from(None, face_of("ana")) == face_of(
        "ana"
    )


def test_a_template_is_unpacked_as_it_was_packed() -> None:
    """Model, middle and single pictures come back."""
    template = template_of("ana")
    again = Template.unpack(template.pack())
    assert again.model == MODEL
    assert len(again.singles) == 5
    assert distance(again.middle, template.middle) < 1e-6
    assert again.pack() == template.pack()
    assert middle_in(template.pack()) == (MODEL, again.middle)


def test_a_template_shows_no_number() -> None:
    """No log line and no traceback can hold a template."""
    assert "0." not in repr(template_of("ana"))


def test_the_spread_tells_a_strange_picture_among_the_others() -> None:
    """One picture of somebody else shows in the spread; five of one person do not."""
    own = pictures_of("ana", 4)
    assert Template.of(MODEL, [*own, *pictures_of("ana", 1, series="more")]).spread < 0.4
    assert Template.of(MODEL, [*own, face_of("ben")]).spread > 0.9
    assert Template.of(MODEL, own[:1]).spread == 0.0


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_a_template_with_a_changed_byte_is_refused_or_differs(at: int, change: int) -> None:
    """A changed byte gives no exception but the one, and never the same template."""
    packed = bytearray(template_of("ana").pack())
    packed[at % len(packed)] ^= change
    with suppress(TemplateUnusable):
        assert Template.unpack(bytes(packed)).pack() != template_of("ana").pack()


@given(st.binary(max_size=3000))
def test_no_bytes_make_template_reading_fail_otherwise(data: bytes) -> None:
    """Whatever was stored, it is a template or refused."""
    for read in (Template.unpack, middle_in):
        with suppress(TemplateUnusable):
            read(data)


def test_a_template_that_is_cut_off_is_refused() -> None:
    """No part of a template counts as one."""
    packed = template_of("ana").pack()
    for length in (0, 1, 2, 40, len(packed) - 1, len(packed) + 1):
        with pytest.raises(TemplateUnusable):
            Template.unpack((packed + b"\0")[:length])


def test_a_template_needs_pictures_and_a_model() -> None:
    """None of no pictures, none of hundreds, and none of an engine without a name."""
    for model, count in ((MODEL, 0), (MODEL, 33), ("", 5), ("x" * 600, 5)):
        with pytest.raises(TemplateUnusable):
            Template.of(model, pictures_of("ana", count))
