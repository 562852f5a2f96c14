"""The table itself, and what holds in every story that a door could live through.

The rules that hold everywhere are checked by the witness in ``story``; here it is sent through all short
stories, through many long ones, and through tables with a planted fault, which it has to find.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies import door as module
from policies.door import TABLE, Act, DoorState, Phase, Transition, at_start, step
from policies.door_events import (
    WHEN_ELAPSED,
    DoorEvent,
    ExitRequested,
    ExitSensed,
    Granted,
    LeafClosed,
    LeafOpened,
    LockOrdered,
    OpenElapsed,
    PreAlarmDue,
    PropOrdered,
    ReleaseElapsed,
    RelockElapsed,
    UnlockOrdered,
)
from policies.effects import DoorTimer, Effect, Record, Release
from policies.ids import DoorId
from policies.places import Door, DoorTimes
from tests.policies.story import OPEN_PHASES, TIMERS_OF, Story
from tests.policies.values import BLIND, LOBBY, NOBODY, WAY_OUT, passage_of, s

Table = Mapping[Phase, Mapping[type[DoorEvent], Transition]]

EVENTS: Final = get_args(DoorEvent)
RELEASED: Final = {phase for phase in Phase if DoorState(phase).released}


def test_the_table_knows_every_phase_and_only_known_events() -> None:
    """Each phase has its row, and each row speaks of events and phases that there are."""
    assert set(TABLE) == set(Phase)
    assert {event for row in TABLE.values() for event in row} == set(EVENTS)
    assert all(isinstance(transition.to, Phase) for row in TABLE.values() for transition in row.values())


def test_every_phase_can_be_reached_from_the_start() -> None:
    """There is no phase that no door could come into."""
    reached = {at_start(LOBBY).phase}
    while new := {t.to for phase in reached for t in TABLE[phase].values()} - reached:
        reached |= new
    assert reached == set(Phase)


def test_every_act_is_done_somewhere_and_has_an_effect() -> None:
    """No act is idle, and none is forgotten where acts become effects."""
    assert {act for row in TABLE.values() for t in row.values() for act in t.acts} == set(Act)
    waiting = (passage_of("alice"),)
    assert all(module._effects_of(act, LOBBY, LOBBY.times, waiting) for act in Act)


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("event", [Granted, ExitRequested, UnlockOrdered, LockOrdered, PropOrdered])
def test_no_order_falls_on_deaf_ears(phase: Phase, event: type[DoorEvent]) -> None:
    """In every phase there is an answer to a grant, an exit request and an operator's order."""
    assert event in TABLE[phase]


@pytest.mark.parametrize("phase", Phase)
def test_whoever_may_pass_finds_the_strike_released(phase: Phase) -> None:
    """In every phase, alarms included, a grant and an exit request release the strike."""
    assert TABLE[phase][Granted].to in RELEASED
    assert TABLE[phase][ExitRequested].to in RELEASED


@pytest.mark.parametrize("phase", Phase)
def test_nothing_but_a_right_releases(phase: Phase) -> None:
    """No timer, no leaf and no lock order leads from a secured phase to a released one, nor says release."""
    for event, transition in TABLE[phase].items():
        if event not in {Granted, ExitRequested, UnlockOrdered, PropOrdered}:
            assert Act.RELEASE not in transition.acts
            assert transition.to not in RELEASED or phase in RELEASED


@pytest.mark.parametrize("phase", Phase)
def test_a_leaf_moves_only_the_way_it_can(phase: Phase) -> None:
    """An open leaf cannot open and a closed one cannot close: such a report changes nothing."""
    impossible = LeafOpened() if phase in OPEN_PHASES else LeafClosed()
    if phase is not Phase.UNKNOWN:
        state = DoorState(phase)
        assert step(LOBBY, state, impossible) == (state, ())


@pytest.mark.parametrize("phase", Phase)
def test_a_timer_that_does_not_run_in_a_phase_changes_nothing(phase: Phase) -> None:
    """What comes late, when its time is no longer that of the phase, is of no consequence."""
    state = DoorState(phase)
    optional = {DoorTimer.RELEASE} if phase is Phase.UNLOCKED else set()
    for timer in set(DoorTimer) - TIMERS_OF[phase] - optional:
        assert step(LOBBY, state, WHEN_ELAPSED[timer]) == (state, ())


def test_every_timer_has_its_word() -> None:
    """Each timer that can be started tells the door something of its own when it runs out."""
    assert dict(WHEN_ELAPSED) == {
        DoorTimer.RELEASE: ReleaseElapsed(),
        DoorTimer.RELOCK: RelockElapsed(),
        DoorTimer.PRE_ALARM: PreAlarmDue(),
        DoorTimer.OPEN: OpenElapsed(),
    }


