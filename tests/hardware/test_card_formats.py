"""Which layouts there can be. Each refusal has its neighbour that is accepted."""

from typing import Any

import pytest

from hardware.card_formats import FORMATS, CardFormat, Parity, Span

GOOD: dict[str, Any] = {
    "name": "acme-32",
    "bits": 32,
    "number": Span(9, 30),
    "facility": Span(1, 8),
    "parities": (
        Parity(0, even=True, over=tuple(range(1, 16))),
        Parity(31, even=False, over=tuple(range(16, 31))),
    ),
}


def layout(**changes: Any) -> CardFormat:  # noqa: ANN401 - any field, right or wrong
    return CardFormat(**(GOOD | changes))


def test_a_layout_of_a_site_is_taken() -> None:
    """The example from which the refusals below differ by one fault is in order."""
    assert layout().fields == (Span(1, 8), Span(9, 30))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"name": "ACME"}, "the name is not"),
        ({"name": ""}, "the name is not"),
        ({"name": "a" * 17}, "the name is not"),
        ({"name": "a:b"}, "the name is not"),
        ({"name": "acme\n"}, "the name is not"),
        ({"bits": 8}, "a frame has 9 to 128 bits, not 8"),
        ({"bits": 129}, "a frame has 9 to 128 bits, not 129"),
        ({"bits": 31}, "there is no bit 31 in a frame of 31 bits"),
        ({"bits": 33}, "no meaning is given to bit 32"),
        ({"number": Span(9, 29)}, "no meaning is given to bit 30"),
        ({"number": Span(8, 30)}, "bit 8 cannot have two meanings"),
        ({"number": Span(9, 31)}, "bit 31 cannot have two meanings"),
        ({"facility": Span(0, 8)}, "bit 0 cannot have two meanings"),
        ({"fixed": ((5, True),)}, "bit 5 cannot have two meanings"),
        ({"fixed": ((32, True),)}, "there is no bit 32"),
        ({"fixed": ((-1, True),)}, "there is no bit -1"),
        ({"facility": None}, "no meaning is given to bits 1 to 8"),
        ({"facility": None, "extra": Span(1, 8)}, "an extra code stands beside a facility code"),
        ({"parities": ()}, "no meaning is given to bits 0, 31"),
        ({"bits": 30, "xor_bytes": True}, "30 bits are not whole bytes"),
        ({"xor_bytes": True}, "bits 24 to 31 cannot have two meanings"),
    ],
)
def test_a_layout_that_cannot_be_is_refused(changes: dict[str, Any], why: str) -> None:
    """Every fault is named with the bits it is about, in words for whoever wrote the site file."""
    with pytest.raises(ValueError, match=why):
        layout(**changes)


@pytest.mark.parametrize(
    ("over", "why"),
    [
        ((1, 40), "the parity at bit 31 covers bit 40, beyond the frame"),
        ((1, -1), "the parity at bit 31 covers bit -1, beyond the frame"),
        ((0, 1), "the parity at bit 31 covers bit 0, worked out after it"),
    ],
)
def test_a_parity_covers_what_is_there_before_it(over: tuple[int, ...], why: str) -> None:
    """Two parities that cover each other could not be worked out at all."""
    other = Parity(0, even=True, over=tuple(range(1, 16)))
    with pytest.raises(ValueError, match=why):
        layout(parities=(Parity(31, even=False, over=over), other))
    layout(parities=(other, Parity(31, even=False, over=(0, 1))))


@pytest.mark.parametrize(
    ("at", "over", "why"),
    [
        (0, (), "covers no bit"),
        (0, (0, 1), "covers itself"),
        (0, (1, 2, 2), "covers bit 2 twice"),
    ],
)
def test_a_parity_that_proves_nothing_is_refused(at: int, over: tuple[int, ...], why: str) -> None:
    """A parity over nothing, over itself, or over one bit twice would pass any card."""
    with pytest.raises(ValueError, match=why):
        Parity(at, even=True, over=over)


@pytest.mark.parametrize(("first", "last"), [(-1, 3), (4, 3)])
def test_a_span_runs_forward(first: int, last: int) -> None:
    """A field has a first bit and a last one, and one bit is enough."""
    with pytest.raises(ValueError, match="no run of bits"):
        Span(first, last)
    assert list(Span(3, 3).bits) == [3]


def test_a_checksum_stands_alone() -> None:
    """No parity covers the checksum, which is worked out last, and the frame is whole bytes."""
    assert list(CardFormat("sum", 16, Span(0, 7), xor_bytes=True).checksum) == list(range(8, 16))
    with pytest.raises(ValueError, match="worked out after it"):
        CardFormat("sum", 16, Span(1, 7), None, (Parity(0, even=True, over=(8,)),), xor_bytes=True)
    with pytest.raises(ValueError, match="not whole bytes"):
        CardFormat("sum", 12, Span(0, 3), xor_bytes=True)


def test_a_field_is_no_longer_than_a_number_may_be() -> None:
    """64 bits are the most that one field may have."""
    assert len(CardFormat("long", 64, Span(0, 63)).number.bits) == 64
    with pytest.raises(ValueError, match="are more than the 64 of one field"):
        CardFormat("long", 65, Span(0, 64))


@pytest.mark.parametrize(
    ("name", "bits"),
    [
        ("h10301", 26),
        ("indala26", 26),
        ("d10202", 33),
        ("h10306", 34),
        ("bqt34", 34),
        ("c1k35s", 35),
        ("c15001", 36),
        ("h10302", 37),
        ("h10304", 37),
        ("p10001", 40),
        ("c1k48s", 48),
    ],
)
def test_the_known_formats_have_their_lengths(name: str, bits: int) -> None:
    """Each known format is found by its name, and has the bits that its maker says."""
    assert (FORMATS[name].name, FORMATS[name].bits) == (name, bits)
    assert len(FORMATS) == 11


@pytest.mark.parametrize("known", FORMATS.values(), ids=lambda each: each.name)
def test_every_bit_of_a_known_format_is_watched_over(known: CardFormat) -> None:
    """There is no field bit that could flip unnoticed: parity or checksum covers all of them."""
    covered = {at for parity in known.parities for at in parity.over}
    if known.xor_bytes:
        covered |= set(range(known.bits))
    assert {at for span in known.fields for at in span.bits} <= covered
