"""A site's DESFire cards: encoded, proved, and every way to pass off something else as one."""

import logging
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.cards.channel import CardError, CardGone
from hardware.cards.desfire import PROVING_KEY, prove_desfire
from hardware.cards.desfire_encoding import encode_desfire
from hardware.cards.proving import Forged, NotEncoded, Proof, Proved
from hardware.signals import Technology
from hardware.specs import DesfireKeys
from tests.examples import examples
from tests.hardware.cards.channels import Direct, flipped, spoiled
from tests.hardware.cards.desfire_card import Application, DesfireCard
from tests.hardware.cards.ntag_card import NtagCard
from tests.hardware.virtual_card import Answer, uid_card

KEYS = DesfireKeys(bytes.fromhex("f5acc0"), bytes(range(16)))
OTHERS = DesfireKeys(KEYS.application, bytes(range(1, 17)))
HERE = KEYS.application[::-1]
ZEROS = bytes(16)


def encoded(**about: object) -> DesfireCard:
    card = DesfireCard(**about)  # type: ignore[arg-type]  # as each test says
    assert encode_desfire(Direct(card), KEYS) == card.uid
    return card


def prove(card: Answer, keys: DesfireKeys = KEYS, uid: bytes | None = None) -> Proof:
    return prove_desfire(Direct(card), keys, uid)


@pytest.mark.parametrize("random_uid", [False, True], ids=["fixed UID", "random UID"])
def test_a_card_that_was_encoded_proves_it(random_uid: bool) -> None:
    """Its number is its real UID, whichever it shows, and it can be asked again and again."""
    card = encoded(random_uid=random_uid)
    seen = b"\x08abc" if random_uid else card.uid
    for _ in range(3):
        assert prove(card, uid=seen) == Proved(Technology.DESFIRE, card.uid)


def test_every_key_of_the_card_is_its_own_and_none_is_the_factorys() -> None:
    """Of two cards only the key that opens nothing is the same; no key stays at zeros."""
    one, other = encoded(), encoded(uid=b"\x04other!")
    mine, its = one.applications[HERE].keys, other.applications[HERE].keys
    assert ZEROS not in {*mine, *its}
    assert [a == b for a, b in zip(mine, its, strict=True)] == [False, False, True]
    assert KEYS.master not in mine


@pytest.mark.parametrize(
    "card",
    [uid_card(b"\x04abcdef"), DesfireCard(), NtagCard(), lambda _: b"\x6a\x82", lambda _: b"\x6d\x00"],
    ids=["UID only", "empty DESFire", "NTAG 424", "other card", "older card"],
)
def test_what_has_no_application_of_the_site_is_not_asked_further(card: Answer) -> None:
    """It claims nothing, so it is no forgery: the next kind of proof has its turn."""
    assert prove(card) is None


def test_a_copy_that_knows_only_what_can_be_read_is_forged() -> None:
    """The application, its files and the UID can be copied; the keys cannot."""
    real = encoded()
    files = real.applications[HERE].files
    copy = DesfireCard(applications={HERE: Application([ZEROS] * 3, files=dict(files))})
    assert prove(copy) == Forged(Technology.DESFIRE, "it has another key")


def test_another_sites_card_is_forged_here() -> None:
    """An application of this number with the keys of another site proves nothing."""
    card = DesfireCard()
    encode_desfire(Direct(card), OTHERS)
    assert isinstance(prove(card), Forged)
    assert isinstance(prove(card, OTHERS), Proved)


def test_one_card_broken_open_is_that_card_and_no_other() -> None:
    """Whoever has all keys of one card, and claims another one's UID, is refused."""
    broken = encoded()
    other = DesfireCard(uid=b"\x04victim", applications=broken.applications)
    proof = prove(other)
    assert isinstance(proof, Forged)


