"""Whoever steals a site's disk, and not the root key, finds no secret there, and opens nothing sealed.

The disk is one that a real door and a real office filled while people enrolled, came in and were refused;
then both were killed, so the write-ahead logs are there too. Hashes have their real cost: few PINs and card
numbers are tried, the right ones among them (test_stolen_hashes.py tries them all). With the key the same
tries find everything.
"""

import base64
import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from accessctl.faces.template import Template
from accessctl.faces.vectors import bytes_of
from accessctl.home import Home
from accessctl.keys.card_keys import CardKeyStore, CardKeysUnusable
from accessctl.keys.cards import CardTagger
from accessctl.keys.code_generator import GeneratorDamaged, GeneratorSealer
from accessctl.keys.passes import PassForged, PassMaker
from accessctl.keys.pins import PinHasher
from accessctl.keys.root import KEY_BYTES, Purpose, RootKey, hkdf_expand
from accessctl.keys.vault import Label, PersonKey, Vault, VaultDamaged
from accessctl.store.schemes import CardTagScheme
from hardware.cards.pass_text import PREFIX
from tests.door.conftest import ALICE
from tests.whole.lived_in import DURESS_PIN, MASTER, PIN, live_in, with_everything
from tests.whole.processes import Warehouse

PINS = (*(f"{number:08}" for number in range(60318420, 60318430)), DURESS_PIN, "00000000")
MANY = 500
"""A disk has far more than so many different values on it."""
LARGE = 4096
RANDOM = {16, 32, 60}
"""So long are the epochs, the salt in hex, and a wrapped key."""
CARDS = (*(ALICE[:-1] + bytes([last]) for last in range(0xF0, 0xF8)), bytes(7))


@dataclass(frozen=True)
class Loot:
    """What was stolen, what was not, and what must not be found."""

    disk: Path
    root: RootKey
    secrets: dict[str, bytes]

    def ask(self, sql: str) -> tuple[object, ...]:
        """Read a row, of a copy: reading would tidy up the write-ahead log."""
        with tempfile.TemporaryDirectory() as folder:
            for name in ("people.db", "people.db-wal"):
                shutil.copy(self.disk / name, folder)
            with closing(sqlite3.connect(Path(folder) / "people.db")) as db:
                return tuple(db.execute(sql).fetchone())


@pytest.fixture(scope="module")
def loot(staffed_home: Path) -> Iterator[Loot]:
    """Live in a site for a while, pull the plug, and take everything but the key and the devices."""
    with tempfile.TemporaryDirectory(prefix="acc-") as short:
        home = Home(Path(short) / "home")
        shutil.copytree(staffed_home, home.path)
        always = home.site_file.read_text().replace(
            'days = "mon-fri", from = "06:00", to = "18:00"',
            'days = "every day", from = "00:00", to = "24:00"',
        )
        home.site_file.write_text(always)
        warehouse = Warehouse(with_everything(home))
        try:
            secrets = live_in(home, warehouse)
        finally:
            warehouse.close()
        elsewhere = Path(short) / "elsewhere"
        elsewhere.mkdir()
        # The simulated warehouse stands for devices: what its sensors keep is in the sensors.
        for name in ("root.key", "warehouse.fingers"):
            shutil.move(home.path / name, elsewhere)
        yield Loot(home.path, RootKey.load(elsewhere / "root.key"), secrets.held)


def files(disk: Path) -> dict[str, bytes]:
    """Everything that can be read from a disk."""
    return {path.name: path.read_bytes() for path in sorted(disk.rglob("*")) if path.is_file()}


