"""What a proposed site file would have changed: recorded history, played against both rule books at once.

Two wardens hear the same happenings, one by the rules in force and one by the proposed ones; where they
answer a badge differently, that is a difference the change would make. People are as the store has them now,
so what was decided then about people who have changed since is not brought up again by either. Where the
record begins, nobody is inside by either of them.

Whoever badged is taken to have shown what the rules in force ask for, and to show what more the proposed
ones ask for, if they have it. That they would have been asked is a difference, but no refusal.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from accessctl.foresight.happenings import concerns, told_of
from accessctl.foresight.history import Past
from accessctl.foresight.side import Side
from accessctl.store.holders import Bearer
from policies.decide import Decision, Outcome
from policies.event_types import EventType
from policies.explain import with_everything_shown
from policies.factors import Factor
from policies.ids import AccessPointId
from policies.people import Holder
from policies.places import Direction
from policies.reasons import Reason
from policies.requests import Request
from policies.rulebook import Rulebook
from policies.warden import Warden

GRANTED, REFUSED, ASKED_FOR_MORE, DELAYED, GONE = KINDS = (
    "granted",
    "refused",
    "asked_for_more",
    "delayed",
    "gone",
)
"""What would have become of an entry that went otherwise."""
NO_SUCH_POINT: Final = "The access point is not in the proposed file."

_KIND_OF: Final[Mapping[Outcome, str]] = {
    Outcome.GRANTED: GRANTED,
    Outcome.REFUSED: REFUSED,
    Outcome.MORE: ASKED_FOR_MORE,
    Outcome.GATHER: DELAYED,
    Outcome.QUEUE: DELAYED,
}
_FAILURES: Final = frozenset(
    {Reason.WRONG_PIN, Reason.FACTOR_TIMEOUT, Reason.AUTHENTICATION_UNAVAILABLE, Reason.CARD_UNREADABLE}
)
"""What was wrong with what was shown, whatever the rules say."""
_NOT_PLAYED: Final = frozenset(
    {
        Reason.UNKNOWN_CREDENTIAL,
        Reason.LOCKED_OUT,
        Reason.TOO_MANY_WRONG_PINS,
        Reason.RECORD_UNAVAILABLE,
        Reason.NO_COMPANION,
    }
)
"""What depends on counts and faults of that moment."""
_REPORTS: Final = frozenset({Reason.PASSBACK_REPORTED, Reason.OVERFULL_REPORTED, Reason.LEAVES_VISITOR})


class Difference(NamedTuple):
    """Something that would have gone otherwise, each time for the same reason."""

    person: str | None
    """``None`` for whoever passed where nobody is asked."""
    access_point: str
    would: str
    """One of ``KINDS``."""
    reason: str


@dataclass(slots=True)
class Rehearsal:
    """Plays the past and gathers the differences."""

    now: Side
    then: Side
    bearers: Mapping[str, Bearer]
    """By the id of the card or code."""
    played: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    differences: dict[Difference, list[datetime]] = field(default_factory=dict)
    """The instants at which each would have come about."""

    def play(self, history: Iterable[Past]) -> None:
        """Play everything, in order."""
        people = frozenset(bearer.holder.person.id for bearer in self.bearers.values())
        begun = False
        for past in history:
            for side in (self.now, self.then):
                if not begun:
                    side.begin(past.at, people)
                side.wait(past.at)
            begun = True
            self._play(past)

    def _play(self, past: Past) -> None:
        if past.type == EventType.SYSTEM_START:
            self.now.begin_again(past.at)
            self.then.begin_again(past.at)
        elif past.type == EventType.MUSTER and past.access_point is not None:
            self._muster(past, AccessPointId(past.access_point))
        elif past.reason is not None and past.access_point is not None and not _is_exit_request(past):
            self._decide(past, past.reason, AccessPointId(past.access_point))
        elif (told := told_of(past)) is not None:
            for side in (self.now, self.then):
                if concerns(past, side):
                    side.carry_out(told(side))

    def _muster(self, past: Past, point: AccessPointId) -> None:
        bearer = self.bearers.get(past.credential or "")
        for side in (self.now, self.then):
            if bearer is not None and point in side.rulebook.muster_points:
                side.carry_out(side.warden.present(Request(point, bearer.holder), past.at))

    # ------------------------------------------------------------------------------------ decisions

    def _decide(self, past: Past, reason: Reason, point: AccessPointId) -> None:
        if reason in _REPORTS:
            return
        bearer = self.bearers.get(past.credential or "")
        why_not = self._why_not(past, reason, point, bearer)
        if why_not is not None:
            self.left_out[why_not] += 1
            self._let_out(past, point)
            return
        request = self._request(past, reason, point, bearer)
        if reason is Reason.GRANTED and self._has_been_waited_for(request):
            return
        self.played += 1
        was = self.now.present(request, past.at)
        if point not in self.then.rulebook.points:
            self._differ(past, GONE, NO_SUCH_POINT)
            return
        self._compare(past, was, request)

    def _compare(self, past: Past, was: Decision, request: Request) -> None:
        """Let the proposed rules answer; whoever is asked for more shows it."""
        would = first = self.then.present(request, past.at)
        if would.outcome is Outcome.MORE:
            more = with_everything_shown(request, self.then.rulebook, past.at, self.then.memory)
            would = self.then.present(more, past.at)
        kind, decisive = _KIND_OF[would.outcome], would
        if kind == GRANTED and first.outcome is Outcome.MORE:
            kind, decisive = ASKED_FOR_MORE, first
        if kind != _KIND_OF[was.outcome]:
            self._differ(past, kind, decisive.reason.words)

    def _request(self, past: Past, reason: Reason, point: AccessPointId, bearer: Bearer | None) -> Request:
        if bearer is None:
            return Request(point, None, Factor.NONE)
        request = Request(point, bearer.holder, bearer.shows, reason if reason in _FAILURES else None)
        if request.failure is not None:
            return request
        return with_everything_shown(request, self.now.rulebook, past.at, self.now.memory)

    def _has_been_waited_for(self, request: Request) -> bool:
        """Whether somebody is let in now who badged before and was waiting for company: told once already."""
        holder: Holder | None = request.holder
        return holder is not None and self.now.is_gathering(request.access_point, holder.person.id)

    def _why_not(self, past: Past, reason: Reason, point: AccessPointId, bearer: Bearer | None) -> str | None:
        if reason in _NOT_PLAYED:
            return reason.words
        if point not in self.now.rulebook.points:
            return "The access point is not in the rules in force."
        if bearer is None and reason is not Reason.GRANTED_FREE:
            return "The card is not in the store any more, or never was."
        return None

    def _let_out(self, past: Past, point: AccessPointId) -> None:
        """Leaving is free, whoever it was."""
        for side in (self.now, self.then):
            rules = side.rulebook.points.get(point)
            if rules is not None and rules.point.direction is Direction.OUT:
                side.carry_out(side.warden.let_out(rules.point.door, past.at))

    def _differ(self, past: Past, would: str, reason: str) -> None:
        key = Difference(past.person, past.access_point or "", would, reason)
        self.differences.setdefault(key, []).append(past.at)


def rehearse(
    current: Rulebook, proposed: Rulebook, bearers: Mapping[str, Bearer], history: Iterable[Past]
) -> Rehearsal:
    """Play history against both rule books."""
    rehearsal = Rehearsal(Side(Warden(current)), Side(Warden(proposed)), bearers)
    rehearsal.play(history)
    return rehearsal


def _is_exit_request(past: Past) -> bool:
    return past.detail.get("by") == "exit request"
