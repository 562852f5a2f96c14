"""What a change of the site file would have changed, on a record that a door process has written."""

from pathlib import Path

import pytest

from accessctl.home import Home
from tests.door.site import SITE
from tests.door.story import NOON, Story
from tests.foresight.conftest import ALICE, BOB, ask, ended, new_story, passes, rehearsed

TILL_FOUR = SITE.replace('from = "06:00", to = "18:00"', 'from = "06:00", to = "16:00"')
WAY_IN = 'to = "hall"\ndirection = "in"'
WITH_PIN = SITE.replace(WAY_IN, WAY_IN + '\nasks = "card_and_pin"')
WITHOUT_IN = SITE.replace("front-in]", "side-in]").replace('"front-in"', '"side-in"')
HARD = SITE.replace('name = "Hall"', 'name = "Hall"\npassback = "hard"')
IN_PAIRS = SITE.replace('name = "Hall"', 'name = "Hall"\ntogether = { persons = 2, within_s = 20 }')
FREE = SITE.replace(WAY_IN, WAY_IN + '\nasks = "nothing"')


def rows(found: dict[str, object]) -> list[tuple[object, ...]]:
    differences: list[dict[str, object]] = found["differences"]  # type: ignore[assignment]
    return [(row["person"], row["access_point"], row["would"], row["entries"]) for row in differences]


def test_a_stricter_file_would_have_refused(worked: Home) -> None:
    """Hours that end at four: who came in after that is counted, by person, door and reason, and in words."""
    found = rehearsed(worked, TILL_FOUR)
    assert found["summary"] == ["3 people, 41 entries would have been refused"]
    assert found["refused"] == {"people": 3, "entries": 41}
    assert rows(found) == [
        ("alice", "front-in", "refused", 20),
        ("bob", "front-in", "refused", 15),
        ("carl", "front-in", "refused", 6),
    ]
    first = found["differences"][0]
    assert (first["name"], first["door"]) == ("Alice", "front")
    assert first["reason"] == "The person's access levels do not cover this access point at this time."
    assert first["first"] < first["last"]
    assert found["played"] == 2 * 44


def test_the_same_file_changes_nothing(worked: Home) -> None:
    """Rules that are as they were answer every badge as it was answered."""
    found = rehearsed(worked, SITE + "\n# the same, with a word more\n")
    assert found["summary"] == ["Nothing that is in the record would have gone otherwise."]
    assert (found["differences"], found["rights_now"]) == ([], [])
    assert found["rules"] != found["proposed"]


def test_more_factors_are_asked_for_and_refuse_who_lacks_them(worked: Home) -> None:
    """Alice, who has a PIN, would have been asked for it; the others would have been refused."""
    found = rehearsed(worked, WITH_PIN)
    assert found["summary"] == [
        "2 people, 23 entries would have been refused",
        "1 person, 21 entries would have been asked for another factor",
    ]
    reasons = {row["person"]: row["reason"] for row in found["differences"]}
    assert reasons["alice"] == "The card is good; a PIN is wanted as well."
    assert reasons["bob"] == "A PIN is asked for here and this person has none."


def test_a_point_that_is_gone_is_said_as_such(worked: Home) -> None:
    """An access point that the proposed file does not have any more refuses nobody: it is gone."""
    found = rehearsed(worked, WITHOUT_IN)
    assert found["summary"] == ["3 people, 44 entries used an access point that would be gone"]
    assert {row["would"] for row in found["differences"]} == {"gone"}


def test_rights_now_are_compared_too(worked: Home) -> None:
    """Who would gain or lose an access point at this instant is named, whoever badged or not."""
    found = rehearsed(worked, WITHOUT_IN)
    assert [(row["person"], row["gains"], row["loses"]) for row in found["rights_now"]] == [
        (person, ["side-in"], ["front-in"]) for person in ("alice", "bob", "carl")
    ]
    assert found["rights_now"][0]["name"] == "Alice"


def test_only_what_is_asked_for_is_played(worked: Home) -> None:
    """Nothing that happened before the given instant is looked at."""
    since = NOON.replace(hour=15)
    found = rehearsed(worked, WITHOUT_IN, since)
    assert found["gone"] == {"people": 3, "entries": 41}


