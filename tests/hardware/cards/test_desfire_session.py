"""DESFire's secure messaging against what was recorded from cards: the driver's, and the tests' card's.

The recordings are of ElmueSoft's DESFire library for Arduino, as its ports to Python quote them: a DESFire
EV1 with published keys.
"""

import pytest

from hardware.cards.desfire_session import Session, authenticated
from hardware.cards.native import CardRefuses, Unproven
from tests.hardware.cards.channels import Direct
from tests.hardware.cards.desfire_card import Application, DesfireCard

ZEROS = bytes(16)
KEY = bytes.fromhex("10182028303840485058606870788088")
A = bytes.fromhex("40e7d27174cba675e8efbab99c530e3d")
B = bytes.fromhex("626ffbd45caf334acca45599304f5b17")
APPLICATION = bytes.fromhex("16ae00")

# Each command with its answer, without the wrapping.
CONVERSATION = [
    ("aa 01", "b351cb2465d4f33ac627fd6e87a168f2 91af"),
    (
        "af 044b6cac343a0865895149649ca8dde1f5ac4ec67bd208900af02f049e05f0b0",
        "a2ee144b1012fbeb7b2f11132d95a454 9100",
    ),
    ("cd 05 00 1100 500000", "a75316ad1596b953 9100"),
    ("6f", "05 2d5ff67ffec9d2d3 9100"),
    ("f5 05", "00 00 1100 500000 2aac7517024e09dc 9100"),
    ("3d 05 000000 340000" + bytes(range(52)).hex(), "765c9daa50ecb62f 9100"),
    ("3d 05 340000 1c0000" + bytes(range(52, 80)).hex(), "3e0aed986b8b0f37 9100"),
    ("bd 05 000000 300000", bytes(range(48)).hex() + "4c65f1f842262bac 9100"),
    ("bd 05 300000 200000", bytes(range(48, 80)).hex() + "f02205cf913c03c9 9100"),
    ("df 05", "1bef0d32b6d1d7f9 9100"),
]


def wrapped(native: str) -> bytes:
    """Wrap a command as it is sent."""
    command, *data = bytes.fromhex(native)
    return bytes([0x90, command, 0, 0]) + (bytes([len(data), *data]) if data else b"") + b"\0"


def the_card() -> DesfireCard:
    card = DesfireCard(challenge=lambda _count: B)
    card.applications[APPLICATION] = Application([ZEROS, KEY])
    card(wrapped("5a 16ae00"))
    return card


def test_the_tests_card_answers_as_the_recorded_one() -> None:
    """Byte by byte: authentication, files, and every CMAC. So a driver that suits it suits the real one."""
    card = the_card()
    for command, answer in CONVERSATION:
        assert card(wrapped(command)) == bytes.fromhex(answer), command


def test_the_driver_says_what_was_recorded() -> None:
    """The driver sends the recorded commands and believes the recorded answers, through to the last CMAC."""
    script = {wrapped(command): bytes.fromhex(answer) for command, answer in CONVERSATION}
    channel = Direct(script.__getitem__)
    session = authenticated(channel, 1, KEY, lambda _count: A)
    for command, answer in CONVERSATION[2:]:
        code, *data = bytes.fromhex(command)
        assert session.ask(code, bytes(data)) == bytes.fromhex(answer)[:-10]
    assert channel.sent == list(script)


@pytest.mark.parametrize("number", range(2, len(CONVERSATION)))
def test_an_answer_out_of_its_place_is_not_believed(number: int) -> None:
    """The same answer, given once more or one too early, is no answer."""
    script = {wrapped(command): bytes.fromhex(answer) for command, answer in CONVERSATION}
    session = authenticated(Direct(script.__getitem__), 1, KEY, lambda _count: A)
    session._channel = Direct(lambda _command: bytes.fromhex(CONVERSATION[number][1]))
    with pytest.raises(Unproven):
        session.ask(0x64)


# ChangeKey as recorded: the session's key, the key's number, old and new, what was sent and what came back.
CHANGES = [
    (
        ("f44b26f5c05ddd7110772281c4d066e8", 0, "00" * 16, "00102030405060708090a0b0b0a09080"),
        "e9f85e219496c2b58c1090dc3935fae9e840cf61b383d9531946256b1f110c10",
        "9100",
    ),
    (
        ("c2a1e47b27104712fe6d00a71177a19b", 0, "00102030405060708090a0b0b0a09080", KEY.hex()),
        "2945e3760e60f4a4046bb8a505b31cf559a3a2e05213bc82942ca6ab5dbcecf5",
        "9100",
    ),
    (
        ("c2a1e47bd8100044fe6d00a74d7ab17c", 1, "00" * 16, "00102030405060708090a0b0b0a09080"),
        "e7eccb6bd1ca64bc161a12b1c024f71430337408c8a87eacab7a1ff18951fca3",
        "2128d3cd9c9acfff 9100",
    ),
]


@pytest.mark.parametrize(("given", "sent", "answer"), CHANGES, ids=["own", "own again", "another"])
def test_keys_are_changed_as_it_was_recorded(
    given: tuple[str, int, str, str], sent: str, answer: str
) -> None:
    """The driver encrypts a new key as the recorded host did; the tests' card understands it, and signs."""
    session_key, number, old, new = given
    channel = Direct(lambda _command: bytes.fromhex(answer))
    session = Session(channel, 0, bytes.fromhex(session_key))
    session.change_key(number, bytes.fromhex(old), bytes.fromhex(new), 0x10)
    assert channel.sent == [wrapped(f"c4 {number:02x} {sent}")]

    card = the_card()
    here = card.applications[APPLICATION]
    here.keys = [bytes.fromhex(old)] * 2
    card._key, card._number = bytes.fromhex(session_key), 0
    assert card(wrapped(f"c4 {number:02x} {sent}")) == bytes.fromhex(answer)
    assert (here.keys[number].hex(), here.versions[number]) == (new, 0x10)


def test_the_real_uid_is_read_and_believed_only_as_the_card_said_it() -> None:
    """A card with a random UID tells its real one under the session's key; one flipped bit is noticed."""
    card = the_card()
    card.random_uid = True
    assert authenticated(Direct(card), 1, KEY).uid() == card.uid
    for bit in range(128):
        session = authenticated(Direct(card), 1, KEY)

        def flips(command: bytes, bit: int = bit) -> bytes:
            said = bytearray(card(command) or b"")
            said[bit // 8] ^= 1 << bit % 8
            return bytes(said)

        session._channel = Direct(flips)
        with pytest.raises(Unproven):
            session.uid()


def test_a_key_that_is_not_the_cards_is_refused() -> None:
    """By the card, which has to know first; and the card's word that all is well proves nothing."""
    with pytest.raises(CardRefuses, match="another key"):
        authenticated(Direct(the_card()), 1, ZEROS)
    yes = {0xAA: bytes(16) + b"\x91\xaf", 0xAF: bytes(16) + b"\x91\x00"}
    with pytest.raises(Unproven, match="does not know the key"):
        authenticated(Direct(lambda command: yes[command[1]]), 1, KEY)