def test_a_card_that_carries_another_cards_number_is_forged() -> None:
    """The file is compared with the UID under which the key was derived."""
    card = encoded()
    card.applications[HERE].files[1].content[3] ^= 1
    proof = prove(card)
    assert isinstance(proof, Forged)
    assert "another card's" in proof.why


def test_a_card_that_shows_another_uid_than_it_has_is_forged() -> None:
    """What the reader saw and what the card says under its key have to agree."""
    card = encoded()
    assert isinstance(prove(card, uid=b"\x04shown!"), Forged)
    assert isinstance(prove(card, uid=card.uid), Proved)


def test_a_recorded_conversation_proves_nothing_later() -> None:
    """Every answer of a real card, played again in order: the challenge is another one."""
    channel = Direct(encoded())
    assert isinstance(prove_desfire(channel, KEYS), Proved)
    recorded = iter(channel.heard)
    assert isinstance(prove(lambda _command: next(recorded)), Forged)


def test_no_flipped_bit_of_any_answer_is_proof() -> None:
    """Each bit of each answer, one at a time: never proved, and never another error than a card's."""
    card = encoded()
    channel = Direct(card)
    assert isinstance(prove_desfire(channel, KEYS), Proved)
    for number, answer in enumerate(channel.heard):
        for bit in range(8 * len(answer)):
            assert not isinstance(prove(spoiled(card, number, flipped(bit))), Proved), (number, bit)


@settings(deadline=None, max_examples=examples(100))
@given(st.data())
def test_whatever_a_card_says_nothing_escapes_and_nothing_is_proved(data: st.DataObject) -> None:
    """Answers of any length and content, at any place of the conversation."""
    card = encoded()

    def says(command: bytes) -> bytes | None:
        return data.draw(st.one_of(st.just(card(command)), st.binary(max_size=40)))

    with suppress(CardError):
        proof = prove(says)
        if isinstance(proof, Proved):
            assert proof.number == card.uid
    with suppress(CardError, NotEncoded):
        assert encode_desfire(Direct(says), KEYS) == card.uid


# ----------------------------------------------------------------------------------------- encoding


def _commands() -> int:
    card = encoded()
    return card.commands


@pytest.mark.parametrize("does_it_first", [False, True], ids=["before it", "after it"])
@pytest.mark.parametrize("number", range(_commands()))
def test_a_card_that_was_taken_away_can_be_encoded_again(number: int, does_it_first: bool) -> None:
    """At any command, whether the card still carried it out or not; until then it proves nothing."""
    card = DesfireCard(taken_away_at=number, does_it_first=does_it_first)
    with pytest.raises(CardGone):
        encode_desfire(Direct(card), KEYS)
    card.taken_away_at = None
    finished = card.applications.get(HERE) is not None and card.applications[HERE].keys[0] != ZEROS
    if finished:
        assert isinstance(prove(card), Proved), "only the check was missing"
    assert encode_desfire(Direct(card), KEYS) == card.uid
    assert prove(card) == Proved(Technology.DESFIRE, card.uid)


def test_a_card_that_is_encoded_stays_as_it_is() -> None:
    """A second time is no harm."""
    card = encoded()
    before = list(card.applications[HERE].keys)
    assert encode_desfire(Direct(card), KEYS) == card.uid
    assert card.applications[HERE].keys == before


def test_another_sites_card_is_not_touched() -> None:
    """Neither one that is encoded nor one that another site has begun."""
    card = encoded()
    with pytest.raises(NotEncoded, match="another site's"):
        encode_desfire(Direct(card), OTHERS)
    assert isinstance(prove(card), Proved)

    begun = DesfireCard(taken_away_at=_commands() - 14)
    with pytest.raises(CardGone):
        encode_desfire(Direct(begun), KEYS)
    begun.taken_away_at = None
    assert begun.applications[HERE].versions[PROVING_KEY] == 1, "its keys were begun"
    with pytest.raises(NotEncoded, match="another site has begun"):
        encode_desfire(Direct(begun), OTHERS)
    assert begun.applications[HERE].keys[0] == ZEROS, "it can still be encoded by the site that began"
    assert encode_desfire(Direct(begun), KEYS) == begun.uid


