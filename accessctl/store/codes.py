"""What the door process asks the people's store about one-time codes and new PINs: constant SQL."""

from typing import Final, NamedTuple

from accessctl.store.people import PeopleReader
from policies.ids import PersonId

_GENERATOR: Final = "SELECT id, sealed, digits, period_s, algorithm, confirmed FROM totp WHERE person = ?"
_HINTS: Final = (
    "SELECT DISTINCT hint FROM card WHERE person = ? AND status = 'active'"
    " AND technology NOT IN ('code', 'pass') AND hint <> ''"
)


class GeneratorRow(NamedTuple):
    """A person's generator of one-time codes, with its secret sealed."""

    id: str
    sealed: bytes
    digits: int
    period_s: int
    algorithm: str
    confirmed: int
    """Whether it counts: a code of it was typed in once."""


class CodeReader(PeopleReader):
    """Reads what codes need, over a connection of its own. Used from one thread."""

    def generator_of(self, person: PersonId) -> GeneratorRow | None:
        """Give a person's generator, confirmed or not, or ``None``. Raises ``PeopleUnavailable``."""
        self.check_place()
        rows = self._all(_GENERATOR, person)
        return GeneratorRow(*rows[0]) if rows else None

    def card_hints_of(self, person: PersonId) -> tuple[str, ...]:
        """Give the last two digits of the numbers of a person's cards. Raises ``PeopleUnavailable``."""
        self.check_place()
        return tuple(hint for (hint,) in self._all(_HINTS, person))