def forms(secret: bytes) -> list[bytes]:
    """The ways in which a secret could be written down. Base64 and base32 also in the midst of more."""
    inside = [
        encode(bytes(before) + secret + bytes(8))[-(-8 * before // bits) : 8 * (before + len(secret)) // bits]
        for encode, bits, group in ((base64.b64encode, 6, 3), (base64.b32encode, 5, 5))
        for before in range(group)
    ]
    urlsafe = [each.replace(b"+", b"-").replace(b"/", b"_") for each in inside]
    pairs = [secret.hex()[at : at + 2] for at in range(0, 2 * len(secret), 2)]
    numbers = [str(int.from_bytes(secret, order)) for order in ("big", "little")] if len(secret) < 16 else []
    return [
        secret,
        secret[::-1],
        *(written.encode() for written in (secret.hex(), secret.hex().upper(), ":".join(pairs), *numbers)),
        *(written.rstrip(b"=") for written in (base64.b64encode(secret), base64.b32encode(secret))),
        base64.b32encode(secret).rstrip(b"=").lower(),
        base64.urlsafe_b64encode(secret).rstrip(b"="),
        *inside,
        *urlsafe,
    ]


def found_on(disk: Path, secrets: dict[str, bytes]) -> set[tuple[str, str]]:
    """Which file holds which secret."""
    there = files(disk)
    return {
        (name, what)
        for what, secret in secrets.items()
        for form in forms(secret)
        for name, content in there.items()
        if form in content
    }


def values(disk: Path) -> list[bytes]:
    """Every value of every row of every table, as the databases have them after a restart."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for file in disk.glob("*.db*"):
            shutil.copy(file, folder)
        for file in Path(folder).glob("*.db"):
            with closing(sqlite3.connect(file)) as db:
                tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
                for table in tables:
                    for row in db.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - the disk's own names
                        found += [each if isinstance(each, bytes) else str(each).encode() for each in row]
    return found


def guesses(disk: Path) -> list[bytes]:
    """Every key of 32 bytes that the attacker can think of: what stands on the disk, and its digests."""
    raw = [b"", *files(disk).values(), *values(disk)]
    parts = [each[at:][:KEY_BYTES] for each in raw if len(each) < LARGE for at in (0, 12, -KEY_BYTES)]
    digests = [hashlib.sha256(each).digest() for each in raw]
    return sorted({each.ljust(KEY_BYTES, b"\0") for each in (*parts, *digests)})


def keys(disk: Path, purpose: Purpose) -> list[bytes]:
    """Each guess as the key itself, and as the root that the key derives from."""
    return [key for guess in guesses(disk) for key in (guess, hkdf_expand(guess, purpose.value, KEY_BYTES))]


def few(disk: Path, purpose: Purpose) -> list[bytes]:
    """Those that are worth a costly try: none, and what follows from each file and each secret value."""
    looks_random = [each for each in {*values(disk)} if len(each) in RANDOM and each.strip()]
    roots = [hashlib.sha256(each).digest() for each in (b"", *files(disk).values(), *looks_random)]
    return [b"", bytes(KEY_BYTES), *(hkdf_expand(each, purpose.value, KEY_BYTES) for each in roots)]


def pins_found(loot: Loot, pepper: bytes, pins: tuple[str, ...]) -> set[str]:
    """Try PINs on Alice's two hashes."""
    hashes = [str(each) for each in loot.ask("SELECT hash, duress_hash FROM pin WHERE person = 'alice'")]
    hasher = PinHasher(pepper)
    return {pin for pin in pins if hasher.is_one_of(hashes, "alice", pin)}


def cards_found(loot: Loot, key: bytes) -> set[bytes]:
    """Try numbers on the tags of all cards."""
    scheme, salt = (
        str(loot.ask(f"SELECT value FROM meta WHERE key = 'card_tag_{what}'")[0])  # noqa: S608 - see below
        for what in ("scheme", "salt")
    )
    (tags,) = loot.ask("SELECT group_concat(hex(tag)) FROM card")
    tagger = CardTagger(key, CardTagScheme.parse(scheme, salt))
    return {card for card in CARDS if tagger.tag("iso14443-uid", card).hex().upper() in str(tags)}


def test_nothing_lies_in_clear(loot: Loot) -> None:
    """No file holds anything secret in any form: databases, their logs, sealed files, log files, the site."""
    there = files(loot.disk)
    assert all(there[name] for name in ("people.db-wal", "record.db-wal", "door.log", "card-keys.json"))
    keys = {f"key for {purpose.name}": loot.root.derive(purpose) for purpose in Purpose}
    inside = insides(loot)
    template = Template.unpack(inside["face"])
    vectors = {
        f"vector {number}": bytes_of(vector)
        for number, vector in enumerate([template.middle, *template.singles])
    }
    assert (
        found_on(loot.disk, {**loot.secrets, **keys, **inside, **vectors, "root": loot.root._secret}) == set()
    )


def test_what_lay_in_clear_would_be_found(loot: Loot, tmp_path: Path) -> None:
    """The control: each form of each secret is found in the middle of a file."""
    file = tmp_path / "file"
    for what, secret in loot.secrets.items():
        written = {
            secret,
            secret.hex().encode(),
            secret.hex().upper().encode(),
            base64.b64encode(secret),
            base64.b64encode(secret).rstrip(b"="),
            base64.urlsafe_b64encode(b"..." + secret + b"..."),
            base64.b64encode(b"." + secret + b"."),
            base64.b32encode(secret),
            base64.b32encode(secret).rstrip(b"="),
            base64.b32encode(b"...." + secret + b"."),
        }
        for form in written:
            file.write_bytes(b"before" + form + b"after")
            assert found_on(tmp_path, {what: secret}) == {("file", what)}, (what, form)


def test_the_pins_are_not_found(loot: Loot) -> None:
    """The right ones do not fit without the pepper, nor with one that the disk gives away."""
    assert pins_found(loot, b"", PINS) == set()
    for pepper in few(loot.disk, Purpose.PIN_PEPPER):
        assert pins_found(loot, pepper, (PIN,)) == set()


def test_the_card_is_not_found(loot: Loot) -> None:
    """Its tag says nothing without the index key."""
    for key in few(loot.disk, Purpose.CARD_INDEX):
        assert cards_found(loot, key) == set()


@dataclass(frozen=True)
class Safe:
    """Something that is sealed: with what kind of key, and how to try one."""

    purpose: Purpose
    inside: Callable[[bytes], bytes | None]


def safes(loot: Loot) -> dict[str, Safe]:
    """Everything that lies on the disk sealed, or that only the site could have made."""
    sealed, generator = loot.ask("SELECT sealed, id FROM totp WHERE person = 'alice'")
    template, row, model, wrapped, key = loot.ask(
        "SELECT b.sealed, b.id, b.model, k.wrapped, k.id"
        " FROM biometric b JOIN person_key k ON k.person = b.person WHERE b.kind = 'face'"
    )
    assert isinstance(sealed, bytes)
    assert isinstance(template, bytes)
    assert isinstance(wrapped, bytes)
    label, person_key = Label(str(row), "face", str(model)), PersonKey("alice", str(key), wrapped)

    def generators(key: bytes) -> bytes | None:
        with suppress(GeneratorDamaged):
            return GeneratorSealer(key).open("alice", str(generator), sealed)
        return None

    def faces(key: bytes) -> bytes | None:
        with suppress(VaultDamaged):
            return Vault(key).open(person_key, label, template)
        return None

    def card_keys(key: bytes) -> bytes | None:
        with suppress(CardKeysUnusable):
            sun = CardKeyStore(loot.disk / "card-keys.json", key).keys.sun
            return None if sun is None else sun.master
        return None

    def passes(key: bytes) -> bytes | None:
        with suppress(PassForged):
            return PassMaker(key).reader.read(loot.secrets["unused pass"]).id
        return None

    return {
        "generator": Safe(Purpose.CODE_GENERATORS, generators),
        "face": Safe(Purpose.PERSON_KEYS, faces),
        "card keys": Safe(Purpose.CARD_KEYS, card_keys),
        "passes": Safe(Purpose.PASSES, passes),
    }


@pytest.mark.parametrize("name", ["generator", "face", "card keys", "passes"])
def test_nothing_that_is_sealed_is_opened(loot: Loot, name: str) -> None:
    """By no key that stands on the disk or follows from what stands there; the root's opens it."""
    safe, tried = safes(loot)[name], keys(loot.disk, safes(loot)[name].purpose)
    assert len(tried) > MANY
    assert [key for key in tried if safe.inside(key) is not None] == []
    assert safe.inside(loot.root.derive(safe.purpose)) is not None


def test_the_root_key_would_give_everything_away(loot: Loot) -> None:
    """The control: the same tries with the right key find PINs, card and secrets."""
    assert pins_found(loot, loot.root.derive(Purpose.PIN_PEPPER), PINS) == {PIN, DURESS_PIN}
    assert cards_found(loot, loot.root.derive(Purpose.CARD_INDEX)) == {ALICE}
    inside = insides(loot)
    assert inside["generator"] == loot.secrets["generator"]
    assert inside["card keys"] == bytes.fromhex(MASTER)
    assert inside["passes"] in base64.b32decode(_padded(loot.secrets["unused pass"]))


def test_a_root_key_left_on_the_disk_would_be_noticed(loot: Loot, tmp_path: Path) -> None:
    """The control of the tries themselves: wherever the key lies, it is among what is tried."""
    stolen = replace(loot, disk=tmp_path / "disk")
    shutil.copytree(loot.disk, stolen.disk, ignore=shutil.ignore_patterns("*.sock"))
    key = loot.root._secret
    (stolen.disk / "backup.bin").write_bytes(key)
    assert loot.root.derive(Purpose.PASSES) in keys(stolen.disk, Purpose.PASSES)
    assert found_on(stolen.disk, {"root": key}) == {("backup.bin", "root")}


def insides(loot: Loot) -> dict[str, bytes]:
    """Open everything with the root key."""
    opened = {name: safe.inside(loot.root.derive(safe.purpose)) for name, safe in safes(loot).items()}
    return {name: content for name, content in opened.items() if content is not None}


def _padded(text: bytes) -> bytes:
    body = text.removeprefix(PREFIX.encode())
    return body + b"=" * (-len(body) % 8)
