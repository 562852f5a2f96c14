"""The entries that go by: which are kept while somebody reads, and which of them are wanted."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Final

from accessctl.client import Event
from accessctl.tui.board.event_rows import row_of
from accessctl.tui.event_words import Names, is_refusal, type_words, where_of, who_of
from accessctl.tui.lines import Row
from accessctl.tui.look import Tone, event_tone
from accessctl.tui.words import _, to_translate

KEPT: Final = 500
"""So many while the newest are followed."""
KEPT_FOR_A_READER: Final = 5000
"""So many at most while somebody reads further up, so that nothing moves away under their eyes."""


class Kind(Enum):
    """What the key for quick filters goes through."""

    ALL = to_translate("all")
    REFUSALS = to_translate("refusals")
    ALARMS = to_translate("alarms")
    DOOR = to_translate("this door")

    @property
    def words(self) -> str:
        """What it is called."""
        return _(self.value)

    @property
    def next(self) -> "Kind":
        """The one that comes after it."""
        kinds = list(Kind)
        return kinds[(kinds.index(self) + 1) % len(kinds)]


class Stream:
    """Rows for a table: the entries that are wanted, oldest first."""

    def __init__(self) -> None:
        """Begin with none, and want all."""
        self.names: Names = {}
        self.kind, self.door, self.typed = Kind.ALL, "", ""
        self._all: list[Event] = []
        self._wanted: list[Event] = []
        self._words: tuple[str, ...] = ()
        self._epoch = ""

    def __len__(self) -> int:
        """Give how many are wanted."""
        return len(self._wanted)

    def row(self, index: int) -> Row:
        """Give one as a row."""
        return row_of(self._wanted[index], self.names)

    def event(self, index: int) -> Event:
        """Give one as it is."""
        return self._wanted[index]

    # ----------------------------------------------------------------------------------- entries

    def take(self, recent: Sequence[Event], *, reading: bool) -> int:
        """Take what is new among the newest entries; give how many wanted ones it brought.

        ``reading``: somebody looks at older ones, which stay.
        """
        new = self._new(recent)
        if not new:
            return 0
        self._all += new
        wanted = [event for event in new if self._wants(event)]
        self._wanted += wanted
        if len(self._all) > (most := KEPT_FOR_A_READER if reading else KEPT):
            del self._all[: len(self._all) - most]
            first = self._all[0]["seq"]
            del self._wanted[: bisect_left(self._wanted, first, key=_seq)]
        return len(wanted)

    def _new(self, recent: Sequence[Event]) -> list[Event]:
        if not recent:
            return []
        if recent[-1]["epoch"] != self._epoch or (self._all and recent[-1]["seq"] < self._all[-1]["seq"]):
            # Another record: its numbers are others.
            self._epoch = recent[-1]["epoch"]
            self._all.clear()
            self._wanted.clear()
        last = self._all[-1]["seq"] if self._all else -1
        new: list[Event] = []
        for event in reversed(recent):
            if event["seq"] <= last:
                break
            new.append(event)
        return new[::-1]

    def place_of(self, seq: int) -> int:
        """Give where the entry with this number stands, or the next one after it."""
        return bisect_left(self._wanted, seq, key=_seq)

    # ------------------------------------------------------------------------------------ filter

    def want(self, kind: Kind, door: str, typed: str) -> None:
        """Want these: of a kind, and with all of the words that were typed."""
        self.kind, self.door, self.typed = kind, door, typed
        self._words = tuple(typed.casefold().split())
        self._wanted = [event for event in self._all if self._wants(event)]

    @property
    def filtered(self) -> bool:
        """Whether not all are wanted."""
        return self.kind is not Kind.ALL or bool(self._words)

    def _wants(self, event: Event) -> bool:
        return self._is_of_kind(event) and (not self._words or _matches(event, self._words, self.names))

    def _is_of_kind(self, event: Event) -> bool:
        match self.kind:
            case Kind.REFUSALS:
                return is_refusal(event)
            case Kind.ALARMS:
                return event_tone(event["type"]) in {Tone.ALARM, Tone.WARN}
            case Kind.DOOR:
                return event["door"] == self.door
            case _:
                return True


def _seq(event: Event) -> int:
    return event["seq"]


def _matches(event: Event, words: Iterable[str], names: Names) -> bool:
    """Tell whether each of the words stands in door, access point, person, type or reason."""
    door, point, type_ = event["door"] or "", event["access_point"] or "", event["type"]
    said = (
        door,
        names.get(door, ""),
        point,
        where_of(event, names),
        event["person"] or "",
        who_of(event),
        type_,
        type_words(type_),
        event["reason"] or "",
    )
    text = "\n".join(said).casefold()
    return all(word in text for word in words)
