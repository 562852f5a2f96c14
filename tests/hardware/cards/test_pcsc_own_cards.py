"""The site's own cards through a real pcscd: encoded by the process that drives a reader, and read by it."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from hardware.hosted.host import Host
from hardware.hosted.unit import HostedUnit
from hardware.ports import CardEncoder
from hardware.signals import (
    CardEncoded,
    CardForged,
    CardFrame,
    CardUnreadable,
    DeviceBack,
    DeviceId,
    SensorFailed,
    Technology,
)
from hardware.specs import CardKeys, CardProof, DesfireKeys, PcscReaderSpec, SunKeys
from tests.hardware.cards.desfire_card import DesfireCard
from tests.hardware.cards.ntag_card import NtagCard
from tests.hardware.listening import Ear
from tests.hardware.private_pcscd import READER, PrivatePcscd
from tests.hardware.virtual_card import Answer, VirtualCard, uid_card

pytest.importorskip("smartcard", reason="pip install pyscard")

from hardware.readers.pcsc import pcsc_readers

GATE = PcscReaderSpec(
    DeviceId("gate-in.reader"), READER, proofs=(CardProof.DESFIRE, CardProof.SUN), plain_uid=False
)
KEYS = CardKeys(
    DesfireKeys(bytes.fromhex("f5acc0"), bytes(range(16))),
    SunKeys(reading=bytes(range(32, 48)), master=bytes(range(16, 32))),
)
OTHERS = CardKeys(
    DesfireKeys(bytes.fromhex("f5acc0"), bytes(range(1, 17))),
    SunKeys(reading=bytes(range(32, 48)), master=bytes(range(17, 33))),
)
ATR = bytes.fromhex("3b8180018080")
"""Of a card with commands of its own, as readers make it up for a DESFire."""
KINDS: dict[Technology, Callable[[], DesfireCard | NtagCard]] = {
    Technology.DESFIRE: DesfireCard,
    Technology.SUN: NtagCard,
}
of_each_kind = pytest.mark.parametrize("kind", KINDS)


def shown(pcscd: PrivatePcscd, answer: Answer) -> VirtualCard:
    return VirtualCard(pcscd.port, answer, atr=ATR)


@contextmanager
def hosted(ear: Ear, keys: CardKeys = KEYS, spec: PcscReaderSpec = GATE) -> Iterator[CardEncoder]:
    """A reader that is driven by a process of its own."""
    host = Host(HostedUnit((spec,), card_keys=keys))
    reader = host.readers[spec.id]
    assert isinstance(reader, CardEncoder)
    reader.open(ear)
    ear.skip_to(DeviceBack)
    try:
        yield reader
    finally:
        host.close()


@contextmanager
def here(ear: Ear, keys: CardKeys = KEYS, spec: PcscReaderSpec = GATE) -> Iterator[CardEncoder]:
    """A reader that is driven by this process."""
    [reader] = pcsc_readers([spec], keys)
    assert isinstance(reader, CardEncoder)
    reader.open(ear)
    ear.skip_to(DeviceBack)
    try:
        yield reader
    finally:
        reader.close()


@of_each_kind
def test_a_card_is_encoded_and_then_read_by_its_key(pcscd: PrivatePcscd, ear: Ear, kind: Technology) -> None:
    """The order takes the card that is shown next; from then on the card is read as one that proves a key."""
    pcscd.start()
    card = KINDS[kind]()
    with hosted(ear) as reader:
        reader.encode(7, kind, 30)
        with shown(pcscd, card):
            encoded = ear.next(CardEncoded)
        assert (encoded.device, encoded.ticket, encoded.technology) == (GATE.id, 7, kind)
        assert encoded.number == card.uid
        counters = []
        for _ in range(2):
            with shown(pcscd, card):
                frame = ear.next(CardFrame)
            assert (frame.technology, frame.number) == (kind, card.uid)
            counters.append(frame.counter)
    if kind is Technology.SUN:
        assert counters[0] is not None
        assert counters[1] == counters[0] + 1
    assert ear.quiet


@of_each_kind
def test_a_card_that_is_yanked_is_encoded_the_second_time(
    pcscd: PrivatePcscd, ear: Ear, kind: Technology
) -> None:
    """Taken away in the middle it is told as not encoded; held there again, by another order, it is."""
    pcscd.start()
    card = KINDS[kind]()
    card.taken_away_at, card.does_it_first = 12, True
    with here(ear) as reader:
        reader.encode(1, kind, 30)
        with shown(pcscd, card):
            assert ear.next(SensorFailed).ticket == 1
        card.taken_away_at = None
        reader.encode(2, kind, 30)
        with shown(pcscd, card):
            assert ear.skip_to(CardEncoded).number == card.uid
        with shown(pcscd, card):
            assert ear.skip_to(CardFrame).technology is kind


@of_each_kind
def test_another_sites_card_is_a_forgery_here(pcscd: PrivatePcscd, ear: Ear, kind: Technology) -> None:
    """Neither read as anything else, nor encoded over."""
    pcscd.start()
    card = KINDS[kind]()
    with here(ear, OTHERS) as reader:
        reader.encode(1, kind, 30)
        with shown(pcscd, card):
            ear.next(CardEncoded)
    with here(ear) as reader:
        with shown(pcscd, card):
            assert ear.next(CardForged).technology is kind
        reader.encode(2, kind, 30)
        with shown(pcscd, card):
            assert "another site's" in ear.next(SensorFailed).why


def test_what_cannot_be_encoded_is_told_and_no_card_is_waited_for_any_more(
    pcscd: PrivatePcscd, ear: Ear
) -> None:
    """A plain card ends the order; so does the end of its time; an order that was stopped says nothing."""
    pcscd.start()
    with here(ear) as reader:
        reader.encode(1, Technology.DESFIRE, 30)
        with shown(pcscd, uid_card(b"\x04abcdef")):
            assert ear.next(SensorFailed).why == "this is no DESFire card"
        reader.encode(2, Technology.DESFIRE, 0)
        assert ear.next(SensorFailed).ticket == 2
        reader.encode(3, Technology.DESFIRE, 30)
        reader.stop(3)
        card = DesfireCard()
        with shown(pcscd, card):
            ear.next(CardUnreadable)
        assert card.applications == {}


def test_a_reader_without_keys_encodes_nothing(pcscd: PrivatePcscd, ear: Ear) -> None:
    """It says so, and the card stays as it was."""
    pcscd.start()
    card = DesfireCard()
    with here(ear, CardKeys(sun=KEYS.sun)) as reader:
        reader.encode(1, Technology.DESFIRE, 30)
        with shown(pcscd, card):
            assert "no keys" in ear.next(SensorFailed).why
    assert card.applications == {}


def test_plain_cards_still_count_where_the_site_says_so(pcscd: PrivatePcscd, ear: Ear) -> None:
    """A card that knows none of the proofs is read by its UID, after it was asked for each."""
    pcscd.start()
    with here(ear, spec=replace(GATE, plain_uid=True)), shown(pcscd, uid_card(b"\x04abcdef")):
        assert ear.next(CardFrame).technology is Technology.ISO14443_UID


def test_no_key_is_logged_by_the_reader(
    pcscd: PrivatePcscd, ear: Ear, caplog: pytest.LogCaptureFixture
) -> None:
    """At DEBUG: encoding, reading, a forgery, a card taken away."""
    caplog.set_level(logging.DEBUG)
    pcscd.start()
    card, other = DesfireCard(), DesfireCard()
    other.taken_away_at = 6
    with here(ear) as reader:
        for each in (card, other):
            reader.encode(1, Technology.DESFIRE, 30)
            with shown(pcscd, each):
                ear.next(SensorFailed if each is other else CardEncoded)
        with shown(pcscd, card):
            ear.skip_to(CardFrame)
        card.applications[bytes.fromhex("c0acf5")].keys[1] = bytes(16)
        with shown(pcscd, card):
            ear.skip_to(CardForged)
    assert KEYS.desfire is not None
    for key in (KEYS.desfire.master, *card.applications[bytes.fromhex("c0acf5")].keys[:1]):
        assert key.hex() not in caplog.text.lower().replace(" ", "")
        assert repr(key)[2:-1] not in caplog.text
