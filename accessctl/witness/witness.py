"""What a witness answers to ``add-checkpoint``: a cosignature, or why there is none (C2SP tlog-witness)."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final, NamedTuple

from accessctl.evidence.checkpoint import Checkpoint, opened
from accessctl.evidence.consistency import Consistency
from accessctl.evidence.ed25519 import Cosigner
from accessctl.evidence.merkle import goes_on
from accessctl.evidence.note import NoteWrong, Signature, parsed
from accessctl.witness.logs import Logs
from accessctl.witness.state import Seen, State

LONGEST: Final = 64 * 1024
"""Bytes of a request. A head with 63 hashes and a hundred signatures has some 20 KiB."""
SIZE: Final = "text/x.tlog.size"
TEXT: Final = "text/plain; charset=utf-8"

log = logging.getLogger(__name__)


class Answer(NamedTuple):
    """What is answered over HTTP."""

    status: HTTPStatus
    body: str
    type: str = TEXT


class Witness:
    """Cosigns heads. Used from one thread. Raises ``WitnessUnusable``: then nothing was cosigned."""

    def __init__(
        self,
        signer: Cosigner,
        logs: Logs,
        state: State,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """``logs`` are those whose heads it cosigns, ``state`` what it has seen of them."""
        self._signer, self._logs, self._state, self._now = signer, logs, state, now

    def add(self, request: bytes) -> Answer:
        """Answer one request."""
        try:
            wanted = Consistency.parse(request)
            note = parsed(wanted.checkpoint)
            origin = Checkpoint.parse(note.text).origin
        except NoteWrong as wrong:
            return Answer(HTTPStatus.BAD_REQUEST, f"{wrong}\n")
        known = self._logs.keys_of(origin)
        if not known:
            return Answer(HTTPStatus.NOT_FOUND, "this log is not known here\n")
        try:
            head, signers = opened(wanted.checkpoint, origin, known)
        except NoteWrong as wrong:
            return Answer(HTTPStatus.FORBIDDEN, f"{wrong}\n")
        if wanted.old > head.size:
            return Answer(HTTPStatus.BAD_REQUEST, "the old size is larger than the head's\n")
        # Of the signatures only those that were looked at are kept; others anybody could have put there.
        names = {(each.name, each.id) for each in signers}
        lines = [each.line for each in note.signatures if (each.name, each.key_id) in names]
        return self._look(wanted, head, note.text, lines)

    def _look(self, wanted: Consistency, head: Checkpoint, text: str, lines: list[str]) -> Answer:
        note = "\n".join([text, *lines, ""])
        at = self._now()
        with self._state.next_of(head.origin) as seen:
            if wanted.old != seen.size:
                return _conflict(seen)
            if head.size == seen.size and head.root != seen.root:
                if seen.note:
                    self._state.put_fork(head, note, seen.note, _written(at))
                log.error("%s has signed two heads of %d entries: it was forked", head.origin, head.size)
                return _conflict(seen)
            if not goes_on(seen.size, seen.root, head.size, head.root, wanted.hashes):
                log.warning("a head of %s with %d entries was not proven", head.origin, head.size)
                words = f"this does not prove that the head goes on from the one of {seen.size}\n"
                return Answer(HTTPStatus.UNPROCESSABLE_ENTITY, words)
            self._state.put(head, note, _written(at))
        signed = self._signer.sign_at(text.encode(), int(at.timestamp()))
        line = Signature(self._signer.name, self._signer.id, signed).line
        return Answer(HTTPStatus.OK, f"{line}\n")


def _conflict(seen: Seen) -> Answer:
    return Answer(HTTPStatus.CONFLICT, f"{seen.size}\n", SIZE)


def _written(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
