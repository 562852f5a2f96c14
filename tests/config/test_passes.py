"""What a site file says of passes."""

from datetime import timedelta

import pytest

from accessctl.config import load
from accessctl.config.findings import findings
from accessctl.config.site import PassRules
from hardware.signals import DeviceId
from hardware.specs import NfcReaderSpec, NfcReads, UsbReaderSpec, UsbReads
from tests.config.sites import FULL, GOOD, WIRED, problems_of, spoilt

ACCEPTED = "\n[passes]\naccepted = true\n"
USB = ('reads = "hex", reversed = true', 'reads = "pass"')
NFC = ('reads = "ndef"', 'reads = "pass"')


def test_a_site_says_what_holds_for_passes() -> None:
    """Each key is one of the rules, days are a time span."""
    assert load(FULL).passes == PassRules(single_use=True, longest=timedelta(days=14))


def test_passes_are_usable_often_for_a_month_unless_told_otherwise() -> None:
    """Only that they count has to be written."""
    assert load(GOOD + ACCEPTED).passes == PassRules(single_use=False, longest=timedelta(days=31))


@pytest.mark.parametrize("text", [GOOD, GOOD + ACCEPTED.replace("true", "false")])
def test_where_nothing_or_no_is_said_no_pass_counts(text: str) -> None:
    """The table can be kept and switched off."""
    assert load(text).passes is None


@pytest.mark.parametrize(
    ("change", "where"),
    [(USB, "access_points.store-out.reader"), (NFC, "access_points.store-in.reader")],
)
def test_a_reader_of_passes_wants_it_said_that_they_count(change: tuple[str, str], where: str) -> None:
    """Else it would read what nothing ever comes of; saying no is enough."""
    text = spoilt(change, text=WIRED)
    (problem,) = problems_of(text)
    assert str(problem) == f"passes: is missing: {where} reads passes; say that they count: accepted = true"
    assert load(text + ACCEPTED).passes is not None
    assert load(text + ACCEPTED.replace("true", "false")).passes is None


def test_readers_are_built_to_read_passes() -> None:
    """What the file says of a reader is what its driver is told."""
    readers = {spec.id: spec for spec in load(spoilt(USB, NFC, text=WIRED) + ACCEPTED).board.readers}
    usb, nfc = readers[DeviceId("store-out.reader")], readers[DeviceId("store-in.reader")]
    assert isinstance(usb, UsbReaderSpec)
    assert usb.reads is UsbReads.PASS
    assert isinstance(nfc, NfcReaderSpec)
    assert nfc.reads is NfcReads.PASS


def test_passes_that_nothing_reads_are_noted() -> None:
    """Nobody could ever show one."""
    note = "note: passes: no reader and no camera here reads passes"
    assert note in map(str, findings(load(WIRED + ACCEPTED)))
    assert note not in map(str, findings(load(spoilt(USB, text=WIRED) + ACCEPTED)))
    assert note not in map(str, findings(load(FULL)))


def test_a_pass_is_not_turned_round() -> None:
    """It is text, whose bytes come as they are typed."""
    text = spoilt(('reads = "hex"', 'reads = "pass"'), text=WIRED) + ACCEPTED
    (problem,) = problems_of(text)
    assert problem.path == "access_points.store-out.reader.reversed"
