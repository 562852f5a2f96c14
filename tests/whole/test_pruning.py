"""Retention with the processes that do it: the notary asks, the door process deletes, doors open as ever."""

import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from accessctl.exporting.looking import verify_record
from accessctl.home import Home
from accessctl.keys.root import Purpose, RootKey
from accessctl.link.answers import Done, Fault, FaultCode
from accessctl.link.requests import PruneRecord
from accessctl.store.entry import Entry, Moment
from accessctl.store.pruning import MOST
from accessctl.store.record import Change, RecordWriter
from policies.ids import DoorId
from tests.exporting.making import export, files_of, silent, verified
from tests.homes import RUN
from tests.whole.processes import Door, Warehouse
from tests.whole.site import once
from tests.whole.test_notary import notary_of, opens

OLD = 600
KEPT_RIGHT = (
    "import sys, accessctl.door.clock as clock;"
    "clock.kernel_clock_is_synchronised = lambda: {};"
    "sys.argv = ['accessctl-door', *sys.argv[3:]];"
    "from accessctl.door.__main__ import main;"
    "sys.exit(main())"
)
"""The door process as on a machine whose clock is kept right, or is not: this one's may be either."""


@pytest.fixture
def old_home(home: Home) -> Home:
    """A home that was lived in two months ago, and that keeps what doors do for a month."""
    text = home.site_file.read_text()
    home.site_file.write_text(f"{text}\n[record.retention]\ndoors_days = 30\n")
    start = datetime.now(UTC) - timedelta(days=60)
    moments = (Moment(start + timedelta(seconds=n), n, clock_synced=True) for n in range(OLD))
    entries = tuple(Entry(moment, "door_opened", DoorId("shed")) for moment in moments)
    marks = RootKey.load(home.root_key).derive(Purpose.RECORD_ENTRIES)
    with closing(RecordWriter(home.record, RUN, lambda: marks)) as writer:
        writer.append(Change(entries))
    return home


def door_at(home: Home, *, kept_right: bool) -> Door:
    return Door(home, "-c", KEPT_RIGHT.format(kept_right))


def numbers(home: Home) -> list[int]:
    with closing(sqlite3.connect(home.record)) as connection:
        return [seq for (seq,) in connection.execute("SELECT seq FROM event ORDER BY seq")]


def test_what_is_old_goes_and_all_else_goes_on(old_home: Home, warehouse: Warehouse) -> None:
    """Two whole tiles go; a badge opens, an export verifies, and so does the record where it lies."""
    home = old_home
    with door_at(home, kept_right=True) as door, notary_of(home) as notary:
        notary.sign()
        once(lambda: numbers(home)[0] > 512, lambda: f"nothing went: {notary.log.read_text()}")
        opens(door, warehouse, "pruning")
        notary.sign()
        assert notary.stop() == 0
    assert numbers(home) == list(range(513, numbers(home)[-1] + 1))
    assert verify_record(home.record, home.tree, None, (), silent(0)).good
    done = export(home, home.path / "out")
    assert done.entries + done.unsigned == len(numbers(home))
    files = files_of(home.path / "out")
    assert verified(files, files["vkey.txt"].decode()).good


def test_a_clock_that_nobody_keeps_right_makes_nothing_old(old_home: Home, warehouse: Warehouse) -> None:
    """The door process says no, whoever asks, and the notary goes on signing."""
    home = old_home
    assert warehouse.released() == []
    with door_at(home, kept_right=False) as door, notary_of(home) as notary:
        notary.sign()
        answer = door.ask(PruneRecord("doors", 1, 100))
        assert isinstance(answer, Fault)
        assert answer.code is FaultCode.UNUSABLE
        log = notary.log
        once(lambda: "nothing is pruned now" in log.read_text(), lambda: "nobody was asked")
        notary.sign()
    assert numbers(home)[:OLD] == list(range(1, OLD + 1))


def test_what_goes_at_once_takes_no_door_long(old_home: Home, warehouse: Warehouse) -> None:
    """Far less than anybody at a door would notice."""
    home = old_home
    assert warehouse.released() == []
    with door_at(home, kept_right=True) as door:
        began = time.monotonic()
        assert isinstance(door.ask(PruneRecord("doors", 1, 1000)), Done)
        assert time.monotonic() - began < 1.0
    assert numbers(home)[0] == MOST + 1
