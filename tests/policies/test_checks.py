"""Each check alone: on which side of each boundary it objects, and with which reason."""

from datetime import date, datetime, timedelta
from typing import Final

import pytest

from policies.checks import (
    BREAK_GLASS_CHECKS,
    CHECKS,
    FREE_CHECKS,
    LEAVING_CHECKS,
    card_is_active,
    card_is_valid,
    devices_allow_it,
    door_is_not_blocked,
    interlock_is_shut,
    level_covers_point,
    lockdown_lets_pass,
    no_level_denies,
    person_is_enabled,
    person_is_valid,
    person_was_seen_lately,
    qualifications_are_held,
    record_can_be_written,
    threat_level_is_met,
    uses_are_left,
)
from policies.degraded import Condition, Degraded, Fallback
from policies.door import Phase
from policies.door_modes import DoorMode
from policies.ids import DoorId, LevelId, QualificationId
from policies.interlock import Interlock
from policies.memory import Uses
from policies.people import (
    Card,
    CardStatus,
    Holder,
    Qualification,
    TemporaryAccess,
    UseLimits,
    Validity,
)
from policies.reasons import Reason
from policies.rulebook import Rulebook, Traits
from policies.schedule import Schedule
from tests.policies.scene import Scene, asks
from tests.policies.sites import ALICE, GUARD, STAFF, VISITOR, area, door, level, person, site
from tests.policies.values import AT_NIGHT, HOUR, LONDON, NEVER, NOON, TIMELESS, s, schedule, utc

TICK: Final = timedelta(microseconds=1)
DAY: Final = timedelta(days=1)
BY_DAY: Final = schedule("08:00-18:00")
FRONT: Final = ("front-in",)


# ---------------------------------------------------------------------------- the card and the person


@pytest.mark.parametrize("status", CardStatus)
def test_a_card_counts_while_it_is_active(status: CardStatus) -> None:
    """Whatever became of it otherwise is named."""
    who = person("alice", card=Card(ALICE.card.id, status))
    assert card_is_active(Scene(site()).case(asks(who))) is status.refusal


def test_a_disabled_person_is_refused() -> None:
    """Whoever was disabled stays out until they are enabled."""
    assert (
        person_is_enabled(Scene(site()).case(asks(person("alice", disabled=True)))) is Reason.PERSON_DISABLED
    )
    assert person_is_enabled(Scene(site()).case(asks(ALICE))) is None


@pytest.mark.parametrize(
    ("now", "refusal"),
    [
        (NOON - TICK, Reason.NOT_YET_VALID),
        (NOON, None),
        (NOON + HOUR - TICK, None),
        (NOON + HOUR, Reason.EXPIRED),
    ],
)
def test_a_card_and_a_person_have_their_time(now: datetime, refusal: Reason | None) -> None:
    """Each from its start, included, to its end, which is not; and neither stands in for the other."""
    hour = Validity(NOON, NOON + HOUR)
    of_card = Scene(site(), now).case(asks(person("alice", card=Card(ALICE.card.id, validity=hour))))
    assert card_is_valid(of_card) is refusal
    assert person_is_valid(of_card) is None
    of_person = Scene(site(), now).case(asks(person("alice", validity=hour)))
    assert person_is_valid(of_person) is refusal
    assert card_is_valid(of_person) is None


# ------------------------------------------------------------------------------- the site and the door


@pytest.mark.parametrize("mode", DoorMode)
def test_a_lockdown_refuses_who_may_not_pass_in_one(mode: DoorMode) -> None:
    """A door that is locked down is passed by those whom the site names, and by nobody else."""
    at = Scene(site(traits_of={GUARD: Traits(passes_lockdown=True)})).mode("front", mode)
    locked = mode is DoorMode.LOCKED_DOWN
    assert lockdown_lets_pass(at.case(asks(ALICE))) is (Reason.LOCKED_DOWN if locked else None)
    assert lockdown_lets_pass(at.case(asks(person("greg", GUARD)))) is None
    assert lockdown_lets_pass(at.case(asks(person("greta", STAFF, GUARD)))) is None
    assert lockdown_lets_pass(at.case(asks(ALICE, "back-in"))) is None


