"""A 2-D reader that types passes: from keys to a pass, and nothing else."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

pytest.importorskip("evdev", reason="evdev is not installed")

from hardware.cards.pass_text import ALPHABET, LENGTH
from hardware.readers.input_watch import InputWatch
from hardware.readers.typed_number import LONGEST, LONGEST_OF, Typing, number_typed
from hardware.readers.uid import Unreadable
from hardware.readers.usb import UsbReader
from hardware.signals import CardFrame, CardUnreadable, DeviceId, Technology
from hardware.specs import UsbReaderSpec, UsbReads
from tests.hardware.listening import Ear
from tests.hardware.test_usb import ready
from tests.hardware.test_usb_typed import CODES, SHIFTED_CODES, typed
from tests.hardware.usb_stand_in import UsbStandIn

PASS = "AP1" + "AB27" * 37
PORT, WAY = "1-1.2", "usb1/1-1/1-1.2"
SPEC = UsbReaderSpec(DeviceId("gate-in.reader"), PORT, UsbReads.PASS)


@pytest.fixture
def usb(tmp_path: Path) -> Iterator[UsbStandIn]:
    stand_in = UsbStandIn(tmp_path)
    yield stand_in
    stand_in.close()


def listening() -> Typing:
    typing = Typing(LONGEST_OF[UsbReads.PASS])
    typing.silence()
    return typing


def test_every_letter_of_a_pass_can_be_typed() -> None:
    """On a keyboard of the United States with nothing but Shift."""
    text = ("AP1" + ALPHABET * 5)[:LENGTH]
    assert typed(listening(), text + "\n") == [text]
    assert set(ALPHABET + "1") <= {*CODES, *SHIFTED_CODES}


def test_a_2d_reader_reports_passes_and_nothing_else(usb: UsbStandIn, ear: Ear) -> None:
    """What it types is a pass, whole and under its own technology; a parcel's label is no card."""
    plugged = usb.plug(WAY)
    reader = UsbReader(SPEC, InputWatch(usb))
    with closing(reader):
        ready(reader, ear)
        plugged.type(PASS + "\n")
        frame = ear.next(CardFrame)
        assert (frame.technology, frame.number) == (Technology.PASS, PASS.encode())
        plugged.type("00340123450000000017\n")
        assert ear.next(CardUnreadable).why == "what was typed is no pass"
        plugged.type(PASS + PASS + "\n")
        assert ear.next(CardUnreadable).why == f"more than {LENGTH} characters were typed"
    assert ear.quiet


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0412AB34CD56EF",
        PASS[:-1],
        PASS.lower(),
        PASS.replace("A", "0"),
        "https://example.org/",
        "x" * LONGEST,
    ],
)
def test_what_is_no_pass_is_no_card(text: str) -> None:
    """A badge that types its number, half a pass, or one in small letters: nobody is looked up by it."""
    with pytest.raises(Unreadable, match="no pass"):
        number_typed(text, UsbReads.PASS, reverse=False)


def test_other_readers_take_no_longer_numbers_than_before() -> None:
    """The length of a pass is for readers of passes."""
    typing = Typing()
    typing.silence()
    with pytest.raises(Unreadable, match="more than 128"):
        typed(typing, PASS)
