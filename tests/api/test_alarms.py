"""Alarms, by the API: which there are, how they end, who took notice."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from accessctl.store.alarm_kinds import ALARM, ALARM_END, KINDS
from accessctl.store.alarms import MOST_LOOKED_AT, AlarmQueries, AlarmState
from tests.api.running import RunningApi, refused
from tests.homes import Recording


@pytest.fixture
def record(api: RunningApi) -> Iterator[Recording]:
    """Writes entries as the door process would; before each test every alarm there is was answered."""
    recording = Recording(api.home)
    recording.add("system_start")
    with closing(sqlite3.connect(api.home.record)) as connection:
        rows = connection.execute("SELECT seq, (SELECT value FROM meta WHERE key = 'epoch') FROM event")
        seen = rows.fetchall()
    with closing(sqlite3.connect(api.home.people)) as connection, connection:
        connection.executemany(
            "INSERT INTO alarm_note (seq, epoch, at, operator) VALUES (?, ?, '2026-03-02T12:00:00Z', 'x')"
            " ON CONFLICT DO NOTHING",
            seen,
        )
    yield recording
    recording.close()


def listed(api: RunningApi, **query: str | int) -> list[dict[str, Any]]:
    answer = api.http.get("/alarms", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["alarms"]
    return found


def acknowledge(api: RunningApi, seq: int, **about: str) -> None:
    answer = api.http.post(f"/alarms/{seq}/acknowledge", json=about)
    assert answer.status_code == 200, answer.text


def test_an_alarm_is_open_until_it_is_over_and_acknowledged(api: RunningApi, record: Recording) -> None:
    """Over alone is not enough: somebody has to take notice; nor is taking notice, while it is so still."""
    seq = record.add("door_forced_open", door="gate", reason="The leaf opened.")
    (alarm,) = listed(api)
    assert (alarm["seq"], alarm["type"], alarm["door"]) == (seq, "door_forced_open", "gate")
    assert alarm["lasts"]
    assert alarm["restored_at"] is None
    acknowledge(api, seq)
    (still,) = listed(api)
    assert still["open"]
    restored = record.add("door_forced_open_restored", door="gate")
    assert listed(api) == []
    (over,) = listed(api, state="acknowledged", limit=1)
    assert (over["restored_seq"], over["restored_by"]) == (restored, "door_forced_open_restored")


def test_another_doors_end_ends_nothing_here(api: RunningApi, record: Recording) -> None:
    """What ends an alarm is about the same door, the same device, the same person."""
    record.add("door_forced_open", door="gate")
    record.add("door_forced_open_restored", door="dock")
    record.add("reader_offline", door="gate", access_point="gate-in", detail={"device": "gate-in.reader"})
    record.add("reader_online", door="gate", access_point="gate-in", detail={"device": "gate-in.keypad"})
    record.add("visitor_alone", person="p-one", detail={"area": "floor"})
    record.add("visitor_rejoined", person="p-two")
    assert [alarm["restored_at"] for alarm in listed(api)] == [None] * 3
    record.add("visitor_rejoined", person="p-one")
    assert [alarm["restored_by"] for alarm in listed(api)] == ["visitor_rejoined", None, None]


def test_a_start_ends_what_would_be_told_anew(api: RunningApi, record: Recording) -> None:
    """A forced leaf is seen anew; an emergency stays until somebody lifts it."""
    record.add("door_forced_open", door="gate")
    record.add("fire_input", detail={"input": "fire", "doors": ["gate"]})
    record.add("system_start")
    assert [alarm["restored_by"] for alarm in listed(api)] == [None, "system_start"]
    record.add("emergency_lifted", detail={"doors": ["gate"]})
    assert [alarm["restored_by"] for alarm in listed(api)] == ["emergency_lifted", "system_start"]


def test_what_only_happened_is_over_when_it_is_acknowledged(api: RunningApi, record: Recording) -> None:
    """Duress and break-glass have no end that anything could tell."""
    seq = record.add("duress", door="gate", access_point="gate-in", person="p-one", detail={"granted": True})
    (alarm,) = listed(api)
    assert not alarm["lasts"]
    acknowledge(api, seq, note="Called back.")
    assert listed(api) == []


def test_a_note_is_for_those_who_read_alarms_and_not_for_the_record(
    api: RunningApi, record: Recording
) -> None:
    """It may hold a name, so the record says only that there is one, and who left it."""
    seq = record.add("break_glass", door="gate")
    answer = api.http.post(f"/alarms/{seq}/acknowledge", json={"note": " Ana Marsh was there "})
    assert answer.status_code == 200, answer.text
    assert answer.json()["acknowledged"]["note"] == "Ana Marsh was there"
    assert answer.json()["acknowledged"]["by"]
    with closing(sqlite3.connect(api.home.people)) as connection:
        (detail,) = connection.execute(
            "SELECT detail FROM outbox WHERE type = 'alarm_acknowledged' ORDER BY id DESC LIMIT 1"
        ).fetchone()
    facts = {"alarm": seq, "alarm_type": "break_glass", "door": "gate", "note": True}
    assert facts.items() <= json.loads(detail).items()
    assert "Marsh" not in detail


def test_who_acknowledged_first_stands(api: RunningApi, record: Recording) -> None:
    """A second one changes nothing, and is not recorded."""
    seq = record.add("break_glass", door="gate")
    first = api.http.post(f"/alarms/{seq}/acknowledge", json={"note": "first"}).json()
    second = api.http.post(f"/alarms/{seq}/acknowledge", json={"note": "second"}).json()
    assert second == first
    with closing(sqlite3.connect(api.home.people)) as connection:
        sql = "SELECT count(*) FROM outbox WHERE type = 'alarm_acknowledged' AND detail LIKE ?"
        assert connection.execute(sql, (f'%"alarm":{seq},%',)).fetchone() == (1,)


def test_the_name_stands_with_the_alarm_while_there_is_one(api: RunningApi, record: Recording) -> None:
    """It is joined when it is asked for; the record has the pseudonym."""
    person = api.new_person("Nora Named")
    record.add("duress", door="gate", person=person, detail={"granted": True})
    (alarm,) = listed(api)
    assert alarm["person_name"] == "Nora Named"


def test_what_is_no_alarm_is_none(api: RunningApi, record: Recording) -> None:
    """An entry that is another, and one that is not there."""
    seq = record.add("access_granted", door="gate")
    for number in (seq, seq + 1000):
        assert refused(api.http.get(f"/alarms/{number}"), 404)["type"].endswith("unknown-alarm")
        assert refused(api.http.post(f"/alarms/{number}/acknowledge", json={}), 404)


@pytest.mark.parametrize("note", ["", "x" * 501, "a\u202eb", "a\nb"])
def test_a_note_that_plays_tricks_is_refused(api: RunningApi, record: Recording, note: str) -> None:
    """It ends up on other people's screens."""
    seq = record.add("break_glass", door="gate")
    refused(api.http.post(f"/alarms/{seq}/acknowledge", json={"note": note}), 422)