@pytest.mark.parametrize("door", [LOBBY, BLIND], ids=["monitored", "unmonitored"])
def test_no_door_starts_released(door: Door) -> None:
    """Whatever a door was before, it starts secured, with nobody waiting and no order in force."""
    state = at_start(door)
    assert (state.released, state.unlocked, state.waiting) == (False, False, ())
    assert (state.times, state.leaving, state.alarm) == (None, False, None)
    assert state.closed is not door.monitored


@pytest.mark.parametrize("phase", Phase)
def test_an_unlock_order_is_in_force_until_it_is_ended(phase: Phase) -> None:
    """Only an operator unlocks a door, and only an operator's lock order ends that."""
    unlocked = DoorState(phase).unlocked
    for event, transition in TABLE[phase].items():
        expected = event is UnlockOrdered or (unlocked and event is not LockOrdered)
        assert DoorState(transition.to).unlocked is expected


# All short stories. A letter is one thing that can happen: L turns the leaf, w waits for the next timer; at
# the door some need longer (s), some leave (o), and an operator may prop it (p).

LETTERS: Final = "gehulLw"
ALL_LETTERS: Final = LETTERS + "sop"


def tell(story: Story, letter: str, turn: int) -> Story:
    times = story.door.times
    match letter:
        case "g":
            return story.badge(passage_of(str(turn)))
        case "s":
            return story.badge(passage_of(str(turn)), story.door.extended)
        case "o":
            return story.badge(replace(passage_of(str(turn)), leaving=True))
        case "p":
            return story.props(replace(times, open=times.open * 10))
        case "e":
            return story.exit_button()
        case "h":
            return story.handle()
        case "u":
            return story.unlocks()
        case "l":
            return story.locks()
        case "L":
            return story.leaf_closes() if story.witness.leaf_open else story.leaf_opens()
        case _:
            return story.until_a_timer_speaks()


def all_stories(story: Story, length: int, letters: str = LETTERS) -> Iterator[Story]:
    """Tell every story of up to so many letters; the witness objects where something is wrong."""
    yield story
    if length:
        for letter in letters if story.door.monitored else letters.replace("L", ""):
            yield from all_stories(tell(story.fork(), letter, length), length - 1, letters)


CORRIDOR: Final = Door(DoorId("corridor"), "", DoorTimes(relock_delay=s(2), pre_alarm=s(0)))
SLOW: Final = replace(LOBBY, extended=DoorTimes(s(15), s(0), s(80), s(0)))
SLOW_CORRIDOR: Final = replace(CORRIDOR, extended=DoorTimes(s(15), s(5), s(80), s(20)))


@pytest.mark.parametrize("door", [LOBBY, CORRIDOR], ids=["with pre-alarm", "with relock delay"])
def test_the_witness_has_no_objection_to_any_short_story(door: Door) -> None:
    """Nothing that can happen to a closed door in five steps breaks a rule, and every phase comes about."""
    seen = {story.state.phase for story in all_stories(Story(door).leaf_closes(), 5)}
    never = Phase.WARNED if door.times.relock_delay else Phase.PASSING
    assert seen == set(Phase) - {Phase.UNKNOWN, never}


@pytest.mark.parametrize("door", [SLOW, SLOW_CORRIDOR], ids=["without warning", "with a warning"])
def test_the_witness_has_no_objection_where_some_need_longer(door: Door) -> None:
    """Nor when some people need longer, some leave by badge and an operator props the door."""
    seen = {story.state.phase for story in all_stories(Story(door).leaf_closes(), 4, ALL_LETTERS)}
    assert Phase.JOINED in seen


@pytest.mark.parametrize("door", [LOBBY, BLIND], ids=["leaf unknown", "unmonitored"])
def test_the_witness_has_no_objection_to_any_start(door: Door) -> None:
    """Nor does anything that can happen in the first four steps of a door that has just started."""
    letters = len(LETTERS) if door.monitored else len(LETTERS) - 1
    stories = sum(1 for _ in all_stories(Story(door), 4))
    assert stories == sum(letters**length for length in range(5))


DOORS: Final = st.builds(
    lambda release, relock, rest, pre_alarm, monitored: Door(
        DoorId("drawn"),
        "",
        DoorTimes(s(release), s(min(relock, release)), s(release + rest + pre_alarm), s(pre_alarm)),
        monitored,
        extended=DoorTimes(s(release), s(0), s(release + rest + 25), s(20 - pre_alarm)),
    ),
    st.integers(1, 30),
    st.integers(0, 30),
    st.integers(1, 60),
    st.integers(0, 20),
    st.booleans(),
)
HAPPENINGS: Final = st.lists(
    st.tuples(st.sampled_from(ALL_LETTERS), st.one_of(st.just(0), st.integers(0, 100))), max_size=40
)


