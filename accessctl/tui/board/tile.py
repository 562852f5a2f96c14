"""What stands on a door's tile: pure, so that a tile that says the same is not drawn again."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from accessctl.client import Alarm, Reader
from accessctl.tui.board.door_words import short_time, word
from accessctl.tui.event_words import is_refusal, type_words, who_of
from accessctl.tui.lines import Cell
from accessctl.tui.look import (
    ALARM,
    GONE,
    GRANTED,
    NOTHING,
    REFUSED,
    Look,
    Tone,
    door_look,
    door_state,
)
from accessctl.tui.standing import Standing
from accessctl.tui.times import how_long
from accessctl.tui.words import _, many

Ways = tuple[str, ...]
"""The same in fewer and fewer cells: the first one that there is room for is shown."""
_SAID_BY_STATE: Final = frozenset({"unlocked", "blocked", "locked_down", "free"})


@dataclass(frozen=True, slots=True)
class Tile:
    """A door at a glance."""

    id: str
    name: str
    live: bool
    """Whether it stands so now; else this is what was known last."""
    look: Look
    beside: Ways
    """The mode and its end, beside the state."""
    stands: Ways
    """Leaf and strike, or what does not work."""
    last: Cell
    last_at: str
    readers: Ways
    """What is wrong with readers; empty while nothing is."""
    well: str
    """What to say of the readers while nothing is wrong."""
    alarms: Ways
    alarm_tone: Tone = Tone.BAD


def tiles_of(standing: Standing, health: Mapping[str, Reader], now: datetime) -> tuple[Tile, ...]:
    """Give a tile for each door. ``health`` says more of readers than ``standing`` does, by their ids."""
    readers: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    door_of: dict[str, str] = {}
    for reader in (standing.status or {}).get("readers", ()):
        readers[reader["door"]].append(reader)
        door_of[reader["access_point"]] = reader["door"]
    alarms: defaultdict[str, list[Alarm]] = defaultdict(list)
    for alarm in standing.alarms:
        alarms[alarm["door"] or door_of.get(alarm["access_point"] or "", "")].append(alarm)
    live = [
        _live(door, readers[door["id"]], health, alarms[door["id"]], _last(standing, door["id"], now), now)
        for door in standing.doors
    ]
    return tuple(live if standing.believed else (_old(tile, standing, now) for tile in live))


def _live(
    door: dict[str, Any],
    readers: Sequence[dict[str, Any]],
    health: Mapping[str, Reader],
    alarms: Sequence[Alarm],
    last: tuple[Cell, str],
    now: datetime,
) -> Tile:
    troubled = [words for reader in readers if (words := reader_trouble(reader, health.get(reader["id"])))]
    said_alarms, tone = _alarms(alarms)
    return Tile(
        id=door["id"],
        name=door["name"],
        live=True,
        look=door_look(door),
        beside=_mode(door, now),
        stands=_stands(door),
        last=last[0],
        last_at=last[1],
        readers=_readers(troubled),
        well=many("{count} reader well", "{count} readers well", len(readers)) if readers else _("no reader"),
        alarms=said_alarms,
        alarm_tone=tone,
    )


def _old(tile: Tile, standing: Standing, now: datetime) -> Tile:
    """Show a door that nobody knows of now: nothing that might be taken for how it stands."""
    age = "" if standing.known_at is None else how_long((now - standing.known_at).total_seconds())
    return Tile(
        id=tile.id,
        name=tile.name,
        live=False,
        look=Look("?", _("UNKNOWN"), Tone.DIM),
        beside=(_("{age} old").format(age=age),),
        stands=(
            _("was {state}, {stood}").format(state=tile.look.words, stood=tile.stands[-1]),
            _("was {state}").format(state=tile.look.words),
        ),
        last=tile.last._replace(tone=Tone.DIM),
        last_at=tile.last_at,
        readers=(),
        well=_("readers unknown"),
        alarms=(),
    )


def _mode(door: dict[str, Any], now: datetime) -> Ways:
    mode, until = word(door["mode"]), door.get("until")
    end = _("until {when}").format(when=short_time(until, now)) if until else ""
    if door_state(door) == door["mode"] and door["mode"] in _SAID_BY_STATE:
        return (end,)
    return (f"{mode} {end}", f"{mode} > {short_time(until, now)}", mode) if until else (mode,)


def _stands(door: dict[str, Any]) -> Ways:
    if door["fault"]:
        return (door["fault"],)
    leaf, strike = word(door["leaf"]), word(door["strike"])
    return (
        _("leaf {leaf} · strike {strike}").format(leaf=leaf, strike=strike),
        _("leaf {leaf} · {strike}").format(leaf=leaf, strike=strike),
        f"{leaf} · {strike}",
    )


def _last(standing: Standing, door: str, now: datetime) -> tuple[Cell, str]:
    """Say who was last there, and when; nothing where that is not known."""
    if door not in standing.last_at:
        return Cell("", Tone.DIM), ""
    event = standing.last_at[door]
    if event is None:
        return Cell(f"{NOTHING} {_('nobody yet')}", Tone.DIM), ""
    who = who_of(event) or _("nobody known")
    refused = is_refusal(event)
    cell = Cell(f"{REFUSED if refused else GRANTED} {who}", Tone.BAD if refused else Tone.GOOD)
    return cell, short_time(event["at"], now)


def reader_trouble(reader: Mapping[str, Any], health: Reader | None) -> str:
    """Say what is wrong with a reader; nothing while it is well."""
    name = str(reader["name"])
    if not reader["online"]:
        return _("{reader}: offline").format(reader=name)
    if health is None:
        return ""
    if health["tampered"]:
        return _("{reader}: tampered with").format(reader=name)
    if health["power_failed"]:
        return _("{reader}: its power failed").format(reader=name)
    if health["insecure"]:
        return _("{reader}: insecure").format(reader=name)
    return f"{name}: {health['fault']}" if health["fault"] else ""


def _readers(troubled: Sequence[str]) -> Ways:
    if not troubled:
        return ()
    count = many("{count} reader in trouble", "{count} readers in trouble", len(troubled))
    return (f"{GONE} {troubled[0]}" if len(troubled) == 1 else f"{GONE} {count}", f"{GONE} {count}")


def _alarms(alarms: Sequence[Alarm]) -> tuple[Ways, Tone]:
    """Say which alarms are open; who was told of all of them has to hurry less."""
    if not alarms:
        return (), Tone.BAD
    new = [alarm for alarm in alarms if alarm["acknowledged"] is None]
    if not new:
        return (many("{count} acknowledged", "{count} acknowledged", len(alarms)),), Tone.DIM
    count = f"{ALARM} {many('{count} alarm', '{count} alarms', len(new))}"
    return (f"{ALARM} {type_words(new[0]['type'])}" if len(new) == 1 else count, count), Tone.BAD
