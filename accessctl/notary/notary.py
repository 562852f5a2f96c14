"""Signing: when the tree has grown, and never what disagrees with anything that was signed before."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from accessctl.evidence.builder import Builder, Tile
from accessctl.evidence.checkpoint import Checkpoint
from accessctl.evidence.ed25519 import LogSigner
from accessctl.evidence.note import signed
from accessctl.notary.book import (
    BELOW,
    CHUNK,
    MISSING,
    Book,
    Finding,
    Wrong,
    checkpoint_of,
    edge_tiles,
    others,
)
from accessctl.store.errors import RecordUnavailable
from accessctl.store.marks import MarksIn
from accessctl.store.tree import SIGNED, Head, TreeWriter, signed_as

EVERY: Final = timedelta(seconds=60)
"""A head is signed so long after the one before at the latest, when there is something new."""
ENTRIES: Final = 256
"""A head is signed when there are so many new entries."""
EPOCH: Final = "epoch"
ORIGIN: Final = "origin"
VKEY: Final = "vkey"
NUMBER: Final = "number"
ACCEPTED: Final = "accepted"
"""Under these names the tree keeps of which record it is, and who signs it as what."""


class Disagrees(Exception):
    """The record is not what was signed. Nothing more is signed for it before somebody has looked."""

    def __init__(self, finding: Finding, anchor: str = "") -> None:
        """Keep what was found, and which anchor kept the head that it disagrees with."""
        super().__init__(finding.words)
        self.finding, self.anchor = finding, anchor


@dataclass(frozen=True, slots=True)
class Name:
    """Under which name a record's heads are signed, and with which key."""

    controller: str
    epoch: str
    number: int = 1
    """How often it was begun."""

    @property
    def origin(self) -> str:
        """The log's name: a record that is another file has another one, and one that was begun anew."""
        again = "" if self.number == 1 else f"/{self.number}"
        return f"accessctl/{self.controller}/{self.epoch}{again}"


