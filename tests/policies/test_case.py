from dataclasses import replace
from datetime import datetime

import pytest

from policies.area_rules import Together
from policies.case import BLANK, NOBODY, asked, case_of, fallback_at, lacking
from policies.degraded import Condition, Degraded, Fallback
from policies.factors import ALL_FACTORS, Asks, Factor
from policies.ids import AccessPointId, AreaId, DoorId
from policies.memory import Memory
from policies.occupancy import Head
from policies.people import Card
from policies.places import AreaState, AsksWhen
from policies.rulebook import Rulebook, Traits
from tests.policies.scene import Scene, asks
from tests.policies.sites import (
    ALICE,
    BOB,
    CAROL,
    HALL,
    STAFF,
    VIC,
    VISITOR,
    area,
    door,
    person,
    site,
    way_in,
)
from tests.policies.values import AT_NIGHT, HOUR, LONDON, MINUTE, NOON, TIMELESS, schedule, utc

CARD, PIN, FACE, FINGER = Factor.CARD, Factor.PIN, Factor.FACE, Factor.FINGERPRINT
FRONT = AccessPointId("front-in")
TWO_OF = Asks((CARD | PIN, CARD | FACE, PIN | FACE))


def asking(*when: AsksWhen, asks: Asks = Asks.CARD, **front: Fallback) -> Rulebook:
    point = way_in("front", asks, asks_when=when)
    return site(points=[point], doors=[door("front", degraded=Degraded(**front))])


def test_a_case_lays_out_who_asks_where_and_when() -> None:
    """Person, card, crowd and access point are those of the request; the instant is in UTC."""
    book = site()
    noon_in_london = NOON.astimezone(LONDON)
    case = case_of(asks(ALICE), book, noon_in_london)
    assert (case.person, case.card) == (ALICE.person, ALICE.card)
    assert (case.crowd, case.point) == (book.crowd_of(ALICE.person), book.points[FRONT])
    assert (case.now, case.now.tzinfo) == (NOON, NOON.tzinfo)
    assert (case.rulebook, case.memory) == (book, BLANK)
    assert (case.asks, case.missing) == (Asks.CARD, Factor.NONE)


def test_an_unknown_card_is_nobodys_case() -> None:
    """Nobody has no roles, no PIN and no standing."""
    case = case_of(asks(None), site(), NOON)
    assert case.person is NOBODY
    assert case.crowd.members == ()
    assert case.asking == (Head(None, ()),)


def test_a_case_is_about_a_known_point_at_a_certain_instant() -> None:
    """Whoever asks about somebody else's door, or in nobody's time zone, has made an error."""
    with pytest.raises(KeyError, match="elsewhere"):
        case_of(asks(ALICE, "elsewhere"), site(), NOON)
    with pytest.raises(ValueError, match="no offset"):
        case_of(asks(ALICE), site(), NOON.replace(tzinfo=None))


def test_who_asks_is_counted_with_their_company() -> None:
    """Everybody once, whoever asks first, and each case for itself."""
    at = Scene(site())
    one, other = at.case(asks(ALICE)), at.case(asks(BOB))
    assert one.asking == (Head(ALICE.person.id, (STAFF,)),)
    one.goes_with((other, one, at.case(asks(CAROL))))
    assert [head.person for head in one.asking] == ["alice", "bob", "carol"]
    assert [head.person for head in other.asking] == ["bob"]


def test_a_case_sees_who_waits_at_the_doors_beside() -> None:
    """Every door into the same areas counts, and the first look stands."""
    at = Scene(site()).granted(BOB, at="back-in").granted(CAROL, at="store-in")
    case = at.case(asks(ALICE))
    assert [passage.person for passage in case.waiting] == ["bob"]
    assert at.granted(CAROL).case(asks(ALICE)).waiting == (
        *at.memory.doors[DoorId("front")].waiting,
        *case.waiting,
    )


def test_a_visitor_opens_with_an_escort_and_not_with_others() -> None:
    """The company that an area wants is wanted of everybody but those who are brought."""
    together = Together(2, MINUTE)
    book = site(areas=[area("hall", together=together)], traits_of={VISITOR: Traits(needs_escort=True)})
    assert case_of(asks(ALICE), book, NOON).together == together
    assert case_of(asks(VIC), book, NOON).together is None
    assert case_of(asks(ALICE), site(), NOON).together is None


# What is asked for.


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (utc("2025-06-18T20:59:59"), Asks.CARD),
        (utc("2025-06-18T21:00"), Asks.CARD_AND_PIN),
        (utc("2025-06-19T05:00"), Asks.CARD),
    ],
)
def test_more_may_be_asked_for_at_night(now: datetime, expected: Asks) -> None:
    """What a schedule brings is asked for while it holds, by the clock of the site."""
    book = asking(AsksWhen(Asks.CARD_AND_PIN, AT_NIGHT))
    assert asked(book.points[FRONT], BLANK, now) == expected
    assert case_of(asks(ALICE), book, now).asks == expected


