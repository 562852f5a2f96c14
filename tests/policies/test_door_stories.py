"""What a door does, told as it happens. The witness in ``story`` watches every step as well."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from policies.effects import Effect, Record, Release, Secure, Sound, Tone
from policies.event_types import EventType
from policies.places import Door, DoorTimes
from tests.policies.story import Story
from tests.policies.values import ALICE, BLIND, BOB, LOBBY, NOBODY, s

OPENED = Record(EventType.DOOR_OPENED)
CLOSED = Record(EventType.DOOR_CLOSED)
FORCED = (OPENED, Sound(Tone.ALARM), Record(EventType.DOOR_FORCED_OPEN))
FORCED_OVER = (Sound(Tone.QUIET), Record(EventType.DOOR_FORCED_OPEN_RESTORED))
WARNED = (Sound(Tone.PRE_ALARM), Record(EventType.DOOR_PRE_ALARM))
HELD = (Sound(Tone.ALARM), Record(EventType.DOOR_OPEN_TOO_LONG))
HELD_OVER = (Sound(Tone.QUIET), Record(EventType.DOOR_OPEN_TOO_LONG_RESTORED))
ALICE_ENTERED = Record(EventType.ACCESS_TAKEN, ALICE)
ALICE_DID_NOT = Record(EventType.ACCESS_NOT_TAKEN, ALICE)
BOB_ENTERED = Record(EventType.ACCESS_TAKEN, BOB)
BOB_DID_NOT = Record(EventType.ACCESS_NOT_TAKEN, BOB)


def closed_door(door: Door = LOBBY) -> Story:
    return Story(door).leaf_closes().expects()


@pytest.fixture
def lobby() -> Story:
    """A closed door: 5 s to open it, 40 s until the alarm, a warning 10 s before."""
    return closed_door()


@pytest.fixture
def forced() -> Story:
    return closed_door().at(s(1)).leaf_opens().expects(*FORCED)


@pytest.fixture
def held() -> Story:
    story = closed_door().badge(ALICE).leaf_opens().expects(Release(), OPENED, ALICE_ENTERED, Secure())
    return story.at(s(40)).expects(*WARNED, *HELD)


def test_who_is_granted_opens_and_enters(lobby: Story) -> None:
    """The strike is released for the badge and secured as soon as the leaf is open."""
    lobby.at(s(0)).badge(ALICE).expects(Release())
    lobby.at(s(2)).leaf_opens().expects(OPENED, ALICE_ENTERED, Secure())
    lobby.at(s(6)).leaf_closes().expects(CLOSED)
    lobby.at(s(500)).expects()


def test_a_door_may_be_secured_a_little_later() -> None:
    """With a relock delay the strike stays released until the latch is clear of it."""
    door = replace(LOBBY, times=replace(LOBBY.times, relock_delay=s(2)))
    story = closed_door(door).badge(ALICE).expects(Release())
    story.at(s(1)).leaf_opens().expects(OPENED, ALICE_ENTERED)
    story.at(s(2.9)).expects()
    story.at(s(3)).expects(Secure())
    story.at(s(4)).leaf_closes().expects(CLOSED)


def test_a_leaf_that_closes_within_the_relock_delay_is_secured_at_once() -> None:
    """A second person cannot open the leaf again in what is left of the delay."""
    door = replace(LOBBY, times=replace(LOBBY.times, relock_delay=s(4)))
    story = closed_door(door).badge(ALICE).leaf_opens().expects(Release(), OPENED, ALICE_ENTERED)
    story.at(s(1)).leaf_closes().expects(Secure(), CLOSED)
    story.at(s(2)).leaf_opens().expects(*FORCED)


def test_a_grant_that_nobody_uses_is_recorded(lobby: Story) -> None:
    """When the release time is over the door is secured, and nobody counts as inside."""
    lobby.badge(ALICE).expects(Release())
    lobby.at(s(4.999)).expects()
    lobby.at(s(5)).expects(Secure(), ALICE_DID_NOT)
    lobby.at(s(6)).leaf_opens().expects(*FORCED)


def test_an_operators_release_is_nobodys_passage(lobby: Story) -> None:
    """A release in nobody's name ends without a word about who entered."""
    lobby.badge(NOBODY).expects(Release())
    lobby.at(s(5)).expects(Secure())
    lobby.at(s(6)).badge(NOBODY).leaf_opens().expects(Release(), OPENED, Secure())


