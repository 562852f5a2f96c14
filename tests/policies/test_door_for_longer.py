"""Doors that are open for longer than usual: for people who need it, and because an operator says so.

And doors that let somebody out, whom no order may lock in.
"""

from dataclasses import replace
from typing import Final

import pytest

from policies.door import DoorState, Phase, step
from policies.door_events import (
    DoorEvent,
    ExitRequested,
    Granted,
    LockOrdered,
    PropOrdered,
    UnlockOrdered,
)
from policies.effects import DoorTimer, Effect, Passage, Record, Release, Secure, Sound, StartTimer, Tone
from policies.event_types import EventType
from policies.places import Door, DoorTimes
from tests.policies.story import Story
from tests.policies.values import ALICE, BOB, LOBBY, WAY_OUT, passage_of, s

PROP: Final = replace(LOBBY.times, open=s(600))
OPEN_LONG: Final = (StartTimer(DoorTimer.PRE_ALARM, s(590)), StartTimer(DoorTimer.OPEN, s(600)))
HELD_OVER: Final = (Sound(Tone.QUIET), Record(EventType.DOOR_OPEN_TOO_LONG_RESTORED))
FORCED_OVER: Final = (Sound(Tone.QUIET), Record(EventType.DOOR_FORCED_OPEN_RESTORED))
RELEASED_ONCE: Final = (Release(), StartTimer(DoorTimer.RELEASE, s(5)))


@pytest.mark.parametrize(
    ("phase", "to", "effects"),
    [
        (Phase.UNKNOWN, Phase.RELEASED, RELEASED_ONCE),
        (Phase.SECURED, Phase.RELEASED, RELEASED_ONCE),
        (Phase.RELEASED, Phase.RELEASED, RELEASED_ONCE),
        (Phase.SHUNTED, Phase.RELEASED, RELEASED_ONCE),
        (Phase.PASSING, Phase.PASSING, OPEN_LONG),
        (Phase.OPEN, Phase.OPEN, OPEN_LONG),
        (Phase.JOINED, Phase.JOINED, OPEN_LONG),
        (Phase.WARNED, Phase.OPEN, (Sound(Tone.QUIET), *OPEN_LONG)),
        (Phase.HELD, Phase.OPEN, (*HELD_OVER, *OPEN_LONG)),
        (Phase.HELD_JOINED, Phase.JOINED, (*HELD_OVER, *OPEN_LONG)),
        (Phase.FORCED, Phase.OPEN, (*FORCED_OVER, *OPEN_LONG)),
        (Phase.FORCED_JOINED, Phase.JOINED, (*FORCED_OVER, *OPEN_LONG)),
        (Phase.UNLOCKED, Phase.UNLOCKED, ()),
        (Phase.UNLOCKED_OPEN, Phase.UNLOCKED_OPEN, ()),
    ],
)
def test_an_operator_lets_a_leaf_stand_open(phase: Phase, to: Phase, effects: tuple[Effect, ...]) -> None:
    """From every phase the leaf may be open for that long: an alarm ends, a closed door is released."""
    state, done = step(LOBBY, DoorState(phase), PropOrdered(PROP))
    assert (state.phase, done) == (to, effects)
    assert state.times == (None if to is Phase.UNLOCKED else PROP)
    assert not state.leaving


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize(
    ("event", "lets_out"),
    [
        (ExitRequested(), True),
        (Granted(Passage(WAY_OUT.id, leaving=True)), True),
        (Granted(passage_of("alice")), False),
        (Granted(), False),
        (UnlockOrdered(), False),
        (PropOrdered(PROP), False),
        (LockOrdered(), False),
    ],
)
def test_a_door_knows_whether_somebody_is_being_let_out(
    phase: Phase, event: DoorEvent, lets_out: bool
) -> None:
    """It is so from an exit request, or a grant that leads out, until the strike is secured again."""
    assert step(LOBBY, DoorState(phase), event)[0].leaving is lets_out
    leaving, _ = step(LOBBY, DoorState(phase, leaving=True), event)
    assert leaving.leaving is leaving.released


def test_who_shows_a_card_twice_passes_once() -> None:
    """A second grant before the leaf opens takes the place of the first, in whichever direction it leads."""
    first, second = passage_of("alice"), replace(passage_of("alice"), leaving=True)
    state, _ = step(LOBBY, DoorState(Phase.SECURED), Granted(first))
    state, _ = step(LOBBY, state, Granted(passage_of("bob")))
    state, _ = step(LOBBY, state, Granted(second))
    assert state.waiting == (passage_of("bob"), second)


# People who need longer.

SLOW: Final = DoorTimes(release=s(15), relock_delay=s(3), open=s(80), pre_alarm=s(20))
PATIENT: Final = replace(LOBBY, extended=SLOW)

OPENED = Record(EventType.DOOR_OPENED)
CLOSED = Record(EventType.DOOR_CLOSED)
ALICE_ENTERED = Record(EventType.ACCESS_TAKEN, ALICE)
ALICE_DID_NOT = Record(EventType.ACCESS_NOT_TAKEN, ALICE)
BOB_ENTERED = Record(EventType.ACCESS_TAKEN, BOB)
WARNED = (Sound(Tone.PRE_ALARM), Record(EventType.DOOR_PRE_ALARM))
HELD = (Sound(Tone.ALARM), Record(EventType.DOOR_OPEN_TOO_LONG))


def closed_door(door: Door = PATIENT) -> Story:
    return Story(door).leaf_closes().expects()


