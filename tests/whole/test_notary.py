"""The notary as a process: killed at any instant, replaced files, and doors that never wait for it."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from accessctl.evidence.checkpoint import opened
from accessctl.evidence.ed25519 import LogVerifier
from accessctl.evidence.merkle import Frontier, leaf_hash
from accessctl.home import Home
from accessctl.link.answers import Done
from accessctl.link.requests import DoorOrder, OrderDoor
from accessctl.notary.asking import NotSigned, sign_now
from accessctl.notary.book import Book
from accessctl.store.tree import Head, TreeReader
from tests.door.conftest import ALICE
from tests.notary.keepers import Copy, past_the_triggers, types
from tests.whole.processes import Api, Door, Warehouse, stopped
from tests.whole.site import once

KILLS = 12 * int(os.environ.get("FUZZ_FACTOR", "1"))
"""With FUZZ_FACTOR=50 there are 600."""
LONGEST_LIFE_S = 0.6
MOST_MIB = 48


class Notary:
    """The notary process."""

    def __init__(self, home: Home) -> None:
        """Start it."""
        self.home, self.log = home, home.path / "notary.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "accessctl.notary", str(home.path)], stderr=log
            )

    def sign(self) -> bytes:
        """Have it sign now, as soon as it is there, and give the head."""

        def signed() -> bytes | None:
            with suppress(NotSigned):
                return sign_now(self.home.notary_socket)
            return None

        return once(signed, lambda: f"nothing is signed: {self.log.read_text()}", every_s=0.05)

    def refused(self) -> str:
        """Wait until it refuses to sign, and give its words."""

        def refused() -> str | None:
            try:
                sign_now(self.home.notary_socket)
            except NotSigned as error:
                return None if "does not answer" in str(error) else str(error)
            return None

        return once(refused, lambda: f"it goes on signing: {self.log.read_text()}", every_s=0.05)

    def stop(self) -> int:
        """Ask it to stop and give its exit status."""
        self.process.terminate()
        return self.process.wait(20)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()


@contextmanager
def notary_of(home: Home) -> Iterator[Notary]:
    notary = Notary(home)
    try:
        yield notary
    finally:
        notary.kill()


def heads_of(home: Home) -> list[Head]:
    with closing(TreeReader.open(home.tree)) as tree:
        origin = tree.meta("origin")
        return [] if origin is None else list(tree.heads(origin))


def check_all(home: Home) -> None:
    """Every head is good and of the record as it is; no number is missing, and no event is there twice."""
    heads, tree, roots = heads_of(home), Frontier(), dict[int, bytes]()
    with closing(TreeReader.open(home.tree)) as reader, closing(Book.open(home.record, reader)) as book:
        vkey = reader.meta("vkey")
        for seq, entry in book.entries(0, book.last_seq()):
            for _ in tree.add(leaf_hash(entry)):
                pass
            assert seq == tree.size
            roots[seq] = tree.root()
    assert vkey is not None
    for head in heads:
        checkpoint, _ = opened(head.note.encode(), head.checkpoint.origin, [LogVerifier.of(vkey)])
        assert checkpoint.root == roots[checkpoint.size]


def signed_all(home: Home) -> bool:
    heads = heads_of(home)
    return bool(heads) and heads[-1].checkpoint.size == len(types(home))


def opens(door: Door, warehouse: Warehouse, name: str) -> None:
    """Show that a badge lets somebody in."""
    before = types(door.home).count("access_granted")
    warehouse.tool.badge("front-in", ALICE)
    once(
        lambda: types(door.home).count("access_granted") > before,
        lambda: f"with the notary {name} nobody comes in: {types(door.home)[-5:]}",
    )


def test_killed_at_any_instant_the_next_one_goes_on(home: Home, warehouse: Warehouse) -> None:
    """Between entry and head, and at its start: no gap, nothing twice, each head goes on from the others."""
    chance, orders = random.Random(5), 0
    with Door(home) as door:
        for _ in range(KILLS):
            notary, life_s = Notary(home), chance.uniform(0.1, LONGEST_LIFE_S)
            ended = Event()
            for _ in range(20):
                orders += 1
                assert isinstance(
                    door.ask(OrderDoor(f"o-{orders}", "shed", DoorOrder.RELEASE, "tester")), Done
                )
                with suppress(OSError):
                    if chance.random() < 0.5:
                        notary.process.send_signal(signal.SIGUSR1) if home.notary_socket.exists() else None
                ended.wait(life_s / 20)
            notary.kill()
        assert warehouse.released() is not None
        with notary_of(home) as notary:
            notary.sign()
            once(lambda: "log_begun" in types(home), lambda: f"no beginning: {types(home)}")
            notary.sign()
            assert signed_all(home)
            assert notary.stop() == 0
    check_all(home)
    assert types(home).count("log_begun") == 1
    assert types(home).count("manual_unlock") == orders
    assert not {"log_rollback", "log_integrity_failure"} & set(types(home))


def test_it_signs_at_its_start_on_a_word_on_a_signal_and_at_its_stop(
    home: Home, warehouse: Warehouse
) -> None:
    """And not more often than it should."""
    assert warehouse.released() == []
    with Door(home) as door, notary_of(home) as notary:
        notary.sign()
        once(lambda: "log_begun" in types(home), lambda: "no beginning")
        note = notary.sign()
        assert f"\n{len(types(home))}\n".encode() in note
        door.ask(OrderDoor("a", "shed", DoorOrder.RELEASE, "tester"))
        notary.process.send_signal(signal.SIGUSR1)
        once(lambda: signed_all(home), lambda: "SIGUSR1 signs nothing")
        door.ask(OrderDoor("b", "shed", DoorOrder.RELEASE, "tester"))
        Event().wait(1.5)
        assert not signed_all(home), "one entry waits for its minute"
        assert notary.stop() == 0
        assert signed_all(home)
        assert not home.notary_socket.exists()


def test_there_is_one(home: Home, warehouse: Warehouse) -> None:
    """A second one ends with words and status 1."""
    assert warehouse.released() == []
    with Door(home), notary_of(home) as notary:
        notary.sign()
        second = Notary(home)
        assert second.process.wait(20) == 1
        assert "another notary process already runs" in second.log.read_text()
        notary.sign()


def test_without_the_root_key_it_says_so_and_ends(home: Home) -> None:
    """Nothing is signed with another key."""
    home.root_key.rename(home.path / "elsewhere")
    notary = Notary(home)
    assert notary.process.wait(20) == 1
    assert "root.key cannot be read" in notary.log.read_text()


@pytest.mark.parametrize("what", ["record", "both", "edited"])
def test_what_is_put_back_or_edited_while_nothing_runs_is_an_alarm_at_the_start(
    home: Home, warehouse: Warehouse, tmp_path: Path, what: str
) -> None:
    """Yesterday's record; yesterday's record and tree, told by an anchor; an entry that somebody changed."""
    heads = tmp_path / "stick" / "heads"
    heads.parent.mkdir()
    anchors = f'\n[record]\nanchors = [{{ kind = "file", path = "{heads}", other_disk = false }}]\n'
    home.site_file.write_text(home.site_file.read_text() + anchors)
    with Door(home), notary_of(home) as notary:
        notary.sign()
        notary.stop()
    yesterday = Copy(home, "record.db", *(("tree.db",) if what == "both" else ()))
    with Door(home) as door, notary_of(home) as notary:
        for number in range(60):
            door.ask(OrderDoor(f"today-{number}", "shed", DoorOrder.RELEASE, "tester"))
        note = notary.sign()
        once(
            lambda: heads.exists() and note in heads.read_bytes(),
            lambda: "the head does not get off the device",
        )
        notary.stop()
    if what == "edited":
        past_the_triggers(home, "UPDATE event SET detail = '{}' WHERE seq = 7")
    else:
        yesterday.put_back()
    alarm = "log_integrity_failure" if what == "edited" else "log_rollback"
    with Door(home) as door, notary_of(home) as notary:
        words = notary.refused()
        once(lambda: alarm in types(home), lambda: f"no {alarm}: {types(home)[-5:]}; {words}")
        assert ("entry 7 " in words) if what == "edited" else ("the record ends with entry" in words)
        assert ("stick" in words) is (what == "both")
        opens(door, warehouse, "disagreeing")


def test_doors_open_with_the_notary_dead_stopped_or_never_there(home: Home, warehouse: Warehouse) -> None:
    """It is asked for nothing."""
    with Door(home) as door:
        opens(door, warehouse, "never there")
        with notary_of(home) as notary:
            notary.sign()
            with stopped(notary.process.pid):
                opens(door, warehouse, "stopped")
            notary.kill()
        opens(door, warehouse, "dead")


def test_an_operator_accepts_and_the_next_log_begins(home: Home, warehouse: Warehouse) -> None:
    """Over the API, with what it was and why in the record; the older heads stay."""
    assert warehouse.released() == []
    with Door(home), notary_of(home) as notary:
        notary.sign()
        notary.stop()
    old = heads_of(home)
    past_the_triggers(home, "DELETE FROM event WHERE seq = 2")
    with Door(home), notary_of(home) as notary:
        assert "entry 2 is missing" in notary.refused()
        api = Api(home)
        try:
            found: dict[str, Any] = api.client.get("/v1/log").json()
            assert found["running"]
            body = {"finding": found["disagrees"]["id"], "reason": "a test"}
            once(lambda: "log_integrity_failure" in types(home), lambda: "no alarm")
            answer = api.client.post("/v1/log/accept", json=body)
            assert answer.is_success, answer.text
            note = notary.sign().decode()
            found = api.client.get("/v1/log").json()
        finally:
            api.close()
    assert note.splitlines()[0] == f"{old[-1].checkpoint.origin}/2" == found["origin"]
    assert found["disagrees"] is None
    with closing(TreeReader.open(home.tree)) as tree:
        assert list(tree.heads(old[-1].checkpoint.origin)) == old
    with closing(sqlite3.connect(home.record)) as connection:
        sql = "SELECT reason, json_extract(detail, '$.operator') FROM event WHERE type = 'log_begun'"
        assert ("a test", "tester") in connection.execute(sql).fetchall()
    opened(note.encode(), found["origin"], [LogVerifier.of(found["vkey"])])


def test_it_is_lean(home: Home, warehouse: Warehouse) -> None:
    """It loads neither devices nor the reader of the site file, and no web framework."""
    assert warehouse.released() == []
    with Door(home), notary_of(home) as notary:
        notary.sign()
        status = Path(f"/proc/{notary.process.pid}/status").read_text()
        (peak,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
        assert int(peak.split()[1]) < MOST_MIB * 1024
    loaded = subprocess.run(
        [sys.executable, "-c", "import accessctl.notary.__main__, sys; print(*sys.modules)"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    heavy = (
        "hardware",
        "accessctl.config",
        "accessctl.door",
        "accessctl.api",
        "fastapi",
        "sqlite_utils",
        "asyncio",
    )
    assert not [name for name in loaded if name.startswith(heavy)]
