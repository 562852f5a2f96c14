"""Erased for good: after a life with everything, no file of the home names her, and old evidence still holds.

Real processes: the door, the office, the notary, a simulated warehouse. She is enrolled with card, PIN, code
generator, finger and face, badges, is renamed, written about, exported, backed up and put under signed heads.
"""

import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from click.testing import CliRunner, Result

from accessctl.cli.root import cli
from accessctl.home import Home
from tests.whole.processes import Api, Door, Warehouse
from tests.whole.site import TOUCH_S, once
from tests.whole.test_erasure import CAMERA, CONSENT, SENSOR
from tests.whole.test_notary import Notary

NAME, BEFORE, WANTED = "Theodora Quistgaard", "Theodora Vanterpool", "Theodora Zwartendijk"
"""Her name, the one that she had before, and one that still waits for a second operator."""
WORDS: Final = (
    "Quistgaard",
    "Vanterpool",
    "Zwartendijk",
    "quistgaard",
    "vanterpool",
    "zwartendijk",
    "heodora",
)
CARD: Final = bytes.fromhex("04C0FFEE15900D")
KEY: Final = {"Idempotency-Key": "her-beginning"}


@dataclass
class Life:
    """A running site, who lives there, and what is to be nowhere once she is erased."""

    home: Home
    api: Api
    door: Door
    notary: Notary
    warehouse: Warehouse
    person: str = ""

    def call(self, method: str, path: str, **more: Any) -> Any:  # noqa: ANN401 - whatever is answered
        """Make a call that has to succeed."""
        answer: httpx.Response = self.api.client.request(method, f"/v1{path}", **more)
        assert answer.is_success, f"{method} {path}: {answer.text}"
        return answer.json() if answer.content else None

    def run(self, *words: str) -> Result:
        """Run a command that has to succeed."""
        done = CliRunner().invoke(cli, ["--home", str(self.home.path), *words])
        assert done.exit_code == 0, done.output + done.stderr
        return done

    def types(self) -> list[str]:
        """Give the type of everything recorded about her."""
        with closing(sqlite3.connect(self.home.record)) as db:
            found = db.execute("SELECT type FROM event WHERE person = ? ORDER BY seq", [self.person])
            return [type_ for (type_,) in found]

    def until(self, type_: str) -> None:
        """Wait until an entry of this type about her is recorded."""
        once(lambda: type_ in self.types(), lambda: f"no {type_} in {self.types()}")


@pytest.fixture
def life(home: Home, warehouse: Warehouse) -> Iterator[Life]:
    """All processes of a home whose cage has a sensor and a camera, and where wide roles take two."""
    text = home.site_file.read_text()
    devices = 'finger = { kind = "simulated" }\ncamera = { kind = "simulated" }\n'
    text = text.replace('asks = "card_and_pin"\n', f'asks = "card_and_biometric"\n{devices}')
    home.site_file.write_text(
        f'{text}{CONSENT}\n[approvals]\nneeds = ["wide_grant"]\nwide_roles = ["guest"]\n'
    )
    with Door(home) as door:
        api, notary = Api(home), Notary(home)
        try:
            yield Life(home, api, door, notary, warehouse)
        finally:
            api.close()
            notary.stop()


def test_nothing_of_her_is_left(life: Life, tmp_path: Path) -> None:
    """Grepped byte for byte, a new backup among it; old exports and proofs verify; old backups are named."""
    live(life)
    needles = secrets_of(life)
    life.notary.sign()
    backup = backed_up(life)
    life.run("export", "--format", "tlog", str(tmp_path / "old"))
    seq = granted(life)
    life.run("proof", str(seq), "-o", str(tmp_path / "old.tlog-proof"))
    assert holding(life.home, needles, leave=()), "while she is there she is found"

    receipt = life.call("DELETE", f"/people/{life.person}")["receipt"]
    assert receipt["files"]["clean"], receipt
    assert [copy["name"] for copy in receipt["held_by"]] == [backup]
    life.until("person_deleted")
    life.notary.sign()
    after = backed_up(life)

    assert holding(life.home, needles, leave=(f"{backup}.tar",)) == []
    assert in_backup(life.home, after, needles) == []
    assert in_backup(life.home, backup, needles), "the grep finds what is in a backup"
    verify(life, tmp_path, seq)


