from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.factors import ALL_FACTORS, BIOMETRIC, MOST_ASSURANCE, Asks, Factor, PinCheck, assurance_of
from policies.reasons import Reason

NONE, CARD, PIN, CODE = Factor.NONE, Factor.CARD, Factor.PIN, Factor.CODE
FINGER, FACE = Factor.FINGERPRINT, Factor.FACE

PROVEN = st.integers(0, ALL_FACTORS.value).map(Factor)

TWO_OF = Asks((CARD | PIN, CARD | FACE, PIN | FACE))
"""Two of card, PIN and face."""


@pytest.mark.parametrize(
    ("asks", "ways"),
    [
        (Asks.NOTHING, {NONE}),
        (Asks.CARD, {CARD}),
        (Asks.CARD_AND_PIN, {CARD | PIN}),
        (Asks.CARD_AND_CODE, {CARD | CODE}),
        (Asks.CARD_AND_BIOMETRIC, {CARD | FINGER, CARD | FACE}),
        (Asks.PIN, {PIN}),
    ],
)
def test_each_way_of_asking_names_its_factors(asks: Asks, ways: set[Factor]) -> None:
    """What is asked for is one set of factors or another, each of which has to be proven whole."""
    assert set(asks.ways) == ways
    assert asks.is_free is (ways == {NONE})
    assert all(way in asks.factors for way in ways)
    assert all(any(factor in way for way in ways) for factor in asks.factors)


def test_no_access_point_asks_in_no_way() -> None:
    """Where there is no way to answer, nobody could ever pass: such a question cannot be made."""
    with pytest.raises(ValueError, match="in one way at least"):
        Asks(())


def test_one_free_way_makes_a_point_free() -> None:
    """Who may pass without showing anything need not be asked for anything else."""
    assert Asks((CARD, NONE)).is_free


def test_the_same_question_is_the_same_value() -> None:
    """What was answered before does not make two equal questions differ."""
    asked, fresh = Asks((CARD | PIN,)), Asks((CARD | PIN,))
    asked.missing(CARD)
    assert asked == fresh == Asks.CARD_AND_PIN
    assert hash(asked) == hash(fresh)
    assert Asks.CARD != Asks.CARD_AND_PIN


# What is missing.


@pytest.mark.parametrize(
    ("asks", "proven", "missing"),
    [
        (Asks.NOTHING, NONE, NONE),
        (Asks.CARD, NONE, CARD),
        (Asks.CARD, CARD, NONE),
        (Asks.CARD, CARD | PIN, NONE),
        (Asks.CARD, PIN, CARD),
        (Asks.CARD_AND_PIN, NONE, CARD | PIN),
        (Asks.CARD_AND_PIN, CARD, PIN),
        (Asks.CARD_AND_PIN, PIN, CARD),
        (Asks.CARD_AND_PIN, CARD | PIN, NONE),
        (Asks.CARD_AND_CODE, CARD | PIN, CODE),
        (Asks.CARD_AND_BIOMETRIC, CARD | FACE, NONE),
        (Asks.CARD_AND_BIOMETRIC, CARD | FINGER, NONE),
        (Asks.CARD_AND_BIOMETRIC, FACE, CARD),
        (Asks.PIN, CARD, PIN),
        (TWO_OF, CARD, PIN),
        (TWO_OF, CARD | PIN, NONE),
        (TWO_OF, CARD | FACE, NONE),
        (TWO_OF, PIN | FACE, NONE),
        (TWO_OF, FACE, CARD),
        (TWO_OF, CODE, CARD | PIN),
    ],
)
def test_what_is_missing_completes_the_nearest_way(asks: Asks, proven: Factor, missing: Factor) -> None:
    """The fewest factors are asked for that make some way whole, and none when one is whole."""
    assert asks.missing(proven) is missing
    assert asks.missing(proven) is missing, "the second answer is another"


def test_what_somebody_does_not_have_is_asked_for_last() -> None:
    """Where there is a choice, a PIN is not asked for from somebody who has none."""
    assert TWO_OF.missing(CARD, out_of_reach=PIN) is FACE
    assert TWO_OF.missing(CARD, out_of_reach=BIOMETRIC) is PIN
    assert Asks.CARD_AND_PIN.missing(CARD, out_of_reach=PIN) is PIN
    assert Asks((CARD | PIN | CODE, CARD | FACE)).missing(CARD, out_of_reach=FACE) is PIN | CODE