def test_who_needs_longer_has_longer_for_every_part_of_the_passage() -> None:
    """The release, the relock delay, the warning and the alarm all come later, and by their times."""
    story = closed_door().badge(ALICE, SLOW).expects(Release())
    story.at(s(14.999)).leaf_opens().expects(OPENED, ALICE_ENTERED)
    story.at(s(17.998)).expects()
    story.at(s(17.999)).expects(Secure())
    story.at(s(74.998)).expects()
    story.at(s(74.999)).expects(*WARNED)
    story.at(s(94.999)).expects(*HELD)


def test_a_release_for_who_needs_longer_ends_with_their_time() -> None:
    """Whoever does not open within the longer time has not entered."""
    closed_door().badge(ALICE, SLOW).at(s(15)).expects(Release(), Secure(), ALICE_DID_NOT)


def test_the_longer_times_hold_for_whoever_comes_meanwhile() -> None:
    """Who joins somebody slow does not cut their time short."""
    story = closed_door().badge(ALICE, SLOW).leaf_opens().expects(Release(), OPENED, ALICE_ENTERED)
    story.at(s(10)).badge(BOB).expects(Secure(), Release(), BOB_ENTERED)
    story.at(s(69.999)).expects(Secure())
    story.at(s(70)).expects(*WARNED)
    story.at(s(90)).expects(*HELD)


def test_the_next_passage_has_the_usual_times_again() -> None:
    """Longer times end with the passage that they were given for."""
    story = closed_door().badge(ALICE, SLOW).leaf_opens().expects(Release(), OPENED, ALICE_ENTERED)
    story.at(s(5)).leaf_closes().expects(Secure(), CLOSED)
    story.at(s(10)).badge(BOB).at(s(15)).expects(Release(), Secure(), Record(EventType.ACCESS_NOT_TAKEN, BOB))


def test_longer_times_do_not_shorten_what_is_longer_still() -> None:
    """At a propped door somebody who needs longer has all the time that the operator gave."""
    story = closed_door().props(PROP).badge(ALICE, SLOW).leaf_opens()
    story.expects(Release(), Release(), OPENED, ALICE_ENTERED, Secure())
    story.at(s(589.999)).expects()
    story.at(s(590)).expects(*WARNED)


def test_a_warning_that_was_due_before_is_not_sounded_to_who_needs_none() -> None:
    """Where the longer times have no warning, that of the usual ones does not sound in between."""
    quiet = replace(SLOW, pre_alarm=s(0))
    story = closed_door().badge(BOB).leaf_opens().expects(Release(), OPENED, BOB_ENTERED, Secure())
    story.at(s(10)).badge(ALICE, quiet).expects(Release(), ALICE_ENTERED)
    story.at(s(89.999)).expects(Secure())
    story.at(s(90)).expects(*HELD)


def test_an_unlocked_door_gives_nobody_longer() -> None:
    """It may be open for as long as anybody likes; locked with its leaf open, the longest time given runs."""
    story = closed_door().unlocks().badge(ALICE, SLOW).at(s(15)).expects(Release(), Release(), ALICE_DID_NOT)
    story.leaf_opens().badge(ALICE, SLOW).locks().expects(OPENED, Release(), ALICE_ENTERED, Secure())
    story.at(s(94.999)).expects(*WARNED)
    story.at(s(95)).expects(*HELD)


# An operator's word.


def test_a_propped_door_is_quiet_for_so_long_and_no_longer() -> None:
    """A truck is unloaded with the leaf open; ten minutes later it warns and alarms as ever."""
    story = closed_door().props(PROP).expects(Release())
    story.at(s(4)).leaf_opens().expects(OPENED, Secure())
    story.at(s(593.999)).expects()
    story.at(s(594)).expects(*WARNED)
    story.at(s(604)).expects(*HELD)
    story.leaf_closes().expects(*HELD_OVER, CLOSED)


def test_a_prop_that_nobody_uses_is_over() -> None:
    """The next opening after the release time is forced, and the one after a badge has the usual time."""
    story = closed_door().props(PROP).at(s(5)).expects(Release(), Secure())
    story.badge(ALICE).leaf_opens().expects(Release(), OPENED, ALICE_ENTERED, Secure())
    story.at(s(35)).expects(*WARNED)


def test_a_prop_declares_an_alarm_lawful() -> None:
    """Who has forced the door open for good reason gets the time that the operator says."""
    story = closed_door().leaf_opens()
    story.expects(OPENED, Sound(Tone.ALARM), Record(EventType.DOOR_FORCED_OPEN))
    story.at(s(30)).props(PROP).expects(*FORCED_OVER)
    story.at(s(619)).expects()
    story.at(s(620)).expects(*WARNED)


def test_the_last_word_of_an_operator_counts() -> None:
    """A second prop takes the place of the first, whether it is longer or shorter."""
    story = closed_door().props(PROP).leaf_opens().expects(Release(), OPENED, Secure())
    story.at(s(100)).props(replace(PROP, open=s(60))).expects()
    story.at(s(150)).expects(*WARNED)


def test_who_is_let_out_is_remembered_until_the_strike_is_secured() -> None:
    """So a lockdown that begins meanwhile can let their release run out by itself."""
    story = closed_door().exit_button()
    assert story.state.leaving
    assert story.fork().badge(ALICE).state.leaving
    assert not story.fork().leaf_opens().state.leaving
    assert not story.at(s(5)).state.leaving
