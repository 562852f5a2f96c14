"""``python -m tests.bench.console``: what the console costs, and how soon it answers a key.

The console runs as one runs it, in a terminal of 160 by 50, on a real site: a door process, an API process
and the simulated warehouse. What it shows is read from what it writes to its terminal, as is how soon after a
key it does.
"""

import csv
import io
import re
import sqlite3
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Final

from accessctl.client import ApiClient
from accessctl.home import Home
from accessctl.store.events import EventQueries
from tests.bench.bulk import PREFIXES, body_of
from tests.bench.console_pty import PtyConsole
from tests.bench.figures import Times, median_ratio, note, promise, ratio, show
from tests.bench.one_home import bench_home
from tests.bench.path import badges, locking, paced
from tests.whole.processes import Api, Door, Warehouse

ENTRIES_A_SECOND: Final = 50
SECONDS: Final = 10
ROUNDS: Final = 3
ENTRIES: Final = 1_000_000
PEOPLE: Final = 100_000
OPENINGS: Final = 5
SEARCHES: Final = 3
_BADGES: Final = SECONDS * ENTRIES_A_SECOND // 2
_BOARD, _EVENTS, _FIRST_PAGE = "1", "5", "Test site"
_NUMBER_AND_DAY: Final = re.compile(r"([0-9][0-9,]*) +20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9:]{8}")
_FIND: Final = "efused cage"
"""What stands in the field that ``/`` opens, behind its cursor."""


@dataclass
class Stretch:
    """What one stretch of badges came to."""

    times: Times
    cpu: float = 0.0
    """Of one core."""
    bytes_a_second: float = 0.0
    missed: int = 0
    recorded: int = 0
    keys_us: list[float] = field(default_factory=list)


def report(home: Home, warehouse: Warehouse) -> None:
    """Print what it costs while much happens."""
    print(f"The console beside {ENTRIES_A_SECOND} entries a second, {ROUNDS} times {SECONDS} s each way:")
    without, board, events, keys = [], [], [], []
    for _ in range(ROUNDS):
        without.append(_badged(home, warehouse))
        board.append(_badged(home, warehouse, _BOARD))
        events.append(_badged(home, warehouse, _EVENTS))
        keys.append(_badged(home, warehouse, _EVENTS, pressing=True))
    for what, some in (("the live board", board), ("the page of events", events)):
        promise(f"{what}, of a core", 100 * statistics.median(each.cpu for each in some), "%", 15)
        note(f"{what}, to its terminal", statistics.median(e.bytes_a_second for e in some) / 1000, "kB/s")
    note("entries recorded meanwhile", sum(each.recorded for each in events), "")
    promise("of them never shown", sum(each.missed for each in events), "", 0)
    pressed = Times(tuple(sorted(us for each in keys for us in each.keys_us)))
    show("key to what it changes on the screen", pressed)
    promise("95th percentile", pressed.at(0.95) / 1000, "ms", 100)
    show("card to strike without the console", _all(without))
    show("card to strike with it", _all(board))
    pairs = [(beside.times, bare.times) for beside, bare in zip(board, without, strict=True)]
    ratio("with / without, median of rounds", median_ratio(pairs), 1.1)


def _badged(home: Home, warehouse: Warehouse, page: str = "", *, pressing: bool = False) -> Stretch:
    """Badge at an even pace, without a console or beside one that shows a page."""
    # New processes each time: a reader's allowance is for people, not for benchmarks.
    with Door(home) as door, closing(Api(home)):
        if not page:
            return Stretch(
                badges(warehouse, "shed", _BADGES, between=paced(locking(door, "shed"), ENTRIES_A_SECOND))
            )
        with PtyConsole(home) as console:
            console.wait_for(_FIRST_PAGE)
            console.settle()
            if page != _BOARD:
                console.press(page, _NUMBER_AND_DAY.pattern)
            console.settle()
            console.forget()
            return _beside(console, home, door, warehouse, pressing=pressing)


def _beside(console: PtyConsole, home: Home, door: Door, warehouse: Warehouse, *, pressing: bool) -> Stretch:
    queries = EventQueries(home.record)
    first, written, cpu, began = queries.last_seq(), console.written_bytes, console.cpu_s, time.monotonic()
    stretch = Stretch(Times(()))
    with _pressing(console, stretch.keys_us) if pressing else closing(io.BytesIO()):
        stretch.times = badges(
            warehouse, "shed", _BADGES, between=paced(locking(door, "shed"), ENTRIES_A_SECOND)
        )
    took = time.monotonic() - began
    stretch.cpu = (console.cpu_s - cpu) / took
    stretch.bytes_a_second = (console.written_bytes - written) / took
    last = queries.last_seq()
    time.sleep(1.0)  # a repaint and its way through the stream
    shown = {int(each.replace(",", "")) for each in _NUMBER_AND_DAY.findall(console.text)}
    stretch.recorded = last - first
    stretch.missed = len(set(range(first + 1, last + 1)) - shown)
    return stretch


