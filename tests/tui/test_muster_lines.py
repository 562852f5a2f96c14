"""The muster page without a screen: its lines, its ticks, and the list that is kept."""

from datetime import timedelta
from pathlib import Path

import pytest

from accessctl.muster_sheet.view import view_of
from accessctl.tui.muster.head import age_words, bar, heading
from accessctl.tui.muster.keeping import KeptList
from accessctl.tui.muster.rows import Lines, airy, lines_of
from accessctl.tui.muster.ticks import Ticks
from tests.muster_sheet.answering import ANA, BEN, CARA, NAMES, answers, at, exit_request, muster, stay

WHOLE = answers(
    stay(ANA), stay(BEN, "office"), stay(CARA), going_on=muster([BEN, CARA], [ANA]), events=(exit_request(5),)
)


def said(lines: list) -> list[str]:  # type: ignore[type-arg]
    return [each.heading or (each.person.person if each.person else "") for each in lines]


def test_the_missing_stand_in_their_areas_and_the_safe_below() -> None:
    """Whoever is safe is no longer looked for, and is still on the list."""
    assert said(lines_of(view_of(WHOLE))) == ["Warehouse floor", BEN, CARA, "Safe", ANA]


@pytest.mark.parametrize(
    ("typed", "found"),
    [("ben", [BEN]), ("WAREHOUSE ito", [CARA]), ("p-ana", [ANA]), ("nobody", []), ("  ", [BEN, CARA, ANA])],
)
def test_typing_narrows_the_lines(typed: str, found: list[str]) -> None:
    """By name, pseudonym and area; a heading without anybody is left out."""
    lines = lines_of(view_of(WHOLE), typed)
    assert [each.person.person for each in lines if each.person] == found
    assert found or not lines


def test_headings_have_room_where_there_is_room() -> None:
    """An empty line before each but the first."""
    lines = lines_of(view_of(WHOLE))
    assert airy(lines, 6) == lines
    assert said(airy(lines, 7)) == ["Warehouse floor", BEN, CARA, "", "Safe", ANA]


def test_every_row_has_a_cell_for_every_column() -> None:
    """Headings, and each kind of person."""
    lines = Lines(lines_of(view_of(WHOLE)), at(61))
    assert {len(lines.row(place)) for place in range(len(lines))} == {7}


def test_the_bar_is_full_only_when_everybody_is_safe() -> None:
    """Nine hundred and ninety-nine of a thousand is not all."""
    assert len(set(bar(999, 1000, 20))) == 2
    assert len(set(bar(3, 3, 20))) == 1
    assert "░" in heading(view_of(WHOLE), at(61), 100)
    assert "░" not in heading(view_of(WHOLE), at(61), 60)


def test_an_old_list_says_since_when_and_why() -> None:
    """After a few seconds without a new one, and at once when it could not be had."""
    view = view_of(WHOLE)
    assert age_words(view, at(60), None)[1] is False
    assert "NOT UPDATED SINCE (1 min 00 s)" in age_words(view, at(61), None)[0]
    words, old = age_words(view, at(60), "nobody answers")
    assert old
    assert words.endswith("nobody answers")


def test_a_tick_is_kept_until_the_controller_says_it_itself() -> None:
    """An answer that was asked for before it was sent says nothing of it."""
    ticks, view = Ticks(), view_of(WHOLE)
    ben = next(each for each in view.people if each.person == BEN)
    assert ticks.add(view, ben, at(60), "vera")
    assert not ticks.add(view, ben, at(60), "vera")
    [tick] = [next(ticks.unsent())]
    ticks.sent(tick, at(60) + timedelta(seconds=1))
    assert list(ticks.unsent()) == []
    assert ticks.settle(WHOLE) == []
    assert [each.person for each in ticks.shown()] == [BEN]
    later = answers(going_on=muster([CARA], [ANA, BEN]))
    assert ticks.settle(type(later)(at(62), later.muster)) == []
    assert ticks.shown() == []


def test_who_is_safe_is_not_ticked_again() -> None:
    """A key that is pressed once too often does nothing."""
    view = view_of(WHOLE)
    assert not Ticks().add(view, next(each for each in view.people if each.person == ANA), at(60), "vera")


def test_ticks_of_another_muster_are_given_up_and_named() -> None:
    """Who was safe an hour ago may be missing now."""
    ticks, view = Ticks(), view_of(WHOLE)
    ticks.add(view, next(each for each in view.people if each.person == BEN), at(60), "vera")
    ticks.could_not_send()
    assert ticks.waiting == 1
    assert [each.shown for each in ticks.settle(answers(going_on=muster([BEN], minutes=59)))] == [NAMES[BEN]]
    assert ticks.shown() == []


def test_a_list_that_was_kept_is_the_list_that_was_shown(tmp_path: Path) -> None:
    """For the same operator only, for a day, and readable by nobody else on the machine."""
    kept = KeptList(tmp_path / "state", "vera/../x")
    kept.keep(WHOLE, view_of(WHOLE))
    assert {each.name for each in (tmp_path / "state").iterdir()} == {
        f"muster-vera_.._x.{kind}" for kind in ("json", "txt", "html")
    }
    assert all(each.stat().st_mode & 0o077 == 0 for each in (tmp_path / "state").iterdir())
    again = kept.read(at(70))
    assert again is not None
    assert view_of(again) == view_of(WHOLE)
    assert KeptList(tmp_path / "state", "otto").read(at(70)) is None
    assert kept.read(at(60 * 26)) is None
    assert list((tmp_path / "state").iterdir()) == []


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"at": 3}', '{"at": "2026-03-02T13:00:00+00:00", "x": 1}'])
def test_a_kept_list_that_is_broken_is_none(tmp_path: Path, text: str) -> None:
    """The page asks for a new one."""
    (tmp_path / "muster-vera.json").write_text(text)
    assert KeptList(tmp_path, "vera").read(at(0)) is None
