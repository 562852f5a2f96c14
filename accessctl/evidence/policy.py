"""Whom one trusts, in a file: logs, witnesses, and how many of those have to cosign (C2SP tlog-policy)."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from accessctl.evidence.ed25519 import CosignatureVerifier, LogVerifier
from accessctl.evidence.note import NoteWrong

NONE: Final = "none"
_LETTERS: Final = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f-\x9f]*")
_BLANKS: Final = re.compile(r"[ \t]+")


@dataclass(frozen=True, slots=True)
class _Group:
    least: int
    members: tuple[str, ...]


@dataclass(slots=True)
class Policy:
    """Logs and witnesses that are known, and the quorum."""

    logs: list[LogVerifier] = field(default_factory=list)
    witnesses: dict[str, CosignatureVerifier] = field(default_factory=dict)
    groups: dict[str, _Group] = field(default_factory=dict)
    quorum: str | None = None

    @classmethod
    def parse(cls, written: bytes) -> "Policy":
        """Read a file. Raises ``NoteWrong``, with the number of the line."""
        policy = cls()
        try:
            text = written.decode()  # as the names of keys are, over which their ids are made
        except UnicodeDecodeError:
            raise NoteWrong("the policy is not UTF-8") from None
        for number, line in enumerate(text.split("\n"), 1):
            words = [word for word in _BLANKS.split(line) if word]
            try:
                policy._add(words if _LETTERS.fullmatch(line) else ["control characters"])
            except NoteWrong as wrong:
                raise NoteWrong(f"line {number} of the policy: {wrong}") from None
        if policy.quorum is None:
            raise NoteWrong("the policy names no quorum")
        return policy

    def is_met(self, signers: Iterable[object]) -> bool:
        """Whether those who signed are as many as the quorum asks for."""
        return self.quorum == NONE or self._has_seen(str(self.quorum), list(signers))

    def _has_seen(self, name: str, signers: Collection[object]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name] in signers
        group = self.groups[name]
        return sum(self._has_seen(member, signers) for member in group.members) >= group.least

    def _add(self, words: list[str]) -> None:
        match words:
            case []:
                pass
            case [first, *_] if first.startswith("#"):
                pass
            case ["log", vkey] | ["log", vkey, _]:
                self._add_log(LogVerifier.of(vkey))
            case ["witness", name, vkey] | ["witness", name, vkey, _]:
                self._check_new(name)
                witness = CosignatureVerifier.of(vkey)
                if any(each.vkey.public == witness.vkey.public for each in self.witnesses.values()):
                    raise NoteWrong("this witness is there already")
                self.witnesses[name] = witness
            case ["group", name, least, *members] if members:
                self._check_new(name)
                self._check_known(members)
                self._check_single(members)
                self.groups[name] = _Group(_least(least, len(members)), tuple(members))
            case ["quorum", name] if self.quorum is None:
                if name != NONE:
                    self._check_known([name])
                self.quorum = name
            case _:
                raise NoteWrong("this says nothing that a policy can say there")

    def _add_log(self, log: LogVerifier) -> None:
        if any(each.vkey.public == log.vkey.public for each in self.logs):
            raise NoteWrong("this log is there already")
        self.logs.append(log)

    def _check_new(self, name: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise NoteWrong("this name is taken")

    def _check_known(self, names: list[str]) -> None:
        if any(name not in self.witnesses and name not in self.groups for name in names):
            raise NoteWrong("it names somebody whom no line above names")

    def _check_single(self, names: list[str]) -> None:
        grouped = {member for group in self.groups.values() for member in group.members}
        if len(set(names)) < len(names) or grouped & set(names):
            raise NoteWrong("somebody would count twice")


def _least(word: str, count: int) -> int:
    least = {"any": 1, "all": count}.get(word) or (int(word) if re.fullmatch("[1-9][0-9]{0,3}", word) else 0)
    if not 1 <= least <= count:
        raise NoteWrong(f"of {count} members there cannot be {word}")
    return least
