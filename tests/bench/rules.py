"""The rules by themselves: what a decision costs, what a long trace, what everybody's rights at once.

``make bench`` prints this with the rest; ``python -m tests.bench.rules`` alone. Machines do other things
besides: so a figure is the least of several rounds, for what disturbs a round makes it slower, never faster.
What takes seconds is disturbed in every round: there the processor's time stands beside that of the clock.
"""

import gc
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from statistics import median
from typing import Any, Final

from accessctl.foresight.answers import changes, who_can
from accessctl.foresight.situation import Situation
from accessctl.store.holders import Bearer
from policies.decide import Outcome, decide
from policies.factors import Asks, Factor
from policies.ids import AccessPointId, AreaId, CredentialId, DoorId, PersonId, RoleId
from policies.memory import Memory
from policies.people import Card, Holder, Person
from policies.places import AccessPoint, Direction
from policies.reach import Reach
from policies.requests import Request
from policies.rulebook import AccessLevel, AccessPolicy, Rulebook
from policies.warden import Warden
from tests.bench import long_trace, rivals
from tests.bench.figures import Times, note, promise
from tests.bench.large_crowd import NOW, Site, questions, site_of, ways_in
from tests.bench.large_site import DAY, LEVELS, LONDON, Size, rules_of

Asked = Sequence[tuple[Request, datetime]]
"""Who badges where, each at an instant of their own."""

MANY, FEW = Size(100_000), Size(1_000)
ROUNDS: Final = 15
QUESTIONS: Final = 10_000
PLAIN_US, RULES_US, RULES_P99_US = 5, 20, 100
GROWTH: Final = 1.5
"""What is remembered of 100,000 people lies in no cache of a processor, whatever the rules do."""

MASKS: Final = Size(10_000, buildings=6, halls_each=6, doors=100)
"""Both ways through a hundred doors are two hundred access points."""
MASK_ROUNDS: Final = 5
MASKS_S: Final = 1


def report() -> None:
    """Print everything about the rules; takes about three minutes."""
    print("The rules. The trace is played once; what is short is the least of several rounds.")
    long_trace.report()
    rivals.report()
    masks()
    decisions()


# ------------------------------------------------------------------------------------- one decision


def decisions() -> None:
    """Print what a decision costs, with few rules and with all, among few people and many."""
    print(f"decide, {MANY.doors} doors, {MANY.areas} areas, people and ways in drawn at random:")
    plain, few, many = plain_site(), site_of(FEW), site_of(MANY)
    asked = [questions(site, QUESTIONS) for site in (plain, few, many)]
    # As the door process does: what is there from the start is not gone through again and again.
    gc.collect()
    gc.freeze()
    rounds: list[tuple[Times, ...]] = []
    for _ in range(ROUNDS):
        sites = zip((plain, few, many), asked, strict=True)
        rounds.append(tuple(_ask(site, some) for site, some in sites))
    gc.unfreeze()
    plain_times, few_times, many_times = zip(*rounds, strict=True)
    promise("one schedule, one level: p50", _least(plain_times, 0.5), "us", PLAIN_US)
    promise(f"every rule, {MANY.people:,} people: p50", _least(many_times, 0.5), "us", RULES_US)
    promise(f"every rule, {MANY.people:,} people: p99", _least(many_times, 0.99), "us", RULES_P99_US)
    note(f"every rule, {FEW.people:,} people: p50", _least(few_times, 0.5), "us")
    note(f"every rule, {FEW.people:,} people: p99", _least(few_times, 0.99), "us")
    growth = median(large.p50 / small.p50 for small, large in zip(few_times, many_times, strict=True))
    promise("many people / few people, medians", growth, "", GROWTH)
    _print_outcomes(many, asked[2])


