"""From the bytes of a trace to what happened when.

The lines that a long trace is made of (a badge with a card, a leaf) take a short way; whatever is out of the
ordinary in them takes the long one, which also knows what to say about mistakes.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, NoReturn, Protocol, TypeGuard

from accessctl.config.reading import Wrong
from accessctl.simulate.devices import clock_of, device_of, input_of
from accessctl.simulate.fields import Fields, instant_of, known, shown, suggestion, word
from accessctl.simulate.happenings import (
    A_CARD,
    NOTHING_SHOWN,
    Added,
    AskedOut,
    Badged,
    Happening,
    Moved,
)
from accessctl.simulate.names import Names
from accessctl.simulate.ordering import ORDERS, order_of
from accessctl.simulate.people import holder_of
from accessctl.simulate.showing import badge_of
from policies.ids import AccessPointId, DoorId

_CHUNK: Final = 1 << 20
LONGEST_LINE: Final = 1 << 20
"""In bytes."""
_CARD_ALONE: Final = ["card"]
_A_PLAIN_BADGE, _A_PLAIN_LEAF = 5, 4
"""So many fields have the lines that take the short way."""


class TraceWrong(ValueError):
    """A line cannot be understood."""

    def __init__(self, name: str, line: int, what: str) -> None:
        """Say where and what."""
        super().__init__(f"{name}:{line}: {what}")
        self.line, self.what = line, what


class Source(Protocol):
    """Where bytes come from, as they come."""

    def read1(self, size: int, /) -> bytes:
        """Give some bytes, ``size`` at most; none at the end."""
        ...


def batches(source: Source, name: str) -> Iterator[list[bytes]]:
    """Give the lines that are there already, again and again, so that whoever waits for answers gets them."""
    rest, count = b"", 0
    while chunk := source.read1(_CHUNK):
        *lines, rest = (rest + chunk).split(b"\n")
        if len(rest) > LONGEST_LINE:
            raise TraceWrong(name, count + len(lines) + 1, f"is longer than {LONGEST_LINE // 1024} KiB")
        count += len(lines)
        if lines:
            yield lines
    if rest:
        yield [rest]


class Reader:
    """Reads the lines of one trace or one file of people."""

    def __init__(self, name: str, names: Names) -> None:
        """``name`` stands before each mistake."""
        self.name, self.names = name, names
        self.line = 0
        self._latest: datetime | None = None
        self._latest_text = ""

    def happenings(self, lines: Iterable[bytes]) -> Iterator[tuple[datetime | None, Happening]]:
        """Give what happens and when, in UTC; people may come before time does. Raises ``TraceWrong``."""
        for raw in lines:
            self.line += 1
            try:
                found = self._happening(raw)
            except Wrong as wrong:
                raise TraceWrong(self.name, self.line, wrong.what) from wrong
            if found is not None:
                yield self._latest, found

    def people(self, lines: Iterable[bytes]) -> Iterator[Added]:
        """Give the people of a file that has nothing else. Raises ``TraceWrong``."""
        for raw in lines:
            self.line += 1
            try:
                line = _parsed(raw, first=self.line == 1)
                added = None if line is None else self._person(line)
            except Wrong as wrong:
                raise TraceWrong(self.name, self.line, wrong.what) from wrong
            if added is not None:
                yield added

    def _happening(self, raw: bytes) -> Happening | None:
        line = _parsed(raw, first=self.line == 1)
        if line is None:
            return None
        do = line.get("do")
        if (text := line.get("at")) != self._latest_text or text is None:
            self._advance(text, needed=do != "person")
        names = self.names
        if do == "badge":
            point, person = line.get("access_point"), line.get("person")
            plain = len(line) == _A_PLAIN_BADGE and line.get("factors") == _CARD_ALONE
            if plain and _is_one(point, names.points) and _is_one(person, names.people):
                return Badged(AccessPointId(point), person, A_CARD)
        elif do == "leaf":
            door, state = line.get("door"), line.get("state")
            if len(line) == _A_PLAIN_LEAF and _is_one(door, names.doors):
                if state == "open":
                    return Moved(DoorId(door), is_open=True)
                if state == "closed":
                    return Moved(DoorId(door), is_open=False)
        return self._whatever(line, do)

    def _advance(self, text: object, *, needed: bool) -> None:
        """Take a line's instant; a person may do without."""
        if text is None and not needed:
            return
        if text is None:
            raise Wrong("at is missing")
        try:
            at = instant_of(text)
        except Wrong as wrong:
            raise Wrong(f"at: {wrong.what}") from wrong
        if self._latest is not None and at < self._latest:
            raise Wrong(f"at: {shown(text)} is before the line above, {self._latest_text}")
        self._latest, self._latest_text = at, str(text)

    def _whatever(self, line: dict[str, Any], do: object) -> Happening:
        if not isinstance(do, str):
            what = "do is missing" if do is None else f"do cannot be {shown(do)}"
            raise Wrong(f"{what}; it is person, {', '.join(DOES)}")
        asked = word(do)
        if asked == "person":
            return self._person(line)
        read = DOES.get(asked)
        if read is None:
            if asked in ORDERS:
                raise Wrong(f'{asked} is an order; write "do":"order","order":"{asked}"')
            raise Wrong(f"do cannot be {shown(do)}{suggestion(asked, ('person', *DOES))}")
        if self._latest is None:
            raise Wrong("at is missing")
        return read(Fields(line, self.names, f"a line with do {asked}", ("at", "do")), self._latest)

    def _person(self, line: dict[str, Any]) -> Added:
        if word(str(line.get("do", "person"))) != "person":
            raise Wrong('only people can stand here; leave do out, or write "person"')
        fields = Fields(line, self.names, "a person", ("at", "do"))
        added = Added(holder_of(fields, fields.instant("at") or self._latest))
        self.names.people.add(added.holder.person.id)
        return added


