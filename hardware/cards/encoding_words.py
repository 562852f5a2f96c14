"""What hinders a card from being given the site's keys, in words, without a byte of what was said."""

from collections.abc import Iterator
from contextlib import contextmanager

from hardware.cards.native import CardRefuses, NotNative, Unproven
from hardware.cards.proving import NotEncoded


@contextmanager
def told_as_not_encoded(called: str, wanted: str) -> Iterator[None]:
    """Raise ``NotEncoded`` for what a card answers; it is ``called`` so, and should be what is ``wanted``.

    That a card is gone or silent is passed on as it is.
    """
    try:
        yield
    except NotNative as error:
        raise NotEncoded(f"this is no {wanted}") from error
    except CardRefuses as error:
        raise NotEncoded(f"the {called} refuses: {error}") from error
    except Unproven as error:
        raise NotEncoded(f"the {called} is not to be trusted: {error}") from error