def _ask(site: Site, asked: Asked) -> Times:
    """Ask each question once, and give what each took without what it takes to look at the clock."""
    clock, rulebook, memory = time.perf_counter_ns, site.rulebook, site.memory
    looking = round(median(-(clock() - clock()) for _ in range(1000)))
    took = []
    for request, now in asked:
        begun = clock()
        decide(request, rulebook, now, memory)
        took.append(clock() - begun - looking)
    return Times.of_ns(took)


def _least(rounds: Sequence[Times], share: float) -> float:
    return min(times.at(share) for times in rounds)


def _print_outcomes(site: Site, asked: Asked) -> None:
    """Print what was answered: a rule that refused everybody at once would be fast and show nothing."""
    found = [decide(request, site.rulebook, now, site.memory) for request, now in asked]
    outcomes = Counter(decision.outcome for decision in found)
    words = ", ".join(f"{outcome.name.lower()} {outcomes[outcome] / len(found):.0%}" for outcome in Outcome)
    print(f"  (of these questions: {words}; {len({one.reason for one in found})} different reasons)")


def plain_site() -> Site:
    """Make a site whose one rule is that everybody may pass everywhere by day."""
    points = [
        AccessPoint(
            AccessPointId(f"in-{number}"),
            "In",
            DoorId(f"door-{number}"),
            AreaId("street"),
            AreaId(f"hall-{number % 200}"),
            Direction.IN,
            Asks.CARD,
        )
        for number in range(MANY.doors)
    ]
    level = AccessLevel(LEVELS[0], tuple(AccessPolicy(point.id, DAY) for point in points))
    staff = RoleId("staff")
    rulebook = Rulebook.of("plain", points, {staff: [level]}, timezone=LONDON)
    warden = Warden(rulebook, Memory())
    warden.start(NOW)
    warden.memory.settle()
    holders = [
        Holder(Person(PersonId(f"p-{number}"), (staff,)), Card(CredentialId(f"c-{number}")))
        for number in range(FEW.people)
    ]
    return Site(rulebook, holders, warden.memory)


# ------------------------------------------------------------------------------------ everybody's rights


def masks() -> None:
    """Print how long it takes to say who could pass where, and what another rule book would change.

    Rule books are new in each round, as for ``accessctl``, which answers one question in a process.
    """
    site = site_of(MASKS, at_doors=False)
    bearers = [Bearer(holder, Factor.CARD) for holder in site.holders]
    point = ways_in(site.rulebook)[7].point.id
    able: list[PersonId] = []
    differ: list[dict[str, Any]] = []
    rights: list[int] = []

    def who(now: Situation, _proposed: Situation) -> None:
        able[:] = who_can(point, bearers, now, NOW)

    def where(now: Situation, _proposed: Situation) -> None:
        reach = Reach(now.rulebook, NOW, now.memory)
        rights[:] = [len(reach.names(reach.of(holder))) for holder in site.holders]

    def difference(now: Situation, proposed: Situation) -> None:
        differ[:] = changes(bearers, NOW, now, proposed)

    print(f"Masks, {len(bearers):,} people, {len(site.rulebook.points)} access points, one instant:")
    _print_time("who can pass one point", who, site.memory)
    _print_time("where everybody can pass", where, site.memory)
    _print_time("what another rule book changes", difference, site.memory)
    print(f"  ({len(able):,} pass that point, {sum(rights):,} rights in all, {len(differ):,} people differ)")


def _print_time(what: str, task: Callable[[Situation, Situation], None], memory: Memory) -> None:
    """Print the best round by the clock, and what it took of the processor."""
    took = []
    for _ in range(MASK_ROUNDS):
        now, proposed = (Situation(rules_of(MASKS, changed=changed), memory) for changed in (False, True))
        begun, used = time.perf_counter(), time.process_time()
        task(now, proposed)
        took.append((time.perf_counter() - begun, time.process_time() - used))
    wall, own = min(took)
    promise(what, wall, "s", MASKS_S)
    note("  of the processor's time", own, "s")


if __name__ == "__main__":
    print(f"accessctl bench of the rules, Python {sys.version.split()[0]}.\n")
    report()