@settings(deadline=None, max_examples=250)
@given(DOORS, HAPPENINGS)
def test_the_witness_has_no_objection_to_a_long_story(door: Door, happenings: list[tuple[str, int]]) -> None:
    """Whatever the times of the door and however long the story, no rule is broken at any moment."""
    story = Story(door)
    for turn, (letter, seconds) in enumerate(happenings):
        if letter == "L" and not door.monitored:
            continue
        tell(story.at(story.now + s(seconds)), letter, turn)


@settings(deadline=None)
@given(DOORS, HAPPENINGS)
def test_in_the_end_everybody_has_passed_or_not(door: Door, happenings: list[tuple[str, int]]) -> None:
    """Left alone, a door comes to rest: no timer runs, nobody waits, and it is secured unless unlocked."""
    story = Story(door)
    for turn, (letter, seconds) in enumerate(happenings):
        if letter != "L" or door.monitored:
            tell(story.at(story.now + s(seconds)), letter, turn)
    story.at(story.now + s(1000))
    assert not story.witness.running
    assert not story.state.waiting
    assert story.state.released is story.state.unlocked


# Negative controls: each rule of the witness finds a fault planted for it.


def without(act: Act, phase: Phase, event: type[DoorEvent]) -> tuple[Phase, type[DoorEvent], Transition]:
    transition = TABLE[phase][event]
    acts = tuple(each for each in transition.acts if each is not act)
    assert acts != transition.acts
    return phase, event, Transition(transition.to, acts)


PLANTED: Final = {
    "secure forgotten": (
        without(Act.SECURE, Phase.RELEASED, ReleaseElapsed),
        "the strike is not as the state says",
    ),
    "release forgotten": (without(Act.RELEASE, Phase.SECURED, Granted), "the strike is secured"),
    "a lock order releases": (
        (Phase.SECURED, LockOrdered, Transition(Phase.RELEASED, (Act.RELEASE, Act.START_RELEASE))),
        "released the strike",
    ),
    "a leaf releases": (
        (Phase.OPEN, LeafClosed, Transition(Phase.UNLOCKED, (Act.RELEASE, Act.STOP_OPEN, Act.CLOSED))),
        "released the strike",
    ),
    "a timer releases": (
        (Phase.SHUNTED, ReleaseElapsed, Transition(Phase.UNLOCKED, (Act.RELEASE,))),
        "released the strike",
    ),
    "held in, in alarm": ((Phase.HELD, ExitRequested, Transition(Phase.HELD)), "the strike is secured"),
    "forced and held in": ((Phase.FORCED, Granted, Transition(Phase.FORCED, (Act.TAKEN,))), "is secured"),
    "alarm for ever": (without(Act.FORCED_OVER, Phase.FORCED, LeafClosed), "an alarm outlived"),
    "alarm raised twice": (
        (Phase.FORCED, LockOrdered, Transition(Phase.FORCED, (Act.FORCED,))),
        "raised twice",
    ),
    "alarm restored unraised": (
        (
            Phase.FORCED,
            UnlockOrdered,
            Transition(Phase.UNLOCKED_OPEN, (Act.QUIET, Act.HELD_OVER, Act.RELEASE)),
        ),
        "without its alarm",
    ),
    "noise for ever": (without(Act.QUIET, Phase.HELD, LeafClosed), "the tone is not that of the alarms"),
    "warning for ever": (without(Act.QUIET, Phase.WARNED, LeafClosed), "the warning tone"),
    "timer left running": (without(Act.STOP_RELEASE, Phase.RELEASED, LeafOpened), "run in Phase.PASSING"),
    "timer not started": (
        without(Act.START_OPEN, Phase.UNLOCKED_OPEN, LockOrdered),
        "run in Phase.OPEN",
    ),
    "timer in a secured door": (without(Act.STOP_OPEN, Phase.OPEN, LeafClosed), "run in Phase.SECURED"),
    "passage forgotten": (without(Act.NOT_TAKEN, Phase.RELEASED, ReleaseElapsed), "would wait for ever"),
    "passage ended unseen": (without(Act.TAKEN, Phase.FORCED, Granted), "waits at an open leaf"),
    "time not given anew": (without(Act.START_RELEASE, Phase.RELEASED, Granted), "has not its full time"),
    "open time not given anew": (without(Act.START_OPEN, Phase.OPEN, Granted), "has not its full open time"),
    "prop forgotten": (
        without(Act.START_OPEN, Phase.OPEN, PropOrdered),
        "the leaf may not be open for so long",
    ),
    "prop keeps the alarm": (
        without(Act.FORCED_OVER, Phase.FORCED, PropOrdered),
        "the alarm is not as the state says",
    ),
    "alarm not masked": ((Phase.SECURED, ExitSensed, Transition(Phase.SECURED)), "the alarm is not masked"),
    "leaf mistaken": (
        (Phase.OPEN, LeafClosed, Transition(Phase.OPEN, (Act.CLOSED,))),
        "the leaf is not as the phase says",
    ),
    "opening unrecorded": (without(Act.OPENED, Phase.SECURED, LeafOpened), "an opening is not in the record"),
    "closing unrecorded": (without(Act.CLOSED, Phase.HELD, LeafClosed), "a closing is not in the record"),
}