@contextmanager
def _pressing(console: PtyConsole, taken_us: list[float]) -> Iterator[None]:
    """Press a key again and again meanwhile, and measure until what it opens is written."""
    over = threading.Event()

    def press() -> None:
        while not over.wait(0.37):  # at another beat than the screen is drawn at
            taken_us.append(1e6 * console.press("/", _FIND))
            over.wait(0.2)
            console.press("\x1b", _NUMBER_AND_DAY.pattern)

    thread = threading.Thread(target=press)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def history(entries: int = ENTRIES) -> None:
    """Print how soon a long record is on the screen, and what that takes."""
    print(f"A record of {entries:,} entries, opened {OPENINGS} times:")
    with bench_home() as home, closing(Warehouse(home)):
        with Door(home):
            pass  # registers a run, which the entries stand under
        _fill(home, entries)
        with Door(home), closing(Api(home)):
            opened, grown, scrolled, ends, refused = [], [], [], [], []
            for _ in range(OPENINGS):
                with PtyConsole(home) as console:
                    console.wait_for(_FIRST_PAGE)
                    console.settle()
                    before = console.rss_mib
                    opened.append(1e6 * console.press(_EVENTS, _NUMBER_AND_DAY.pattern))
                    console.settle()
                    grown.append(console.rss_mib - before)
                    ends.append(1e6 * console.press("\x1b[F", r"\b1 20[0-9]{2}-"))
                    for _ in range(30):
                        console.press("\x1b[5~", _NUMBER_AND_DAY.pattern)
                    scrolled.append(console.rss_mib - before)
                    refused.append(1e6 * console.press("t", "narrow"))
                    console.settle()
                    refused[-1] = 1e6 * console.press("door_forced_open\r", "Nothing was found")
            show("key to the newest entries on the screen", Times(tuple(sorted(opened))))
            promise("slowest", max(opened) / 1e6, "s", 0.5)
            promise("growth of memory, most", max(grown), "MiB", 10)
            show("End to the oldest entries on the screen", Times(tuple(sorted(ends))))
            note("growth after 30 pages more, most", max(scrolled), "MiB")
            show("whole record searched for what is not there", Times(tuple(sorted(refused))))


def _fill(home: Home, entries: int) -> None:
    """Write very many entries, of badges that were minutes apart."""
    with closing(sqlite3.connect(home.record)) as record, record:
        run, newest = record.execute("SELECT max(id), (SELECT max(seq) FROM event) FROM run").fetchone()
        now_ms = int(time.time() * 1000)
        record.execute(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            " INSERT INTO event (at_ms, mono_ns, clock_synced, run, type, door, access_point, person,"
            " credential, reason, detail) SELECT ? - (? - i) * 60000, i, 1, ?, 'access_granted', 'shed',"
            " 'shed-in', 'alice', 'c-bench', 'Granted.', NULL FROM n",
            (entries - newest, now_ms, entries, run),
        )


def people(count: int = PEOPLE) -> None:
    """Print how soon after a key the first people are on the screen."""
    print(f"{count:,} people, searched as one types:")
    with (
        bench_home() as home,
        closing(Warehouse(home)),
        Door(home),
        closing(Api(home)),
        ApiClient(home.api_socket) as api,
    ):
        rows = [row[:-1] for row in csv.reader(io.StringIO(body_of(count).decode()))]
        out = io.StringIO()
        csv.writer(out).writerows(rows)
        api.import_people(iter([out.getvalue().encode()]), "csv")
        while EventQueries(home.record).last_seq() < count:
            time.sleep(0.5)  # until the door process has everybody in the record
        first = {typed: next(iter(api.people_page(q=typed, limit=1)["people"]), None) for typed in PREFIXES}
        taken: dict[str, list[float]] = {typed: [] for typed, found in first.items() if found is not None}
        with PtyConsole(home) as console:
            console.wait_for(_FIRST_PAGE)
            console.settle()
            console.press("2", "is:disabled")  # stands in the search field, which has the focus
            console.settle()
            for _ in range(SEARCHES):
                for typed, some in taken.items():
                    found = first[typed]
                    assert found is not None
                    some.append(_searched(console, typed, found["name"]))
        everything = Times(tuple(sorted(us for some in taken.values() for us in some)))
        show(f"key to the first people, {len(taken)} beginnings", everything)
        promise("95th percentile", everything.at(0.95) / 1000, "ms", 100)
        slowest = max(taken, key=lambda typed: statistics.median(taken[typed]))
        note(f"slowest of them ({slowest!r}), median", statistics.median(taken[slowest]) / 1000, "ms")


def _searched(console: PtyConsole, typed: str, name: str) -> float:
    """Type all but the last letter, then measure from that one to the first person's name; microseconds."""
    console.press("\x15", "")  # Ctrl-U: an empty field to begin with
    console.settle()  # such a key comes back from the field, and letters typed at once overtake it
    console.press(typed[:-1], "")
    console.settle()
    took = 1e6 * console.press(typed[-1], re.escape(name))
    console.settle()
    return took


def _all(stretches: list[Stretch]) -> Times:
    return Times(tuple(sorted(us for each in stretches for us in each.times.us)))


def main() -> None:
    """Run it alone; takes four minutes."""
    with bench_home() as home, closing(Warehouse(home)) as warehouse:
        report(home, warehouse)
    history()
    people()


if __name__ == "__main__":
    main()
