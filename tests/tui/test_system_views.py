"""What the system page shows, out of what the API says: without a screen."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accessctl.client import Token
from accessctl.operators.rights import Right, Role, rights_of
from accessctl.tui.look import Tone
from accessctl.tui.system.amounts import how_large, how_old
from accessctl.tui.system.backup_view import backup_row, summary
from accessctl.tui.system.device_view import ails, device_row, sorted_devices, wrong_with
from accessctl.tui.system.device_view import summary as devices_summary
from accessctl.tui.system.facts import Fact, laid_out
from accessctl.tui.system.health_view import facts, finding_rows, overall
from accessctl.tui.system.operator_flows import why_no_id
from accessctl.tui.system.operator_view import RIGHT_WORDS, ROLE_WORDS, role_choices, token_row
from accessctl.tui.system.reader_trial import told

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
STATUS = {
    "record_ok": True,
    "keys_ok": True,
    "unrecorded": 0,
    "rules": "7c1e0f9a2b3d",
    "controller": "kade-1",
}
SITE: dict[str, Any] = {"conditions": []}
HEALTH: dict[str, Any] = {
    "findings": [],
    "unknown": [],
    "door_answers": True,
    "version": "0.1.0",
    "run": {"version": "0.1.0", "boot": "b480e564-86bc", "epoch": "1f"},
    "site_file": "7c1e0f9a2b3d",
    "in_force": "7c1e0f9a2b3d",
    "clock": {"kept_right": True, "error_s": 0.012},
    "disk": {"free": 50 * 1024**3, "total": 100 * 1024**3},
    "stores": [{"name": "record.db", "size": 6_394_056, "wrong": None}],
    "backups": {"count": 2, "newest_at": "2026-03-02T10:00:00+00:00", "size": 1},
}
READER: dict[str, Any] = {
    "id": "gate-in.reader",
    "kind": "reader",
    "driver": "osdp",
    "state": "here",
    "fault": None,
    "why": "",
    "since": "2026-03-02T11:00:00+00:00",
    "errors_this_hour": 3,
    "errors_hour_before": 2,
    "trend": "steady",
    "last_error": "torn away",
    "restarts": 0,
    "about": {},
    "access_point": "gate-in",
    "name": "Gate, inbound",
    "door": "gate",
    "tampered": False,
    "power_failed": False,
    "insecure": None,
    "key": "own key",
    "pairing": False,
}
BACKUP: dict[str, Any] = {
    "id": "b-3kx7qz2a",
    "state": "ready",
    "at": "2026-03-02T10:00:00+00:00",
    "progress": 1.0,
    "size": 2_162_688,
    "why": None,
    "version": "0.1.0",
    "controller": "kade-1",
    "last_seq": 12,
    "files": [],
    "note": "root.key is not in here.",
}


def words_of(found: list[Fact]) -> dict[str, str]:
    return {fact.name: fact.words for fact in found}


def finding(weight: str, about: str) -> dict[str, str]:
    return {"weight": weight, "about": about, "what": "it is so", "do": "look"}


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (200 * 1024**2, "200 MiB"), (3 * 1024**5, "3072 TiB")],
)
def test_sizes_are_said_in_the_unit_that_suits_them(size: int, words: str) -> None:
    """A tenth below a hundred, none above."""
    assert how_large(size) == words


def test_an_age_is_how_long_ago_it_was() -> None:
    """In its two largest units."""
    assert how_old("2026-03-02T10:00:00+00:00", NOW) == "2 h 00 min ago"


@pytest.mark.parametrize(
    ("status", "health", "words", "tone"),
    [
        (STATUS, HEALTH, "✓ All is well", Tone.GOOD),
        (STATUS, {**HEALTH, "findings": [finding("note", "a")]}, "✓ All is well; 1 note", Tone.GOOD),
        (STATUS, {**HEALTH, "findings": [finding("wrong", "a")] * 2}, "✗ 2 things are wrong", Tone.BAD),
        (STATUS, None, "✓ Doors work", Tone.GOOD),
        ({**STATUS, "record_ok": False}, None, "✗ Doors do not work as they should", Tone.BAD),
        (None, None, "Not known yet", Tone.DIM),
    ],
)
def test_one_line_says_how_it_is(status: Any, health: Any, words: str, tone: Tone) -> None:  # noqa: ANN401
    """By the findings, or by what doors say of themselves where one may see no findings."""
    assert overall(status, health) == (words, tone)


def test_the_facts_of_a_healthy_site() -> None:
    """Each in words."""
    found = facts(STATUS, SITE, HEALTH, NOW)
    said = words_of(found)
    assert said["Clock"] == "trusted, within 0.012 s"
    assert said["Disk"] == "50.0 GiB of 100 GiB free (50 %)"
    assert said["Databases"] == "record.db 6.1 MiB"
    assert said["Backups"] == "2, the newest 2 h 00 min ago"
    assert said["Site file"] == "7c1e0f9a2b3d, in force"
    assert said["Door process"] == "answers, 0.1.0"
    assert all(fact.tone in {Tone.GOOD, Tone.PLAIN} for fact in found)


def test_what_is_bad_is_said_in_words_and_not_only_in_colour() -> None:
    """Nobody need see red for it."""
    status = {**STATUS, "record_ok": False, "keys_ok": False, "unrecorded": 3}
    site = {"conditions": ["clock_untrusted", "on_battery"]}
    more = {"door_answers": False, "run": None, "in_force": "0", "disk": None}
    health = {**HEALTH, **more, "backups": {"count": 0, "newest_at": None, "size": None}}
    said = words_of(facts(status, site, health, NOW))
    assert said["Record"] == "CANNOT BE WRITTEN"
    assert said["Unrecorded"] == "3 entries wait in memory"
    assert said["Keys"] == "NOT USABLE"
    assert "not trusted" in said["Clock"]
    assert "on battery" in said["Gone"]
    assert said["Door process"] == "NO ANSWER"
    assert said["Site file"] == "0 is in force; 7c1e0f9a2b3d lies there"
    assert (said["Disk"], said["Backups"]) == ("not known", "none")


def test_doors_that_do_not_answer_are_said_first() -> None:
    """Whatever is known besides."""
    assert facts(None, None, HEALTH, NOW)[0] == Fact("Doors", "no answer", Tone.BAD)


def test_what_is_wrong_stands_before_what_is_to_be_known() -> None:
    """In the table of findings."""
    found = finding_rows({**HEALTH, "findings": [finding("note", "a"), finding("wrong", "b")]})
    assert [row[1] for row in found] == [("b", Tone.STRONG), ("a", Tone.STRONG)]


def test_facts_stand_in_two_columns_where_each_has_room() -> None:
    """Else in one, and what is too long is cut."""
    some = [Fact("One", "a"), Fact("Two", "b"), Fact("Three", "c")]
    assert len(laid_out(some, 120).plain.splitlines()) == 2
    assert len(laid_out(some, 40).plain.splitlines()) == 3
    long = [*some, Fact("Four", "x" * 70)]
    assert len(laid_out(long, 120).plain.splitlines()) == 4
    assert laid_out(long, 40).plain.splitlines()[-1].endswith("…")
    assert laid_out([], 40).plain == ""


@pytest.mark.parametrize(
    ("facts_", "wrong", "sick"),
    [
        ({}, [], False),
        ({"state": "lost", "why": "it was unplugged"}, ["it was unplugged"], True),
        ({"state": "unseen"}, ["it was not seen yet"], True),
        ({"fault": "a line is cut"}, ["a line is cut"], True),
        ({"insecure": "a stranger"}, ["a stranger"], True),
        ({"tampered": True}, ["its housing is open, or it is off its wall"], True),
        ({"power_failed": True}, ["its own supply fails"], True),
        ({"pairing": True}, ["a window for pairing is open"], False),
        ({"trend": "rising"}, ["errors are rising: torn away"], False),
    ],
)
def test_what_is_wrong_with_a_device(facts_: dict[str, Any], wrong: list[str], sick: bool) -> None:
    """In words, and whether somebody has to go there."""
    device = {**READER, **facts_}
    assert wrong_with(device) == wrong
    assert ails(device) is sick


def test_devices_that_ail_come_first_and_are_counted() -> None:
    """Whatever their place was; what was typed narrows the list."""
    lost = {**READER, "id": "yard.reader", "state": "lost"}
    strike = {"id": "gate.strike", "kind": "strike", "driver": "gpio", "state": "here", "fault": None}
    assert sorted_devices([READER, strike, lost])[0] is lost
    assert [each["id"] for each in sorted_devices([READER, strike, lost], "STRIKE gpio")] == ["gate.strike"]
    assert devices_summary([READER, lost]) == ("▲ 2 devices, 1 needs somebody", Tone.BAD)
    assert devices_summary([READER]) == ("● 1 device, all are here", Tone.GOOD)
    assert device_row(strike, NOW)[6] == "–"
    assert device_row(READER, NOW)[6] == "3/2"


@pytest.mark.parametrize(
    ("about", "check", "words"),
    [
        ({}, None, "not checked"),
        ({"state": "making", "progress": 0.5, "size": None}, None, "making [#####.....] 50%"),
        ({"state": "failed", "why": "no room", "size": None}, None, "failed: no room"),
        ({}, {"sound": False, "problems": ["people.db differs"]}, "NOT WHOLE: people.db differs"),
    ],
)
def test_a_backup_says_how_it_is(about: dict[str, Any], check: dict[str, Any] | None, words: str) -> None:
    """Made, being made, failed, checked."""
    backup = {**BACKUP, **about}
    row = backup_row(backup, {} if check is None else {backup["id"]: check}, NOW)
    assert row[-1][0] == words


def test_a_backup_that_was_checked_is_whole() -> None:
    """With when it was looked through."""
    checks = {BACKUP["id"]: {"sound": True, "problems": [], "at": "2026-03-02T11:00:00+00:00"}}
    assert backup_row(BACKUP, checks, NOW)[-1][0].startswith("whole, checked ")
    assert summary([BACKUP, {**BACKUP, "size": None}]) == "1 backup, 2.1 MiB"


def test_every_role_and_right_is_said_in_words() -> None:
    """Whoever adds one has to say what it is for."""
    assert set(ROLE_WORDS) == set(Role)
    assert set(RIGHT_WORDS) == set(Right)


def test_nobody_is_offered_to_grant_what_they_have_not() -> None:
    """An enroller grants no more than an enroller may."""
    assert [each.value for each in role_choices(rights_of([Role.ENROLLER]))] == ["enroller"]
    assert len(role_choices(frozenset(Right))) == len(Role)


@pytest.mark.parametrize(
    ("typed", "good"), [("otto", True), ("maria-q", True), ("Otto", False), ("-a", False)]
)
def test_an_id_is_written_small(typed: str, good: bool) -> None:
    """As the record keeps it for good."""
    assert (why_no_id(typed) is None) is good


def test_a_token_says_whether_it_counts() -> None:
    """Revoked, ended, or until when."""
    token: Token = {
        "id": "k-1",
        "operator": "maria",
        "label": "HR",
        "scopes": ["people.read"],
        "made_at": "2026-03-01T11:00:00+00:00",
        "ends_at": (NOW + timedelta(days=1)).isoformat(),
        "used_at": None,
        "revoked_at": None,
    }
    assert token_row(token, NOW)[2] == "HR: people.read"
    assert token_row({**token, "revoked_at": NOW.isoformat()}, NOW)[4] == ("revoked", Tone.DIM)
    assert token_row(token, NOW + timedelta(days=2))[4] == ("ended", Tone.DIM)


def test_a_test_says_what_was_read_and_what_was_shown() -> None:
    """Or that there was nothing."""
    read = {"at_s": 1.5, "what": "key pressed"}
    said = told({"reader": "r", "reads": [read], "more": 2, "patterns": ["granted"]})  # type: ignore[list-item]
    assert said.splitlines() == ["✓   1.5 s  key pressed", "and 2 more", "It was told to show: granted"]
    nothing = told({"reader": "r", "reads": [], "more": 0, "patterns": []})
    assert "Nothing was read" in nothing
    assert "nothing: it has no light" in nothing
