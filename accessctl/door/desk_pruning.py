"""Deleting what the site does not keep any longer, when the notary says that it is signed.

Which class is kept for how long, the site file in force says, and how old an entry is, the record: neither
says whoever asks, which may be anybody who speaks for the office. No door waits for this for longer than 250
entries take: some milliseconds.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from accessctl.config.site import Site
from accessctl.door.clock import Clock
from accessctl.door.recorder import Recorder
from accessctl.door.refusing import DeskRefuses
from accessctl.keys.root import Purpose, RootKey
from accessctl.link.answers import Answer, Done, FaultCode
from accessctl.link.requests import PruneRecord
from accessctl.store.pruned import WIDEST
from accessctl.store.pruning import Pruning
from accessctl.store.whole import ReadAsAWhole, make_lock, nobody_reads_it_whole
from policies.retention import PRUNABLE, EventClass


class PruningDesk:
    """Does it. Used from the loop's thread."""

    def __init__(
        self,
        record: Path,
        site: Callable[[], Site],
        root: Callable[[], RootKey],
        recorder: Recorder,
        clock: Clock,
    ) -> None:
        """Take where the record lies, the site as it is now, the root key, who writes, and a clock."""
        self._record, self._site, self._root = record, site, root
        self._recorder, self._clock = recorder, clock
        make_lock(record)

    def answers(self) -> dict[type, Callable[[Any], Awaitable[Answer]]]:
        """Give what is answered here."""
        return {PruneRecord: self._prune}

    async def _prune(self, request: PruneRecord) -> Answer:
        pruning = self._pruning(request)
        try:
            with nobody_reads_it_whole(self._record):
                return Done(self._recorder.prune(pruning))
        except ReadAsAWhole as error:
            raise DeskRefuses(FaultCode.BUSY, str(error)) from error
        except OSError as error:
            raise DeskRefuses(FaultCode.RECORD_UNAVAILABLE, f"nothing can be deleted: {error}") from error

    def _pruning(self, request: PruneRecord) -> Pruning:
        """Give what may be deleted of what is asked for. Raises ``DeskRefuses``."""
        if request.kind not in PRUNABLE or not 0 < request.first <= request.last < request.first + WIDEST:
            words = f"a class that may be pruned is wanted, and {WIDEST:,} numbers at most"
            raise DeskRefuses(FaultCode.UNUSABLE, words)
        moment, kind = self._clock.moment(), EventClass(request.kind)
        if not moment.clock_synced:
            # A clock that runs ahead would make everything old.
            raise DeskRefuses(FaultCode.UNUSABLE, "the clock is not kept right, so nobody knows what is old")
        before = self._site().record.retention.before(kind, moment.at)
        if before is None:
            raise DeskRefuses(FaultCode.NOT_SET_UP, f"the site file keeps {kind.value} for good")
        key = self._root().derive(Purpose.PRUNING)
        return Pruning(kind, before, request.first, request.last, key)
