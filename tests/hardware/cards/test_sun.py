"""A site's NTAG 424 DNA tags: NXP's own values, encoding, proof, and every way to pass off something else."""

import logging
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.cards.channel import CardError, CardGone
from hardware.cards.ntag424 import encode_ntag424, tag_key
from hardware.cards.proving import Forged, NotEncoded, Proof, Proved
from hardware.cards.sun import Counted, opened, prove_sun, signature, template
from hardware.signals import Technology
from hardware.specs import SunKeys
from tests.examples import examples
from tests.hardware.cards.channels import Direct, flipped, spoiled
from tests.hardware.cards.desfire_card import DesfireCard
from tests.hardware.cards.ntag_card import NtagCard
from tests.hardware.virtual_card import Answer, uid_card

KEYS = SunKeys(reading=bytes(range(16)), master=bytes(range(16, 32)))
OTHERS = SunKeys(reading=KEYS.reading, master=bytes(range(32, 48)))
STRANGERS = SunKeys(reading=bytes(range(7, 23)), master=KEYS.master)
ZEROS = bytes(16)


def encoded(keys: SunKeys = KEYS) -> NtagCard:
    tag = NtagCard()
    assert encode_ntag424(Direct(tag), keys) == tag.uid
    return tag


def prove(tag: Answer, keys: SunKeys = KEYS, uid: bytes | None = None) -> Proof:
    return prove_sun(Direct(tag), keys, uid)


# ------------------------------------------------------------------------------------ NXP's values


def test_the_encrypted_message_of_an12196() -> None:
    """AN12196 rev. 1.8 page 12, keys zeros: UID, count and MAC of the link."""
    said = opened(ZEROS, bytes.fromhex("ef963ff7828658a599f3041510671e88"))
    assert said == Counted(bytes.fromhex("04de5f1eacc040"), 61)
    assert signature(ZEROS, said, b"").hex() == "94eed9ee65337086"


def test_the_plain_message_of_the_same_tests() -> None:
    """UID and count in plain, keys zeros; quoted with NXP's values by nfc-developer/sdm-backend."""
    assert signature(ZEROS, Counted(bytes.fromhex("041e3c8a2d6b80"), 6), b"").hex() == "4b00064004b0b3d3"


@pytest.mark.parametrize("mac", ["94eed9ee65337080", "3cc1e7f6c6c33b33"])
def test_wrong_macs_of_the_same_tests(mac: str) -> None:
    """The values that have to fail do."""
    said = opened(ZEROS, bytes.fromhex("ef963ff7828658a599f3041510671e88"))
    assert said is not None
    assert signature(ZEROS, said, b"").hex() != mac


def test_a_message_made_with_another_key_is_not_opened() -> None:
    """Its first byte makes no sense then; what follows is not looked at."""
    assert opened(b"\x01" * 16, bytes.fromhex("ef963ff7828658a599f3041510671e88")) is None


# ----------------------------------------------------------------------------------------- proving


def test_a_tag_that_was_encoded_proves_it_and_counts() -> None:
    """Its number is its UID; each reading has a higher count, whatever is read in between."""
    tag = encoded()
    proofs = [prove(tag, uid=tag.uid) for _ in range(4)]
    counts = []
    for proof in proofs:
        assert isinstance(proof, Proved)
        assert (proof.technology, proof.number) == (Technology.SUN, tag.uid)
        counts.append(proof.counter)
    first = counts[0]
    assert first is not None
    assert counts == list(range(first, first + 4))


def test_every_key_of_the_tag_is_its_own_but_the_reading_key() -> None:
    """No key stays at zeros, and two tags share the reading key alone."""
    one, other = encoded(), NtagCard(uid=b"\x04other!")
    encode_ntag424(Direct(other), KEYS)
    assert ZEROS not in {*one.keys, *other.keys}
    assert [a == b for a, b in zip(one.keys, other.keys, strict=True)] == [False, True, False, False, False]