@pytest.mark.parametrize("mode", DoorMode)
def test_a_blocked_door_refuses_everybody(mode: DoorMode) -> None:
    """Even those who pass in a lockdown."""
    at = Scene(site(traits_of={STAFF: Traits(passes_lockdown=True)})).mode("front", mode)
    blocked = mode is DoorMode.BLOCKED
    assert door_is_not_blocked(at.case(asks(ALICE))) is (Reason.DOOR_BLOCKED if blocked else None)
    assert door_is_not_blocked(at.case(asks(ALICE, "back-in"))) is None


@pytest.mark.parametrize(("level", "refused"), [(0, False), (2, False), (3, True), (9, True)])
def test_a_threat_refuses_who_may_not_pass_at_its_level(level: int, refused: bool) -> None:
    """Up to their own level people pass; who has none passes while there is no threat."""
    at = Scene(site(traits_of={STAFF: Traits(threat_authority=2)})).threat(level)
    assert threat_level_is_met(at.case(asks(ALICE))) is (Reason.THREAT_LEVEL if refused else None)
    anybody = Reason.THREAT_LEVEL if level else None
    assert threat_level_is_met(at.case(asks(person("greg", GUARD)))) is anybody


def test_without_a_word_about_a_threat_there_is_none() -> None:
    """Nothing remembered means nothing is the matter."""
    assert threat_level_is_met(Scene(site()).case(asks(ALICE))) is None


@pytest.mark.parametrize(
    ("condition", "where", "reason"),
    [
        (Condition.READER_LOST, "front", Reason.DEGRADED),
        (Condition.CONTACT_LOST, "front", Reason.DEGRADED),
        (Condition.ON_BATTERY, None, Reason.DEGRADED),
        (Condition.CLOCK_UNTRUSTED, None, Reason.CLOCK_UNTRUSTED),
    ],
)
def test_a_site_may_let_nobody_in_while_something_is_gone(
    condition: Condition, where: str | None, reason: Reason
) -> None:
    """Where it says so, and only while it is so; the clock has a reason of its own."""
    strict = Degraded(**{condition.value: Fallback.REFUSE})
    at = Scene(site(doors=[door("front", degraded=strict)]))
    assert devices_allow_it(at.case(asks(ALICE))) is None
    other = Condition.ON_BATTERY if condition is not Condition.ON_BATTERY else Condition.CLOCK_UNTRUSTED
    assert devices_allow_it(at.gone(other).case(asks(ALICE))) is None
    assert devices_allow_it(at.gone(condition, where).case(asks(ALICE))) is reason
    assert devices_allow_it(at.case(asks(ALICE, "back-in"))) is None
    usual = Scene(site()).gone(condition, where)
    assert devices_allow_it(usual.case(asks(ALICE))) is None


def test_a_device_that_is_gone_is_named_before_the_clock() -> None:
    """It is the nearer cause."""
    strict = Degraded(contact_lost=Fallback.REFUSE, clock_untrusted=Fallback.REFUSE)
    at = Scene(site(doors=[door("front", degraded=strict)])).gone(Condition.CLOCK_UNTRUSTED)
    assert devices_allow_it(at.case(asks(ALICE))) is Reason.CLOCK_UNTRUSTED
    assert devices_allow_it(at.gone(Condition.CONTACT_LOST, "front").case(asks(ALICE))) is Reason.DEGRADED


# --------------------------------------------------------------------------------------------- rights


def allowed(*schedules: Schedule, denied: tuple[Schedule, ...] = (), **front: Fallback) -> Rulebook:
    """Make a site whose staff may pass the front door on some schedules and may not on others."""
    levels = [level(f"level {number}", FRONT, when) for number, when in enumerate(schedules)]
    denials = [level(f"denial {number}", FRONT, when) for number, when in enumerate(denied)]
    return site(
        levels_of={STAFF: levels},
        denies_of={STAFF: denials},
        doors=[door("front", degraded=Degraded(**front))],
    )


DAWN, DUSK = utc("2025-06-18T07:00"), utc("2025-06-18T17:00")  # 08:00 and 18:00 in London


