"""Upkeep: the log is moved in quiet times, so that no badge pays for it."""

import subprocess
import sys

from accessctl.door.upkeep import LOOK_EVERY, TOO_MANY, WORTH_IT, Upkeep
from accessctl.keys.pins import MEMORY_KIB
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
        story.badge("front-in", STRANGER).after(0.02)
    _look(story, upkeep)
    assert upkeep.moving is not None


MANY_PINS = """
from concurrent.futures import ThreadPoolExecutor
from accessctl.door.__main__ import keep_one_arena
import subprocess
import sys

from accessctl.door.upkeep import give_memory_back
from accessctl.keys.pins import PinHasher

def resident_kib():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmRSS")).split()[1])

keep_one_arena()
before = resident_kib()
with ThreadPoolExecutor(1) as workers:
    for number in range(6):
        workers.submit(PinHasher(b"p" * 32).hash, "alice", f"471{number}").result()
    give_memory_back()
    print(resident_kib() - before)
"""


def test_what_pins_took_is_given_back() -> None:
    """After a busy minute the process is about as lean as before it: one PIN's hash takes 19 MiB."""
    ran = subprocess.run([sys.executable, "-c", MANY_PINS], capture_output=True, check=True, text=True)
    assert int(ran.stdout) < MEMORY_KIB // 2
