"""The text somebody works on: what is different, what is wrong, what may be done with it, what is kept."""

import stat
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from accessctl.tui.rules.diff import DiffLine, Sign, counts, diff_of, how_much
from accessctl.tui.rules.draft import Draft, remarks_of
from accessctl.tui.rules.editor_words import standing_of
from accessctl.tui.rules.history_rows import former_of
from accessctl.tui.rules.kept import Keeper, KeptText
from accessctl.tui.rules.rehearsal_rows import COLUMNS, details_of, rows_of, summary_of

SOUND: dict[str, Any] = {"valid": True, "revision": "0" * 12, "problems": [], "findings": []}
RESULT: dict[str, Any] = {
    "since": "2026-03-01T00:00:00+00:00",
    "summary": ["1 person, 2 entries would have been refused"],
    "played": 2,
    "left_out": {"by hand": 1},
    "differences": [
        {
            "person": "p-1",
            "name": None,
            "door": "gate",
            "access_point": "gate-in",
            "would": "refused",
            "reason": "No level.",
            "entries": 2,
            "first": "2026-03-02T08:00:00+00:00",
            "last": "2026-03-03T08:00:00+00:00",
        }
    ],
    "rights_now": [{"person": "p-1", "name": "Ida Holm", "gains": ["a"], "loses": ["b", "c"]}],
}


def a_draft(text: str = "a = 2\n") -> Draft:
    """Give one that was looked through and rehearsed."""
    return Draft("a = 1\n", "1" * 12, text, checked=(text, SOUND), rehearsed=(text, RESULT))


def test_a_text_that_was_rehearsed_may_be_applied() -> None:
    """It is sound, another one, and this very text was rehearsed."""
    assert a_draft().why_not_apply() is None


def test_a_single_character_makes_the_rehearsal_count_no_more() -> None:
    """And it counts again when the text is the same again."""
    draft = a_draft()
    draft.text = "a = 2 \n"
    draft.checked = (draft.text, SOUND)
    assert "rehearsed first" in str(draft.why_not_apply())
    draft.text = "a = 2\n"
    draft.checked = (draft.text, SOUND)
    assert draft.why_not_apply() is None


def test_what_is_wrong_or_unchanged_or_not_looked_through_is_neither_rehearsed_nor_applied() -> None:
    """Each time it is said why."""
    same = a_draft("a = 1\n")
    assert "Nothing is changed" in str(same.why_not_apply())
    wrong = a_draft()
    wrong.checked = (wrong.text, {**SOUND, "valid": False})
    assert "mistakes" in str(wrong.why_not_rehearse())
    wrong.checked = None
    assert "looked through" in str(wrong.why_not_rehearse())


def test_other_rules_beneath_it_want_another_rehearsal() -> None:
    """What was compared with rules that are gone proves nothing."""
    draft = a_draft()
    draft.rebase("a = 3\n", "2" * 12)
    assert draft.rehearsal is None
    assert draft.revision == "2" * 12


def test_what_waits_for_a_second_operator_is_not_unsaved() -> None:
    """It is kept with the approval, so nobody is asked to keep it."""
    draft = a_draft()
    assert draft.unsaved
    draft.asked_for = draft.text
    assert not draft.unsaved
    assert "second operator" in standing_of(draft, "", read_only=False)


def test_remarks_come_worst_first_each_at_its_line() -> None:
    """A problem before a note, and each where its key is."""
    text = "[a]\nx = 1\n[b]\ny = 2\n"
    checked = {
        "problems": [{"path": "b.y", "what": "is wrong"}],
        "findings": [
            {"severity": "note", "path": "a.x", "what": "is odd"},
            {"severity": "danger", "path": "b.z", "what": "kills"},
            {"severity": "unheard-of", "path": "nowhere", "what": "is new"},
        ],
    }
    found = [(remark.severity, remark.place.line) for remark in remarks_of(text, checked)]
    assert found == [("problem", 4), ("danger", 3), ("note", 2), ("unheard-of", 1)]