@pytest.mark.parametrize(
    ("now", "holds"), [(DAWN - TICK, False), (DAWN, True), (DUSK - TICK, True), (DUSK, False)]
)
def test_a_right_and_a_denial_hold_by_their_schedule(now: datetime, holds: bool) -> None:
    """From the first instant of an interval to just before its end."""
    right = Scene(allowed(BY_DAY), now).case(asks(ALICE))
    assert level_covers_point(right) is (None if holds else Reason.OUTSIDE_SCHEDULE)
    denial = Scene(allowed(TIMELESS, denied=(BY_DAY,)), now).case(asks(ALICE))
    assert no_level_denies(denial) is (Reason.DENIED_BY_LEVEL if holds else None)


def test_any_denial_is_enough_and_any_right() -> None:
    """Of several schedules it takes one, whichever it is."""
    book = allowed(AT_NIGHT, BY_DAY, denied=(AT_NIGHT, BY_DAY))
    assert level_covers_point(Scene(book).case(asks(ALICE))) is None
    assert no_level_denies(Scene(book).case(asks(ALICE))) is Reason.DENIED_BY_LEVEL
    assert no_level_denies(Scene(book).case(asks(ALICE, "back-in"))) is None


def test_no_level_is_another_reason_than_the_wrong_hour() -> None:
    """Who may never come here is told so; another point, or another role, gives no right."""
    book = allowed(AT_NIGHT)
    assert level_covers_point(Scene(book).case(asks(ALICE))) is Reason.OUTSIDE_SCHEDULE
    assert level_covers_point(Scene(book).case(asks(ALICE, "back-in"))) is Reason.NO_ACCESS_LEVEL
    assert level_covers_point(Scene(book).case(asks(person("greg", GUARD)))) is Reason.NO_ACCESS_LEVEL
    assert level_covers_point(Scene(allowed(NEVER)).case(asks(ALICE))) is Reason.OUTSIDE_SCHEDULE


UNTRUSTED: Final = [
    # fallback, own schedules, denials, the answer
    (Fallback.AS_USUAL, (BY_DAY,), (), None),
    (Fallback.AS_USUAL, (AT_NIGHT,), (), Reason.OUTSIDE_SCHEDULE),
    (Fallback.AS_USUAL, (), (), Reason.NO_ACCESS_LEVEL),
    (Fallback.IGNORE_SCHEDULES, (AT_NIGHT,), (), None),
    (Fallback.IGNORE_SCHEDULES, (NEVER,), (), None),
    (Fallback.IGNORE_SCHEDULES, (), (), Reason.NO_ACCESS_LEVEL),
    (Fallback.TIMELESS_ONLY, (BY_DAY,), (), Reason.CLOCK_UNTRUSTED),
    (Fallback.TIMELESS_ONLY, (BY_DAY, TIMELESS), (), None),
    (Fallback.TIMELESS_ONLY, (TIMELESS,), (AT_NIGHT,), Reason.CLOCK_UNTRUSTED),
    (Fallback.TIMELESS_ONLY, (), (), Reason.NO_ACCESS_LEVEL),
    (Fallback.REFUSE, (BY_DAY,), (), Reason.CLOCK_UNTRUSTED),
    (Fallback.REFUSE, (TIMELESS,), (), None),  # devices_allow_it refuses; here it is noted of who leaves
]


@pytest.mark.parametrize(("fallback", "own", "denied", "answer"), UNTRUSTED)
def test_a_clock_that_is_not_trusted_changes_what_a_right_is(
    fallback: Fallback, own: tuple[Schedule, ...], denied: tuple[Schedule, ...], answer: Reason | None
) -> None:
    """As the site says, hours count as usual, not at all, or only rights that hold at every hour count."""
    book = allowed(*own, denied=denied, clock_untrusted=fallback)
    at = Scene(book).gone(Condition.CLOCK_UNTRUSTED)
    assert level_covers_point(at.case(asks(ALICE))) is answer
    as_usual = Scene(book).gone(Condition.ON_BATTERY)
    hours = level_covers_point(Scene(book).case(asks(ALICE)))
    assert level_covers_point(as_usual.case(asks(ALICE))) is hours


def lent(when: Schedule, validity: Validity, **front: Fallback) -> tuple[Rulebook, Holder]:
    """Make somebody who is lent a level that is another role's for a while, and has none of their own."""
    book = site(
        levels_of={GUARD: [level("lent", FRONT, when)]},
        doors=[door("front", degraded=Degraded(**front))],
    )
    access = TemporaryAccess(LevelId("lent"), validity)
    return book, person("tom", temporary=(TemporaryAccess(LevelId("unheard of"), validity), access))