def test_a_looser_file_would_have_granted(story: Story) -> None:
    """Who was refused by night would have come in by a file that ends later."""
    story.after(7 * 3600)
    passes(story, "front-in", ALICE)
    found = rehearsed(ended(story), SITE.replace('to = "18:00"', 'to = "22:00"'))
    assert found["summary"] == ["1 person, 1 entry would have been granted"]
    assert rows(found) == [("alice", "front-in", "granted", 1)]


def test_passback_follows_the_leaves(story: Story) -> None:
    """With hard passback the second entry without an exit would have been refused, and no other."""
    passes(story, "front-in", ALICE)
    passes(story, "front-in", BOB)
    passes(story, "front-out", BOB)
    passes(story, "front-in", BOB)
    passes(story, "front-in", ALICE)
    story.badge("front-in", ALICE).after(30)  # and does not go in
    found = rehearsed(ended(story), HARD)
    assert rows(found) == [("alice", "front-in", "refused", 2)]


def test_company_would_have_been_waited_for(story: Story) -> None:
    """Where two have to open together, each who came alone would have had to wait for somebody."""
    passes(story, "front-in", ALICE)
    found = rehearsed(ended(story), IN_PAIRS)
    assert found["summary"] == ["1 person, 1 entry would have had to wait for another person or another door"]


def test_who_opened_together_is_counted_once(tmp_path: Path) -> None:
    """Two who opened together would each have been granted at once, and once, by a file without that rule."""
    story = new_story(tmp_path, IN_PAIRS)
    story.badge("front-in", ALICE).after(2).badge("front-in", BOB).after(1).opens("front").closes("front")
    assert story.types().count("access_granted") == 2
    found = rehearsed(ended(story), SITE)
    assert rows(found) == [("alice", "front-in", "granted", 1)]


def test_a_free_way_that_would_ask_is_nobodys_in_particular(tmp_path: Path) -> None:
    """Where nobody was asked, the entries would have been refused, and nobody knows whose they were."""
    free = FREE.replace('reader = { kind = "simulated" }', "button = { gpio = 5 }", 1)
    story = new_story(tmp_path, free)
    story.sets("front-in.button", active=True).after(1).sets("front-in.button", active=False)
    assert "access_granted_anonymous" in story.types()
    found = rehearsed(ended(story), SITE)
    assert found["summary"] == ["Nobody in particular, 1 entry would have been refused"]
    assert found["refused"] == {"people": 0, "entries": 1}
    assert found["differences"][0]["person"] is None


def test_what_cannot_be_played_is_counted(story: Story) -> None:
    """An unknown card is left out, and said to be."""
    story.badge("front-in", bytes.fromhex("04DEADBEEF0102")).after(1)
    story.badge("front-out", bytes.fromhex("04DEADBEEF0102")).after(1)
    found = rehearsed(ended(story), TILL_FOUR)
    assert found["played"] == 0
    assert found["left_out"] == {
        "The card is not in the store any more, or never was.": 1,
        "The card is not known here.": 1,
    }


def test_a_wrong_pin_stays_wrong(story: Story) -> None:
    """Who typed a wrong PIN is refused by both, unless the proposed file asks for none."""
    story.badge("cage-in", ALICE).keys("cage-in", "1111#").after(1)
    home = ended(story)
    assert rows(rehearsed(home, TILL_FOUR)) == []
    found = rehearsed(home, SITE.replace('asks = "card_and_pin"\n', ""))
    assert rows(found) == [("alice", "cage-in", "granted", 1)]


@pytest.mark.parametrize("crash", [False, True])
def test_a_restart_forgets_what_a_restart_forgets(story: Story, *, crash: bool) -> None:
    """Who was inside before a restart is inside after it, by both rule books."""
    passes(story, "front-in", ALICE)
    story.restart(crash=crash).after(5)
    passes(story, "front-in", ALICE)
    found = rehearsed(ended(story), HARD)
    assert rows(found) == [("alice", "front-in", "refused", 1)]


def test_a_file_that_is_wrong_is_refused(worked: Home) -> None:
    """A proposed file with mistakes is answered with every one of them."""
    found = ask(worked, "rehearse", site="nonsense = 1", since=NOON.isoformat())
    assert found["error"] == "site_invalid"
    assert {problem["path"] for problem in found["problems"]} >= {"nonsense", "site"}


def test_an_empty_record_says_nothing(tmp_path: Path) -> None:
    """Where nothing happened, nothing would have gone otherwise."""
    found = rehearsed(ended(new_story(tmp_path)), TILL_FOUR, since=NOON.replace(year=2030))
    assert (found["played"], found["differences"]) == (0, [])
