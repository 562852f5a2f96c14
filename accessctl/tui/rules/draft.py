"""The text somebody works on: what it began as, what is wrong with it, and whether it may be applied."""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from accessctl.tui.look import ALARM, Tone, mark
from accessctl.tui.rules.toml_lines import Place, TomlLines
from accessctl.tui.words import _

PROBLEM: Final = "problem"
_RANKS: Final = (PROBLEM, "danger", "mistake", "note")
_SIGNS: Final = {
    PROBLEM: (mark("✗", "x"), Tone.BAD),
    "danger": (ALARM, Tone.ALARM),
    "mistake": (mark("◆", "#"), Tone.WARN),
    "note": (mark("•", "-"), Tone.NOTE),
}


def sign_of(severity: str) -> tuple[str, Tone]:
    """Give the mark and the tone of a severity; one that is not known here is noted as well."""
    return _SIGNS.get(severity, _SIGNS["note"])


class Remark(NamedTuple):
    """One thing about the text, and where it stands."""

    severity: str
    place: Place
    path: str
    what: str

    @property
    def rank(self) -> int:
        """Zero is worst."""
        return _RANKS.index(self.severity) if self.severity in _RANKS else len(_RANKS)


def remarks_of(text: str, checked: dict[str, Any]) -> list[Remark]:
    """Give what a check of this text found, each with its place; the worst first, then from the top."""
    lines = TomlLines(text)
    found = [(PROBLEM, each) for each in checked["problems"]]
    found += [(each["severity"], each) for each in checked["findings"]]
    remarks = [
        Remark(severity, lines.of(each["path"]) or Place(1, 1), each["path"], each["what"])
        for severity, each in found
    ]
    return sorted(remarks, key=lambda remark: (remark.rank, remark.place))


@dataclass(slots=True)
class Draft:
    """A site file that is being written."""

    base: str
    """The text that lies there, as far as is known."""
    revision: str
    """Of that text: the one that is to be replaced."""
    text: str
    checked: tuple[str, dict[str, Any]] | None = None
    """The text that was looked through last, and what came of it."""
    rehearsed: tuple[str, dict[str, Any]] | None = None
    """The text that was rehearsed last, and what came of it."""
    asked_for: str | None = None
    """The text that waits for a second operator."""

    @property
    def changed(self) -> bool:
        """Whether it is another text than the one that lies there."""
        return self.text != self.base

    @property
    def unsaved(self) -> bool:
        """Whether something would be lost."""
        return self.changed and self.text != self.asked_for

    @property
    def check(self) -> dict[str, Any] | None:
        """What was found in this very text; ``None``: it was not looked through yet."""
        return self.checked[1] if self.checked is not None and self.checked[0] == self.text else None

    @property
    def rehearsal(self) -> dict[str, Any] | None:
        """What a rehearsal of this very text came to, against the rules it is to replace."""
        if self.rehearsed is None or self.rehearsed[0] != self.text:
            return None
        return self.rehearsed[1]

    def rebase(self, base: str, revision: str) -> None:
        """Go by what somebody else has put there; what was rehearsed was rehearsed against other rules."""
        self.base, self.revision, self.rehearsed = base, revision, None

    def why_not_rehearse(self) -> str | None:
        """Say why it cannot be rehearsed; ``None``: it can be."""
        if not self.changed:
            return _("Nothing is changed yet.")
        if self.check is None:
            return _("The text could not be looked through: nobody answers.")
        if not self.check["valid"]:
            return _("There are mistakes in it: F4 goes from one to the next.")
        return None

    def why_not_apply(self) -> str | None:
        """Say why it cannot be put in force; ``None``: it can be."""
        why = self.why_not_rehearse()
        if why is None and self.rehearsal is None:
            return _("It has to be rehearsed first, this very text: Ctrl+R.")
        return why
