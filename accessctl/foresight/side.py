"""One rule book at work on the past: a warden, and the timers that it starts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from accessctl.simulate.timers import Timers
from policies.companions import Gathering, person_of
from policies.decide import Decision
from policies.ids import AccessPointId, PersonId
from policies.memory import KEPT, Memory
from policies.requests import Request
from policies.rulebook import Rulebook
from policies.turn import Answer, Start, Stop, Turn
from policies.warden import Warden


@dataclass(slots=True)
class Side:
    """Hears what happened, and says what this rule book makes of it."""

    warden: Warden
    timers: Timers = field(default_factory=Timers)

    @property
    def rulebook(self) -> Rulebook:
        """The rule book."""
        return self.warden.rulebook

    @property
    def memory(self) -> Memory:
        """What it remembers of the past so far."""
        return self.warden.memory

    def begin(self, now: datetime, people: Iterable[PersonId] = ()) -> None:
        """Start as a controller does, with every leaf closed.

        These people count as seen: how long they had not been here before, nobody has read.
        """
        self.memory.seen.update(dict.fromkeys(people, now))
        self.carry_out(self.warden.start(now))
        for door, rules in self.rulebook.doors.items():
            if rules.door.monitored:
                self.carry_out(self.warden.leaf(door, now, is_open=False))

    def begin_again(self, now: datetime) -> None:
        """Start anew, with what outlives a restart."""
        kept = Memory(**{name: getattr(self.memory, name) for name in KEPT})
        self.warden, self.timers = Warden(self.rulebook, kept), Timers()
        self.begin(now)

    def wait(self, until: datetime) -> None:
        """Let every timer run out that is due by then."""
        while (found := self.timers.take(until)) is not None:
            due, key = found
            self.carry_out(self.warden.elapsed(key, due))

    def carry_out(self, turn: Turn) -> None:
        """Let what a turn brought about stand."""
        for effect in turn.effects:
            if isinstance(effect, Start):
                self.timers.start(effect.key, turn.now + effect.after)
            elif isinstance(effect, Stop):
                self.timers.stop(effect.key)
        self.memory.settle()

    def present(self, request: Request, now: datetime) -> Decision:
        """Give what this rule book answers."""
        turn = self.warden.present(request, now)
        self.carry_out(turn)
        return next(effect.decision for effect in turn.effects if isinstance(effect, Answer))

    def is_gathering(self, point: AccessPointId, person: PersonId) -> bool:
        """Whether somebody has badged here and waits for company."""
        gathering: Gathering | None = self.memory.companions.get(point)
        return gathering is not None and any(person_of(one) == person for one in gathering.requests)
