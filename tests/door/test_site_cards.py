"""The site's own cards, as the office asks for them: their keys, and having one encoded at a reader."""

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from accessctl.config import load
from accessctl.door.daemon import DoorProcess
from accessctl.door.key_files import card_key_store, card_keys_of, reader_keys_of
from accessctl.keys.root import RootKey
from accessctl.link.answers import Answer, CardKeysHeld, CardTag, Fault, FaultCode
from accessctl.link.requests import AskCardKeys, EncodeCard, MakeCardKeys
from hardware.fakes import FakeBoard, FakeReader
from hardware.signals import CardEncoded, DeviceId, DeviceLost, SensorFailed, Technology
from hardware.specs import CardProof, PcscReaderSpec
from tests.door.site import SITE
from tests.door.story import Story

pytest.importorskip("cryptography", reason="accessctl[cards] is not installed")
READER = DeviceId("front-in.reader")
WAY_OUT = DeviceId("front-out.reader")
UID = bytes.fromhex("04a1b2c3d4e580")
GIVEN = {"application": "f5acc0", "master": "00112233445566778899aabbccddeeff"}


class EncodingFake(FakeReader):
    """A reader that can encode, which hears what to encode and says nothing until it is told to."""

    def __init__(self, like: FakeReader) -> None:
        """Take another fake's name and clock."""
        super().__init__(like.id, like._now)
        self.told: list[tuple[int, Technology, float]] = []
        self.stopped: list[int] = []

    def encode(self, ticket: int, kind: Technology, within_s: float) -> None:
        self.told.append((ticket, kind, within_s))

    def stop(self, ticket: int) -> None:
        self.stopped.append(ticket)


class Bench:
    """The site with a PC/SC reader at the front door, in and out."""

    def __init__(self, story: Story) -> None:
        """Start the door process on it."""
        self.story = story
        story.process.stop()
        self.start()

    def start(self, proofs: tuple[CardProof, ...] = (CardProof.DESFIRE, CardProof.SUN)) -> None:
        """Start, as after a boot."""
        story, site = self.story, load(SITE)
        readers = tuple(
            PcscReaderSpec(spec.id, spec.id, proofs=proofs) if spec.id in {READER, WAY_OUT} else spec
            for spec in site.board.readers
        )
        self.site = replace(site, board=replace(site.board, readers=readers))
        board = FakeBoard.from_spec(site.board, story.clock.monotonic_ns)
        self.reader = EncodingFake(board.readers[READER])
        board.readers = {**board.readers, READER: self.reader, WAY_OUT: EncodingFake(board.readers[WAY_OUT])}
        story.board = board
        story.process = DoorProcess(
            story.home,
            self.site,
            board=board,
            clock=story.clock,
            workers=story.workers,
            grown=story.notices.append,
            card_keys=card_keys_of(story.home, self.site)[0],
        )
        story.process.start(story.process.controller.handle)

    def restart(self, **more: tuple[CardProof, ...]) -> None:
        """Stop and start again."""
        self.story.process.stop()
        self.start(**more)

    def make(self, kind: str = "desfire", given: dict[str, str] | None = None) -> Answer:
        return self.story.ask(MakeCardKeys(kind, "local:maria", dict(given or {})))

    def encode(self, then: Callable[[int], object], kind: str = "desfire", point: str = "front-in") -> Answer:
        """Ask for a card to be encoded, let something happen, and give the answer."""

        async def encoded() -> Answer:
            order = EncodeCard(point, kind, 30, "local:maria")
            answering = asyncio.ensure_future(self.story.process.desk.answer(order))
            await asyncio.sleep(0)
            if self.reader.told:
                then(self.reader.told[-1][0])
            async with asyncio.timeout(5):
                return await answering

        return asyncio.run(encoded())

    def succeed(self, ticket: int) -> None:
        self.hear(CardEncoded(READER, 0, ticket, Technology.DESFIRE, UID))

    def hear(self, signal: CardEncoded | SensorFailed | DeviceLost) -> None:
        self.story.process.controller.handle(signal)


@pytest.fixture
def bench(story: Story) -> Bench:
    return Bench(story)


def test_keys_are_made_once_and_recorded(bench: Bench) -> None:
    """The answer and the record tell that they are there, and no key; a second time they are refused."""
    held = bench.make()
    assert isinstance(held, CardKeysHeld)
    (keys,) = held.keys
    assert (keys["kind"], keys["imported"], keys["in_use"]) == ("desfire", False, False)
    row = bench.story.last()
    assert row.type == "card_keys_made"
    assert json.loads(row.detail or "{}")["operator"] == "local:maria"
    real = card_key_store(bench.story.home).keys.desfire
    assert real is not None
    assert real.master.hex() not in f"{held}{row}"
    again = bench.make()
    assert isinstance(again, Fault)
    assert again.code is FaultCode.KEYS_EXIST
    assert bench.story.ask(AskCardKeys()) == held


