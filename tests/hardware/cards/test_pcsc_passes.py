"""Tags with passes, through a real pcscd."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

pytest.importorskip("smartcard", reason="pip install pyscard")
pytest.importorskip("ndef", reason="pip install 'accessctl[passes]'")

import ndef

from hardware.readers.pcsc import PcscReader, pcsc_readers
from hardware.signals import CardFrame, CardUnreadable, DeviceBack, DeviceId, Technology
from hardware.specs import PcscReaderSpec
from tests.hardware.cards.pass_tags import Answer as TagAnswer
from tests.hardware.cards.pass_tags import type_2, type_4
from tests.hardware.cards.pkoc_card import ATR as TAKES_COMMANDS
from tests.hardware.listening import Ear
from tests.hardware.private_pcscd import READER, PrivatePcscd
from tests.hardware.virtual_card import ATR_ISO14443A, GET_UID, OK, Answer, VirtualCard

PASS = b"AP1" + b"AB27" * 37
UID = bytes.fromhex("04a1b2c3d4e5f6")
TEXT = b"".join(ndef.message_encoder([ndef.TextRecord(PASS.decode())]))
GATE = PcscReaderSpec(DeviceId("gate-in.reader"), READER, passes=True)
STRICT = replace(GATE, plain_uid=False)


@contextmanager
def opened(ear: Ear, spec: PcscReaderSpec) -> Iterator[PcscReader]:
    [reader] = pcsc_readers([spec])
    reader.open(ear)
    ear.skip_to(DeviceBack)
    try:
        yield reader
    finally:
        reader.close()


def with_uid(tag: TagAnswer) -> Answer:
    return lambda command: UID + OK if command == GET_UID else tag(command)


@pytest.mark.parametrize(
    ("tag", "atr"), [(type_2, ATR_ISO14443A), (type_4, TAKES_COMMANDS)], ids=["type 2", "type 4"]
)
def test_a_tag_with_a_pass_is_a_pass(
    pcscd: PrivatePcscd, ear: Ear, tag: Callable[[bytes], TagAnswer], atr: bytes
) -> None:
    """A tag as it is sold, and a phone that plays one."""
    pcscd.start()
    with opened(ear, GATE), VirtualCard(pcscd.port, with_uid(tag(TEXT)), atr=atr):
        frame = ear.next(CardFrame)
    assert (frame.technology, frame.number) == (Technology.PASS, PASS)


def test_a_tag_without_a_pass_is_what_it_is_otherwise(pcscd: PrivatePcscd, ear: Ear) -> None:
    """Where plain numbers count it is a card, and where they do not it is none."""
    pcscd.start()
    blank = with_uid(type_2(b""))
    with opened(ear, GATE), VirtualCard(pcscd.port, blank):
        assert ear.next(CardFrame).technology is Technology.ISO14443_UID
    with opened(ear, STRICT), VirtualCard(pcscd.port, blank):
        ear.next(CardUnreadable)


def test_a_reader_that_reads_no_passes_takes_the_number(pcscd: PrivatePcscd, ear: Ear) -> None:
    """What the tag holds besides is not looked at where the site does not say so."""
    pcscd.start()
    with opened(ear, replace(GATE, passes=False)), VirtualCard(pcscd.port, with_uid(type_2(TEXT))):
        assert ear.next(CardFrame).number == UID
