"""The kinds of value that a site file holds, each with its own words for what is wrong.

Whatever else it is given (a list for a name, not-a-number for seconds), a kind raises ``Wrong``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, Generic, Literal, TypeVar

from accessctl.config.reading import Reading, Table, Wrong, as_list, as_table, as_text, parent, show, under

E = TypeVar("E", bound=Enum)
T = TypeVar("T")
SomeTable = TypeVar("SomeTable", bound=Table)

LONGEST_ID: Final = 32
SINGULAR: Final = {
    "areas": "area",
    "schedules": "schedule",
    "doors": "door",
    "access_points": "access point",
    "levels": "level",
    "roles": "role",
    "groups": "group",
    "members": "role or group",
    "qualifications": "qualification",
    "muster_points": "muster point",
    "inputs": "input",
    "buses": "bus",
    "card_formats": "card format",
}
ALL: Final = "all"
GPIOS: Final = range(2, 28)
"""The lines of the 40-pin header that are free; 0 and 1 belong to the EEPROM of an add-on board."""
PULLED_UP_AT_RESET: Final = range(9)
"""The lines that rise by themselves when the board starts; the others are pulled down."""
SERIAL_CONSOLE: Final = 14
"""Pulses while the board starts."""

_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Text:
    """Words for people, or a name that a device goes by."""

    longest: int = 64
    unique_in: str = ""
    """The section in which no two may be the same."""

    def read(self, value: object, at: str, reading: Reading) -> str:
        """Take printable text without space around it."""
        text = as_text(value)
        if not text.strip():
            raise Wrong("must not be empty")
        if len(text) > self.longest:
            raise Wrong(f"must not be longer than {self.longest} characters, and has {len(text)}")
        if not text.isprintable() or text != text.strip():
            raise Wrong(f"must be printable, with no space before or after it, not {show(text)}")
        if self.unique_in:
            earlier = reading.claim(self.unique_in, text.casefold(), parent(at))
            if earlier is not None:
                raise Wrong(f"{show(text)} is already the name of {earlier}")
        return text


@dataclass(frozen=True, slots=True)
class Id:
    """A short name that the record and the command line use."""

    def read(self, value: object, _at: str, _reading: Reading) -> str:
        """Take small letters, digits and hyphens."""
        text = as_text(value)
        if not _ID.fullmatch(text):
            raise Wrong(
                f"{show(text)} is no id: small letters, digits and hyphens, a letter or a digit first"
            )
        if len(text) > LONGEST_ID:
            raise Wrong(f"an id must not be longer than {LONGEST_ID} characters, and this has {len(text)}")
        return text


@dataclass(frozen=True, slots=True)
class Ids:
    """Several ids of what stands in no section, such as operators, each once."""

    def read(self, value: object, at: str, reading: Reading) -> tuple[str, ...]:
        """Take the ids and note what is none."""
        items = as_list(value)
        if not items:
            raise Wrong("must name at least one; leave this out")
        found: dict[str, None] = {}
        for place, item in enumerate(items):
            try:
                id_ = Id().read(item, at, reading)
                if id_ in found:
                    raise Wrong(f"{show(id_)} is named twice")  # noqa: TRY301 - noted with its place below
                found[id_] = None
            except Wrong as wrong:
                reading.note(f"{at}[{place}]", wrong.what)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    def read(self, value: object, _at: str, _reading: Reading) -> bool:
        """Take ``true`` or ``false``, and nothing that merely looks like it."""
        if not isinstance(value, bool):
            raise Wrong(f"must be true or false, not {show(value)}")
        return value


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within bounds."""

    low: int
    high: int
    unit: str = ""

    def read(self, value: object, _at: str, _reading: Reading) -> int:
        """Take a number from ``low`` to ``high``."""
        if isinstance(value, bool) or not isinstance(value, int):
            of = f" of {self.unit}" if self.unit else ""
            raise Wrong(f"must be a whole number{of}, not {show(value)}")
        if not self.low <= value <= self.high:
            unit = f" {self.unit}" if self.unit else ""
            raise Wrong(f"must be {self.low} to {self.high}{unit}, not {show(value)}")
        return value


@dataclass(frozen=True, slots=True)
class Word(Generic[T]):
    """One word out of a few, each with its meaning."""

    means: Mapping[str, T]

    def read(self, value: object, _at: str, reading: Reading) -> T:
        """Take one of the words."""
        if isinstance(value, str) and value in self.means:
            return self.means[value]
        words = " or ".join(show(word) for word in self.means)
        guess = reading.guess(value, self.means) if isinstance(value, str) else ""
        raise Wrong(f"must be {words}, not {show(value)}{guess}")


@dataclass(frozen=True, slots=True)
class Choice(Generic[E]):
    """One word out of a few; the word is the member's name in small letters."""

    of: type[E]

    def read(self, value: object, at: str, reading: Reading) -> E:
        """Take one of the words."""
        return Word({member.name.lower(): member for member in self.of}).read(value, at, reading)