def _is_one(value: object, among: Collection[str]) -> TypeGuard[str]:
    return type(value) is str and value in among


def _parsed(raw: bytes, *, first: bool) -> dict[str, Any] | None:
    """Give the object of a line; ``None`` for an empty line and a comment. Raises ``Wrong``."""
    try:
        text = raw.decode()
        if text[:1] != "{":
            text = (text.removeprefix("\ufeff") if first else text).strip()
            if not text or text[0] == "#":
                return None
        found, end = _decoded(text)
    except UnicodeDecodeError as error:
        raise Wrong("is not UTF-8 text") from error
    except json.JSONDecodeError as error:
        raise Wrong(f"is no JSON: {error.msg} at column {error.colno}") from error
    except RecursionError as error:
        raise Wrong("is nested far too deep") from error
    except ValueError as error:
        raise Wrong("holds a number that JSON does not know, or one that is far too long") from error
    if end != len(text) and text[end:].strip():
        raise Wrong("holds more than one object; each stands on a line of its own")
    if type(found) is not dict:
        raise Wrong(f"must be an object in {{ }}, not {shown(found)}")
    return found


def _no_number(_name: str) -> NoReturn:
    raise ValueError


_decoded: Final = json.JSONDecoder(parse_constant=_no_number).raw_decode


def _leaf(fields: Fields, _at: datetime) -> Moved:
    door = DoorId(known("door", fields.names.doors, fields.needed("door")))
    fields.needed("state")
    state = fields.choice({"open": True, "closed": False}, "state")
    fields.end()
    return Moved(door, bool(state))


def _exit_request(fields: Fields, _at: datetime) -> AskedOut:
    door, point = fields.known("door", fields.names.doors, "door"), fields.value("access_point")
    if point is not None:
        of_point = fields.names.points[known("access point", fields.names.points, point)]
        if door not in {None, of_point}:
            raise Wrong(f"{shown(point)} is at the door {shown(of_point)}, not {shown(door)}")
        door = of_point
    if door is None:
        raise Wrong("an exit request is made at a door, or at an access_point; both are missing")
    fields.end()
    return AskedOut(DoorId(door))


def _button(fields: Fields, _at: datetime) -> Badged:
    point = known("access point", fields.names.points, fields.needed("access_point", "point"))
    if point not in fields.names.free_points:
        raise Wrong(f"{shown(point)} has no button: it never asks for nothing. A badge line can show nothing")
    fields.end()
    return Badged(AccessPointId(point), None, NOTHING_SHOWN)


DOES: Final[Mapping[str, Callable[[Fields, datetime], Happening]]] = {
    "badge": lambda fields, _at: badge_of(fields),
    "leaf": _leaf,
    "exit_request": _exit_request,
    "button": _button,
    "order": order_of,
    "input": lambda fields, _at: input_of(fields),
    "clock": lambda fields, _at: clock_of(fields),
    "lost": lambda fields, _at: device_of(fields, lost=True),
    "back": lambda fields, _at: device_of(fields, lost=False),
}
"""What a line can do, besides telling of a person."""
