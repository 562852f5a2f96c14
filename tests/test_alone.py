"""A lock that one process holds at a time."""

import subprocess
import sys
from pathlib import Path

import pytest

from accessctl.alone import AlreadyHeld, alone


def test_a_second_holder_is_refused_until_the_first_lets_go(tmp_path: Path) -> None:
    """The file that stays behind means nothing by itself."""
    lock = tmp_path / "lock"
    with alone(lock), pytest.raises(AlreadyHeld), alone(lock):
        raise AssertionError
    with alone(lock):
        assert lock.exists()


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    """The kernel lets go for a process that cannot do so any more."""
    lock = tmp_path / "lock"
    hold = (
        f"from accessctl.alone import alone; from pathlib import Path; alone(Path({str(lock)!r})).__enter__()"
    )
    killed = subprocess.run(
        [sys.executable, "-c", f"{hold}; import os; os.kill(os.getpid(), 9)"], check=False
    )
    assert killed.returncode == -9
    with alone(lock):
        pass
