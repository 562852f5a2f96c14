"""What disagrees, as it is kept beside the tree until an operator has accepted it."""

import json
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Final, Self

from accessctl.link.requests import OfTheRecord, TellOfRecord
from accessctl.notary.book import Finding, Wrong
from accessctl.store.errors import TreeSpoilt
from accessctl.store.tree import TreeReader

FOUND: Final = "finding"
"""Under this name the tree keeps it."""
_ROLLBACKS: Final = frozenset({Wrong.SHORTER, Wrong.REPLACED})


@dataclass(frozen=True, slots=True)
class Found:
    """A finding with a name of its own. Nothing is signed while it stands."""

    id: str
    at: str
    """ISO 8601 in UTC."""
    origin: str
    wrong: str
    words: str
    seq: int = 0
    """The first number that it is about; 0 where that is not known."""
    size: int = 0
    """How many entries the head has that it disagrees with; 0 where there is none."""
    anchor: str = ""
    """What kept that head, where it was not the tree here."""
    head_of: str = ""
    """Then, the log of that head."""

    @classmethod
    def of(cls, finding: Finding, origin: str, at: datetime, anchor: str = "") -> Self:
        """Give a finding its name."""
        return cls(
            _new_id(),
            at.isoformat(timespec="seconds"),
            origin,
            finding.wrong,
            finding.words,
            finding.seq or 0,
            finding.size or 0,
            anchor,
            finding.head_of,
        )

    @classmethod
    def kept_in(cls, tree: TreeReader) -> Self | None:
        """Give the one that stands. Raises ``StoreError``."""
        written = tree.meta(FOUND)
        try:
            return None if written is None else cls(**json.loads(written))
        except (ValueError, TypeError) as error:
            raise TreeSpoilt("what is kept of a finding cannot be read") from error

    def again(self) -> Self:
        """Give it another name, so that what was said of it so far does not count."""
        return replace(self, id=_new_id())

    @property
    def written(self) -> str:
        """Give it as the tree keeps it."""
        return json.dumps(asdict(self))

    def alarm(self) -> TellOfRecord:
        """Give what the door process is to enter about it."""
        what = OfTheRecord.ROLLBACK if self.wrong in _ROLLBACKS else OfTheRecord.INTEGRITY_FAILURE
        return TellOfRecord(
            self.id,
            what,
            self.words,
            origin=self.origin,
            finding=self.id,
            anchor=self.anchor,
            seq=self.seq,
            size=self.size,
        )

    def acceptance(self, operator: str, reason: str) -> TellOfRecord:
        """Give what the door process is to enter when an operator accepts it."""
        return TellOfRecord(
            f"accept:{self.id}",
            OfTheRecord.BEGUN,
            reason,
            operator=operator,
            origin=self.origin,
            finding=self.id,
        )


def _new_id() -> str:
    return "f-" + secrets.token_hex(6)