def test_a_difference_has_signs_and_numbers() -> None:
    """What went, what came, and what stands around it."""
    lines = diff_of("a\nb\nc\n", "a\nx\nc\n", around=1)
    assert lines == [
        DiffLine(Sign.SAME, "a", 1, 1),
        DiffLine(Sign.REMOVED, "b", before=2),
        DiffLine(Sign.ADDED, "x", after=2),
        DiffLine(Sign.SAME, "c", 3, 3),
    ]
    assert counts(lines) == (1, 1)


def test_equal_texts_are_not_different_and_line_ends_are() -> None:
    """A change that cannot be seen is not shown as none."""
    assert diff_of("a\n", "a\n") == []
    assert diff_of("a\n", "a") != []


_TEXTS = st.lists(st.sampled_from(["a", "b", "", "[x]"]), max_size=30).map("\n".join)


@given(_TEXTS, _TEXTS, st.integers(0, 3))
def test_what_was_removed_stood_there_and_what_was_added_stands_there_now(
    before: str, after: str, around: int
) -> None:
    """Every number in a difference is that of its line."""
    old, new = before.splitlines(), after.splitlines()
    for line in diff_of(before, after, around):
        assert line.before is None or old[line.before - 1] == line.text
        assert line.after is None or new[line.after - 1] == line.text


@given(_TEXTS, _TEXTS)
def test_how_much_was_changed_adds_up(before: str, after: str) -> None:
    """What came and what went make the one text of the other."""
    came, went = how_much(before, after)
    assert len(before.splitlines()) + came - went == len(after.splitlines())
    assert how_much(before, before) == (0, 0)


def test_the_former_revision_is_the_next_older_text() -> None:
    """The same text put there twice is no former one."""
    revisions = [{"revision": name} for name in ("c", "c", "b", "c", "a")]
    assert former_of(revisions) == {"revision": "b"}
    assert former_of(revisions, 3) == {"revision": "a"}
    assert former_of(revisions, 4) is None


def test_a_rehearsal_is_told_in_sums_and_rows() -> None:
    """Whose rights change at this instant, then what would have been decided otherwise."""
    rows = [[cell if isinstance(cell, str) else cell.text for cell in row] for row in rows_of(RESULT)]
    assert [row[:4] for row in rows] == [
        ["-", "Ida Holm", "", "loses now"],
        ["+", "Ida Holm", "", "gains now"],
        ["✗", "p-1", "gate-in", "been refused"],
    ]
    assert all(len(row) == len(COLUMNS) for row in rows)
    told = "\n".join(summary_of(RESULT))
    assert "2 entries were decided anew" in told
    assert "by hand: 1" in told
    assert "No level." in details_of(rows_of(RESULT)[2])


def test_unfinished_text_is_kept_for_its_operator_alone(tmp_path: Path) -> None:
    """Nobody else's account reads it, and no other operator is offered it."""
    keeper, other = Keeper(tmp_path, "kade-1", "local:vera"), Keeper(tmp_path, "kade-1", "../ida")
    kept = KeptText("a = 1\n", "1" * 12, "2026-03-02T09:00:00+00:00")
    assert keeper.keep(kept)
    assert keeper.find() == kept
    assert other.find() is None
    assert [stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()] == [0o600]
    keeper.drop()
    assert keeper.find() is None


def test_a_disk_that_takes_nothing_is_told_by_false(tmp_path: Path) -> None:
    """The text is still on the screen."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert not Keeper(blocked, "kade-1", "vera").keep(KeptText("a", "1", "2"))
    garbled = Keeper(tmp_path, "kade-1", "vera")
    garbled.keep(KeptText("a", "1", "2"))
    next(tmp_path.glob("site-file-*.json")).write_text('{"text": 1}')
    assert garbled.find() is None