@pytest.mark.parametrize(
    ("level", "expected"), [(1, Asks.CARD), (2, Asks.CARD_AND_PIN), (3, Asks.CARD_AND_PIN)]
)
def test_more_may_be_asked_for_under_a_threat(level: int, expected: Asks) -> None:
    """From the level on that is named."""
    at = Scene(asking(AsksWhen(Asks.CARD_AND_PIN, threat_level=2))).threat(level)
    assert at.case(asks(ALICE)).asks == expected


def test_more_may_be_asked_of_the_first_in_an_empty_area() -> None:
    """It is empty until somebody is in it or in a part of it; who is elsewhere does not count."""
    at = Scene(asking(AsksWhen(Asks.CARD_AND_PIN, area=AreaState.EMPTY)))
    assert at.case(asks(ALICE)).asks == Asks.CARD_AND_PIN
    assert at.inside(BOB, area=AreaId("street")).case(asks(ALICE)).asks == Asks.CARD_AND_PIN
    assert at.inside(BOB, area=AreaId("store")).case(asks(ALICE)).asks == Asks.CARD


def test_more_may_be_asked_for_at_an_armed_area() -> None:
    """Of the area that the access point leads to, and no other."""
    at = Scene(asking(AsksWhen(Asks.CARD_AND_PIN, area=AreaState.ARMED)))
    at.memory.armed[AreaId("street")] = "op"
    assert at.case(asks(ALICE)).asks == Asks.CARD
    at.memory.armed[HALL] = "op"
    assert at.case(asks(ALICE)).asks == Asks.CARD_AND_PIN


def test_all_that_is_named_has_to_hold() -> None:
    """A rule for a threat at night in an empty area waits for all three."""
    at = Scene(asking(AsksWhen(Asks.CARD_AND_PIN, AT_NIGHT, 2, AreaState.EMPTY)), utc("2025-06-18T23:00"))
    assert at.case(asks(ALICE)).asks == Asks.CARD
    assert at.threat(2).case(asks(ALICE)).asks == Asks.CARD_AND_PIN
    assert replace(at, now=NOON).case(asks(ALICE)).asks == Asks.CARD
    assert at.threat(1).case(asks(ALICE)).asks == Asks.CARD
    assert at.threat(2).inside(BOB).case(asks(ALICE)).asks == Asks.CARD


def test_the_first_rule_that_holds_counts() -> None:
    """What stands above takes the place of what stands below."""
    at = Scene(
        asking(AsksWhen(Asks.CARD_AND_CODE, threat_level=5), AsksWhen(Asks.CARD_AND_PIN, threat_level=2))
    )
    assert at.threat(2).case(asks(ALICE)).asks == Asks.CARD_AND_PIN
    assert at.threat(5).case(asks(ALICE)).asks == Asks.CARD_AND_CODE


@pytest.mark.parametrize(
    ("fallback", "eased"),
    [
        (Fallback.AS_USUAL, True),
        (Fallback.IGNORE_SCHEDULES, True),
        (Fallback.TIMELESS_ONLY, False),
        (Fallback.REFUSE, False),
    ],
)
def test_an_hour_that_nobody_can_be_sure_of_makes_nothing_easier(fallback: Fallback, eased: bool) -> None:
    """By day a card is enough and at night a PIN is wanted: while the clock may be wrong, it always is."""
    by_day = AsksWhen(Asks.CARD, schedule("08:00-18:00"))
    at = Scene(asking(by_day, asks=Asks.CARD_AND_PIN, clock_untrusted=fallback))
    assert at.case(asks(ALICE)).asks == Asks.CARD
    assert at.gone(Condition.ON_BATTERY).case(asks(ALICE)).asks == Asks.CARD
    at.gone(Condition.CLOCK_UNTRUSTED)
    assert at.case(asks(ALICE)).asks == (Asks.CARD if eased else Asks.CARD_AND_PIN)


@pytest.mark.parametrize(
    "when",
    [
        AsksWhen(Asks.CARD_AND_CODE, schedule("08:00-18:00")),
        AsksWhen(Asks.NOTHING, TIMELESS),
        AsksWhen(Asks.NOTHING, threat_level=1),
    ],
)
def test_what_does_not_ease_by_the_hour_counts_whatever_the_clock(when: AsksWhen) -> None:
    """More than usual by day, anything at every hour, and what depends on no hour is asked for as ever."""
    at = Scene(asking(when, clock_untrusted=Fallback.TIMELESS_ONLY)).threat(1)
    assert at.gone(Condition.CLOCK_UNTRUSTED).case(asks(ALICE)).asks == when.asks


def test_the_next_rule_counts_where_one_would_ease_by_the_hour() -> None:
    """It is passed over, and does not end the search."""
    rules = (AsksWhen(Asks.NOTHING, schedule("08:00-18:00")), AsksWhen(Asks.CARD_AND_PIN, threat_level=1))
    at = Scene(asking(*rules, clock_untrusted=Fallback.TIMELESS_ONLY)).threat(1)
    assert at.case(asks(ALICE)).asks == Asks.NOTHING
    assert at.gone(Condition.CLOCK_UNTRUSTED).case(asks(ALICE)).asks == Asks.CARD_AND_PIN


