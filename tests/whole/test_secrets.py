"""No card number and no PIN in clear: not in the files, not in the logs, not in answers."""

from pathlib import Path

import httpx
import pytest

from accessctl.home import Home
from tests.door.conftest import ALICE, STRANGER
from tests.whole.processes import Api, Door, Warehouse

PIN = "4711"
TYPED = "83950174"
"""Digits that somebody types by mistake; long enough that chance does not write them anywhere."""
NEW_PIN = "60318427"
DURESS_PIN = "95172038"
NEW_CARD = bytes.fromhex("04C0FFEE123489")


def _forms(number: bytes) -> list[bytes]:
    """The ways in which a number could be written down."""
    digits = number.hex()
    pairs = [digits[at : at + 2] for at in range(0, len(digits), 2)]
    return [
        number,
        number[::-1],
        digits.encode(),
        digits.upper().encode(),
        ":".join(pairs).encode(),
        " ".join(pairs).upper().encode(),
        str(int.from_bytes(number, "big")).encode(),
        str(int.from_bytes(number, "little")).encode(),
    ]


SECRETS = [form for number in (ALICE, STRANGER, NEW_CARD) for form in _forms(number)] + [
    pin.encode() for pin in (TYPED, NEW_PIN, DURESS_PIN)
]


def found_in(folder: Path, secrets: list[bytes]) -> list[tuple[str, bytes]]:
    """Search every file below a folder."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [(path.name, secret) for path in files for secret in secrets if secret in path.read_bytes()]


def test_nothing_secret_is_left_anywhere(home: Home, warehouse: Warehouse) -> None:
    """After badges, wrong PINs, enrolment and every answer the API has, a search finds nothing."""
    with Door(home) as door:
        api = Api(home)
        try:
            answers = _use_everything(api.client, warehouse)
            code = _make_code(api.client)
        finally:
            api.close()
        door.kill()  # the write-ahead log stays behind and is searched too
    (home.path / "answers.txt").write_bytes(b"\n".join(answers))
    assert (home.path / "record.db-wal").stat().st_size
    assert found_in(home.path, [*SECRETS, code]) == []


def _make_code(client: httpx.Client) -> bytes:
    """Have a keypad code made, which is told once, to whoever asked for it."""
    made = client.post("/v1/people/bob/code", json={})
    assert made.status_code == 201
    return str(made.json()["code"]).encode()


def _use_everything(client: httpx.Client, warehouse: Warehouse) -> list[bytes]:
    hand = warehouse.tool
    hand.badge("front-in", ALICE)
    hand.badge("shed-in", STRANGER)
    hand.badge("cage-in", ALICE)
    for key in f"{TYPED}#":
        hand.key("cage-in", key)
    asked = [
        client.put("/v1/people/bob/pin", json={"pin": NEW_PIN}),
        client.put("/v1/people/bob/duress-pin", json={"pin": NEW_PIN}),
        client.put("/v1/people/bob/duress-pin", json={"pin": DURESS_PIN}),
        client.put("/v1/people/bob/pin", json={"pin": NEW_PIN, "nonsense": NEW_PIN}),
        client.put("/v1/people/bob/pin", json={"pin": f"{NEW_PIN}x"}),
        client.put("/v1/people/bob/pin", content=f'{{"pin": "{NEW_PIN}'.encode()),
        client.post("/v1/people/bob/cards", json={"number": NEW_CARD.hex()}),
        client.post("/v1/people/bob/cards", json={"number": NEW_CARD.hex()}),
        client.post("/v1/people/bob/cards", json={"number": NEW_CARD.hex(), "read_at": 7}),
        client.post("/v1/people/bob/cards", json={"number": f"{NEW_CARD.hex()}zz"}),
        *(client.get(f"/v1/{what}") for what in ("people", "cards", "doors", "status", "events?limit=1000")),
        client.get("/v1/people/bob"),
    ]
    assert {answer.status_code for answer in asked} >= {200, 409, 422}
    assert not [answer.request.url for answer in asked if answer.status_code >= 500]
    return [answer.content for answer in asked]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_that_was_left_would_be_found(tmp_path: Path, secret: bytes) -> None:
    """Negative control: each form of each secret is found in the middle of a file."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_bytes(b"before" + secret + b"after")
    assert ("file", secret) in found_in(tmp_path, SECRETS)