class Notary:
    """Keeps the tree of one record. Used from one thread. Raises ``StoreError`` and ``Disagrees``."""

    def __init__(
        self,
        book: Book,
        tree: TreeWriter,
        signer: Callable[[str], LogSigner],
        now: Callable[[], datetime],
        marks: MarksIn | None = None,
    ) -> None:
        """``signer`` gives the key that signs for an origin; ``marks`` are looked at before that."""
        self._book, self._tree, self._now, self._marks = book, tree, now, marks
        # A controller that is given another name goes on under the one that it began with.
        kept = tree.meta(ORIGIN) if tree.ours else None
        self.origin = kept or Name(book.controller, book.epoch).origin
        self._signer = signer(self.origin)
        self._builder = Builder()
        self._tiles: list[Tile] = []
        self._accepted = 0
        """So many entries an operator has accepted as they are, whoever wrote them."""
        self.newest: Head | None = None

    @property
    def vkey(self) -> str:
        """The public key, as auditors get it."""
        return str(self._signer.vkey)

    @property
    def size(self) -> int:
        """How many entries the tree has, signed or not."""
        return self._builder.size

    @property
    def signed(self) -> int:
        """How many entries the newest head has."""
        return 0 if self.newest is None else self.newest.checkpoint.size

    def begin(self) -> None:
        """Go on from the newest head. Raises ``Disagrees`` when it was signed of another record.

        And when somebody else has written what is kept about the tree, or taken its newest head away.
        """
        known = self._tree.meta(EPOCH)
        if known is None:
            self._begin_first()
        elif known != self._book.epoch:
            words = f"the record is another file ({self._book.epoch}) than the one that was signed ({known})"
            raise Disagrees(Finding(Wrong.REPLACED, words, size=self._newest_size()))
        self._check_keeping()
        self.newest = self._tree.newest(self.origin)
        self._check_newest(self.newest)
        if self.newest is not None:
            self._compare(self.newest.checkpoint)
        self._accepted = max((each["seq"] for each in self._book.acceptances(self._marks)), default=0)
        self._go_on_from_newest()

    def _begin_first(self) -> None:
        if begun := self._book.begun():
            words = f"the tree over the record, begun with entry {begun[0]['seq']} or before, is gone"
            raise Disagrees(Finding(Wrong.LOST, words, int(begun[0]["seq"])))
        self._tree.begin_anew({EPOCH: self._book.epoch, ORIGIN: self.origin, VKEY: self.vkey, NUMBER: "1"})

    def hold_against(self, checkpoint: Checkpoint) -> None:
        """Raise ``Disagrees`` when the record is not the one that this head was signed of.

        One that is ahead of the newest head here, because the tree is older, is held against the entries.
        """
        if not self.signed < checkpoint.size <= self._book.last_seq():
            self._compare(checkpoint)
            return
        if self._builder.size > checkpoint.size:
            self._go_on_from_newest()
        while self._builder.size < checkpoint.size:
            self._take_in(min(self._builder.size + CHUNK, checkpoint.size))
        if self._builder.root() != checkpoint.root:
            raise Disagrees(self._named(others(checkpoint)))

    def catch_up(self, most: int = CHUNK) -> int:
        """Take up to so many new entries into the tree, and give how many were not signed yet."""
        last = self._book.last_seq()
        if last < self._builder.size:
            # Whatever could be read was synced before, so it is gone by somebody's hand.
            words = f"the record ends with entry {last}, and there were {self._builder.size}"
            raise Disagrees(Finding(Wrong.SHORTER, words, last + 1, self.signed))
        if self._book.below() > int(self._tree.meta(BELOW) or 0):
            raise Disagrees(Finding(Wrong.FOREIGN, "there are rows with a number below 1"))
        until = min(last, self._builder.size + most)
        with self._book.at_once():  # so that what is taken in is what was looked at
            self._look_at_marks(self._builder.size, until)
            self._take_in(until)
        return self._builder.size - self.signed

    def is_due(self, *, alarm: bool = False) -> bool:
        """Whether a head should be signed now: enough entries, enough time, or an alarm among what is new."""
        new = self._builder.size - self.signed
        if not new:
            return False
        waited = self.newest is None or self._now() - self.newest.at >= EVERY
        set_back = self.newest is not None and self._now() < self.newest.at
        return alarm or new >= ENTRIES or waited or set_back

    def sign(self) -> Head:
        """Sign the tree as it is and keep it; gives the newest head when nothing is new."""
        if self.newest is not None and self._builder.size == self.signed:
            return self.newest
        self._check_keeping()
        checkpoint = checkpoint_of(self.origin, self._builder)
        head = Head(checkpoint, self._now(), str(signed(checkpoint.text, self._signer)))
        self._tree.write([*self._tiles, *edge_tiles(self._builder)], head)
        self._tiles.clear()
        self.newest = head
        return head

    def _go_on_from_newest(self) -> None:
        try:
            self._builder = self._book.builder(self.signed)
        except LookupError as error:
            words = f"the tree is not whole: {error}"
            raise Disagrees(Finding(Wrong.OTHER, words, size=self.signed)) from error
        self._tiles.clear()

    def _look_at_marks(self, after: int, until: int) -> None:
        """Raise ``Disagrees`` when one of these entries was not written by the door process."""
        after = max(after, self._accepted)
        if self._marks is None or after >= until:
            return
        try:
            seq = self._marks.first_foreign(after, until)
        except sqlite3.Error as error:
            self._book.check_readable(after, until)
            raise RecordUnavailable(str(error)) from error
        if seq is not None:
            words = f"entry {seq} was not written by the door process"
            raise Disagrees(Finding(Wrong.FOREIGN, words, seq, self.signed))

    def _take_in(self, until: int) -> None:
        for seq, leaf in self._book.hashes(self._builder.size, until):
            if seq != self._builder.size + 1:
                break
            self._tiles += self._builder.add(leaf)
        if (lacks := self._builder.size + 1) <= until:
            raise Disagrees(Finding(Wrong.GAP, f"entry {lacks} is missing", lacks, self.signed))

    def _check_keeping(self) -> None:
        if not self._tree.ours:
            words = "what is kept about the tree was written by somebody else"
            raise Disagrees(Finding(Wrong.OTHER, words, size=self.signed))

    def _check_newest(self, newest: Head | None) -> None:
        """Raise ``Disagrees`` when the newest head that is there is not the one that was signed last."""
        signed = self._tree.meta(SIGNED)
        if signed != (None if newest is None else signed_as(newest.checkpoint)):
            words = "the newest head in the tree is not the one that was signed last"
            raise Disagrees(Finding(Wrong.OTHER, words))

    def _compare(self, checkpoint: Checkpoint) -> None:
        finding = self._book.differs_from(checkpoint)
        if finding is not None:
            raise Disagrees(self._named(finding))

    def _newest_size(self) -> int | None:
        newest = self._tree.newest(self.origin)
        return None if newest is None else newest.checkpoint.size

    def _named(self, finding: Finding) -> Finding:
        """Name the first entry that is another one, where it can be found."""
        if finding.wrong is not Wrong.OTHER or not finding.size:
            return finding
        found = next(self._book.look_through(self.signed, self.signed), finding)
        return replace(found, size=finding.size)


def begin_anew(
    book: Book,
    tree: TreeWriter,
    signer: Callable[[str], LogSigner],
    *forgotten: str,
    besides: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Let heads begin under a new name, of the record as it is; gives that name. Raises ``StoreError``.

    Entries that are missing now count as missing from then on. ``besides``: what else holds from then on.
    Nothing counts of what somebody else has written about the tree.
    """
    # A tree that was lost does not know how often it was begun; the record does.
    begun = book.begun()
    number = max(int(tree.meta(NUMBER) or 1) + 1 if tree.ours else 2, len(begun))
    while tree.knows(Name(book.controller, book.epoch, number).origin):
        number += 1
    origin = Name(book.controller, book.epoch, number).origin
    facts = {EPOCH: book.epoch, ORIGIN: origin, NUMBER: str(number), VKEY: str(signer(origin).vkey)}
    forgotten = forgotten if tree.ours else (*forgotten, ACCEPTED)
    lacks = {MISSING: json.dumps(book.gaps()), BELOW: str(book.below())}
    tree.begin_anew({**facts, **lacks, **besides}, forgotten)
    return origin