def test_a_pin_may_stand_in_for_a_finger_whose_sensor_is_gone() -> None:
    """Only where the site says so, and only at the access point whose sensor it is."""
    wide = asking(asks=Asks.CARD_AND_BIOMETRIC, biometric_lost=Fallback.PIN_INSTEAD)
    assert Scene(wide).case(asks(ALICE)).asks == Asks.CARD_AND_BIOMETRIC
    assert Scene(wide).gone(Condition.BIOMETRIC_LOST, FRONT).case(asks(ALICE)).asks == Asks.CARD_AND_PIN
    elsewhere = Scene(wide).gone(Condition.BIOMETRIC_LOST, "back-in")
    assert elsewhere.case(asks(ALICE)).asks == Asks.CARD_AND_BIOMETRIC
    usual = Scene(asking(asks=Asks.CARD_AND_BIOMETRIC)).gone(Condition.BIOMETRIC_LOST, FRONT)
    assert usual.case(asks(ALICE)).asks == Asks.CARD_AND_BIOMETRIC


# What is missing.


def test_what_is_missing_depends_on_what_somebody_has() -> None:
    """Who has no PIN is asked for a face where either would do, and is told so where it would not."""
    book = asking(asks=TWO_OF)
    assert case_of(asks(person("alice", has_pin=True)), book, NOON).missing is PIN
    assert case_of(asks(ALICE), book, NOON).missing is FACE
    assert case_of(asks(ALICE), asking(asks=Asks.CARD_AND_PIN), NOON).missing is PIN


def test_what_is_missing_depends_on_what_works() -> None:
    """A finger or face is not asked for where its sensor is gone and something else would do."""
    book = asking(asks=Asks((CARD | FACE, CARD | Factor.CODE)))
    assert Scene(book).case(asks(ALICE)).missing is FACE
    assert Scene(book).gone(Condition.BIOMETRIC_LOST, FRONT).case(asks(ALICE)).missing is Factor.CODE
    assert Scene(book).gone(Condition.BIOMETRIC_LOST, "back-in").case(asks(ALICE)).missing is FACE


def test_what_is_missing_depends_on_what_the_area_wants_proven() -> None:
    """A card that can be copied is not enough of a card where two kinds of factor are wanted."""
    point = way_in("front", TWO_OF)
    book = site(points=[point], areas=[area("hall", assurance=2)])
    copied = person("alice", has_pin=True)
    genuine = person("alice", has_pin=True, card=Card(ALICE.card.id, clonable=False))
    assert case_of(asks(copied), book, NOON).missing is PIN | FACE
    assert case_of(asks(genuine), book, NOON).missing is PIN


def test_where_nobody_is_asked_nothing_is_missing() -> None:
    """A free way is free whatever the area would want."""
    book = site(points=[way_in("front", Asks.NOTHING)], areas=[area("hall", assurance=3)])
    case = case_of(asks(None, proven=Factor.NONE), book, NOON)
    assert (case.asks.is_free, case.missing) == (True, Factor.NONE)
    point = book.points[FRONT]
    assert lacking(Asks.NOTHING, Factor.NONE, point, ALICE.person, ALICE.card, BLANK, NOON) is Factor.NONE
    assert lacking(Asks.CARD, ALL_FACTORS, point, ALICE.person, ALICE.card, BLANK, NOON) is Factor.NONE


# What holds while something is gone.


@pytest.mark.parametrize(
    ("condition", "where"),
    [
        (Condition.CLOCK_UNTRUSTED, None),
        (Condition.RECORD_UNWRITABLE, None),
        (Condition.ON_BATTERY, None),
        (Condition.READER_LOST, "front"),
        (Condition.CONTACT_LOST, "front"),
        (Condition.BIOMETRIC_LOST, "front-in"),
    ],
)
def test_a_fallback_holds_where_something_is_gone(condition: Condition, where: str | None) -> None:
    """For the whole site, at one door or at one access point, and nowhere else."""
    book = site(doors=[door("front", degraded=Degraded(reader_lost=Fallback.REFUSE))])
    point, chosen = book.points[FRONT], book.points[FRONT].door.door.degraded.under(condition)
    assert fallback_at(point, condition, BLANK) is None
    for place in (None, "front", "front-in", "back", "back-in"):
        at = Scene(book).gone(condition, place)
        expected = chosen if place == where else None
        assert fallback_at(point, condition, at.memory) is expected
        assert at.case(asks(ALICE)).fallback(condition) is expected


def test_a_memory_of_nothing_stays_one() -> None:
    """Whoever asks without a memory leaves nothing behind in the one that is shared."""
    book = site()
    case_of(asks(ALICE), book, NOON + HOUR)
    assert Memory() == BLANK
