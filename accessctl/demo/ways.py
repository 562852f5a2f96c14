"""What happens again and again in the simulated warehouse: somebody goes from one door to the next."""

from typing import Final

from accessctl.demo.steps import At, Digits, Step, at

_PACE: Final = {"gate": (4, 22), "dock-1": (5, 25)}
"""How many seconds after the badge a leaf opens and is closed again, where a vehicle has to pass."""
_A_PERSONS_PACE: Final = (2, 5)
_WALK_S: Final = 33
"""So long it takes at least from one door to the next."""
_TO_TYPE_S: Final = 4
_INTO_THE_CAGE: Final = "cage-in"
_STAY_S: Final = 120


def door_of(point: str) -> str:
    """Give the door of an access point, by the way this site names them: ``dock-1-in`` is of ``dock-1``."""
    return point.rpartition("-")[0]


def passes(start: At, door: str) -> tuple[Step, ...]:
    """Open a leaf that is free, go through, close it."""
    opens_s, closes_s = _PACE.get(door, _A_PERSONS_PACE)
    closes_s += start.time.seconds % 4  # nobody is as regular as a list, and every day is the same
    return start.after(opens_s).opens(door), start.after(closes_s).closes(door)


def goes(who: str, clock: str, *way: str) -> tuple[Step, ...]:
    """Go through one door after the other.

    Each part of the way is an access point, at which the card is shown, or ``<door>:exit``, where the button
    is pressed or the handle reached for. ``<point>+pin`` is one that asks for the PIN as well, and
    ``<point>+code`` one that asks for a code and nothing else.
    """
    steps: list[Step] = []
    start, stride_s = at(clock), _WALK_S + sum(who.encode()) % 17
    for part in way:
        steps += _part(who, start, part)
        start = start.after(stride_s)
    return tuple(steps)


def _part(who: str, start: At, part: str) -> tuple[Step, ...]:
    if part.endswith(":exit"):
        door = part.removesuffix(":exit")
        return start.requests_exit(door), *passes(start, door)
    point, _, more = part.partition("+")
    match more:
        case "pin":
            typed = start.after(_TO_TYPE_S)
            shown = start.badge(who, point), typed.types(who, point, Digits.PIN)
            return *shown, *passes(typed, door_of(point))
        case "code":
            return start.types(who, point, Digits.CODE), *passes(start, door_of(point))
        case _:
            return start.badge(who, point), *passes(start, door_of(point))


def visits(escort: str, visitor: str, clock: str, *way: str) -> tuple[Step, ...]:
    """Bring a visitor along: at each access point the escort passes first, and the visitor right behind."""
    steps: list[Step] = []
    start = at(clock)
    for point in way:
        for who, later_s in ((escort, 0), (visitor, 12)):
            steps += _part(who, start.after(later_s), point)
        start = start.after(2 * _WALK_S)
    return tuple(steps)


def shows_card_and_pin(who: str, start: At, digits: Digits = Digits.PIN) -> tuple[Step, ...]:
    """Show the card at the cage and type a PIN."""
    return start.badge(who, _INTO_THE_CAGE), start.after(_TO_TYPE_S).types(who, _INTO_THE_CAGE, digits)


def enter_cage(one: str, other: str, clock: str) -> tuple[Step, ...]:
    """Let two people badge into the cage, one after the other, and go in together."""
    start = at(clock)
    second = start.after(2 * _TO_TYPE_S)
    free = second.after(_TO_TYPE_S)
    return (*shows_card_and_pin(one, start), *shows_card_and_pin(other, second), *passes(free, "cage"))


def visit_cage(one: str, other: str, clock: str) -> tuple[Step, ...]:
    """Let two people go into the cage together, and out again two minutes later, each by their card."""
    leave = at(clock).after(_STAY_S)
    return (
        *enter_cage(one, other, clock),
        *_part(one, leave, "cage-out"),
        *_part(other, leave.after(12), "cage-out"),
    )