def test_given_keys_are_taken_and_not_shown(bench: Bench) -> None:
    """They are in no repr of the request, in no answer, in no entry; wrong ones are refused in words."""
    assert GIVEN["master"] not in repr(MakeCardKeys("desfire", "local:maria", dict(GIVEN)))
    wrong = bench.make(given={"master": "5ec2e7"})
    assert isinstance(wrong, Fault)
    assert (wrong.code, "5ec2e7" in wrong.why) == (FaultCode.UNUSABLE, False)
    held = bench.make(given=GIVEN)
    assert isinstance(held, CardKeysHeld)
    assert held.keys[0]["imported"]
    assert GIVEN["master"] not in f"{held}{bench.story.rows()}"


def test_a_kind_that_does_not_exist_is_refused(bench: Bench) -> None:
    """Nothing is made for it."""
    answer = bench.make("mifare")
    assert isinstance(answer, Fault)
    assert answer.code is FaultCode.UNUSABLE


def test_readers_learn_of_new_keys_at_the_next_start(bench: Bench) -> None:
    """Until then nothing is encoded, and the words say what to do."""
    missing = bench.encode(bench.succeed)
    assert isinstance(missing, Fault)
    assert (missing.code, "cards keys make desfire" in missing.why) == (FaultCode.NOT_SET_UP, True)
    bench.make()
    early = bench.encode(bench.succeed)
    assert isinstance(early, Fault)
    assert (early.code, "restart" in early.why) == (FaultCode.NOT_SET_UP, True)
    assert bench.reader.told == []
    bench.restart()
    assert isinstance(bench.encode(bench.succeed), CardTag)
    held = bench.story.ask(AskCardKeys())
    assert isinstance(held, CardKeysHeld)
    assert held.keys[0]["in_use"]


def test_keys_that_no_reader_was_given_are_not_in_use(bench: Bench) -> None:
    """Started with another root key, no reader got any, whatever kinds the file names."""
    bench.make()
    root_key, kept = bench.story.home.root_key, bench.story.home.root_key.read_bytes()
    mode = root_key.stat().st_mode
    root_key.unlink()
    RootKey.create(root_key)
    bench.restart()
    root_key.unlink()
    root_key.write_bytes(kept)
    root_key.chmod(mode)
    held = bench.story.ask(AskCardKeys())
    assert isinstance(held, CardKeysHeld)
    assert not held.keys[0]["in_use"]
    early = bench.encode(bench.succeed)
    assert isinstance(early, Fault)
    assert (early.code, "restart" in early.why) == (FaultCode.NOT_SET_UP, True)


def test_keys_that_no_reader_asks_for_are_not_in_use(ready: Bench) -> None:
    """Where no reader asks a card for that proof."""
    ready.restart(proofs=(CardProof.SUN,))
    held = ready.story.ask(AskCardKeys())
    assert isinstance(held, CardKeysHeld)
    assert not held.keys[0]["in_use"]


@pytest.fixture
def ready(bench: Bench) -> Bench:
    """With keys that the readers have."""
    bench.make()
    bench.restart()
    return bench


def test_a_card_is_encoded_and_its_tag_is_given(ready: Bench) -> None:
    """The tag is that of the card when it is badged later; the entry says where and by whom, no number."""
    answer = ready.encode(ready.succeed)
    assert isinstance(answer, CardTag)
    assert (answer.technology, answer.hint) == ("desfire-aes", "80")
    tagger = ready.story.process.prover.tagger()
    assert answer.tag_hex == tagger.tag(Technology.DESFIRE, UID).hex()
    row = ready.story.last()
    assert (row.type, row.door, row.access_point) == ("card_encoded", "front", "front-in")
    assert UID.hex() not in f"{row}".lower()
    assert ready.reader.told == [(ready.reader.told[0][0], Technology.DESFIRE, 30)]
    assert ready.reader.stopped == [], "it has ended by itself"


def test_a_card_that_was_not_encoded_is_told_in_the_readers_words(ready: Bench) -> None:
    """And nothing is recorded as done; the reader is free again."""
    mark = ready.story.mark()
    why = "the card refuses: it has another key"
    answer = ready.encode(lambda ticket: ready.hear(SensorFailed(READER, 0, ticket, why)))
    assert answer == Fault(FaultCode.SENSOR_FAILED, why)
    assert ready.story.types(since=mark) == []
    assert isinstance(ready.encode(ready.succeed), CardTag)


def test_a_reader_that_goes_away_ends_it(ready: Bench) -> None:
    """It is told at once, and the reader is lost as ever."""
    answer = ready.encode(lambda _ticket: ready.hear(DeviceLost(READER, 0, "it was unplugged")))
    assert answer == Fault(FaultCode.SENSOR_FAILED, "the reader is gone: it was unplugged")


