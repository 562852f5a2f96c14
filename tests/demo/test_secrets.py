"""Nothing of what people showed lies on the disk in clear."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from accessctl.demo.acting import NOBODYS_CODE, STRANGER
from accessctl.demo.roster import ROSTER
from accessctl.home import Home
from tests.demo.conftest import PlayedDay

CARDS = [STRANGER, *(person.card_number for person in ROSTER)]
PIN_CODES = sorted(
    {
        NOBODYS_CODE,
        *(
            digits
            for person in ROSTER
            for digits in (person.pin_code, person.duress_pin_code, person.keypad_code)
            if digits is not None
        ),
    }
)
"""Everything that somebody types."""


def spellings(number: bytes) -> Iterator[bytes]:
    yield number
    for text in (number.hex(), number.hex(":"), number.hex(" "), number.hex("-")):
        yield text.encode()
        yield text.upper().encode()
    yield number[::-1].hex().encode()


def texts_of(folder: Path, chance: list[bytes]) -> Iterator[tuple[str, bytes]]:
    """Give what every file holds, without the random values in which four digits come up by chance."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.name == "root.key":
            continue
        text = pages_of(path.read_bytes()) if path.name.endswith("-wal") else path.read_bytes()
        for value in chance:
            text = text.replace(value, b"\0")  # and not by nothing, which would join what stood around it
        yield path.name, text


def pages_of(wal: bytes) -> bytes:
    """Give a write-ahead log without its frames' heads, which hold random salts (SQLite's file format)."""
    size = int.from_bytes(wal[8:12], "big")
    frame = 24 + size
    return b"".join(wal[place + 24 : place + frame] for place in range(32, len(wal), frame))


def random_values(home: Home) -> list[bytes]:
    with closing(sqlite3.connect(home.people)) as people, closing(sqlite3.connect(home.record)) as record:
        rows = [
            *people.execute("SELECT value FROM meta UNION SELECT hash FROM pin UNION SELECT id FROM card"),
            *people.execute("SELECT tag FROM card"),
            *people.execute("SELECT id FROM temporary_access"),
            *people.execute("SELECT duress_hash FROM pin WHERE duress_hash IS NOT NULL"),
            *record.execute("SELECT value FROM meta UNION SELECT boot FROM run"),
            # When the files were made, to the microsecond: by the machine's clock, not by that of the day.
            *people.execute("SELECT applied_at FROM _sqlite_migrations"),
            *record.execute("SELECT applied_at FROM _sqlite_migrations"),
        ]
    values = [value if isinstance(value, bytes) else str(value).encode() for (value,) in rows]
    # The longest first: a short one may be a part of it, and of what is left nobody could tell what it was.
    return sorted(values, key=len, reverse=True)


def found_in(folder: Path, chance: list[bytes]) -> set[str]:
    """Name the files that hold a card number, a PIN or a code."""
    wanted = [spelling for number in CARDS for spelling in spellings(number)]
    wanted += [pin_code.encode() for pin_code in PIN_CODES]
    pattern = re.compile(b"|".join(map(re.escape, wanted)))
    return {name for name, text in texts_of(folder, chance) if pattern.search(text)}


def test_no_number_lies_in_clear(played: PlayedDay) -> None:
    """After a day no card number, no PIN and no code stands in any file of the home, WAL included."""
    names = {path.name for path in played.home.path.iterdir()}
    assert {"people.db", "record.db", "site.toml"} <= names
    assert found_in(played.home.path, random_values(played.home)) == set()


def test_no_number_is_printed(played: PlayedDay) -> None:
    """The lines of the day hold no card number, no PIN and no code."""
    text = "\n".join(played.lines)
    assert [number.hex() for number in CARDS if number.hex() in text.lower()] == []
    assert [code for code in PIN_CODES if re.search(rf"\b{code}\b", text)] == []


@pytest.mark.parametrize("secret", [*spellings(CARDS[1]), PIN_CODES[0].encode()])
def test_the_search_finds_what_is_there(played: PlayedDay, tmp_path: Path, secret: bytes) -> None:
    """The same search finds each spelling of a number that was planted."""
    (tmp_path / "planted").write_bytes(b"p-demo01" + secret + b"Ana Marsh")
    assert found_in(tmp_path, random_values(played.home)) == {"planted"}


def test_the_search_looks_into_the_log(played: PlayedDay, tmp_path: Path) -> None:
    """What stands only in a write-ahead log is found too."""
    path = tmp_path / "some.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE note (text TEXT)")
        connection.execute("INSERT INTO note VALUES (?)", (PIN_CODES[0],))
        assert found_in(tmp_path, []) == {"some.db-wal"}
