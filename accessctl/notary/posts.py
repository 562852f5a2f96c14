"""All anchors of a site together: which there are, how they do, and what the record has to say of them."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Final

from accessctl.evidence.checkpoint import Checkpoint
from accessctl.evidence.note import parsed
from accessctl.home import Home
from accessctl.link.requests import OfTheRecord, TellOfRecord
from accessctl.notary.anchors import Anchor
from accessctl.notary.hands import AnchorState, Hand, states_in, written
from accessctl.store.tree import Head, TreeReader, TreeWriter

ANCHORS: Final = "anchors"
"""Under this name the tree keeps how they do."""
LOST_AFTER: Final = timedelta(hours=1)
_AGAIN_S: Final = 30.0

Anchors = Callable[[], Sequence[Anchor]]

log = logging.getLogger(__name__)


class Posts:
    """Holds a hand to each anchor. Used from one thread."""

    def __init__(self, home: Home, anchors: Anchors, now: Callable[[], datetime]) -> None:
        """``anchors`` gives those that the site file names, as it is now."""
        self._files, self._anchors, self._now = (home.site_file, home.last_good_site), anchors, now
        self.hands: list[Hand] = []
        self._origin = ""
        self._kept = ""
        self._seen: object = None
        self._newest: Head | None = None
        self._patience = 0.0
        self._lost: dict[str, str] = {}
        """Since when those fail of which the record says so, by name."""
        self._gone: dict[str, TellOfRecord] = {}
        """Of which the record does not say yet that they have lost what they took, by name."""
        self._news_from = 0.0

    def begin(self, origin: str, tree: TreeReader, newest: Head | None) -> None:
        """Ask every anchor what it keeps, and have the newest head ready for those that lack it."""
        self.stop(0.0)
        self._kept = tree.meta(ANCHORS) or ""
        failing = [each for each in states_in(self._kept).values() if each.failing_since is not None]
        self._lost = {each.name: each.failing_since or "" for each in failing if self._is_lost(each)}
        self._origin, self._newest, self._seen = "", newest, None
        self.look(origin)

    def look(self, origin: str) -> None:
        """See whether the site file names others than before."""
        seen = (origin, *map(_stamp, self._files))
        if seen == self._seen:
            return
        before = {hand.name: hand.state for hand in self.hands} or states_in(self._kept)
        self.stop(0.0)
        self._seen, self._origin, self._patience = seen, origin, monotonic()
        self.hands = [Hand(each, origin, self._now, before.get(each.name)) for each in self._anchors()]
        if self._newest is not None:
            self.offer(self._newest)

    def ready(self, patience_s: float) -> bool:
        """Whether all have answered, or had this time to answer since they were asked."""
        return all(hand.tried for hand in self.hands) or monotonic() - self._patience > patience_s

    @property
    def anchored(self) -> int | None:
        """How many entries the largest head has that an anchor took; ``None`` where there is no anchor."""
        sizes = [hand.state.size or 0 for hand in self.hands]
        return max(sizes, default=None)

    def offer(self, head: Head) -> None:
        """Hand a head to all of them."""
        self._newest = head
        for hand in self.hands:
            if hand.state.size != head.checkpoint.size or hand.state.failing_since is not None:
                hand.offer(head)

    def gave(self, hand: Hand, note: bytes | None) -> None:
        """Hear what an anchor keeps; the record is to say so where that is less than it took."""
        state = hand.state
        if not (hand.gives_back and state.size and state.at):
            return
        kept = None if note is None else Checkpoint.parse(parsed(note).text)
        if kept is None or (kept.origin == self._origin and kept.size < state.size):
            words = f"{state.name} has the head of {state.size} entries no more that it took at {state.at}"
            self._gone[state.name] = _news(OfTheRecord.ANCHOR_LOST, state.name, state.at, words)
            if self._newest is not None:
                hand.offer(self._newest)

    def news(self) -> list[TellOfRecord]:
        """Give what the record does not say yet: who fails for an hour or has lost heads, and who no more."""
        if monotonic() < self._news_from:
            return []
        found = list(self._gone.values())
        for state in (hand.state for hand in self.hands):
            since, lost = state.failing_since, self._lost.get(state.name)
            if since is not None and lost is None and self._is_lost(state):
                words = f"No head of the record has reached {state.name} since {since}: {state.why}"
                found.append(_news(OfTheRecord.ANCHOR_LOST, state.name, since, words))
            elif since is None and lost not in (None, state.at) and state.name not in self._gone:
                words = f"{state.name} takes heads of the record again"
                found.append(_news(OfTheRecord.ANCHOR_RESTORED, state.name, lost or "", words))
        names = {hand.name for hand in self.hands}
        for name, lost in self._lost.items():
            if name not in names:
                words = f"{name} is no anchor of this site any more"
                found.append(_news(OfTheRecord.ANCHOR_RESTORED, name, lost, words))
        return found

    def _is_lost(self, state: AnchorState) -> bool:
        since = state.failing_since
        return since is not None and self._now() - datetime.fromisoformat(since) >= LOST_AFTER

    def told(self, request: TellOfRecord, *, entered: bool) -> None:
        """Remember that the record says so now; what it does not is told again after a while."""
        if not entered:
            self._news_from = monotonic() + _AGAIN_S
        elif request.what is OfTheRecord.ANCHOR_LOST:
            self._gone.pop(request.anchor, None)
            self._lost[request.anchor] = request.id.partition("@")[2]
        else:
            self._lost.pop(request.anchor, None)

    def remember(self, tree: TreeWriter) -> None:
        """Keep how they do beside the tree, where that has changed. Raises ``StoreError``."""
        if (now := written(hand.state for hand in self.hands)) != self._kept:
            tree.put_meta(ANCHORS, now)
            self._kept = now

    def stop(self, patience_s: float) -> None:
        """Let them end, within this time altogether; one that hangs is left behind."""
        until = monotonic() + patience_s
        for hand in self.hands:
            hand.stop(max(0.0, until - monotonic()) if patience_s else 0.0)


def _news(what: OfTheRecord, anchor: str, since: str, words: str) -> TellOfRecord:
    return TellOfRecord(f"{what}:{anchor}@{since}", what, words, anchor=anchor)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino
