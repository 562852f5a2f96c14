"""A time stamper as an anchor: every few hours it stamps the newest head (RFC 3161).

It keeps nothing: the stamp lies beside the head, and proves that the head was there at that time.
"""

import time
from collections.abc import Callable
from contextlib import closing
from http import HTTPStatus
from pathlib import Path
from typing import Final

from accessctl.evidence.checkpoint import Checkpoint
from accessctl.evidence.note import parsed
from accessctl.home import Home
from accessctl.notary.anchors import NotNow
from accessctl.notary.posting import post
from accessctl.notary.rules import TimestampAnchorRule
from accessctl.notary.stamps import REPLY, REQUEST, asked
from accessctl.store.tree import Stamp, TreeReader

_LONGEST_WAIT_S: Final = 600.0
"""So often it is looked at: the clock may have been set."""
_S_AN_HOUR: Final = 3600


class TimestampAnchor:
    """Has heads stamped. Used from one thread."""

    newest_only = True
    gives_back = False

    def __init__(self, rule: TimestampAnchorRule, home: Home, now: Callable[[], float] = time.time) -> None:
        """``home``: whose heads they are. ``now``: seconds since 1970."""
        self._rule, self._home, self._now = rule, home, now
        self.name = f"timestamp {rule.url}"

    def newest(self, origin: str) -> None:
        """Give nothing: it keeps nothing."""

    def put(self, note: bytes) -> Stamp:
        """Have a head stamped, if that is due. Raises ``OSError`` and ``NotNow``."""
        head = Checkpoint.parse(parsed(note).text)
        self._wait_until_due(head.origin)
        request, check = asked(note, Path(self._rule.ca))
        answer = post(self._rule.url, request, REQUEST)
        if answer.status != HTTPStatus.OK or answer.type != REPLY:
            raise OSError(f"it answers {answer.status} and no stamp")
        return Stamp(head.origin, head.size, self.name, check(answer.body), answer.body)

    def _wait_until_due(self, origin: str) -> None:
        with closing(TreeReader.open(self._home.tree)) as tree:
            last = tree.stamp(origin, self.name)
        left_s = 0.0 if last is None else last.at_s + self._rule.every_hours * _S_AN_HOUR - self._now()
        if left_s > 0:
            raise NotNow(min(left_s, _LONGEST_WAIT_S))
