"""Which frames are cards, and which card or key each is."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hardware.card_formats import FORMATS, CardFormat, Span
from hardware.readers.uid import Unreadable
from hardware.readers.wiegand import decode, decode_key, encode, encode_key, is_key, parse_number
from hardware.specs import WiegandKeys
from tests.examples import examples
from tests.hardware.card_layouts import LAYOUTS, Card, cards

H10301, INDALA = FORMATS["h10301"], FORMATS["indala26"]
FRAMES = st.lists(st.integers(0, 1), max_size=200)


def bits_of(card: Card) -> tuple[int, ...]:
    return encode(card.layout, card.facility, card.number, extra=card.extra)


def whole(bits: tuple[int, ...]) -> str:
    """Write the whole frame as one number in hex, as the published answers are."""
    digits = -(-len(bits) // 4)
    return f"{int(''.join(map(str, bits)), 2):0{digits}x}"


@pytest.mark.parametrize(
    ("name", "facility", "number", "frame"),
    [
        ("h10301", 123, 4567, "2f623ae"),
        ("h10301", 1, 1, "2020002"),
        ("h10301", 0, 0, "0000001"),
        ("h10306", 1, 1, "200020002"),
        ("c1k35s", 1, 1, "600200003"),
        ("h10302", None, 1, "0000000002"),
        ("c1k48s", 1, 1, "400001000002"),
    ],
)
def test_the_published_answers_hold(name: str, facility: int | None, number: int, frame: str) -> None:
    """What others worked out for known cards is what we lay out, bit by bit, and read back."""
    bits = encode(FORMATS[name], facility, number)
    assert whole(bits) == frame
    if number:
        codes = [name, *(str(code) for code in (facility, number) if code is not None)]
        assert decode(bits, FORMATS[name]) == ":".join(codes).encode()


@pytest.mark.parametrize(
    ("name", "bits", "number"),
    [
        # Worked out by hand from the layouts, all with facility and number 1 or as they are named.
        ("d10202", "1" + "0000001" + "000000000000000000000001" + "0", "d10202:1:1"),
        ("bqt34", "1" + "00000001" + "000000000000000000000001" + "0", "bqt34:1:1"),
        ("c15001", "1" + "0000000001" + "00000001" + "0000000000000001" + "1", "c15001:1:1:1"),
        ("h10304", "1" + "0000000000000001" + "0000000000000000001" + "0", "h10304:1:1"),
        ("p10001", "1111" + "000000000001" + "0000000000000001" + "11110000", "p10001:1:1"),
        ("indala26", "1" + "000000000001" + "000000000001" + "0", "indala26:1:1"),
    ],
)
def test_the_other_formats_are_as_they_are_described(name: str, bits: str, number: str) -> None:
    """Formats without a published answer are held to one that was worked out by hand."""
    assert decode(bits, FORMATS[name]) == number.encode()


@settings(deadline=None, max_examples=examples(100))
@given(cards())
def test_what_is_laid_out_is_read_back(card: Card) -> None:
    """Every field of every format survives, known or made up for a site; nothing is cut off."""
    assert decode(bits_of(card), card.layout) == card.written


@settings(deadline=None, max_examples=examples(100))
@given(cards(), st.data())
def test_one_wrong_bit_is_noticed(card: Card, data: st.DataObject) -> None:
    """A single bit that flipped, whichever it is, makes a frame unreadable and not another card."""
    bits = list(bits_of(card))
    bits[data.draw(st.integers(0, len(bits) - 1))] ^= 1
    with pytest.raises(Unreadable):
        decode(bits, card.layout)


@pytest.mark.parametrize("known", FORMATS.values(), ids=lambda each: each.name)
def test_every_single_bit_of_a_known_format_counts(known: CardFormat) -> None:
    """The same for every bit of every known format, without leaving one to chance."""
    facility = None if known.facility is None else 5
    bits = encode(known, facility, 77, extra=None if known.extra is None else 3)
    assert decode(bits, known)
    for at in range(known.bits):
        flipped = [bit ^ (at == where) for where, bit in enumerate(bits)]
        with pytest.raises(Unreadable):
            decode(flipped, known)


@settings(deadline=None, max_examples=examples(100))
@given(FRAMES, LAYOUTS)
def test_anything_else_is_unreadable_and_nothing_worse(frame: list[int], layout: CardFormat) -> None:
    """A frame of any length gives the number that lays out to exactly this frame, or ``Unreadable``."""
    number = b""
    with suppress(Unreadable):
        number = decode(frame, layout)
    if number:
        codes: list[int | None] = [int(code) for code in number.decode().split(":")[1:]]
        extra, facility, last = [None] * (3 - len(codes)) + codes
        assert last is not None
        assert encode(layout, facility, last, extra=extra) == tuple(frame)


@settings(deadline=None, max_examples=examples(100))
@given(cards(), cards())
def test_two_cards_are_never_one(one: Card, other: Card) -> None:
    """Cards that differ in any field, or in their format, have different numbers."""
    assume(one != other)
    assume(
        one.layout.name != "site-layout" or one.layout == other.layout or other.layout.name != one.layout.name
    )
    assert decode(bits_of(one), one.layout) != decode(bits_of(other), other.layout)


@pytest.mark.parametrize("layout", FORMATS.values(), ids=lambda each: each.name)
def test_a_frame_that_is_too_long_is_not_cut(layout: CardFormat) -> None:
    """A card with one bit more is a card of another format, though its first bits are a valid one."""
    codes = [None if span is None else 5 for span in (layout.extra, layout.facility)]
    bits = encode(layout, codes[1], 77, extra=codes[0])
    for longer in ((*bits, 0), (0, *bits), bits[:-1]):
        with pytest.raises(Unreadable, match="length"):
            decode(longer, layout)


def test_the_facility_is_part_of_the_number() -> None:
    """Two sites' cards with the same digits are two cards: nothing is left out or run together."""
    numbers = {decode(encode(H10301, facility, number), H10301) for facility, number in [(1, 23), (12, 3)]}
    numbers |= {decode(encode(H10301, facility, 4567), H10301) for facility in range(1, 256)}
    assert len(numbers) == 2 + 255


