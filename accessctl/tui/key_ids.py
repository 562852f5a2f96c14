"""The ids of all keys, under which they can be remapped."""

import importlib
import pkgutil
from collections.abc import Collection, Iterator

from textual.binding import Binding
from textual.dom import DOMNode

import accessctl.tui
from accessctl.tui.settings import from_home, settings_file


def problems_with(keys: Collection[str]) -> list[str]:
    """Say which of these is the id of no key. To find out loads every page, so nobody asks for none."""
    known = frozenset(_ids()) if keys else frozenset()
    file = from_home(settings_file())
    return [f"{file}: [keys] has {id_}, which is the id of no key" for id_ in sorted({*keys} - known)]


def _ids() -> Iterator[str]:
    for module in pkgutil.walk_packages(accessctl.tui.__path__, "accessctl.tui."):
        for kind in vars(importlib.import_module(module.name)).values():
            if isinstance(kind, type) and issubclass(kind, DOMNode):
                for binding in kind.BINDINGS:
                    if isinstance(binding, Binding) and binding.id:
                        yield binding.id