def test_two_badges_are_two_passages(lobby: Story) -> None:
    """Who badges while the door is released for somebody else gets the full time, and both enter."""
    lobby.badge(ALICE).expects(Release())
    lobby.at(s(4)).badge(BOB).expects(Release())
    lobby.at(s(8)).leaf_opens().expects(OPENED, ALICE_ENTERED, BOB_ENTERED, Secure())


def test_a_propped_door_warns_before_it_alarms(lobby: Story) -> None:
    """Held open is first a polite tone, then an alarm, and over when the leaf is closed."""
    lobby.badge(ALICE).expects(Release())
    lobby.at(s(2)).leaf_opens().expects(OPENED, ALICE_ENTERED, Secure())
    lobby.at(s(31.999)).expects()
    lobby.at(s(32)).expects(*WARNED)
    lobby.at(s(42)).expects(*HELD)
    lobby.at(s(500)).expects()
    lobby.at(s(501)).leaf_closes().expects(*HELD_OVER, CLOSED)


def test_closing_at_the_warning_is_soon_enough(lobby: Story) -> None:
    """Who closes the door when it warns is spared the alarm."""
    lobby.badge(ALICE).leaf_opens().at(s(30)).expects(Release(), OPENED, ALICE_ENTERED, Secure(), *WARNED)
    lobby.at(s(35)).leaf_closes().expects(Sound(Tone.QUIET), CLOSED)
    lobby.at(s(500)).expects()


def test_without_a_pre_alarm_time_the_alarm_comes_unannounced() -> None:
    """A pre-alarm time of nothing means no warning."""
    story = closed_door(replace(LOBBY, times=DoorTimes(open=s(20), pre_alarm=s(0))))
    story.badge(ALICE).leaf_opens().expects(Release(), OPENED, ALICE_ENTERED, Secure())
    story.at(s(19.999)).expects()
    story.at(s(20)).expects(*HELD)
    story.leaf_closes().expects(*HELD_OVER, CLOSED)


def test_a_forced_door_alarms_until_it_is_closed(forced: Story) -> None:
    """A leaf that opens by nobody's leave alarms at once; no lock order and no time ends that."""
    forced.at(s(2)).locks().expects()
    forced.at(s(500)).expects()
    forced.leaf_closes().expects(*FORCED_OVER, CLOSED)
    forced.leaf_opens().expects(*FORCED)


def test_an_exit_request_releases(lobby: Story) -> None:
    """Where a button releases the strike, somebody leaves without a name."""
    lobby.exit_button().expects(Release())
    lobby.at(s(3)).leaf_opens().expects(OPENED, Secure())
    lobby.at(s(5)).leaf_closes().expects(CLOSED)


def test_an_exit_request_that_nobody_uses_is_forgotten(lobby: Story) -> None:
    """The door is secured again, and there is nobody to say that they did not leave."""
    lobby.exit_button().expects(Release())
    lobby.at(s(5)).expects(Secure())


def test_a_handle_masks_the_alarm_and_releases_nothing(lobby: Story) -> None:
    """Where the handle frees the leaf from inside, the strike stays secured and nothing is forced."""
    lobby.handle().expects()
    lobby.at(s(1)).leaf_opens().expects(OPENED)
    lobby.at(s(3)).leaf_closes().expects(CLOSED)


def test_a_handle_masks_the_alarm_for_a_while_only(lobby: Story) -> None:
    """When the release time is over, an opening is forced again; a second touch starts the time anew."""
    lobby.handle().at(s(4)).handle().at(s(8)).expects()
    lobby.fork().at(s(8.9)).leaf_opens().expects(OPENED)
    lobby.at(s(9)).leaf_opens().expects(*FORCED)


def test_a_lock_order_does_not_hold_a_handle(lobby: Story) -> None:
    """Somebody on the way out by the handle is not turned into a burglar by an operator."""
    lobby.handle().locks().leaf_opens().expects(OPENED)


def test_a_handle_at_a_released_door_changes_nothing(lobby: Story) -> None:
    """A grant given before the handle was touched is still good."""
    lobby.badge(ALICE).handle().expects(Release())
    lobby.at(s(5)).expects(Secure(), ALICE_DID_NOT)


def test_who_badges_at_an_open_door_joins(lobby: Story) -> None:
    """The second person counts as entered at once, and the open time starts anew for them."""
    lobby.badge(ALICE).leaf_opens().expects(Release(), OPENED, ALICE_ENTERED, Secure())
    lobby.at(s(20)).badge(BOB).expects(Release(), BOB_ENTERED)
    lobby.at(s(25)).expects(Secure())
    lobby.at(s(49)).expects()
    lobby.at(s(60)).expects(*WARNED, *HELD)


