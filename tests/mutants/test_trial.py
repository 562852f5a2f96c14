"""Each test starts a process that forks others: the children of this process belong to other tests."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOUND = "LIMIT = 5\n"
PROJECT = {
    "rules/__init__.py": "",
    "rules/limits.py": SOUND,
    "test_limits.py": "def test_limit():\n    from rules.limits import LIMIT\n    assert LIMIT == 5\n",
    "test_other.py": "def test_other():\n    from rules import limits\n    assert limits.LIMIT != 5.5\n",
}
TRY = """
import sys
from tests.mutants.trial import Trial, fates
trial = Trial("rules/limits.py", ("test_limits.py",), ("test_other.py",))
print({index: fate.name for index, fate in sorted(fates(trial, sys.argv[1:]))})
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "rules").mkdir()
    for name, text in PROJECT.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def tried(project: Path, *texts: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", TRY, *texts],
        cwd=project,
        env={"PYTHONPATH": f"{ROOT}:{project}"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_mutant_meets_the_end_that_is_due(project: Path) -> None:
    """A fault may be killed, survive, hang or break its module; whichever it is, the disk never sees it."""
    hangs = "import os, signal; os.kill(os.getpid(), signal.SIGALRM)"  # as the alarm of the trial does
    done = tried(project, "LIMIT = 6", "LIMIT = 5.0", hangs, "LIMIT = 1 // 0")
    assert done.stdout == "{0: 'KILLED', 1: 'SURVIVED', 2: 'TIMEOUT', 3: 'STILLBORN'}\n", done.stderr
    assert (project / "rules/limits.py").read_text() == SOUND


def test_the_other_tests_are_asked_as_well(project: Path) -> None:
    """What a module's own tests let pass may be found by those of another module."""
    (project / "test_limits.py").write_text("def test_nothing():\n    pass\n")
    (project / "test_other.py").write_text(PROJECT["test_limits.py"])
    assert tried(project, "LIMIT = 6").stdout == "{0: 'KILLED'}\n"


def test_nothing_is_said_about_mutants_when_the_sound_module_fails(project: Path) -> None:
    """A suite that is red without a fault would kill everything."""
    (project / "test_other.py").write_text("def test_red():\n    assert False\n")
    assert "without any fault its tests end as killed" in tried(project, "LIMIT = 6").stderr


def test_an_end_that_says_nothing_stops_the_run(project: Path) -> None:
    """A process that is gone without a word from pytest has proven nothing."""
    assert (
        "mutant 1: pytest ended with status 3" in tried(project, "LIMIT = 6", "import os; os._exit(3)").stderr
    )
