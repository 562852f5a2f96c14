"""The list: who stands where on it, how sure that is, and who was seen safe."""

from typing import Any

import pytest

from accessctl.client import Event
from accessctl.muster_sheet import wording
from accessctl.muster_sheet.doubts import Why
from accessctl.muster_sheet.view import MusterPerson, MusterView, Standing, Tick, tick_key, view_of
from accessctl.tui import look
from tests.muster_sheet.answering import (
    ANA,
    BEN,
    CARA,
    answers,
    at,
    event,
    exit_request,
    muster,
    stay,
)


def of(view: MusterView, person: str) -> MusterPerson:
    return next(each for each in view.people if each.person == person)


def test_who_is_inside_stands_in_their_area_and_nobody_who_is_outside() -> None:
    """Areas are listed by name, with their own names."""
    view = view_of(answers(stay(ANA), stay(BEN, "office"), stay(CARA, "street")))
    assert [(area.name, [each.person for each in area.people]) for area in view.areas] == [
        ("Office", [BEN]),
        ("Warehouse floor", [ANA]),
    ]
    assert (view.inside, view.running, view.site) == (2, False, "Kade Warehouse")
    assert (of(view, ANA).since, of(view, ANA).doubts) == (at(0), ())


def test_during_a_muster_the_missing_come_first_and_those_who_came_since_are_marked() -> None:
    """The muster looks for those who were inside when it began."""
    going_on = muster([BEN], [ANA])
    view = view_of(answers(stay(ANA), stay(BEN), stay(CARA, minutes=40), going_on=going_on))
    standing = [(each.person, each.standing) for each in view.people]
    assert standing == [(BEN, Standing.MISSING), (CARA, Standing.LATE), (ANA, Standing.SAFE)]
    assert (view.missing, view.safe, view.expected) == (1, 1, 2)


@pytest.mark.parametrize(
    ("stays", "events", "why"),
    [
        (stay(ANA, sure="assumed"), (), Why.ASSUMED),
        (stay(ANA), (exit_request(5),), Why.EXIT),
        (stay(ANA), (event("rex", 5, detail={"by": "exit request"}),), Why.EXIT),
        (stay(ANA), (event("access_not_taken", 5, ANA, access_point="dock-in"),), Why.NOT_OPENED),
        (stay(ANA), (event("denied_passback", 5, ANA, access_point="dock-in"),), Why.TAILGATE),
        (stay(ANA), (event("passback_detected", 5, ANA, access_point="dock-in"),), Why.TAILGATE),
    ],
)
def test_what_speaks_against_somebody_being_there_is_told(
    stays: dict[str, Any], events: tuple[Event, ...], why: Why
) -> None:
    """Each way in which the record makes it doubtful has words of its own."""
    person = of(view_of(answers(stays, events=events)), ANA)
    assert [doubt.why for doubt in person.doubts] == [why]
    assert wording.sureness_mark(person) in {look.UNSURE, wording.IN_DOUBT}
    assert wording.sureness(person) != "seen to go in"
    if events:
        assert "Dock 1" in wording.in_full(person, at(60))


@pytest.mark.parametrize(
    "told",
    [
        (exit_request(-5),),
        (event("denied_passback", -5, ANA),),
        (event("access_granted_anonymous", 5, detail={}),),
        (exit_request(5), event("access_not_taken", 5.1)),
        (event("rex", 5, door="gate", detail={"by": "exit request"}),),
        (event("access_not_taken", 5, BEN, access_point="dock-in"),),
    ],
)
def test_what_says_nothing_of_somebody_makes_nothing_doubtful(told: tuple[Event, ...]) -> None:
    """What was before they came, at another door, of another person, or came to nothing."""
    assert of(view_of(answers(stay(ANA), events=told)), ANA).doubts == ()


def test_what_weighs_most_is_said_first_and_the_last_of_each_kind() -> None:
    """A button that is pressed all day is one doubt."""
    events = (exit_request(5), exit_request(9), event("denied_passback", 7, ANA, access_point="dock-in"))
    doubts = of(view_of(answers(stay(ANA), events=events)), ANA).doubts
    assert [(doubt.why, doubt.at) for doubt in doubts] == [(Why.TAILGATE, at(7)), (Why.EXIT, at(9))]


def test_who_was_let_in_and_did_not_open_the_leaf_may_be_inside() -> None:
    """They may have come in behind somebody else; they are listed, and not counted as inside."""
    let_in = event("access_not_taken", 5, CARA, access_point="dock-in")
    view = view_of(answers(stay(ANA), stay(CARA, "street", minutes=-60), events=(let_in,)))
    person = of(view, CARA)
    assert (person.standing, person.doubts[0].why, person.name) == (Standing.MAYBE, Why.LET_IN, "Cara Ito")
    assert view.inside == 1
    left_since = answers(stay(CARA, "street", minutes=9), events=(let_in,))
    assert view_of(left_since).people == []


def test_who_badged_who_left_and_who_was_ticked_off_are_told_apart() -> None:
    """As far as the record has it: by whom or where, and when."""
    going_on = muster([], [ANA, BEN, CARA])
    events = (
        event("muster", 35, ANA, access_point="car-park"),
        event("muster", 36, BEN, detail={"operator": "vera"}),
    )
    view = view_of(
        answers(
            stay(ANA, "street", minutes=35),
            stay(BEN),
            stay(CARA, "street", minutes=37),
            going_on=going_on,
            events=events,
        )
    )
    said = {each.person: (each.safe_by, each.safe_at) for each in view.people}
    assert said[BEN] == ("vera", at(36))
    assert said[CARA] == ("left the site", at(37))
    assert said[ANA] == ("Car park", at(35))


def test_a_tick_that_was_not_sent_counts_as_safe_and_says_so() -> None:
    """It is shown at once; that the controller does not know of it is said."""
    view = view_of(answers(stay(ANA), going_on=muster([ANA])), ticks=[Tick(ANA, at(61), "me", unsent=True)])
    assert of(view, ANA).safe
    assert "not sent yet" in wording.how_safe(of(view, ANA), at(61))
    assert "1 tick not sent yet" in wording.totals(view)


def test_who_is_missing_and_nowhere_is_in_doubt() -> None:
    """The area may be gone from the site file."""
    going_on = muster([ANA])
    going_on["missing"][0] |= {"area": None, "since": None, "sureness": None}
    view = view_of(answers(going_on=going_on))
    assert view.areas[0].name == "Nobody knows where"
    assert of(view, ANA).doubts[0].why is Why.NOWHERE


def test_without_a_name_the_pseudonym_is_shown() -> None:
    """Names are null for who may not see them."""
    view = view_of(answers({**stay(ANA), "name": None}))
    assert of(view, ANA).shown == ANA


def test_a_tick_has_one_key_in_each_muster() -> None:
    """Sent twice it is recorded once; in the next muster it is another one."""
    first = view_of(answers(stay(ANA), going_on=muster([ANA])))
    later = view_of(answers(stay(ANA), going_on=muster([ANA], minutes=50)))
    assert tick_key(first, ANA) == tick_key(first, ANA)
    assert len({tick_key(first, ANA), tick_key(first, BEN), tick_key(later, ANA)}) == 3
