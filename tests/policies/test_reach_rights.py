"""What levels, roles and groups come to; that the masks agree with ``decide`` is in test_reach.py."""

from policies.degraded import Condition, Degraded, Fallback
from policies.door_modes import DoorMode
from policies.ids import AccessPointId, DoorId, LevelId
from policies.memory import Memory
from policies.reach_ground import Ground
from policies.reach_rights import Rights
from policies.rulebook import Rulebook, Traits
from tests.policies.sites import ALICE, BY_DAY, STAFF, door, level, site
from tests.policies.values import NOON

FRONT = AccessPointId("front-in")
BOOK = site(levels_of={STAFF: [level("day", ["front-in"], BY_DAY)]})


def rights(book: Rulebook, memory: Memory | None = None) -> tuple[Rights, Ground]:
    ground = Ground(book, NOON, memory or Memory())
    return Rights(ground), ground


def test_a_crowd_is_allowed_what_its_levels_give_now() -> None:
    """By day the day's level counts, and nothing is denied where nothing is."""
    worked_out, ground = rights(BOOK)
    masks = worked_out.of_crowd(BOOK.crowd_of(ALICE.person))
    assert (masks.allowed & ground.bits[FRONT], masks.denied) == (ground.bits[FRONT], 0)


def test_a_crowd_is_worked_out_once() -> None:
    """However many people share their roles, the masks are the same value."""
    worked_out, _ = rights(BOOK)
    crowd = BOOK.crowd_of(ALICE.person)
    assert worked_out.of_crowd(crowd) is worked_out.of_crowd(crowd)


def test_a_lockdown_shuts_out_who_may_not_pass_then() -> None:
    """Whose role passes a lockdown is not shut out by it."""
    memory = Memory()
    memory.put("modes", DoorId("front"), DoorMode.LOCKED_DOWN)
    for passes in (True, False):
        book = site(
            levels_of={STAFF: [level("day", ["front-in"], BY_DAY)]}, traits_of={STAFF: Traits(passes)}
        )
        worked_out, ground = rights(book, memory)
        shut = worked_out.of_crowd(book.crowd_of(ALICE.person)).shut & ground.bits[FRONT]
        assert bool(shut) is not passes


def test_a_level_that_nobody_knows_lends_nothing() -> None:
    """Temporary access may outlive the level that it names."""
    assert rights(BOOK)[0].lent(LevelId("gone")) == 0


def test_a_right_of_the_hour_does_not_count_by_a_clock_that_is_not_trusted() -> None:
    """Where only what holds at every hour counts, the day's level gives nothing."""
    timeless = Degraded(clock_untrusted=Fallback.TIMELESS_ONLY)
    book = site(
        doors=[door("front", degraded=timeless)], levels_of={STAFF: [level("day", ["front-in"], BY_DAY)]}
    )
    memory = Memory()
    memory.put("gone", (Condition.CLOCK_UNTRUSTED, None), value=True)
    worked_out, ground = rights(book, memory)
    assert not worked_out.of_crowd(book.crowd_of(ALICE.person)).allowed & ground.bits[FRONT]
