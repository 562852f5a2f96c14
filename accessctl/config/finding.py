"""What a valid site file says and nobody can have meant, or should know of."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters."""

    DANGER = "danger"
    """Somebody may be kept in, or stand before an open door."""
    MISTAKE = "mistake"
    """Something that is written cannot do what it says."""
    NOTE = "note"
    """It may be meant; it is worth knowing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at, and where."""

    severity: Severity
    path: str
    """The key, as in a problem of the file."""
    what: str

    def __str__(self) -> str:
        """Give the line that an admin reads."""
        return f"{self.severity.value}: {self.path}: {self.what}"


def danger(path: str, what: str) -> Finding:
    """Give a danger."""
    return Finding(Severity.DANGER, path, what)


def mistake(path: str, what: str) -> Finding:
    """Give a mistake."""
    return Finding(Severity.MISTAKE, path, what)


def note(path: str, what: str) -> Finding:
    """Give a note."""
    return Finding(Severity.NOTE, path, what)
