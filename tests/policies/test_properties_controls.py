"""The negative controls: wardens with a planted fault, each of which the witness has to find.

Without these nobody would know whether the properties guard against anything at all.
"""

from collections.abc import Callable
from datetime import datetime

import pytest

from policies.area_rules import LowerLimit
from policies.door_events import Granted, LockOrdered, UnlockOrdered
from policies.door_modes import DoorMode
from policies.effects import Release
from policies.ids import AreaId, DoorId, InputId, PersonId
from policies.interlock import Interlock
from policies.memory import Memory, Stay
from policies.orders import Lockdown, Order, SetMode
from policies.presence import move
from policies.requests import Request
from policies.rulebook import Rulebook
from policies.turn import AtDoor, Start, Turn
from policies.warden import Warden
from tests.policies.site_story import SiteStory
from tests.policies.sites import ALICE, BOB, HARD, STAFF, area, level, site
from tests.policies.values import s

FRONT = DoorId("front")
HARD_HALL = site(areas=[area("hall", passback=HARD)])


Told = Callable[[SiteStory], object]


def caught(warden: type[Warden], words: str, rulebook: Rulebook, tell: Told) -> None:
    """Tell a story to a warden with a fault; the witness objects with these words. A sound one passes."""
    tell(SiteStory(rulebook))
    with pytest.raises(AssertionError, match=words):
        tell(SiteStory(rulebook, warden=warden))


# ---------------------------------------------------------------------------------- who gets in


class Generous(Warden):
    """Releases the strike for whoever is refused."""

    def present(self, request: Request, now: datetime, detail: dict[str, object] | None = None) -> Turn:
        turn = super().present(request, now, detail)
        if not turn.releases:
            self.passing.happens(turn, FRONT, Granted())
        return turn


class Forgetful(Warden):
    """Forgets who is where before every badge."""

    def present(self, request: Request, now: datetime, detail: dict[str, object] | None = None) -> Turn:
        for name in tuple(self.memory.stays):
            move(self.memory, name, (AreaId("street"),), now)
        return super().present(request, now, detail)


class Permissive(Warden):
    """Does not know of any level that denies."""

    def __init__(self, rulebook: Rulebook, memory: Memory | None = None) -> None:
        super().__init__(site(), memory)


class Unlocker(Warden):
    """Unlocks a door because somebody has badged."""

    def present(self, request: Request, now: datetime, detail: dict[str, object] | None = None) -> Turn:
        turn = super().present(request, now, detail)
        self.memory.put("modes", FRONT, DoorMode.UNLOCKED)
        self.passing.happens(turn, FRONT, UnlockOrdered())
        return turn


def test_a_release_without_a_grant_is_caught() -> None:
    """Nobody passes without a grant, a free point, an order, a schedule or a fire."""
    nobody = site(levels_of={})
    caught(Generous, "front was released", nobody, lambda story: story.badge(ALICE, "front-in"))
    caught(Unlocker, "front is DoorMode.UNLOCKED for nothing", nobody, lambda s: s.badge(ALICE, "front-out"))


def test_a_second_entry_is_caught() -> None:
    """Hard passback lets nobody in twice running, by one door or by two at once."""
    twice = lambda story: story.goes_through(ALICE, "front-in").badge(ALICE, "back-in")  # noqa: E731
    caught(Forgetful, "came in twice running", HARD_HALL, twice)
    without = site()
    two_doors = lambda story: story.badge(ALICE, "front-in").badge(ALICE, "back-in")  # noqa: E731
    caught(_ruled_by(without), "may come in by two doors", HARD_HALL, two_doors)
    caught(_ruled_by(without), "came in twice running", HARD_HALL, twice)


def test_a_denied_entry_is_caught() -> None:
    """Deny beats allow."""
    denied = site(denies_of={STAFF: [level("never", ["front-in"])]})
    caught(Permissive, "alice is denied", denied, lambda story: story.badge(ALICE, "front-in"))


def _ruled_by(rulebook: Rulebook) -> type[Warden]:
    """Give a warden who goes by other rules than those that he was given."""

    class Misled(Warden):
        def __init__(self, _rulebook: Rulebook, memory: Memory | None = None) -> None:
            super().__init__(rulebook, memory)

    return Misled


# --------------------------------------------------------------------------------- who gets out


class Jailer(Warden):
    """Lets nobody out."""

    def exit_requested(self, door_id: DoorId, now: datetime) -> Turn:
        return Turn(now)

    def let_out(self, door_id: DoorId, now: datetime) -> Turn:
        return Turn(now)

    def present(self, request: Request, now: datetime, detail: dict[str, object] | None = None) -> Turn:
        return Turn(now)


@pytest.mark.parametrize(
    "leaves",
    [
        lambda story: story.exit_button("front"),
        lambda story: story.let_out("front"),
        lambda story: story.badge(ALICE, "front-out"),
    ],
)
def test_a_door_that_lets_nobody_out_is_caught(leaves: Told) -> None:
    """Leaving is never refused, by button, by card, or when something went wrong."""
    caught(Jailer, "nobody was let out", site(), leaves)


# ------------------------------------------------------------------------------- who is where


class Hasty(Warden):
    """Moves people with the grant."""

    def present(self, request: Request, now: datetime, detail: dict[str, object] | None = None) -> Turn:
        turn = super().present(request, now, detail)
        move(self.memory, PersonId("alice"), (AreaId("hall"),), now)
        return turn


class Miscounting(Warden):
    """Counts a head off when a leaf is shut."""

    def leaf(self, door_id: DoorId, now: datetime, *, is_open: bool) -> Turn:
        turn = super().leaf(door_id, now, is_open=is_open)
        self.memory.put("headcounts", AreaId("hall"), -1)
        return turn


class Doubling(Warden):
    """Counts everybody who comes in twice."""

    def leaf(self, door_id: DoorId, now: datetime, *, is_open: bool) -> Turn:
        turn = super().leaf(door_id, now, is_open=is_open)
        if self.memory.stays:
            self.memory.put("headcounts", AreaId("hall"), 2)
        return turn


class Disoriented(Warden):
    """Knows where people are, but not what that is a part of."""

    def leaf(self, door_id: DoorId, now: datetime, *, is_open: bool) -> Turn:
        turn = super().leaf(door_id, now, is_open=is_open)
        if self.memory.stays:
            self.memory.put("stays", PersonId("alice"), Stay(AreaId("hall"), (), ()))
        return turn


@pytest.mark.parametrize(
    ("warden", "words"),
    [
        (Hasty, "not where the leaves say"),
        (Miscounting, "fewer than nobody"),
        (Doubling, "miscounted"),
        (Disoriented, "not in the whole of it"),
    ],
)
def test_presence_that_is_wrong_is_caught(warden: type[Warden], words: str) -> None:
    """Presence is what the opened leaves say, and every head is counted once, where it is."""
    caught(warden, words, site(), lambda story: story.badge(ALICE, "front-in").leaf_opens("front"))


# ------------------------------------------------------------------------------ what outranks what


class Unlocked(Warden):
    """Knows of no interlock when somebody leaves."""

    def exit_requested(self, door_id: DoorId, now: datetime) -> Turn:
        turn = Turn(now)
        self.passing.happens(turn, door_id, Granted())
        return turn


class Deaf(Warden):
    """Says that an order was carried out and does nothing; hears no fire either."""

    def order(self, order: Order, operator: str, now: datetime, order_id: str | None = None) -> Turn:
        return Turn(now)

    def fire(self, input_id: InputId, now: datetime, *, active: bool) -> Turn:
        return Turn(now)


class Hurried(Warden):
    """Locks freed doors as soon as the fire input comes to rest."""

    def fire(self, input_id: InputId, now: datetime, *, active: bool) -> Turn:
        turn = super().fire(input_id, now, active=active)
        if not active:
            self.passing.happens(turn, FRONT, LockOrdered())
        return turn


class Partial(Warden):
    """Takes a lockdown for a suggestion."""

    def present(self, request: Request, now: datetime, detail: dict[str, object] | None = None) -> Turn:
        mode = self.memory.modes.pop(FRONT, DoorMode.LOCKED)
        turn = super().present(request, now, detail)
        self.memory.modes[FRONT] = mode
        return turn


def test_two_released_doors_of_an_interlock_are_caught() -> None:
    """Also where the second one is released for somebody who leaves."""
    locked = site(interlocks=[Interlock((FRONT, DoorId("store")))])
    caught(
        Unlocked, "which are interlocked", locked, lambda s: s.badge(ALICE, "front-in").exit_button("store")
    )


def test_a_lockdown_that_is_not_kept_is_caught() -> None:
    """Doors stay as they are in it, or somebody passes who may not."""
    caught(Deaf, "is not locked down", site(), lambda story: story.order(Lockdown()))
    caught(
        Partial, "passed a lockdown", site(), lambda story: story.order(Lockdown()).badge(ALICE, "front-in")
    )


