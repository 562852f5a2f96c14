"""Whether a request is meant for us, and came from a page of ours.

A page of somebody else may send forms and open websockets to wherever it likes, and a name of theirs may lead
to this machine. So whatever changes something has to come from our own origin, and names that are not ours
are refused. Cookies alone would not do: they are shared by all ports of a host.
"""

import re
from collections.abc import Iterable
from typing import Final

_HOST: Final = re.compile(r"(?:\[(?P<six>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))(?::[0-9]{1,5})?")
_LOOPBACK_NAMES: Final = ("localhost", "127.0.0.1", "::1")


class Origins:
    """Under which names we are reached."""

    def __init__(self, names: Iterable[str], *, encrypted: bool, public_origin: str | None = None) -> None:
        """``names``: those of our certificate. Without TLS of our own only the loopback's count."""
        self._names = frozenset(name.lower() for name in (*names, *(() if encrypted else _LOOPBACK_NAMES)))
        self._scheme = "https" if encrypted else "http"
        self._public = public_origin

    def is_ours(self, host: str | None) -> bool:
        """Whether a Host header names us. A proxy may have put there what it likes."""
        if self._public is not None:
            return True
        name = _name_in(host or "")
        return name in self._names or f"*.{name.partition('.')[2]}" in self._names

    def origin(self, host: str) -> str:
        """Give our own origin, as who sent this Host header sees it."""
        return self._public or f"{self._scheme}://{host}"

    def same(self, origin: str | None, host: str) -> bool:
        """Whether an Origin header is our own; none is not."""
        return origin is not None and origin.lower() == self.origin(host).lower()

    def websocket(self, host: str) -> str:
        """Give our own origin as websockets have it."""
        return "ws" + self.origin(host).removeprefix("http")


def _name_in(host: str) -> str:
    """Give the name without the port, an address of six without its brackets; empty for what is none."""
    found = _HOST.fullmatch(host.lower())
    return "" if found is None else (found["six"] or found["name"])
