"""The record as the door process uses it: durable, and honest about what could not be written.

Two ways in. ``write`` is for what must stand in the record before it may happen, a grant above all: it
succeeds or raises. ``note`` is for what has happened whether or not it can be recorded (a leaf opened, a
refusal): it never raises, and what cannot be written waits in memory until it can. An entry that no row can
hold can never be: it is lost, and the record says that one was.
"""

import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from accessctl.acting import whence
from accessctl.door.clock import Clock
from accessctl.door.timers import Timers
from accessctl.store.entry import Entry, Moment
from accessctl.store.errors import RecordUnavailable, Unwritable
from accessctl.store.marks import Key, no_key
from accessctl.store.pruning import Pruning
from accessctl.store.record import Change, RecordWriter, Run, SealOf, no_seal
from policies.event_types import EventType
from policies.ids import PersonId
from policies.lockout import WrongPins

MOST_WAITING: Final = 10_000
"""So many changes wait in memory for a record that cannot be written; after that the oldest are dropped."""
RETRY: Final = timedelta(seconds=1)
"""How long after a failure what waits is tried again."""
_ONE_GO: Final = 100
"""So many of them are written in one go, so that a long backlog does not hold up a badge."""

log = logging.getLogger(__name__)


class Recorder:
    """Owns the record's writer. Used from one thread."""

    def __init__(
        self,
        path: Path,
        run: Run,
        clock: Clock,
        timers: Timers,
        grown: Callable[[int], None],
        seal_of: SealOf = no_seal,
        key: Key = no_key,
    ) -> None:
        """Take the file, the run to write under, and whom to tell how far the record has grown.

        ``seal_of`` gives what stands for a person's name, ``None`` where that cannot be known; ``key`` gives
        that which marks entries as written here. Neither raises.
        """
        self._path, self._run, self._clock = path, run, clock
        self._timers, self._grown, self._seal_of, self._key = timers, grown, seal_of, key
        self._writer: RecordWriter | None = None
        self._wrong_pins: dict[PersonId, WrongPins] = {}
        self._waiting: deque[Change] = deque()
        self._late = 0
        self._dropped = 0
        self.since_checkpoint = 0
        """Changes written since the log was last moved into the file."""
        self._fault_since: Moment | None = None
        self.seq = 0

    @property
    def ok(self) -> bool:
        """Whether the last thing to be written was."""
        return self._fault_since is None

    @property
    def unrecorded(self) -> int:
        """How many entries wait in memory."""
        return sum(len(change.entries) for change in self._waiting)

    def open(self) -> str | None:
        """Open the record and give the type of its newest entry. Raises ``RecordUnavailable``."""
        writer = self._ready()
        try:
            writer.lay_out_log()
        except RecordUnavailable as error:
            log.warning("the record's log could not be laid out: %s", error)
        return writer.last_type()

    def write(self, change: Change) -> int:
        """Make a change durable and give its last entry's number. Raises ``RecordUnavailable``."""
        change = _with_whence(change)
        try:
            # A change of what the rules remember need have no entry; then the record has not grown.
            self.seq = self._ready().append(change) or self.seq
        except RecordUnavailable as error:
            self._begin_fault(error)
            raise
        self.since_checkpoint += 1
        self._keep_count(change)
        self._overtake(change)
        self._tell()
        return self.seq

    def note(self, change: Change) -> bool:
        """Write a change, or keep it until it can be written; tells which. Never raises."""
        change = _with_whence(change)
        try:
            self.write(change)
        except RecordUnavailable:
            self._keep_count(change)
            self._keep(self._sealed(change))
            return False
        return True

    def prune(self, pruning: Pruning) -> int:
        """Delete what is old and enter that; gives that entry's number, 0 where nothing is as old.

        Raises ``RecordUnavailable``, also while entries wait for the record. No door minds that: where the
        record cannot be written, the next entry says so.
        """
        if not self.ok:
            raise RecordUnavailable("entries wait for the record, and nothing is deleted meanwhile")
        seq = self._ready().prune(pruning, self._clock.moment())
        if seq:
            self.seq = seq
            self.since_checkpoint += 1
            self._tell()
        return seq

    def try_again(self) -> None:
        """Write some of what waits, oldest first, and in the end that it had to wait. Never raises."""
        if self._fault_since is None:
            return
        try:
            for _ in range(min(_ONE_GO, len(self._waiting))):
                self._write_next()
            if not self._waiting:
                self._end_fault(self._fault_since)
        except RecordUnavailable as error:
            log.debug("the record is still unavailable: %s", error)
        else:
            self._tell()
        self._try_later()

    def _write_next(self) -> None:
        """Write what waits longest. Entries that can never be written are lost, and counted as that.

        Kept, they would hold up all that waits behind them, and with it every badge. What came with them,
        such as a lockdown that the rules remember, is written without them.
        """
        writer, change = self._ready(), self._with_newest_count(self._waiting[0])
        try:
            self.seq = writer.append(change) or self.seq
            self._late += len(change.entries)
        except Unwritable as error:
            log.error("%d entries are lost: %s", len(change.entries), error)  # noqa: TRY400 - it is no fault of ours
            self._dropped += len(change.entries)
            with suppress(Unwritable):
                writer.append(replace(change, entries=()))
        self._waiting.popleft()

    def wrong_pins_of(self, person: PersonId) -> WrongPins:
        """Give a person's count of wrong PINs. Raises ``RecordUnavailable`` when it was never read."""
        self._ready()
        wrong = self._wrong_pins.get(person)
        if wrong is None:
            return WrongPins()
        # A clock that was set back meanwhile must not make a wait longer than it was meant to be.
        self._wrong_pins[person] = wrong.anchored_at(self._clock.now())
        return self._wrong_pins[person]

    def facts(self) -> list[tuple[str, str, str]]:
        """Give what the rules remember. Raises ``RecordUnavailable``."""
        return self._ready().facts()

    def was_done(self, order: str) -> bool:
        """Whether an order was carried out before. Raises ``RecordUnavailable``."""
        return self._ready().was_done(order)

    def is_waiting(self, order: str) -> bool:
        """Whether an order was carried out and only its entry has to wait."""
        return any(change.order == order for change in self._waiting)

    def outbox_taken(self, people_epoch: str) -> int:
        """Give how far the people's outbox was taken. Raises ``RecordUnavailable``."""
        return self._ready().outbox_taken(people_epoch)

    def check_place(self) -> None:
        """See whether the record is still where it was; where it is not, that is a fault like any other."""
        if self._writer is not None:
            try:
                self._writer.check_place()
            except RecordUnavailable as error:
                self._begin_fault(error)

    def note_checkpoint(self) -> None:
        """Remember in the file when its log was moved. This commit pays for the new log's header."""
        self.since_checkpoint = 0
        if self._writer is not None:
            try:
                self._writer.put_meta("checkpoint_at", self._clock.now().isoformat(timespec="seconds"))
            except RecordUnavailable as error:
                self._begin_fault(error)

    def begin_run(self, run: Run) -> None:
        """Let what follows stand under other rules."""
        self._run = run
        if self._writer is not None:
            self._writer.begin_run(run)

    def close(self) -> None:
        """Write what waits, if it can be written, and close the file."""
        before = -1
        while self._waiting and len(self._waiting) != before:
            before = len(self._waiting)
            self.try_again()
        if self._waiting:
            log.error("%d entries could not be recorded and are lost with this stop", len(self._waiting))
        if self._writer is not None:
            self._writer.close()

    def _ready(self) -> RecordWriter:
        if self._writer is None:
            writer = RecordWriter(self._path, self._run, self._key, self._seal_of)
            # What was counted while the record was away is newer than what it holds.
            self._wrong_pins = writer.wrong_pins() | self._wrong_pins
            self.seq = writer.last_seq()
            self._writer = writer
        return self._writer

    def _sealed(self, change: Change) -> Change:
        """Let entries that have to wait carry the seals of those they name: who may be deleted meanwhile."""
        entries = tuple(
            replace(each, seal=each.seal or (None if each.person is None else self._seal_of(each.person)))
            for each in change.entries
        )
        return replace(change, entries=entries)

    def _with_newest_count(self, change: Change) -> Change:
        """Let a change that had to wait carry the count as it is now: its own may have been overtaken."""
        if change.wrong_pins is None:
            return change
        person, _then = change.wrong_pins
        return replace(change, wrong_pins=(person, self._wrong_pins[person]))

    def _tell(self) -> None:
        """Say how far the record has grown. Whoever listens must not keep a door from being released."""
        try:
            self._grown(self.seq)
        except Exception:
            log.exception("nobody could be told that the record has grown")

    def _try_later(self) -> None:
        if self._fault_since is not None:
            self._timers.start("record", RETRY, self.try_again)

    def _keep_count(self, change: Change) -> None:
        if change.wrong_pins is not None:
            person, wrong = change.wrong_pins
            self._wrong_pins[person] = wrong

    def _overtake(self, change: Change) -> None:
        """Let nothing that still waits take back what was written now of the same facts."""
        if not self._waiting or not change.facts:
            return
        newer = {(name, key) for name, key, _ in change.facts}
        for place, waiting in enumerate(self._waiting):
            kept = tuple(row for row in waiting.facts if (row[0], row[1]) not in newer)
            if len(kept) != len(waiting.facts):
                self._waiting[place] = replace(waiting, facts=kept)

    def _keep(self, change: Change) -> None:
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.popleft()
            self._dropped += 1
        self._waiting.append(change)

    def _begin_fault(self, error: RecordUnavailable) -> None:
        if self._fault_since is None:
            log.error("the record cannot be written, so no door opens by a badge: %s", error)
            self._fault_since = self._clock.moment()
            self._keep(Change((Entry(self._fault_since, EventType.STORAGE_FAULT, reason=str(error)),)))
            self._try_later()

    def _end_fault(self, since: Moment) -> None:
        detail = {
            "since": since.at.isoformat(timespec="seconds"),
            "recorded_late": self._late - 1,  # the fault's own entry is none of them
            "lost": self._dropped,
        }
        ended = Entry(self._clock.moment(), EventType.STORAGE_RESTORED, detail=detail)
        self.seq = self._ready().append(Change((ended,)))
        log.warning("the record can be written again; %d entries were recorded late", self._late - 1)
        self._fault_since, self._late, self._dropped = None, 0, 0


def _with_whence(change: Change) -> Change:
    """Let entries that name an operator say from where that one acts, unless they do already."""
    where = whence()
    if where is None or not any("operator" in entry.detail for entry in change.entries):
        return change
    facts = where.facts()
    entries = tuple(
        replace(entry, detail={**facts, **entry.detail}) if "operator" in entry.detail else entry
        for entry in change.entries
    )
    return replace(change, entries=entries)
