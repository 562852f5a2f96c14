"""Layouts and cards of them, made up by Hypothesis."""

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

from hardware.card_formats import FORMATS, MOST_BITS, CardFormat, Parity, Span

Draw = Callable[[st.SearchStrategy[int]], int]


@dataclass(frozen=True)
class Card:
    """What is printed on a card, and how it is laid out."""

    layout: CardFormat
    facility: int | None
    number: int
    extra: int | None

    @property
    def written(self) -> bytes:
        codes = [code for code in (self.extra, self.facility, self.number) if code is not None]
        return ":".join([self.layout.name, *map(str, codes)]).encode()

    @property
    def blank(self) -> bool:
        full = [(1 << len(span.bits)) - 1 for span in self.layout.fields]
        codes = [code for code in (self.extra, self.facility, self.number) if code is not None]
        return not any(codes) or codes == full


@st.composite
def custom_layouts(draw: Draw) -> CardFormat:
    """A site's own layout: fields of any width, two parities over anything, fixed bits or none."""
    facility_bits, number_bits = draw(st.integers(1, 32)), draw(st.integers(8, 40))
    extra_bits, fixed_bits = draw(st.integers(0, 8)), draw(st.integers(0, 4))
    at = 1 + fixed_bits
    extra = Span(at, at + extra_bits - 1) if extra_bits else None
    at += extra_bits
    facility = Span(at, at + facility_bits - 1)
    number = Span(facility.last + 1, facility.last + number_bits)
    last = number.last + 1
    cut = draw(st.integers(2, last - 1))
    return CardFormat(
        "site-layout",
        last + 1,
        number,
        facility,
        (
            Parity(last, even=bool(draw(st.integers(0, 1))), over=tuple(range(cut, last))),
            Parity(0, even=bool(draw(st.integers(0, 1))), over=(*range(1, cut), last)),
        ),
        tuple((1 + each, bool(draw(st.integers(0, 1)))) for each in range(fixed_bits)),
        extra=extra,
    )


LAYOUTS = st.sampled_from(sorted(FORMATS.values(), key=lambda each: each.name)) | custom_layouts()


@st.composite
def cards(draw: Draw, layouts: st.SearchStrategy[CardFormat] = LAYOUTS) -> Card:
    """A card that is not blank."""
    layout: CardFormat = draw(layouts)  # type: ignore[arg-type, assignment]

    def code(span: Span | None) -> int | None:
        return None if span is None else draw(st.integers(0, (1 << len(span.bits)) - 1))

    number = code(layout.number)
    assert number is not None
    card = Card(layout, code(layout.facility), number, code(layout.extra))
    if card.blank:
        card = Card(layout, card.facility, number ^ 1, card.extra)
    return card


assert MOST_BITS >= 40