def test_a_way_that_proves_too_little_is_left_aside() -> None:
    """With a card that anyone can copy, the PIN and the face are wanted as well, where two kinds are."""
    assert TWO_OF.missing(CARD, assurance=1, clonable_card=True) is PIN
    assert TWO_OF.missing(CARD, assurance=2, clonable_card=False) is PIN
    assert TWO_OF.missing(CARD, assurance=2, clonable_card=True) is PIN | FACE
    assert TWO_OF.missing(CARD | PIN, assurance=2, clonable_card=True) is FACE
    assert TWO_OF.missing(CARD | PIN | FACE, assurance=2, clonable_card=True) is NONE


def test_proving_enough_comes_before_what_is_within_reach() -> None:
    """It is better to name the PIN that somebody lacks than to ask for what could never be enough."""
    asks = Asks((CARD | PIN, CARD | CODE, CODE))
    assert asks.missing(CARD, PIN, 2, clonable_card=False) is PIN
    assert asks.missing(CARD, PIN, 1, clonable_card=True) is CODE
    assert Asks.CARD.missing(CARD, assurance=1, clonable_card=True) is NONE, "nothing more can be asked for"


def test_several_ways_may_prove_enough_where_none_does() -> None:
    """With a card that can be copied neither way proves two kinds; whoever shows what both ask for does."""
    asks = Asks((CARD | PIN, CARD | FACE))
    assert asks.missing(CARD, assurance=2, clonable_card=True) is PIN | FACE
    assert asks.missing(CARD | PIN, assurance=2, clonable_card=True) is FACE
    assert asks.missing(CARD, assurance=2) is PIN
    three = Asks((PIN, CODE, FACE))
    assert three.missing(NONE, assurance=3) is PIN | CODE | FACE
    assert three.missing(NONE, assurance=1) is PIN


@pytest.mark.parametrize(
    ("asks", "other", "no_less"),
    [
        (Asks.CARD_AND_PIN, Asks.CARD, True),
        (Asks.CARD, Asks.CARD_AND_PIN, False),
        (Asks.CARD, Asks.CARD, True),
        (Asks.CARD, Asks.NOTHING, True),
        (Asks.NOTHING, Asks.CARD, False),
        (Asks.PIN, Asks.CARD, False),
        (Asks.CARD_AND_BIOMETRIC, Asks.CARD, True),
        (Asks.CARD_AND_PIN, TWO_OF, True),
        (TWO_OF, Asks.CARD, False),
        (TWO_OF, Asks.CARD_AND_PIN, False),
        (Asks((CARD | PIN | FACE,)), Asks.CARD_AND_BIOMETRIC, True),
    ],
)
def test_one_question_asks_no_less_than_another(asks: Asks, other: Asks, no_less: bool) -> None:
    """It does when each of its ways would answer the other question as well."""
    assert asks.asks_no_less_than(other) is no_less


@given(PROVEN)
def test_who_satisfies_what_asks_no_less_satisfies_the_other(proven: Factor) -> None:
    """Whatever is shown."""
    every = (Asks.NOTHING, Asks.CARD, Asks.PIN, Asks.CARD_AND_PIN, Asks.CARD_AND_BIOMETRIC, TWO_OF)
    for asks, other in permutations(every, 2):
        if asks.asks_no_less_than(other) and asks.missing(proven) is NONE:
            assert other.missing(proven) is NONE


def test_each_question_keeps_its_own_answer() -> None:
    """An answer is not mistaken for that of a question which differs in one part only."""
    asks = Asks(TWO_OF.ways)
    assert asks.missing(CARD) is PIN
    assert asks.missing(CARD, PIN) is FACE
    assert asks.missing(CARD, assurance=2, clonable_card=True) is PIN | FACE
    assert asks.missing(CARD, assurance=2) is PIN
    assert asks.missing(CARD | PIN) is NONE
    assert asks.missing(CARD) is PIN


@given(PROVEN, PROVEN, st.integers(0, 3), st.booleans())
def test_whoever_brings_what_is_missing_misses_nothing(
    proven: Factor, out_of_reach: Factor, least: int, clonable: bool
) -> None:
    """One answer is enough: nobody is asked for one thing after another."""
    for asks in (TWO_OF, Asks.CARD_AND_BIOMETRIC, Asks.CARD_AND_PIN, Asks.CARD):
        missing = asks.missing(proven, out_of_reach, least, clonable_card=clonable)
        assert not missing & proven
        assert asks.missing(proven | missing, out_of_reach, least, clonable_card=clonable) is NONE


