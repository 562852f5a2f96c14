"""What a verification has found, for people and for programs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Step = Callable[[int], None]
"""Says that so many more entries were looked at."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was signed, or not as it has to be."""

    words: str
    seq: int | None = None
    """The first entry that it is about, where that is known."""
    file: str | None = None

    def __str__(self) -> str:
        """Say it in one line."""
        return self.words if self.file is None else f"{self.file}: {self.words}"


class Bad(Exception):
    """What is looked at cannot be gone on with."""

    def __init__(self, words: str, seq: int | None = None, file: str | None = None) -> None:
        """Keep what was found."""
        super().__init__(words)
        self.finding = Finding(words, seq, file)


@dataclass(slots=True)
class Report:
    """What was looked at and what came of it."""

    path: str
    trusted: str
    """Which key was trusted, and where it came from."""
    origin: str | None = None
    size: int | None = None
    """Entries under the head, as far as it could be read."""
    first_at: str | None = None
    last_at: str | None = None
    entry: str | None = None
    """The entry of a proof."""
    who: str | None = None
    """Whom it is about, where that was disclosed and its seal proves it."""
    consistent_with: list[int] = field(default_factory=list)
    """The sizes of older heads that this goes on from."""
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    @property
    def unchanged_since(self) -> list[int]:
        """The sizes of older heads since which nothing was removed or changed; none beside a finding."""
        return self.consistent_with if self.good else []

    def as_json(self) -> dict[str, Any]:
        """Give it for programs."""
        found = [{"words": each.words, "seq": each.seq, "file": each.file} for each in self.findings]
        names = (
            "path",
            "trusted",
            "origin",
            "size",
            "first_at",
            "last_at",
            "entry",
            "who",
            "notes",
        )
        facts = {name: getattr(self, name) for name in names}
        return {"good": self.good, "findings": found, **facts, "consistent_with": self.unchanged_since}

    def lines(self) -> list[str]:
        """Give it for people, each line as ``on_one_line`` does: what was brought can forge none."""
        said = [f"{self.path}: {self.origin or 'no head could be read'}", f"  key: {self.trusted}"]
        if self.size is not None:
            span = f", {self.first_at} to {self.last_at}" if self.first_at else ""
            said.append(f"  entries: {self.size:,}{span}")
        if self.entry is not None:
            said.append(f"  entry: {self.entry}")
        if self.who is not None:
            said.append(f"  {self.who}")
        said += [
            f"  nothing was removed or changed since the head of {size:,}"
            for size in dict.fromkeys(self.unchanged_since)
        ]
        said += [f"  note: {note}" for note in self.notes]
        said += [f"  FINDING: {finding}" for finding in self.findings]
        return [on_one_line(each) for each in (*said, "good" if self.good else "NOT GOOD")]


def on_one_line(words: str) -> str:
    """Show what would begin another line, or command the terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in words)
