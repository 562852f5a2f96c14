from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.area_rules import LowerLimit, Passback, PassbackKind, Together, UpperLimit
from policies.factors import Asks, Factor
from policies.ids import AccessPointId, AreaId, DoorId, GroupId, InputId, LevelId, QualificationId, RoleId
from policies.interlock import Interlock
from policies.people import Person
from policies.places import AsksWhen, MusterPoint
from policies.rulebook import EscortRules, Rulebook, Traits
from tests.policies.sites import HALL, STAFF, STORE, STREET, area, door, person, site, way_in
from tests.policies.values import (
    ALWAYS,
    AT_NIGHT,
    HOUR,
    LONDON,
    MINUTE,
    NEVER,
    TIMELESS,
    WAY_IN,
    WAY_IN_WITH_PIN,
    WAY_OUT,
    level,
    point,
    rulebook,
    s,
    schedule,
)

GUARD, ACME = RoleId("guard"), GroupId("acme")
BY_DAY = schedule("08:00-18:00")
BOTH = person("alice", STAFF, GUARD, groups=("acme",)).person


# Rights.


def test_one_question_finds_all_schedules_of_a_crowd_at_a_point() -> None:
    """The levels of a role add up, in their order, what always holds before the rest."""
    book = rulebook(
        level((WAY_IN, AT_NIGHT), (WAY_IN_WITH_PIN, BY_DAY)),
        level((WAY_IN, BY_DAY), name="by day"),
        level((WAY_IN, TIMELESS), name="always"),
    )
    crowd = book.crowd_of(person("alice").person)
    assert crowd.allows == {WAY_IN.id: (TIMELESS, AT_NIGHT, BY_DAY), WAY_IN_WITH_PIN.id: (BY_DAY,)}
    assert crowd.denies == {}
    assert crowd.members == (STAFF,)
    assert book.revision == "r1"


def test_a_schedule_that_two_levels_share_is_asked_once() -> None:
    """The same schedule at the same point is kept only once, in a level and between levels."""
    book = rulebook(level((WAY_IN, AT_NIGHT), (WAY_IN, AT_NIGHT)), level((WAY_IN, AT_NIGHT), name="again"))
    assert book.crowd_of(person("alice").person).allows == {WAY_IN.id: (AT_NIGHT,)}
    assert book.levels == {LevelId(name): {WAY_IN.id: (AT_NIGHT,)} for name in ("day", "again")}


def test_roles_and_groups_add_up_and_share_nothing() -> None:
    """Somebody has the levels of each of their roles and groups, and of no other."""
    book = Rulebook.of(
        "r",
        (WAY_IN, WAY_IN_WITH_PIN),
        {
            STAFF: [level((WAY_IN, AT_NIGHT))],
            ACME: [level((WAY_IN, BY_DAY), name="acme")],
            GUARD: [level((WAY_IN_WITH_PIN, ALWAYS), name="guard")],
        },
        denies_of={ACME: [level((WAY_IN, NEVER), name="not at all")]},
    )
    alice = book.crowd_of(person("alice", groups=("acme",)).person)
    assert alice.allows == {WAY_IN.id: (AT_NIGHT, BY_DAY)}
    assert alice.denies == {WAY_IN.id: (NEVER,)}
    assert alice.members == (STAFF, ACME)
    bob = book.crowd_of(person("bob", GUARD).person)
    assert (bob.allows, bob.denies) == ({WAY_IN_WITH_PIN.id: (ALWAYS,)}, {})
    nobody = book.crowd_of(Person(person("carol").person.id, ()))
    assert (nobody.allows, nobody.denies, nobody.members) == ({}, {}, ())
    assert book.crowd_of(person("dave", RoleId("unheard of")).person).allows == {}


