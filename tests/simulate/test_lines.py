from typing import Any

import pytest

from tests.simulate.lines import Play, at, badge, decided, done, leaf, order, person, told
from tests.simulate.sites import hall

SITE = hall(door_rules="tamper = { gpio = 21 }") + '[inputs.siren]\nkind = "fire"\ngpio = 24\ndoors = "all"\n'


def test_empty_lines_comments_marks_and_line_ends_are_left_out(play: Play) -> None:
    """A file from another system, or with a hand's notes in it, is read as it is meant."""
    line = b'  {"at":"2026-03-02T08:00:00Z","do":"leaf","door":"hall","state":"open"} \r'
    played = play(SITE, b"\xef\xbb\xbf# begins with a mark\r", "", "   ", "\t# indented", line)
    assert told(played) == ["0 door_opened hall", "0 door_forced_open hall"]


def test_an_empty_trace_gives_nothing(play: Play) -> None:
    """Where nothing happens, nothing is printed, however long one waits."""
    assert play(SITE) == ""
    assert play(SITE, "# nothing", person("ana", "staff"), until="2026-03-05T00:00Z") == ""


@pytest.mark.parametrize(
    "instant",
    [
        "2026-03-02T08:00:00+00:00",
        "2026-03-02T08:00Z",
        "2026-03-02T10:00:00+02:00",
        "2026-03-02 08:00:00.000Z",
    ],
)
def test_instants_are_printed_in_one_way(play: Play, instant: str) -> None:
    """However an instant was written, what comes of it is written in UTC."""
    played = play(SITE, leaf(0, "hall", "open") | {"at": instant})
    assert played.startswith('{"at":"2026-03-02T08:00:00+00:00","type":"door_opened","door":"hall",')


@pytest.mark.parametrize(
    ("fraction", "printed"), [("5", "500"), ("25", "250"), ("125", "125"), ("000", ""), ("0005", "000500")]
)
def test_fractions_of_a_second_are_printed_where_there_are_any(
    play: Play, fraction: str, printed: str
) -> None:
    """Milliseconds, and finer only where they do not do."""
    played = play(SITE, leaf(0, "hall", "open") | {"at": f"2026-03-02T08:00:00.{fraction}Z"})
    shown = f"08:00:00.{printed}+00:00" if printed else "08:00:00+00:00"
    assert shown in played.splitlines()[0]


@pytest.mark.parametrize(
    "line",
    [
        {"order": "lockdown", "area": "hall"},
        {"what": "lockdown", "scope": "hall"},
        {"name": "Lockdown", "area": "hall"},
        {"order": "lockdown", "area": "hall", "person": None},
    ],
)
def test_an_order_may_be_named_in_several_ways(play: Play, line: dict[str, object]) -> None:
    """Whoever writes a trace need not know it by heart."""
    assert told(play(SITE, at(0, "order", **line))) == ["0 lockdown", "0 door_lockdown hall"]


@pytest.mark.parametrize("name", ["hold_open", "hold open", "hold-open", "held_open"])
def test_words_may_have_spaces_hyphens_or_underscores(play: Play, name: str) -> None:
    """As people write them."""
    assert told(play(SITE, order(0, name, door="hall"))) == ["0 door_held_open hall"]


def test_every_order_can_be_given(play: Play) -> None:
    """Each order does what it says, or is refused with a reason that is recorded."""
    orders: list[tuple[str, dict[str, Any], str]] = [
        ("release", {"door": "hall"}, "manual_unlock hall"),
        ("unlock", {"door": "hall"}, "door_unlocked hall"),
        ("lock", {"door": "hall"}, "door_locked hall"),
        ("block", {"door": "hall"}, "door_blocked hall"),
        ("normal", {"door": "hall"}, "door_normal hall"),
        ("hold_open", {"door": "hall"}, "door_held_open hall"),
        ("mode", {"door": "hall", "mode": "normal"}, "door_normal hall"),
        ("mode", {"door": "hall", "mode": "locked down"}, "door_lockdown hall"),
        ("lift", {"door": "hall"}, "door_normal hall"),
        ("lockdown", {"door": "hall", "for_s": 5}, "door_lockdown hall"),
        ("lockdown", {}, "lockdown"),
        ("lift", {"area": "site"}, "lockdown_lifted"),
        ("lift", {"area": "hall"}, "order_refused"),
        ("prop", {"door": "hall", "for_s": 60}, "door_propped hall"),
        ("end_emergency", {}, "order_refused"),
        ("threat_level", {"level": 3}, "threat_level_changed"),
        ("threat_level", {"level": 10}, "order_refused"),
        ("arm", {"area": "hall"}, "area_armed"),
        ("disarm", {"area": "hall"}, "area_disarmed"),
        ("safe", {"person": "ana"}, "order_refused"),
        ("muster", {}, "muster_started"),
        ("safe", {"person": "ana"}, "muster ana"),
        ("end_muster", {}, "muster_ended"),
        ("forgive", {"person": "ana"}, "passback_forgiven ana"),
        ("forgive", {}, "passback_forgiven"),
        ("renew", {"person": "ana"}, "access_renewed ana"),
        ("forgive_pins", {"person": "ana"}, "lockout_relinquished ana"),
    ]
    for seconds, (name, fields, wanted) in enumerate(orders):
        before = [order(i * 10, each, **more) for i, (each, more, _) in enumerate(orders[:seconds])]
        played = told(play(SITE, person("ana", "staff"), *before, order(seconds * 10, name, **fields)))
        assert f"{seconds * 10} {wanted}" in played, name


