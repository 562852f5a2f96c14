"""How ``packaging/set-up.sh`` makes the environment, with an interpreter that only notes what it is asked."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PACKAGING = Path(__file__).parents[2] / "packaging"
NOTES = """#!/usr/bin/env bash
echo "$*" >>"$NOTES"
if [[ $1 == -m && $2 == venv ]]; then
    mkdir -p .venv/bin && cp "$0" .venv/bin/python
    [[ $* == *--system-site-packages* ]] && there=true || there=false
    echo "include-system-site-packages = $there" >.venv/pyvenv.cfg
fi
[[ $* != *Python.h* ]]
"""


class Checkout:
    """As much of one as the script needs."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._notes = folder, folder / "notes"
        (folder / "packaging").mkdir()
        shutil.copy(PACKAGING / "set-up.sh", folder / "packaging")
        for name, text in {"python": NOTES, "packaging/debian-packages.sh": "#!/bin/sh\n"}.items():
            (folder / name).write_text(text)
            (folder / name).chmod(0o755)
        (folder / "pyproject.toml").touch()
        (folder / "requirements.lock").touch()

    def set_up(self, **environment: str) -> tuple[int, list[str]]:
        """Set up; give the exit status, and how environments were made."""
        self._notes.unlink(missing_ok=True)
        wanted = {"PYTHON": str(self.folder / "python"), "NOTES": str(self._notes), **environment}
        ran = subprocess.run(
            ["packaging/set-up.sh", "run"],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], **wanted},
            capture_output=True,
            text=True,
            check=False,
        )
        asked = self._notes.read_text().splitlines() if self._notes.exists() else []
        return ran.returncode, [line for line in asked if line.startswith("-m venv")]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_an_environment_sees_nothing_of_the_system_unless_told(checkout: Checkout) -> None:
    """The locked packages and no others; a second call finds it made."""
    assert checkout.set_up() == (0, ["-m venv .venv"])
    assert checkout.set_up() == (0, [])


def test_an_environment_may_see_the_systems_packages(checkout: Checkout) -> None:
    """Made anew for that, and kept so by whoever brings it up to date later without a word of it."""
    checkout.set_up()
    assert checkout.set_up(SYSTEM_PACKAGES="yes") == (0, ["-m venv --system-site-packages .venv"])
    assert checkout.set_up() == (0, [])
    (checkout.folder / "requirements.lock").write_text("something==1\n")
    assert checkout.set_up() == (0, ["-m venv --system-site-packages .venv"])
    assert checkout.set_up(SYSTEM_PACKAGES="no") == (0, ["-m venv .venv"])


def test_a_switch_that_is_neither_is_refused(checkout: Checkout) -> None:
    """Before anything is made."""
    assert checkout.set_up(SYSTEM_PACKAGES="true") == (1, [])
