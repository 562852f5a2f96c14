"""Which threads a test started. What an earlier test left may end meanwhile, and counts neither way."""

import threading


class Threads:
    """The threads that run since this was made."""

    def __init__(self) -> None:
        """Take those that run now as somebody else's."""
        self._before = set(threading.enumerate())

    @property
    def new(self) -> set[threading.Thread]:
        """Those that run now and were not there before."""
        return set(threading.enumerate()) - self._before
