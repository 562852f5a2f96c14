"""Makes a site, its people and a long trace, the same ones each time: for tests and for the bench."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

DOORS: Final = 12
"""As many as a board has lines for, with a strike and a position switch each."""
LONDON: Final = ZoneInfo("Europe/London")
START: Final = datetime(2026, 3, 2, 6, tzinfo=UTC)
_GPIOS: Final = [gpio for gpio in range(9, 28) if gpio != 14]
_ROLES: Final = ("picker", "packer", "driver", "office", "guard")

_HEAD: Final = """\
[site]
name = "Made for a trace"
controller = "trace-1"
timezone = "Europe/London"

[board]
kind = "simulated"

[areas.yard]
name = "Yard"
outside = true

[schedules.day]
weekly = [{ days = "every day", from = "05:00", to = "23:00" }]

[schedules.office]
weekly = [{ days = "mon-fri", from = "07:00", to = "19:00" }]

[schedules.always]
weekly = [{ days = "every day", from = "00:00", to = "24:00" }]
"""


def site_text(doors: int = DOORS) -> str:
    """Write a site file: halls off a yard, each with a reader on both sides of its door."""
    strikes, positions = _GPIOS[:doors], [gpio for gpio in range(2, 28) if gpio not in _GPIOS[:doors]]
    parts = [_HEAD]
    for number in range(doors):
        hall, door = f"hall-{number}", f"door-{number}"
        parts.append(f'[areas.{hall}]\nname = "Hall {number}"\n')
        parts.append(
            f'[doors.{door}]\nname = "Door {number}"\nstrike = {{ gpio = {strikes[number]} }}\n'
            f"position = {{ gpio = {positions[number]} }}\n"
        )
        for way, ends in (("in", ("yard", hall)), ("out", (hall, "yard"))):
            parts.append(
                f'[access_points.{door}-{way}]\nname = "Door {number}, {way}"\ndoor = "{door}"\n'
                f'from = "{ends[0]}"\nto = "{ends[1]}"\ndirection = "{way}"\n'
                'reader = { kind = "simulated" }\n'
            )
    for role in _ROLES:
        schedule = {"office": "office", "guard": "always"}.get(role, "day")
        points = [f"door-{number}-{way}" for number in range(doors) for way in ("in", "out")]
        parts.append(
            f"[levels.{role}]\npolicies = [{{ access_points = {json.dumps(points)}, "
            f'schedule = "{schedule}" }}]\n'
        )
        parts.append(f'[roles.{role}]\nname = "{role.title()}"\nlevels = ["{role}"]\n')
    return "\n".join(parts)


def make_people(people: int) -> Iterator[str]:
    """Write the lines that declare people."""
    for number in range(people):
        yield _line(do="person", id=f"p-{number}", roles=[_ROLES[number % len(_ROLES)]])


def make_trace(lines: int, people: int, seed: int = 1, doors: int = DOORS) -> Iterator[str]:
    """Write so many lines, those of the people first: badges at many doors, and leaves that open and close.

    People go in by the door by which they come out again. Now and then a leaf stays shut after a badge,
    stands open for long, or a card is shown that nobody knows.
    """
    written = 0
    for line in make_people(people):
        if written == lines:
            return
        written += 1
        yield line
    for line in _comings_and_goings(people, random.Random(seed), doors):
        if written == lines:
            return
        written += 1
        yield line


def _comings_and_goings(people: int, chance: random.Random, doors: int) -> Iterator[str]:
    at, inside = START, dict[int, int]()
    shut_from = [START] * doors
    while True:
        person = chance.randrange(people)
        door = inside.get(person, chance.randrange(doors))
        way = "out" if person in inside else "in"
        at = max(at + timedelta(milliseconds=chance.randrange(100, 3000)), shut_from[door])
        who = f"p-{person}" if chance.random() < 0.99 else None
        yield _line(
            at=at.isoformat(),
            do="badge",
            access_point=f"door-{door}-{way}",
            person=who,
            factors=["card"],
        )
        passes = who is not None and chance.random() < 0.95 and (way == "out" or _may_enter(person, at))
        if not passes:
            shut_from[door] = at + timedelta(seconds=10)
            continue
        at += timedelta(milliseconds=chance.randrange(500, 2000))
        yield _line(at=at.isoformat(), do="leaf", door=f"door-{door}", state="open")
        at += timedelta(milliseconds=chance.randrange(1000, 4000) if chance.random() < 0.99 else 30_000)
        yield _line(at=at.isoformat(), do="leaf", door=f"door-{door}", state="closed")
        if way == "in":
            inside[person] = door
        else:
            del inside[person]


def _may_enter(person: int, at: datetime) -> bool:
    local = at.astimezone(LONDON)
    match _ROLES[person % len(_ROLES)]:
        case "guard":
            return True
        case "office":
            return local.weekday() < 5 and 7 <= local.hour < 19
        case _:
            return 5 <= local.hour < 23


def _line(**fields: object) -> str:
    return json.dumps(fields, separators=(",", ":"))
