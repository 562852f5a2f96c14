"""Questions about the rules in force, as the process that answers them is asked."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from accessctl.config.last_good import keep_as_last_good
from accessctl.home import Home
from accessctl.link.answers import Done, Status
from accessctl.link.requests import AskStatus, GiveOrder, OrderKind
from policies.people import CardStatus, Validity
from tests.door.site import SITE
from tests.door.story import NOON, Story
from tests.foresight.conftest import ALICE, ask, ended, new_story, passes
from tests.foresight.rules import RULES

HOUR = timedelta(hours=1)


def explained(home: Home, person: str, point: str, **about: object) -> dict[str, Any]:
    return ask(home, "explain", person=person, access_point=point, **about)


def able(home: Home, point: str, **about: object) -> list[str]:
    found = ask(home, "who_can", access_point=point, **about)
    return [person["id"] for person in found["people"]]


def points(home: Home, person: str, **about: object) -> list[str]:
    found = ask(home, "what_can", person=person, **about)
    return [point["id"] for point in found["access_points"]]


def status(story: Story) -> dict[str, Any]:
    """Give what the door process says of itself, as the API hands it on."""
    said = story.ask(AskStatus())
    assert isinstance(said, Status)
    return {"rules": said.rules, "doors": said.doors, "site_state": said.site_state}


# -------------------------------------------------------------------------------------------- explain


def test_a_grant_is_explained(worked: Home) -> None:
    """Every check is named in order, what is shown is named, and nothing is awaited."""
    found = explained(worked, "alice", "cage-in")
    assert (found["outcome"], found["shown"]) == ("granted", ["card", "pin"])
    assert (found["refused_by"], found["next_granted"]) == (None, None)
    assert [check["check"] for check in found["checks"]][:2] == ["request stands", "card is active"]
    assert all(check["passed"] for check in found["checks"])


def test_a_refusal_is_explained(worked: Home) -> None:
    """The check that refuses is named, with its words and with when it would be granted."""
    found = explained(worked, "alice", "front-in", at=(NOON + 7 * HOUR).isoformat())
    assert (found["outcome"], found["event"]) == ("refused", "denied_out_of_time_range")
    assert found["refused_by"] == "level covers point"
    assert found["next_granted"] == "2026-03-18T06:00:00+00:00"
    (no,) = [check for check in found["checks"] if not check["passed"]]
    assert no["objection"] == found["reason"]


def test_who_lacks_a_factor_is_refused_for_it(worked: Home) -> None:
    """Bob has no PIN, and no time gives him one."""
    found = explained(worked, "bob", "cage-in")
    assert (found["refused_by"], found["next_granted"]) == ("pin may be tried", None)


def test_of_several_cards_the_one_that_lets_pass_is_taken(tmp_path: Path) -> None:
    """A card that is not valid yet keeps nobody out who has another one."""
    story = new_story(tmp_path)
    later = story.office.card("bob", bytes(range(7)), start=NOON + 48 * HOUR)
    first = explained(story.home, "bob", "front-in")
    assert first["outcome"] == "granted"
    assert first["credential"] != later
    story.office.writer.change_card_status(first["credential"], CardStatus.LOST, "tester")
    found = explained(story.home, "bob", "front-in")
    assert (found["credential"], found["refused_by"]) == (later, "card is valid")
    assert found["next_granted"] == (NOON + 48 * HOUR).isoformat()
    assert points(ended(story), "bob") == ["front-out"]


def test_a_wait_after_wrong_pins_is_known(tmp_path: Path) -> None:
    """Who typed five wrong PINs is refused where one is asked for, until the wait is over."""
    story = new_story(tmp_path)
    for _ in range(5):
        story.badge("cage-in", ALICE).keys("cage-in", "1111#").after(1)
    found = explained(story.home, "alice", "cage-in", now=story.clock.now())
    assert found["refused_by"] == "pin may be tried"
    assert found["next_granted"] == (NOON + timedelta(seconds=64)).isoformat()
    assert "alice" not in able(story.home, "cage-in", now=story.clock.now())
    assert "alice" in able(ended(story), "cage-in", now=NOON + HOUR)


@pytest.mark.parametrize(
    ("what", "about"),
    [
        ("explain", {"person": "nobody", "access_point": "front-in"}),
        ("explain", {"person": "alice", "access_point": "moon-in"}),
        ("who_can", {"access_point": "moon-in"}),
        ("what_can", {"person": "nobody"}),
    ],
)
def test_what_is_not_there_is_said(worked: Home, what: str, about: dict[str, str]) -> None:
    """A person without a card, and an access point that is not in the site file, are named."""
    found = ask(worked, what, **about)
    assert found["error"] == "unknown"
    assert set(about.values()) & set(found["words"].split())


# --------------------------------------------------------------------------------- who can, what can


def test_who_can_and_what_can_say_the_same(worked: Home) -> None:
    """Somebody can pass where they are among those who can."""
    every = ("front-in", "front-out", "cage-in", "shed-in")
    for person in ("alice", "bob", "carl"):
        assert points(worked, person) == [point for point in every if person in able(worked, point)]
    assert able(worked, "cage-in") == ["alice"]
    assert ask(worked, "who_can", access_point="cage-in")["people"] == [{"id": "alice", "name": "Alice"}]
    assert able(worked, "front-in", at=(NOON + 7 * HOUR).isoformat()) == []


def test_who_has_a_code_can_pass_where_a_code_is_asked_for(tmp_path: Path) -> None:
    """A code in somebody's head opens what asks for nothing else, also for who has no card."""
    story = new_story(tmp_path, RULES)
    story.office.person("dora")
    story.office.code("dora", "123456")
    home = ended(story)
    assert able(home, "shed-in") == ["alice", "dora"]
    assert [point for point in points(home, "dora") if point.endswith("-in")] == ["shed-in"]
    assert explained(home, "dora", "shed-in")["outcome"] == "granted"
    found = explained(home, "dora", "outer-in")
    assert (found["outcome"], found["shown"]) == ("more", ["pin"])


