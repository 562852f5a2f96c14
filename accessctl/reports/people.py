"""What reports read of people's store besides names and holders: credentials, and who administers."""

from datetime import datetime
from typing import Final, NamedTuple

from accessctl.store.people_reads import PeopleReads, instant_of

_CREDENTIALS: Final = (
    "SELECT c.id, c.person, c.technology, c.hint, coalesce(c.label, ''), c.enrolled_at, c.valid_until"
    " FROM card c JOIN person p ON p.id = c.person"
    " WHERE c.status = 'active' AND p.disabled = 0"
    " AND (c.valid_until IS NULL OR c.valid_until > ?) AND (p.valid_until IS NULL OR p.valid_until > ?)"
    " ORDER BY c.id"
)
_OPERATORS: Final = "SELECT id, name FROM operator"


class CredentialRow(NamedTuple):
    """A card, a code or a pass that counts, without tag and number."""

    id: str
    person: str
    technology: str
    hint: str
    """The last two digits of its number; nothing of a code."""
    label: str
    enrolled_at: datetime
    valid_until: datetime | None


class ReportReads(PeopleReads):
    """Reads ``people.db``. Everything raises ``PeopleUnavailable``."""

    def counting_credentials(self, now: datetime) -> list[CredentialRow]:
        """Give every card, code and pass that counts now, of people who may pass at all."""
        at = now.isoformat()
        return [
            CredentialRow(id_, person, technology, hint, label, _at(enrolled), instant_of(until))
            for id_, person, technology, hint, label, enrolled, until in self._all(_CREDENTIALS, at, at)
        ]

    def operators(self) -> dict[str, str]:
        """Give the name of everybody who administers, by id."""
        return {str(id_): str(name) for id_, name in self._all(_OPERATORS)}


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
