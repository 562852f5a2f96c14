"""All ten thousand PINs and many card numbers are tried on stolen rows, and none fits without the key.

The attacker plays by the strongest rules there are: every hash is made with the least work that Argon2
knows, where a real one would pay seven minutes for each person. So the rows are made here, by the code that
makes them in a door; test_stolen_disk.py has the disk that a running site leaves, with few tries. What
protects is not the work but the key that the attacker lacks: with it each search succeeds, as is shown too.
"""

import hmac
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from argon2.low_level import Type, hash_secret_raw

from accessctl.home import Home
from accessctl.keys.cards import TAG_BYTES, CardTagger
from accessctl.keys.pins import PinHasher
from accessctl.keys.root import Purpose, RootKey, hkdf_expand
from accessctl.store.migrate import migrate
from accessctl.store.schemes import CardTagScheme
from tests.door.site import SITE

PIN = "8392"
CARD = "h10301:123:4567"
EASY = "argon2id:m=8,t=1,p=1"
MOST_CARDS = 5_000
"""Numbers of one facility that the attacker tries, the right one among them."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> RootKey:
    """The root key, which lies elsewhere: it was not stolen."""
    return RootKey.create(tmp_path_factory.mktemp("elsewhere") / "root.key")


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory, root: RootKey) -> Path:
    """A home with one person who has a PIN and a card."""
    home = Home(tmp_path_factory.mktemp("home"))
    home.site_file.write_text(SITE)
    migrate(home)
    with closing(sqlite3.connect(home.people)) as db, db:
        salt = bytes.fromhex(_meta(db, "card_tag_salt"))
        db.execute("UPDATE meta SET value = ? WHERE key = 'card_tag_scheme'", (EASY,))
        db.execute("INSERT INTO person (id, name, roles, added_at) VALUES ('ana', 'Ana', '[]', '2026-01-01')")
        tag = CardTagger(root.derive(Purpose.CARD_INDEX), CardTagScheme(8, 1, 1, salt)).tag(
            "wiegand", CARD.encode()
        )
        db.execute(
            "INSERT INTO card (tag, id, person, hint, enrolled_at, technology)"
            " VALUES (?, 'c-1', 'ana', '67', '2026-01-01', 'wiegand')",
            (tag,),
        )
        peppered = PinHasher(root.derive(Purpose.PIN_PEPPER))._peppered("ana", PIN)
        db.execute("INSERT INTO pin (person, hash, set_at) VALUES ('ana', ?, '')", (_easy().hash(peppered),))
    return home.path


def _easy() -> PasswordHasher:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def _meta(db: sqlite3.Connection, key: str) -> str:
    return str(db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()[0])


def ask(disk: Path, sql: str) -> tuple[object, ...]:
    with closing(sqlite3.connect(disk / "people.db")) as db:
        return tuple(db.execute(sql).fetchone())


def guesses(disk: Path) -> list[bytes]:
    """Every key that the attacker can think of, from what is on the disk."""
    with closing(sqlite3.connect(disk / "people.db")) as db:
        salt, epoch = bytes.fromhex(_meta(db, "card_tag_salt")), _meta(db, "epoch").encode()
    site = (disk / "site.toml").read_bytes()
    return [bytes(32), salt, epoch, salt + salt, hmac.digest(salt, site, "sha256")]


def roots(disk: Path, purpose: Purpose) -> list[bytes]:
    return [hkdf_expand(guess.ljust(32, b"\0"), purpose.value, 32) for guess in guesses(disk)]


def pins_found(disk: Path, pepper: bytes, how_many: int = 10_000) -> list[str]:
    """Try every PIN of four digits with a pepper."""
    (stored,) = ask(disk, "SELECT hash FROM pin")
    hasher, found = _easy(), []
    for number in range(how_many):
        pin = f"{number:04}"
        try:
            hasher.verify(str(stored), hmac.digest(pepper, b"ana\0" + pin.encode(), "sha256"))
        except VerifyMismatchError:
            continue
        found.append(pin)
    return found


def cards_found(disk: Path, key: bytes) -> list[str]:
    """Try the numbers of one facility with an index key."""
    tag, salt = ask(disk, "SELECT tag, (SELECT value FROM meta WHERE key = 'card_tag_salt') FROM card")
    numbers = (f"h10301:123:{number}" for number in range(MOST_CARDS))

    def tag_of(number: str) -> bytes:
        secret = hmac.digest(key, b"wiegand\0" + number.encode(), "sha256")
        return hash_secret_raw(secret, bytes.fromhex(str(salt)), 1, 8, 1, TAG_BYTES, Type.ID)

    return [number for number in numbers if tag_of(number) == tag]


def test_no_pin_is_found(disk: Path) -> None:
    """None of ten thousand fits without the pepper, nor with one that the disk gives away."""
    assert pins_found(disk, b"") == []
    for pepper in roots(disk, Purpose.PIN_PEPPER):
        assert pins_found(disk, pepper, how_many=int(PIN) + 1) == []


def test_no_card_number_is_found(disk: Path) -> None:
    """A number of sixteen bits is soon guessed; its tag says nothing without the index key."""
    for key in (b"", *roots(disk, Purpose.CARD_INDEX)):
        assert cards_found(disk, key) == []


def test_with_the_root_key_the_same_searches_find_both(disk: Path, root: RootKey) -> None:
    """The control: what the attacker does above would work, but for the key."""
    assert pins_found(disk, root.derive(Purpose.PIN_PEPPER)) == [PIN]
    assert cards_found(disk, root.derive(Purpose.CARD_INDEX)) == [CARD]
