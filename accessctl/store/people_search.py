"""Finds people while somebody types: every word typed so far begins a word of the name, or the id.

What to go through is chosen by counting first. Few match a rare word, so they are looked at one by one; a
common one, such as a single letter, matches so many that the first page is found fastest by going through
people in the order of their ids. Only who stands on the page is read whole.
"""

from dataclasses import dataclass
from itertools import chain
from typing import Final

from accessctl.store.people_queries import PeopleQueries, PersonRow
from accessctl.store.people_reads import MOST
from accessctl.store.words import words_of

FEW: Final = 4000
"""So many who match one word are sorted sooner than people are gone through until a page is full."""
MANY: Final = 40_000
"""So many who match one of several words: beyond it the words are so common that most pages fill at once."""
PROBED: Final = 500
"""So few are looked up one by one; for more, all who match a further word are collected first."""
MOST_WORDS: Final = 8
_LAST: Final = "\U0010ffff"
_BY_WORD: Final = "SELECT person FROM person_word WHERE word >= ? AND word < ?"
_BY_ID: Final = "SELECT id FROM person WHERE id >= ? AND id < ?"
_HAS_WORD: Final = "EXISTS (SELECT 1 FROM person_word w WHERE w.person = p.id AND w.word >= ? AND w.word < ?)"
_IS_AMONG: Final = f"p.id IN ({_BY_WORD})"
_HAS_CARD: Final = (
    "EXISTS (SELECT 1 FROM card c WHERE c.person = p.id AND c.status = 'active' AND c.kind = 'card')"
)


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Which people are wanted; what is ``None`` does not matter."""

    q: str | None = None
    """What was typed. It goes into no log and no message."""
    name: str | None = None
    """Exactly this name."""
    role: str | None = None
    group: str | None = None
    disabled: bool | None = None
    has_card: bool | None = None


class PeopleSearch(PeopleQueries):
    """Finds people, besides what lists need. May be used from any thread."""

    def search(
        self, *, after: str = "", limit: int = MOST, wanted: PeopleFilter | None = None
    ) -> list[PersonRow]:
        """Give the people who are wanted, in the order of their ids. Raises ``PeopleUnavailable``."""
        wanted = wanted or PeopleFilter()
        typed = [*(wanted.q or "").split()[:MOST_WORDS], *words_of(wanted.name or "")[:MOST_WORDS]]
        tokens = sorted((self._counted(token) for token in typed), key=lambda each: each.count)
        where, values = _filters(wanted)
        among, bounds = _among(tokens, after, whole=bool(where))
        gone_through = tokens[0].count if bounds else 0
        for token in tokens[1:] if bounds and len(tokens[0].words) == 1 else tokens:
            condition, more = token.matches(collected=gone_through > PROBED and token.count <= MANY)
            where, values = [*where, condition], [*values, *more]
        sql = f"{among} WHERE p.id > ?{''.join(f' AND {each}' for each in where)} ORDER BY p.id LIMIT ?"
        found = self._all(sql, *bounds, after, *values, min(limit, MOST))
        return self.these(id_ for (id_,) in found)

    def _counted(self, token: str) -> "_Token":
        """Tell how many words and ids begin as this does: of its words the longest, which is the rarest."""
        low, words = token.casefold(), words_of(token)
        sql = f"SELECT (SELECT count(*) FROM ({_BY_WORD})) + (SELECT count(*) FROM ({_BY_ID}))"  # noqa: S608 - of what stands in this file
        rarest = max(words, key=len, default=_LAST)
        return _Token(low, words, rarest, int(self._all(sql, *_range(rarest), *_range(low))[0][0]))


@dataclass(frozen=True, slots=True)
class _Token:
    """What was typed between two spaces."""

    low: str
    """As the beginning of an id."""
    words: tuple[str, ...]
    rarest: str
    count: int

    def matches(self, *, collected: bool) -> tuple[str, list[str]]:
        """Say when a person matches; ``collected``: everybody who does is collected once, then looked up."""
        by_id, values = "(p.id >= ? AND p.id < ?)", [*_range(self.low)]
        if not self.words:
            return by_id, values
        by_name = " AND ".join((_IS_AMONG if collected else _HAS_WORD) for _ in self.words)
        return f"({by_id} OR ({by_name}))", [*values, *chain.from_iterable(map(_range, self.words))]


def _among(tokens: list[_Token], after: str, *, whole: bool) -> tuple[str, list[str]]:
    """Choose what is gone through: who matches the rarest token, or everybody in order.

    Rows of people are large and far from each other, so they are read only where they are wanted ``whole``.
    """
    if not tokens or tokens[0].count > (FEW if len(tokens) == 1 else MANY):
        return "SELECT p.id FROM person p", []
    # Materialized, so that they come in the order of their ids: what is looked up next lies side by side.
    few = f"WITH few AS MATERIALIZED ({_BY_WORD} AND person > ? UNION {_BY_ID} AND id > ?)"
    # CROSS JOIN keeps the order in which SQLite goes through them.
    joined = "few CROSS JOIN person p ON p.id = few.person" if whole else "(SELECT person AS id FROM few) p"
    bounds = [*_range(tokens[0].rarest), after, *_range(tokens[0].low), after]
    return f"{few} SELECT p.id FROM {joined}", bounds  # noqa: S608 - as above


def _range(beginning: str) -> tuple[str, str]:
    """Give the bounds between which everything begins so."""
    return beginning, beginning + _LAST


def _filters(wanted: PeopleFilter) -> tuple[list[str], list[object]]:
    where: list[str] = []
    values: list[object] = []
    if wanted.name is not None:
        where, values = ["p.name = ?"], [wanted.name]
    for column, member in (("roles", wanted.role), ("groups", wanted.group)):
        if member is not None:  # an id has nothing in it that JSON would write otherwise
            where.append(f"instr(p.{column}, ?) > 0")
            values.append(f'"{member}"')
    if wanted.disabled is not None:
        where.append("p.disabled = ?")
        values.append(int(wanted.disabled))
    if wanted.has_card is not None:
        where.append(_HAS_CARD if wanted.has_card else f"NOT {_HAS_CARD}")
    return where, values
