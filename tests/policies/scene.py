"""A moment at the site of ``sites``, set up by hand: who is inside, who was granted, what is gone.

Nothing happens in a scene. It is for questions about one moment; stories are told with ``site_story``.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from policies.case import Case, case_of
from policies.companions import Gathering
from policies.decide import Decision, decide
from policies.degraded import Condition
from policies.door import DoorState, Phase
from policies.door_modes import DoorMode
from policies.effects import Passage
from policies.factors import Factor
from policies.ids import AccessPointId, AreaId, DoorId
from policies.lockout import WrongPins
from policies.memory import Guide, Memory
from policies.people import Holder
from policies.places import Direction
from policies.presence import move
from policies.reasons import Reason
from policies.requests import Request
from policies.rulebook import Rulebook
from tests.policies.sites import HALL
from tests.policies.values import HOUR, NOON

NO_TIME = timedelta()


def asks(
    who: Holder | None,
    at: str = "front-in",
    proven: Factor = Factor.CARD,
    failure: Reason | None = None,
    *,
    duress: bool = False,
    wrong_pins: WrongPins = WrongPins(),
) -> Request:
    return Request(AccessPointId(at), who, proven, failure, duress, wrong_pins)


@dataclass
class Scene:
    """Noon at a site: every door is shut, nobody is inside, and everything works."""

    book: Rulebook
    now: datetime = NOON
    memory: Memory = field(default_factory=Memory)

    def __post_init__(self) -> None:
        for door in self.book.doors:
            self.memory.doors[door] = DoorState(Phase.SECURED)

    def inside(self, *people: Holder, area: AreaId = HALL, since: timedelta = HOUR) -> Self:
        """Let people be in an area since that long."""
        for who in people:
            members = self.book.crowd_of(who.person).members
            move(self.memory, who.person.id, self.book.chains[area], self.now - since, members)
        return self

    def forgiven(self, who: Holder) -> Self:
        stays = self.memory.stays
        stays[who.person.id] = stays[who.person.id]._replace(forgiven=True)
        return self

    def granted(self, *people: Holder, at: str = "front-in") -> Self:
        """Let people have been granted a moment ago, and not have passed yet."""
        rules = self.book.points[AccessPointId(at)]
        for who in people:
            passage = Passage(
                rules.point.id,
                who.person.id,
                who.card.id,
                rules.enters,
                self.book.crowd_of(who.person).members,
                rules.point.direction is Direction.OUT,
            )
            before = self.memory.doors[rules.point.door]
            self.memory.doors[rules.point.door] = DoorState(Phase.RELEASED, (*before.waiting, passage))
        return self

    def guided(self, escort: Holder, at: str = "front-in", ago: timedelta = NO_TIME) -> Self:
        """Let somebody be the last escort who was granted at an access point."""
        self.memory.guides[AccessPointId(at)] = Guide(escort.person.id, self.now - ago)
        return self

    def gathered(self, *requests: Request, ago: timedelta = NO_TIME) -> Self:
        """Let these have badged where several people have to."""
        self.memory.companions[requests[0].access_point] = Gathering(requests, self.now - ago)
        return self

    def phase(self, door: str, phase: Phase) -> Self:
        self.memory.doors[DoorId(door)] = DoorState(phase)
        return self

    def mode(self, door: str, mode: DoorMode) -> Self:
        self.memory.modes[DoorId(door)] = mode
        return self

    def threat(self, level: int) -> Self:
        self.memory.numbers["threat_level"] = level
        return self

    def gone(self, condition: Condition, where: str | None = None) -> Self:
        self.memory.gone[condition, where] = True
        return self

    def case(self, request: Request) -> Case:
        return case_of(request, self.book, self.now, self.memory)

    def decides(self, request: Request) -> Decision:
        return decide(request, self.book, self.now, self.memory)
