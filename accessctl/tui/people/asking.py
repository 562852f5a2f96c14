"""Asks the API for all that is known of a person, as far as whoever asks may know it."""

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final, TypeVar

from accessctl.client import ApiClient, ApiRefused, Event, PersonDetails
from accessctl.operators.rights import Right, Rights
from accessctl.tui.people.facts import Dossier, Names
from accessctl.tui.people.wanted import Named

_EVENTS: Final = 200
_SHOWN: Final = 40
_READ: Final = "personal_data_read"
T = TypeVar("T")


def dossier_of(api: ApiClient, id_: str, rights: Rights, *, whole: bool) -> Dossier:
    """Fetch a person with what belongs to them. Raises ``ApiError``.

    ``whole``: also where they can pass, which the API has to think about. Every such look is in the record.
    What cannot be found out now is left out, and said.
    """
    person: PersonDetails = api.person(id_)
    troubles: list[str] = []

    def part(right: Right, ask: Callable[[], T]) -> T | None:
        if right not in rights:
            return None
        try:
            return ask()
        except ApiRefused as refused:
            if refused.status == HTTPStatus.UNAUTHORIZED:
                raise
            troubles.append(str(refused))
            return None

    return Dossier(
        person,
        cards=part(Right.CREDENTIALS_READ, lambda: tuple(api.cards(id_))),
        codes=part(Right.CREDENTIALS_READ, lambda: tuple(api.codes(id_))),
        passes=part(Right.CREDENTIALS_READ, lambda: tuple(api.passes(id_))),
        biometrics=part(Right.CREDENTIALS_READ, lambda: tuple(api.biometrics(id_)["biometrics"])),
        consents=part(Right.CREDENTIALS_READ, lambda: tuple(api.consents(id_))),
        where=part(Right.PRESENCE_READ, lambda: _where(api, id_)),
        events=part(Right.EVENTS_READ, lambda: _last(api, id_)),
        can_pass=part(Right.RULES_FORESEE, lambda: _can_pass(api, id_)) if whole else None,
        troubles=tuple(troubles),
    )


def _can_pass(api: ApiClient, id_: str) -> tuple[str, ...]:
    try:
        return tuple(point["name"] for point in api.what_can(id_)["access_points"])
    except ApiRefused as refused:
        if refused.status != HTTPStatus.NOT_FOUND:
            raise
        return ()  # nothing is known of anybody who has nothing to show


def names_of(api: ApiClient) -> Names:
    """Fetch what roles, groups, qualifications and areas are called. Raises ``ApiError``."""
    return Names(
        _by_id(api.roles()), _by_id(api.groups()), _by_id(api.qualifications()), _by_id(api.site()["areas"])
    )


def members(names: Mapping[str, str]) -> list[Named]:
    """Give names by id as a list."""
    return [Named(id_, name) for id_, name in names.items()]


def where_of(api: ApiClient, id_: str, rights: Rights) -> Mapping[str, Any] | None:
    """Fetch where a person is; empty where they are nowhere, ``None`` where that may not be seen.

    Raises ``ApiError``.
    """
    if Right.PRESENCE_READ not in rights:
        return None
    return _where(api, id_)


def _where(api: ApiClient, id_: str) -> Mapping[str, Any]:
    return next((each for each in api.presence() if each["person"] == id_), {})


def _last(api: ApiClient, id_: str) -> tuple[Event, ...]:
    """Give what happened last with a person; that somebody looked at them is left out."""
    newest = reversed(list(api.events(person=id_, most=_EVENTS)))
    return tuple(event for event in newest if is_about(event, id_))[:_SHOWN]


def is_about(event: Event, person: str) -> bool:
    """Whether something happened with a person, and not only to what is known of them."""
    return event["person"] == person and event["type"] != _READ


def _by_id(found: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    return {each["id"]: each["name"] for each in found}