# In place of a sensor that is gone.


def test_a_pin_may_take_the_place_of_a_finger_or_face() -> None:
    """Each way that wants what is gone wants the other instead; the rest stays as it is."""
    assert Asks.CARD_AND_BIOMETRIC.in_place_of(BIOMETRIC, PIN) == Asks.CARD_AND_PIN
    assert Asks.CARD.in_place_of(BIOMETRIC, PIN) == Asks.CARD
    assert Asks((FACE, CARD | CODE)).in_place_of(BIOMETRIC, PIN) == Asks((PIN, CARD | CODE))
    assert Asks((CARD | FINGER | FACE,)).in_place_of(BIOMETRIC, PIN) == Asks.CARD_AND_PIN


# Assurance, after NIST SP 800-116 Rev. 1: so many kinds out of something one has, knows and is.


@pytest.mark.parametrize(
    ("proven", "clonable", "kinds"),
    [
        (NONE, False, 0),
        (CARD, True, 0),  # a plain UID, like a CHUID: an identifier, no authentication
        (CARD, False, 1),  # card authentication: something one has
        (PIN, True, 1),
        (CODE, True, 1),
        (FINGER, True, 1),
        (FACE, True, 1),
        (FINGER | FACE, True, 1),  # both are something one is
        (CARD | CODE, False, 1),  # both are something one has
        (CARD | CODE, True, 1),
        (CARD | PIN, True, 1),
        (CARD | PIN, False, 2),
        (CARD | FACE, False, 2),
        (CARD | FACE, True, 1),
        (CODE | PIN, True, 2),
        (PIN | FINGER, True, 2),
        (CARD | PIN | FINGER, True, 2),
        (CARD | PIN | FINGER, False, 3),
        (CODE | PIN | FACE, True, 3),
        (ALL_FACTORS, True, 3),
        (ALL_FACTORS, False, 3),
    ],
)
def test_assurance_counts_the_kinds_that_were_really_proven(
    proven: Factor, clonable: bool, kinds: int
) -> None:
    """One for what one has, one for what one knows, one for what one is; a copied card proves nothing."""
    assert assurance_of(proven, clonable_card=clonable) == kinds


@given(PROVEN, PROVEN, st.booleans())
def test_proving_more_never_proves_less(proven: Factor, more: Factor, clonable: bool) -> None:
    """A further factor adds to the assurance or leaves it, and so does a card that cannot be copied."""
    assurance = assurance_of(proven, clonable_card=clonable)
    assert 0 <= assurance <= assurance_of(proven | more, clonable_card=clonable) <= MOST_ASSURANCE == 3
    assert assurance_of(proven, clonable_card=True) <= assurance_of(proven, clonable_card=False)


def test_the_factors_are_told_apart() -> None:
    """No two factors are the same, and all of them together are what there is."""
    assert len(set(Factor)) == 5
    assert all(one & other is NONE for one, other in combinations(Factor, 2))
    assert set(ALL_FACTORS) == set(Factor)
    assert set(BIOMETRIC) == {FINGER, FACE}


# PINs.


@pytest.mark.parametrize(
    ("check", "proves", "failure"),
    [
        (PinCheck.MATCHED, PIN, None),
        (PinCheck.DURESS, PIN, None),
        (PinCheck.WRONG, NONE, Reason.WRONG_PIN),
        (PinCheck.TIMED_OUT, NONE, Reason.FACTOR_TIMEOUT),
        (PinCheck.UNAVAILABLE, NONE, Reason.AUTHENTICATION_UNAVAILABLE),
    ],
)
def test_a_pin_proves_itself_or_fails_for_a_reason(
    check: PinCheck, proves: Factor, failure: Reason | None
) -> None:
    """A right PIN counts as a factor, the one under duress too; each other outcome has its own reason."""
    assert check.proves is proves
    assert check.failure is failure


def test_no_outcome_of_a_pin_is_forgotten() -> None:
    """Whatever came of a PIN either proves it or says why not, and no reason stands for two outcomes."""
    assert all(bool(check.proves) is (check.failure is None) for check in PinCheck)
    failures = [check.failure for check in PinCheck if check.failure is not None]
    assert len(failures) == len(set(failures)) == 3