def test_a_leaf_that_falls_shut_on_who_joined_can_be_opened_again(lobby: Story) -> None:
    """The strike stays released for its time, and the second opening is no forced one."""
    lobby.badge(ALICE).leaf_opens().expects(Release(), OPENED, ALICE_ENTERED, Secure())
    lobby.at(s(2)).badge(BOB).expects(Release(), BOB_ENTERED)
    lobby.at(s(3)).leaf_closes().expects(CLOSED)
    lobby.at(s(5)).leaf_opens().expects(OPENED, Secure())


def test_who_joins_at_the_warning_ends_it(lobby: Story) -> None:
    """A grant at a door that warns is a reason for it to be open, so the warning ends."""
    lobby.badge(ALICE).leaf_opens().at(s(30)).expects(Release(), OPENED, ALICE_ENTERED, Secure(), *WARNED)
    lobby.badge(BOB).expects(Sound(Tone.QUIET), Release(), BOB_ENTERED)
    lobby.at(s(59)).expects(Secure())
    lobby.at(s(60)).expects(*WARNED)


def test_a_grant_at_a_held_door_does_not_end_the_alarm(held: Story) -> None:
    """Somebody may walk in, but the alarm ends only when the leaf is closed."""
    held.at(s(50)).badge(BOB).expects(Release(), BOB_ENTERED)
    held.at(s(55)).expects(Secure())
    held.at(s(60)).leaf_closes().expects(*HELD_OVER, CLOSED)


def test_a_held_door_that_closes_on_who_was_granted_stays_released_for_its_time(held: Story) -> None:
    """The alarm ends with the closing, the release when its time is over."""
    held.at(s(50)).badge(BOB).expects(Release(), BOB_ENTERED)
    held.at(s(51)).leaf_closes().expects(*HELD_OVER, CLOSED)
    held.at(s(55)).expects(Secure())


@pytest.mark.parametrize("alarm", ["forced", "held"])
def test_a_torn_off_position_switch_keeps_nobody_in(alarm: str, request: pytest.FixtureRequest) -> None:
    """A door that reads open for ever is in alarm for ever, and still lets people out and in."""
    story: Story = request.getfixturevalue(alarm)
    for minute in range(1, 4):
        story.at(s(60 * minute)).exit_button().expects(Release())
        story.at(s(60 * minute + 5)).expects(Secure())
        story.at(s(60 * minute + 6)).badge(BOB).expects(Release(), BOB_ENTERED)
        story.at(s(60 * minute + 7)).locks().expects(Secure())
        story.at(s(60 * minute + 30)).expects()


@pytest.mark.parametrize(("alarm", "over"), [("forced", FORCED_OVER), ("held", HELD_OVER)])
def test_unlocking_a_door_in_alarm_declares_it_open(
    alarm: str, over: tuple[Effect, ...], request: pytest.FixtureRequest
) -> None:
    """An operator who unlocks the door ends the alarm, whether or not somebody was just let through."""
    story: Story = request.getfixturevalue(alarm)
    joined = story.fork().at(s(50)).badge(BOB).expects(Release(), BOB_ENTERED)
    joined.unlocks().expects(*over)
    joined.at(s(500)).expects()
    story.unlocks().expects(*over, Release())
    story.at(s(500)).expects()


def test_an_unlocked_door_stays_released(lobby: Story) -> None:
    """It may be opened and left open as long as anybody likes."""
    lobby.unlocks().expects(Release())
    lobby.at(s(100)).leaf_opens().expects(OPENED)
    lobby.at(s(900)).leaf_closes().expects(CLOSED)
    lobby.at(s(901)).handle().expects()
    lobby.at(s(902)).locks().expects(Secure())
    lobby.at(s(903)).leaf_opens().expects(*FORCED)


def test_an_unlocked_door_is_released_anew_for_who_asks(lobby: Story) -> None:
    """A strike with a longest time may have rested meanwhile; nobody stands before it for that."""
    lobby.unlocks().expects(Release())
    lobby.at(s(600)).exit_button().expects(Release())
    lobby.at(s(700)).unlocks().expects(Release())
    lobby.at(s(800)).badge(ALICE).expects(Release())
    lobby.leaf_opens().expects(OPENED, ALICE_ENTERED)
    lobby.exit_button().unlocks().badge(BOB).expects(Release(), Release(), Release(), BOB_ENTERED)


def test_who_badges_at_an_unlocked_door_is_counted(lobby: Story) -> None:
    """The strike is released anyway; what counts is whether they entered."""
    lobby.unlocks().expects(Release())
    lobby.at(s(10)).badge(ALICE).leaf_opens().expects(Release(), OPENED, ALICE_ENTERED)
    lobby.badge(BOB).expects(Release(), BOB_ENTERED)
    lobby.exit_button().leaf_closes().expects(Release(), CLOSED)
    lobby.at(s(20)).badge(ALICE).at(s(25)).expects(Release(), ALICE_DID_NOT)


