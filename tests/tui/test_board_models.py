"""What the board says, as pure functions: tiles, rows, filters, explanations."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from accessctl.client import Alarm, Event, Reader
from accessctl.tui.board.alarm_rows import state_of
from accessctl.tui.board.door_facts import facts_of, old_words, schedule_words
from accessctl.tui.board.door_history import DoorHistory
from accessctl.tui.board.explanation import next_words, refusing, rows_of
from accessctl.tui.board.site_orders import places_of
from accessctl.tui.board.stream import KEPT, Kind, Stream
from accessctl.tui.board.tile import tiles_of
from accessctl.tui.board.tile_drawing import columns_in, draw, first_that_fits, widths_in
from accessctl.tui.lines import Cell
from accessctl.tui.standing import Standing

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def a_door(id_: str = "gate", **more: object) -> dict[str, Any]:
    usual = {"id": id_, "name": "Main gate", "mode": "locked", "until": None, "leaf": "closed", "alarm": None}
    usual |= {"strike": "secured", "lock": "fail_secure", "unattended": "secured", "fault": None}
    return {**usual, **more}


def a_reader(*, online: bool = True) -> dict[str, Any]:
    return {
        "id": "gate-in.reader",
        "access_point": "gate-in",
        "name": "Gate, in",
        "door": "gate",
        "online": online,
    }


def an_event(seq: int = 1, type_: str = "access_granted", **more: object) -> Event:
    usual = {"seq": seq, "type": type_, "at": NOW.isoformat(), "epoch": "e", "door": "gate", "detail": {}}
    usual |= {"access_point": "gate-in", "person": "p-1", "person_name": "Ida Holm", "reason": "Granted."}
    usual |= {"credential": None, "rules": "r", "controller": "c", "version": "1", "clock_synced": True}
    return cast("Event", {**usual, **more})


def an_alarm(**more: object) -> Alarm:
    usual = {"seq": 7, "type": "door_forced_open", "door": "gate", "access_point": None, "lasts": True}
    return cast("Alarm", {**usual, "restored_at": None, "acknowledged": None, **more})


def standing(*doors: dict[str, Any], reader: dict[str, Any] | None = None, **more: Any) -> Standing:  # noqa: ANN401
    status = {"doors": list(doors), "readers": [reader or a_reader()]}
    return Standing(status=status, known_at=NOW, **{"trouble": None, **more})


def text_of(door: dict[str, Any], width: int = 26, height: int = 5, **more: Any) -> str:  # noqa: ANN401
    (tile,) = tiles_of(standing(door, **more), {}, NOW)
    lines = draw(tile, width, height, chosen=False)
    return "\n".join("".join(cell.text for cell in line) for line in lines)


@pytest.mark.parametrize("width", [24, 26, 33, 60])
@pytest.mark.parametrize("height", [5, 6])
def test_every_line_of_a_tile_fills_its_width(width: int, height: int) -> None:
    """However long names, faults and alarms are."""
    door = a_door(
        name="A door with a very long name indeed", mode="held_open", fault="The strike's wire is cut"
    )
    drawn = text_of(door, width, height, alarms=(an_alarm(), an_alarm()), reader=a_reader(online=False))
    assert {len(line) for line in drawn.splitlines()} == {width}
    assert len(drawn.splitlines()) == height


def test_the_chosen_tile_has_another_shape() -> None:
    """So that it is seen without colours."""
    (tile,) = tiles_of(standing(a_door()), {}, NOW)
    assert draw(tile, 26, 5, chosen=True)[0][0].text != draw(tile, 26, 5, chosen=False)[0][0].text


def test_a_tile_says_mode_and_end() -> None:
    """Beside the state, with the mode only where the state does not say it."""
    until = (NOW + timedelta(hours=4)).isoformat()
    assert "until " in text_of(a_door(mode="unlocked", until=until))
    opened = text_of(a_door(mode="unlocked", until=until, leaf="open"), 40)
    assert "OPEN" in opened
    assert "unlocked until" in opened


def test_an_end_in_another_year_says_which() -> None:
    """Or a door that is unlocked for two years would seem to be locked by the end of this one."""
    for end, said in (
        ("2026-12-31T18:00:00Z", "until 12-31 "),
        ("2027-12-31T18:00:00Z", "until 2027-12-31 "),
    ):
        assert said in text_of(a_door(mode="unlocked", until=end), 33)


def test_a_tile_that_may_not_be_believed_says_nothing_as_if_it_were_so() -> None:
    """Unknown, what it was, and how old that is; no alarm and no reader is claimed."""
    later = NOW + timedelta(seconds=12)
    known = standing(
        a_door(strike="released"), trouble="gone", alarms=(an_alarm(),), reader=a_reader(online=False)
    )
    (tile,) = tiles_of(known, {}, later)
    drawn = "\n".join("".join(cell.text for cell in line) for line in draw(tile, 33, 6, chosen=False))
    assert "? UNKNOWN" in drawn
    assert "was RELEASED" in drawn
    assert "12 s old" in drawn
    assert "offline" not in drawn
    assert "forced" not in drawn


def test_a_tile_names_what_is_wrong_with_readers() -> None:
    """Offline, tampered with or insecure, in words."""
    health = {"tampered": True, "power_failed": False, "insecure": None, "fault": None, "why": ""}
    (tile,) = tiles_of(standing(a_door()), {"gate-in.reader": cast("Reader", health)}, NOW)
    assert tile.readers[0].endswith("Gate, in: tampered with")
    assert "Gate, in: offline" in text_of(a_door(), 40, reader=a_reader(online=False))


def test_acknowledged_alarms_are_less_loud() -> None:
    """Who has taken notice has to hurry less."""
    noted = an_alarm(acknowledged={"by": "root", "at": NOW.isoformat(), "note": None})
    assert "1 acknowledged" in text_of(a_door(), 33, alarms=(noted,))
    assert "2 alarms" in text_of(a_door(), 33, alarms=(an_alarm(), an_alarm(), noted))
    assert "door forced open" in text_of(a_door(), 33, alarms=(an_alarm(),))


def test_tiles_fill_the_width() -> None:
    """Three columns at 80 cells; one where there is hardly room for one."""
    assert columns_in(80) == 3
    assert columns_in(10) == 1
    for width in (80, 100, 133, 200):
        widths = widths_in(width)
        assert sum(widths) + len(widths) - 1 == width
        assert min(widths) >= 24


def test_the_longest_words_that_fit_are_shown() -> None:
    """The last way is cut where none fits."""
    assert first_that_fits(("leaf closed", "closed"), 8) == "closed"
    assert first_that_fits(("leaf closed",), 6) == "leaf …"
    assert first_that_fits((), 6) == ""


def test_the_stream_takes_each_entry_once_and_keeps_the_newest() -> None:
    """What was taken is not taken again; a reader further up keeps more."""
    stream = Stream()
    events = [an_event(seq) for seq in range(1, KEPT + 11)]
    assert stream.take(events[:5], reading=False) == 5
    assert stream.take(events[:8], reading=False) == 3
    stream.take(events[8:], reading=True)
    assert len(stream) == KEPT + 10
    stream.take([an_event(KEPT + 11)], reading=False)
    assert len(stream) == KEPT
    assert stream.event(0)["seq"] == 12
    assert stream.place_of(20) == 8


def test_another_record_begins_anew() -> None:
    """Its numbers are others."""
    stream = Stream()
    stream.take([an_event(90)], reading=False)
    stream.take([an_event(3, epoch="other")], reading=False)
    assert [stream.event(at)["seq"] for at in range(len(stream))] == [3]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ida", [1, 2]),
        ("main gate", [1, 2]),
        ("denied", [2]),
        ("out of time", [2]),
        ("gate-in p-1", [1, 2]),
        ("x", []),
    ],
)
def test_words_are_looked_for_everywhere(typed: str, found: list[int]) -> None:
    """In door, access point, person, type and reason, by id and by name."""
    stream = Stream()
    stream.names = {"gate": "Main gate", "gate-in": "Inbound"}
    refused = an_event(2, "denied_out_of_time_range", reason="Not at this hour.")
    stream.take([an_event(1), refused], reading=False)
    stream.want(Kind.ALL, "", typed)
    assert [stream.event(at)["seq"] for at in range(len(stream))] == found


def test_kinds_narrow_the_stream() -> None:
    """Refusals, alarms and warnings, one door."""
    stream = Stream()
    events = [an_event(1), an_event(2, "denied_passback"), an_event(3, "door_pre_alarm", door="cold")]
    stream.take(events, reading=False)
    for kind, found in ((Kind.REFUSALS, [2]), (Kind.ALARMS, [3]), (Kind.DOOR, [1, 2]), (Kind.ALL, [1, 2, 3])):
        stream.want(kind, "gate", "")
        assert [stream.event(at)["seq"] for at in range(len(stream))] == found
    assert Kind.DOOR.next is Kind.ALL


def an_explanation(**more: object) -> dict[str, Any]:
    checks = [
        {"check": "card is active", "passed": True, "objection": None},
        {"check": "card is valid", "passed": False, "objection": "Expired."},
        {"check": "uses are left", "passed": True, "objection": None},
        {"check": "area has room", "passed": False, "objection": "Full."},
    ]
    usual = {"checks": checks, "refused_by": "card is valid", "outcome": "refused", "next_granted": None}
    return {**usual, **more}


def test_checks_passed_failed_or_were_not_reached() -> None:
    """The one that refuses ends it; what would fail behind it is said all the same."""
    words = [cast("Cell", row[2]).text for row in rows_of(an_explanation())]
    assert words == ["passed", "FAILED: Expired.", "not reached", "not reached; would fail as well: Full."]
    assert refusing(an_explanation()) == 1


def test_when_it_would_be_granted_is_said() -> None:
    """In the future, in the past by now, or never by time alone."""
    assert "Time alone changes nothing" in next_words(an_explanation(), NOW)
    tomorrow = an_explanation(next_granted=(NOW + timedelta(days=1)).isoformat())
    assert next_words(tomorrow, NOW).startswith("It will be granted from 2026-03-05")
    assert next_words(tomorrow, NOW + timedelta(days=2)).startswith("It was to be granted from")
    assert next_words(an_explanation(outcome="granted"), NOW) == ""


def test_the_facts_of_a_door_are_told_in_words() -> None:
    """Lock, mode, schedule, readers and alarms; a door that is gone is said to be."""
    known = standing(a_door(), alarms=(an_alarm(),))
    facts = dict(facts_of("gate", known, {}, ["unlocked in “reception”"]))
    assert facts["Lock"] == "fail-secure: stays secured without power; secured without software"
    assert facts["By schedule"] == "unlocked in “reception”"
    assert facts["Reader"].endswith("Gate, in: well")
    assert "so still; unacknowledged" in facts["Alarm"]
    assert facts_of("gone", known, {}, [])[0][1].startswith("The site file in force has no such door")


def test_old_facts_are_said_to_be_old() -> None:
    """With their age; nothing is said while they may be believed."""
    assert old_words(standing(a_door()), NOW) == ""
    assert "1 min 05 s ago" in old_words(standing(a_door(), trouble="gone"), NOW + timedelta(seconds=65))


def test_the_schedule_of_a_door_comes_from_the_site_file() -> None:
    """First cards included; a file that cannot be read says nothing."""
    rule = '{mode = "unlocked", schedule = "reception", first_card = true}'
    site = f"[doors.office]\nmodes = [{rule}]\n[doors.gate]\n"
    assert schedule_words(site, "office") == ["unlocked in “reception” once somebody has come in"]
    assert schedule_words(site, "gate") == ["locked at every hour"]
    assert schedule_words("no toml", "gate") == []


def test_a_history_grows_at_both_ends() -> None:
    """Older ones come by page, what happens now comes first; another door's are left out."""
    history = DoorHistory("gate", lambda: NOW)
    assert history.take_new([an_event(9)]) == 0
    history.take(([an_event(5), an_event(4)], 4))
    assert len(history) == 3
    assert history.row(2) is None
    assert history.wants_more(0)
    assert history.take_new([an_event(4), an_event(5), an_event(6), an_event(7, door="cold")]) == 1
    history.take(([an_event(4), an_event(3)], None))
    seqs = [event["seq"] for at in range(len(history)) if (event := history.event(at))]
    assert seqs == [6, 5, 4, 3]
    assert not history.wants_more(3)


def test_the_state_of_an_alarm_is_told() -> None:
    """So still, over, or just happened, and who has taken notice with which note."""
    assert state_of(an_alarm()) == "so still; unacknowledged"
    noted = {"by": "root", "at": NOW.isoformat(), "note": "A crate."}
    assert (
        state_of(an_alarm(restored_at=NOW.isoformat(), acknowledged=noted))
        == "over; acknowledged by root: A crate."
    )
    assert state_of(an_alarm(lasts=False)) == "happened; unacknowledged"


def test_what_is_locked_down_already_or_lies_outside_is_not_offered() -> None:
    """The site first, then the areas inside."""
    areas = [
        {"id": "street", "name": "Street", "outside": True, "people": 0},
        {"id": "floor", "name": "Floor", "outside": False, "people": 2},
        {"id": "cold", "name": "Cold", "outside": False, "people": 0},
    ]
    assert [choice.value for choice in places_of({"areas": areas, "lockdowns": {"cold": "root"}})] == [
        "site",
        "floor",
    ]
