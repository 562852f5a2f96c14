"""One card behind a real pcscd: who gets a word in while it is asked several things, and for how long."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from threading import Event, Thread

import pytest

pytest.importorskip("smartcard", reason="pip install pyscard")

from smartcard import scard

from hardware.cards.channel import CardGone, CardSilent
from hardware.readers.pcsc_card import PcscCard, connected, reader_names
from tests.hardware.cards.pkoc_card import ATR
from tests.hardware.private_pcscd import READER, SECOND_READER, PrivatePcscd
from tests.hardware.virtual_card import OK, UNKNOWN_COMMAND, Answer, VirtualCard

OURS, THEIRS = bytes.fromhex("0001000000"), bytes.fromhex("0002000000")


@contextmanager
def context() -> Iterator[int]:
    result, made = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    assert result == scard.SCARD_S_SUCCESS
    try:
        yield made
    finally:
        scard.SCardReleaseContext(made)


@contextmanager
def card_at(pcscd: PrivatePcscd, answer: Answer, atr: bytes = ATR) -> Iterator[PcscCard]:
    """A card that was noticed, connected to."""
    pcscd.start()
    with VirtualCard(pcscd.port, answer, atr=atr), context() as ours:
        states = [(READER, scard.SCARD_STATE_EMPTY)]
        while not states[0][1] & scard.SCARD_STATE_PRESENT:
            _result, news = scard.SCardGetStatusChange(ours, 5_000, states)
            states = [(READER, news[0][1])]
        with connected(ours, READER, lambda: None) as card:
            yield card


def intrude(until: Event) -> None:
    """Be another program that wants something of the same card, and stay: leaving resets the card."""
    with context() as theirs, connected(theirs, READER, lambda: None) as card:
        card.transmit(THEIRS)
        until.wait(10)


@pytest.mark.parametrize("alone", [True, False])
def test_no_other_program_gets_a_word_in(pcscd: PrivatePcscd, alone: bool) -> None:
    """What was begun with a card is not ended by another program's command; without ``alone`` it would be."""
    heard: list[bytes] = []
    intruded, over = Event(), Event()

    def answer(command: bytes) -> bytes:
        heard.append(command)
        if command == THEIRS:
            intruded.set()
        return OK

    intruder = Thread(target=intrude, args=(over,), daemon=True)
    with card_at(pcscd, answer) as card:
        with card.alone() if alone else nullcontext():
            card.transmit(OURS)
            intruder.start()
            intruded.wait(0.5 if alone else 5)
            card.transmit(OURS)
            assert heard == ([OURS, OURS] if alone else [OURS, THEIRS, OURS])
        assert intruded.wait(5)
        over.set()
        intruder.join(5)


def test_a_card_can_be_left_to_others_for_a_while(pcscd: PrivatePcscd) -> None:
    """A library that connects by itself gets its turn in the midst, and nobody afterwards."""
    heard: list[bytes] = []

    def answer(command: bytes) -> bytes:
        heard.append(command)
        return OK

    with card_at(pcscd, answer) as card, card.alone():
        card.transmit(OURS)
        with card.left_to_others(), context() as theirs:
            result, handle, protocol = scard.SCardConnect(
                theirs, READER, scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_T1
            )
            assert result == scard.SCARD_S_SUCCESS
            scard.SCardTransmit(handle, protocol, list(THEIRS))
            # As a library may: what follows has to connect anew.
            scard.SCardDisconnect(handle, scard.SCARD_RESET_CARD)
        assert card.transmit(OURS) == OK
    assert heard == [OURS, THEIRS, OURS]


def test_time_that_is_over_is_over(pcscd: PrivatePcscd) -> None:
    """After its time a card is sent nothing more."""
    heard: list[bytes] = []

    def answer(command: bytes) -> bytes:
        heard.append(command)
        return OK

    with card_at(pcscd, answer) as card:
        with card.alone(-1), pytest.raises(CardSilent, match="longer to answer"):
            card.transmit(OURS)
        assert heard == []
        assert card.transmit(OURS) == OK


def test_a_card_service_that_dies_in_the_midst_is_no_more_than_a_silent_card(pcscd: PrivatePcscd) -> None:
    """The next command fails with words, and nothing else is raised on the way out."""
    with card_at(pcscd, lambda _command: UNKNOWN_COMMAND) as card, card.alone():
        assert card.transmit(OURS) == UNKNOWN_COMMAND
        pcscd.kill()
        with pytest.raises((CardGone, CardSilent)):
            card.transmit(OURS)


def test_the_readers_are_known_by_their_names(pcscd: PrivatePcscd) -> None:
    """All readers there are now; none while pcscd does not run."""
    pcscd.start()
    assert reader_names() == [READER, SECOND_READER]
    pcscd.kill()
    assert reader_names() == []
