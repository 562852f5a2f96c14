from datetime import datetime, timedelta

import pytest

from policies.ids import LevelId, PersonId, QualificationId
from policies.people import (
    Card,
    CardStatus,
    Holder,
    Person,
    Qualification,
    TemporaryAccess,
    UseLimits,
    Validity,
)
from policies.reasons import Reason
from tests.policies.values import HOUR, LONDON, NOON, holder, utc

TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("at", "refusal"),
    [
        (NOON - TICK, Reason.NOT_YET_VALID),
        (NOON, None),
        (NOON + HOUR - TICK, None),
        (NOON + HOUR, Reason.EXPIRED),
    ],
)
def test_a_validity_includes_its_start_and_excludes_its_end(at: datetime, refusal: Reason | None) -> None:
    """From twelve to one o'clock means twelve itself and everything before one, to the microsecond."""
    assert Validity(NOON, NOON + HOUR).refusal_at(at) is refusal


@pytest.mark.parametrize(
    ("validity", "before", "after"),
    [
        (Validity(), None, None),
        (Validity(start=NOON), Reason.NOT_YET_VALID, None),
        (Validity(end=NOON), None, Reason.EXPIRED),
    ],
)
def test_a_validity_may_be_open_at_either_end(
    validity: Validity, before: Reason | None, after: Reason | None
) -> None:
    """An end that was left out never comes."""
    assert validity.refusal_at(NOON - HOUR) is before
    assert validity.refusal_at(NOON + HOUR) is after


def test_a_validity_is_not_shortened_by_the_night_that_repeats_an_hour() -> None:
    """What ends at the second 01:30 still holds at the first 01:45, which comes before it."""
    end = datetime(2025, 10, 26, 1, 30, tzinfo=LONDON, fold=1)
    validity = Validity(datetime(2025, 10, 26, 1, 40, tzinfo=LONDON), end)
    assert validity.refusal_at(datetime(2025, 10, 26, 1, 45, tzinfo=LONDON)) is None
    assert validity.refusal_at(utc("2025-10-26T01:30")) is Reason.EXPIRED


@pytest.mark.parametrize("end", [NOON, NOON - TICK])
def test_a_validity_that_never_holds_is_refused(end: datetime) -> None:
    """The end has to come after the start."""
    with pytest.raises(ValueError, match="must end after it starts"):
        Validity(NOON, end)


@pytest.mark.parametrize("edge", ["start", "end"])
def test_a_validity_needs_an_offset(edge: str) -> None:
    """A time that could be anybody's is no edge of a right."""
    with pytest.raises(ValueError, match="no offset"):
        Validity(**{edge: NOON.replace(tzinfo=None)})


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        (CardStatus.ACTIVE, None),
        (CardStatus.REVOKED, Reason.CARD_REVOKED),
        (CardStatus.LOST, Reason.CARD_LOST),
        (CardStatus.STOLEN, Reason.CARD_STOLEN),
        (CardStatus.DAMAGED, Reason.CARD_DAMAGED),
    ],
)
def test_a_card_is_refused_for_what_became_of_it(status: CardStatus, refusal: Reason | None) -> None:
    """Each fate of a card has its own reason, and an active card has none."""
    assert status.refusal is refusal


def test_no_fate_of_a_card_is_forgotten() -> None:
    """Whatever is not active is refused, each for a reason of its own."""
    refusals = {status: status.refusal for status in CardStatus}
    assert [status for status, refusal in refusals.items() if refusal is None] == [CardStatus.ACTIVE]
    assert len(set(refusals.values())) == len(CardStatus)


def test_uses_are_counted_from_nothing_up() -> None:
    """A limit of no use at all is a limit; one below is a slip of the pen."""
    assert (UseLimits().total, UseLimits().a_day) == (None, None)
    assert (UseLimits(0, 0).total, UseLimits(0, 0).a_day) == (0, 0)
    for total, a_day in [(-1, None), (None, -1)]:
        with pytest.raises(ValueError, match="below nothing"):
            UseLimits(total, a_day)


def test_temporary_access_ends() -> None:
    """Access that never ends is not temporary; when it begins need not be said."""
    assert TemporaryAccess(LevelId("l"), Validity(end=NOON)).validity.start is None
    with pytest.raises(ValueError, match="needs an end"):
        TemporaryAccess(LevelId("l"), Validity(start=NOON))


def test_instants_about_people_have_an_offset() -> None:
    """When a licence expires and since when somebody was seen is said in nobody's local time."""
    vague = NOON.replace(tzinfo=None)
    with pytest.raises(ValueError, match="no offset"):
        Qualification(QualificationId("forklift"), vague)
    with pytest.raises(ValueError, match="no offset"):
        Person(PersonId("p"), (), seen_from=vague)


def test_a_person_of_whom_nothing_is_said_has_no_privileges() -> None:
    """Who is merely there has no PIN, no group, no exemption and no longer times, and is not disabled."""
    person = Person(PersonId("p"), ())
    assert not any([person.disabled, person.has_pin, person.exempt, person.extended, person.uses])
    assert not any([person.groups, person.qualifications, person.temporary])


def test_a_card_is_taken_for_one_that_can_be_copied() -> None:
    """Unless somebody knows better, a card proves nothing that one has."""
    assert holder().card.clonable
    assert Holder(holder().person, Card(holder().card.id)).card.status is CardStatus.ACTIVE
