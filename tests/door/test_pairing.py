"""A reader is given a key of its own, in a window that an operator opens."""

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from accessctl.config import load
from accessctl.door.daemon import DoorProcess
from accessctl.door.devices import devices_of
from accessctl.keys.reader_keys import KeyState, ReaderKeys
from accessctl.keys.root import Purpose, RootKey
from accessctl.link.answers import Answer, Fault, FaultCode, Paired
from accessctl.link.requests import PairReader
from hardware.fakes import FakeBoard, FakeReader
from hardware.readers.osdp_keys import key_number
from hardware.signals import DeviceId, PairingFailed, ReaderPaired, ReaderSecured, Signal
from hardware.specs import OsdpBusSpec, OsdpReaderSpec
from tests.door.site import SITE
from tests.door.story import Story

pytest.importorskip("cryptography", reason="accessctl[osdp] is not installed")
READER = DeviceId("front-in.reader")


class SecureFake(FakeReader):
    """A reader with a secure channel, which hears of a key and says nothing until it is told to."""

    def __init__(self, like: FakeReader) -> None:
        """Take another fake's name and clock."""
        super().__init__(like.id, like._now)
        self.told: list[tuple[bytes, float]] = []

    def pair(self, key: bytes, within_s: float) -> None:
        self.told.append((key, within_s))


class Bench:
    """The site with an OSDP reader at the front door, and what is kept of its keys."""

    def __init__(self, story: Story) -> None:
        """Start the door process on it."""
        self.story = story
        story.process.stop()
        self.start()

    def start(self) -> None:
        """Start, as after a boot: with the keys that are in the home."""
        story, site = self.story, load(SITE)
        readers = tuple(
            OsdpReaderSpec(spec.id, OsdpBusSpec("dock", "/dev/ttyS9"), 1) if spec.id == READER else spec
            for spec in site.board.readers
        )
        site = replace(site, board=replace(site.board, readers=readers))
        board = FakeBoard.from_spec(site.board, story.clock.monotonic_ns)
        self.reader = SecureFake(board.readers[READER])
        board.readers = {**board.readers, READER: self.reader}
        root = RootKey.load(story.home.root_key).derive(Purpose.READER_KEYS)
        self.keys = ReaderKeys(story.home.reader_keys, root)
        story.board = board
        story.process = DoorProcess(
            story.home,
            site,
            board=board,
            clock=story.clock,
            workers=story.workers,
            grown=story.notices.append,
            keys=self.keys,
        )
        story.process.start(story.process.controller.handle)

    def restart(self) -> None:
        """Stop and start again."""
        self.story.process.stop()
        self.start()

    def hear(self, signal: Signal) -> None:
        """Let the reader's driver say something."""
        self.story.process.controller.handle(signal)

    def up_with(self, key: bytes) -> None:
        """Let the reader's channel be up with this key."""
        self.hear(ReaderSecured(READER, 0, key_number(key)))

    def take_key(self) -> None:
        """Let the reader take the key that it was told last."""
        self.up_with(self.reader.told[-1][0])
        self.hear(ReaderPaired(READER, 0))

    def pair(self, then: Callable[[], object], window_s: float = 60) -> Answer:
        """Open a window, let something happen, and give the answer."""

        async def paired() -> Answer:
            answering = asyncio.ensure_future(self._ask(window_s))
            await asyncio.sleep(0)
            then()
            async with asyncio.timeout(5):
                return await answering

        return asyncio.run(paired())

    async def _ask(self, window_s: float) -> Answer:
        return await self.story.process.desk.answer(PairReader("front-in", window_s, "local:maria"))

    def hang_up_while_pairing(self) -> None:
        """Open a window and leave."""

        async def leaving() -> None:
            asking = asyncio.ensure_future(self._ask(60))
            await asyncio.sleep(0)
            asking.cancel()
            with suppress(asyncio.CancelledError):
                await asking

        asyncio.run(leaving())

    def state(self) -> KeyState:
        """What the file says, read anew."""
        root = RootKey.load(self.story.home.root_key).derive(Purpose.READER_KEYS)
        return ReaderKeys(self.story.home.reader_keys, root).of(READER).state


@pytest.fixture
def bench(story: Story) -> Bench:
    return Bench(story)


def succeed(bench: Bench) -> Callable[[], None]:
    return bench.take_key