@pytest.mark.parametrize(
    ("now", "answer"),
    [
        (NOON - TICK, Reason.NO_ACCESS_LEVEL),
        (NOON, None),
        (NOON + HOUR - TICK, None),
        (NOON + HOUR, Reason.NO_ACCESS_LEVEL),
    ],
)
def test_temporary_access_begins_and_ends(now: datetime, answer: Reason | None) -> None:
    """Before and after, it is as if it had never been given."""
    book, tom = lent(BY_DAY, Validity(NOON, NOON + HOUR))
    assert level_covers_point(Scene(book, now).case(asks(tom))) is answer
    assert level_covers_point(Scene(book, now).case(asks(tom, "back-in"))) is Reason.NO_ACCESS_LEVEL


@pytest.mark.parametrize(
    ("fallback", "when", "answer"),
    [
        (Fallback.AS_USUAL, BY_DAY, None),
        (Fallback.AS_USUAL, AT_NIGHT, Reason.OUTSIDE_SCHEDULE),
        (Fallback.IGNORE_SCHEDULES, AT_NIGHT, None),
        (Fallback.TIMELESS_ONLY, TIMELESS, Reason.CLOCK_UNTRUSTED),
        (Fallback.REFUSE, TIMELESS, Reason.CLOCK_UNTRUSTED),
    ],
)
def test_temporary_access_under_a_clock_that_is_not_trusted(
    fallback: Fallback, when: Schedule, answer: Reason | None
) -> None:
    """What has an end does not hold at every hour, whatever its schedule."""
    book, tom = lent(when, Validity(end=NOON + HOUR), clock_untrusted=fallback)
    at = Scene(book).gone(Condition.CLOCK_UNTRUSTED)
    assert level_covers_point(at.case(asks(tom))) is answer


def test_temporary_access_that_is_over_is_not_saved_by_a_bad_clock() -> None:
    """Ignoring schedules does not mean ignoring that something has ended."""
    book, tom = lent(BY_DAY, Validity(end=NOON), clock_untrusted=Fallback.IGNORE_SCHEDULES)
    at = Scene(book).gone(Condition.CLOCK_UNTRUSTED)
    assert level_covers_point(at.case(asks(tom))) is Reason.NO_ACCESS_LEVEL


def test_any_temporary_access_is_enough() -> None:
    """Somebody who was lent two levels may pass by either, and has what their role gives besides."""
    book = site(
        levels_of={
            STAFF: [level("own", FRONT, AT_NIGHT)],
            GUARD: [level("one", FRONT, NEVER), level("other", FRONT, BY_DAY)],
        },
    )
    hour = Validity(end=NOON + HOUR)
    both = tuple(TemporaryAccess(LevelId(name), hour) for name in ("one", "other"))
    assert level_covers_point(Scene(book).case(asks(person("tom", temporary=both)))) is None
    outside = person("tom", temporary=both[:1])
    assert level_covers_point(Scene(book).case(asks(outside))) is Reason.OUTSIDE_SCHEDULE


# ------------------------------------------------------------------------------- who is away too long


@pytest.mark.parametrize(
    ("seen", "added", "refused"),
    [
        (None, None, False),
        (30 * DAY - TICK, None, False),
        (30 * DAY, None, True),
        (None, 30 * DAY - TICK, False),
        (None, 30 * DAY, True),
        (31 * DAY, 29 * DAY, False),
        (29 * DAY, 31 * DAY, False),
        (31 * DAY, 32 * DAY, True),
    ],
)
def test_who_was_away_for_too_long_is_refused(
    seen: timedelta | None, added: timedelta | None, refused: bool
) -> None:
    """Access expires so long after somebody was last seen, or was added, whichever came later."""
    at = Scene(site(traits_of={STAFF: Traits(unseen_limit=30 * DAY)}))
    who = person("alice", seen_from=None if added is None else NOON - added)
    if seen is not None:
        at.memory.seen[who.person.id] = NOON - seen
    assert person_was_seen_lately(at.case(asks(who))) is (Reason.NOT_SEEN if refused else None)