@pytest.mark.parametrize(
    "card",
    [uid_card(b"\x04abcdef"), DesfireCard(), NtagCard(), lambda _command: b"\x6a\x82"],
    ids=["UID only", "DESFire", "new tag", "other card"],
)
def test_what_has_no_message_of_this_kind_is_not_asked_further(card: Answer) -> None:
    """It claims nothing, so it is no forgery: the next kind of proof has its turn."""
    assert prove(card) is None


def test_a_tag_with_a_phone_number_is_no_tag_of_ours() -> None:
    """Another link or text in the same file claims nothing either."""
    tag = NtagCard()
    tag.content[:12] = b"\x00\x0a\xd1\x01\x06U\x0512345"
    assert prove(tag) is None


@pytest.mark.parametrize("keys", [OTHERS, STRANGERS], ids=["other master", "other reading key"])
def test_another_sites_tag_is_forged_here(keys: SunKeys) -> None:
    """Whichever of its keys is another one."""
    assert isinstance(prove(encoded(keys)), Forged)


def test_a_message_moved_to_another_tag_is_forged_where_the_reader_sees_the_uid() -> None:
    """A recorded message on a tag with another UID."""
    tag = encoded()
    assert isinstance(prove(tag, uid=b"\x04shown!"), Forged)


def test_a_recorded_message_keeps_its_count() -> None:
    """It passes here, as SUN answers no challenge: so its count is given, which is not higher than before."""
    tag = encoded()
    channel = Direct(tag)
    first = prove_sun(channel, KEYS)
    recorded = iter(channel.heard)
    assert prove(lambda _command: next(recorded)) == first
    later = prove(tag)
    assert isinstance(first, Proved)
    assert isinstance(later, Proved)
    assert (later.counter or 0) > (first.counter or 0)


def test_a_count_that_was_raised_by_hand_is_forged() -> None:
    """The count is encrypted and signed: a message with another one cannot be made."""
    tag = encoded()
    own = tag_key(KEYS, tag.uid, 2)
    assert signature(own, Counted(tag.uid, 9), b"x") != signature(own, Counted(tag.uid, 10), b"x")


def test_no_flipped_bit_of_any_answer_is_proof() -> None:
    """Each bit of each answer: also of the link's address, which is signed with the rest."""
    tag = encoded()
    channel = Direct(tag)
    assert isinstance(prove_sun(channel, KEYS), Proved)
    for number, answer in enumerate(channel.heard):
        for bit in range(8 * len(answer)):
            assert not isinstance(prove(spoiled(tag, number, flipped(bit))), Proved), (number, bit)


def test_a_damaged_message_is_forged_and_no_plain_card() -> None:
    """Each bit of its length and text: it is never taken for a tag with some link, and read by its UID."""
    tag = encoded()
    channel = Direct(tag)
    prove_sun(channel, KEYS)
    assert len(channel.heard) == len(("application", "file", "length", "text"))
    for number in (2, 3):
        for bit in range(8 * len(channel.heard[number])):
            assert isinstance(prove(spoiled(tag, number, flipped(bit))), Forged), (number, bit)


