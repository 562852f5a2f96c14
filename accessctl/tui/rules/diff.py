"""What is different between two texts, line by line."""

import difflib
from enum import StrEnum
from typing import Final, NamedTuple

from accessctl.tui.look import DOTS

_AROUND: Final = 3


class Sign(StrEnum):
    """What has become of a line. The sign itself is shown, so that nobody needs its colour."""

    ADDED = "+"
    REMOVED = "-"
    SAME = " "
    GAP = "~"
    """Stands for equal lines that are left out."""


class DiffLine(NamedTuple):
    """A line of a difference."""

    sign: Sign
    text: str
    before: int | None = None
    """Its number in the first text, from one."""
    after: int | None = None


def diff_of(before: str, after: str, around: int = _AROUND) -> list[DiffLine]:
    """Give what is different, with so many equal lines around each change; nothing for equal texts."""
    old, new = before.splitlines(), after.splitlines()
    found: list[DiffLine] = []
    for group in difflib.SequenceMatcher(None, old, new).get_grouped_opcodes(around):
        if found:
            found.append(DiffLine(Sign.GAP, DOTS))
        for kind, old_from, old_to, new_from, new_to in group:
            if kind == "equal":
                found += (
                    DiffLine(Sign.SAME, old[at], at + 1, new_from + at - old_from + 1)
                    for at in range(old_from, old_to)
                )
                continue
            found += (DiffLine(Sign.REMOVED, old[at], before=at + 1) for at in range(old_from, old_to))
            found += (DiffLine(Sign.ADDED, new[at], after=at + 1) for at in range(new_from, new_to))
    if not found and before != after:
        # Nothing but line ends: said, lest somebody look for a change that cannot be seen.
        found.append(DiffLine(Sign.GAP, DOTS))
    return found


def counts(lines: list[DiffLine]) -> tuple[int, int]:
    """Give how many lines came and how many went."""
    signs = [line.sign for line in lines]
    return signs.count(Sign.ADDED), signs.count(Sign.REMOVED)


def how_much(before: str, after: str) -> tuple[int, int]:
    """Give the same for two texts. Only what lies between their equal ends is compared: fast at every key."""
    old, new = before.splitlines(), after.splitlines()
    start = _equal(old, new)
    old, new = old[start:], new[start:]
    end = _equal(old[::-1], new[::-1])
    matcher = difflib.SequenceMatcher(None, old[: len(old) - end], new[: len(new) - end])
    changes = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    return sum(code[4] - code[3] for code in changes), sum(code[2] - code[1] for code in changes)


def _equal(one: list[str], other: list[str]) -> int:
    """Give how many lines are equal at the beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (mine, theirs) in pairs if mine != theirs), min(len(one), len(other)))