def test_locking_an_unlocked_door_with_its_leaf_open_starts_the_open_time(lobby: Story) -> None:
    """From the lock order on, an open leaf is one that is held."""
    lobby.unlocks().leaf_opens().expects(Release(), OPENED)
    lobby.at(s(100)).unlocks().locks().expects(Release(), Secure())
    lobby.at(s(140)).expects(*WARNED, *HELD)


def test_locking_takes_back_what_was_granted(lobby: Story) -> None:
    """A lock order ends a release that nobody has used, at a locked door and at an unlocked one."""
    lobby.badge(ALICE).expects(Release())
    lobby.locks().expects(Secure(), ALICE_DID_NOT)
    lobby.unlocks().badge(BOB).expects(Release(), Release())
    lobby.locks().expects(Secure(), BOB_DID_NOT)


def test_locking_does_not_wait_for_the_relock_delay() -> None:
    """A lock order secures the strike at once, also behind somebody who is just passing."""
    door = replace(LOBBY, times=replace(LOBBY.times, relock_delay=s(5)))
    story = closed_door(door).badge(ALICE).leaf_opens().expects(Release(), OPENED, ALICE_ENTERED)
    story.at(s(1)).locks().expects(Secure())
    story.at(s(2)).badge(BOB).expects(Release(), BOB_ENTERED)
    story.at(s(3)).locks().expects(Secure())
    story.at(s(10)).locks().expects()


def test_locking_a_locked_door_changes_nothing(lobby: Story) -> None:
    """The order is understood, and there is nothing to do."""
    lobby.locks().expects()


def leave_alone(story: Story) -> Story:
    return story


def open_the_leaf(story: Story) -> Story:
    return story.badge(ALICE).leaf_opens()


def warn(story: Story) -> Story:
    return open_the_leaf(story).at(s(30))


def join(story: Story) -> Story:
    return open_the_leaf(story).badge(BOB)


@pytest.mark.parametrize("before", [leave_alone, Story.handle, Story.exit_button, open_the_leaf, warn, join])
def test_an_unlock_order_is_obeyed_in_every_phase(before: Callable[[Story], Story]) -> None:
    """Whatever went before, the strike is released and no alarm comes of it."""
    story = before(Story(LOBBY).leaf_closes()).unlocks()
    assert story.state.unlocked
    assert story.state.released
    story.at(s(1000))
    assert story.state.unlocked
    assert not story.witness.alarms


def test_a_door_without_a_switch_says_nothing_about_who_entered() -> None:
    """Nobody can say that nobody entered, so neither is recorded; the strike obeys as ever."""
    story = Story(BLIND).badge(ALICE).expects(Release())
    story.at(s(5)).expects(Secure())
    story.at(s(6)).exit_button().expects(Release())
    story.at(s(11)).expects(Secure())
    story.at(s(12)).unlocks().badge(BOB).expects(Release(), Release())
    story.at(s(60)).locks().expects(Secure())


def test_a_door_that_starts_with_its_leaf_open_is_not_forced() -> None:
    """What was opened before the start is nobody's crime, but the open time runs from the start."""
    story = Story(LOBBY).at(s(1)).leaf_opens().expects(OPENED)
    story.at(s(31)).expects(*WARNED)
    story.at(s(41)).expects(*HELD)
    story.leaf_closes().expects(*HELD_OVER, CLOSED)


def test_a_door_serves_before_its_switch_has_spoken() -> None:
    """Between the start and the first word of the switch, badges, buttons, handles and orders count."""
    Story(LOBBY).badge(ALICE).leaf_opens().expects(Release(), OPENED, ALICE_ENTERED, Secure())
    Story(LOBBY).exit_button().expects(Release())
    Story(LOBBY).handle().leaf_opens().expects(OPENED)
    Story(LOBBY).unlocks().expects(Release())
    Story(LOBBY).locks().leaf_closes().expects()


def test_a_story_notices_what_it_does_not_expect(lobby: Story) -> None:
    """The negative control of the stories: an effect too many or too few fails them."""
    lobby.badge(ALICE)
    with pytest.raises(AssertionError, match="Release"):
        lobby.expects()
    with pytest.raises(AssertionError, match="Release"):
        lobby.expects(Release(), Secure())
    with pytest.raises(AssertionError, match="back in time"):
        lobby.at(s(-1))