def test_a_reader_is_paired(bench: Bench) -> None:
    """The window, who opened it and that it came to an end are recorded; the answer has no key in it."""
    mark = bench.story.mark()
    pending: list[KeyState] = []

    def take_it() -> None:
        pending.append(bench.state())
        bench.take_key()

    answer = bench.pair(take_it)
    assert isinstance(answer, Paired)
    assert pending == [KeyState.PENDING], "it was on disk when the reader heard of it"
    assert bench.state() is KeyState.OWN
    ((key, within_s),) = bench.reader.told
    assert within_s == 60
    rows = [row for row in bench.story.rows() if row.seq > mark]
    assert [row.type for row in rows] == ["reader_pairing_started", "reader_paired"]
    assert {json.loads(row.detail or "")["operator"] for row in rows} == {"local:maria"}
    assert {(row.access_point, row.door) for row in rows} == {("front-in", "front")}
    assert key.hex() not in repr((answer, rows))


def test_another_key_takes_the_place_of_the_first(bench: Bench) -> None:
    """A reader that has a key gets another one, and the record calls it a rotation."""
    bench.pair(succeed(bench))
    bench.pair(succeed(bench))
    first, second = (key for key, _ in bench.reader.told)
    assert first != second
    assert bench.story.last().type == "key_rotated"
    assert bench.keys.of(READER).candidates == (second,)


def test_a_window_that_comes_to_nothing_is_recorded(bench: Bench) -> None:
    """The answer and the record say why; the key is kept, since the reader may have heard it."""
    answer = bench.pair(lambda: bench.hear(PairingFailed(READER, 0, "no reader answered in install mode")))
    assert isinstance(answer, Fault)
    assert answer.code is FaultCode.PAIRING_FAILED
    assert "no reader answered in install mode" in answer.why
    assert bench.story.last().type == "reader_pairing_failed"
    assert bench.state() is KeyState.PENDING


def test_a_driver_that_says_nothing_does_not_keep_the_window_open(bench: Bench) -> None:
    """The window ends by itself, some seconds after its time; then another one can be opened."""
    answer = bench.pair(lambda: bench.story.after(66))
    assert isinstance(answer, Fault)
    assert answer.code is FaultCode.PAIRING_FAILED
    assert isinstance(bench.pair(succeed(bench)), Paired)


