"""Secure messaging EV2 against the values of AN12196 and AN12343, for the driver and the tests' tag."""

from collections.abc import Iterator
from functools import partial

import pytest

from hardware.cards.ev2_session import Ev2Session, authenticated_ev2, session_keys
from hardware.cards.native import CardRefuses, Unproven
from tests.hardware.cards.channels import Direct
from tests.hardware.cards.ntag_card import APPLICATION, NtagCard

ZEROS = bytes(16)

# AN12196 6.6 and 6.10, AN12343 table 16; all keys zeros. Key number, RndA, E(RndB), RndB, token, answer,
# transaction, both session keys.
AUTHENTICATIONS = {
    "AN12196 6.6": (
        "13c5db8a5930439fc3def9a4c675360f",
        "a04c124213c186f22399d33ac2a30215",
        "b9e2fc789b64bf237cccaa20ec7e6e48",
        "35c3e05a752e0144bac0de51c1f22c56b34408a23d8aea266cab947ea8e0118d",
        "3fa64db5446d1f34cd6ea311167f5e4985b89690c04a05f17fa7ab2f08120663",
        "9d00c4df",
        "1309c877509e5a215007ff0ed19ca564",
        "4c6626f5e72ea694202139295c7a7fc7",
    ),
    "AN12196 6.10": (
        "b98f4c50cf1c2e084fd150e33992b048",
        "b875ceb0e66a6c5cd00898dc371f92d1",
        "91517975190dcea6104948efa3085c1b",
        "ff0306e47dfbc50087c4d8a78e88e62de1e8be457aa477c707e2f0874916a8b1",
        "0cc9a8094a8eea683ecaac5c7bf20584206d0608d477110fc6b3d5d3f65c3a6a",
        "7614281a",
        "7a93d6571e4b180fca6ac90c9a7488d4",
        "fc4af159b62e549b5812394cab1918cc",
    ),
    "AN12343 16": (
        "b04d0787c93ee0cc8cacc8e86f16c6fe",
        "24677ddbd46349e623798fd729006e79",
        "fa659ad0dca738dd65dc7dc38612ad81",
        "3b50445f21d21d77d500794deb245e5a754f5f901844259f4c9b31a5c7335acd",
        "04c6dbd67417ed0d31ddde4d2e3ffac2b4b074f638eef7fff9254963b65c7759",
        "8cf141f3",
        "63dc07286289a7a6c0334ca31c314a04",
        "774f26743ece6af5033b6ae8522946f6",
    ),
}
by_note = pytest.mark.parametrize("values", AUTHENTICATIONS.values(), ids=AUTHENTICATIONS)


def session_of(transaction: str, encrypts: str, signs: str, counter: int, channel: Direct) -> Ev2Session:
    keys = (bytes.fromhex(encrypts), bytes.fromhex(signs))
    return Ev2Session(channel, 0, keys, bytes.fromhex(transaction), counter)


def answering(answer: str) -> Direct:
    return Direct(lambda _command: bytes.fromhex(answer))


@by_note
def test_authentication_is_that_of_the_notes(values: tuple[str, ...]) -> None:
    """The driver's commands, and what it makes of the answers; the tests' tag makes those answers."""
    a, sealed_b, b, token, answer, transaction, encrypts, signs = map(bytes.fromhex, values)
    first, second = bytes.fromhex("9071000002000000"), bytes.fromhex("90af000020") + token + b"\0"
    script = {first: sealed_b + b"\x91\xaf", second: answer + b"\x91\x00"}
    channel = Direct(script.__getitem__)
    session = authenticated_ev2(channel, 0, ZEROS, lambda _count: a)
    assert channel.sent == [first, second]
    assert session_keys(ZEROS, a, b) == (encrypts, signs) == (session._encrypts, session._signs)
    assert session._transaction == transaction

    tag = NtagCard(challenge=lambda count: {16: b, 4: transaction}[count])
    tag(bytes.fromhex("00a4040c07") + APPLICATION + b"\0")
    assert tag(first) == sealed_b + b"\x91\xaf"
    assert tag(second) == answer + b"\x91\x00"


def _next_of(says: Iterator[bytes], _command: bytes) -> bytes:
    return next(says)


@by_note
def test_a_bit_of_an_answer_that_is_flipped_is_noticed(values: tuple[str, ...]) -> None:
    """In the challenge or in the answer, every bit that carries the tag's proof."""
    a, sealed_b, _, _, answer, *_ = map(bytes.fromhex, values)
    for place in range(20):  # the transaction and the returned challenge; behind them are capabilities
        spoilt = bytearray(answer)
        spoilt[place] ^= 0x10
        says = iter([sealed_b + b"\x91\xaf", bytes(spoilt) + b"\x91\x00"])
        with pytest.raises(Unproven):
            authenticated_ev2(Direct(partial(_next_of, says)), 0, ZEROS, lambda _count: a)


