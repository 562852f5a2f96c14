"""Passes at an nfcpy reader: nfcpy's own tag classes over tags that answer from memory."""

from collections.abc import Callable

import pytest

pytest.importorskip("nfc", reason="pip install 'accessctl[nfc]'")

import ndef

from hardware.readers.uid import Unreadable
from hardware.signals import Technology
from hardware.specs import NfcReads
from tests.hardware.nfc_emulated import Tag, type_2, type_4
from tests.hardware.test_nfc_tag import UID, Air, mute, number, t2, t4

PASS = b"AP1" + b"AB27" * 37


def text(said: str) -> str:
    return b"".join(ndef.message_encoder([ndef.TextRecord(said)])).hex()


@pytest.mark.parametrize(("air", "answer"), [(t2, type_2), (t4, type_4)], ids=["type 2", "type 4"])
def test_a_pass_is_read_from_a_tag(
    air: Callable[[Callable[[bytes], bytes]], Air], answer: Callable[[Tag], Callable[[bytes], bytes]]
) -> None:
    """Under its own technology, so that no other card has this number."""
    tag = Tag("t2", UID, text(PASS.decode()))
    assert number(air(answer(tag)), NfcReads.PASS) == (Technology.PASS, PASS)


@pytest.mark.parametrize("said", ["door-7", PASS.decode()[:-1], PASS.decode().lower()])
def test_a_tag_without_a_pass_is_no_card(said: str) -> None:
    """Neither by what it says nor by its number."""
    with pytest.raises(Unreadable, match="no pass"):
        number(t2(type_2(Tag("t2", UID, text(said)))), NfcReads.PASS)


def test_a_card_that_says_nothing_is_no_pass() -> None:
    """A badge that is shown to a reader of passes is refused, and not read by its number."""
    with pytest.raises(Unreadable):
        number(t2(mute), NfcReads.PASS)
