"""Factors as values: whose, which, and how much they are worth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.factors import Factor, assurance_of
from policies.ids import PersonId
from policies.proofs import Proof, assurance, of_two_people, proven_by

ANA, BOB = PersonId("ana"), PersonId("bob")


@pytest.mark.parametrize(
    ("factor", "clonable", "assurance"),
    [
        (Factor.CARD, True, 0),
        (Factor.CARD, False, 1),
        (Factor.PIN, False, 1),
        (Factor.CODE, False, 1),
        (Factor.FINGERPRINT, False, 1),
        (Factor.FACE, False, 1),
    ],
)
def test_each_factor_is_worth_what_the_standard_says(factor: Factor, clonable: bool, assurance: int) -> None:
    """An identifier that anyone can copy proves nothing (SP 800-116); each real factor proves one kind."""
    assert Proof.of(ANA, factor, clonable=clonable) == Proof(ANA, factor, assurance)


def test_several_proofs_add_up() -> None:
    """What was proven is everything that was proven, and nothing before anything was."""
    proofs = [Proof.of(ANA, Factor.CARD), Proof.of(ANA, Factor.PIN)]
    assert proven_by(proofs) is Factor.CARD | Factor.PIN
    assert proven_by([]) is Factor.NONE


@given(st.sets(st.sampled_from(list(Factor)), max_size=5), st.booleans())
def test_together_they_prove_as_many_kinds_as_there_are(factors: set[Factor], clonable: bool) -> None:
    """As SP 800-116 counts: a card and a code are one kind, a finger and a face are."""
    proofs = [Proof.of(ANA, factor, clonable=clonable and factor is Factor.CARD) for factor in factors]
    assert assurance(proofs) == assurance_of(proven_by(proofs), clonable_card=clonable)


def test_two_people_are_told_from_one() -> None:
    """One person's card and another one's finger are of two people, however good both are."""
    assert of_two_people([Proof.of(ANA, Factor.CARD), Proof.of(BOB, Factor.FINGERPRINT)])
    assert not of_two_people([Proof.of(ANA, Factor.CARD), Proof.of(ANA, Factor.FINGERPRINT)])
    assert not of_two_people([])
