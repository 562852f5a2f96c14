"""What each stage of a badge costs by itself, inside one process."""

import secrets
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from accessctl.config import load_file
from accessctl.home import Home
from accessctl.keys.cards import CardTagger, KnownCards
from accessctl.keys.pins import PinHasher
from accessctl.keys.root import Purpose, RootKey
from accessctl.store.entry import Entry, Moment
from accessctl.store.people import PeopleReader
from accessctl.store.record import Change, RecordWriter, Run
from policies.decide import decide
from policies.ids import AccessPointId
from policies.requests import Request
from tests.bench.figures import Times, ratio, rss_mib, show
from tests.door.conftest import ALICE
from tests.door.story import UID, Office, make_home
from tests.whole.processes import Door, Warehouse

FEW, MANY = 1_000, 1_000_000
ASKED = 4_000


def measure(task: Callable[[], object], times: int) -> Times:
    """Do something so many times."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter_ns()
        task()
        taken.append(time.perf_counter_ns() - begun)
    return Times.of_ns(taken)


def report(home: Home) -> None:
    """Print what recalling a tag, looking up, deciding, appending and hashing cost."""
    print("By stage, in one process:")
    root = RootKey.load(home.root_key)
    site = load_file(home.site_file)
    known = KnownCards()
    with closing(PeopleReader(home.people)) as people:
        tagger = CardTagger(root.derive(Purpose.CARD_INDEX), people.card_tag_scheme())
        tag = tagger.tag(UID, ALICE)
        known.remember(UID, ALICE, tag)
        show("recall a known card's tag (BLAKE2)", measure(lambda: known.recall(UID, ALICE), 5000))
        show("look up the holder (SQLite)", measure(lambda: people.holder_of(tag), 5000))
        request = Request(AccessPointId("shed-in"), people.holder_of(tag))
        show("decide", measure(lambda: decide(request, site.rulebook, datetime.now(UTC)), 5000))
        entry = Entry(Moment(datetime.now(UTC), 0, clock_synced=True), "access_granted", reason="Granted.")
        with closing(RecordWriter(home.record, Run("bench", "boot", "rules", "0"))) as record:
            show("append one event, durable", measure(lambda: record.append(Change((entry,))), 500))
        show("tag of an unknown card (Argon2id, 8 MiB)", measure(lambda: tagger.tag(UID, ALICE), 50))
        hasher = PinHasher(root.derive(Purpose.PIN_PEPPER))
        hashed = hasher.hash("alice", "4711")
        show("verify a PIN (Argon2id, 19 MiB)", measure(lambda: hasher.verify(hashed, "alice", "4711"), 20))


def resting(home: Home, warehouse: Warehouse) -> None:
    """Print what the door process weighs after it was used."""
    with Door(home) as door, warehouse.tool.watch(timeout_s=20) as edges:
        warehouse.tool.badge("cage-in", ALICE)
        for key in "4711#":
            warehouse.tool.key("cage-in", key)
        next(edge for edge in edges if edge.kind == "line" and edge.facts["released"])
        rss = rss_mib(door.process.pid)
    print("The door process after a card and a PIN:")
    ratio("resident memory in MiB", rss, 45)


def lookups() -> None:
    """Print what a look-up costs among few cards and among many."""
    print(f"Look-up among {FEW:,} and {MANY:,} cards, cards drawn at random:")
    with tempfile.TemporaryDirectory(prefix="acc-") as short:
        few, many = (_reader_of(Path(short) / str(count), count) for count in (FEW, MANY))
        for people, tags in (few, many):  # touch every page once, as a day at the doors does
            for tag in tags:
                people.holder_of(tag)
        few_times, many_times = _ask(*few), _ask(*many)
        show(f"{FEW:,} cards", few_times)
        show(f"{MANY:,} cards", many_times)
        ratio("many / few, medians", many_times.p50 / few_times.p50, 2)
        few[0].close()
        many[0].close()


def _ask(people: PeopleReader, tags: list[bytes]) -> Times:
    left = iter(tags)
    return measure(lambda: people.holder_of(next(left)), ASKED)


def _reader_of(path: Path, count: int) -> tuple[PeopleReader, list[bytes]]:
    """Fill a people's store with cards of random tags, and give some of the tags."""
    path.mkdir()
    home = make_home(path)
    office = Office(home)
    office.person("alice")
    office.writer.close()
    tags = [secrets.token_bytes(32) for _ in range(count)]
    with closing(sqlite3.connect(home.people)) as connection, connection:
        connection.executemany(
            "INSERT INTO card (tag, id, person, hint, enrolled_at) VALUES (?, ?, 'alice', '00', '2026')",
            ((tag, f"c{number}") for number, tag in enumerate(sorted(tags))),
        )
    return PeopleReader(home.people), (tags * (ASKED // count + 1))[:ASKED]