def test_the_oem_code_is_part_of_the_number() -> None:
    """The OEM code of a C15001 card is written in front; two makers' cards stay apart."""
    layout = FORMATS["c15001"]
    assert [decode(encode(layout, 2, 3, extra=oem), layout) for oem in (1, 1023)] == [
        b"c15001:1:2:3",
        b"c15001:1023:2:3",
    ]


def test_an_indala_card_is_a_valid_h10301_card() -> None:
    """Length and parity cannot tell the two apart, which is why a reader is told its format."""
    bits = encode(INDALA, 123, 1234)
    assert decode(bits, INDALA) == b"indala26:123:1234"
    assert decode(bits, H10301) == b"h10301:7:46290"


def test_two_formats_of_37_bits_read_one_card_differently() -> None:
    """The same holds for H10302 and H10304, and the format's name keeps the two numbers apart."""
    bits = encode(FORMATS["h10304"], 1, 1)
    assert decode(bits, FORMATS["h10302"]) == f"h10302:{(1 << 19) + 1}".encode()


@pytest.mark.parametrize("layout", FORMATS.values(), ids=lambda each: each.name)
@pytest.mark.parametrize("ones", [False, True])
def test_a_blank_frame_is_no_card(layout: CardFormat, ones: bool) -> None:
    """All zeros or all ones is what a cut or shorted wire sends, and it never counts."""
    with pytest.raises(Unreadable):
        decode([int(ones)] * layout.bits, layout)


@pytest.mark.parametrize("layout", FORMATS.values(), ids=lambda each: each.name)
@pytest.mark.parametrize("ones", [False, True])
def test_a_blank_card_is_no_card_even_with_the_right_parity(layout: CardFormat, ones: bool) -> None:
    """Every parity of H10301's 0:0 is right, and it is still nobody's card. Its neighbour is one."""
    full = [(1 << len(span.bits)) - 1 if span and ones else 0 if span else None for span in spans(layout)]
    extra, facility, number = full
    assert number is not None
    with pytest.raises(Unreadable, match="blank"):
        decode(encode(layout, facility, number, extra=extra), layout)
    assert decode(encode(layout, facility, number ^ 1, extra=extra), layout)


def spans(layout: CardFormat) -> tuple[Span | None, ...]:
    return layout.extra, layout.facility, layout.number


def test_a_checksum_and_fixed_bits_are_checked() -> None:
    """What P10001 has instead of parity: a byte of checksum, and four ones at the beginning."""
    layout = FORMATS["p10001"]
    bits = list(encode(layout, 5, 6))
    unfixed = [0, *bits[1:32], 0, *bits[33:]]
    with pytest.raises(Unreadable, match="bit 0, which never changes"):
        decode(unfixed, layout)
    with pytest.raises(Unreadable, match="checksum"):
        decode([*bits[:-1], bits[-1] ^ 1], layout)
    assert decode(unfixed, replace(layout, fixed=((0, False), *layout.fixed[1:])))


@pytest.mark.parametrize(
    ("layout", "codes", "why"),
    [
        (H10301, (256, 1, None), "the facility is not between 0 and 255"),
        (H10301, (1, 65536, None), "the number is not between 0 and 65535"),
        (H10301, (1, -1, None), "the number is not between 0 and 65535"),
        (H10301, (None, 1, None), "h10301 has a field for the facility"),
        (FORMATS["h10302"], (1, 1, None), "h10302 has no field for the facility"),
        (H10301, (1, 1, 1), "h10301 has no field for the extra code"),
        (FORMATS["c15001"], (1, 1, None), "c15001 has a field for the extra code"),
    ],
)
def test_what_does_not_fit_is_not_laid_out(
    layout: CardFormat, codes: tuple[int | None, int, int | None], why: str
) -> None:
    """Nothing is truncated: a code that is too long for its field is refused."""
    facility, number, extra = codes
    with pytest.raises(ValueError, match=why):
        encode(layout, facility, number, extra=extra)