def test_a_driver_that_fails_is_no_fault_of_the_doors(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a driver raises is an answer in words."""

    def broken(_key: bytes, _within_s: float) -> None:
        raise OSError("the line is gone")

    monkeypatch.setattr(bench.reader, "pair", broken)
    answer = bench.pair(lambda: None)
    assert isinstance(answer, Fault)
    assert "the line is gone" in answer.why


def test_one_window_at_a_time(bench: Bench) -> None:
    """A second window for the same reader is refused while the first is open."""
    second: list[Answer] = []

    def again() -> None:
        asking = asyncio.ensure_future(bench._ask(60))
        asking.add_done_callback(lambda done: second.append(done.result()))
        asking.add_done_callback(lambda _done: succeed(bench)())

    assert isinstance(bench.pair(again), Paired)
    (refused,) = second
    assert isinstance(refused, Fault)
    assert refused.code is FaultCode.BUSY
    assert len(bench.reader.told) == 1


def test_a_window_outlives_the_operators_command(bench: Bench) -> None:
    """Who hangs up has not called it off: the reader is told already, and what comes of it counts."""
    bench.hang_up_while_pairing()
    device = _device(bench)
    assert device["pairing"]
    succeed(bench)()
    assert bench.state() is KeyState.OWN
    assert bench.story.last().type == "reader_paired"
    assert not _device(bench)["pairing"]


def _device(bench: Bench) -> dict[str, object]:
    process = bench.story.process
    return next(d for d in devices_of(process.controller, bench.story.clock) if d["id"] == READER)


def test_a_power_cut_in_the_window_loses_no_reader(bench: Bench) -> None:
    """Whichever key the reader turns out to have after a restart is the one that is kept."""
    bench.pair(succeed(bench))
    bench.hang_up_while_pairing()
    (old, _), (new, _) = bench.reader.told
    bench.restart()
    assert bench.keys.candidates()[READER] == (new, old)
    bench.up_with(new)
    assert bench.keys.of(READER).candidates == (new,)
    assert bench.story.last().type == "key_rotated"


def test_a_reader_that_never_heard_the_new_key_keeps_the_old_one(bench: Bench) -> None:
    """Its channel is up with the older of two keys after a restart: the newer one is forgotten."""
    bench.pair(succeed(bench))
    bench.hang_up_while_pairing()
    (old, _), _ = bench.reader.told
    bench.restart()
    mark = bench.story.mark()
    bench.up_with(old)
    assert bench.keys.of(READER).candidates == (old,)
    assert bench.story.types(since=mark) == []


def test_a_channel_that_comes_up_in_a_window_decides_nothing(bench: Bench) -> None:
    """Until its end a window's keys are both kept: the reader may be about to change."""
    bench.pair(succeed(bench))
    bench.hang_up_while_pairing()
    (old, _), (new, _) = bench.reader.told
    bench.up_with(old)
    bench.up_with(new)
    assert bench.state() is KeyState.ROTATING


def test_a_key_that_was_replaced_never_comes_back(bench: Bench) -> None:
    """Whatever a driver says of an older key, the newer one that was proved stays; nothing is recorded."""
    bench.pair(succeed(bench))
    bench.pair(succeed(bench))
    (old, _), (new, _) = bench.reader.told
    mark = bench.story.mark()
    for key in (old, new, bytes(16)):
        bench.up_with(key)
        bench.hear(ReaderPaired(READER, 0))
        assert bench.keys.of(READER).candidates == (new,)
    assert bench.story.types(since=mark) == []


def test_a_reader_that_took_its_key_too_late_is_believed(bench: Bench) -> None:
    """The window failed; the reader turns out to have the key all the same, and it is kept as its own."""
    bench.pair(succeed(bench))
    bench.pair(lambda: bench.hear(PairingFailed(READER, 0, "the window closed")))
    _, (late, _) = bench.reader.told
    bench.up_with(late)
    assert bench.keys.of(READER).candidates == (late,)
    assert bench.story.last().type == "key_rotated"


def test_windows_at_an_absent_reader_cost_no_key(bench: Bench) -> None:
    """A reader took its key and went; whoever tries again and again meanwhile does not lose that key."""
    bench.pair(lambda: bench.hear(PairingFailed(READER, 0, "the window closed")))
    for _ in range(5):
        bench.pair(lambda: bench.hear(PairingFailed(READER, 0, "it does not answer", told=False)))
    (taken, _), *_ = bench.reader.told
    assert bench.keys.of(READER).candidates == (taken,)


def test_an_earlier_window_says_nothing_about_this_one(bench: Bench) -> None:
    """A reader that turns out to have the key of a window that failed has not taken that of the open one."""
    bench.pair(lambda: bench.hear(PairingFailed(READER, 0, "the window closed")))
    bench.hang_up_while_pairing()
    (late, _), (open_, _) = bench.reader.told
    bench.up_with(late)
    bench.hear(ReaderPaired(READER, 0))
    assert _device(bench)["pairing"]
    assert bench.keys.of(READER).candidates == (open_, late)
    bench.hear(PairingFailed(READER, 0, "the reader kept its old key"))
    bench.up_with(late)
    assert bench.keys.of(READER).candidates == (late,)


@pytest.mark.parametrize(
    ("name", "code"),
    [("front-out", FaultCode.NOT_PAIRABLE), ("moon-in", FaultCode.UNKNOWN_READER)],
)
def test_only_a_reader_with_a_channel_has_a_key(bench: Bench, name: str, code: FaultCode) -> None:
    """Other readers are refused in words."""
    answer = bench.story.ask(PairReader(name, 60, "local:maria"))
    assert isinstance(answer, Fault)
    assert answer.code is code


def test_without_a_record_no_window_is_opened(bench: Bench) -> None:
    """What an operator does to a reader is recorded first, or not done."""
    bench.story.process.recorder.close()
    bench.story.home.record.rename(bench.story.home.path / "away.db")
    answer = bench.story.ask(PairReader("front-in", 60, "local:maria"))
    assert isinstance(answer, Fault)
    assert answer.code is FaultCode.RECORD_UNAVAILABLE
    assert bench.reader.told == []
    (bench.story.home.path / "away.db").rename(bench.story.home.record)


def test_where_no_key_can_be_kept_none_is_given(bench: Bench) -> None:
    """A home that cannot be written keeps a reader as it is, and the record says why."""
    bench.story.home.reader_keys.with_name("reader-keys.json.new").mkdir()
    answer = bench.story.ask(PairReader("front-in", 60, "local:maria"))
    assert isinstance(answer, Fault)
    assert answer.code is FaultCode.KEYS_UNAVAILABLE
    assert bench.reader.told == []
    assert bench.story.last().type == "reader_pairing_failed"


def test_no_key_is_logged(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever happens in a window, its key stands in no line of the log."""
    caplog.set_level(logging.DEBUG)
    bench.pair(succeed(bench))
    bench.pair(lambda: bench.hear(PairingFailed(READER, 0, "no")))
    for key, _ in bench.reader.told:
        assert key.hex() not in caplog.text
        assert repr(key) not in caplog.text