def test_a_crowd_is_worked_out_once() -> None:
    """Two people with the same roles and groups are one crowd; the same names as groups are another."""
    book = rulebook(level((WAY_IN, ALWAYS)))
    assert book.crowd_of(person("alice").person) is book.crowd_of(person("bob").person)
    as_group = Person(person("carol").person.id, (), groups=(STAFF,))
    assert book.crowd_of(as_group) == book.crowd_of(person("alice").person)
    assert book.crowd_of(as_group) is not book.crowd_of(person("alice").person)


def test_questions_that_were_asked_do_not_make_rules_differ() -> None:
    """Two rulebooks of the same rules are equal, whoever has badged under them."""
    asked, fresh = rulebook(level((WAY_IN, ALWAYS))), rulebook(level((WAY_IN, ALWAYS)))
    asked.crowd_of(person("alice").person)
    asked.relevant_checks[WAY_IN.id] = ()
    assert asked == fresh


def test_a_level_that_only_temporary_access_names_is_known() -> None:
    """It is nobody's by role or group, and a rulebook has it all the same."""
    lent = level((WAY_IN, AT_NIGHT), name="lent")
    book = Rulebook.of("r", (WAY_IN,), {STAFF: []}, more_levels=[lent])
    assert book.levels == {lent.id: {WAY_IN.id: (AT_NIGHT,)}}
    assert book.crowd_of(person("alice").person).allows == {}


def test_two_levels_of_one_name_are_refused() -> None:
    """A level that two roles share is one level; two that differ would take each other's place."""
    night = level((WAY_IN, AT_NIGHT))
    assert rulebook(night, level((WAY_IN, AT_NIGHT))).levels[night.id] == {WAY_IN.id: (AT_NIGHT,)}
    for more in ({"denies_of": {GUARD: [level((WAY_IN, ALWAYS))]}}, {"more_levels": [level()]}):
        with pytest.raises(ValueError, match="two different levels day"):
            Rulebook.of("r", (WAY_IN,), {STAFF: [night]}, **more)


# What a role or group makes of its members.

DAYS = st.one_of(st.none(), st.integers(1, 400).map(lambda days: timedelta(days=days)))
TRAITS = st.builds(
    Traits, st.booleans(), st.integers(0, 9), st.booleans(), st.booleans(), st.booleans(), DAYS
)


@given(TRAITS, TRAITS)
def test_who_is_both_has_every_freedom_and_every_duty_of_either(one: Traits, other: Traits) -> None:
    """Passes, exemptions and the higher authority add up; so do escorts and the shorter time not seen."""
    both = one.with_those_of(other)
    assert both.passes_lockdown == (one.passes_lockdown or other.passes_lockdown)
    assert both.threat_authority == max(one.threat_authority, other.threat_authority)
    assert both.exempt == (one.exempt or other.exempt)
    assert both.may_escort == (one.may_escort or other.may_escort)
    assert both.needs_escort == (one.needs_escort or other.needs_escort)
    limits = {one.unseen_limit, other.unseen_limit} - {None}
    assert both.unseen_limit == min(limits, default=None)  # type: ignore[type-var]
    assert both == other.with_those_of(one)
    assert one.with_those_of(Traits()) == one == one.with_those_of(one)


def test_a_crowd_has_the_traits_of_all_its_members() -> None:
    """Roles and groups without any of their own take nothing away."""
    traits = {STAFF: Traits(threat_authority=2), ACME: Traits(needs_escort=True, unseen_limit=HOUR)}
    book = site(traits_of=traits)
    assert book.crowd_of(BOTH).traits == Traits(threat_authority=2, needs_escort=True, unseen_limit=HOUR)
    assert book.crowd_of(person("bob", GUARD).person).traits == Traits()
    assert book.watches_unseen
    assert not site(traits_of={STAFF: Traits(exempt=True)}).watches_unseen
    assert not site().watches_unseen


# Places.


