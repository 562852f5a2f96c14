from policies.factors import Factor
from policies.lockout import WrongPins
from policies.requests import Request
from tests.policies.values import WAY_IN, holder


def test_who_shows_a_card_has_shown_a_card() -> None:
    """A request that says no more is that of somebody whose card was read, and nothing went wrong."""
    request = Request(WAY_IN.id, holder())
    assert request.proven is Factor.CARD
    assert request.failure is None
    assert request.duress is False
    assert request.wrong_pins == WrongPins(0, None)


def test_requests_are_values() -> None:
    """The same person who shows the same asks the same."""
    assert Request(WAY_IN.id, holder()) == Request(WAY_IN.id, holder())
    assert Request(WAY_IN.id, holder()) != Request(WAY_IN.id, holder(), Factor.CARD | Factor.PIN)
    assert Request(WAY_IN.id, holder()) != Request(WAY_IN.id, None)
