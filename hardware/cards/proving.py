"""Asks a card for proof of a key, one kind after the other: the first kind that the card knows decides.

What a card says of itself (a UID, a certificate) anybody can copy; what it computes with a key, nobody. So a
card that claims to know a kind and does not prove it is a forgery: it is never read in a lesser way instead.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from hardware.cards.channel import Channel
from hardware.signals import Technology


@dataclass(frozen=True, slots=True)
class Proved:
    """A card proved that it has the key that belongs to this number."""

    technology: Technology
    number: bytes = field(repr=False)
    counter: int | None = None
    """How often it was read, as it says under its own key; ``None`` where it does not count."""


@dataclass(frozen=True, slots=True)
class Forged:
    """A card claims to be of a kind that proves a key, and did not prove it."""

    technology: Technology
    why: str
    """In words, without any byte of what was said."""


Proof = Proved | Forged | None
"""What came of asking a card for one kind of proof; ``None``: it knows nothing of that kind."""

Prove = Callable[[Channel], Proof]
"""Asks a card for one kind of proof. Raises ``CardGone`` or ``CardSilent``, and nothing else."""


class NotEncoded(Exception):
    """A card was not given the site's keys. The text is the reason, and holds no key."""


Encode = Callable[[Channel], bytes]
"""Gives a card the site's keys; tells its number. Raises ``NotEncoded``, ``CardGone`` or ``CardSilent``."""


def first_proof(channel: Channel, kinds: Iterable[Prove]) -> Proof:
    """Ask for one proof after the other until the card knows one. Raises ``CardGone`` or ``CardSilent``."""
    for prove in kinds:
        if (proof := prove(channel)) is not None:
            return proof
    return None
