"""A witness as an anchor: it cosigns heads that go on from the last one it saw (C2SP tlog-witness).

It gives no heads back, so what it says is held against the record here, by whoever asks it: a size that the
record does not reach, or a head that it refuses to see as what comes after, is a finding.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http import HTTPStatus
from typing import Final

from accessctl.evidence.checkpoint import LARGEST, Checkpoint, opened
from accessctl.evidence.consistency import Consistency
from accessctl.evidence.ed25519 import CosignatureVerifier, cosigned_at
from accessctl.evidence.merkle import Hash, consistency_proof, goes_on
from accessctl.evidence.note import NoteWrong, parsed
from accessctl.home import Home
from accessctl.notary.anchors import NotNow
from accessctl.notary.book import Book, Finding, Wrong
from accessctl.notary.notary import Disagrees
from accessctl.notary.posting import Posted, post
from accessctl.notary.rules import WitnessAnchorRule
from accessctl.store.tree import Cosignature, TreeReader

CALL: Final = "/add-checkpoint"
_SIZE: Final = re.compile(rb"(0|[1-9][0-9]{0,18})\n")
_TRIES: Final = 4
"""A witness that answers a proof from the size that it has just named with another size has company."""
_BEYOND_S: Final = 5.0
_SAID: Final = 200
"""Bytes of an answer in words that are repeated."""
_WHY: Final[Mapping[int, str]] = {
    HTTPStatus.NOT_FOUND: "it does not know this log: its keeper has to name the public key there",
    HTTPStatus.FORBIDDEN: "it does not accept the signature: its keeper knows another key for this log",
}

log = logging.getLogger(__name__)


class WitnessAnchor:
    """Has heads cosigned. Used from one thread. It reads record and tree, to prove one head by another."""

    newest_only = True
    gives_back = False

    def __init__(self, rule: WitnessAnchorRule, home: Home) -> None:
        """``home``: whose heads they are."""
        self._url, self._ca, self._home = rule.url.rstrip("/") + CALL, rule.ca, home
        self._key = CosignatureVerifier.of(rule.vkey)
        self.name = f"witness {self._key.name}"

    def newest(self, origin: str) -> None:
        """Hold what it has seen against the record: it is shown the newest head here.

        Raises ``OSError`` and ``Disagrees``. A head that is cosigned on the way is so again when it is put.
        """
        with closing(TreeReader.open(self._home.tree)) as tree:
            head = tree.newest(origin)
        if head is not None:
            try:
                self._cosigned(head.note.encode())
            except NotNow:
                log.info("%s has seen more of %s than the newest head here has", self.name, origin)

    def put(self, note: bytes) -> Cosignature:
        """Have a head cosigned. Raises ``OSError``, ``Disagrees``, and ``NotNow`` for one that is too old."""
        return self._cosigned(note)

    def _cosigned(self, note: bytes) -> Cosignature:
        head = Checkpoint.parse(parsed(note).text)
        with self._book() as (tree, book):
            old = min(tree.cosigned(head.origin, str(self._key.vkey)), head.size)
            for _ in range(_TRIES):
                answer = self._ask(old, head, note, book)
                if answer.status != HTTPStatus.CONFLICT:
                    return self._taken(answer, old, head, note)
                old = self._size_in(answer, old, head, book)
        raise OSError("it has seen heads meanwhile that were not from here")

    def _ask(self, old: int, head: Checkpoint, note: bytes, book: Book) -> Posted:
        try:
            hash_at = book.hash_at(head.size)
            hashes: tuple[Hash, ...] = ()
            if 0 < old < head.size:
                hashes = tuple(consistency_proof(old, head.size, hash_at))
                if not goes_on(old, book.root(old), head.size, head.root, hashes):
                    raise OSError("the tree here is not the one that was signed; it will be looked through")
        except LookupError as error:
            raise OSError(str(error)) from error
        return post(self._url, bytes(Consistency(old, hashes, note)), "text/plain", self._ca)

    def _size_in(self, answer: Posted, old: int, head: Checkpoint, book: Book) -> int:
        """Give the size that it has seen. Raises ``Disagrees`` where it cannot be of this record."""
        found = _SIZE.fullmatch(answer.body)
        if found is None or int(found[1]) > LARGEST:
            raise OSError("it says that it has seen another size, and not which")
        size = int(found[1])
        if size == old == head.size:
            words = f"it has seen another head of {size} entries than this record's"
            raise Disagrees(Finding(Wrong.OTHER, words, size=size, head_of=head.origin))
        if size > (last := book.last_seq()):
            words = f"the record ends with entry {last}, and a head of {size} was cosigned"
            raise Disagrees(Finding(Wrong.SHORTER, words, last + 1, size, head.origin))
        if size > head.size:
            # The tree is older than the record. A head that goes on from that one comes in a moment.
            raise NotNow(_BEYOND_S)
        if size < old:
            log.warning(
                "%s has forgotten heads of %s: it knows one of %d entries", self.name, head.origin, size
            )
        return size

    def _taken(self, answer: Posted, old: int, head: Checkpoint, note: bytes) -> Cosignature:
        if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY:
            words = f"the first {old} entries are not those whose head was cosigned"
            raise Disagrees(Finding(Wrong.OTHER, words, size=old, head_of=head.origin))
        if answer.status != HTTPStatus.OK:
            said = answer.body[:_SAID].decode(errors="replace").strip()
            words = f"it answers {answer.status}: {''.join(filter(str.isprintable, said))}"
            raise OSError(_WHY.get(answer.status, words))
        try:
            opened(note + answer.body, head.origin, [self._key])
            for line in parsed(note + answer.body).signatures:
                if (line.name, line.key_id) == (self._key.name, self._key.id):
                    at = cosigned_at(line.signature)
                    return Cosignature(head.origin, head.size, str(self._key.vkey), at, line.line)
        except NoteWrong as wrong:
            raise OSError(f"what it has signed is no good: {wrong}") from wrong
        raise OSError("it has not signed")

    @contextmanager
    def _book(self) -> Iterator[tuple[TreeReader, Book]]:
        with (
            closing(TreeReader.open(self._home.tree)) as tree,
            closing(Book.open(self._home.record, tree)) as book,
        ):
            yield tree, book
