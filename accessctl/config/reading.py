"""Reads tables of the site file, key by key, and collects what is wrong on the way.

Theory. A section of the file is a class: a ``Table`` whose attributes are its keys, each with a kind
that knows how to read one value (``kinds.py``). Reading never stops at a problem. A key that could
not be read is noted and its attribute stays unset, so a table may be half full; ``has`` tells, and a
check that needs several keys runs only where all of them were read. That way one mistake gives one
problem, and no mistake hides another.

Rule 1: a table that is half full is looked at by checks only. Values are built from it when the whole
        file is free of problems.
Rule 2: nothing in here trusts the type of what it reads. ``show`` puts any value into words, however
        long or odd it is.
"""

import difflib
import re
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import ClassVar, Final, Generic, Protocol, Self, TypeVar, cast, overload

from accessctl.config.errors import Problem

T = TypeVar("T")
D = TypeVar("D")
T_co = TypeVar("T_co", covariant=True)
AnyTable = TypeVar("AnyTable", bound="Table")

_REQUIRED: Final = object()
_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SHOWN: Final = 40
_WIDEST_SHOWN_INT: Final = 64
"""In bits. Python refuses to write out integers of thousands of digits."""
_GUESSES_END_AT: Final = 100
"""With so many problems nobody reads the suggestions any more, and they cost the most time."""


class Wrong(Exception):
    """A value is not what its key asks for."""

    def __init__(self, what: str) -> None:
        """Say what is wrong, in the words of the problem."""
        super().__init__(what)
        self.what = what


@dataclass(slots=True)
class Reading:
    """What is known about the file while it is read."""

    names: Mapping[str, Collection[str]] = field(default_factory=dict)
    """The ids that each section declares. A section that cannot be read is left out: whatever refers
    to it is taken as good."""
    problems: list[Problem] = field(default_factory=list)
    _owners: dict[tuple[str, Hashable], str] = field(default_factory=dict)

    def note(self, at: str, what: str) -> None:
        """Add a problem."""
        self.problems.append(Problem(at, what))

    def claim(self, space: str, thing: Hashable, owner: str) -> str | None:
        """Give the path that has this thing already, or ``None`` and remember the new owner."""
        earlier = self._owners.setdefault((space, thing), owner)
        return None if earlier == owner else earlier

    def guess(self, word: str, among: Collection[str]) -> str:
        """Give the end of a sentence that suggests what was meant, empty where nothing is near."""
        if len(self.problems) >= _GUESSES_END_AT:
            return ""
        meant = nearest(word, among)
        return f"; did you mean {show(meant)}?" if meant is not None else ""


class Kind(Protocol[T_co]):
    """How the value of one key is read."""

    def read(self, value: object, at: str, reading: Reading) -> T_co:
        """Turn the value into what the key means. Raises ``Wrong``."""
        ...


@dataclass(frozen=True, slots=True)
class Key(Generic[T]):
    """One key of a table."""

    name: str
    kind: Kind[T]
    default: object

    @property
    def required(self) -> bool:
        """Whether a table without it is incomplete."""
        return self.default is _REQUIRED


@overload
def key(kind: Kind[T], *, name: str = "") -> T: ...
@overload
def key(kind: Kind[T], default: D, *, name: str = "") -> T | D: ...
def key(kind: Kind[T], default: object = _REQUIRED, *, name: str = "") -> T:
    """Declare a key; one without a default is required. ``name`` is for words that Python reserves."""
    return cast("T", Key(name, kind, default))


@dataclass(frozen=True, slots=True)
class Check:
    """A question about several keys of one table."""

    keys: tuple[str, ...]
    at: str
    complaint: Callable[..., str | None]


def check(*keys: str, at: str | None = None) -> Callable[[Callable[[AnyTable], str | None]], Check]:
    """Ask this once all ``keys`` are read; an answer is a problem of the last of them, or of ``at``.

    An empty ``at`` is the table itself.
    """
    return lambda complaint: Check(keys, keys[-1] if at is None else at, complaint)


def objection(build: Callable[[], object]) -> str | None:
    """Give the words in which a value refuses to be built, or ``None`` when it can be built."""
    try:
        build()
    except ValueError as error:
        return str(error)
    return None


