"""What stands in the search field, as a question: words of names, and filters among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from accessctl.tui.words import _

ROLE: Final = "role:"
GROUP: Final = "group:"
DISABLED: Final = "is:disabled"
ENABLED: Final = "is:enabled"
NO_CARD: Final = "no:card"
HAS_CARD: Final = "has:card"
_LONGEST: Final = 120
"""Characters that the API takes."""


class Named(NamedTuple):
    """A role or a group of the site, by id and name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is searched for; what is ``None`` does not matter."""

    q: str = ""
    role: str | None = None
    group: str | None = None
    disabled: bool | None = None
    has_card: bool | None = None
    doubts: tuple[str, ...] = ()
    """Filters that are not clear yet, in words; they do not count."""

    def query(self) -> dict[str, object]:
        """Give what the API is asked."""
        return {
            "q": self.q or None,
            "role": self.role,
            "group": self.group,
            "disabled": self.disabled,
            "has_card": self.has_card,
        }


def wanted_of(typed: str, roles: Sequence[Named] = (), groups: Sequence[Named] = ()) -> Wanted:
    """Understand what was typed so far: ``mar role:driver no:card``."""
    words: list[str] = []
    doubts: list[str] = []
    found: dict[str, str | None] = {"role": None, "group": None}
    flags: dict[str, bool | None] = {"disabled": None, "has_card": None}
    for word in typed.split():
        low = word.casefold()
        if low in _FLAGS:
            flags |= _FLAGS[low]
        elif low.startswith((ROLE, GROUP)):
            kind, _colon, begun = low.partition(":")
            member = _member(begun, roles if kind == "role" else groups)
            found[kind] = member.id if isinstance(member, Named) else found[kind]
            doubts += [] if isinstance(member, Named) else [f"{low}  {member}"]
        else:
            words.append(word)
    q = " ".join(words)[:_LONGEST].rstrip()
    return Wanted(q, found["role"], found["group"], flags["disabled"], flags["has_card"], tuple(doubts))


def with_filter(typed: str, filter_: str) -> str:
    """Put a filter in place of any other of its kind; the same one once more takes it away."""
    words = typed.split()
    kept = [word for word in words if _kind(word) != _kind(filter_)]
    return " ".join(kept if filter_ in words else [filter_, *kept]) + " "


_FLAGS: Final[dict[str, dict[str, bool | None]]] = {
    DISABLED: {"disabled": True},
    ENABLED: {"disabled": False},
    NO_CARD: {"has_card": False},
    HAS_CARD: {"has_card": True},
}
_KINDS: Final = {DISABLED: "disabled", ENABLED: "disabled", NO_CARD: "card", HAS_CARD: "card"}


def _kind(word: str) -> str | None:
    low = word.casefold()
    if low.startswith((ROLE, GROUP)):
        return low.partition(":")[0]
    return _KINDS.get(low, low)


def _member(begun: str, members: Sequence[Named]) -> Named | str:
    """Give the one that is meant, or say in words why none is."""
    for member in members:
        if member.id.casefold() == begun:
            return member
    likely = [
        member
        for member in members
        if begun and any(part.startswith(begun) for part in (member.id, *member.name.casefold().split()))
    ]
    if len(likely) == 1:
        return likely[0]
    known = ", ".join(member.id for member in likely or members)
    if likely or not begun:
        return _("which of {known}?").format(known=known)
    return _("there is none; there are {known}").format(known=known or _("none"))
