import pytest

from policies.factors import Asks, Factor


@pytest.mark.parametrize(
    ("asks", "factors"), [(Asks.CARD, Factor.CARD), (Asks.CARD_AND_PIN, Factor.CARD | Factor.PIN)]
)
def test_an_access_point_asks_for_these_factors(asks: Asks, factors: Factor) -> None:
    """What is asked for is a set of factors, each of which has to be proven."""
    assert asks.factors == factors


def test_no_access_point_asks_for_nothing() -> None:
    """Every way of asking starts with a card."""
    assert all(Factor.CARD in asks.factors for asks in Asks)
    assert Factor.CARD not in Factor.NONE