@dataclass(frozen=True, slots=True)
class Choices(Generic[E]):
    """Several words out of a few, each once, in an order that counts."""

    of: type[E]

    def read(self, value: object, at: str, reading: Reading) -> tuple[E, ...]:
        """Take the words."""
        items = as_list(value)
        if not items:
            raise Wrong("must name at least one; leave this out")
        found = tuple(Choice(self.of).read(item, at, reading) for item in items)
        twice = next((word for word in found if found.count(word) > 1), None)
        if twice is not None:
            raise Wrong(f"{show(twice.name.lower())} is named twice")
        return found


@dataclass(frozen=True, slots=True)
class Gpio:
    """A line of the header, by its GPIO number (not the number of the pin on the connector)."""

    drives_a_strike: bool = False

    def read(self, value: object, at: str, reading: Reading) -> int:
        """Take a line that is free, and fit for a strike where it is to drive one."""
        if isinstance(value, bool) or not isinstance(value, int):
            raise Wrong(f"must be a GPIO number, not {show(value)}")
        if value in (0, 1):
            raise Wrong(f"GPIO{value} is kept for the EEPROM of an add-on board; choose GPIO 2 to 27")
        if value not in GPIOS:
            raise Wrong(f"must be GPIO 2 to 27, not {show(value)}")
        # The only line of its device stands for the device.
        earlier = reading.claim("gpio", value, parent(at) if at.endswith(".gpio") else at)
        if earlier is not None:
            raise Wrong(f"GPIO{value} is already {earlier}")
        if self.drives_a_strike and value in PULLED_UP_AT_RESET:
            raise Wrong(
                f"GPIO{value} is pulled up while the board starts, which would move the lock; "
                "choose GPIO 9 to 27 (not 14)"
            )
        if self.drives_a_strike and value == SERIAL_CONSOLE:
            raise Wrong(
                f"GPIO{value} is the serial console and pulses while the board starts, which would move "
                "the lock; choose GPIO 9 to 27 (not 14)"
            )
        return value


@dataclass(frozen=True, slots=True)
class Ref:
    """The id of something that another section declares."""

    section: str

    def read(self, value: object, _at: str, reading: Reading) -> str:
        """Take an id that is there."""
        text = as_text(value)
        known = reading.names.get(self.section)
        if known is not None and text not in known:
            raise Wrong(f"no such {SINGULAR[self.section]}: {show(text)}{reading.guess(text, known)}")
        return text


@dataclass(frozen=True, slots=True)
class Refs:
    """Several ids of one section, each once."""

    section: str
    fewest: int = 1

    def read(self, value: object, at: str, reading: Reading) -> tuple[str, ...]:
        """Take the ids that are there and note the others."""
        items = as_list(value)
        if len(items) < self.fewest:
            many = "one {}" if self.fewest == 1 else f"{self.fewest} {{}}s"
            raise Wrong(f"must name at least {many.format(SINGULAR[self.section])}")
        found: dict[str, None] = {}
        for place, item in enumerate(items):
            try:
                ref = Ref(self.section).read(item, at, reading)
                if ref in found:
                    raise Wrong(f"{show(ref)} is named twice")  # noqa: TRY301 - noted with its place below
                found[ref] = None
            except Wrong as wrong:
                reading.note(f"{at}[{place}]", wrong.what)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class RefsOrAll:
    """Several ids of one section, or all of them."""

    section: str

    def read(self, value: object, at: str, reading: Reading) -> tuple[str, ...] | Literal["all"]:
        """Take ``"all"`` or the ids that are there."""
        if value == ALL:
            return ALL
        if not isinstance(value, list):
            raise Wrong(f"must be {show(ALL)} or a list in [ ], not {show(value)}")
        return Refs(self.section).read(value, at, reading)


@dataclass(frozen=True, slots=True)
class One(Generic[SomeTable]):
    """A table of its own."""

    schema: type[SomeTable]

    def read(self, value: object, at: str, reading: Reading) -> SomeTable:
        """Read it, however many problems it has."""
        return self.schema.read(value, at, reading)


@dataclass(frozen=True, slots=True)
class Many(Generic[SomeTable]):
    """A list of tables, none or more."""

    schema: type[SomeTable]
    step: str = "[]"

    def read(self, value: object, at: str, reading: Reading) -> tuple[SomeTable, ...]:
        """Read each; one that is no table stays empty."""
        return tuple(
            _read_or_note(self.schema, item, f"{at}[{place}]", reading)
            for place, item in enumerate(as_list(value))
        )


@dataclass(frozen=True, slots=True)
class Named(Generic[SomeTable]):
    """A table of tables, each under its id."""

    schema: type[SomeTable]
    fewest: int = 0
    step: str = ".<id>"

    def read(self, value: object, at: str, reading: Reading) -> Mapping[str, SomeTable]:
        """Read each; one that is no table stays empty."""
        raw = as_table(value)
        if len(raw) < self.fewest:
            raise Wrong(f"must have at least one {SINGULAR[at]}")
        for name in raw:
            try:
                Id().read(name, at, reading)
            except Wrong as wrong:
                reading.note(under(at, name), wrong.what)
        return {name: _read_or_note(self.schema, raw[name], under(at, name), reading) for name in raw}


def _read_or_note(schema: type[SomeTable], value: object, at: str, reading: Reading) -> SomeTable:
    try:
        return schema.read(value, at, reading)
    except Wrong as wrong:
        reading.note(at, wrong.what)
        return schema()
