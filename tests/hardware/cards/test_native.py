"""Commands of the DESFire family: how they are wrapped, and what becomes of their errors."""

import pytest

from hardware.cards.channel import CardSilent
from hardware.cards.native import CardRefuses, NotNative, send, told
from tests.hardware.cards.channels import Direct


def saying(answer: bytes) -> Direct:
    return Direct(lambda _command: answer)


def test_a_command_is_wrapped_with_its_length_or_without() -> None:
    """A command without data has no length, as ISO 7816 wants it."""
    channel = saying(b"\x91\x00")
    assert send(channel, 0x51) == (0, b"")
    assert send(channel, 0x5A, b"abc") == (0, b"")
    assert [sent.hex() for sent in channel.sent] == ["9051000000", "905a00000361626300"]


def test_what_does_not_fit_one_command_is_refused() -> None:
    """It would be cut or sent with a wrong length."""
    with pytest.raises(ValueError, match="too long"):
        send(saying(b"\x91\x00"), 0x3D, bytes(256))


@pytest.mark.parametrize("answer", [b"\x90\x00", b"\x6d\x00", b"abc\x61\x10"])
def test_a_card_that_answers_in_another_way_speaks_another_language(answer: bytes) -> None:
    """Only 91xx is an answer to a native command."""
    with pytest.raises(NotNative):
        send(saying(answer), 0x5A)


@pytest.mark.parametrize("answer", [b"", b"\x91"])
def test_an_answer_without_a_status_is_none(answer: bytes) -> None:
    """Too short to mean anything."""
    with pytest.raises(CardSilent):
        send(saying(answer), 0x5A)


@pytest.mark.parametrize(
    ("status", "words"), [(0xAE, "another key"), (0xAD, "wait"), (0x0E, "full"), (0x77, "the error 77")]
)
def test_an_error_is_put_into_words(status: int, words: str) -> None:
    """Those that an operator can do something about, and the number of any other."""
    with pytest.raises(CardRefuses, match=words) as refused:
        told(saying(bytes([0x91, status])), 0x5A)
    assert refused.value.status == status
