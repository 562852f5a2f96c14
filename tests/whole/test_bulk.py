"""Many people at once, in real processes that are killed: all of them or none, and no number in any file."""

import signal
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final

import pytest

from accessctl.home import Home
from accessctl.keys.pending_numbers import NumberSealer
from accessctl.keys.root import Purpose, RootKey
from tests.whole.processes import Api, Door, Warehouse
from tests.whole.site import once
from tests.whole.test_stolen_disk import forms

PEOPLE: Final = 400
NUMBERS: Final = [
    bytes([0x04, 0x77]) + (0xA1B2C30000 + 7919 * number).to_bytes(5, "big") for number in range(PEOPLE)
]
PREFIX: Final = "bulk"
CSV: Final = {"Content-Type": "text/csv"}
WAL_STEPS: Final = (1, 40_000, 200_000)
"""Bytes of the log that are written when the process is killed: SQLite writes them at the end."""
FRACTIONS: Final = (0.1, 0.4, 0.7, 0.95)


def body_of(prefix: str) -> str:
    """Write everybody with a card; people of another prefix are others, with the same cards."""
    cards = enumerate(card.hex().upper() for card in NUMBERS)
    people = (f"{prefix}-{number},Bulk {prefix}{number},staff,{card}\n" for number, card in cards)
    return f"id,name,roles,card\n{''.join(people)}"


def rows(home: Home, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(home.people)) as connection:
        return connection.execute(sql).fetchall()


def count(home: Home, what: str) -> int:
    return int(rows(home, f"SELECT count(*) FROM {what}")[0][0])  # noqa: S608 - of what stands in this file


def post(api: Api) -> dict[str, Any]:
    answer = api.client.post("/v1/people/import", content=body_of(PREFIX).encode(), headers=CSV)
    assert answer.status_code == 200, answer.text
    done: dict[str, Any] = answer.json()
    return done


@contextmanager
def posting(home: Home, prefix: str) -> Iterator[None]:
    """Send the import from a thread of its own, and mind nothing that comes of it."""

    def send() -> None:
        body = body_of(prefix).encode()
        head = f"POST /v1/people/import HTTP/1.1\r\nHost: api\r\nContent-Length: {len(body)}\r\n"
        with socket.socket(socket.AF_UNIX) as client, suppress(OSError):
            client.connect(str(home.api_socket))
            client.sendall(f"{head}Content-Type: text/csv\r\n\r\n".encode() + body)
            while client.recv(4096):
                pass

    thread = Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def kill(api: Api) -> None:
    api.process.send_signal(signal.SIGKILL)
    api.process.wait()
    api.close()


def all_or_nothing(home: Home, prefix: str) -> bool:
    """Check that everything of an import is there, or nothing; tell whether it is."""
    people = count(home, f"person WHERE id LIKE '{prefix}-%'")
    assert people in {0, PEOPLE}
    cards = count(home, f"pending_card WHERE person LIKE '{prefix}-%'")
    assert cards + count(home, f"card WHERE person LIKE '{prefix}-%'") == people
    assert count(home, f"outbox WHERE type = 'person_added' AND person LIKE '{prefix}-%'") == people
    assert count(home, f"person_word WHERE person LIKE '{prefix}-%'") == 2 * people
    assert count(home, "import") == count(home, "outbox WHERE type = 'people_imported'")
    assert rows(home, "PRAGMA integrity_check") == [("ok",)]
    return people == PEOPLE


def wal_of(home: Home) -> Path:
    return home.people.with_name("people.db-wal")


def after_bytes(home: Home, more: int) -> Callable[[], None]:
    """Wait until so much more of the log is written."""

    def size() -> int:
        return wal_of(home).stat().st_size if wal_of(home).exists() else 0

    begun = size()

    def wait() -> None:
        once(lambda: size() >= begun + more, lambda: "the log does not grow", every_s=0.0005)

    return wait


def after_seconds(seconds: float) -> Callable[[], None]:
    """Wait so long: where the process is by then differs from run to run, and must not matter."""

    def wait() -> None:
        Event().wait(seconds)

    return wait


