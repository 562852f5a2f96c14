from pathlib import Path

from tests.mutants.mutant import Fate, Mutant, Tally, Verdict, diff_of
from tests.mutants.page import ACCEPTED, MARK, PAGE, Reasons, plain, total, written

DOOR = "policies/door.py"
DIFF = diff_of("a = 1\nb = 2\n", "a = 1\nb =  3\n")
REASONS = Reasons(
    f'[[accepted]]\nmodule = "{DOOR}"\nchange = ["-b = 2", "+b = 3"]\nreason = "b is for nobody"\n'
)
ROWS = {
    (DOOR, "mutmut"): [Verdict(Mutant(DOOR, DIFF), Fate.SURVIVED), Verdict(Mutant(DOOR, ""), Fate.KILLED)],
    (DOOR, "us"): [Verdict(Mutant(DOOR, "-c"), Fate.TIMEOUT), Verdict(Mutant(DOOR, "-d"), Fate.STILLBORN)],
}


def test_a_timeout_is_not_killed_and_who_was_not_born_is_not_counted() -> None:
    """One of three was killed: a test that hangs has found nothing, and a broken module needs no test."""
    assert total(ROWS) == Tally(killed=1, survived=1, timeout=1, stillborn=1)
    assert total(ROWS).counted == 3
    assert round(total(ROWS).percent) == 33


def test_a_module_is_counted_by_itself() -> None:
    """A large module must not cover for a small one."""
    rows = ROWS | {("policies/decide.py", "us"): [Verdict(Mutant("policies/decide.py", ""), Fate.KILLED)]}
    assert total(rows, "policies/decide.py").percent == 100
    assert total(rows, DOOR) == total(ROWS)


def test_without_mutants_nothing_was_killed() -> None:
    """A run that found nothing to try does not pass for a good one."""
    assert total({}).percent == 0


def test_a_reason_is_found_by_what_changed() -> None:
    """Neither the line a fault stands in nor the blanks around it matter."""
    assert REASONS.of(Mutant(DOOR, DIFF)) == "b is for nobody"
    assert REASONS.of(Mutant("policies/decide.py", DIFF)) is None


def test_a_reason_for_nobody_is_named() -> None:
    """When a mutant is killed at last, its excuse has to go."""
    assert REASONS.idle([Verdict(Mutant(DOOR, DIFF), Fate.SURVIVED)]) == []
    assert REASONS.idle([Verdict(Mutant(DOOR, DIFF), Fate.KILLED)]) == [f"{DOOR}: - b = 2 + b = 3"]


def test_the_page_keeps_what_stands_before_the_mark() -> None:
    """Only the figures are written anew."""
    page = written(f"By hand.\n\n{MARK}\nold", ROWS, REASONS)
    assert page.startswith(f"By hand.\n\n{MARK}\n## The last run")
    assert "| **all** |  | 3 | 1 | 1 | 1 | 1 | 33.3 |" in page
    assert "b is for nobody" in page
    assert "(timeout): no reason is written down" in page
    assert "old" not in page


def test_a_terminal_gets_the_same_figures() -> None:
    """The table is aligned, and without the signs of the page."""
    assert plain(ROWS).splitlines()[1].split() == [DOOR, "mutmut", "2", "1", "1", "0", "0", "50.0"]


def test_the_real_page_has_its_mark_and_every_excuse_can_be_read() -> None:
    """A page without the mark would lose its figures' place."""
    assert MARK in PAGE.read_text(encoding="utf-8")
    assert Reasons(ACCEPTED.read_text(encoding="utf-8")).of(Mutant(DOOR, "-a")) is None


def test_a_difference_has_no_names_of_files() -> None:
    """One line around it is enough to find it again."""
    assert DIFF == "@@ -1,2 +1,2 @@\n a = 1\n-b = 2\n+b =  3"


def test_paths_are_those_of_the_project() -> None:
    """The tools are started from the top of the project."""
    assert not Path(PAGE).is_absolute()