@settings(deadline=None, max_examples=examples(100))
@given(cards(st.sampled_from(list(FORMATS.values()))))
def test_what_an_admin_types_is_the_number_that_is_read(card: Card) -> None:
    """A number that was written down is typed as it stands, and names the card that is read."""
    assert parse_number(card.written.decode(), FORMATS) == decode(bits_of(card), card.layout)


@pytest.mark.parametrize("typed", ["H10301:123:4567", " h10301:123:4567\n", "h10301:0123:04567"])
def test_one_card_is_typed_in_more_than_one_way(typed: str) -> None:
    """Capitals, spaces around and leading zeros make no other card."""
    assert parse_number(typed, FORMATS) == b"h10301:123:4567"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "begins with its format: bqt34, c15001"),
        ("123:4567", "begins with its format"),
        ("h10303:1:1", "begins with its format"),
        ("h10301", "written as h10301:facility:number"),
        ("h10301:1", "written as h10301:facility:number"),
        ("h10301:1:2:3", "written as h10301:facility:number"),
        ("h10301:1:", "written as h10301:facility:number"),
        ("h10301:1:-2", "written as h10301:facility:number"),
        ("h10301:1:+2", "written as h10301:facility:number"),
        ("h10301:1:1_0", "written as h10301:facility:number"),
        ("h10301:1:٣", "written as h10301:facility:number"),
        ("h10301:1:" + "9" * 5000, "written as h10301:facility:number"),
        ("h10302:1:2", "written as h10302:number"),
        ("c15001:1:2", "written as c15001:extra:facility:number"),
        ("h10301:256:1", "the facility is not between 0 and 255"),
        ("h10301:1:65536", "the number is not between 0 and 65535"),
        ("h10301:0:0", "a blank card's"),
        ("h10301:255:65535", "a blank card's"),
    ],
)
def test_a_number_that_cannot_be_is_refused_with_words(typed: str, why: str) -> None:
    """An admin who mistypes is told how the number is written, and the number is not repeated."""
    with pytest.raises(ValueError, match=why) as refused:
        parse_number(typed, FORMATS)
    assert "4567" not in str(refused.value)


@settings(deadline=None, max_examples=examples(100))
@given(st.text())
def test_whatever_is_typed_is_a_number_or_refused(typed: str) -> None:
    """Nothing that can be typed leads to any other error."""
    with suppress(ValueError):
        assert parse_number(typed, FORMATS)


@pytest.mark.parametrize("keys", [WiegandKeys.BITS_4, WiegandKeys.BITS_8])
def test_every_key_is_read_back(keys: WiegandKeys) -> None:
    """All twelve keys come through in both lengths, and the other length is no key."""
    for key in "0123456789*#":
        bits = encode_key(key, keys)
        assert is_key(bits, keys)
        assert decode_key(bits, keys) == key
        for other in WiegandKeys:
            if other is not keys:
                assert not is_key(bits, other)
                with pytest.raises(Unreadable, match="no key's"):
                    decode_key(bits, other)


def test_a_key_is_as_the_field_has_it() -> None:
    """Key 1 in eight bits is E1, and ten and eleven are the star and the hash."""
    assert decode_key("11100001", WiegandKeys.BITS_8) == "1"
    assert decode_key("1010", WiegandKeys.BITS_4) == "*"
    assert decode_key("1011", WiegandKeys.BITS_4) == "#"


@settings(deadline=None, max_examples=examples(100))
@given(FRAMES, st.sampled_from(WiegandKeys))
def test_a_frame_is_a_key_or_unreadable(frame: list[int], keys: WiegandKeys) -> None:
    """Of all frames, exactly those that some key lays out to are keys."""
    try:
        assert encode_key(decode_key(frame, keys), keys) == tuple(frame)
    except Unreadable:
        known = [] if keys is WiegandKeys.NONE else [encode_key(key, keys) for key in "0123456789*#"]
        assert tuple(frame) not in known


@pytest.mark.parametrize("key", ["", "a", "12", "٣"])
def test_what_is_no_key_is_not_laid_out(key: str) -> None:
    """There are twelve keys and no others, and none where the reader has no keypad."""
    with pytest.raises(ValueError, match="no such key"):
        encode_key(key, WiegandKeys.BITS_4)
    with pytest.raises(ValueError, match="no such key"):
        encode_key("1", WiegandKeys.NONE)