@pytest.mark.parametrize(("fault", "objection"), PLANTED.values(), ids=PLANTED)
def test_the_witness_finds_a_planted_fault(
    fault: tuple[Phase, type[DoorEvent], Transition], objection: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table with one wrong entry is found out by the rule that it breaks."""
    phase, event, transition = fault
    monkeypatch.setattr(module, "TABLE", {**TABLE, phase: {**TABLE[phase], event: transition}})
    letters = LETTERS + "p" if event is PropOrdered else LETTERS
    with pytest.raises(AssertionError, match=objection):
        for _ in all_stories(Story(LOBBY).leaf_closes(), 5, letters):
            pass


Step = Callable[[Door, DoorState, DoorEvent], tuple[DoorState, tuple[Effect, ...]]]


def keeps_passages(door: Door, state: DoorState, event: DoorEvent) -> tuple[DoorState, tuple[Effect, ...]]:
    after, effects = step(door, state, event)
    return replace(after, waiting=state.waiting or after.waiting), effects


def forgets_who_leaves(
    door: Door, state: DoorState, event: DoorEvent
) -> tuple[DoorState, tuple[Effect, ...]]:
    after, effects = step(door, state, event)
    return replace(after, leaving=False), effects


def forgets_longer_times(
    door: Door, state: DoorState, event: DoorEvent
) -> tuple[DoorState, tuple[Effect, ...]]:
    after, effects = step(door, state, event)
    return replace(after, times=None), effects


def ends_passages_twice(
    door: Door, state: DoorState, event: DoorEvent
) -> tuple[DoorState, tuple[Effect, ...]]:
    after, effects = step(door, state, event)
    return after, effects + tuple(e for e in effects if isinstance(e, Record) and e.passage.person)


@pytest.mark.parametrize(
    ("planted", "objection"),
    [
        (keeps_passages, "a passage was forgotten or kept"),
        (ends_passages_twice, "without being granted, or twice"),
        (forgets_who_leaves, "whether somebody is let out"),
        (forgets_longer_times, "the times are not the longest given"),
    ],
)
def test_the_witness_finds_a_door_that_remembers_wrongly(
    planted: Step, objection: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A door that keeps a passage, records it twice, or forgets who leaves or needs longer is found out."""
    monkeypatch.setattr("tests.policies.story.step", planted)
    with pytest.raises(AssertionError, match=objection):
        for _ in all_stories(Story(SLOW).leaf_closes(), 3, ALL_LETTERS):
            pass


def test_the_witness_finds_a_door_that_starts_released(monkeypatch: pytest.MonkeyPatch) -> None:
    """A start that releases is found out before anything happens."""
    monkeypatch.setattr("tests.policies.story.at_start", lambda _: DoorState(Phase.UNLOCKED))
    with pytest.raises(AssertionError, match="starts released"):
        Story(LOBBY)


def test_an_operator_who_releases_a_door_is_not_waited_for() -> None:
    """A release in nobody's name leaves nobody's passage open, wherever it leads."""
    state, effects = step(LOBBY, DoorState(Phase.SECURED), Granted(NOBODY))
    assert state == DoorState(Phase.RELEASED)
    assert Release() in effects
    assert step(LOBBY, DoorState(Phase.SECURED), Granted())[0] == state
    assert WAY_OUT.door == LOBBY.id


def test_a_relock_that_comes_late_changes_nothing() -> None:
    """Whoever joined while the relock delay ran out is not locked out by it."""
    state = DoorState(Phase.JOINED)
    assert step(LOBBY, state, RelockElapsed()) == (state, ())
