"""Upkeep: the log is moved in quiet times, so that no badge pays for it."""

from accessctl.door.upkeep import LOOK_EVERY, TOO_MANY, WORTH_IT, Upkeep
from accessctl.store.record import LOG_BYTES
from tests.door.conftest import STRANGER
from tests.door.story import Story


def _upkeep(story: Story) -> Upkeep:
    upkeep = Upkeep(story.home.record, story.process.timers, story.process.recorder)
    upkeep.start()
    return upkeep


def _look(story: Story, upkeep: Upkeep) -> None:
    story.after(LOOK_EVERY.total_seconds())
    if upkeep.moving is not None:
        upkeep.moving.join()


def test_the_log_has_its_full_size_from_the_start(story: Story) -> None:
    """A commit that makes a file grow costs more, so the file is grown before the first badge."""
    assert story.home.record.with_name("record.db-wal").stat().st_size >= LOG_BYTES


def test_the_log_is_moved_when_it_is_worth_it_and_nobody_is_at_a_door(story: Story) -> None:
    """A few changes are left alone; many are moved once the record has been quiet for one look."""
    upkeep = _upkeep(story)
    _look(story, upkeep)
    _look(story, upkeep)
    assert upkeep.moving is None
    for _ in range(WORTH_IT):
        story.badge("front-in", STRANGER)
    _look(story, upkeep)
    assert upkeep.moving is None, "somebody was at a door since the last look"
    _look(story, upkeep)
    assert upkeep.moving is not None
    _look(story, upkeep)
    assert story.process.recorder.since_checkpoint == 0


def test_a_site_that_is_never_quiet_has_its_log_moved_all_the_same(story: Story) -> None:
    """The log must not outgrow its laid-out size, whatever goes on."""
    upkeep = _upkeep(story)
    for _ in range(TOO_MANY):
        story.badge("front-in", STRANGER)
    _look(story, upkeep)
    assert upkeep.moving is not None