def test_alarms_come_in_pages_each_once(api: RunningApi, record: Recording) -> None:
    """The newest first, and those that were acknowledged are passed over."""
    seqs = [record.add("break_glass", door="gate") for _ in range(7)]
    for seq in seqs[::3]:
        acknowledge(api, seq)
    left = [seq for seq in reversed(seqs) if seq not in seqs[::3]]
    found: list[int] = []
    before: int | None = 0
    while before is not None:
        page = api.http.get("/alarms", params={"before": before, "limit": 2}).json()
        found += [alarm["seq"] for alarm in page["alarms"]]
        before = page["next"]
    assert found == left


def test_silent_alarms_are_for_those_who_answer_alarms(api: RunningApi, record: Recording) -> None:
    """To everybody else the list looks as if nothing had happened."""
    duress = record.add("duress", door="gate", person="p-one", detail={"granted": True})
    shown = record.add("break_glass", door="gate")
    queries = AlarmQueries(api.home.record, api.home.people)
    rows, _ = queries.page(AlarmState.OPEN, None, 10, silent=False)
    assert [row.entry.seq for row in rows] == [shown]
    assert queries.alarm(duress, silent=False) is None
    assert queries.alarm(duress) is not None


@contextmanager
def having_role(api: RunningApi, role: str) -> Iterator[None]:
    """Let whoever runs the tests have this role alone for a while."""

    def become(roles: list[str]) -> None:
        with closing(sqlite3.connect(api.home.people)) as connection, connection:
            connection.execute("UPDATE operator SET roles = ?", (json.dumps(roles),))

    become([role])
    try:
        yield
    finally:
        become(["admin"])