def test_who_may_stay_away_is_not_refused_for_it() -> None:
    """Without such a rule for any of their roles nobody expires."""
    at = Scene(site(traits_of={GUARD: Traits(unseen_limit=30 * DAY)}))
    assert person_was_seen_lately(at.case(asks(person("alice", seen_from=NOON - 900 * DAY)))) is None


# ----------------------------------------------------------------------------------------------- uses

TODAY: Final = date(2025, 6, 18)


def spent(limits: UseLimits | None, uses: Uses | None, now: datetime = NOON) -> Reason | None:
    at, who = Scene(site(), now), person("alice", uses=limits)
    if uses is not None:
        at.memory.uses[who.person.id] = uses
    return uses_are_left(at.case(asks(who)))


@pytest.mark.parametrize(
    ("limits", "uses", "refusal"),
    [
        (None, Uses(999, 999, TODAY), None),
        (UseLimits(), Uses(999, 999, TODAY), None),
        (UseLimits(total=3), None, None),
        (UseLimits(total=3), Uses(2, 2, TODAY), None),
        (UseLimits(total=3), Uses(3, 0, TODAY), Reason.USES_SPENT),
        (UseLimits(total=3), Uses(3, 0, TODAY - DAY), Reason.USES_SPENT),
        (UseLimits(total=0), None, Reason.USES_SPENT),
        (UseLimits(a_day=2), None, None),
        (UseLimits(a_day=2), Uses(9, 1, TODAY), None),
        (UseLimits(a_day=2), Uses(9, 2, TODAY), Reason.DAILY_USES_SPENT),
        (UseLimits(a_day=2), Uses(9, 2, TODAY - DAY), None),
        (UseLimits(a_day=0), None, Reason.DAILY_USES_SPENT),
        (UseLimits(3, 2), Uses(3, 2, TODAY), Reason.USES_SPENT),
        (UseLimits(4, 2), Uses(3, 2, TODAY), Reason.DAILY_USES_SPENT),
    ],
)
def test_somebody_comes_in_as_often_as_they_may(
    limits: UseLimits | None, uses: Uses | None, refusal: Reason | None
) -> None:
    """So often in all, and so often a day; what was used on another day does not count for this one."""
    assert spent(limits, uses) is refusal


@pytest.mark.parametrize(
    ("now", "refusal"),
    [
        (utc("2025-06-18T22:59:59.999999"), Reason.DAILY_USES_SPENT),
        (utc("2025-06-18T23:00"), None),
    ],
)
def test_a_day_ends_at_the_sites_midnight(now: datetime, refusal: Reason | None) -> None:
    """Not at that of UTC, an hour later in summer."""
    assert site().timezone == LONDON
    assert spent(UseLimits(a_day=1), Uses(1, 1, TODAY), now) is refusal


# ------------------------------------------------------------------------------------- qualifications

INDUCTION, LICENCE = QualificationId("induction"), QualificationId("licence")


@pytest.mark.parametrize(
    ("held", "refusal"),
    [
        ((), Reason.PREREQUISITE_MISSING),
        ((Qualification(INDUCTION),), Reason.PREREQUISITE_MISSING),
        ((Qualification(LICENCE), Qualification(INDUCTION)), None),
        ((Qualification(INDUCTION), Qualification(LICENCE, NOON + TICK)), None),
        ((Qualification(INDUCTION), Qualification(LICENCE, NOON)), Reason.PREREQUISITE_EXPIRED),
        ((Qualification(INDUCTION, NOON), Qualification(LICENCE)), Reason.PREREQUISITE_EXPIRED),
        ((Qualification(LICENCE), Qualification(INDUCTION, NOON), Qualification(INDUCTION)), None),
        ((Qualification(LICENCE), Qualification(INDUCTION), Qualification(INDUCTION, NOON)), None),
        ((Qualification(INDUCTION, NOON),), Reason.PREREQUISITE_EXPIRED),
    ],
)
def test_who_enters_holds_what_is_wanted_there(
    held: tuple[Qualification, ...], refusal: Reason | None
) -> None:
    """All of it, each until it expires; a newer one makes up for one that has expired."""
    at = Scene(site(areas=[area("hall", requires=(INDUCTION, LICENCE))]))
    assert qualifications_are_held(at.case(asks(person("alice", qualifications=held)))) is refusal
    assert qualifications_are_held(Scene(site()).case(asks(person("alice", qualifications=held)))) is None


