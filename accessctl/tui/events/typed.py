"""A filter as one types it: ``refused cage yesterday ana``. What is no other word is somebody's name."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any, Final, NamedTuple

from accessctl.tui.event_words import type_words
from accessctl.tui.events.kinds import kinds, known_types
from accessctl.tui.events.spans import Span, named_spans, stretch_of
from accessctl.tui.events.wanted import Wanted
from accessctl.tui.words import _

_REFUSED: Final = frozenset({"refused", "denied", "refusals"})
_GRANTED: Final = frozenset({"granted", "grants"})


class Places(NamedTuple):
    """The site's doors and access points: their names by their ids."""

    doors: Mapping[str, str]
    points: Mapping[str, str]

    @classmethod
    def of(cls, status: Mapping[str, Any] | None) -> "Places":
        """Take them from how the site stands (``GET /status``)."""
        doors = () if status is None else status["doors"]
        readers = () if status is None else status["readers"]
        return cls(
            {door["id"]: door["name"] for door in doors},
            {reader["access_point"]: reader["name"] for reader in readers},
        )

    @property
    def names(self) -> Mapping[str, str]:
        """All of them together."""
        return {**self.points, **self.doors}


class Understood(NamedTuple):
    """What was understood."""

    wanted: Wanted
    person: str
    """Words that are left: somebody's name or id. Empty where all words are used."""


def understood(typed: str, places: Places, now: datetime) -> Understood:
    """Read what was typed."""
    left = _Left(typed)
    wanted = _span(left, now)
    if door := left.take_named(places.doors):
        wanted = replace(wanted, door=door)
    elif point := left.take_named(places.points):
        wanted = replace(wanted, access_point=point)
    if kind := left.take_named({kind.id: kind.words for kind in kinds()}):
        found = next(each for each in kinds() if each.id == kind)
        wanted = replace(wanted, kind=found.words, types=found.types)
    elif type_ := left.take_named({type_: type_words(type_) for type_ in known_types()}):
        wanted = replace(wanted, kind=type_, types=(type_,))
    if left.take(_REFUSED | {_("refused")}):
        wanted = replace(wanted, outcome="refused")
    elif left.take(_GRANTED | {_("granted")}):
        wanted = replace(wanted, outcome="granted")
    return Understood(wanted, left.words)


def _span(left: "_Left", now: datetime) -> Wanted:
    named = {each.id: each.span for each in named_spans(now)}
    if name := left.take_named({each.id: each.words for each in named_spans(now)}):
        return Wanted(since=named[name].since, until=named[name].until)
    for words in left.pieces():
        span: Span | None = stretch_of(words, now)
        if span is not None:
            left.drop(words)
            return Wanted(since=span.since, until=span.until)
    return Wanted()


class _Left:
    """The words that were not understood yet."""

    def __init__(self, typed: str) -> None:
        self.words = " ".join(typed.split())

    def take(self, names: Iterable[str]) -> str | None:
        """Take the first of these that stands there, the longest before the others."""
        return next((name for name in sorted(names, key=len, reverse=True) if self.drop(name)), None)

    def take_named(self, names: Mapping[str, str]) -> str | None:
        """Take one of these by its id or by its name, and give the id."""
        id_of = {**{name.casefold(): id_ for id_, name in names.items()}, **{id_: id_ for id_ in names}}
        found = self.take(id_of)
        return None if found is None else id_of[found]

    def drop(self, words: str) -> bool:
        """Take these words away, if they stand there as whole words."""
        found = re.search(rf"(?<!\S){re.escape(words)}(?!\S)", self.words, re.IGNORECASE)
        if not words or found is None:
            return False
        self.words = " ".join(f"{self.words[: found.start()]} {self.words[found.end() :]}".split())
        return True

    def pieces(self) -> Iterator[str]:
        """Give each pair of words and each word: an instant may be written as two."""
        words = self.words.split()
        yield from (f"{one} {two}" for one, two in pairwise(words))
        yield from words
