"""Those who wait at an access point: for others to badge as well, or for the other doors to shut.

Rule: whoever waits comes to an end that the record tells: granted, or refused with the reason.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from policies.companions import Gathering, person_of
from policies.decide import Decision, Outcome, decide
from policies.ids import AccessPointId
from policies.memory import Memory
from policies.noting import note_decision
from policies.reasons import Reason
from policies.requests import Request
from policies.rulebook import PointRules, Rulebook
from policies.turn import GATHER, NO_TIME, QUEUE, Answer, Start, Stop, Turn

Again = Callable[[Request], Request]
"""Looks somebody who has waited up again: what they showed stays, who they are may be otherwise by now."""


def as_before(request: Request) -> Request:
    """Nobody changes while they wait: for who has nothing to look them up in."""
    return request


_INTERLOCKED = Decision(Outcome.REFUSED, Reason.INTERLOCKED)
_NO_COMPANION = Decision(Outcome.REFUSED, Reason.NO_COMPANION)


@dataclass(frozen=True, slots=True)
class Queued:
    """Who waits for the other doors of an interlock to shut."""

    requests: tuple[Request, ...]
    """Several where they pass together; the last one asks for all."""
    since: datetime

    @property
    def asks(self) -> Request:
        """The request that is decided once more."""
        return self.requests[-1]


@dataclass(slots=True)
class Waiting:
    """Keeps those who wait on what is remembered."""

    rulebook: Rulebook
    memory: Memory
    again: Again = as_before

    def look_again(self, id_: AccessPointId) -> None:
        """See everybody who waits here as they are now: a card may have been revoked since it was shown."""
        memory, again = self.memory, self.again
        gathering: Gathering | None = memory.companions.get(id_)
        if gathering is not None:
            renewed = tuple(again(request) for request in gathering.requests)
            memory.put("companions", id_, Gathering(renewed, gathering.since))
        queued: Queued | None = memory.queued.get(id_)
        if queued is not None:
            renewed = tuple(again(request) for request in queued.requests)
            memory.put("queued", id_, Queued(renewed, queued.since))

    def gather(
        self, turn: Turn, point: PointRules, request: Request, decision: Decision, detail: dict[str, object]
    ) -> None:
        """Let somebody wait for others to badge at the same access point."""
        id_, memory = point.point.id, self.memory
        queued: Queued | None = memory.queued.get(id_)
        if queued is not None and _has(queued.requests, request):
            return  # they have come together already; it is the door that they wait for
        within = NO_TIME if point.together is None else point.together.within
        gathering: Gathering | None = memory.companions.get(id_)
        if gathering is not None and not _is_within(within, gathering.since, turn):
            self._refuse(turn, point, gathering.requests, _NO_COMPANION)
            gathering = None
        if gathering is None:
            gathering = Gathering((), turn.now)
            turn.effects.append(Start((GATHER, id_), within))
        memory.put("companions", id_, gathering.joined_by(request))
        note_decision(turn, point, request, decision, memory, detail)

    def nobody_joined(self, turn: Turn, id_: AccessPointId) -> None:
        """The time is over for others to badge as well: everybody who waited is refused."""
        gathering: Gathering | None = self.memory.companions.get(id_)
        if gathering is None:
            return
        self.memory.drop("companions", id_)
        self._refuse(turn, self.rulebook.points[id_], gathering.requests, _NO_COMPANION)
        turn.effects.append(Answer(id_, _NO_COMPANION))

    def queue(
        self, turn: Turn, point: PointRules, request: Request, decision: Decision, detail: dict[str, object]
    ) -> None:
        """Let somebody wait for the other doors to shut, with all who came together with them.

        Whoever badges after somebody who waits takes their place.
        """
        id_, memory = point.point.id, self.memory
        before: Queued | None = memory.queued.get(id_)
        company = decision.together or (request,)
        self._stop_gathering(turn, id_, company)
        since = turn.now
        if before is not None and _has(before.requests, request):
            since = before.since
        else:
            note_decision(turn, point, request, decision, memory, detail)
        if before is not None:
            self._refuse(turn, point, _without(before.requests, company), _INTERLOCKED)
        memory.put("queued", id_, Queued(company, since))
        self._wait_for_doors(turn, point, since)

    def ask_again(self, turn: Turn, id_: AccessPointId) -> tuple[Request, Decision] | None:
        """Decide once more about somebody who waits for doors, and give it if they are let in now."""
        self.look_again(id_)
        queued: Queued | None = self.memory.queued.get(id_)
        if queued is None:
            return None
        point, decision = self.rulebook.points[id_], self._decide(queued, turn)
        if decision.outcome is Outcome.GRANTED:
            return queued.asks, decision
        if decision.outcome is Outcome.QUEUE and _is_within(point.door.wait or NO_TIME, queued.since, turn):
            self._wait_for_doors(turn, point, queued.since)
            return None
        self.memory.drop("queued", id_)
        if decision.outcome is Outcome.REFUSED:
            self._refuse(turn, point, (queued.asks,), decision)
            self._refuse(turn, point, queued.requests[:-1], _NO_COMPANION)
        else:
            # The wait is over; or more is asked for by now, and nobody is at the reader to show it.
            decision = _NO_COMPANION if decision.outcome is Outcome.GATHER else _INTERLOCKED
            self._refuse(turn, point, queued.requests, decision)
        turn.effects.append(Answer(id_, decision))
        return None

    def withdraw(self, turn: Turn, point: PointRules, requests: tuple[Request, ...]) -> None:
        """Some were let in, or refused: they wait no more. Others who wait there go on waiting."""
        id_, memory = point.point.id, self.memory
        self._stop_gathering(turn, id_, requests)
        queued: Queued | None = memory.queued.get(id_)
        if queued is None:
            return
        if others := _without(queued.requests, requests):
            memory.put("queued", id_, Queued(others, queued.since))
            turn.effects.append(Start((QUEUE, id_), NO_TIME))  # what holds for those who are left?
        else:
            memory.drop("queued", id_)
            turn.effects.append(Stop((QUEUE, id_)))

    # ------------------------------------------------------------------------------------ in detail

    def _stop_gathering(self, turn: Turn, id_: AccessPointId, requests: tuple[Request, ...]) -> None:
        """Some wait for others no more; whoever is left goes on waiting for as long as before."""
        gathering: Gathering | None = self.memory.companions.get(id_)
        if gathering is None:
            return
        if others := _without(gathering.requests, requests):
            self.memory.put("companions", id_, Gathering(others, gathering.since))
        else:
            self.memory.drop("companions", id_)
            turn.effects.append(Stop((GATHER, id_)))

    def _decide(self, queued: Queued, turn: Turn) -> Decision:
        """Decide with all who came together in time: that the door takes longer is no fault of theirs."""
        memory, id_ = self.memory, queued.asks.access_point
        others_gather = memory.companions.get(id_)
        memory.put("companions", id_, Gathering(queued.requests, turn.now))
        decision = decide(queued.asks, self.rulebook, turn.now, memory)
        if others_gather is None:
            memory.drop("companions", id_)
        else:
            memory.put("companions", id_, others_gather)
        return decision

    def _wait_for_doors(self, turn: Turn, point: PointRules, since: datetime) -> None:
        wait = point.door.wait or NO_TIME
        left = max(NO_TIME, wait - (turn.now - since))
        # Where the clock was set back meanwhile, nobody waits for longer than they would have.
        turn.effects.append(Start((QUEUE, point.point.id), min(wait, left)))

    def _refuse(
        self, turn: Turn, point: PointRules, requests: tuple[Request, ...], decision: Decision
    ) -> None:
        for request in requests:
            note_decision(turn, point, request, decision, self.memory)


def _is_within(time: timedelta, since: datetime, turn: Turn) -> bool:
    """Whether it is not over; where the clock was set back meanwhile, nobody can tell, so it is."""
    return NO_TIME <= turn.now - since < time


def _has(requests: tuple[Request, ...], other: Request) -> bool:
    return any(person_of(one) == person_of(other) for one in requests)


def _without(requests: tuple[Request, ...], others: tuple[Request, ...]) -> tuple[Request, ...]:
    return tuple(one for one in requests if not _has(others, one))
