"""The ids of all keys, under which they can be remapped."""

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Final

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import KEY_NAME_REPLACEMENTS, Keys, _character_to_key, key_to_character

import accessctl.tui
from accessctl.tui.settings import from_home, settings_file

_MODIFIERS: Final = frozenset({"shift", "alt", "ctrl", "super", "hyper", "meta"})
_NAMED: Final = frozenset({*(key.value for key in Keys), *KEY_NAME_REPLACEMENTS.values()})
_Bound = dict[str, frozenset[str]]
"""By an id: its keys."""


def problems_with(keys: Mapping[str, str]) -> list[str]:
    """Say what is wrong with these. To find out loads every page, so nobody asks where there are none."""
    if not keys:
        return []
    kinds = list(_kinds())
    known = frozenset(id_ for kind in kinds for id_ in kind)
    found = [f"{id_}, which is the id of no key" for id_ in sorted({*keys} - known)]
    for id_, said in sorted(keys.items()):
        found += [
            f'{id_} = "{said}", and there is no key {key!r}' for key in _keys_in(said) if not _is_key(key)
        ]
    found += sorted({clash for kind in kinds for clash in _clashes(kind, keys)})
    file = from_home(settings_file())
    return [f"{file}: [keys] has {each}" for each in found]


def _kinds() -> Iterator[_Bound]:
    """Give what each screen and widget has, with what it inherits.

    What counts everywhere is by itself: a page's own key goes before it, as some do that nobody has remapped.
    """
    kinds = {
        kind
        for module in pkgutil.walk_packages(accessctl.tui.__path__, "accessctl.tui.")
        for kind in vars(importlib.import_module(module.name)).values()
        if isinstance(kind, type) and issubclass(kind, DOMNode)
    }
    for kind in kinds:
        bound: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
        for base in kind.__mro__:
            for binding in vars(base).get("BINDINGS", ()):
                if isinstance(binding, Binding) and binding.id:
                    bound[binding.id] |= frozenset(_keys_in(binding.key))
        yield bound


def _clashes(bound: _Bound, keys: Mapping[str, str]) -> Iterator[str]:
    """Say which two share a key that do not share it by themselves: one of them would do nothing."""
    mapped = {id_: frozenset(_keys_in(keys[id_])) if id_ in keys else bound[id_] for id_ in bound}
    for one, other in combinations(sorted(bound), 2):
        if one in keys or other in keys:
            for key in sorted((mapped[one] & mapped[other]) - (bound[one] & bound[other])):
                yield f"{one} and {other} on one key, {key!r}: only one of them counts where both are"


def _keys_in(said: str) -> list[str]:
    """Give the keys of a list by the names that they have; a sign may stand for itself."""
    keys = [key.strip() for key in said.split(",")]
    return [_character_to_key(key) if len(key) == 1 else key for key in keys]


def _is_key(key: str) -> bool:
    *modifiers, last = key.split("+")
    if not _MODIFIERS.issuperset(modifiers):
        return key in _NAMED
    return key in _NAMED or len(last) == 1 or last in _NAMED or key_to_character(last) is not None
