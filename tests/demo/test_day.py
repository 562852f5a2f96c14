from collections.abc import Iterable
from datetime import datetime, time
from pathlib import Path

import pytest

from accessctl.config import Site
from accessctl.demo import player
from accessctl.demo.acting import DayImpossible
from accessctl.demo.day import DATE, DAY
from accessctl.demo.play import main
from accessctl.demo.player import Player, play_day
from accessctl.demo.roster import BY_HANDLE, ROSTER
from accessctl.demo.steps import Digits, Step, at
from accessctl.demo.ways import door_of
from accessctl.door.point_keeper import PointKeeper
from accessctl.home import Home
from tests.demo.conftest import PlayedDay


def play(home: Home, steps: Iterable[Step]) -> None:
    start = datetime.combine(DATE, time()).astimezone()
    Player(home, start, lambda _line: None).play(steps)


def named(field: str, acts: Iterable[object]) -> set[str]:
    """Give what the acts name; an order leaves empty what it is not about."""
    return {str(name) for act in acts if (name := getattr(act, field, ""))}


def test_a_day_is_the_same_every_time(played: PlayedDay, capsys: pytest.CaptureFixture[str]) -> None:
    """Two playings of the day print the same lines; the command's ends well, and in counts on stderr."""
    assert main(Home(Path("never-made")), interactive=False) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines() == played.lines
    assert printed.err.endswith(f"{len(played.lines)}  events in one day\n")
    assert not Path("never-made").exists()


@pytest.mark.parametrize(
    "kind",
    [
        "denied_unknown_credential",
        "denied_credential_expired",
        "denied_credential_not_yet_active",
        "denied_credential_manual_disable",
        "denied_factor_disabled",
        "denied_factor_lost",
        "denied_factor_error",
        "denied_out_of_time_range",
        "denied_point_no_access_rights",
        "denied_incorrect_authentication_factor",
        "denied_authentication_factor_timeout",
        "denied_credential_lockout",
    ],
)
def test_a_day_has_refusals_of_every_kind(played: PlayedDay, kind: str) -> None:
    """Each kind of refusal happens, and its line ends with the reason in words."""
    lines = played.of_type(kind)
    assert lines
    assert all(line.endswith(".") for line in lines)


@pytest.mark.parametrize(
    "kind",
    [
        "access_not_taken",
        "door_pre_alarm",
        "door_open_too_long",
        "door_open_too_long_restored",
        "door_forced_open",
        "door_forced_open_restored",
        "lockout_max_attempts",
        "lockout_relinquished",
        "reader_offline",
        "manual_unlock",
        "door_unlocked",
        "door_locked",
        "access_granted_anonymous",
        "rex",
        "system_start",
        "system_stop",
    ],
)
def test_a_day_has_everything_worth_a_look(played: PlayedDay, kind: str) -> None:
    """Alarms and their ends, orders, lock-outs and lost readers all happen."""
    assert played.of_type(kind)


def test_a_day_is_full(played: PlayedDay) -> None:
    """Hundreds of things happen, and everybody of the roster has a part in them."""
    assert len(played.lines) >= 500
    walked = "\n".join(line for line in played.lines if "_added" not in line and "_enrolled" not in line)
    assert [person.name for person in ROSTER if person.name not in walked] == []


def test_a_lost_reader_comes_back(played: PlayedDay) -> None:
    """The cold store's reader goes and comes in the middle of the morning."""
    told = [line for line in played.lines if "cold-in" in line and "reader_" in line]
    assert [line.split()[2] for line in told] == ["reader_online", "reader_offline", "reader_online"]


def test_a_night_crosses_midnight(played: PlayedDay) -> None:
    """The night guard is granted before and after midnight, by one schedule."""
    rounds = [line for line in played.of_type("access_granted") if "Jamila Osei" in line]
    assert {line.split()[0] for line in rounds} == {"Thu", "Fri"}


def test_leaving_is_refused_to_nobody(played: PlayedDay) -> None:
    """Whose card is refused on the way in is let out by it, and the record says what was noted."""
    of_wes = [line for line in played.lines if "Wes Calloway" in line and "-" in line.split()[3]]
    assert [(line.split()[2], line.split()[3]) for line in of_wes] == [
        ("denied_credential_expired", "gate-in"),
        ("denied_credential_expired", "gate-in"),
        ("access_granted", "gate-out"),
        ("access_taken", "gate-out"),
    ]
    assert "The credential has expired." in of_wes[2]


def test_every_step_is_about_what_is_there(site: Site) -> None:
    """People, access points and doors of the day exist, and it is written in order of time."""
    acts = [step.act for step in DAY]
    assert named("who", acts) <= set(BY_HANDLE)
    assert named("point", acts) <= set(site.access_points) | set(site.muster_points)
    assert named("door", acts) <= set(site.doors)
    assert named("area", acts) <= set(site.areas)
    assert [step.time for step in DAY] == sorted(step.time for step in DAY)


def test_doors_are_named_as_the_steps_take_it(site: Site) -> None:
    """An access point's name begins with its door's, which the steps of the day rely on."""
    assert all(door_of(point.id) == point.door for point in site.access_points.values())


def test_who_follows_never_hears_of_a_shorter_record(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the rules remember changes at times without an entry, as after three o'clock; nothing shrinks."""
    heard: list[int] = []
    monkeypatch.setattr(Player, "_grown", lambda _player, seq: heard.append(seq))
    play(home, [at("03:05:00").requests_exit("floor")])
    assert len(heard) > 10
    assert heard == sorted(heard)


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (at("00:00:05").opens("gate"), "the leaf of gate is held"),
        (at("00:00:05").closes("gate"), "the leaf of gate is closed already"),
        (at("00:00:05").badge("nobody", "gate-in"), "nobody"),
        (at("00:00:05").badge("ana-marsh", "nowhere"), "nowhere"),
        (at("00:00:05").types("ana-marsh", "cage-in", Digits.PIN), "ana-marsh has no PIN"),
        (at("00:00:05").types("ana-marsh", "gate-in", Digits.CODE), "ana-marsh has no code"),
        (at("00:00:05").desk_releases("nowhere"), "there is no door"),
        (at("00:00:05").desk_orders("lift", "floor"), "There is no lockdown"),
        (at("00:00:05").begins("input.flood"), "input.flood"),
    ],
)
def test_what_cannot_happen_is_not_played(home: Home, step: Step, why: str) -> None:
    """A step that is physically impossible, or about nothing, ends the day with its name."""
    with pytest.raises(DayImpossible, match=why) as impossible:
        play(home, [step])
    assert str(step) in str(impossible.value)


def test_a_fault_of_the_door_process_spoils_the_day(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the door process merely logs, because doors must go on, is a failure here."""
    monkeypatch.setattr(PointKeeper, "card_shown", lambda _keeper, _frame: 1 / 0)
    with pytest.raises(DayImpossible, match=r"1 faults; the first: a signal of gate-in.reader"):
        play(home, [at("00:00:05").badge("ana-marsh", "gate-in")])


def test_a_failed_day_has_a_status(monkeypatch: pytest.MonkeyPatch) -> None:
    """A day that could not be played to its end exits with a status and one line."""
    monkeypatch.setattr(player, "DAY", (at("00:00:05").opens("gate"),))
    said: list[str] = []
    assert play_day(lambda _line: None, said.append) == 1
    assert len(said) == 1
    assert "the leaf of gate is held" in said[0]