def test_points_and_doors_are_found_by_their_id() -> None:
    """Every access point is in the rulebook under its own id, with the door that it leads through."""
    book = rulebook()
    assert all(key == found.id for key, found in book.access_points.items())
    assert all(rules.point is book.access_points[id_] for id_, rules in book.points.items())
    assert all(rules.door is book.doors[rules.point.door] for rules in book.points.values())
    assert len(book.points) == len(book.access_points) == 3


def test_two_points_of_one_name_are_refused() -> None:
    """A rulebook that could take a way in for a way out, or for a muster point, cannot be made."""
    with pytest.raises(ValueError, match="two access points lobby-in"):
        Rulebook.of("r1", (WAY_IN, point(asks=WAY_IN_WITH_PIN.asks)), {})
    with pytest.raises(ValueError, match="lobby-in is an access point and a muster point"):
        Rulebook.of("r1", (WAY_IN,), {}, muster_points=[MusterPoint(WAY_IN.id, "", STREET)])


def test_a_door_knows_its_ways_and_what_it_leads_into() -> None:
    """A lockdown of any area that the way in leads into covers the door."""
    book = site(plan={"front": ("street", "hall"), "store": ("hall", "store"), "side": ("street", "store")})
    front, store = book.doors[DoorId("front")], book.doors[DoorId("store")]
    assert (front.ways_in, front.ways_out) == (("front-in",), ("front-out",))
    assert front.leads_into == {HALL}
    assert store.leads_into == {STORE, HALL}
    assert (front.siblings, front.wait) == ((), None)
    assert book.doors_into == {HALL: ("front", "side"), STORE: ("store", "side"), STREET: ("front", "side")}
    assert book.chains[STORE] == (STORE, HALL)


def test_a_point_has_the_rules_of_every_area_that_it_enters() -> None:
    """The inner door has those of the inner area alone, the door from the street those of both."""
    hard, soft = Passback(PassbackKind.HARD), Passback(PassbackKind.SOFT)
    most, few, company = UpperLimit(40), UpperLimit(2, STAFF), Together(2, MINUTE)
    a, b, c = (QualificationId(name) for name in "abc")
    book = site(
        plan={"front": ("street", "hall"), "store": ("hall", "store"), "side": ("street", "store")},
        areas=[
            area("hall", passback=hard, upper_limits=(most, few), assurance=1, requires=(a, b)),
            area(
                "store",
                passback=soft,
                upper_limits=(most,),
                lower_limit=LowerLimit(2, timedelta()),
                together=company,
                requires=(b, c),
            ),
        ],
    )
    side = book.points[AccessPointId("side-in")]
    assert side.enters == (STORE, HALL)
    assert side.doors_beside == ("store", "side", "front")
    assert side.passbacks == ((STORE, soft), (HALL, hard))
    assert side.upper_limits == ((STORE, most), (HALL, most), (HALL, few))
    assert side.never_alone == ((STORE, 2),)
    assert (side.together, side.assurance, side.requires) == (company, 1, (b, c, a))
    store = book.points[AccessPointId("store-in")]
    assert store.enters == (STORE,)
    assert (store.passbacks, store.upper_limits) == (((STORE, soft),), ((STORE, most),))
    assert (store.assurance, store.requires) == (0, (b, c))
    out = book.points[AccessPointId("store-out")]
    assert (out.enters, out.passbacks, out.never_alone, out.together) == ((), (), (), None)
    assert (out.assurance, out.requires, out.doors_beside) == (0, (), ())


def test_a_lower_limit_with_a_grace_time_keeps_nobody_out() -> None:
    """Whoever comes first has that time until the others follow."""
    book = site(areas=[area("hall", lower_limit=LowerLimit(2, s(1)))])
    assert book.points[AccessPointId("front-in")].never_alone == ()


