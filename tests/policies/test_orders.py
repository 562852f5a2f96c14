"""Orders as values."""

from typing import get_args

from policies.memory import SITE
from policies.orders import EndEmergency, Forgive, LiftLockdown, Lockdown, Order, StartMuster


def test_what_is_not_said_means_the_whole_site() -> None:
    """A lockdown without a scope is of the site, and forgiving without a name is of everybody."""
    assert (Lockdown().scope, LiftLockdown().scope, Forgive().person) == (SITE, SITE, None)


def test_orders_are_values() -> None:
    """Two that say the same are the same, and there is a class for each kind."""
    assert {EndEmergency(), EndEmergency(), StartMuster(), Forgive()} == {
        EndEmergency(),
        StartMuster(),
        Forgive(None),
    }
    assert len(get_args(Order)) == 14
