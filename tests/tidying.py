"""What is put away when the tests end. A worker of pytest-xdist ends without the functions of ``atexit``."""

import atexit
from collections.abc import Callable

_left: list[Callable[[], object]] = []


def at_the_end(put_away: Callable[[], object]) -> None:
    """Have something put away, once."""
    _left.append(put_away)


def tidy() -> None:
    """Put away what is left."""
    while _left:
        _left.pop()()


atexit.register(tidy)
