"""The same questions put to ``decide``, to casbin and to Cedar, as far as all three can express the rules.

What they have in common: people have roles, and a role may pass an access point between two minutes of the
day. casbin and Cedar know no weeks, calendars, time zones or clock changes, and nothing of what was before:
no passback, presence, occupancy, company, interlock, door modes or counts of uses. Whoever wants those of
them keeps them in code of their own. So here ``decide`` asks its schedules, which have all of it, and the
others compare numbers.

Each is used the fastest way that its own documentation names, and what can be prepared is prepared before
the clock starts: casbin's FastEnforcer looks at the policies of one access point only; Cedar gets its
policies and entities parsed, and policies so written that there are few.
"""

import importlib
import json
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from policies.decide import decide
from policies.factors import Asks
from policies.ids import AccessPointId, AreaId, CredentialId, DoorId, LevelId, PersonId, RoleId, ScheduleId
from policies.memory import Memory
from policies.people import Card, Holder, Person
from policies.places import AccessPoint, Direction
from policies.requests import Request
from policies.rulebook import AccessLevel, AccessPolicy, Rulebook
from policies.schedule import Interval, Schedule
from tests.bench.figures import Times
from tests.bench.large_site import LONDON
from tests.bench.libraries import NotInstalled, install

ROLES, POINTS, PEOPLE = 12, 500, 10_000
HOURS: Final = ((360, 1200), (480, 1080), (360, 840), (840, 1320), (0, 1440), (1200, 1440))
"""From one minute of the day to another."""
MIDNIGHT: Final = datetime(2026, 11, 20, tzinfo=UTC)
"""In winter, when London's clock shows UTC."""
ROUNDS: Final = 5


@dataclass(frozen=True, slots=True)
class Question:
    """Whether this person may pass this point at this minute of the day."""

    person: int
    point: int
    minute: int


Ask = Callable[[Question], bool]


def hours_of(role: int, point: int) -> int | None:
    """Say on which of ``HOURS`` a role may pass a point; a quarter of the points is closed to it."""
    return (role + point) % len(HOURS) if (role * 7 + point * 3) % 4 else None


