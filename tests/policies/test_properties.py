"""What holds at every site, whatever happens there.

The rules that hold at all times are checked by the witness after every turn, and each turn is taken back
once and judged again (``site_story``). Here both are sent through sites and traces of every kind;
``test_properties_controls`` shows that they would object.
"""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.decide import Decision, Outcome, decide
from policies.event_types import EventType
from policies.factors import ALL_FACTORS
from policies.ids import AccessPointId, LevelId, MemberId, PersonId
from policies.memory import Memory
from policies.requests import Request
from policies.rulebook import AccessLevel, AccessPolicy, Rulebook
from policies.turn import Answer, Note, SiteEffect
from tests.policies.made_sites import ACME, PEOPLE
from tests.policies.plays import SEEDS, STEPS, Step, one_of, play
from tests.policies.site_story import TABLES, SiteStory
from tests.policies.sites import GUARD, STAFF, VISITOR, site
from tests.policies.values import ALWAYS

MEMBERS = (STAFF, GUARD, VISITOR, ACME)
PLAYED = settings(max_examples=60, deadline=None)
PLAYED_TWICE = settings(max_examples=20, deadline=None)
Right = tuple[PersonId, AccessPointId]


@given(SEEDS, STEPS)
@PLAYED
def test_nothing_happens_that_must_not(seed: int, steps: list[Step]) -> None:
    """Through every site and every trace, nothing that the witness guards against comes to pass.

    Nobody passes without a grant or a free point; leaving is never refused; presence is what the opened
    leaves say, and no count is below nothing; hard passback lets nobody in twice running; no two doors of an
    interlock are released; lockdown and emergency outrank what is below them; deny beats allow; what is
    taken back leaves nothing behind; and nobody waits for ever.
    """
    play(seed, steps)


def random_steps(seed: int, count: int) -> list[Step]:
    made = Random(seed)
    numbers = (100, 251, 251, 251)
    return [Step(*(made.randrange(number) for number in numbers)) for _ in range(count)]


def test_a_long_day_goes_well() -> None:
    """Many happenings in one place find what short traces do not."""
    for seed in range(10):
        play(seed, random_steps(seed, 150))


# ------------------------------------------------------------------------------- same in, same out


@given(SEEDS, STEPS)
@PLAYED_TWICE
def test_the_same_trace_gives_the_same_effects(seed: int, steps: list[Step]) -> None:
    """Played twice, word for word."""
    assert play(seed, steps).told == play(seed, steps).told


def digest() -> str:
    told = [line for seed in range(5) for line in play(seed, random_steps(seed, 60)).told]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def test_no_order_depends_on_chance() -> None:
    """Python's sets of strings come in another order in each process; what is told does not."""
    script = "from tests.policies.test_properties import digest; print(digest())"
    told = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in (1, 2)
    }
    assert len(told) == 1


# ------------------------------------------------------------------------------------------ duress


def shown(effects: list[SiteEffect]) -> list[SiteEffect]:
    """Give what anybody at a door could see, hear or find in an entry of their own."""
    return [
        effect._replace(decision=calm(effect.decision)) if isinstance(effect, Answer) else effect
        for effect in effects
        if not (isinstance(effect, Note) and effect.type == EventType.DURESS)
    ]


def calm(decision: Decision) -> Decision:
    together = tuple(replace(request, duress=False) for request in decision.together)
    return replace(decision, duress=False, together=together)


@given(SEEDS, STEPS)
@PLAYED_TWICE
def test_nothing_shows_that_somebody_cried_for_help(seed: int, steps: list[Step]) -> None:
    """With and without duress, doors, answers, timers and entries are the same, but for the silent ones."""
    crying, calmly = play(seed, steps).effects, play(seed, steps, may_cry=False).effects
    assert shown(crying) == calmly


def test_a_cry_for_help_would_be_seen_if_it_changed_anything() -> None:
    """The negative control: there are silent entries in such a trace, and with them it differs."""
    steps = random_steps(3, 150)
    crying, calmly = play(3, steps).effects, play(3, steps, may_cry=False).effects
    assert crying != calmly
    assert len(shown(crying)) < len(crying)


# ------------------------------------------------------------------------------------------ rights


def rights(rulebook: Rulebook, story: SiteStory) -> set[Right]:
    """Give who may pass where now, each for themselves, showing all that could be asked for."""
    remembered = {name: getattr(story.warden.memory, name) for name in TABLES}
    memory = Memory(**{**remembered, "companions": {}})
    return {
        (holder.person.id, point)
        for holder in PEOPLE
        for point in rulebook.points
        if decide(Request(point, holder, ALL_FACTORS), rulebook, story.now, memory).outcome
        is not Outcome.REFUSED
    }


def with_level(rulebook: Rulebook, member: MemberId, point: AccessPointId) -> Rulebook:
    """Give the same rules, in which a role or group has one level more."""
    level = AccessLevel(LevelId("more"), (AccessPolicy(point, ALWAYS),))
    allows = {**rulebook.allows_of, member: (*rulebook.allows_of.get(member, ()), level.id)}
    levels = {**rulebook.levels, level.id: {point: (ALWAYS,)}}
    return replace(rulebook, allows_of=allows, levels=levels, _crowds={})


@given(SEEDS, STEPS, st.sampled_from(MEMBERS), st.integers(0, 250))
@PLAYED
def test_a_level_more_takes_no_right_away(seed: int, steps: list[Step], member: MemberId, which: int) -> None:
    """Whoever may pass may still; and so a level less gives nobody a right that they had not."""
    story = play(seed, steps)
    rulebook = story.warden.rulebook
    point = one_of(sorted(rulebook.points), which)
    before, after = rights(rulebook, story), rights(with_level(rulebook, member, point), story)
    assert before <= after
    assert {at for _person, at in after - before} <= {point}


def test_a_level_more_gives_a_right() -> None:
    """The negative control: where nobody has any right, one level makes the difference that is looked for."""
    nothing = site(levels_of={})
    point = AccessPointId("front-in")
    story = SiteStory(nothing)
    assert {at for _person, at in rights(nothing, story)} == {"front-out", "back-out", "store-out"}
    gained = rights(with_level(nothing, GUARD, point), story) - rights(nothing, story)
    assert gained == {(PersonId("dot"), point), (PersonId("eve"), point)}