def test_an_emergency_that_is_not_kept_is_caught() -> None:
    """Doors that a fire input releases are free, and stay so when it comes to rest."""
    on_fire = site(fire_doors={InputId("fire"): (FRONT,)})
    caught(Deaf, "front is not free", on_fire, lambda story: story.fire())
    caught(Hurried, "secured in an emergency", on_fire, lambda story: story.fire().fire(active=False))


class Loose(Warden):
    """Unlocks a door without a word to its strike."""

    def order(self, order: Order, operator: str, now: datetime, order_id: str | None = None) -> Turn:
        turn = super().order(order, operator, now, order_id)
        turn.effects = [each for each in turn.effects if each != AtDoor(FRONT, Release())]
        return turn


class Slack(Warden):
    """Secures a door that is unlocked, and its record of the door as well."""

    def leaf(self, door_id: DoorId, now: datetime, *, is_open: bool) -> Turn:
        turn = super().leaf(door_id, now, is_open=is_open)
        if self.passing.mode(door_id).releases:
            self.passing.happens(turn, door_id, LockOrdered())
        return turn


def test_a_strike_that_is_not_as_the_door_says_is_caught() -> None:
    """Effects and state are one; and what is unlocked is released."""
    unlock = SetMode(FRONT, DoorMode.UNLOCKED)
    caught(Loose, "strike of front is not as known", site(), lambda story: story.order(unlock))
    caught(Slack, "and secured", site(), lambda story: story.order(unlock).leaf_closes("front"))


# --------------------------------------------------------------------------- turns and their timers


class Sloppy(Warden):
    """Changes a table past the list of changes."""

    def present(self, request: Request, now: datetime, detail: dict[str, object] | None = None) -> Turn:
        self.memory.numbers["badges"] = self.memory.numbers.get("badges", 0) + 1
        return super().present(request, now, detail)


class Moody(Warden):
    """Answers otherwise every time."""

    moods = 0

    def present(self, request: Request, now: datetime, detail: dict[str, object] | None = None) -> Turn:
        self.moods += 1
        return super().present(request, now, {"mood": self.moods})


class Timeless(Warden):
    """Starts no timer."""

    def leaf(self, door_id: DoorId, now: datetime, *, is_open: bool) -> Turn:
        turn = super().leaf(door_id, now, is_open=is_open)
        turn.effects = [each for each in turn.effects if not isinstance(each, Start)]
        return turn


class Idle(Warden):
    """Waits for others when somebody is at a door's housing."""

    def tamper(self, door_id: DoorId, now: datetime, *, active: bool) -> Turn:
        turn = super().tamper(door_id, now, active=active)
        turn.effects.append(Start(("gather", "front-in"), s(30)))
        return turn


class Belated(Warden):
    """Starts a timer that should have run out before."""

    def tamper(self, door_id: DoorId, now: datetime, *, active: bool) -> Turn:
        turn = super().tamper(door_id, now, active=active)
        turn.effects.append(Start(("mode", door_id), s(-1)))
        return turn


def test_a_turn_that_cannot_be_taken_back_is_caught() -> None:
    """Every change of a turn is taken back, and the same happening brings about the same again."""
    caught(Sloppy, "something was left", site(), lambda story: story.badge(ALICE, "front-in"))
    caught(Moody, "went otherwise", site(), lambda story: story.badge(ALICE, "front-in"))


def test_a_wait_without_an_end_is_caught() -> None:
    """Whoever waits has a timer that ends it; no timer runs for nobody, and none lies in the past."""
    pairs = site(areas=[area("hall", lower_limit=LowerLimit(2, s(60)))])
    caught(Timeless, "nothing ends", pairs, lambda story: story.goes_through(ALICE, "front-in"))
    caught(Idle, "nobody waits for", site(), lambda story: story.tamper("front"))
    caught(Belated, "should have run out before", site(), lambda story: story.tamper("front"))


# ---------------------------------------------------------------------------------- the story itself


def test_a_story_notices_what_it_does_not_expect() -> None:
    """An effect too many or too few fails it, and time does not go back."""
    story = SiteStory(site()).badge(BOB, "front-in")
    with pytest.raises(AssertionError, match="access_granted"):
        story.expects()
    with pytest.raises(AssertionError, match="release front"):
        story.expects("access_granted")
    with pytest.raises(AssertionError, match="back in time"):
        story.at(s(-1))
    with pytest.raises(AssertionError, match="no door"):
        story.refuses(SetMode(DoorId("attic"), None), "no cellar")