def test_what_was_told_of_her_is_pseudonyms(life: Life, tmp_path: Path) -> None:
    """New exports, the record and the answers of the API know a pseudonym, and nobody's name."""
    live(life)
    life.call("DELETE", f"/people/{life.person}")
    life.until("person_deleted")
    life.notary.sign()
    for kind in ("csv", "jsonl", "tlog"):
        life.run("export", "--format", kind, str(tmp_path / f"new.{kind}"))
    assert [
        path.name for path in tmp_path.rglob("*") if path.is_file() and names_her(path.read_bytes())
    ] == []
    for path in ("/events?before=0&limit=1000", "/approvals", "/alarms?state=all", "/people/export"):
        answer = life.api.client.get(f"/v1{path}")
        assert answer.is_success
        assert not names_her(answer.content), path


def test_a_waiting_change_of_somebody_erased_lapses(life: Life) -> None:
    """It holds a name; and a second operator who agrees to it is told that it waits no more."""
    live(life)
    (waiting,) = life.call("GET", "/approvals")["approvals"]
    assert waiting["state"] == "waiting"
    life.call("DELETE", f"/people/{life.person}")
    (lapsed,) = life.call("GET", "/approvals")["approvals"]
    assert lapsed["state"] == "lapsed"


# ---------------------------------------------------------------------------------------- her life


def live(life: Life) -> None:
    """Let her be added, renamed, enrolled with everything, badge, be written about, and be asked about."""
    add_her(life)
    enrol_body(life)
    life.warehouse.tool.badge("front-in.reader", CARD)
    life.until("access_granted")
    acknowledge_an_alarm(life)


def add_her(life: Life) -> None:
    body = {"name": BEFORE, "roles": ["staff"]}
    life.person = life.call("POST", "/people", json=body, headers=KEY)["id"]
    her = f"/people/{life.person}"
    life.call("PATCH", her, json={"name": NAME}, headers={"Idempotency-Key": "her-name"})
    life.call("POST", f"{her}/cards", json={"number": CARD.hex().upper()})
    life.call("POST", f"{her}/pin")
    life.call("POST", f"{her}/duress-pin")
    life.call("POST", f"{her}/code-generator")
    wide = life.api.client.patch(f"/v1{her}", json={"name": WANTED, "roles": ["staff", "guest"]})
    assert wide.status_code == 202, wide.text


def enrol_body(life: Life) -> None:
    tool = life.warehouse.tool
    version = life.call("GET", "/consent-text")["version"]
    for kind in ("face", "fingerprint"):
        consent = {"kind": kind, "text_version": version}
        life.call("POST", f"/people/{life.person}/consents", json=consent)
        wanted = {"kind": kind, "access_point": "cage-in"}
        begun = life.call("POST", f"/people/{life.person}/biometrics", json=wanted)["id"]

        def ended(begun: str = begun, kind: str = kind) -> dict[str, Any] | None:
            if kind == "face":
                tool.face(CAMERA, "theodora")
            else:
                tool.finger(SENSOR, "theodora")
            found: dict[str, Any] = life.call("GET", f"/enrolments/{begun}")
            return None if found["state"] == "goes on" else found

        found = once(ended, lambda: "the enrolment never ended", every_s=TOUCH_S)
        assert found["state"] == "enrolled", found
    tool.face(CAMERA, None)


