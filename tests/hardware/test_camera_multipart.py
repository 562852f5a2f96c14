"""What an IP camera sends, cut into pictures."""

import contextlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.cameras.decoding import decoded
from hardware.cameras.multipart import LARGEST, NotMultipart, Parts, boundary_of
from tests.hardware.ip_camera import jpeg, part

BOUNDARY = b"--myboundary"


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/x-mixed-replace; boundary=myboundary",
        'multipart/x-mixed-replace;boundary="--myboundary"',
        "multipart/x-mixed-replace; boundary=--myboundary",
    ],
)
def test_the_boundary_is_found_however_it_is_announced(content_type: str) -> None:
    """Some cameras count the hyphens as part of it, some do not."""
    assert boundary_of(content_type) == BOUNDARY


@pytest.mark.parametrize("content_type", ["", "image/jpeg", "multipart/mixed", "multipart/mixed; boundary=ä"])
def test_without_a_boundary_there_is_no_stream(content_type: str) -> None:
    """A single picture, a page, or nothing at all."""
    with pytest.raises(NotMultipart):
        boundary_of(content_type)


@given(
    pictures=st.lists(st.binary(max_size=60).filter(lambda data: BOUNDARY[:3] not in data), max_size=5),
    with_length=st.booleans(),
    cuts=st.lists(st.integers(0, 400), max_size=6),
)
def test_pictures_come_whole_however_the_bytes_are_cut(
    pictures: list[bytes], with_length: bool, cuts: list[int]
) -> None:
    """No byte is lost or added, wherever the network puts its cuts."""
    stream = b"".join(part(data, with_length=with_length) for data in pictures) + b"--myboundary--\r\n"
    parts, got = Parts(BOUNDARY), []
    places = [0, *sorted(cuts), len(stream)]
    for begin, end in pairwise(places):
        got += parts.feed(stream[begin:end])
    assert got == [data if with_length else data + b"\r\n" for data in pictures]


@given(st.lists(st.binary(max_size=200) | st.just(b"--myboundary\r\n") | st.just(b"\r\n\r\n"), max_size=20))
def test_nothing_that_comes_makes_it_fail(pieces: list[bytes]) -> None:
    """Whatever is sent, there are parts or there are none."""
    parts = Parts(BOUNDARY)
    for piece in pieces:
        with contextlib.suppress(NotMultipart):
            for each in parts.feed(piece):
                decoded(each)


def test_what_grows_without_end_is_refused() -> None:
    """Also when it is announced to."""
    parts = Parts(BOUNDARY)
    parts.feed(b"--myboundary\r\n\r\n")
    with pytest.raises(NotMultipart):
        parts.feed(bytes(LARGEST + 1))
    with pytest.raises(NotMultipart):
        Parts(BOUNDARY).feed(b"--myboundary\r\nContent-Length: 999999999\r\n\r\n")


def test_noise_before_the_first_part_is_not_kept() -> None:
    """A stream that is none fills no memory."""
    parts = Parts(BOUNDARY)
    for _ in range(100):
        parts.feed(bytes(LARGEST // 10))
    assert parts.feed(part(b"x")) == [b"x"]


@given(st.integers(0, 600), st.integers(1, 255))
def test_a_broken_picture_is_none_or_another_one(at: int, change: int) -> None:
    """One changed byte raises nothing."""
    data = bytearray(jpeg(50))
    data[at % len(data)] ^= change
    picture = decoded(bytes(data))
    assert picture is None or picture.ndim == 3