def test_killed_in_the_middle_it_is_all_or_nothing(home: Home, warehouse: Warehouse) -> None:
    """At whatever instant: while rows are judged, while numbers are sealed, while it is written."""
    del warehouse
    outcomes = []
    with Door(home):
        for place, instant in enumerate((*FRACTIONS, *WAL_STEPS)):
            api, prefix = Api(home), f"kill{place}"
            wait = after_seconds(0.3 * instant) if instant < 1 else after_bytes(home, int(instant))
            with posting(home, prefix):
                wait()
                kill(api)
            outcomes.append(all_or_nothing(home, prefix))
        api = Api(home)
        post(api)
        kill(api)
        outcomes.append(all_or_nothing(home, PREFIX))
    assert outcomes[-1], "what was answered is there"
    assert False in outcomes, "it was never killed early enough to undo anything"
    lost = f"person = '{PREFIX}-7' AND word = 'bulk'"
    with closing(sqlite3.connect(home.people)) as connection:
        connection.execute(f"DELETE FROM person_word WHERE {lost}")  # noqa: S608 - as above
        connection.commit()
    with pytest.raises(AssertionError):
        all_or_nothing(home, PREFIX)


def test_cards_go_on_after_either_process_was_killed(home: Home, warehouse: Warehouse) -> None:
    """Each is enrolled exactly once, and opens afterwards."""
    with Door(home) as door:
        api = Api(home)
        import_ = post(api)["id"]
        once(lambda: count(home, "card") > 60, lambda: "no card is tagged")
        kill(api)
        assert 0 < count(home, "pending_card") < PEOPLE
        api = Api(home)
        before = count(home, "card")
        once(lambda: count(home, "card") > before, lambda: "it does not go on")
        door.kill()
    with Door(home) as door:
        once(lambda: not count(home, "pending_card"), lambda: f"{count(home, 'pending_card')} are left")
        seen = api.client.get(f"/v1/people/imports/{import_}").json()
        assert (seen["cards"], seen["tagged"], seen["failed"], seen["waiting"]) == (PEOPLE, PEOPLE, 0, 0)
        enrolled = rows(home, "SELECT person FROM outbox WHERE type = 'credential_enrolled'")
        assert len({person for (person,) in enrolled if person.startswith("bulk-")}) == PEOPLE
        warehouse.tool.badge("shed-in.reader", NUMBERS[-1])
        once(
            lambda: _granted(api, f"bulk-{PEOPLE - 1}"),
            lambda: f"a card of the import does not open: {door.status()}",
        )
        api.close()


def test_no_number_stands_in_any_file_while_cards_wait(home: Home, warehouse: Warehouse) -> None:
    """Whoever takes the disk without the root key finds sealed numbers; with the key they would open."""
    del warehouse
    with Door(home) as door:
        api = Api(home)
        post(api)
        kill(api)
        door.kill()
    root = RootKey.load(home.root_key)
    waiting = sqlite3.connect(f"file:{home.people}?mode=ro", uri=True)
    with closing(waiting):
        left = waiting.execute("SELECT name, person, technology, sealed FROM pending_card").fetchall()
    assert len(left) > PEOPLE // 2, "cards wait"
    sealer = NumberSealer(root.derive(Purpose.PENDING_NUMBERS))
    numbers = {sealer.open(person, name, technology, sealed) for name, person, technology, sealed in left}
    assert numbers <= set(NUMBERS), "the root key opens them, so it is numbers that were looked for"
    assert found_in(home) == []
    planted = home.path / "planted"
    planted.write_bytes(b"card " + NUMBERS[5].hex().upper().encode())
    assert found_in(home) == [("planted", 5)], "what stands there is found"


def found_in(home: Home) -> list[tuple[str, int]]:
    """Give every file in which a number stands in whatever form, and which it is."""
    files = {path.name: path.read_bytes() for path in home.path.rglob("*") if path.is_file()}
    # Every tenth in every form; what has no number in it has none of their common beginning either.
    return [
        (name, place)
        for name, content in files.items()
        for place in range(5, PEOPLE, 10)
        for form in forms(NUMBERS[place])[:6]
        if form in content
    ]


def _granted(api: Api, person: str) -> bool:
    wanted: dict[str, str | int] = {"person": person, "type": "access_granted", "before": 0}
    return bool(api.client.get("/v1/events", params=wanted).json()["events"])


@pytest.fixture(autouse=True)
def numbers_differ() -> None:
    """Every card has a number of its own."""
    assert all(one != other for one, other in pairwise(sorted(NUMBERS)))
