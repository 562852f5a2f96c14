"""One entry of the record in words: what happened, where, to whom and why, and every fact that it holds."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from accessctl.client import Alarm, Event
from accessctl.tui.look import event_mark
from accessctl.tui.times import instant
from accessctl.tui.words import _

Names = Mapping[str, str]
"""By the id of a door or an access point: what it is called."""
_OPERATOR: Final = "operator"


def names_of(status: Mapping[str, Any] | None) -> dict[str, str]:
    """Give what doors and access points are called (``GET /status``)."""
    if status is None:
        return {}
    points = {reader["access_point"]: str(reader["name"]) for reader in status["readers"]}
    return points | {door["id"]: str(door["name"]) for door in status["doors"]}


def is_refusal(event: Event) -> bool:
    """Tell whether somebody was refused."""
    return event["type"].startswith("denied_")


def type_words(type_: str) -> str:
    """Give the type of an entry so that it reads as words; it stays an id, which filters know."""
    return type_.replace("_", " ")


def where_of(event: Event | Alarm, names: Names) -> str:
    """Give where it was: the access point where it was at one, else the door."""
    at = event["access_point"] or event["door"] or ""
    return names.get(at, at)


def who_of(event: Event) -> str:
    """Give whom an entry is about: a person by name or pseudonym, else the operator who did it."""
    return event["person_name"] or event["person"] or value_of(event["detail"].get(_OPERATOR))


def why_of(event: Event) -> str:
    """Give why in one line, or what the entry says besides; not an operator whom ``who_of`` gives."""
    if event["reason"]:
        return event["reason"]
    told = {name: value_of(value).replace("\n", " ") for name, value in event["detail"].items()}
    if not event["person"]:
        told.pop(_OPERATOR, None)
    return ", ".join(f"{name} {value}" for name, value in told.items())


def value_of(value: Any) -> str:  # noqa: ANN401 - a detail may be anything that JSON has
    """Give a value of an entry's detail as people read it."""
    match value:
        case bool():
            return _("yes") if value else _("no")
        case None:
            return ""
        case list():
            return ", ".join(value_of(each) for each in value)
        case dict():
            return ", ".join(f"{name} {value_of(each)}" for name, each in value.items())
        case _:
            return str(value)


class Fact(NamedTuple):
    """Something that an entry says."""

    label: str
    value: str
    quiet: bool = False
    """Whether it is of use to few."""


def facts_of(event: Event, names: Names) -> list[Fact]:
    """Give what an entry says, in the order in which one asks; names, and beside them the ids."""
    type_, person = event["type"], event["person"]
    facts = [
        Fact(_("what"), f"{event_mark(type_)} {_named(type_, type_words(type_))}".strip()),
        Fact(_("when"), _local_time(event["at"])),
        Fact(_("clock"), _("kept right") if event["clock_synced"] else _("NOT to be trusted at that time")),
        Fact(_("door"), _named(event["door"], names.get(event["door"] or ""))),
        Fact(_("access point"), _named(event["access_point"], names.get(event["access_point"] or ""))),
        Fact(_("who"), _named(person, event["person_name"])),
        Fact(_("credential"), event["credential"] or ""),
        Fact(_("why"), event["reason"] or ""),
        *(Fact(name.replace("_", " "), value_of(value)) for name, value in event["detail"].items()),
        Fact(_("in UTC"), event["at"], quiet=True),
        Fact(_("number"), f"{event['seq']:,}", quiet=True),
        Fact(_("rules"), event["rules"], quiet=True),
        Fact(_("controller"), f"{event['controller']}, accessctl {event['version']}", quiet=True),
        Fact(_("boot"), event["boot"], quiet=True),
        Fact(_("since boot"), f"{event['mono_ns'] / 1e9:,.6f} s", quiet=True),
        Fact(_("record"), event["epoch"], quiet=True),
    ]
    return [fact for fact in facts if fact.value]


def _local_time(at: str) -> str:
    local = instant(at).astimezone()
    return f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03d} {local:%Z (UTC%z)}"


def _named(id_: str | None, name: str | None) -> str:
    if id_ is None:
        return ""
    return f"{name} ({id_})" if name and name != id_ else id_
