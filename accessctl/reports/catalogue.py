"""Which reports there are, what each says, and what it can be asked for. Values alone."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from accessctl.operators.rights import Right


class By(StrEnum):
    """What a report can be asked to go by. Each is a parameter of the call, and an option of the command."""

    PERSON = "person"
    AREA = "area"
    DOOR = "door"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class ReportKind:
    """One report that can be asked for."""

    name: str
    title: str
    says: str
    """What it does, as a sentence in the imperative."""
    right: Right
    """What whoever asks for it has to have."""
    by: tuple[By, ...] = ()
    days: int | None = None
    """So far back it goes if nobody says since when; ``None``: it is about now, and takes no time."""
    until: bool = True
    """Whether it can be asked to end before now."""
    people: bool = True
    """Whether it tells about people, so that reading it is recorded."""


MOVEMENTS: Final = ReportKind(
    "movements",
    "Who was where and when",
    "List every passage: of a person, into an area, or through a door.",
    Right.PRESENCE_READ,
    (By.PERSON, By.AREA, By.DOOR),
    days=7,
)
REFUSALS: Final = ReportKind(
    "refusals",
    "Refusals and why",
    "Count and list who was refused, where, and for what reason.",
    Right.EVENTS_READ,
    (By.PERSON, By.DOOR),
    days=30,
)
DOORS: Final = ReportKind(
    "doors",
    "Doors held and forced",
    "List every door that was forced or held open, and for how long.",
    Right.EVENTS_READ,
    (By.DOOR,),
    days=30,
    people=False,
)
TIME: Final = ReportKind(
    "time",
    "Time in area",
    "Add up how long people were in an area, or in each of them.",
    Right.PRESENCE_READ,
    (By.PERSON, By.AREA),
    days=7,
)
RIGHTS: Final = ReportKind(
    "rights",
    "More rights than their group",
    "List people who may pass where most of their group may not, and whether they did so.",
    Right.PEOPLE_READ,
    (By.PERSON, By.DOOR),
    days=90,
)
UNUSED: Final = ReportKind(
    "unused",
    "Unused credentials",
    "List cards, codes and passes that count and that nobody has used for a while.",
    Right.CREDENTIALS_READ,
    (By.PERSON,),
    days=90,
    until=False,
)
CHANGES: Final = ReportKind(
    "changes",
    "Changes by operators",
    "List what operators have changed and ordered, with what was before and after.",
    Right.OPERATORS_READ,
    (By.OPERATOR, By.PERSON, By.DOOR),
    days=30,
)
ACCESS: Final = ReportKind(
    "access",
    "Who has access where",
    "List who may enter each area, and by what right.",
    Right.RULES_FORESEE,
    (By.PERSON, By.AREA, By.DOOR),
)
REVIEW: Final = ReportKind(
    "review",
    "Signed reviews of access",
    "Show what owners of areas signed, and whether it is as it was signed.",
    Right.REVIEWS_READ,
    (By.AREA,),
)

KINDS: Final = {
    each.name: each for each in (MOVEMENTS, REFUSALS, DOORS, TIME, RIGHTS, UNUSED, CHANGES, ACCESS, REVIEW)
}
MOST_ROWS: Final = 20_000
"""So many rows of a table are given at most."""
USUAL_ROWS: Final = 1000
