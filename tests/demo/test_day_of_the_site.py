"""What the day's record says of door modes, of the site's states, and of what was out of order."""

from datetime import timedelta

from accessctl.config import Site
from policies.degraded import Condition, Fallback
from policies.ids import DoorId
from tests.demo.conftest import PlayedDay

MODES = {
    "door_locked",
    "door_unlocked",
    "door_blocked",
    "door_lockdown",
    "door_held_open",
    "door_free_access",
    "door_normal",
    "door_propped",
}


def modes(played: PlayedDay, door: str, since: str = "00:00", until: str = "32:00") -> list[str]:
    return [kind for kind in played.told(where=door, since=since, until=until) if kind in MODES]


# --- 6: door modes --------------------------------------------------------------------------------------


def test_the_office_unlocks_with_the_first_card(played: PlayedDay) -> None:
    """Not when the schedule begins, but when somebody of the office has come in; it locks by schedule."""
    unlocked = next(row for row in played.entries(where="office") if row.type == "door_unlocked")
    first = played.entries("mei-tanaka", where="office-in")[1]
    assert (first.type, unlocked.reason) == ("access_taken", "The first card has come in.")
    assert unlocked.at == first.at
    assert modes(played, "office", since="16:30", until="18:00") == ["door_locked"]


def test_the_dock_is_blocked_at_night(played: PlayedDay) -> None:
    """From ten until half past four, for guards as well."""
    assert played.told("rhys-tanner", where="dock-1-in") == ["denied_lockout"]
    blocked = [
        row.at - played.midnight for row in played.entries(where="dock-1") if row.type == "door_blocked"
    ]
    assert blocked == [timedelta(), timedelta(hours=22)]


def test_an_order_ends_by_itself(played: PlayedDay) -> None:
    """The gate is unlocked until ten past nine, and then locked by nobody."""
    ordered, over = (row for row in played.entries(where="gate", until="12:00") if row.type in MODES)
    assert (ordered.type, over.type) == ("door_unlocked", "door_locked")
    assert ordered.detail["until"] == "2026-04-02T08:12:00+00:00"
    assert over.at - played.midnight == timedelta(hours=9, minutes=12)


def test_a_leaf_may_be_propped_for_a_while(played: PlayedDay) -> None:
    """The dock stands open for more than its two minutes, and there is no alarm."""
    told = played.told(where="dock-1", since="08:30", until="08:45")
    assert told == ["door_propped", "door_opened", "door_closed"]


def test_a_door_is_held_open_until_it_is_given_back(played: PlayedDay) -> None:
    """The way from the docks stands open while the desk wants it, and locks when it is given back."""
    assert played.told(where="aisle", since="08:30", until="09:13") == [
        "door_held_open",
        "door_opened",
        "door_closed",
        "door_normal",
        "door_locked",
    ]


def test_who_needs_longer_is_given_longer(played: PlayedDay) -> None:
    """The leaf opens eleven seconds after her badge, stays open for thirty-five, and nothing is said."""
    rows = played.entries(where="staff", since="13:41", until="13:42")
    assert [row.type for row in rows] == ["access_granted", "door_opened", "access_taken", "door_closed"]
    granted, opened, _, closed = (row.at for row in rows)
    assert opened - granted == timedelta(seconds=11)
    assert closed - opened == timedelta(seconds=35)


# --- 7: states of the site --------------------------------------------------------------------------------


def test_a_lockdown_lets_out_and_lets_in_whom_the_site_names(played: PlayedDay) -> None:
    """A picker leaves the floor and is refused when he comes back; a supervisor passes."""
    for door in ("floor", "aisle", "cold", "cage"):
        assert modes(played, door, since="15:00", until="15:30") == ["door_lockdown", "door_locked"]
    assert modes(played, "staff", since="15:00", until="15:30") == []
    assert played.told("kofi-mensah", since="15:11", until="15:24") == [
        *("access_granted", "access_taken"),
        "denied_deny_all",
    ]
    assert "access_taken" in played.told("marta-quill", where="floor-in", since="15:11", until="15:24")
    assert "access_taken" in played.told("kofi-mensah", where="aisle-in", since="15:24", until="15:30")


