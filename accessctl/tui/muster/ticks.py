"""Who was ticked off here: shown at once, kept until the controller has it, taken back when it refuses."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

from accessctl.client import ApiClient, ApiRefused
from accessctl.muster_sheet.answers import Answers
from accessctl.muster_sheet.view import MusterPerson, MusterView, Tick, tick_key
from accessctl.tui.words import _


@dataclass(frozen=True, slots=True)
class Kept:
    """One tick, as long as it is kept here."""

    person: str
    shown: str
    """What whoever ticked it off read."""
    at: datetime
    by: str
    began: datetime | None
    """The muster in which it counts."""
    key: str
    sent_at: datetime | None = None
    """When the controller had it; ``None``: it does not have it yet."""
    tried: bool = False
    """Whether it could not be sent once already."""


def send_tick(api: ApiClient, tick: Kept) -> None:
    """Send it. Raises ``ApiError``, also where it was kept for so long that its muster is over."""
    if tick.tried and _instant(api.muster()["since"]) != tick.began:
        problem = {"status": HTTPStatus.CONFLICT, "detail": _("the muster in which it was ticked is over")}
        raise ApiRefused(problem)
    api.seen_safe(tick.person, tick.key)


def _instant(at: str | None) -> datetime | None:
    return None if at is None else datetime.fromisoformat(at)


class Ticks:
    """The ticks of one console."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: dict[str, Kept] = {}

    def add(self, view: MusterView, person: MusterPerson, at: datetime, by: str) -> bool:
        """Tick somebody off; false where they are safe already."""
        if person.safe or person.person in self._kept:
            return False
        key = tick_key(view, person.person)
        self._kept[person.person] = Kept(person.person, person.shown, at, by, view.since, key)
        return True

    def unsent(self) -> Iterator[Kept]:
        """Give what has to be sent, the oldest first; what is added meanwhile comes too."""
        while left := [each for each in self._kept.values() if each.sent_at is None]:
            yield left[0]

    @property
    def waiting(self) -> int:
        """How many were tried and could not be sent."""
        return sum(each.tried and each.sent_at is None for each in self._kept.values())

    def sent(self, tick: Kept, at: datetime) -> None:
        """The controller has it."""
        if tick.person in self._kept:
            self._kept[tick.person] = replace(tick, sent_at=at)

    def could_not_send(self) -> None:
        """Nothing can be sent for now."""
        for person, tick in self._kept.items():
            if tick.sent_at is None:
                self._kept[person] = replace(tick, tried=True)

    def take_back(self, tick: Kept) -> None:
        """Let it be as if nobody had ticked it."""
        self._kept.pop(tick.person, None)

    def settle(self, answers: Answers) -> list[Kept]:
        """Forget what the controller says itself by now; give what can never be sent.

        That is what was ticked in a muster that is over.
        """
        now = _instant(answers.muster["since"])
        lost = []
        for tick in tuple(self._kept.values()):
            if tick.sent_at is not None and answers.at >= tick.sent_at:
                self.take_back(tick)
            elif tick.began != now:
                self.take_back(tick)
                if tick.sent_at is None:
                    lost.append(tick)
        return lost

    def shown(self) -> list[Tick]:
        """Give them for the list."""
        return [
            Tick(each.person, each.at, each.by, unsent=each.tried and each.sent_at is None)
            for each in self._kept.values()
        ]
