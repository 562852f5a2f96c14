"""What of the record somebody is told who asks for a copy of what is held of them.

Nothing about others: only facts that are named here are told, so one that is added to entries stays out until
somebody has thought about it. Operators are told by their roles. And nothing of duress: whoever forces
somebody to open a door may force them to ask for this too. So a silent alarm is not in it, nor what follows
from one; and entries have no number, since a gap behind a grant would say that something stands there.
"""

from collections.abc import Mapping
from typing import Any, Final

from accessctl.store.alarm_kinds import SILENT
from accessctl.store.event_row import EventRow
from policies.event_types import EventType

FACTS: Final = frozenset(
    {
        *(
            "access_points",
            "area",
            "assurance",
            "biometrics",
            "break_glass",
            "by",
            "cards",
            "code_generators",
        ),
        *("codes", "consents", "device", "disabled", "exempt", "expires_at", "extended", "groups", "hint"),
        *("import", "key_destroyed", "kind", "kinds", "left_in_sensors", "level", "model", "name_changed"),
        *("noted", "passes", "pending_cards", "pins", "proven", "qualification", "qualifications", "read_at"),
        *("roles", "sensor", "technology", "temporary_access", "text_sha256", "text_version", "tries"),
        *("uses", "uses_a_day", "uses_total", "valid_from", "valid_until", "wrong_pins"),
    }
)
"""What is about the person alone, whatever the entry; and each with ``_before`` and ``_after`` behind it."""
_CHANGES: Final = ("_before", "_after")
_MORE_CHANGES: Final = frozenset({"held", "lent", "until", "status", "disabled"})
_NAMED_IN: Final = ("escort", "visitors", "inside", "missing", "nowhere")
"""The facts of entries about others, or about everybody, in which people stand."""
SHARING: Final[Mapping[str, str]] = {
    EventType.BACKUP_DOWNLOADED: "a backup of everything was taken away",
    "log_export": "the record was exported, in which people stand by their pseudonyms",
}
"""Types of entries that say that something about everybody left the controller."""
_PEOPLE_EXPORT: Final = "GET /v1/people/export"
_PEOPLE_EXPORTED: Final = "the list of all people was exported"
NO_OPERATOR: Final = "an operator who is none any more"

Told = dict[str, Any]


class Telling:
    """Tells one person of entries."""

    def __init__(self, person: str, roles: Mapping[str, str], own: frozenset[str]) -> None:
        """``roles``: of each operator, in words; ``own``: the ids of what the person has or had."""
        self._person, self._roles, self._own = person, roles, own

    def entry(self, row: EventRow) -> Told | None:
        """Tell an entry about the person; nothing where it is about somebody else, or of duress."""
        if self._is_silent(row) or row.type == EventType.PERSONAL_DATA_READ:
            return None
        if row.person == self._person:
            return self._own_entry(row)
        named = [fact for fact in _NAMED_IN if _holds(row.detail.get(fact), self._person)]
        return {**_where(row), "you_stand_in": named} if named else None

    def look(self, row: EventRow) -> Told | None:
        """Tell that somebody looked at what is held of the person; nothing of any other entry."""
        if row.type != EventType.PERSONAL_DATA_READ or row.person != self._person:
            return None
        return {"at": _at(row), "by": self._role(row), "what": row.detail.get("what")}

    def share(self, row: EventRow) -> Told | None:
        """Tell that something about everybody left the controller; nothing of any other entry."""
        what = SHARING.get(row.type)
        if row.type == EventType.PERSONAL_DATA_READ and row.detail.get("call") == _PEOPLE_EXPORT:
            what = _PEOPLE_EXPORTED
        return None if what is None else {"at": _at(row), "by": self._role(row), "what": what}

    # ------------------------------------------------------------------------------------ inside

    def _own_entry(self, row: EventRow) -> Told:
        told = _where(row)
        if row.credential in self._own:
            told["credential"] = row.credential
        ordered = "operator" in row.detail
        if ordered:
            told["by"] = self._role(row)
        elif row.reason is not None:  # of an order it names who gave it
            told["reason"] = row.reason
        facts = {name: value for name, value in row.detail.items() if _is_told(name)}
        return {**told, "facts": facts} if facts else told

    def _is_silent(self, row: EventRow) -> bool:
        return row.type in SILENT or row.detail.get("alarm_type") in SILENT

    def _role(self, row: EventRow) -> str:
        return self._roles.get(str(row.detail.get("operator")), NO_OPERATOR)


def _where(row: EventRow) -> Told:
    told: Told = {"at": _at(row), "type": row.type, "door": row.door, "access_point": row.access_point}
    return {name: value for name, value in told.items() if value is not None}


def _at(row: EventRow) -> str:
    return row.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _is_told(name: str) -> bool:
    if name in FACTS:
        return True
    for end in _CHANGES:
        if name.endswith(end):
            return name.removesuffix(end) in FACTS | _MORE_CHANGES
    return False


def _holds(value: object, person: str) -> bool:
    """Whether a person stands in a fact: alone, in a list, or in lists by area."""
    match value:
        case str():
            return value == person
        case list():
            return person in value
        case dict():
            return any(_holds(each, person) for each in value.values())
        case _:
            return False
