"""How the record is signed, as the API shows it."""

import base64
import secrets
from datetime import datetime
from typing import Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from accessctl.api.models import Wanted
from accessctl.evidence.canonical import LARGEST
from accessctl.evidence.checkpoint import Checkpoint
from accessctl.link.requests import TellOfExport
from accessctl.notary.book import Wrong
from accessctl.notary.found import Found
from accessctl.notary.hands import AnchorState
from accessctl.notary.showing import Shown, instant
from accessctl.store.tree import Head

LONGEST_REASON = 400
_ORIGIN = "accessctl/kade-1/5f1c09e2a7d84b33"


class HeadModel(BaseModel):
    """A signed head of the record's tree."""

    size: int = Field(description="How many entries it covers.", examples=[90412])
    at: AwareDatetime
    note: str = Field(description="The signed note (C2SP tlog-checkpoint), as it is handed out.")

    @classmethod
    def of(cls, head: Head) -> Self:
        """Show a head."""
        return cls(size=head.checkpoint.size, at=head.at, note=head.note)


class AnchorModel(BaseModel):
    """A place off this device that keeps heads."""

    name: str = Field(examples=["file /mnt/usb/accessctl-heads"])
    size: int | None = Field(description="Of the newest head that it took; null: none yet.")
    at: AwareDatetime | None = Field(description="When it took that.")
    failing_since: AwareDatetime | None = Field(description="Since when it takes none; null: it is well.")
    why: str | None = Field(description="Why it takes none.")

    @classmethod
    def of(cls, state: AnchorState) -> Self:
        """Show an anchor."""
        return cls(
            name=state.name,
            size=state.size,
            at=instant(state.at),
            failing_since=instant(state.failing_since),
            why=state.why,
        )


class FindingModel(BaseModel):
    """What disagrees with what was signed."""

    id: str = Field(examples=["f-0badcafe1234"])
    at: AwareDatetime
    origin: str = Field(examples=[_ORIGIN])
    wrong: str = Field(description=f"One of: {', '.join(Wrong)}.", examples=["other"])
    words: str = Field(examples=["entry 4711 is not the one that was signed"])
    seq: int | None = Field(description="The first entry that it is about, where that is known.")
    anchor: str | None = Field(
        description="What kept the head that the record disagrees with; null: this device."
    )

    @classmethod
    def of(cls, found: Found) -> Self:
        """Show a finding."""
        return cls(
            id=found.id,
            at=datetime.fromisoformat(found.at),
            origin=found.origin,
            wrong=found.wrong,
            words=found.words,
            seq=found.seq or None,
            anchor=found.anchor or None,
        )


class LogModel(BaseModel):
    """How the record is signed."""

    origin: str | None = Field(description="The log's name; null before the first head.", examples=[_ORIGIN])
    vkey: str | None = Field(description="The public key, for whoever verifies.")
    head: HeadModel | None = Field(description="The newest one.")
    unsigned: int = Field(description="Entries that no head covers yet.", examples=[3])
    running: bool = Field(description="Whether the notary process is there.")
    anchors: list[AnchorModel]
    disagrees: FindingModel | None = Field(description="While it stands nothing is signed; null: all agrees.")

    @classmethod
    def of(cls, shown: Shown, *, running: bool) -> Self:
        """Show it."""
        return cls(
            origin=shown.origin,
            vkey=shown.vkey,
            head=None if shown.head is None else HeadModel.of(shown.head),
            unsigned=shown.unsigned,
            running=running,
            anchors=[AnchorModel.of(state) for state in shown.anchors],
            disagrees=None if shown.found is None else FindingModel.of(shown.found),
        )


class Acceptance(Wanted):
    """That an operator accepts what disagrees, and why."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"finding": "f-0badcafe1234", "reason": "the card was replaced"}]}
    )

    finding: str = Field(description="Its id, so that nobody accepts what they have not seen.", max_length=64)
    reason: str = Field(description="It stands in the record.", min_length=1, max_length=LONGEST_REASON)


class Accepted(BaseModel):
    """What was accepted, and the entry that says so."""

    finding: str
    seq: int = Field(description="The number of the entry; heads under a new name cover it.")


class ExportTold(Wanted):
    """What somebody took out of the record as a file."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "format": "csv",
                    "entries": 812,
                    "last": 90412,
                    "since": "2026-03-01T00:00:00Z",
                    "until": None,
                }
            ]
        }
    )

    format: Literal["csv", "jsonl"]
    entries: int = Field(description="How many entries are in it.", ge=0, le=LARGEST)
    last: int = Field(description="The number of the last one that was looked at.", ge=0, le=LARGEST)
    since: AwareDatetime | None = Field(None, description="From when on they were wanted.")
    until: AwareDatetime | None = Field(None, description="Until when.")

    def told(self, operator: str, head: Checkpoint | None) -> TellOfExport:
        """Give what the door process is told; ``head``: the newest one that was signed."""
        since, until = ("" if at is None else at.isoformat() for at in (self.since, self.until))
        root = "" if head is None else base64.b64encode(head.root).decode()
        size = 0 if head is None else head.size
        id_ = f"export-{secrets.token_hex(8)}"
        return TellOfExport(
            id_, operator, self.format, self.entries, self.last, since, until, size=size, root=root
        )


class ExportEntered(BaseModel):
    """The entry that says so."""

    seq: int = Field(description="Its number.", examples=[90413])