def test_a_threat_level_refuses_who_has_no_authority(played: PlayedDay) -> None:
    """At level 2 somebody of the office stays outside, and comes in when it is over."""
    assert played.told("beth-ashdown", where="staff-in", since="15:11", until="15:30") == [
        "denied_threat_level",
        *("access_granted", "access_taken"),
    ]


def test_fire_frees_every_door_until_an_operator_ends_it(played: PlayedDay, site: Site) -> None:
    """All doors are free at the input's instant; its rest locks none, the desk's order all."""
    (fire,) = (row for row in played.rows if row.type == "fire_input")
    (rest,) = (row for row in played.rows if row.type == "fire_input_restored")
    (ended,) = (row for row in played.rows if row.type == "emergency_lifted")
    freed = [row for row in played.rows if row.type == "door_free_access"]
    assert {(row.door, row.at) for row in freed} == {(door, fire.at) for door in site.doors}
    locked = {(row.door, row.at) for row in played.entries(since="20:40", until="21:00") if row.type in MODES}
    assert {at for _, at in locked - {(row.door, row.at) for row in freed}} == {ended.at}
    assert fire.at < rest.at < ended.at


def test_a_muster_ends_when_everybody_was_seen(played: PlayedDay) -> None:
    """Ten were inside; nine badge at the muster point, the desk sees the tenth, and nobody is missing."""
    rows = [row for row in played.rows if row.type.startswith("muster")]
    assert [row.type for row in rows] == [
        "muster_started",
        *["muster"] * 10,
        "muster_complete",
        "muster_ended",
    ]
    assert rows[0].detail["people"] == 10
    assert [row.access_point for row in rows[1:11]] == [*["car-park"] * 9, None]
    assert rows[-1].detail["missing"] == []


# --- 10: what is out of order -----------------------------------------------------------------------------


def test_without_the_reader_inside_nobody_gets_into_the_cage(played: PlayedDay) -> None:
    """While its reader on the way out is gone, the one on the way in refuses."""
    told = played.told(where="cage", since="17:15", until="17:30")
    assert told == ["reader_offline", "denied_degraded", "reader_online"]


def test_without_its_reader_the_gate_forgets_passback(played: PlayedDay, site: Site) -> None:
    """Nine minutes after she came in she is let in again, because the site file says so in as many words."""
    told = played.told(where="gate", since="17:00", until="17:14")
    assert told[:4] == ["access_granted", "door_opened", "access_taken", "door_closed"]
    assert told[4:6] == ["reader_offline", "manual_unlock"]
    assert told[-4:] == ["access_granted", "door_opened", "access_taken", "door_closed"]
    gate = site.doors[DoorId("gate")].degraded
    assert gate.reader_lost is Fallback.WITHOUT_PASSBACK
    assert gate.reader_lost.is_wider


def test_on_battery_nothing_stays_unlocked(played: PlayedDay) -> None:
    """The office locks and the cage refuses while the mains are gone; then the office unlocks again."""
    assert played.told(since="13:15", until="13:20") == [
        "power_mains_lost",
        "door_locked",
        "denied_degraded",
        "power_mains_restored",
        "door_unlocked",
    ]


def test_with_a_doubtful_clock_only_rights_without_hours_count(played: PlayedDay) -> None:
    """The office locks and refuses one of its own; a supervisor, called in at any hour, comes in."""
    assert modes(played, "office", since="16:00", until="16:30") == ["door_locked", "door_unlocked"]
    assert played.told("mei-tanaka", where="office-in", since="16:00", until="16:30") == [
        "denied_clock_untrusted",
        *("access_granted", "access_taken"),
    ]
    assert "access_taken" in played.told("desmond-achebe", where="office-in", since="16:10", until="16:20")
    assert {row.clock_synced for row in played.entries(since="16:11", until="16:20")} == {False}


def test_the_site_file_states_what_holds_without_a_record(site: Site) -> None:
    """No door lets anybody in that it could not record."""
    assert {door.degraded.under(Condition.RECORD_UNWRITABLE) for door in site.doors.values()} == {
        Fallback.REFUSE
    }


def test_somebody_at_the_housing_is_told(played: PlayedDay) -> None:
    """The tamper contact of the cage begins and ends in the record."""
    assert played.told(where="cage", since="19:00", until="20:00") == ["door_tamper", "door_tamper_restored"]