# --------------------------------------------------------------------------- the record, the other doors


def test_no_door_opens_without_its_record() -> None:
    """Unless the site says in as many words that one may."""
    at = Scene(site())
    assert record_can_be_written(at.case(asks(ALICE))) is None
    assert record_can_be_written(at.gone(Condition.ON_BATTERY).case(asks(ALICE))) is None
    at.gone(Condition.RECORD_UNWRITABLE)
    assert record_can_be_written(at.case(asks(ALICE))) is Reason.RECORD_UNAVAILABLE
    wide = Degraded(record_unwritable=Fallback.WITHOUT_RECORD)
    wider = Scene(site(doors=[door("front", degraded=wide)])).gone(Condition.RECORD_UNWRITABLE)
    assert record_can_be_written(wider.case(asks(ALICE))) is None
    assert record_can_be_written(wider.case(asks(ALICE, "back-in"))) is Reason.RECORD_UNAVAILABLE


@pytest.mark.parametrize("phase", Phase)
def test_a_sibling_off_its_latch_is_in_the_way(phase: Phase) -> None:
    """Of a door that is none nobody has to know whether it is shut."""
    locks = [Interlock((DoorId("front"), DoorId("store")), s(20))]
    at = Scene(site(interlocks=locks)).phase("store", phase).phase("back", Phase.OPEN)
    shut = phase in {Phase.SECURED, Phase.SHUNTED}
    assert interlock_is_shut(at.case(asks(ALICE))) is (None if shut else Reason.INTERLOCKED)
    assert interlock_is_shut(at.case(asks(ALICE, "back-in"))) is None


@pytest.mark.parametrize("mode", DoorMode)
def test_an_emergency_outranks_an_interlock(mode: DoorMode) -> None:
    """A door that the fire input has freed is passed whatever stands open beside it."""
    locks = [Interlock((DoorId("front"), DoorId("store")))]
    at = Scene(site(interlocks=locks)).phase("store", Phase.OPEN).mode("front", mode)
    free = mode is DoorMode.FREE
    assert interlock_is_shut(at.case(asks(ALICE))) is (None if free else Reason.INTERLOCKED)


# ------------------------------------------------------------------------------------------ the order

IN_ORDER: Final = """
    request_stands card_is_active person_is_enabled card_is_valid person_is_valid
    credential_counts_here credential_is_not_spent nothing_is_replayed card_proves_a_key
    lockdown_lets_pass door_is_not_blocked threat_level_is_met devices_allow_it
    no_level_denies level_covers_point person_was_seen_lately uses_are_left qualifications_are_held
    person_is_not_inside_already area_has_room nobody_would_be_alone escort_is_there role_counts_here
    enough_is_proven sensor_answers reader_takes_keys pin_may_be_tried code_may_be_tried
    biometric_may_be_tried factor_is_right record_can_be_written
"""


def test_checks_stand_in_their_order_of_rank() -> None:
    """The card before the person, both before the site, the hour and the others; PIN and record come last."""
    assert [check.__name__ for check in CHECKS] == IN_ORDER.split()
    assert [check.__name__ for check in BREAK_GLASS_CHECKS] == [
        "request_stands",
        "card_is_active",
        "person_is_enabled",
        "card_is_valid",
        "person_is_valid",
        "credential_counts_here",
        "credential_is_not_spent",
        "lockdown_lets_pass",
        "door_is_not_blocked",
        "factor_is_right",
        "record_can_be_written",
    ]
    assert [check.__name__ for check in FREE_CHECKS] == [
        "lockdown_lets_pass",
        "door_is_not_blocked",
        "threat_level_is_met",
        "devices_allow_it",
        "area_has_room",
        "record_can_be_written",
    ]
    assert [check.__name__ for check in LEAVING_CHECKS] == [
        "card_is_active",
        "person_is_enabled",
        "card_is_valid",
        "person_is_valid",
        "no_level_denies",
        "level_covers_point",
    ]


def test_nothing_is_said_against_nobody_on_a_quiet_day() -> None:
    """Where nobody is asked who they are, nothing of a person's is missed."""
    case = Scene(site(traits_of={VISITOR: Traits(needs_escort=True)})).case(asks(None))
    assert all(check(case) is None for check in FREE_CHECKS)