def test_a_report_of_another_order_is_not_taken(ready: Bench) -> None:
    """Only the ticket that was given counts."""

    def other_then_right(ticket: int) -> None:
        ready.hear(SensorFailed(READER, 0, ticket + 1, "another one's"))
        ready.hear(CardEncoded(READER, 0, ticket - 1, Technology.DESFIRE, b"other!!"))
        ready.succeed(ticket)

    answer = ready.encode(other_then_right)
    assert isinstance(answer, CardTag)
    assert answer.hint == "80"


def test_one_card_at_a_time_is_encoded_and_the_other_doors_go_on(ready: Bench) -> None:
    """A second order at that reader is refused; who badges elsewhere meanwhile is let in."""
    story = ready.story
    story.office.person("ana")
    story.office.card("ana", b"\x04abcdef")
    refused: list[Answer] = []

    async def both() -> Answer:
        order = EncodeCard("front-in", "desfire", 30, "local:maria")
        first = asyncio.ensure_future(story.process.desk.answer(order))
        await asyncio.sleep(0)
        refused.append(await story.process.desk.answer(order))
        story.badge("shed-in", b"\x04abcdef")
        ready.succeed(ready.reader.told[0][0])
        return await first

    assert isinstance(asyncio.run(both()), CardTag)
    assert isinstance(refused[0], Fault)
    assert refused[0].code is FaultCode.BUSY
    assert story.released("shed")
    story.badge("front-in", b"\x04abcdef")
    assert story.released("front")


def test_whoever_hangs_up_stops_it(ready: Bench) -> None:
    """The reader is told, and reads cards again."""

    async def leaving() -> None:
        order = EncodeCard("front-in", "desfire", 30, "local:maria")
        asking = asyncio.ensure_future(ready.story.process.desk.answer(order))
        await asyncio.sleep(0)
        asking.cancel()
        with suppress(asyncio.CancelledError):
            await asking

    asyncio.run(leaving())
    assert ready.reader.stopped == [ready.reader.told[0][0]]


@pytest.mark.parametrize(
    ("point", "kind", "code"),
    [
        ("moon-in", "desfire", FaultCode.UNKNOWN_ACCESS_POINT),
        ("front-out", "desfire", FaultCode.WAY_OUT),
        ("cage-in", "desfire", FaultCode.NOT_SET_UP),
        ("front-in", "mifare", FaultCode.UNUSABLE),
        ("front-in", "sun", FaultCode.NOT_SET_UP),
    ],
)
def test_what_cannot_be_encoded_is_refused(ready: Bench, point: str, kind: str, code: FaultCode) -> None:
    """An unknown place, a way out, a reader that cannot, a card of no kind, a kind without keys."""
    answer = ready.encode(ready.succeed, kind, point)
    assert isinstance(answer, Fault)
    assert answer.code is code
    assert ready.reader.told == []


def test_a_reader_that_asks_for_no_such_proof_encodes_no_such_card(ready: Bench) -> None:
    """A card that is encoded there could not be badged there."""
    ready.restart(proofs=(CardProof.SUN,))
    answer = ready.encode(ready.succeed)
    assert isinstance(answer, Fault)
    assert (answer.code, "proofs" in answer.why) == (FaultCode.NOT_SET_UP, True)


def test_the_readers_are_given_the_keys_that_the_site_asks_for(bench: Bench) -> None:
    """None where no reader asks; what is missing is named in words, and doors go on."""
    home = bench.story.home
    assert card_keys_of(home, load(SITE)) == (
        None,
        "no reader of this site asks cards for a proof with keys of the site",
    )
    keys, why = card_keys_of(home, bench.site)
    assert (why, keys is not None and keys.desfire is None) == ("", True)
    bench.make()
    keys, _ = card_keys_of(home, bench.site)
    assert keys == card_key_store(home).keys
    home.card_keys.write_text("{}")
    keys, why = card_keys_of(home, bench.site)
    assert keys is None
    assert "cannot be opened" in why
    assert isinstance(bench.make("sun"), Fault), "a file that cannot be read is not overwritten"
    assert reader_keys_of(home, bench.site)[0] is None


def test_no_key_is_logged(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """Making, importing, refusing, encoding: at DEBUG, of nothing."""
    caplog.set_level(logging.DEBUG)
    bench.make()
    bench.make("sun", {"reading": "ab12" * 8, "master": "cd34" * 8})
    bench.restart()
    bench.encode(bench.succeed)
    card_keys_of(bench.story.home, bench.site)
    keys = card_key_store(bench.story.home).keys
    assert keys.desfire is not None
    for secret in (keys.desfire.master.hex(), "ab12" * 8, "cd34" * 8):
        assert secret not in caplog.text.lower()
        assert secret not in f"{bench.story.rows()}"
