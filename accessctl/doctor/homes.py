"""What is wrong with an installation's home: its site file, its keys, its stores."""

import stat
from collections.abc import Iterator
from contextlib import closing

from accessctl.doctor.finding import Finding
from accessctl.home import Home
from accessctl.keys.reader_keys import KeyState, ReaderKeys, ReaderKeysUnusable
from accessctl.keys.root import Purpose, RootKey, RootKeyUnusable
from accessctl.notary.showing import found_at
from accessctl.store.errors import StoreError
from accessctl.store.facts import FactQueries
from accessctl.store.people import PeopleReader
from hardware.specs import BoardSpec, OsdpReaderSpec

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def keys(home: Home, board: BoardSpec) -> tuple[dict[str, str], list[Finding]]:
    """Give the state of each OSDP reader's key, as far as it can be known, and what is wrong."""
    readers = [spec.id for spec in board.readers if isinstance(spec, OsdpReaderSpec)]
    found: list[Finding] = []
    try:
        root = RootKey.load(home.root_key)
    except RootKeyUnusable as error:
        # A key that only the service may read is no finding against the installation, but against the asker.
        found.append(Finding("root.key", str(error), _of_root_key(home)))
        return {}, found
    found += _mode(home)
    if not readers:
        return {}, found
    try:
        kept = ReaderKeys(home.reader_keys, root.derive(Purpose.READER_KEYS))
    except ReaderKeysUnusable as error:
        found.append(
            Finding(
                "reader-keys.json",
                str(error),
                "put a copy back, or move it away and pair every OSDP reader anew: accessctl osdp pair",
            )
        )
        return {}, found
    states = {device: kept.of(device).state for device in readers}
    for device, state in states.items():
        if state is KeyState.NONE:
            point = device.rpartition(".")[0]
            found.append(
                Finding(device, "it has no key, so it is not spoken to", f"accessctl osdp pair {point}")
            )
    return {device: state.value for device, state in states.items()}, found


def stores(home: Home) -> Iterator[Finding]:
    """See whether the stores can be read, and whether the record is the one that was signed."""
    try:
        with closing(PeopleReader(home.people)) as people:
            people.epoch()
    except StoreError as error:
        yield Finding("people.db", str(error), "accessctl init, or put a backup in its place")
    try:
        FactQueries(home.record).memory()
    except StoreError as error:
        yield Finding("record.db", str(error), "accessctl init, or put a backup in its place")
        return
    try:
        found = found_at(home)
    except StoreError as error:
        yield Finding("tree.db", str(error), "accessctl init, or put a backup in its place")
    else:
        if found is not None:
            what = f"{found.words}, so nothing is signed"
            yield Finding("record.db", what, "find out what happened, then: accessctl log accept")


def _of_root_key(home: Home) -> str:
    if home.root_key.exists():
        return f"ask as root or as the service's user; its mode must be 0600: {home.root_key}"
    return "put the copy back; in a new home: accessctl init"


def _mode(home: Home) -> Iterator[Finding]:
    path = home.reader_keys
    if path.exists() and path.stat().st_mode & _OTHERS:
        yield Finding(path.name, "others may read it", f"chmod 600 {path}")
