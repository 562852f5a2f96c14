"""What a site file may say of places: areas, and what they ask of those who enter them."""

from datetime import timedelta
from enum import Enum, auto
from typing import Final

from accessctl.config.kinds import Choice, Flag, Ids, Many, One, Ref, Refs, Text, Whole
from accessctl.config.reading import Table, check, key, objection
from accessctl.config.times import Minutes, Seconds
from accessctl.office.reviews import Every
from policies.area_rules import Passback, PassbackKind, Together
from policies.factors import MOST_ASSURANCE

MOST_PEOPLE: Final = 100_000
A_WEEK_MIN: Final = 7 * 24 * 60
LONGEST_WAIT_S: Final = 3600


class WhenFull(Enum):
    """What becomes of one more than an area may hold."""

    REFUSE = auto()
    REPORT = auto()


class PlainUid(Enum):
    """What becomes of a card that is known by nothing but a number which anyone can copy."""

    COUNTS = auto()
    REFUSED = auto()


class QualificationTable(Table):
    """Something that people can be qualified for."""

    name: str = key(Text(unique_in="qualifications"))


class LimitTable(Table):
    """How many may be in an area."""

    at_most: int = key(Whole(0, MOST_PEOPLE, "people"))
    of: str | None = key(Ref("members"), None)
    when_full: WhenFull = key(Choice(WhenFull), WhenFull.REFUSE)


class TogetherTable(Table):
    """How many have to badge together before any of them may pass."""

    persons: int = key(Whole(2, 10, "people"), 2)
    within_s: timedelta = key(Seconds(1, LONGEST_WAIT_S), timedelta(seconds=30))
    of: tuple[str, ...] = key(Refs("members"), ())
    one_of_each: bool = key(Flag(), default=False)

    @check("persons", "within_s", "of", "one_of_each")
    def can_be_brought_together(self) -> str | None:
        """Refuse company that nobody could bring together."""
        members = tuple(self.of)
        return objection(lambda: Together(self.persons, self.within_s, members, self.one_of_each))  # type: ignore[arg-type]


class AreaTable(Table):
    """A bounded place."""

    name: str = key(Text(unique_in="areas"))
    within: str | None = key(Ref("areas"), None)
    outside: bool = key(Flag(), default=False)
    passback: PassbackKind | None = key(Choice(PassbackKind), None)
    passback_forget_min: timedelta | None = key(Minutes(1, A_WEEK_MIN), None)
    assurance: int = key(Whole(0, MOST_ASSURANCE, "kinds of factor"), 0)
    plain_uid: PlainUid = key(Choice(PlainUid), PlainUid.COUNTS)
    requires: tuple[str, ...] = key(Refs("qualifications"), ())
    at_least: int | None = key(Whole(2, MOST_PEOPLE, "people"), None)
    alone_grace_s: timedelta | None = key(Seconds(0, LONGEST_WAIT_S), None)
    limits: tuple[LimitTable, ...] = key(Many(LimitTable), ())
    together: TogetherTable | None = key(One(TogetherTable), None)
    owner: tuple[str, ...] = key(Ids(), ())
    review: Every | None = key(Choice(Every), None)

    @check("owner", "review", at="owner")
    def is_reviewed_by_somebody(self) -> str | None:
        """Refuse a review that nobody signs."""
        return "is missing: somebody has to sign its review" if self.review and not self.owner else None

    @check("owner", "review", at="review")
    def is_reviewed_at_all(self) -> str | None:
        """Refuse owners who have nothing to do."""
        return "is missing: owners are there to review" if self.owner and not self.review else None

    @check("passback", "passback_forget_min")
    def forgets_where_it_is_timed(self) -> str | None:
        """Refuse a time that nothing uses, and timed passback without one."""
        kind, after = self.passback, self.passback_forget_min
        if kind is None:
            return None if after is None else "there is no passback here; leave this out"
        what = objection(lambda: Passback(kind, after))
        missing = "is missing: " if kind is PassbackKind.TIMED else ""
        return what and missing + what

    @check("at_least", "alone_grace_s")
    def waits_for_company(self) -> str | None:
        """Refuse a grace time where nobody has to have company."""
        return (
            "is for areas with at_least" if self.at_least is None and self.alone_grace_s is not None else None
        )
