"""The fields of one line, taken one by one; what nobody has taken in the end is a mistake.

``null`` is as good as a field that is not there. Words for things that are not ids may be written with
spaces, hyphens or underscores, in capitals or small letters.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from accessctl.config.reading import Wrong, nearest
from accessctl.simulate.names import Names

V = TypeVar("V")

_SHOWN: Final = 60
_FIRST_YEAR, _LAST_YEAR = 1970, 2999
"""Between these every instant has a neighbour in every time zone."""
_LONGEST: Final = timedelta(days=366)
_FEW: Final = 20
"""So many choices at most are listed where none is near."""
_MANY: Final = 2000
"""Among more than these the nearest is not looked for: it would take seconds."""


def shown(value: object) -> str:
    """Put any value of a line into a few words."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def word(value: str) -> str:
    """Give a word in the one way in which it is compared."""
    return value.strip().lower().replace("-", "_").replace(" ", "_")


def suggestion(value: str, among: Collection[str]) -> str:
    """Give the end of a sentence that says what was meant, or what there is."""
    meant = nearest(value, among) if len(among) <= _MANY else None
    if meant is not None:
        return f"; did you mean {shown(meant)}?"
    return f"; there are {', '.join(among)}" if among and len(among) <= _FEW else ""


def instant_of(value: object) -> datetime:
    """Read ISO 8601 with an offset; gives it in UTC. Raises ``Wrong``."""
    if not isinstance(value, str):
        raise Wrong(f'must be an instant such as "2026-03-02T08:00:00+00:00", not {shown(value)}')
    try:
        at = datetime.fromisoformat(value)
    except ValueError as error:
        raise Wrong(f'{shown(value)} is no instant such as "2026-03-02T08:00:00+00:00"') from error
    if at.tzinfo is None:
        raise Wrong(f"{shown(value)} has no offset from UTC, such as +00:00 or Z")
    if not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        raise Wrong(f"{shown(value)} is not between the years {_FIRST_YEAR} and {_LAST_YEAR}")
    return at.astimezone(UTC)


class Fields:
    """The fields of one line, or of an object in it."""

    __slots__ = ("_line", "_taken", "names", "what")

    def __init__(self, line: Mapping[str, Any], names: Names, what: str, taken: Iterable[str] = ()) -> None:
        """Take the object, what may be named, and what it is for whoever reads of a mistake."""
        self._line, self.names, self.what = line, names, what
        self._taken = set(taken)

    def value(self, *keys: str) -> Any:  # noqa: ANN401 - whatever JSON can say
        """Give the field that has one of these names, or ``None``."""
        for key in keys:
            self._taken.add(key)
        there = [key for key in keys if self._line.get(key) is not None]
        if len(there) > 1:
            raise Wrong(f"{there[0]} and {there[1]} say the same; leave one out")
        return self._line[there[0]] if there else None

    def needed(self, *keys: str) -> Any:  # noqa: ANN401 - as above
        """Give a field that must be there. Raises ``Wrong``."""
        value = self.value(*keys)
        if value is None:
            raise Wrong(f"{keys[0]} is missing in {self.what}")
        return value

    def end(self) -> None:
        """Object to whatever nobody has taken. Raises ``Wrong``."""
        for key, value in self._line.items():
            if key not in self._taken and value is not None:
                raise Wrong(f"{self.what} has no {shown(key)}{suggestion(key, sorted(self._taken))}")

    # ---------------------------------------------------------------------------------- of a kind

    def text(self, *keys: str) -> str | None:
        """Give a text that is not empty, or ``None``."""
        value = self.value(*keys)
        if value is not None and (not isinstance(value, str) or not value.strip()):
            raise Wrong(f"{keys[0]} must be text, not {shown(value)}")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Give true or false."""
        value = self.value(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise Wrong(f"{key} must be true or false, not {shown(value)}")
        return value

    def whole(self, key: str) -> int | None:
        """Give a whole number, nothing or more, or ``None``."""
        value = self.value(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise Wrong(f"{key} must be a whole number, 0 or more, not {shown(value)}")
        return value

    def seconds(self, *keys: str) -> timedelta | None:
        """Give a length of time, or ``None``."""
        value = self.value(*keys)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Wrong(f"{keys[0]} must be a number of seconds, not {shown(value)}")
        if not 0 < value <= _LONGEST.total_seconds():
            raise Wrong(f"{keys[0]} must be more than 0 and at most {_LONGEST.days} days, not {shown(value)}")
        return timedelta(seconds=value)

    def instant(self, key: str) -> datetime | None:
        """Give an instant, or ``None``."""
        value = self.value(key)
        try:
            return None if value is None else instant_of(value)
        except Wrong as wrong:
            raise Wrong(f"{key}: {wrong.what}") from wrong

    def several(self, *keys: str) -> tuple[str, ...]:
        """Give a list of texts; one text alone is a list of one."""
        value = self.value(*keys)
        if value is None:
            return ()
        found = [value] if isinstance(value, str) else value
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            raise Wrong(f"{keys[0]} must be a list of texts, not {shown(value)}")
        return tuple(dict.fromkeys(found))

    def choice(self, choices: Mapping[str, V], *keys: str) -> V | None:
        """Give what a word stands for, or ``None``."""
        value = self.value(*keys)
        if value is None:
            return None
        if not isinstance(value, str) or word(value) not in choices:
            meant = suggestion(word(value), list(choices)) if isinstance(value, str) else ""
            raise Wrong(f"{keys[0]} cannot be {shown(value)}{meant or '; it is ' + ' or '.join(choices)}")
        return choices[word(value)]

    def known(self, kind: str, among: Collection[str], *keys: str) -> str | None:
        """Give the id of something that there is, or ``None``."""
        value = self.value(*keys)
        return None if value is None else known(kind, among, value)


def known(kind: str, among: Collection[str], value: object) -> str:
    """Give the id of something that there is. Raises ``Wrong``."""
    if not isinstance(value, str):
        raise Wrong(f"{kind} is named by its id, a text, not by {shown(value)}")
    if value not in among:
        raise Wrong(f"there is no {kind} {shown(value)}{suggestion(value, among)}")
    return value
