"""The line above: what people's lives may depend on first, and nothing that is not known."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from accessctl.tui.banner import banner_words
from accessctl.tui.standing import Silent, Standing

AREAS = [{"id": f"a{number}", "name": f"Area number {number}"} for number in range(6)]
WIDE = 1000


def standing(**site: Any) -> Standing:  # noqa: ANN401 - any field of the answer
    return Standing(status={"doors": []}, site={"areas": AREAS, **site}, trouble=None)


def test_a_muster_stands_before_areas_however_many_are_locked_down() -> None:
    """They are named where there is room, and counted where there is none."""
    found = standing(muster=True, emergency=["gate"], lockdowns={area["id"]: "maria" for area in AREAS})
    wide, narrow = banner_words(found, WIDE), banner_words(found, 76)
    assert wide.startswith("EMERGENCY: doors are free · MUSTER going on · LOCKED DOWN: Area number 0, Area")
    assert narrow == "EMERGENCY: doors are free · MUSTER going on · LOCKED DOWN: 6 areas"


def test_a_site_that_is_locked_down_is_never_counted_as_one_area() -> None:
    """It is all of them."""
    found = standing(lockdowns={"site": "maria", "a1": "maria"})
    assert banner_words(found, WIDE) == "LOCKED DOWN: the whole site, Area number 1"
    assert banner_words(found, 10) == "LOCKED DOWN: the whole site"


def test_nothing_is_said_while_all_is_as_usual() -> None:
    """The line is not there then."""
    assert not banner_words(standing(), WIDE)


def test_doors_are_said_to_go_on_only_where_the_api_alone_is_away() -> None:
    """Without its door process nobody decides at a door; and of any other trouble neither is known."""
    lost = replace(standing(), trouble="why", known_at=datetime(2026, 3, 1, 12, tzinfo=UTC))
    said = {silent: banner_words(replace(lost, silent=silent), WIDE) for silent in Silent}
    assert all("NO ANSWER" in words and words.endswith("why") for words in said.values())
    assert [silent for silent in Silent if "doors go on" in said[silent]] == [Silent.API]
    assert [silent for silent in Silent if "no badge counts" in said[silent]] == [Silent.DOORS]