SESSION_A = ("9d00c4df", "1309c877509e5a215007ff0ed19ca564", "4c6626f5e72ea694202139295c7a7fc7")
SESSION_B = ("7614281a", "4cf3cb41a22583a61e89b158d252fc53", "5529860b2fc5fb6154b7f28361d30bf9")


def test_settings_are_changed_as_in_the_note() -> None:
    """AN12196, ChangeFileSettings at count 1: command and answer."""
    channel = answering("57bff87b1241e93d9100")
    session = session_of(*SESSION_A, 1, channel)
    assert session.sealed(0x5F, b"\x02", bytes.fromhex("4000e0c1f121200000430000430000")) == b""
    assert channel.sent[0].hex() == "905f0000190261b6d97903566e84c3ae5274467e89ead799b7c1a0ef7a0400"
    with pytest.raises(Unproven):
        session_of(*SESSION_A, 1, answering("57bff87b1241e93e9100")).sealed(0x5F, b"\x02", b"\x40")


def test_keys_are_changed_as_in_the_note() -> None:
    """AN12196 tables 25 and 26: another key at count 2, and the session's own at count 3."""
    says = iter([bytes.fromhex("203bb55d1089d5879100"), bytes.fromhex("9100")])
    channel = Direct(lambda _command: next(says))
    session = session_of(*SESSION_B, 2, channel)
    session.change_key(2, ZEROS, bytes.fromhex("f3847d627727ed3bc9c4cc050489b966"), 1)
    session.change_key(0, ZEROS, bytes.fromhex("5004bf991f408672b1ef00f08f9e8647"), 1)
    assert [command.hex() for command in channel.sent] == [
        "90c4000029022cf362b7bf4311ff3be1daa295e8c68de09050560d19b9e16c2393ae9cd1fac75d0ce20bcd1d06e600",
        "90c400002900c0eb4deefeddf0b513a03a95a75491818580503190d4d05053ff75668a01d6fda6610234bded643200",
    ]
    tag = NtagCard()
    tag(bytes.fromhex("00a4040c07") + APPLICATION + b"\0")
    tag._session = (bytes.fromhex(SESSION_B[1]), bytes.fromhex(SESSION_B[2]))
    tag._transaction, tag._counter = bytes.fromhex(SESSION_B[0]), 2
    assert [(tag(command) or b"").hex() for command in channel.sent] == ["203bb55d1089d5879100", "9100"]
    assert tag.keys[2].hex() == "f3847d627727ed3bc9c4cc050489b966"
    assert tag.keys[0].hex() == "5004bf991f408672b1ef00f08f9e8647"


def test_the_uid_is_read_as_in_the_note() -> None:
    """AN12196 7.3: GetCardUID, encrypted and signed."""
    channel = answering("70756055688505b52a5e26e59e329cd6595f672298ea41b79100")
    keys = ("df055522", "2b4d963c014dc36f24f69a50a394f875", "379d32130ce61705dd5fd8c36b95d764")
    assert session_of(*keys, 0, channel).uid().hex() == "04958caa5c5e80"
    assert channel.sent[0].hex() == "90510000088e2c155adda99be300"


def test_a_signed_answer_is_read_as_in_the_note() -> None:
    """AN12196 5.3: a command and an answer that are signed and not encrypted."""
    channel = answering("0040eeee000100d1fe001f00004400004400002000006a00002a474282e7a479869100")
    session = session_of("7a21085e", "00" * 16, "8248134a386e86eb7faf54a52e536cb6", 0, channel)
    answer = session.signed(0xF5, b"\x02")
    assert answer.hex() == "0040eeee000100d1fe001f00004400004400002000006a0000"
    assert channel.sent[0].hex() == "90f5000009026597a457c8cd442c00"


def test_an_error_of_the_tag_is_told_in_words() -> None:
    """An error has no MAC: it is no answer, and ends the conversation."""
    with pytest.raises(CardRefuses, match="does not permit"):
        session_of(*SESSION_A, 0, answering("919d")).uid()


def test_a_sealed_answer_of_a_wrong_length_is_not_decrypted() -> None:
    """Also where its MAC is right: the tag's own key made nonsense."""
    tag = NtagCard(uid=b"short")
    tag(bytes.fromhex("00a4040c07") + APPLICATION + b"\0")
    with pytest.raises(Unproven, match="its UID makes no sense"):
        authenticated_ev2(Direct(tag), 0, ZEROS).uid()


def test_the_sessions_own_key_and_any_other_can_be_changed_in_one_session() -> None:
    """The tests' tag has them afterwards, and their versions."""
    tag = NtagCard()
    tag(bytes.fromhex("00a4040c07") + APPLICATION + b"\0")
    session = authenticated_ev2(Direct(tag), 0, ZEROS)
    assert session.key_version(3) == 0
    session.change_key(3, ZEROS, b"3" * 16, 1)
    assert session.key_version(3) == 1
    session.change_key(0, ZEROS, b"0" * 16, 1)
    assert (tag.keys[3], tag.keys[0], tag.versions) == (b"3" * 16, b"0" * 16, [1, 0, 0, 1, 0])
    with pytest.raises(CardRefuses):
        session.key_version(0)
