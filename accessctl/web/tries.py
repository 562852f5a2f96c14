"""How often somebody may try to log in. The API locks each operator; this slows down who tries many."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Final

FREE: Final = 10
"""So many wrong tries in a row cost an address nothing."""
BACK_AFTER_S: Final = 30.0
"""One of them is given back every so often."""
_MOST_ADDRESSES: Final = 1000


@dataclass(slots=True)
class _Spent:
    """How many tries are spent, as of an instant."""

    tries: float
    at: float


class Tries:
    """Counts wrong tries by address. A whole network of six counts as one address."""

    def __init__(self, now: Callable[[], float]) -> None:
        """``now``: seconds on a clock that never goes back."""
        self._now = now
        self._spent: OrderedDict[str, _Spent] = OrderedDict()

    def wait_s(self, address: str) -> float:
        """Give for how long nobody may try from there; 0 when one may now."""
        return max(0.0, (self._spent_by(_whom(address)).tries - FREE + 1) * BACK_AFTER_S)

    def failed(self, address: str) -> None:
        """Count a wrong try."""
        whom = _whom(address)
        spent = self._spent[whom] = self._spent_by(whom)
        spent.tries += 1
        self._spent.move_to_end(whom)
        while len(self._spent) > _MOST_ADDRESSES:
            self._spent.popitem(last=False)

    def _spent_by(self, whom: str) -> _Spent:
        now = self._now()
        spent = self._spent.get(whom, _Spent(0, now))
        spent.tries, spent.at = max(0.0, spent.tries - (now - spent.at) / BACK_AFTER_S), now
        return spent


def _whom(address: str) -> str:
    """Give what counts as one: who has an address of six has 2**64 of them."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, IPv6Address):
        return str(known.ipv4_mapped or known.exploded[:19])
    return str(known)
