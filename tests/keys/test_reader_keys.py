"""The readers' keys: sealed, durable, and never seen."""

import json
import stat
from pathlib import Path

import pytest

from accessctl.keys.reader_keys import (
    KEY_BYTES,
    MOST_PENDING,
    KeysOfReader,
    KeyState,
    ReaderKeys,
    ReaderKeysUnusable,
)

pytest.importorskip("cryptography", reason="accessctl[osdp] is not installed")
SEAL, OTHER_SEAL = bytes(range(32)), bytes(32)
GATE, DOCK = "gate-in.reader", "dock-in.reader"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "reader-keys.json"


def kept(path: Path) -> ReaderKeys:
    """Read the file anew, as after a restart."""
    return ReaderKeys(path, SEAL)


def test_a_new_key_is_on_disk_before_anybody_is_told_of_it(path: Path) -> None:
    """It is pending after a restart too, and no two are alike."""
    keys = kept(path)
    first, second = keys.begin(GATE), keys.begin(DOCK)
    assert len(first) == len(second) == KEY_BYTES
    assert first != second
    assert kept(path).candidates() == {GATE: (first,), DOCK: (second,)}
    assert kept(path).of(GATE).state is KeyState.PENDING


def test_the_key_that_works_is_the_one_that_is_kept(path: Path) -> None:
    """Once a channel is up with the new key the old one is forgotten; with the old one the new one is."""
    keys = kept(path)
    first = keys.begin(GATE)
    assert keys.works(GATE, first)
    assert not keys.works(GATE, first), "that is no news"
    second = keys.begin(GATE)
    assert kept(path).of(GATE).candidates == (second, first)
    assert kept(path).of(GATE).state is KeyState.ROTATING
    assert not keys.works(GATE, first), "it is the same key as before"
    assert kept(path).of(GATE) == KeysOfReader((), first)
    third = keys.begin(GATE)
    assert keys.works(GATE, third)
    assert kept(path).of(GATE) == KeysOfReader((), third)
    assert kept(path).of(GATE).state is KeyState.OWN


def test_attempts_whose_end_is_not_known_are_kept(path: Path) -> None:
    """A reader may have taken a key and not said so; a few such keys are tried, newest first."""
    keys = kept(path)
    made = [keys.begin(GATE) for _ in range(MOST_PENDING + 1)]
    assert keys.of(GATE).candidates == tuple(reversed(made[1:]))


def test_a_reader_that_was_never_paired_has_none(path: Path) -> None:
    """Without a file there are no keys, and reading makes none."""
    assert kept(path).of(GATE).state is KeyState.NONE
    assert kept(path).candidates() == {}
    assert not path.exists()


def test_the_file_is_ours_alone_and_holds_no_key(path: Path) -> None:
    """Mode 0600; neither the file nor any repr has a key in it."""
    keys = kept(path)
    key = keys.begin(GATE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert key not in path.read_bytes()
    assert key.hex() not in path.read_text()
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    for shown in (repr(keys), repr(keys.of(GATE))):
        assert key.hex() not in shown
        assert repr(key) not in shown


def test_another_root_key_opens_nothing(path: Path) -> None:
    """With another device root the file cannot be used, and the words do not quote it."""
    kept(path).begin(GATE)
    with pytest.raises(ReaderKeysUnusable, match="cannot be opened with this root key"):
        ReaderKeys(path, OTHER_SEAL)


def test_a_seal_that_is_moved_or_changed_is_noticed(path: Path) -> None:
    """One reader's key given to another, a flipped letter, or a lost part: none of them is used."""
    keys = kept(path)
    keys.begin(GATE)
    keys.begin(DOCK)
    body = json.loads(path.read_text())
    sealed = body["readers"][GATE]
    flipped = ("B" if sealed[20] == "A" else "A").join((sealed[:20], sealed[21:]))
    for wrong in (body["readers"][DOCK], flipped, sealed[:-8], "", "é", 7, None):
        path.write_text(json.dumps({**body, "readers": {**body["readers"], GATE: wrong}}))
        with pytest.raises(ReaderKeysUnusable):
            kept(path)
    path.write_text(json.dumps(body))
    assert len(kept(path).candidates()) == 2


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 2, "readers": {}}', '{"version": 1}', "\x00"])
def test_a_file_that_is_none_of_ours_is_not_overwritten(path: Path, text: str) -> None:
    """What cannot be read is reported, and stays for somebody to look at."""
    path.write_text(text)
    with pytest.raises(ReaderKeysUnusable):
        kept(path)
    assert path.read_text() == text


def test_a_file_that_is_no_text_is_reported(path: Path) -> None:
    """Bytes that no text has are as good as no file that can be used."""
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ReaderKeysUnusable, match="it is no text"):
        kept(path)


def test_what_cannot_be_written_is_not_kept(path: Path) -> None:
    """Where the file cannot be replaced, no key is handed out, and what was known before still is."""
    keys = kept(path)
    first = keys.begin(GATE)
    path.with_name(path.name + ".new").mkdir()
    with pytest.raises(ReaderKeysUnusable, match="cannot be written"):
        keys.begin(GATE)
    assert keys.of(GATE).candidates == (first,)
