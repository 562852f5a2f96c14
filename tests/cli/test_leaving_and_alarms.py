"""Leavers, alarms, levels and the muster, by commands."""

import json

import pytest

from accessctl.link.answers import Levels
from accessctl.link.requests import AskLevels
from tests.api.running import RunningApi
from tests.api.test_levels import CAGE
from tests.cli.conftest import Run
from tests.homes import Recording


def test_a_leaver_is_let_go(api: RunningApi, run: Run) -> None:
    """What was taken is printed; the second time there was nothing any more."""
    person = api.new_person("Lena Goes")
    done = run("people", "leave", "Lena Goes")
    assert done.exit_code == 0, done.stderr
    assert f"{person} has left" in done.stderr
    assert "disabled now" in done.stdout
    again = run("people", "leave", person, "--json")
    assert not json.loads(again.stdout)["disabled"]
    assert f"{person} had nothing any more" in run("people", "leave", person).stderr


def test_deleting_asks_for_the_id(api: RunningApi, run: Run) -> None:
    """Whoever types something else has changed nothing."""
    person = api.new_person("Dora Gone")
    refused = run("people", "delete", "Dora Gone", input="yes\n")
    assert refused.exit_code == 1
    assert "nothing was changed" in refused.stderr
    assert api.http.get(f"/people/{person}").status_code == 200
    done = run("people", "delete", "Dora Gone", input=f"{person}\n")
    assert done.exit_code == 0, done.stderr
    assert "nothing found" in done.stdout
    assert api.http.get(f"/people/{person}").status_code == 404


def test_deleting_can_be_told_not_to_ask(api: RunningApi, run: Run) -> None:
    """For scripts, which have asked somebody before."""
    person = api.new_person("Sid Script")
    done = run("people", "delete", person, "--yes", "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["person"] == person


def test_an_alarm_is_listed_shown_and_acknowledged(api: RunningApi, run: Run) -> None:
    """With a note that is shown to whoever reads it."""
    recording = Recording(api.home)
    number = recording.add("break_glass", door="gate", reason="Used.")
    recording.close()
    assert "break_glass" in run("alarms", "list").stdout
    done = run("alarms", "acknowledge", str(number), "--note", "It was a drill.")
    assert done.exit_code == 0, done.stderr
    assert f"alarm {number}" in done.stderr
    assert "It was a drill." in run("alarms", "show", str(number)).stdout
    assert json.loads(run("alarms", "list", "--json").stdout) == []
    (alarm,) = json.loads(run("alarms", "list", "--state", "acknowledged", "--json").stdout)
    assert alarm == json.loads(run("alarms", "show", str(number), "--json").stdout)
    unknown = run("alarms", "acknowledge", "999999")
    assert (unknown.exit_code, "there is no alarm 999999" in unknown.stderr) == (1, True)


def test_levels_are_listed_and_shown(api: RunningApi, run: Run) -> None:
    """Where and when, and how many have each."""
    with api.peer.answering(AskLevels, Levels([CAGE], 1)):
        assert "cage" in run("levels", "list").stdout
        shown = run("levels", "show", "cage").stdout
        assert json.loads(run("levels", "show", "cage", "--json").stdout)["id"] == "cage"
    assert "on day" in shown
    assert "gate-in" in shown


def test_what_is_lent_is_listed(api: RunningApi, run: Run) -> None:
    """With whose it is."""
    person = api.new_person("Lou Lent")
    body = {"level": "cage", "valid_until": "2096-03-31T18:00:00+02:00"}
    api.http.post(f"/people/{person}/temporary-access", json=body)
    (lent,) = json.loads(run("levels", "lent", "--person", "Lou Lent", "--json").stdout)
    assert (lent["person"], lent["level"]) == (person, "cage")
    assert person in run("levels", "lent", "--level", "cage").stdout


@pytest.mark.parametrize(
    ("words", "has"),
    [
        (("roles", "list"), "picker"),
        (("groups", "list"), "acme"),
        (("qualifications", "list"), "forklift"),
        (("modes", "list"), "held_open"),
    ],
)
@pytest.mark.usefixtures("api")
def test_what_a_site_has_is_listed(run: Run, words: tuple[str, ...], has: str) -> None:
    """As a table, and for programs."""
    assert has in run(*words).stdout
    assert has in json.dumps(json.loads(run(*words, "--json").stdout))


@pytest.mark.usefixtures("api")
def test_without_a_muster_nobody_is_missing(run: Run) -> None:
    """That is a finding for whoever asked, and no table."""
    done = run("muster", "missing")
    assert (done.exit_code, "no muster is going on" in done.stderr) == (1, True)
    assert not json.loads(run("muster", "missing", "--json").stdout)["running"]
