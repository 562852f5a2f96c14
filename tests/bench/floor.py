"""The least that a durable grant can cost: look up, decide, append one line and sync it, release.

``python -m tests.bench.floor SOCKET FILE [bare] [argon2]`` attaches to the simulated warehouse in place of
the door process and does nothing that could be left out. It reads from the same socket and drives the same
line, so that whatever the warehouse costs is in both figures. Like any reader it reads in a thread of its
own and hands over to a loop; ``bare`` leaves that out too and could serve one reader only. With ``argon2``
every card also pays for one PIN's hash, and the commit is SQLite's.
"""

import asyncio
import hashlib
import os
import socket
import sqlite3
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from argon2.low_level import Type, hash_secret_raw

from accessctl.keys.pins import MEMORY_KIB, PASSES
from hardware.simulated.wire import decode, encode
from policies.decide import decide
from policies.factors import Asks
from policies.ids import AccessPointId, AreaId, CredentialId, DoorId, LevelId, PersonId, RoleId, ScheduleId
from policies.people import Card, Holder, Person
from policies.places import AccessPoint, Direction
from policies.requests import Request
from policies.rulebook import AccessLevel, AccessPolicy, Rulebook
from policies.schedule import Interval, Schedule

POINT = AccessPointId("floor-in")
STAFF = RoleId("staff")


def rulebook() -> Rulebook:
    """Make the smallest rule book that grants by level and schedule."""
    always = Schedule(ScheduleId("always"), ZoneInfo("Europe/London"), ((Interval(0, 24 * 60),),) * 7)
    level = AccessLevel(LevelId("staff"), (AccessPolicy(POINT, always),))
    point = AccessPoint(POINT, "Floor", DoorId("floor"), AreaId("out"), AreaId("in"), Direction.IN, Asks.CARD)
    return Rulebook.of("floor", [point], {STAFF: [level]})


def main() -> None:
    """Grant every card that is shown until the warehouse hangs up."""
    lines, grant = _attached()
    if "bare" in sys.argv:
        for line in lines:
            grant(line)
    else:
        asyncio.run(_hand_over(lines, grant))


async def _hand_over(lines: BinaryIO, grant: Callable[[bytes], None]) -> None:
    loop = asyncio.get_running_loop()

    def read() -> None:
        for line in lines:
            loop.call_soon_threadsafe(grant, line)

    await loop.run_in_executor(None, read)


def _attached() -> tuple[BinaryIO, Callable[[bytes], None]]:
    """Attach to the warehouse; give what it says, and what is done about a line of it."""
    warehouse = socket.socket(socket.AF_UNIX)
    warehouse.connect(sys.argv[1])
    lines = warehouse.makefile("rb")
    warehouse.sendall(
        encode(
            {
                "op": "attach",
                "strikes": {"floor.strike": True},
                "contacts": [],
                "readers": ["floor-in.reader"],
                "annunciators": [],
                "wiegand": [],
                "lines": {"floor.strike": False},
            }
        )
    )
    if not (answer := decode(lines.readline()))["ok"]:
        sys.exit(f"the warehouse takes no floor: {answer['why']}")
    rules, record = rulebook(), os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    commit = _sqlite_commit(Path(sys.argv[2] + ".db")) if "argon2" in sys.argv else None
    holder = Holder(Person(PersonId("p"), (STAFF,)), Card(CredentialId("c")))
    holders = {hashlib.sha256(bytes.fromhex("04a1b2c3d4e5f6")).digest(): holder}

    def grant(line: bytes) -> None:
        told = decode(line)
        if told.get("told") != "card":
            return
        found = holders.get(hashlib.sha256(bytes.fromhex(told["number"])).digest())
        if commit is not None:
            hash_secret_raw(b"4711" * 8, b"s" * 16, PASSES, MEMORY_KIB, 1, 32, Type.ID)
        decision = decide(Request(POINT, found), rules, datetime.now(UTC))
        entry = b"access_granted floor-in p c " + decision.reason.words.encode() + b"\n"
        if commit is not None:
            commit.execute("INSERT INTO event (body) VALUES (?)", (entry,))
        else:
            os.write(record, entry)
            os.fdatasync(record)
        warehouse.sendall(encode({"op": "line", "line": "floor.strike", "high": True}))
        warehouse.sendall(encode({"op": "line", "line": "floor.strike", "high": False}))

    return lines, grant


def _sqlite_commit(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA wal_autocheckpoint=0")
    connection.execute("CREATE TABLE IF NOT EXISTS event (seq INTEGER PRIMARY KEY, body BLOB)")
    return connection


if __name__ == "__main__":
    main()