def test_a_tag_that_keeps_a_damaged_text_is_no_plain_card() -> None:
    """What the tag still signs is proof; what it does not is a forgery."""
    for bit in range(8 * len(template().content)):
        tag = encoded()
        tag.content[bit // 8] ^= 1 << bit % 8
        assert prove(tag) is not None, bit


@settings(deadline=None, max_examples=examples(100))
@given(st.data())
def test_whatever_a_tag_says_nothing_escapes_and_nothing_else_is_proved(data: st.DataObject) -> None:
    """Answers of any length and content, at any place of the conversation."""
    tag = encoded()

    def says(command: bytes) -> bytes | None:
        return data.draw(st.one_of(st.just(tag(command)), st.binary(max_size=40)))

    with suppress(CardError):
        proof = prove(says)
        if isinstance(proof, Proved):
            assert proof.number == tag.uid
    with suppress(CardError, NotEncoded):
        assert encode_ntag424(Direct(says), KEYS) == tag.uid


# ----------------------------------------------------------------------------------------- encoding


def _commands() -> int:
    return encoded().commands


@pytest.mark.parametrize("does_it_first", [False, True], ids=["before it", "after it"])
@pytest.mark.parametrize("number", range(_commands()))
def test_a_tag_that_was_taken_away_can_be_encoded_again(number: int, does_it_first: bool) -> None:
    """At any command, whether the tag still carried it out or not."""
    tag = NtagCard(taken_away_at=number, does_it_first=does_it_first)
    with pytest.raises(CardGone):
        encode_ntag424(Direct(tag), KEYS)
    tag.taken_away_at = None
    assert encode_ntag424(Direct(tag), KEYS) == tag.uid
    proof = prove(tag)
    assert isinstance(proof, Proved)
    assert proof.number == tag.uid


def test_a_tag_that_is_encoded_stays_as_it_is() -> None:
    """A second time is no harm, and another site cannot take it over."""
    tag = encoded()
    before = list(tag.keys)
    assert encode_ntag424(Direct(tag), KEYS) == tag.uid
    with pytest.raises(NotEncoded, match="another site's"):
        encode_ntag424(Direct(tag), OTHERS)
    assert tag.keys == before


def test_a_tag_that_another_site_has_begun_is_left_to_it() -> None:
    """Its keys are not ours, which is found out while its key 0 can still be used by anybody."""
    tag = NtagCard()
    tag.keys[2], tag.versions[2] = b"k" * 16, 1
    with pytest.raises(NotEncoded, match="another site has begun"):
        encode_ntag424(Direct(tag), KEYS)
    assert tag.keys[0] == ZEROS


def test_a_tag_that_does_not_prove_its_keys_afterwards_is_not_encoded() -> None:
    """Its last answers are what counts, not that it said yes to every step."""
    tag = NtagCard()

    def mirrors_nothing(command: bytes) -> bytes | None:
        if tag.keys[0] != ZEROS:
            tag.settings = bytes.fromhex("00e0ee")
        return tag(command)

    with pytest.raises(NotEncoded, match="does not prove them"):
        encode_ntag424(Direct(mirrors_nothing), KEYS)


def test_a_tag_that_takes_no_text_is_left_as_it_was() -> None:
    """Its keys stay those of the factory."""
    tag = NtagCard()

    def is_locked(command: bytes) -> bytes | None:
        return b"\x69\x82" if command[:2] == b"\x00\xd6" else tag(command)

    with pytest.raises(NotEncoded, match="does not take its text"):
        encode_ntag424(Direct(is_locked), KEYS)
    assert set(tag.keys) == {ZEROS}


@pytest.mark.parametrize("card", [uid_card(b"\x04abcdef"), DesfireCard(), lambda _command: b"\x6e\x00"])
def test_what_is_no_such_tag_is_not_encoded(card: Answer) -> None:
    """It is said in words."""
    with pytest.raises(NotEncoded, match="no NTAG 424 DNA tag"):
        encode_ntag424(Direct(card), KEYS)


def test_the_text_leads_phones_nowhere() -> None:
    """A phone that reads the tag is sent to a name that RFC 2606 keeps free for ever."""
    text = template()
    assert text.content[:2] == (len(text.content) - 2).to_bytes(2, "big")
    assert b"door.invalid/" in text.content
    assert text.content[text.data_at :][:32] == b"0" * 32
    assert text.content[text.mac_at :] == b"0" * 16


def test_no_key_is_logged_or_shown(caplog: pytest.LogCaptureFixture) -> None:
    """At DEBUG, in a repr, or in the words of any refusal."""
    caplog.set_level(logging.DEBUG)
    said = [repr(KEYS)]
    tags: list[Answer] = [
        NtagCard(),
        encoded(),
        encoded(OTHERS),
        *(spoiled(NtagCard(), number, flipped(3)) for number in range(24)),
    ]
    for tag in tags:
        for ask in (prove_sun, encode_ntag424):
            try:
                said.append(repr(ask(Direct(tag), KEYS)))
            except (CardError, NotEncoded) as error:
                said += [repr(error), repr(error.__cause__)]
    secrets = [KEYS.reading, KEYS.master, *encoded().keys]
    for text in (caplog.text, *said):
        for secret in secrets:
            assert secret.hex() not in text.lower()
            assert repr(secret)[2:-1] not in text