def test_an_order_has_an_operator(play: Play) -> None:
    """The record says who gave an order; without a name it was the trace."""
    assert '"reason":"Ordered by maria."' in play(SITE, order(0, "release", door="hall", operator="maria"))
    assert '"reason":"Ordered by trace."' in play(SITE, order(0, "release", door="hall"))


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ({"input": "siren", "active": True}, ["0 fire_input", "0 door_free_access hall"]),
        ({"input": "fire", "state": "on"}, ["0 fire_input", "0 door_free_access hall"]),
        ({"kind": "fire", "state": "active"}, ["0 fire_input", "0 door_free_access hall"]),
        ({"input": "siren", "state": "rest"}, []),
        ({"kind": "tamper", "door": "hall", "state": "active"}, ["0 door_tamper hall"]),
        ({"input": "hall.tamper", "state": "active"}, ["0 door_tamper hall"]),
        ({"kind": "tamper", "door": "hall", "active": False}, ["0 door_tamper_restored hall"]),
        ({"kind": "mains", "state": "lost"}, ["0 power_mains_lost"]),
        ({"kind": "mains", "active": True}, ["0 power_mains_lost"]),
        ({"kind": "mains", "state": "back"}, []),
    ],
)
def test_an_input_is_named_or_meant_by_its_kind(
    play: Play, line: dict[str, object], wanted: list[str]
) -> None:
    """An input that is where it was already brings nothing about."""
    assert told(play(SITE, at(0, "input", **line))) == wanted


def test_fire_at_a_site_without_a_fire_input(play: Play) -> None:
    """It is recorded, and releases nothing."""
    played = play(hall(), at(0, "input", kind="fire", active=True))
    assert told(played) == ["0 fire_input"]
    assert done(played) == []


@pytest.mark.parametrize(
    ("line", "lost", "back"),
    [
        ({"device": "reader", "access_point": "hall-in"}, "reader_offline hall", "reader_online hall"),
        ({"device": "hall-in.reader"}, "reader_offline hall", "reader_online hall"),
        (
            {"device": "biometric", "access_point": "hall-in"},
            "biometric_offline hall",
            "biometric_online hall",
        ),
        ({"device": "contact", "door": "hall"}, "input_fault hall", "input_restored hall"),
        ({"device": "hall.position"}, "input_fault hall", "input_restored hall"),
        ({"device": "record"}, "storage_fault", "storage_restored"),
        ({"device": "mains"}, "power_mains_lost", "power_mains_restored"),
        ({"device": "clock"}, "clock_sync_lost", "clock_sync_restored"),
    ],
)
def test_a_device_is_lost_and_comes_back(play: Play, line: dict[str, object], lost: str, back: str) -> None:
    """Each thing that doors rely on can be taken from them, and be given back."""
    played = play(SITE, at(0, "lost", **line), at(1, "lost", **line), at(5, "back", **line))
    assert told(played) == [f"0 {lost}", f"5 {back}"]


def test_the_clock_can_lose_trust(play: Play) -> None:
    """A line of its own says so."""
    played = play(SITE, at(0, "clock", trusted=False), at(1, "clock", trusted=True))
    assert told(played) == ["0 clock_sync_lost", "1 clock_sync_restored"]


def test_a_contact_that_is_lost_tells_nothing_until_it_is_back(play: Play) -> None:
    """What the leaf did meanwhile nobody saw; how it stands now is seen at once."""
    gone = {"device": "contact", "door": "hall"}
    unseen = [leaf(1, "hall", "open"), leaf(2, "hall", "closed"), leaf(3, "hall", "open")]
    played = play(SITE, at(0, "lost", **gone), *unseen, at(9, "back", **gone))
    assert told(played) == [
        "0 input_fault hall",
        "9 input_restored hall",
        "9 door_opened hall",
        "9 door_forced_open hall",
    ]


def test_a_leaf_that_nothing_watches_tells_nothing(play: Play) -> None:
    """A door without a position switch cannot say that its leaf moved."""
    blind = SITE.replace("position = { gpio = 27 }\n", "")
    assert told(play(blind, leaf(0, "hall", "open"))) == []


def test_an_exit_request_is_made_at_a_door_or_at_a_way_out(play: Play) -> None:
    """Either names the door."""
    at_door = play(SITE, at(0, "exit_request", door="hall"))
    assert at_door == play(SITE, at(0, "exit_request", access_point="hall-out"))
    assert told(at_door) == ["0 access_granted_anonymous hall"]
    assert done(at_door) == ["0 release hall", "5 secure hall"]


def test_only_what_is_asked_for_is_printed(play: Play) -> None:
    """What is not printed happens nevertheless."""
    lines = (person("ana", "staff"), badge(0, "hall-in", "ana"), leaf(1, "hall", "open"))
    played = play(SITE, *lines, only=("access_taken", "answer"))
    assert decided(played) == []
    assert told(played) == ["1 access_taken ana"]
    assert done(played) == ["0 answer hall-in granted"]
