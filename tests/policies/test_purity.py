"""The package itself: what it may import, and what it may not ask."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import policies

VALUES = {
    "abc",
    "bisect",
    "collections",
    "dataclasses",
    "datetime",
    "enum",
    "functools",
    "heapq",
    "itertools",
    "math",
    "operator",
    "policies",
    "re",
    "types",
    "typing",
    "zoneinfo",
}
"""As in the import contract of the project."""
SOURCES = sorted(Path(policies.__file__).parent.glob("*.py"))
CLOCKS = {"now", "utcnow", "today", "fromtimestamp"}


def impurities(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names):
                yield from (name.name for name in names if name.name.split(".")[0] not in VALUES)
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] not in VALUES:
                yield module
            case ast.Call(func=ast.Attribute(attr=attr)) if attr in CLOCKS:
                yield f"{attr}()"
            case ast.Call(func=ast.Name("open" | "print" | "input" as name)):
                yield f"{name}()"
            case _:
                pass


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_the_rules_are_pure(source: Path) -> None:
    """No file of the rules imports more than values, reads a clock, or speaks to the world."""
    assert not list(impurities(source.read_text()))


@pytest.mark.parametrize(
    "planted",
    [
        "import time",
        "import os.path",
        "from hardware.ports import Strike",
        "from datetime import datetime\ndef f(): return datetime.now()",
        "print('granted')",
    ],
)
def test_an_impure_file_is_caught(planted: str) -> None:
    """The guard finds a planted clock, device and outcry."""
    assert list(impurities(planted))


def test_every_source_has_its_tests() -> None:
    """Each module of the rules has a module of tests with its name."""
    here = {path.stem for path in Path(__file__).parent.glob("test_*.py")}
    assert {f"test_{path.stem}" for path in SOURCES} - here == {"test___init__"}
