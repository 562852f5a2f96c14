"""A table whose keys depend on what kind of thing it is about, as one of its keys says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from accessctl.config.kinds import Word
from accessctl.config.reading import Key, Reading, Table, Wrong, as_table, misspelt, show, under

SomeTable = TypeVar("SomeTable", bound=Table)

KIND: Final = "kind"


@dataclass(frozen=True, slots=True)
class ByKind(Generic[SomeTable]):
    """One of several tables, by the word under ``kind``."""

    thing: str
    """What it is, for messages: ``reader``."""
    schemas: Mapping[str, type[SomeTable]]
    unknown: type[SomeTable]
    """What is left of one whose kind is not known: nothing that could be built."""

    @property
    def schema(self) -> type[Table]:
        """Give one table with every key of all kinds. None of them is required but those that all require."""
        keys: dict[str, Key[object]] = {}
        for name in dict.fromkeys(attr for each in self.schemas.values() for attr in each.keys):
            keys[name] = _one_for_all([each.keys.get(name) for each in self.schemas.values()])
        return type(self.thing, (Table,), dict(keys))

    def read(self, value: object, at: str, reading: Reading) -> SomeTable:
        """Read the table of that kind. A key that only other kinds have is told as such."""
        raw = as_table(value)
        word = self._kind(raw, at, reading)
        if word is None:
            return self.unknown()
        schema = self.schemas[word]
        known = {declared.name for declared in schema.keys.values()}
        others = {declared.name for each in self.schemas.values() for declared in each.keys.values()}
        kept = {}
        for name, each in raw.items():
            if name in others - known:
                reading.note(under(at, name), f"a {self.thing} of kind {show(word)} has none; leave this out")
            else:
                kept[name] = each
        return schema.read(kept, at, reading)

    def _kind(self, raw: Mapping[str, object], at: str, reading: Reading) -> str | None:
        if KIND not in raw:
            meant = next((name for name, known in misspelt(raw, self.schema).items() if known == KIND), None)
            if meant is None:
                reading.note(under(at, KIND), "is missing")
            else:
                reading.note(under(at, meant), f"no such key; did you mean {KIND}?")
            return None
        try:
            return Word({word: word for word in self.schemas}).read(raw[KIND], at, reading)
        except Wrong as wrong:
            reading.note(under(at, KIND), wrong.what)
            return None


def _one_for_all(declared: Iterable[Key[object] | None]) -> Key[object]:
    known = list(declared)
    there = [each for each in known if each is not None]
    first = there[0]
    if len(there) == len(known) and all(each.required for each in there):
        return first
    alike = not first.required and all(each.default == first.default for each in there)
    return Key(first.name, first.kind, first.default if alike else None)