def roles_of(person: int) -> tuple[int, ...]:
    """Give somebody's one or two roles."""
    return tuple(dict.fromkeys((person % ROLES, (person * 5 + person // ROLES) % ROLES)))


def report() -> None:
    """Print what each of them takes for one question."""
    print(f"Beside others: {ROLES} roles, {POINTS} access points, {PEOPLE:,} people, the minute of the day:")
    chance = random.Random(3)
    asked = [
        Question(chance.randrange(PEOPLE), chance.randrange(POINTS), chance.randrange(1440))
        for _ in range(5000)
    ]
    answers, ours = _asked(_ours(asked), asked)
    _print("decide", ours, ours)
    try:
        install()
    except NotInstalled as why:
        print(f"  (casbin and cedarpy could not be installed: {why})")
        return
    casbin, cedar = importlib.import_module("casbin"), importlib.import_module("cedarpy")
    fast, plain = _casbin(casbin)
    everybody, needed = _cedar(cedar, asked[:1000])
    for name, ask, count in (
        ("casbin, FastEnforcer by access point", fast, 1000),
        ("casbin, Enforcer", plain, 30),
        ("cedarpy, every person and point parsed", everybody, 1000),
        ("cedarpy, the parsed entities of one question", needed, 1000),
    ):
        found, times = _asked(ask, asked[:count])
        if found != answers[:count]:
            raise AssertionError(f"{name} answers otherwise")
        _print(name, times, ours)
    print(f"  (each gave the same answers; {sum(answers) / len(answers):.0%} of them were yes)")


def _asked(ask: Ask, questions: Sequence[Question]) -> tuple[list[bool], Times]:
    """Ask each question once in each round; give the answers, and the times of the best round."""
    best: Times | None = None
    answers: list[bool] = []
    for _ in range(ROUNDS):
        answers, took = [], []
        for question in questions:
            begun = time.perf_counter_ns()
            answer = ask(question)
            took.append(time.perf_counter_ns() - begun)
            answers.append(answer)
        times = Times.of_ns(took)
        if best is None or times.p50 < best.p50:
            best = times
    assert best is not None
    return answers, best


def _print(name: str, times: Times, ours: Times) -> None:
    print(f"  {name:<46} p50 {times.p50:10,.1f} us   {times.p50 / ours.p50:9,.1f} times ours")


# ------------------------------------------------------------------------------------------------ ours


def _ours(questions: Sequence[Question]) -> Ask:
    hours = [
        Schedule(ScheduleId(f"hours-{number}"), LONDON, ((Interval(start, end),),) * 7)
        for number, (start, end) in enumerate(HOURS)
    ]
    points = [
        AccessPoint(
            AccessPointId(f"p{point}"),
            "In",
            DoorId(f"d{point}"),
            AreaId("street"),
            AreaId("site"),
            Direction.IN,
            Asks.CARD,
        )
        for point in range(POINTS)
    ]
    levels = {
        RoleId(f"r{role}"): [
            AccessLevel(
                LevelId(f"l{role}"),
                tuple(
                    AccessPolicy(AccessPointId(f"p{point}"), hours[found])
                    for point in range(POINTS)
                    if (found := hours_of(role, point)) is not None
                ),
            )
        ]
        for role in range(ROLES)
    }
    rulebook, memory = Rulebook.of("rivals", points, levels, timezone=LONDON), Memory()
    holders = [
        Holder(
            Person(PersonId(f"u{person}"), tuple(RoleId(f"r{role}") for role in roles_of(person))),
            Card(CredentialId(f"c{person}")),
        )
        for person in range(PEOPLE)
    ]
    names = [point.id for point in points]
    instants = [MIDNIGHT + timedelta(minutes=minute) for minute in range(1440)]

    def ask(question: Question) -> bool:
        request = Request(names[question.point], holders[question.person])
        return decide(request, rulebook, instants[question.minute], memory).granted

    for question in questions[:100]:
        ask(question)
    return ask


# ---------------------------------------------------------------------------------------------- casbin

_CASBIN_MODEL: Final = """
[request_definition]
r = sub, obj, minute
[policy_definition]
p = sub, obj, start, end
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.obj == p.obj && g(r.sub, p.sub) && r.minute >= p.start && r.minute < p.end
"""


def _casbin(casbin: Any) -> tuple[Ask, Ask]:  # noqa: ANN401 - it has no types
    """Give the enforcer that looks only at the policies of one access point, and the plain one.

    Both compare strings, so minutes are written with four digits.
    """
    rights = [
        (f"r{role}", f"p{point}", *(f"{minute:04}" for minute in HOURS[found]))
        for role in range(ROLES)
        for point in range(POINTS)
        if (found := hours_of(role, point)) is not None
    ]
    lines = [", ".join(("p", *right)) for right in rights]
    lines += [f"g, u{person}, r{role}" for person in range(PEOPLE) for role in roles_of(person)]
    with tempfile.TemporaryDirectory(prefix="acc-") as short:
        model, policy = Path(short) / "model.conf", Path(short) / "policy.csv"
        model.write_text(_CASBIN_MODEL, encoding="utf-8")
        policy.write_text("\n".join(lines), encoding="utf-8")
        fast = casbin.FastEnforcer(str(model), str(policy), cache_key_order=[1])
        plain = casbin.Enforcer(str(model), str(policy))
    people, points = [f"u{person}" for person in range(PEOPLE)], [f"p{point}" for point in range(POINTS)]
    minutes = [f"{minute:04}" for minute in range(1440)]

    def ask(enforcer: Any) -> Ask:  # noqa: ANN401 - as above
        def enforce(question: Question) -> bool:
            answer: bool = enforcer.enforce(
                people[question.person], points[question.point], minutes[question.minute]
            )
            return answer

        return enforce

    return ask(fast), ask(plain)


# ----------------------------------------------------------------------------------------------- Cedar


def _cedar(cedar: Any, questions: Sequence[Question]) -> tuple[Ask, Ask]:  # noqa: ANN401 - no types
    """Give Cedar with everybody and everything as entities, and with those of each question alone.

    One policy for each of ``HOURS``, and the roles that it is for at each access point, were faster than a
    policy for each role.
    """
    policies = cedar.PolicySet.from_str("\n".join(_cedar_policy(number) for number in range(len(HOURS))))
    roles = [_entity("Role", f"r{role}") for role in range(ROLES)]
    points = [_cedar_point(point) for point in range(POINTS)]
    people = [
        _entity("User", f"u{person}", [f"r{role}" for role in roles_of(person)]) for person in range(PEOPLE)
    ]
    parsed = cedar.Entities.from_json_str
    everything = parsed(json.dumps([*roles, *points, *people]))
    # The roles that a point names need not be entities: only the parents of the person have to be known.
    needed = {each: parsed(json.dumps([points[each.point], people[each.person]])) for each in questions}
    requests = {
        each: {
            "principal": f'User::"u{each.person}"',
            "action": 'Action::"pass"',
            "resource": f'Point::"p{each.point}"',
            "context": {"minute": each.minute},
        }
        for each in questions
    }

    def with_everything(question: Question) -> bool:
        allowed: bool = cedar.is_authorized(requests[question], policies, everything).allowed
        return allowed

    def with_needed(question: Question) -> bool:
        allowed: bool = cedar.is_authorized(requests[question], policies, needed[question]).allowed
        return allowed

    return with_everything, with_needed


def _cedar_policy(number: int) -> str:
    start, end = HOURS[number]
    return (
        f'permit(principal, action == Action::"pass", resource) when {{ context.minute >= {start} '
        f"&& context.minute < {end} && principal in resource.on_hours_{number} }};"
    )


def _cedar_point(point: int) -> dict[str, Any]:
    on_hours = {
        f"on_hours_{number}": [
            {"__entity": {"type": "Role", "id": f"r{role}"}}
            for role in range(ROLES)
            if hours_of(role, point) == number
        ]
        for number in range(len(HOURS))
    }
    return _entity("Point", f"p{point}") | {"attrs": on_hours}


def _entity(kind: str, name: str, roles: Sequence[str] = ()) -> dict[str, Any]:
    return {
        "uid": {"type": kind, "id": name},
        "attrs": {},
        "parents": [{"type": "Role", "id": role} for role in roles],
    }