def acknowledge_an_alarm(life: Life) -> None:
    """Have somebody note beside an alarm whom they think of."""
    life.warehouse.tool.lose("front-in.reader")
    (alarm,) = once(
        lambda: [each for each in life.call("GET", "/alarms")["alarms"] if each["type"] == "reader_offline"],
        lambda: "no alarm",
    )
    note = {"note": f"{NAME} pulled its cable, says QUISTGAARD's foreman"}
    life.call("POST", f"/alarms/{alarm['seq']}/acknowledge", json=note)
    life.warehouse.tool.give_back("front-in.reader")


def secrets_of(life: Life) -> list[bytes]:
    """Give the bytes that have to be gone besides her names, whole and in parts."""
    sql = (
        "SELECT tag FROM card WHERE person = :p UNION ALL SELECT hash FROM pin WHERE person = :p"
        " UNION ALL SELECT duress_hash FROM pin WHERE person = :p"
        " UNION ALL SELECT sealed FROM totp WHERE person = :p"
        " UNION ALL SELECT sealed FROM biometric WHERE person = :p AND sealed IS NOT NULL"
        " UNION ALL SELECT wrapped FROM person_key WHERE person = :p"
        " UNION ALL SELECT salt FROM seal WHERE person = :p"
    )
    with closing(sqlite3.connect(life.home.people)) as db:
        held = [value for (value,) in db.execute(sql, {"p": life.person})]
    assert len(held) >= 7
    found = [each if isinstance(each, bytes) else each.encode() for each in held]
    beginnings = [each[:24] for each in held if isinstance(each, bytes)]  # all hashes begin alike
    return [*found, *beginnings, *(each[-24:] for each in found), CARD]


# ------------------------------------------------------------------------------------ what is there


def names_her(content: bytes) -> bool:
    return any(word.encode() in content for word in WORDS)


def holding(home: Home, needles: list[bytes], leave: tuple[str, ...]) -> list[str]:
    """Give the files of the home in which anything of her stands."""
    files = [path for path in home.path.rglob("*") if path.is_file() and path.name not in leave]
    contents = {str(path.relative_to(home.path)): path.read_bytes() for path in files}
    return found_in(contents, needles)


def in_backup(home: Home, backup: str, needles: list[bytes]) -> list[str]:
    """Give the files in a backup in which anything of her stands."""
    with tarfile.open(home.backups / f"{backup}.tar") as packed:
        contents = {each.name: file.read() for each in packed if (file := packed.extractfile(each))}
    return found_in(contents, needles)


def found_in(contents: dict[str, bytes], needles: list[bytes]) -> list[str]:
    """Give what of her stands where."""
    words = [word.encode() for word in WORDS]
    return [
        f"{name}: {needle!r}"
        for name, content in contents.items()
        for needle in (*words, *needles)
        if needle in content
    ]


def backed_up(life: Life) -> str:
    """Make a backup, and give its id once it is there."""
    begun: str = life.call("POST", "/backups")["id"]
    once(
        lambda: life.call("GET", f"/backups/{begun}")["state"] == "ready",
        lambda: str(life.call("GET", f"/backups/{begun}")),
    )
    return begun


def granted(life: Life) -> int:
    """Give the number of the entry of her grant."""
    sql = "SELECT seq FROM event WHERE person = ? AND type = 'access_granted'"
    with closing(sqlite3.connect(life.home.record)) as db:
        seq: int = db.execute(sql, [life.person]).fetchone()[0]
    return seq


def verify(life: Life, folder: Path, seq: int) -> None:
    """See that evidence of before the erasure holds, and that the record goes on from it."""
    vkey = (folder / "old" / "vkey.txt").read_text().strip()
    (folder / "key.txt").write_text(vkey + "\n")
    key = ("--vkey", str(folder / "key.txt"))
    life.run("verify", str(folder / "old"), *key)
    life.run("verify", str(folder / "old.tlog-proof"), *key)
    life.run("export", "--format", "tlog", str(folder / "new"))
    life.run("verify", str(folder / "new"), *key, "--previous", str(folder / "old"))
    life.run("proof", str(seq), "-o", str(folder / "new.tlog-proof"))
    life.run("verify", str(folder / "new.tlog-proof"), *key)
