"""Hands that note what they did, and keep the promises of ``Hands``."""

from collections.abc import Iterable
from typing import Any


class NotingHands:
    """Notes what hands do at these access points, whose doors are named as theirs."""

    def __init__(self, points: Iterable[str]) -> None:
        self.doors = {point: point.rpartition("-")[0] for point in points}
        self.done: list[tuple[str, ...]] = []
        self.open_leaves: set[str] = set()

    def badge(self, access_point: str, number: bytes) -> None:
        assert access_point in self.doors
        assert number
        self.done.append(("badge", access_point))

    def press(self, access_point: str, keys: str) -> None:
        assert access_point in self.doors
        self.done.append(("press", access_point, keys))

    def leaf(self, door: str, *, opened: bool, force: bool) -> None:
        assert door in self.doors.values()
        self.done.append(("force" if force else "leaf", door, "open" if opened else "close"))
        (self.open_leaves.add if opened else self.open_leaves.discard)(door)

    def exit_request(self, door: str) -> None:
        assert door in self.doors.values()
        self.done.append(("exit", door))

    def state(self) -> dict[str, Any]:
        return {"annunciators": {}}
