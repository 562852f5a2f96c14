"""The entries of the record as the leaves of its tree: each row written as canonical JSON (RFC 8785).

The bytes are what is signed. They are made from the row whenever they are needed, so that there is one truth:
who changes a row changes its leaf.

Members of an entry: ``at`` (UTC, milliseconds), ``mono_us`` (microseconds since the machine started),
``synced`` (whether the clock was kept right), ``seq``, ``epoch``, ``controller``, ``boot``, ``rules``
(revision of the site file), ``version`` (of the software), ``type``, and where there are any ``door``,
``access_point``, ``person`` (a pseudonym), ``credential``, ``reason``, ``detail``, ``seal`` (of the person's
name: ``accessctl.evidence.seal``).
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from sqlite3 import Connection
from typing import Any, Final

from accessctl.evidence.canonical import NotCanonical, canonical

_SELECT: Final = (
    "SELECT seq, at_ms, mono_ns, clock_synced, run, type, door, access_point, person, credential, reason,"
    " detail, seal FROM event WHERE seq > ? ORDER BY seq LIMIT ?"
)
_text: Final = json.JSONEncoder(ensure_ascii=False).encode
_MILLISECONDS: Final = 1000
_NANOSECONDS: Final = 1000


class Leaves:
    """Reads the leaves of one record, in order. Used from one thread."""

    def __init__(self, connection: Connection) -> None:
        """``connection`` reads the record."""
        self._connection = connection
        self._runs: dict[int, tuple[str, str, str]] = {}
        self.epoch: str = connection.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()[0]

    def after(self, seq: int, most: int) -> Iterator[tuple[int, bytes]]:
        """Give number and bytes of up to ``most`` entries after this number."""
        for row in self._connection.execute(_SELECT, (seq, most)):
            yield row[0], self._leaf(row)

    def at(self, seq: int) -> bytes:
        """Give the bytes of one entry, which has to be there."""
        ((_seq, leaf),) = self.after(seq - 1, 1)
        return leaf

    def _leaf(self, row: tuple[Any, ...]) -> bytes:
        seq, at_ms, mono_ns, synced, run, type_, door, point, person, credential, reason, detail, seal = row
        where, rules, version = self._run(run)
        # Members in the order of their names; it is written for every entry there is, so it is written out.
        parts = (
            _member("access_point", point),
            f'"at":"{_instant(at_ms)}",{where}',
            _member("credential", credential),
            f'"detail":{_detail(detail)},' if detail else "",
            _member("door", door),
            f'"epoch":"{self.epoch}","mono_us":{mono_ns // _NANOSECONDS},',
            _member("person", person),
            _member("reason", reason),
            rules,
            _member("seal", seal),
            f'"seq":{seq},"synced":{"true" if synced else "false"},"type":{_text(type_)},{version}',
        )
        return f"{{{''.join(parts)}}}".encode()

    def _run(self, id_: int) -> tuple[str, str, str]:
        """Give what a run says of its entries, in three places of theirs."""
        if id_ not in self._runs:
            sql = "SELECT boot, controller, rules, version FROM run WHERE id = ?"
            boot, controller, rules, version = self._connection.execute(sql, (id_,)).fetchone()
            where = _member("boot", boot) + _member("controller", controller)
            self._runs[id_] = (where, _member("rules", rules), f'"version":{_text(version)}')
        return self._runs[id_]


def _member(name: str, value: str | None) -> str:
    return "" if value is None else f'"{name}":{_text(value)},'


@lru_cache(maxsize=256)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _instant(at_ms: int) -> str:
    seconds, milliseconds = divmod(at_ms, _MILLISECONDS)
    return f"{_second(seconds)}.{milliseconds:03d}Z"


@lru_cache(maxsize=1024)
def _detail(written: str) -> str:
    """Write what is kept of an entry's detail canonically; many entries of a kind have the same.

    What has no canonical form, such as a number that is too large, stands there as the text it is kept as.
    """
    try:
        return canonical(json.loads(written)).decode()
    except (NotCanonical, ValueError, RecursionError):
        return _text(written)