# -------------------------------------------------------------------------- how the site stands now


def test_who_is_inside_is_known(tmp_path: Path) -> None:
    """With hard passback nobody can enter who is inside, as the record has it."""
    story = new_story(tmp_path, RULES)
    passes(story, "front-in", ALICE)
    found = explained(ended(story), "alice", "front-in", now=NOON + HOUR)
    assert found["refused_by"] == "person is not inside already"
    assert found["next_granted"] == "2026-03-18T03:00:00+00:00"  # forgiven at three


def test_doors_stand_as_the_door_process_says(tmp_path: Path) -> None:
    """An airlock door cannot be passed while the other one is open; at another instant it is shut."""
    story = new_story(tmp_path, RULES)
    passes(story, "outer-in", ALICE)
    story.badge("outer-in", ALICE).after(1).opens("outer")
    said = status(story)
    home = ended(story)
    found = explained(home, "bob", "inner-in", status=said)
    assert (found["outcome"], found["refused_by"]) == ("refused", "interlock is shut")
    assert explained(home, "bob", "inner-in")["outcome"] == "granted"
    later = (NOON + HOUR).isoformat()
    assert explained(home, "bob", "inner-in", status=said, at=later)["outcome"] == "granted"


def test_a_lockdown_and_a_lost_device_are_known(tmp_path: Path) -> None:
    """What is in force now counts now, and what was ordered counts until it is lifted."""
    strict = RULES.replace("[doors.lab]", 'degraded = { on_battery = "refuse" }\n\n[doors.lab]', 1)
    story = new_story(tmp_path, strict)
    story.sets("input.mains", active=True)
    found = explained(story.home, "bob", "front-in", status=status(story))
    assert found["refused_by"] == "devices allow it"
    assert isinstance(story.ask(GiveOrder("o", "ana", OrderKind.LOCKDOWN, area="hall")), Done)
    home = ended(story)
    tomorrow = (NOON + 24 * HOUR).isoformat()
    assert explained(home, "bob", "front-in", at=tomorrow)["refused_by"] == "lockdown lets pass"
    assert explained(home, "bob", "outer-in", at=tomorrow)["outcome"] == "granted"


def test_a_mode_by_schedule_holds_at_its_hours(tmp_path: Path) -> None:
    """A door that its schedule blocks is blocked at that hour, and passable after it."""
    blocked = RULES.replace('mode = "unlocked", schedule', 'mode = "blocked", schedule')
    home = ended(new_story(tmp_path, blocked))
    found = explained(home, "alice", "shed-in", at=(NOON + 3 * HOUR).isoformat())
    assert found["refused_by"] == "door is not blocked"
    assert found["next_granted"] == (NOON + 5 * HOUR).isoformat()


def test_the_rules_are_those_that_the_door_process_goes_by(tmp_path: Path) -> None:
    """A site file that was changed and not loaded yet decides nothing; without a door process it would."""
    story = new_story(tmp_path)
    said = status(story)
    home = ended(story)
    keep_as_last_good(home)
    home.site_file.write_text(SITE.replace("shed-in", "barn-in"))
    assert "shed-in" in points(home, "bob", status=said)
    assert "barn-in" in points(home, "bob")
    home.site_file.write_text("nonsense")
    assert "shed-in" in points(home, "bob", status=said)
    assert "shed-in" in points(home, "bob")
    home.last_good_site.write_text("nonsense")
    home.site_file.write_text(SITE.replace("shed-in", "barn-in"))
    assert "barn-in" in points(home, "bob", status=said)
    home.site_file.unlink()
    assert ask(home, "what_can", person="bob")["error"] == "site_invalid"


@pytest.mark.parametrize("gone", ["people.db", "record.db"])
def test_without_a_store_nothing_is_answered(worked: Home, tmp_path: Path, gone: str) -> None:
    """A store that cannot be read is named, and no answer is made up."""
    shutil.copytree(worked.path, tmp_path / "home")
    (tmp_path / "home" / gone).unlink()
    found = ask(Home(tmp_path / "home"), "who_can", access_point="front-in")
    assert found["error"] == "store_unavailable"
    assert gone in found["words"]


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Story]:
    story = new_story(tmp_path)
    yield story
    ended(story)


def test_people_before_their_time_are_listed_then(bare: Story) -> None:
    """Who begins on Monday is on Monday's list and not on today's."""
    start = NOON + timedelta(days=6)
    bare.office.person("emma", start=start)
    bare.office.card("emma", bytes(range(4)))
    assert "emma" not in able(bare.home, "front-in")
    assert "emma" in able(bare.home, "front-in", at=start.isoformat())
    assert Validity(start).refusal_at(start) is None


def test_the_process_answers_on_stdout(worked: Home) -> None:
    """Asked as a process of its own it reads one object, writes one, and ends."""
    question = {"ask": "what_can", "now": NOON.isoformat(), "person": "alice"}
    done = subprocess.run(
        [sys.executable, "-m", "accessctl.foresight", str(worked.path)],
        input=json.dumps(question).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    assert json.loads(done.stdout) == ask(worked, "what_can", person="alice")
