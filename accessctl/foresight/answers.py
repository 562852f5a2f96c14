"""Why somebody passes or not, who can pass somewhere, and where somebody can pass."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from accessctl.foresight.situation import Situation
from accessctl.store.holders import Bearer
from policies.decide import Outcome
from policies.explain import Explanation, explain, lets_pass, with_everything_shown
from policies.factors import Factor
from policies.ids import AccessPointId, PersonId
from policies.lockout import WrongPins
from policies.reach import Reach
from policies.requests import Request


def explained(bearers: Sequence[Bearer], point: str, situation: Situation, now: datetime) -> dict[str, Any]:
    """Explain what somebody who has these would meet, and shows everything that is asked for.

    Of several cards and codes the first is taken with which they may pass, or else the first. Raises
    ``KeyError`` for an unknown access point.
    """
    tried = [_tried(bearer, point, situation, now) for bearer in bearers]
    request, why = next((each for each in tried if lets_pass(each[1].decision)), tried[0])
    later = [found.next_granted for _, found in tried if found.next_granted is not None]
    refused = why.decision.outcome in {Outcome.REFUSED, Outcome.MORE}
    return {
        "person": bearers[0].holder.person.id,
        "credential": None if request.holder is None else request.holder.card.id,
        "access_point": point,
        "at": now.isoformat(),
        "outcome": why.decision.outcome.name.lower(),
        "reason": why.decision.reason.words,
        "event": why.decision.reason.event_type,
        "shown": factor_words(request.proven),
        "refused_by": None if why.refused_by is None else why.refused_by.check,
        "next_granted": min(later).isoformat() if refused and later else None,
        "checks": _checks(why),
    }


def who_can(point: str, bearers: Iterable[Bearer], situation: Situation, now: datetime) -> list[PersonId]:
    """Give everybody who could pass an access point, each once. Raises ``KeyError``."""
    reach = Reach(situation.rulebook, now, situation.memory, situation.wrong_pins)
    bit = reach.bit(AccessPointId(point))
    able = (each.holder.person.id for each in bearers if reach.of(each.holder, each.shows) & bit)
    return list(dict.fromkeys(able))


def what_can(bearers: Iterable[Bearer], situation: Situation, now: datetime) -> tuple[AccessPointId, ...]:
    """Give every access point that one person could pass."""
    reach = Reach(situation.rulebook, now, situation.memory, situation.wrong_pins)
    mask = 0
    for bearer in bearers:
        mask |= reach.of(bearer.holder, bearer.shows)
    return reach.names(mask)


def changes(
    bearers: Iterable[Bearer], now: datetime, before: Situation, after: Situation
) -> list[dict[str, Any]]:
    """Give each person whose reach differs between two rule books, with what they gain and lose."""
    old = Reach(before.rulebook, now, before.memory, before.wrong_pins)
    new = Reach(after.rulebook, now, after.memory, after.wrong_pins)
    reached: dict[PersonId, tuple[int, int]] = {}
    for bearer in bearers:
        person = bearer.holder.person.id
        had, has = reached.get(person, (0, 0))
        reached[person] = (
            had | old.of(bearer.holder, bearer.shows),
            has | new.of(bearer.holder, bearer.shows),
        )
    same_points = old.points == new.points
    found = []
    for person, (had, has) in reached.items():
        if same_points and had == has:
            continue
        names_had, names_has = set(old.names(had)), set(new.names(has))
        gains, loses = sorted(names_has - names_had), sorted(names_had - names_has)
        if gains or loses:
            found.append({"person": person, "gains": gains, "loses": loses})
    return found


def factor_words(factors: Factor) -> list[str]:
    """Name factors as people do."""
    return [factor.name.lower() for factor in Factor if factor in factors and factor.name]


def _tried(bearer: Bearer, point: str, situation: Situation, now: datetime) -> tuple[Request, Explanation]:
    wrong = situation.wrong_pins.get(bearer.holder.person.id, WrongPins())
    request = Request(AccessPointId(point), bearer.holder, bearer.shows, wrong_pins=wrong)
    shown = with_everything_shown(request, situation.rulebook, now, situation.memory)
    return shown, explain(shown, situation.rulebook, now, situation.memory)


def _checks(found: Explanation) -> list[dict[str, Any]]:
    return [
        {
            "check": verdict.check,
            "passed": verdict.objection is None,
            "objection": None if verdict.objection is None else verdict.objection.words,
        }
        for verdict in found.verdicts
    ]
