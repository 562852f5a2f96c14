"""Runs the tests of the rules on mutants, each in a process of its own.

A mutant never touches the disk: a process forks, takes the mutant's text for the module before anything has
imported it, runs pytest, and ends. What is slow to import is there before the fork.
"""

import os
import resource
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Final, NoReturn

import hypothesis  # noqa: F401 - for the forks
import pytest

from tests.mutants.mutant import Fate

TESTS: Final = Path("tests/policies")
NOT_ASKED: Final = {"test_purity.py"}
"""It reads the rules' files instead of running them."""

QUIET: Final = (
    "-x",
    "-q",
    "--tb=no",
    "--assert=plain",
    # Plugins take a third of the time in which most mutants die, and one of them mixes the order.
    "--disable-plugin-autoload",
    "-p",
    "hypothesispytest",
    "-p",
    "no:cacheprovider",
    # No chance: the same examples each time. hypothesis brings this profile along.
    "--hypothesis-profile=ci",
)
PATIENCE: Final = 10
"""So many times the time that the tests need on the sound module, and a few seconds."""
MEMORY: Final = 2 << 30
"""In bytes; a figure gone astray must not take the machine along."""

_STILLBORN: Final = 70
_BROKEN: Final = 71


class TrialBroken(Exception):
    """The tests could not be run, or fail without any fault."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One module with the tests that are asked about it: first its own, then all others."""

    module: str
    own: tuple[str, ...]
    others: tuple[str, ...]

    @classmethod
    def of(cls, module: str) -> "Trial":
        """Take as its own tests those that bear its name."""
        tests = sorted(path for path in TESTS.glob("test_*.py") if path.name not in NOT_ASKED)
        stem = f"test_{Path(module).stem}"
        own = [path for path in tests if path.stem == stem or path.stem.startswith(f"{stem}_")]
        return cls(module, tuple(map(str, own)), tuple(str(path) for path in tests if path not in own))


def fates(trial: Trial, texts: Sequence[str], at_once: int | None = None) -> Iterator[tuple[int, Fate]]:
    """Try each text in place of the module; gives its index and its fate, in the order they end.

    Raises ``TrialBroken`` when the tests fail on the module as it is.
    """
    begun = time.monotonic()
    sound = Path(trial.module).read_text(encoding="utf-8")
    if (fate := _awaited({_begin(trial, sound, limit_s=600): 0})[1]) is not Fate.SURVIVED:
        raise TrialBroken(f"{trial.module}: without any fault its tests end as {fate.value}")
    limit_s = int(PATIENCE * (time.monotonic() - begun)) + 5
    running: dict[int, int] = {}
    for index, text in enumerate(texts):
        if len(running) == (at_once or len(os.sched_getaffinity(0))):
            yield _awaited(running)
        running[_begin(trial, text, limit_s)] = index
    while running:
        yield _awaited(running)


def _awaited(running: dict[int, int]) -> tuple[int, Fate]:
    """Wait for one of the processes that run."""
    process, status = os.wait()
    index = running.pop(process)
    match os.waitstatus_to_exitcode(status):
        case pytest.ExitCode.OK:
            return index, Fate.SURVIVED
        case pytest.ExitCode.TESTS_FAILED | pytest.ExitCode.INTERRUPTED:
            return index, Fate.KILLED  # interrupted: a file of tests could not be imported
        case code if code == _STILLBORN:
            return index, Fate.STILLBORN
        case code if code == -signal.SIGALRM:
            return index, Fate.TIMEOUT
        case code:
            raise TrialBroken(f"mutant {index}: pytest ended with status {code}")


def _begin(trial: Trial, text: str, limit_s: int) -> int:
    """Fork a process that tries one text, and give its number."""
    if process := os.fork():
        return process
    signal.alarm(limit_s)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    _be_silent()
    try:
        _end(_tried(trial, text))
    except BaseException:  # noqa: BLE001 - a fork must end here, whatever happens
        _end(_BROKEN)


def _tried(trial: Trial, text: str) -> int:
    try:
        _take(trial.module, text)
    except Exception:  # noqa: BLE001 - whatever a mutant raises, it cannot be imported
        return _STILLBORN
    for files in (trial.own, trial.others):
        if files and (code := pytest.main([*QUIET, *files])):
            return int(code)
    return 0


def _take(path: str, text: str) -> None:
    """Import a module from this text instead of from its file."""
    name = path.removesuffix(".py").replace("/", ".")
    parent, _, stem = name.rpartition(".")
    module = ModuleType(name)
    module.__file__ = path
    sys.modules[name] = module
    setattr(__import__(parent), stem, module)
    exec(compile(text, path, "exec"), module.__dict__)  # noqa: S102 - this is the mutant


def _be_silent() -> None:
    sys.stdout.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def _end(code: int) -> NoReturn:
    os._exit(code)