class Table:
    """One table of the file. A subclass is its schema: ``name: str = key(Text())`` for each key."""

    keys: ClassVar[Mapping[str, Key[object]]]
    """By attribute, in the order of the schema."""
    checks: ClassVar[tuple[Check, ...]]

    def __init_subclass__(cls) -> None:
        """Gather keys and checks, so that an attribute that was not read is an unset one.

        Those of the class above come first; a key that is declared again keeps its place.
        """
        declared = dict(vars(cls))
        own = {
            attr: Key(value.name or attr, value.kind, value.default)
            for attr, value in declared.items()
            if isinstance(value, Key)
        }
        cls.keys = {**getattr(cls, "keys", {}), **own}
        checks = tuple(value for value in declared.values() if isinstance(value, Check))
        cls.checks = (*getattr(cls, "checks", ()), *checks)
        for attr in own:
            delattr(cls, attr)

    def has(self, *attrs: str) -> bool:
        """Whether all these attributes were read."""
        return all(attr in vars(self) for attr in attrs)

    @classmethod
    def read(cls, value: object, at: str, reading: Reading) -> Self:
        """Read every key, then ask every check; note all problems."""
        raw = as_table(value)
        table = cls()
        meant = misspelt(raw, cls)
        for name in raw:
            if name in meant:
                reading.note(under(at, name), f"no such key{_advice(meant[name], cls)}")
        for attr, declared in cls.keys.items():
            if declared.name in meant.values():
                continue
            try:
                setattr(table, attr, _value_of(declared, raw, at, reading))
            except Wrong as wrong:
                reading.note(under(at, declared.name), wrong.what)
        for asked in cls.checks:
            what = asked.complaint(table) if table.has(*asked.keys) else None
            if what is not None:
                reading.note(under(at, cls.keys[asked.at].name) if asked.at else at, what)
        return table


def _value_of(declared: Key[object], raw: Mapping[str, object], at: str, reading: Reading) -> object:
    if declared.name in raw:
        return declared.kind.read(raw[declared.name], under(at, declared.name), reading)
    if declared.required:
        raise Wrong("is missing")
    return declared.default


def misspelt(raw: Mapping[str, object], schema: type[Table]) -> dict[str, str | None]:
    """Give each unknown key with the known one that was probably meant, which is not there itself."""
    known = [declared.name for declared in schema.keys.values()]
    absent = [name for name in known if name not in raw]
    meant: dict[str, str | None] = {}
    for name in raw:
        if name not in known:
            meant[name] = nearest(name, absent) if len(meant) < _GUESSES_END_AT else None
    return meant


def _advice(meant: str | None, schema: type[Table]) -> str:
    if meant is not None:
        return f"; did you mean {meant}?"
    return "; there are " + ", ".join(declared.name for declared in schema.keys.values())


def as_text(value: object) -> str:
    """Give the value as text. Raises ``Wrong``."""
    if not isinstance(value, str):
        raise Wrong(f"must be text in quotes, not {show(value)}")
    return value


def as_table(value: object) -> Mapping[str, object]:
    """Give the value as a table. Raises ``Wrong``."""
    if not isinstance(value, dict):
        raise Wrong(f"must be a table, not {show(value)}")
    return value


def as_list(value: object) -> list[object]:
    """Give the value as a list. Raises ``Wrong``."""
    if not isinstance(value, list):
        raise Wrong(f"must be a list in [ ], not {show(value)}")
    return value


def every_key(schema: type[Table], at: str = "") -> Iterator[str]:
    """Give the path of every key there is, such as ``doors.<id>.strike.gpio``."""
    for declared in schema.keys.values():
        path = under(at, declared.name)
        yield path
        inner = getattr(declared.kind, "schema", None)
        if inner is not None:
            yield from every_key(inner, path + getattr(declared.kind, "step", ""))


def nearest(word: str, among: Collection[str]) -> str | None:
    """Give the word that was probably meant."""
    return next(iter(difflib.get_close_matches(word[:_SHOWN], among, n=1)), None)


def under(at: str, name: str) -> str:
    """Give the path of a key of a table."""
    shown = name if _BARE_KEY.fullmatch(name) else show(name)
    return f"{at}.{shown}" if at else shown


def parent(at: str) -> str:
    """Give the path of the table that a key stands in."""
    return at.rpartition(".")[0]


def show(value: object) -> str:
    """Put any value of a TOML file into a few words."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            short = value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
            return f'"{short if short.isprintable() else short.encode("unicode_escape").decode("ascii")}"'
        case int() if value.bit_length() > _WIDEST_SHOWN_INT:
            return "a number far too large"
        case int() | float():
            return str(value)
        case datetime():
            return "a date with a time"
        case date() | time():
            return value.isoformat()
        case list():
            return "a list"
        case _:
            return "a table"
