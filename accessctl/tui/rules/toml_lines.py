"""Where in a TOML text a key stands: ``doors.rear.strike.gpio`` -> its line and column.

Made for texts that somebody is just typing: what cannot be followed is passed over, and never raises.
Paths are written as the checks of the site file write them (``accessctl.config.reading.under``).
"""

import re
import tomllib
from bisect import bisect_right
from typing import Final, NamedTuple

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_SHORT_BARE: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_BLANKS: Final = re.compile(r"[ \t\r]*")
_BETWEEN: Final = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_SCALAR: Final = re.compile(r"[^,\]}\n#]*")
_REST_OF_LINE: Final = re.compile(r"[^\n]*\n?")
_STRINGS: Final = (
    re.compile(r'"""(?:\\.|[^\\])*?(?:"{3,5}|\Z)', re.DOTALL),
    re.compile(r"'''.*?(?:'{3,5}|\Z)", re.DOTALL),
    re.compile(r'"(?:\\.|[^"\\\n])*"?'),
    re.compile(r"'[^'\n]*'?"),
)
_SYNTAX: Final = re.compile(r"line ([0-9]{1,7}), column ([0-9]{1,7})")
_LAST_STEP: Final = re.compile(r'(?:\.?"(?:[^"\\]|\\.)*"|\.[A-Za-z0-9_-]+|\[[0-9]+\])$')
_SHOWN: Final = 40
_DEEPEST: Final = 40


class Place(NamedTuple):
    """A place in a text; both count from one."""

    line: int
    column: int


class TomlLines:
    """The places of all keys of a text."""

    def __init__(self, text: str) -> None:
        """Look through it once."""
        self._text, self._at = text, 0
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._places: dict[str, Place] = {}
        self._counts: dict[str, int] = {}
        self._look_through()

    @property
    def places(self) -> dict[str, Place]:
        """By path: where it is first said."""
        return self._places

    def of(self, path: str) -> Place | None:
        """Give where a path is said, or the nearest thing around it: the table in which a key is missing."""
        if match := _SYNTAX.fullmatch(path):
            return Place(min(int(match[1]), len(self._starts)), int(match[2]))
        while path:
            if path in self._places:
                return self._places[path]
            step = _LAST_STEP.search(path)
            path = path[: step.start()] if step else ""
        return None

    # -------------------------------------------------------------------------------- lines

    def _look_through(self) -> None:
        table = ""
        while True:
            self._skip(_BETWEEN)
            if self._at >= len(self._text):
                return
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table, 0)
            self._skip(_REST_OF_LINE)

    def _header(self) -> str:
        """Take a line such as ``[doors.rear]`` or ``[[holidays]]``, and give the path it begins."""
        here = self._place()
        repeats = self._text.startswith("[[", self._at)
        self._at += 2 if repeats else 1
        path, keys = "", self._keys()
        for number, key in enumerate(keys):
            path = under(path, key)
            self._note(path, here)
            if repeats and number == len(keys) - 1:
                self._counts[path] = self._counts.get(path, -1) + 1
            if path in self._counts:
                path = f"{path}[{self._counts[path]}]"
                self._note(path, here)
        return path

    def _pair(self, table: str, depth: int) -> None:
        """Take ``key = value``, with whatever the value holds."""
        path = table
        for key, here in self._placed_keys():
            path = under(path, key)
            self._note(path, here)
        self._skip(_BLANKS)
        if path != table and self._text.startswith("=", self._at):
            self._at += 1
            self._skip(_BLANKS)
            self._value(path, depth)

    # ------------------------------------------------------------------------------- values

    def _value(self, path: str, depth: int) -> None:
        first = self._text[self._at : self._at + 1]
        if first in {'"', "'"}:
            self._string()
        elif first == "[" and depth < _DEEPEST:
            self._array(path, depth + 1)
        elif first == "{" and depth < _DEEPEST:
            self._inline(path, depth + 1)
        else:
            self._skip(_SCALAR)

    def _array(self, path: str, depth: int) -> None:
        self._at += 1
        number = 0
        while self._goes_on("]"):
            before, element = self._at, f"{path}[{number}]"
            self._note(element, self._place())
            self._value(element, depth)
            self._step_from(before)
            number += 1

    def _inline(self, path: str, depth: int) -> None:
        self._at += 1
        while self._goes_on("}"):
            before = self._at
            self._pair(path, depth)
            self._step_from(before)

    def _goes_on(self, end: str) -> bool:
        """Pass what separates values; false at the end, which is passed as well."""
        self._skip(_BETWEEN)
        while self._text.startswith(",", self._at):
            self._at += 1
            self._skip(_BETWEEN)
        if self._at >= len(self._text):
            return False
        if self._text[self._at] in "]}":
            self._at += self._text[self._at] == end
            return False
        return True

    def _step_from(self, before: int) -> None:
        """Go on even from where nothing was understood."""
        if self._at == before:
            self._at += 1

    # ----------------------------------------------------------------------------- characters

    def _keys(self) -> list[str]:
        return [key for key, _here in self._placed_keys()]

    def _placed_keys(self) -> list[tuple[str, Place]]:
        """Take ``a."b c".d``."""
        found: list[tuple[str, Place]] = []
        while True:
            self._skip(_BLANKS)
            here, quote = self._place(), self._text[self._at : self._at + 1]
            if quote in {'"', "'"}:
                found.append((_unquoted(self._string()), here))
            elif match := _BARE.match(self._text, self._at):
                self._at = match.end()
                found.append((match[0], here))
            else:
                return found
            self._skip(_BLANKS)
            if not self._text.startswith(".", self._at):
                return found
            self._at += 1

    def _string(self) -> str:
        for kind in _STRINGS:
            if match := kind.match(self._text, self._at):
                self._at = match.end()
                return match[0]
        return ""

    def _skip(self, what: re.Pattern[str]) -> None:
        if match := what.match(self._text, self._at):
            self._at = match.end()

    def _place(self) -> Place:
        line = bisect_right(self._starts, self._at)
        return Place(line, self._at - self._starts[line - 1] + 1)

    def _note(self, path: str, here: Place) -> None:
        self._places.setdefault(path, here)


def under(at: str, name: str) -> str:
    """Give the path of a key of a table, as a problem of the site file names it."""
    shown = name if _SHORT_BARE.fullmatch(name) else _shown(name)
    return f"{at}.{shown}" if at else shown


def _shown(name: str) -> str:
    short = name if len(name) <= _SHOWN else name[: _SHOWN - 1] + "…"
    return f'"{short if short.isprintable() else short.encode("unicode_escape").decode("ascii")}"'


def _unquoted(quoted: str) -> str:
    try:
        return str(tomllib.loads(f"key = {quoted}")["key"])
    except tomllib.TOMLDecodeError:
        return quoted.strip(quoted[:1])
