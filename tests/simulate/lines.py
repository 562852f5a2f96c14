"""Short ways to write the lines of a trace, and to read what comes of them."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

MONDAY: Final = datetime(2026, 3, 2, 8, tzinfo=UTC)

Line = dict[str, Any]
Play = Callable[..., str]
"""Plays lines at a site and gives what is printed: the fixture ``play``."""


def text_of(lines: Iterable[object]) -> bytes:
    """Write lines; what is text or bytes already is written as it stands."""
    return b"".join(_raw(line) + b"\n" for line in lines)


def _raw(line: object) -> bytes:
    match line:
        case bytes():
            return line
        case str():
            return line.encode()
        case _:
            return json.dumps(line).encode()


def at(seconds: float, do: str, **fields: object) -> Line:
    """Write a line, so many seconds after Monday 08:00 UTC."""
    return {"at": (MONDAY + timedelta(seconds=seconds)).isoformat(), "do": do, **fields}


def person(id_: str, *roles: str, **fields: object) -> Line:
    return {"do": "person", "id": id_, "roles": list(roles), **fields}


def badge(seconds: float, point: str, who: str | None, *factors: str, **fields: object) -> Line:
    return at(seconds, "badge", access_point=point, person=who, factors=list(factors or ["card"]), **fields)


def leaf(seconds: float, door: str, state: str) -> Line:
    return at(seconds, "leaf", door=door, state=state)


def passes(seconds: float, point: str, who: str, *factors: str) -> list[Line]:
    """Badge, open after a second, close after another."""
    door = point.rpartition("-")[0]
    return [
        badge(seconds, point, who, *factors),
        leaf(seconds + 1, door, "open"),
        leaf(seconds + 2, door, "closed"),
    ]


def order(seconds: float, name: str, **fields: object) -> Line:
    return at(seconds, "order", order=name, **fields)


def parsed(text: str) -> list[Line]:
    return [json.loads(line) for line in text.splitlines()]


def second(line: Line) -> float:
    """Give how long after Monday 08:00 UTC a line happened."""
    return (datetime.fromisoformat(line["at"]) - MONDAY).total_seconds()


def told(text: str) -> list[str]:
    """Give the types, each with its second and whom or what it is about."""
    return [
        f"{second(line):.10g} {line['type']} {line.get('person') or line.get('door') or ''}".rstrip()
        for line in parsed(text)
        if "type" in line
    ]


def decided(text: str) -> list[str]:
    """Give what was decided or alarmed, without the doors' own tales."""
    tales = ("door_opened", "door_closed", "access_taken")
    return [each for each in told(text) if each.split()[1] not in tales]


def done(text: str) -> list[str]:
    """Give the effects, each with its second."""
    found = []
    for line in parsed(text):
        if "effect" in line:
            more = line.get("show") or line.get("tone") or ""
            where = line.get("door") or line.get("access_point")
            found.append(f"{second(line):.10g} {line['effect']} {where} {more}".rstrip())
    return found
