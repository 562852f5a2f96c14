"""Writes the table of keys into ``docs/console.md``: ``python -m tests.docs.console_keys --write``."""

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from textual.binding import Binding
from textual.dom import DOMNode

import accessctl.tui
from tests.docs.pages import DOCS

PAGE = DOCS / "console.md"
BEGIN = "<!-- keys: written by `python -m tests.docs.console_keys --write` -->\n"
END = "<!-- end of the keys -->\n"


def bindings() -> dict[str, Binding]:
    """Give every key that has an id, by that id; where several screens have it, with the keys of all of them.

    An id that stands for two different things is a fault.
    """
    found: dict[str, Binding] = {}
    for kind in _kinds():
        for binding in kind.__dict__.get("BINDINGS", ()):
            if isinstance(binding, Binding) and binding.id:
                known = found.setdefault(binding.id, binding)
                assert known.action.partition("(")[0] == binding.action.partition("(")[0], binding.id
                keys = dict.fromkeys([*known.key.split(","), *binding.key.split(",")])
                found[binding.id] = replace(known, key=",".join(keys))
    return found


def without_id() -> list[str]:
    """Give the keys that nobody could remap."""
    return [
        f"{kind.__name__}: {binding}"
        for kind in _kinds()
        for binding in kind.__dict__.get("BINDINGS", ())
        if not (isinstance(binding, Binding) and binding.id)
    ]


def _kinds() -> list[type[Any]]:
    """Give every class of the console that can have keys, in the order of their modules."""
    kinds: dict[str, type[Any]] = {}
    for module in pkgutil.walk_packages(accessctl.tui.__path__, "accessctl.tui."):
        loaded = importlib.import_module(module.name)
        for kind in vars(loaded).values():
            if isinstance(kind, type) and issubclass(kind, DOMNode) and kind.__module__ == module.name:
                kinds[f"{kind.__module__}.{kind.__qualname__}"] = kind
    return list(kinds.values())


def table() -> str:
    """Give the table as it stands on the page."""
    lines = ["| id | key | what it does |", "|---|---|---|", *_rows()]
    return BEGIN + "\n" + "\n".join(lines) + "\n\n" + END


def _rows() -> Iterator[str]:
    for id_, binding in sorted(bindings().items()):
        keys = " ".join(f"`{key}`" for key in binding.key.split(","))
        what = (binding.tooltip or binding.description or id_.rpartition(".")[2]).replace("|", "\\|")
        yield f"| `{id_}` | {keys} | {what} |"


def renewed(page: str) -> str:
    """Give the page with the table as it should be."""
    head, rest = page.split(BEGIN)
    return head + table() + rest.split(END)[1]


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        print(table())  # noqa: T201 - a command's output
