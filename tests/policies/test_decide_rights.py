"""What holds of rights whatever the rules are: levels add up, and a denial beats them all."""

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policies import checks
from policies.case import asked
from policies.decide import Decision, Outcome, decide
from policies.explain import lets_pass, with_everything_shown
from policies.ids import AccessPointId, LevelId, MemberId
from policies.people import Holder, Person, TemporaryAccess, Validity
from policies.places import Direction
from policies.reasons import Reason
from policies.requests import Request
from policies.rulebook import Rulebook
from tests.policies.any_site import LEVELS, MEMBERS, Moment, moment_of
from tests.policies.scene import Scene, asks
from tests.policies.sites import ALICE, GUARD, STAFF, level, person, site
from tests.policies.values import ALWAYS, AT_NIGHT, HOUR, NEVER, NOON, TIMELESS

SEEDS: Final = st.integers(0, 2**32)
GIVEN: Final = st.tuples(st.sampled_from(MEMBERS), st.sampled_from(LEVELS))


def answers(moment: Moment) -> dict[tuple[str, AccessPointId], Decision]:
    """Ask for everybody at every access point where nobody has to wait for others."""
    return {
        (holder.person.id, point): decide(
            with_everything_shown(Request(point, holder), moment.rulebook, NOON, moment.memory),
            moment.rulebook,
            NOON,
            moment.memory,
        )
        for holder in moment.people
        for point, rules in moment.rulebook.points.items()
        if rules.together is None
    }


def with_levels(book: Rulebook, allows: dict[MemberId, tuple[LevelId, ...]]) -> Rulebook:
    return replace(book, allows_of=allows, relevant_checks={}, _crowds={})


@settings(deadline=None, max_examples=300)
@given(SEEDS, GIVEN)
def test_one_more_level_never_takes_a_right_away(seed: int, given: tuple[MemberId, LevelId]) -> None:
    """With any rules in force: who may pass may still pass after any role was given a further level."""
    moment, (member, more) = moment_of(seed), given
    book = moment.rulebook
    assume(more in book.levels)
    richer = with_levels(book, {**book.allows_of, member: (*book.allows_of.get(member, ()), more)})
    after = answers(moment._replace(rulebook=richer))
    for who, decision in answers(moment).items():
        if lets_pass(decision):
            assert (after[who].outcome, after[who].reason) == (decision.outcome, decision.reason), who


@settings(deadline=None, max_examples=300)
@given(SEEDS, GIVEN)
def test_one_level_less_never_adds_a_right(seed: int, given: tuple[MemberId, LevelId]) -> None:
    """With any rules in force: who is refused is refused after any role has lost a level."""
    moment, (member, lost) = moment_of(seed), given
    book = moment.rulebook
    left = tuple(each for each in book.allows_of.get(member, ()) if each != lost)
    after = answers(moment._replace(rulebook=with_levels(book, {**book.allows_of, member: left})))
    for who, decision in answers(moment).items():
        assert lets_pass(decision) or not lets_pass(after[who]), who


@settings(deadline=None, max_examples=200)
@given(SEEDS, st.sampled_from(LEVELS))
def test_temporary_access_takes_nothing_away(seed: int, level: LevelId) -> None:
    """Being lent a level never costs anybody a right that they have by their role."""
    moment = moment_of(seed)
    access = TemporaryAccess(level, Validity(end=NOON + HOUR))

    def lend(holder: Holder) -> Holder:
        person: Person = replace(holder.person, temporary=(*holder.person.temporary, access))
        return replace(holder, person=person)

    after = answers(moment._replace(people=tuple(map(lend, moment.people))))
    for who, decision in answers(moment).items():
        if lets_pass(decision):
            assert (after[who].outcome, after[who].reason) == (decision.outcome, decision.reason), who


def free_or_out(moment: Moment, point: AccessPointId) -> bool:
    rules = moment.rulebook.points[point]
    free = asked(rules, moment.memory, NOON).is_free
    return free or rules.point.direction is Direction.OUT


def denied_wrongly(moment: Moment) -> list[tuple[str, str]]:
    """Give who passes an access point that one of their roles or groups is denied at this hour."""
    people = {holder.person.id: moment.rulebook.crowd_of(holder.person) for holder in moment.people}
    return [
        (person, point)
        for (person, point), decision in answers(moment).items()
        if any(when.holds_at(NOON) for when in people[person].denies.get(point, ()))  # type: ignore[index]
        if lets_pass(decision) and not free_or_out(moment, point)
    ]


@settings(deadline=None, max_examples=300)
@given(SEEDS)
def test_a_denial_beats_every_right(seed: int) -> None:
    """Whatever levels somebody has and is lent: where one of their roles is denied, they are refused."""
    assert denied_wrongly(moment_of(seed)) == []


def test_a_denial_that_is_not_looked_at_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: without the check, the same property finds somebody let in."""
    others = tuple(check for check in checks.CHECKS if check is not checks.no_level_denies)
    monkeypatch.setattr("policies.objections.CHECKS", others)
    assert any(denied_wrongly(moment_of(seed)) for seed in range(200))


@pytest.mark.parametrize(
    ("denied", "refused"), [(ALWAYS, True), (TIMELESS, True), (AT_NIGHT, False), (NEVER, False)]
)
def test_a_denial_beats_a_right_while_its_hour_lasts(denied: object, refused: bool) -> None:
    """A level that always allows does not help against one that denies by day; at another hour it does."""
    book = site(
        levels_of={STAFF: [level("all", ["front-in"], TIMELESS)], GUARD: []},
        denies_of={GUARD: [level("no", ["front-in"], denied)]},  # type: ignore[arg-type]
    )
    expected = Decision(Outcome.REFUSED, Reason.DENIED_BY_LEVEL)
    both = person("alice", STAFF, GUARD)
    answer = Scene(book).decides(asks(both))
    assert answer == (expected if refused else Decision(Outcome.GRANTED, Reason.GRANTED))
    assert Scene(book).decides(asks(ALICE)).granted
