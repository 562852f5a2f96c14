"""What comes of a happening, as lines of JSON.

The lines are put together by hand, since a trace may have millions: keys stand in a fixed order, and only
ASCII is written, so that equal happenings give equal bytes.
"""

import json
from collections.abc import Callable, Collection
from datetime import datetime
from json.encoder import encode_basestring_ascii
from typing import Final

from policies.decide import Decision, Outcome
from policies.effects import Release, Secure, Tone
from policies.event_types import EventType
from policies.reasons import Reason
from policies.turn import NOTHING_MORE, Answer, AtDoor, Note

ANSWER, RELEASE, SECURE, TONE = "answer", "release", "secure", "tone"

EFFECTS: Final = (ANSWER, RELEASE, SECURE, TONE)
"""What a line's ``effect`` can be."""
TYPES: Final = (*dict.fromkeys([*(reason.event_type for reason in Reason), *map(str, EventType)]),)
"""What a line's ``type`` can be."""

_TONES: Final = {tone: tone.name.lower() for tone in Tone}
_CHUNK: Final = 4096
"""So many lines are handed on at once."""
_MOST_KEPT: Final = 500_000
"""So many texts are kept; more than that would be those that come once only."""

_encoded: Final = json.JSONEncoder(separators=(",", ":")).encode


def instant(at: datetime) -> str:
    """Give an instant as every line writes it: in the offset that it has, no finer than it needs to be."""
    if not at.microsecond:
        return at.isoformat()
    return at.isoformat(timespec="microseconds" if at.microsecond % 1000 else "milliseconds")


class _Quoted(dict[str | None, str]):
    """Texts as JSON writes them, kept, since ids and reasons come again and again."""

    def __missing__(self, text: str | None) -> str:
        if text is None:
            return "null"
        if len(self) >= _MOST_KEPT:
            self.clear()
        found = self[text] = encode_basestring_ascii(text)
        return found


class Lines:
    """Writes lines in chunks, all of them or only some types."""

    def __init__(self, write: Callable[[str], object], only: Collection[str] = ()) -> None:
        """``only`` names the types and effects to be written; empty: all."""
        self._write, self._only = write, frozenset(only)
        self._waiting: list[str] = []
        self._quoted = _Quoted()
        self._now: datetime | None = None
        self._at = ""

    def put(self, now: datetime, effect: Note | AtDoor | Answer) -> None:
        """Write one line."""
        if now is not self._now:
            self._now, self._at = now, f'{{"at":"{instant(now)}",'
        kind = type(effect)
        if kind is Note:
            name, line = effect[0], self._note(effect)  # type: ignore[arg-type]  # narrowed by its exact type
        elif kind is AtDoor:
            name, line = self._at_door(effect)  # type: ignore[arg-type]
        else:
            name, line = ANSWER, self._answer(effect)  # type: ignore[arg-type]
        if self._only and name not in self._only:
            return
        self._waiting.append(self._at + line)
        if len(self._waiting) >= _CHUNK:
            self.flush()

    def flush(self) -> None:
        """Hand on what waits."""
        if self._waiting:
            text, self._waiting = "".join(self._waiting), []
            self._write(text)

    def _note(self, note: Note) -> str:
        kind, door, point, person, _credential, reason, detail = note
        q = self._quoted
        where = f'"door":{q[door]},"access_point":{q[point]}'
        line = f'"type":{q[kind]},{where},"person":{q[person]},"reason":{q[reason]}'
        if detail is not NOTHING_MORE and detail:
            line += ',"detail":' + _encoded(dict(detail))
        return line + "}\n"

    def _at_door(self, effect: AtDoor) -> tuple[str, str]:
        door, do = effect
        where, kind = self._quoted[door], type(do)
        if kind is Release:
            return RELEASE, f'"effect":"release","door":{where}}}\n'
        if kind is Secure:
            return SECURE, f'"effect":"secure","door":{where}}}\n'
        tone = _TONES[do.tone]  # type: ignore[union-attr]
        return TONE, f'"effect":"tone","door":{where},"tone":"{tone}"}}\n'

    def _answer(self, answer: Answer) -> str:
        point, decision = answer
        return f'"effect":"answer","access_point":{self._quoted[point]},"show":"{_shows(decision)}"}}\n'


def _shows(decision: Decision) -> str:
    match decision.outcome:
        case Outcome.GRANTED:
            return "granted"
        case Outcome.REFUSED:
            return "refused"
        case Outcome.MORE:
            return "prompt"
        case Outcome.GATHER | Outcome.QUEUE:
            return "wait"
