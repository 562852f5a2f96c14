"""What the warehouse view begins with: the people, and a minute of traffic that plays by itself.

The doors run on the real clock, so whoever comes in has to be somebody who may, now: that is asked of
the rules themselves.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from accessctl.config import Site
from accessctl.demo.acting import ENTER
from accessctl.demo.holders import holder_of
from accessctl.demo.roster import BY_HANDLE, ROSTER, RosterPerson
from accessctl.demo.ways import door_of
from accessctl.tui.warehouse.ports import Cardholder, Gesture, Hands, Scene, Stage
from policies.decide import Outcome, decide
from policies.factors import Factor
from policies.ids import AccessPointId
from policies.requests import Request

_FIRST_WAIT_S: Final = 1.5
_WAIT_S: Final = 4.0
_WAYS_IN: Final = (
    "staff-in",
    "gate-in",
    "floor-in",
    "dock-1-in",
    "cold-in",
    "aisle-in",
)
"""Not the office: on a machine whose clock nothing keeps right hardly anybody is let in there."""
_KEYPAD: Final = "gate-in"
"""Where a code is typed and no card is shown."""
_WAYS_OUT: Final = (
    ("staff-out", "grace-adeyemi"),
    ("gate-out", "bartek-nowicki"),
    ("cold-out", "aino-virtanen"),
)
_REFUSED: Final = (("staff-in", "tess-whitlock"), ("gate-in", "wes-calloway"))


def stage_of(site: Site, now: datetime, command: str) -> Stage:
    """Set the stage. ``command`` is what to type before ``sim badge``."""
    comings = list(_comings(site, now))
    with_cards = [(point, who) for point, who in comings if point != _KEYPAD]
    point, who = with_cards[0] if with_cards else _WAYS_OUT[0]
    return Stage(
        cast=tuple(_cardholder(person) for person in ROSTER),
        scenes=tuple(_scenes(comings)),
        hint=f"From another terminal: {command} sim badge {who} {point}",
        opening=(who, point),
    )


def may_pass(site: Site, person: RosterPerson, point: str, now: datetime) -> bool:
    """Whether the rules let this person through with nothing but the card, or the code at the keypad."""
    proven = Factor.CARD
    if point == _KEYPAD:
        if person.keypad_code is None:
            return False
        proven = Factor.PIN
    request = Request(AccessPointId(point), holder_of(person, now.astimezone(site.timezone)), proven)
    return decide(request, site.rulebook, now).outcome is Outcome.GRANTED


def _comings(site: Site, now: datetime) -> Iterator[tuple[str, str]]:
    """Give for each way in somebody who may come in there now, a new face wherever there is one."""
    seen: set[str] = set()
    for point in _WAYS_IN:
        if AccessPointId(point) in site.access_points:
            able = [person.handle for person in ROSTER if may_pass(site, person, point, now)]
            for who in [*(w for w in able if w not in seen), *able][:1]:
                seen.add(who)
                yield point, who


def _scenes(comings: list[tuple[str, str]]) -> Iterator[Scene]:
    """Let people come and go in turns, and have some refused in between."""
    ways_in, ways_out, refused = iter(comings), iter(_WAYS_OUT), iter(_REFUSED)
    wait_s = _FIRST_WAIT_S
    for what in ("in", "out", "refused", "in", "in", "out", "in", "refused", "in", "out", "in", "in"):
        turn = next({"in": ways_in, "out": ways_out, "refused": refused}[what], None)
        if turn is not None:
            point, who = turn
            yield _tries(who, point, wait_s) if what == "refused" else _passes(who, point, wait_s)
            wait_s = _WAIT_S


def _passes(who: str, point: str, wait_s: float) -> Scene:
    door, person = door_of(point), BY_HANDLE[who]

    def show(hands: Hands) -> None:
        if point == _KEYPAD and person.keypad_code is not None:
            hands.press(point, person.keypad_code + ENTER)
        else:
            hands.badge(point, person.card_number)

    def open_leaf(hands: Hands) -> None:
        hands.leaf(door, opened=True, force=False)

    def close_leaf(hands: Hands) -> None:
        hands.leaf(door, opened=False, force=False)

    return Scene(
        f"{person.name} {'types a code' if point == _KEYPAD else 'badges'} at {point} and passes.",
        (Gesture(wait_s, show), Gesture(1.2, open_leaf), Gesture(2.0, close_leaf)),
    )


def _tries(who: str, point: str, wait_s: float) -> Scene:
    person = BY_HANDLE[who]

    def badge(hands: Hands) -> None:
        hands.badge(point, person.card_number)

    return Scene(f"somebody tries {person.name}'s card at {point}.", (Gesture(wait_s, badge),))


def _cardholder(person: RosterPerson) -> Cardholder:
    typed = {"PIN": person.pin_code, "code": person.keypad_code}
    note = ", ".join(f"{what} {digits}" for what, digits in typed.items() if digits is not None)
    return Cardholder(person.handle, person.name, person.role, person.card_number, note)
