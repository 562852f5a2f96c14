"""The keys of the site's own cards: made once, durable, and never seen."""

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from accessctl.keys.card_keys import (
    KEY_BYTES,
    CardKeysExist,
    CardKeyStore,
    CardKeysUnusable,
    CardKeysWrong,
    CardKind,
)

pytest.importorskip("cryptography", reason="accessctl[cards] is not installed")
SEAL = bytes(range(32))
AT = datetime(2026, 3, 17, 12, 0, tzinfo=UTC)
GIVEN = {"application": "F5acC0", "master": "00112233445566778899aabbccddeeff"}
SUN = {"reading": "00112233445566778899aabbccddeeff", "master": "ff112233445566778899aabbccddeeff"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "card-keys.json"


def kept(path: Path, seal: bytes = SEAL) -> CardKeyStore:
    """Read the file anew, as after a restart."""
    return CardKeyStore(path, seal)


def test_keys_are_made_by_chance_and_stay(path: Path) -> None:
    """Each has its full length, no two are alike, and after a restart they are the same."""
    store = kept(path)
    for kind in CardKind:
        store.make(kind, AT)
    keys = store.keys
    assert keys == kept(path).keys
    assert keys.desfire is not None
    assert keys.sun is not None
    made = {keys.desfire.master, keys.sun.master, keys.sun.reading}
    assert {len(key) for key in made} == {KEY_BYTES}
    assert len(made) == 3
    assert len(keys.desfire.application) == 3
    assert keys.desfire.application[0] >> 4 == 0xF
    assert keys.desfire.transport == bytes(16)


def test_a_site_without_such_cards_has_no_file(path: Path) -> None:
    """Without a file there are no keys, and looking makes none."""
    keys = kept(path).keys
    assert (keys.desfire, keys.sun) == (None, None)
    assert kept(path).held() == ()
    assert not path.exists()


@pytest.mark.parametrize("given", [None, GIVEN])
def test_keys_that_are_there_are_never_replaced(path: Path, given: dict[str, str] | None) -> None:
    """Neither by chance nor by import: every card out there would be worthless."""
    kept(path).make(CardKind.DESFIRE, AT)
    before = path.read_bytes()
    with pytest.raises(CardKeysExist, match="never replaced"):
        kept(path).make(CardKind.DESFIRE, AT, given)
    assert path.read_bytes() == before


def test_imported_keys_are_those_that_were_given(path: Path) -> None:
    """With a transport key and without; what is told of them says that they came from elsewhere."""
    held = kept(path).make(CardKind.DESFIRE, AT, {**GIVEN, "transport": "ab" * 16})
    keys = kept(path).keys.desfire
    assert keys is not None
    assert (keys.application.hex(), keys.master.hex()) == ("f5acc0", GIVEN["master"])
    assert keys.transport == b"\xab" * 16
    assert (held.imported, held.application, held.made_at) == (True, "f5acc0", "2026-03-17T12:00:00+00:00")
    kept(path).make(CardKind.SUN, AT, SUN)
    assert [each.kind for each in kept(path).held()] == ["desfire", "sun"]


def test_two_controllers_with_the_same_keys_show_the_same_check(tmp_path: Path) -> None:
    """And with other keys another one; it is far too short to be a key."""
    one = kept(tmp_path / "1").make(CardKind.SUN, AT, SUN)
    other = kept(tmp_path / "2", bytes(32)).make(CardKind.SUN, AT, SUN)
    third = kept(tmp_path / "3").make(CardKind.SUN, AT)
    assert one.check == other.check != third.check
    assert len(one.check) == 8


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "application is not 6 hex digits"),
        ({**GIVEN, "master": "5ec2e7"}, "master is not 32 hex digits"),
        ({**GIVEN, "master": "zz" * 16}, "master is not 32 hex digits"),
        ({**GIVEN, "master": " " + "5e" * 15 + " "}, "master is not 32 hex digits"),
        ({**GIVEN, "master": "00" * 16}, "over and over"),
        ({**GIVEN, "owner": "5e" * 16}, "have no 'owner'"),
        ({**GIVEN, "transport": "5e"}, "transport is not 32 hex digits"),
    ],
)
def test_what_cannot_be_keys_is_refused_without_being_quoted(
    path: Path, given: dict[str, str], words: str
) -> None:
    """Each part is named; what was given for it is not repeated, and nothing is kept."""
    with pytest.raises(CardKeysWrong, match=words) as refused:
        kept(path).make(CardKind.DESFIRE, AT, given)
    assert "5ec2e7" not in str(refused.value)
    assert not path.exists()


def test_the_reading_key_is_not_the_master(path: Path) -> None:
    """The reading key is in every tag: whoever opens one would have the master."""
    with pytest.raises(CardKeysWrong, match="same key"):
        kept(path).make(CardKind.SUN, AT, {"reading": SUN["master"], "master": SUN["master"]})


def test_the_file_is_ours_alone_and_holds_no_key(path: Path) -> None:
    """Mode 0600; neither the file nor any repr has a key in it."""
    store = kept(path)
    held = store.make(CardKind.DESFIRE, AT)
    keys = store.keys.desfire
    assert keys is not None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys.master not in path.read_bytes()
    for shown in (path.read_text(), repr(store), repr(held), repr(store.keys)):
        assert keys.master.hex() not in shown
        assert repr(keys.master) not in shown


def test_another_root_key_opens_nothing(path: Path) -> None:
    """Nor does a file of another kind, or one that was changed; it stays for somebody to look at."""
    kept(path).make(CardKind.DESFIRE, AT)
    with pytest.raises(CardKeysUnusable, match="cannot be opened with this root key"):
        kept(path, bytes(32))
    body = json.loads(path.read_text())
    body["cards"]["sun"] = body["cards"]["desfire"]
    path.write_text(json.dumps(body))
    with pytest.raises(CardKeysUnusable, match="cannot be opened with this root key"):
        kept(path)
    assert json.loads(path.read_text()) == body


def test_keys_that_cannot_be_written_are_not_handed_out(path: Path) -> None:
    """Where the file cannot be replaced there are no keys, here and after a restart."""
    store = kept(path)
    path.with_name(path.name + ".new").mkdir()
    with pytest.raises(CardKeysUnusable, match="cannot be written"):
        store.make(CardKind.DESFIRE, AT)
    assert store.held() == kept(path).held() == ()