def test_an_installer_sees_alarms_without_names_notes_and_duress(api: RunningApi, record: Recording) -> None:
    """Names and notes stay away without the right, and so does what nothing at a door may tell of."""
    person = api.new_person("Nora Named")
    duress = record.add("duress", door="gate", person=person, detail={"granted": True})
    shown = record.add("break_glass", door="gate", person=person)
    acknowledge(api, shown, note="Nora Named did it")
    acknowledge(api, duress)
    with having_role(api, "installer"):
        (alarm,) = (each for each in listed(api, state="acknowledged", limit=2) if each["seq"] >= duress)
        assert (alarm["seq"], alarm["person"], alarm["person_name"]) == (shown, person, None)
        assert "Nora" not in json.dumps(alarm)
        refused(api.http.get(f"/alarms/{duress}"), 404)
        refused(api.http.post(f"/alarms/{shown}/acknowledge", json={}), 403)
    assert [each["seq"] for each in listed(api, state="acknowledged", limit=2)] == [shown, duress]


def test_a_page_looks_at_so_many_and_no_more(api: RunningApi, record: Recording) -> None:
    """Where all are answered, the list of open ones goes on from where it stopped."""
    with closing(sqlite3.connect(api.home.record)) as connection, connection:
        connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            " INSERT INTO event (at_ms, mono_ns, clock_synced, run, type, door)"
            " SELECT 0, 0, 1, 1, 'break_glass', 'dock' FROM n",
            (MOST_LOOKED_AT + 500,),
        )
        (last,) = connection.execute("SELECT max(seq) FROM event").fetchone()
    with closing(sqlite3.connect(api.home.people)) as connection, connection:
        with closing(sqlite3.connect(api.home.record)) as other:
            (epoch,) = other.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()
        connection.executemany(
            "INSERT INTO alarm_note (seq, epoch, at, operator) VALUES (?, ?, '2026-03-02T12:00:00Z', 'x')",
            [(seq, epoch) for seq in range(last - MOST_LOOKED_AT - 499, last + 1)],
        )
    page = api.http.get("/alarms", params={"limit": 1000}).json()
    assert page["alarms"] == []
    assert page["next"] is not None


def test_the_indexes_are_those_that_are_asked(api: RunningApi) -> None:
    """Were the lists in the code to grow, the questions would find no index, and this test says so first."""
    with closing(sqlite3.connect(api.home.record)) as connection:
        sql = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE name LIKE 'event_alarm%'"))
    assert sql["event_alarm"].endswith(f"WHERE {ALARM}")
    assert sql["event_alarm_end"].endswith(f"WHERE {ALARM_END}")


@pytest.mark.parametrize("kind", KINDS)
def test_every_alarm_ends_as_its_kind_says(api: RunningApi, record: Recording, kind: str) -> None:
    """Each kind, with all that has to be the same in both entries."""
    same = {"door": "gate", "access_point": "gate-in", "person": "p-one"}
    detail = {"device": "gate-in.reader", "area": "floor"}
    seq = record.add(str(kind), **same, detail=detail)
    ends = KINDS[kind].ends
    for end in ends:
        record.add(end.value, **same, detail=detail)
    (alarm,) = (each for each in listed(api) if each["seq"] == seq)
    assert alarm["restored_by"] == (ends[0] if ends else None)
