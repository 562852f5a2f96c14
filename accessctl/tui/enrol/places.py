"""Where somebody can be enrolled: the readers and sensors on ways in, and the one that was used last."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from accessctl.client import Reader
from accessctl.tui.console import Console
from accessctl.tui.dialogs import Choice, Choose
from accessctl.tui.look import ALARM
from accessctl.tui.standing import Standing
from accessctl.tui.words import _

LAST_READER: Final = "enrol.reader"
"""What the reader used last is remembered as."""
_KEYPAD: Final = ".keypad"


class Place(NamedTuple):
    """An access point at which somebody can be enrolled."""

    point: str
    name: str
    door: str
    """The name of its door."""
    here: bool
    """Whether what is there answers."""

    def choice(self) -> Choice:
        """Give it as something to choose."""
        more = f"{self.point} · {self.door}"
        if not self.here:
            more += f"  {ALARM} " + _("does not answer")
        return Choice(self.point, self.name, more)


def card_places(standing: Standing) -> list[Place]:
    """Give the readers that can wait for a card: those on ways in that are more than a keypad."""
    doors = {door["id"]: str(door["name"]) for door in standing.doors}
    return [
        Place(
            reader["access_point"],
            reader["name"],
            doors.get(reader["door"], reader["door"]),
            reader["online"],
        )
        for reader in _readers(standing)
        if reader.get("direction", "in") == "in" and not reader["id"].endswith(_KEYPAD)
    ]


def sensor_places(readers: Iterable[Reader], standing: Standing, kind: str) -> list[Place]:
    """Give the places on ways in that have a sensor or camera of this kind (``Reader.kind``)."""
    doors = {door["id"]: str(door["name"]) for door in standing.doors}
    ways_out = {each["access_point"] for each in _readers(standing) if each.get("direction") == "out"}
    return [
        Place(
            each["access_point"],
            each["name"],
            doors.get(each["door"] or "", each["door"] or ""),
            each["state"] == "here",
        )
        for each in readers
        if each["kind"] == kind and each["access_point"] not in ways_out
    ]


def place_at(places: Iterable[Place], point: str | None) -> Place | None:
    """Give the place at an access point."""
    return next((place for place in places if place.point == point), None)


async def choose_reader(console: Console, title: str, *, again: bool = False, note: str = "") -> Place | None:
    """Ask at which reader a card will be shown; what there is only one of is not asked for.

    ``again``: take the one that was used last, if it is there. ``note``: what is done already.
    """
    places = card_places(console.standing)
    last = place_at(places, console.remembered.get(LAST_READER))
    if again and last is not None and last.here:
        return last
    if len(places) == 1:
        return places[0]
    if not places:
        console.notify(
            _("There is no reader on a way in at which a card could be shown."), severity="warning"
        )
        return None
    point = await console.push_screen_wait(
        Choose(
            title,
            [place.choice() for place in places],
            f"{note} {_('At which reader will the card be shown?')}".strip(),
            value=None if last is None else last.point,
        )
    )
    return place_at(places, point)


def _readers(standing: Standing) -> list[dict[str, Any]]:
    return [] if standing.status is None else list(standing.status["readers"])
