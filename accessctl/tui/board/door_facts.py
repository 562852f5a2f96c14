"""What there is to know of a door, besides what happened there."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from accessctl.client import Alarm, Reader
from accessctl.tui.board.alarm_rows import state_of
from accessctl.tui.board.door_words import word
from accessctl.tui.board.tile import reader_trouble
from accessctl.tui.event_words import type_words
from accessctl.tui.look import ALARM, GONE, LIVE, door_look
from accessctl.tui.standing import Standing
from accessctl.tui.times import clock, day_and_minute, how_long
from accessctl.tui.words import _

Facts = list[tuple[str, str]]


def facts_of(door: str, standing: Standing, health: Mapping[str, Reader], schedule: Sequence[str]) -> Facts:
    """Give what is known of a door. ``schedule``: what the site file says of its modes, in words."""
    known = standing.door(door)
    if known is None:
        return [(_("Door"), _("The site file in force has no such door."))]
    readers = standing.readers_of(door)
    facts = [
        (_("State"), str(door_look(known))),
        (_("Leaf, strike"), f"{word(known['leaf'])}, {word(known['strike'])}"),
        (_("Mode"), _mode(known)),
        (_("By schedule"), "; ".join(schedule)),
        (_("Lock"), lock_words(known)),
        (_("Fault"), known["fault"] or ""),
        *((_("Reader"), reader_words(reader, health.get(reader["id"]))) for reader in readers),
        *((_("Alarm"), alarm_words(alarm)) for alarm in standing.alarms_at(door)),
    ]
    return [(name, value) for name, value in facts if value]


def old_words(standing: Standing, now: datetime) -> str:
    """Say how old it is while it may not be believed."""
    if standing.believed or standing.known_at is None:
        return ""
    age = how_long((now - standing.known_at).total_seconds())
    return _("Nobody answers. What follows was so at {at}, {age} ago.").format(
        at=clock(standing.known_at), age=age
    )


def _mode(door: Mapping[str, Any]) -> str:
    until = door.get("until")
    mode = word(door["mode"])
    return _("{mode} until {when}").format(mode=mode, when=day_and_minute(until)) if until else mode


def lock_words(door: Mapping[str, Any]) -> str:
    """Say what the lock does without power, and without software."""
    power = {
        "fail_safe": _("fail-safe: released without power"),
        "fail_secure": _("fail-secure: stays secured without power"),
    }
    unattended = _("{state} without software").format(state=word(door["unattended"]))
    return f"{power.get(door['lock'], word(door['lock']))}; {unattended}"


def reader_words(reader: Mapping[str, Any], health: Reader | None) -> str:
    """Say how a reader is."""
    trouble = reader_trouble(reader, health)
    name, why = reader["name"], health["why"] if health is not None else ""
    if trouble:
        return f"{GONE} {trouble}" + (f" ({why})" if why else "")
    return f"{LIVE} {_('{reader}: well').format(reader=name)}"


def alarm_words(alarm: Alarm) -> str:
    """Say which alarm is open, and how it is."""
    return f"{ALARM} {type_words(alarm['type'])}: {state_of(alarm)}"


def schedule_words(site_file: str, door: str) -> list[str]:
    """Give the modes that a door is in by schedule, as its site file has them."""
    try:
        rules = tomllib.loads(site_file)["doors"][door].get("modes", [])
        return [_rule(rule) for rule in rules] or [_("locked at every hour")]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError):
        return []


def _rule(rule: Mapping[str, Any]) -> str:
    mode, schedule = word(rule["mode"]), rule["schedule"]
    if rule.get("first_card"):
        return _("{mode} in “{schedule}” once somebody has come in").format(mode=mode, schedule=schedule)
    return _("{mode} in “{schedule}”").format(mode=mode, schedule=schedule)