def test_a_card_that_lets_nobody_create_needs_its_transport_key() -> None:
    """With the right one it is encoded, with another one it is refused and stays as it was."""
    transport = b"transport-key-01"
    keys = DesfireKeys(KEYS.application, KEYS.master, transport)
    card = DesfireCard(master=transport, free_to_create=False)
    with pytest.raises(NotEncoded, match="another key"):
        encode_desfire(Direct(card), KEYS)
    assert card.applications == {}
    assert encode_desfire(Direct(card), keys) == card.uid
    assert isinstance(prove(card), Proved)


@pytest.mark.parametrize("card", [uid_card(b"\x04abcdef"), NtagCard(), lambda _command: b"\x6e\x00"])
def test_what_is_no_desfire_card_is_not_encoded(card: Answer) -> None:
    """It is said in words."""
    with pytest.raises(NotEncoded, match="no DESFire card"):
        encode_desfire(Direct(card), KEYS)


def test_a_card_that_does_not_prove_its_keys_afterwards_is_not_encoded() -> None:
    """Its last answers are what counts, not that it said yes to every step."""
    card = DesfireCard()

    def loses_its_number(command: bytes) -> bytes | None:
        here = card.applications.get(HERE)
        if here is not None and here.keys[0] != ZEROS:
            here.files[1].content[:] = bytes(16)
        return card(command)

    with pytest.raises(NotEncoded, match="does not prove them"):
        encode_desfire(Direct(loses_its_number), KEYS)


@pytest.mark.parametrize(("command", "words"), [(0xCA, "full"), (0xAA, "wait")])
def test_whatever_a_card_refuses_is_told_in_words(command: int, words: str) -> None:
    """A full card, one that makes whoever tried wrong keys wait: nothing else is tried with it."""
    card = DesfireCard()
    status = {0xCA: 0x0E, 0xAA: 0xAD}[command]

    def refuses(sent: bytes) -> bytes | None:
        return bytes([0x91, status]) if sent[1] == command else card(sent)

    with pytest.raises(NotEncoded, match=words):
        encode_desfire(Direct(refuses), KEYS)


def test_other_applications_of_a_card_stay() -> None:
    """The card may serve a canteen as well."""
    canteen = Application([b"k" * 16])
    card = DesfireCard(applications={b"abc": canteen})
    encode_desfire(Direct(card), KEYS)
    assert card.applications[b"abc"] is canteen
    assert canteen.keys == [b"k" * 16]


# -------------------------------------------------------------------------------------- keys stay in


@pytest.mark.parametrize("ask", [encode_desfire, prove_desfire], ids=["encoding", "proving"])
def test_no_key_is_logged_or_shown(
    ask: Callable[[Direct, DesfireKeys], object], caplog: pytest.LogCaptureFixture
) -> None:
    """At DEBUG, in a repr, or in the words of any refusal."""
    caplog.set_level(logging.DEBUG)
    transport = b"transport-key-01"
    keys = DesfireKeys(KEYS.application, KEYS.master, transport)
    cards: list[Answer] = [
        DesfireCard(),
        encoded(),
        DesfireCard(free_to_create=False),
        *(spoiled(encoded(), number, flipped(3)) for number in range(8)),
        *(spoiled(DesfireCard(), number, flipped(3)) for number in range(20)),
    ]
    said = [repr(keys)]
    for card in cards:
        try:
            said.append(repr(ask(Direct(card), keys)))
        except (CardError, NotEncoded) as error:
            said += [repr(error), repr(error.__cause__)]
    real = encoded()
    secrets = [keys.master, transport, *real.applications[HERE].keys]
    for text in (caplog.text, *said):
        for secret in secrets:
            assert secret.hex() not in text.lower()
            assert repr(secret)[2:-1] not in text