def test_the_company_of_the_innermost_area_counts() -> None:
    """Where two areas that are entered at once want company, the one that is gone into says which."""
    inner, outer = Together(2, MINUTE), Together(3, MINUTE)
    plan = {"side": ("street", "store")}
    both = site(plan=plan, areas=[area("store", together=inner), area("hall", together=outer)])
    assert both.points[AccessPointId("side-in")].together == inner
    one = site(plan=plan, areas=[area("store"), area("hall", together=outer)])
    assert one.points[AccessPointId("side-in")].together == outer


@pytest.mark.parametrize(
    ("waits", "expected"),
    [((None,), None), ((s(20),), s(20)), ((s(20), s(10)), s(10)), ((s(20), None), None)],
)
def test_the_strictest_interlock_of_a_door_counts(
    waits: tuple[timedelta | None, ...], expected: timedelta | None
) -> None:
    """A door waits for as long as all of its groups would, and not at all where one refuses at once."""
    names = ("store", "dock")
    locks = [
        Interlock((DoorId("front"), DoorId(name)), wait) for name, wait in zip(names, waits, strict=False)
    ]
    book = site(interlocks=locks)
    assert book.doors[DoorId("front")].wait == expected
    assert book.doors[DoorId("front")].siblings == names[: len(waits)]
    assert book.doors[DoorId("store")].siblings == ("front",)
    assert book.doors[DoorId("store")].wait == waits[0]
    assert book.doors[DoorId("back")].siblings == ()


def test_a_sibling_in_two_groups_is_one_sibling() -> None:
    """It is looked at once."""
    a, b, c = (DoorId(name) for name in ("front", "store", "back"))
    book = site(interlocks=[Interlock((a, b)), Interlock((b, a, c))])
    assert book.doors[a].siblings == (b, c)


def test_what_is_used_and_not_described_is_there_all_the_same() -> None:
    """A door of an interlock or a fire input, and an area around another, need not be described."""
    book = Rulebook.of(
        "r",
        (WAY_IN,),
        {},
        areas=[replace(area("store"), within=AreaId("yard"))],
        interlocks=[Interlock((WAY_IN.door, DoorId("leveller")))],
        fire_doors={InputId("fire"): (DoorId("gate"),)},
        muster_points=[MusterPoint(AccessPointId("m"), "", AreaId("meadow"))],
    )
    assert set(book.doors) == {"lobby", "leveller", "gate"}
    assert set(book.areas) == set(book.chains) == {"street", "hall", "store", "yard", "meadow"}
    assert book.fire_doors == {"fire": ("gate",)}
    assert set(book.muster_points) == {"m"}


def test_a_rulebook_keeps_what_it_was_told() -> None:
    """Zone, escorts, the hour of forgiveness and the doors are as they were given."""
    lobby = door("lobby")
    book = Rulebook.of(
        "r",
        (WAY_OUT,),
        {},
        doors=[lobby],
        escort=EscortRules(s(1), s(2), 3),
        forgives=AT_NIGHT,
        timezone=LONDON,
    )
    assert (book.timezone, book.escort, book.forgives) == (LONDON, EscortRules(s(1), s(2), 3), AT_NIGHT)
    assert book.doors[lobby.id].door is lobby
    plain = Rulebook.of("r", (), {})
    assert (plain.timezone.key, plain.escort, plain.forgives) == ("UTC", EscortRules(), None)
    assert EscortRules() == EscortRules(s(30), s(60), 5)


def test_a_point_may_ask_for_what_it_asks_at_some_time() -> None:
    """What is asked for at night counts as much as what is asked for by day."""
    usual = site().points[AccessPointId("front-in")]
    assert usual.may_ask_for(Factor.CARD)
    assert not usual.may_ask_for(Factor.PIN)
    nightly = way_in("front", asks_when=(AsksWhen(Asks.CARD_AND_PIN, AT_NIGHT),))
    at_night = site(points=[nightly]).points[AccessPointId("front-in")]
    assert at_night.may_ask_for(Factor.PIN)
    assert not at_night.may_ask_for(Factor.FACE)
