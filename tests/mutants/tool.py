"""mutmut, in an environment and a copy of its own: it brings libraries along and writes where it runs."""

import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from tests.mutants.mutant import Fate, Mutant, Verdict

LOCK: Final = Path("tests/mutants/requirements.lock")
PLACE: Final = Path(".venv/mutants")
"""Ignored by git, and gone with ``make clean``."""
COPY: Final = PLACE / "copy"
COPIED: Final = ("pyproject.toml", "policies", "tests/__init__.py", "tests/policies")

FATES: Final = {"killed": Fate.KILLED, "timeout": Fate.TIMEOUT}
"""By mutmut's words. With any other, as "no tests" or "segfault", no test has failed."""


class ToolFailed(Exception):
    """mutmut could not be installed, or did not try every mutant."""


def verdicts(modules: Sequence[str]) -> list[Verdict]:
    """Let mutmut try its mutants of these modules.

    Raises ``ToolFailed``, for one when a test fails although there is no fault.
    """
    mutmut = _installed().absolute()
    _copy()
    _run(mutmut, "run", *(f"{_dotted(module)}.*" for module in modules))
    found = []
    for name, word in _results(_run(mutmut, "results", "--all", "true")):
        module = next((each for each in modules if name.startswith(f"{_dotted(each)}.")), None)
        if module is None:
            continue
        if word == "not checked":
            raise ToolFailed(f"mutmut did not try {name}")
        fate = FATES.get(word, Fate.SURVIVED)
        # To show one takes half a second, and nobody reads those that are dead.
        diff = "" if fate is Fate.KILLED else _diff(_run(mutmut, "show", name))
        found.append(Verdict(Mutant(module, diff), fate))
    return found


def _dotted(module: str) -> str:
    return module.removesuffix(".py").replace("/", ".")


def _results(printed: str) -> Iterator[tuple[str, str]]:
    for line in printed.splitlines():
        if found := re.fullmatch(r"\s+(\S+): (.+)", line):
            yield found[1], found[2]


def _diff(shown: str) -> str:
    """Take off the name and the files; line numbers are those within the function."""
    return "\n".join(
        line for line in shown.splitlines() if not line.startswith(("# ", "--- ", "+++ "))
    ).strip()


def _installed() -> Path:
    """Make the environment from its lock, unless that is what it was made from."""
    made_from = f"{sys.version} {hashlib.sha256(LOCK.read_bytes()).hexdigest()}"
    note = PLACE / "made-from"
    python = PLACE / "tool/bin/python"
    if not note.exists() or note.read_text(encoding="utf-8") != made_from:
        sys.stderr.write("Installing mutmut\n")
        shutil.rmtree(PLACE, ignore_errors=True)
        _run(Path(sys.executable), "-m", "venv", str(PLACE / "tool"), there=Path())
        pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input")
        locked = ("--require-hashes", "--only-binary", ":all:", "--requirement", str(LOCK))
        _run(python, *pip, *locked, there=Path())
        note.write_text(made_from, encoding="utf-8")
    return python.with_name("mutmut")


def _copy() -> None:
    shutil.rmtree(COPY, ignore_errors=True)
    for name in COPIED:
        (COPY / name).parent.mkdir(parents=True, exist_ok=True)
        if Path(name).is_dir():
            shutil.copytree(name, COPY / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(name, COPY / name)


def _run(program: Path, *arguments: str, there: Path = COPY) -> str:
    done = subprocess.run([program, *arguments], cwd=there, capture_output=True, text=True, check=False)
    if done.returncode:
        # mutmut draws its progress over itself with carriage returns: what counts comes last.
        said = (done.stdout + done.stderr).replace("\r", "\n").splitlines()
        raise ToolFailed("\n".join([f"{program.name} {' '.join(arguments)} failed:", *said[-20:]]))
    return done.stdout
