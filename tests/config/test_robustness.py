"""Whatever a file holds, it loads or it is refused with problems: never a traceback."""

import contextlib
import tomllib
from collections.abc import Iterator
from typing import Final

from hypothesis import example, given, settings
from hypothesis import strategies as st

from accessctl.config import Site, SiteInvalid, load
from accessctl.config.build import build
from accessctl.config.errors import Problem
from accessctl.config.load import _checked, _parse
from accessctl.config.reading import every_key, show
from accessctl.config.schema import SiteFile
from tests.config.sites import FULL, GOOD, SIMULATED, WIRED
from tests.examples import examples

Place = tuple[str | int, ...]
KEYS: Final = sorted({path.replace("[]", "").rpartition(".")[2] for path in every_key(SiteFile)})
SECTIONS: Final = [declared.name for declared in SiteFile.keys.values()]
WORDS: Final = st.sampled_from(
    [
        *(
            "gate",
            "cage",
            "gate-in",
            "yard",
            "early",
            "in",
            "out",
            "card_and_pin",
            "half",
            "09:00",
            "pi",
            "pcsc",
        ),
        *(
            "osdp",
            "wiegand",
            "matrix",
            "usb",
            "nfc",
            "1-1.2",
            "h10301",
            "1-12",
            "tty:AMA0:pn532",
            "/dev/ttyS0",
        ),
    ]
)
SCALARS: Final = st.one_of(
    st.sampled_from(
        ["nan", "inf", "-inf", "1e400", "true", "[]", "{}", "2026-12-25", "07:32:00", "[[[]]]", "-0.0"]
    ),
    st.sampled_from(["0x" + "f" * 4000, "9" * 4000, "1979-05-27T07:32:00Z", '"\\u0000"', '"Europe"', "''"]),
    st.integers().map(str),
    st.floats().map(repr),
    WORDS.map(lambda word: f'"{word}"'),
)
MADE: Final = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.dates(), WORDS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(KEYS), WORDS, st.text(max_size=5)), inner, max_size=4),
    ),
    max_leaves=12,
)


def places(value: object, at: Place = ()) -> Iterator[Place]:
    yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, each in inner:
        yield from places(each, (*at, step))


def exchanged(value: object, place: Place, made: object) -> object:
    match value, place:
        case _, ():
            return made
        case dict(), (here, *rest):
            return {
                key: exchanged(each, tuple(rest), made) if key == here else each
                for key, each in value.items()
            }
        case list(), (here, *rest):
            return [
                exchanged(each, tuple(rest), made) if key == here else each for key, each in enumerate(value)
            ]
        case _:
            return value


def loads_or_is_refused(text: str) -> None:
    problems: tuple[Problem, ...] = ()
    try:
        load(text)
    except SiteInvalid as refused:
        problems = refused.problems
        assert problems, "a refusal without a reason"
    assert all(problem.path and problem.what for problem in problems)
    assert all(str(problem).encode() for problem in problems)


@given(st.text(st.characters()))
@example("\ud800 = 1")
@example('x = "\ud800"')
@example('[site]\nname = "\ud800"\ntimezone = "\udfff/\x00"')
def test_any_text_at_all(text: str) -> None:
    """Text that was never meant to be a site file is refused in words that can be printed."""
    loads_or_is_refused(text)


@settings(max_examples=examples(150))
@given(st.data())
def test_a_valid_file_with_values_exchanged(data: st.DataObject) -> None:
    """Any value of a valid file may be replaced by any other."""
    lines = data.draw(st.sampled_from([GOOD, SIMULATED, FULL, WIRED])).splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(lines) - 1))
        name, equals, _ = lines[place].partition(" = ")
        lines[place] = f"{name} = {data.draw(SCALARS)}" if equals else lines[place]
    loads_or_is_refused("\n".join(lines))


@settings(max_examples=examples(150))
@given(st.data())
def test_a_valid_file_with_lines_lost_doubled_and_cut(data: st.DataObject) -> None:
    """What a slip of the editor does to a file is told, whatever it was."""
    text = data.draw(st.sampled_from([GOOD, SIMULATED, FULL, WIRED]))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 30)))
        text = (
            text[:start]
            + data.draw(st.sampled_from(["", text[start:end] * 2, "\n", '"', "}", "["]))
            + text[end:]
        )
    loads_or_is_refused(text)


@settings(max_examples=examples(150))
@given(MADE, st.sampled_from(SECTIONS), st.sampled_from([FULL, WIRED]))
def test_sections_made_of_anything(made: object, section: str, text: str) -> None:
    """A section that holds any structure at all leaves the others readable."""
    raw = _parse(text)
    raw[section] = made
    with contextlib.suppress(SiteInvalid):
        build(_checked(raw), "0" * 12)


@settings(max_examples=examples(200))
@given(st.sampled_from([GOOD, SIMULATED, FULL, WIRED]), MADE, st.data())
def test_any_value_deep_in_a_valid_file(text: str, made: object, data: st.DataObject) -> None:
    """However deep the odd value sits, and whatever it is, the checks between sections bear it."""
    raw = _parse(text)
    place = data.draw(st.sampled_from([place for place in places(raw) if place]))
    raw[str(place[0])] = exchanged(raw[str(place[0])], place[1:], made)
    with contextlib.suppress(SiteInvalid):
        build(_checked(raw), "0" * 12)


@given(MADE)
def test_any_value_can_be_put_into_words(value: object) -> None:
    """A problem names what it found without choking on it, and in few characters."""
    assert len(show(value)) < 500


def test_the_good_files_are_good() -> None:
    """The mutations above start from files that load, so that they reach every corner."""
    assert isinstance(load(GOOD), Site)
    assert isinstance(load(SIMULATED), Site)
    assert isinstance(load(FULL), Site)
    assert isinstance(load(WIRED), Site)
    sections = tomllib.loads(FULL).keys() | tomllib.loads(WIRED).keys()
    assert sections == {declared.name for declared in SiteFile.keys.values()}


def test_the_full_files_have_every_key() -> None:
    """A key that is added is also mutated, and is part of what a sound site may say."""
    steps = {step for text in (FULL, WIRED) for place in places(tomllib.loads(text)) for step in place}
    assert steps >= set(KEYS)
