"""Commands to a card whose answer comes in parts, or that never ends."""

import pytest

from hardware.cards.channel import Answer, CardSilent, ask
from tests.hardware.cards.channels import Direct

READ = bytes.fromhex("00b0000000")


def test_an_answer_in_parts_is_fetched() -> None:
    """What a card announces is fetched until it says that this was all."""
    parts = iter([b"ab\x61\x02", b"cd\x61\x01", b"e\x90\x00"])
    channel = Direct(lambda _command: next(parts))
    assert ask(channel, READ) == Answer(b"abcde", 0x9000)
    assert channel.sent[1:] == [bytes.fromhex("00c0000002"), bytes.fromhex("00c0000001")]


@pytest.mark.parametrize(
    ("command", "again"),
    [("00b0000000", "00b0000007"), ("00a4040001ff00", "00a4040001ff07")],
    ids=["without data", "with data"],
)
def test_a_card_that_knows_the_length_better_is_asked_again(command: str, again: str) -> None:
    """The length that the card names is asked for, and what was sent is sent again."""
    answers = iter([b"\x6c\x07", b"1234567\x90\x00"])
    channel = Direct(lambda _command: next(answers))
    assert ask(channel, bytes.fromhex(command)).data == b"1234567"
    assert channel.sent[1].hex() == again


def test_what_asks_for_nothing_is_not_asked_again() -> None:
    """A command without a length to correct is not made into another command."""
    channel = Direct(lambda _command: b"\x6c\x07")
    assert ask(channel, bytes.fromhex("00a4040001ff")).status == 0x6C07
    assert len(channel.sent) == 1


@pytest.mark.parametrize("answer", [b"", b"\x90"])
def test_an_answer_without_a_status_means_nothing(answer: bytes) -> None:
    """Less than two bytes are no answer."""
    with pytest.raises(CardSilent, match="too short"):
        ask(Direct(lambda _command: answer), READ)


@pytest.mark.parametrize("part", [b"\x61\x01", b"x" * 200 + b"\x61\xc8"], ids=["of nothing", "of much"])
def test_a_card_that_never_ends_is_no_card(part: bytes) -> None:
    """A card that announces more for ever is given up."""
    with pytest.raises(CardSilent, match="without end"):
        ask(Direct(lambda _command: part), READ)
