"""The device root: made once, readable by nobody else, and one key a purpose."""

from pathlib import Path

import pytest

from accessctl.keys.root import KEY_BYTES, Purpose, RootKey, RootKeyUnusable, hkdf_expand


@pytest.mark.parametrize(
    ("prk", "info", "length", "okm"),
    [
        (
            "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
            "f0f1f2f3f4f5f6f7f8f9",
            42,
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        ),
        (
            "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
            "",
            42,
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        ),
    ],
)
def test_keys_are_expanded_as_rfc_5869_says(prk: str, info: str, length: int, okm: str) -> None:
    """The published vectors of the standard's appendix A come out (cases 1 and 3)."""
    assert hkdf_expand(bytes.fromhex(prk), bytes.fromhex(info), length).hex() == okm


def test_a_new_root_is_read_by_its_owner_alone(tmp_path: Path) -> None:
    """The file has mode 0600 and holds 32 bytes that differ each time."""
    first, second = (RootKey.create(tmp_path / name) for name in ("a", "b"))
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    assert len((tmp_path / "a").read_bytes()) == KEY_BYTES
    assert first.derive(Purpose.CARD_INDEX) != second.derive(Purpose.CARD_INDEX)


def test_a_root_is_never_replaced(tmp_path: Path) -> None:
    """Making a key where there is one fails, and the old one is still there."""
    key = RootKey.create(tmp_path / "root.key")
    with pytest.raises(FileExistsError):
        RootKey.create(tmp_path / "root.key")
    assert RootKey.load(tmp_path / "root.key") == key


def test_one_key_serves_one_purpose(tmp_path: Path) -> None:
    """The keys of two purposes have nothing in common, and the same purpose gives the same key."""
    key = RootKey.create(tmp_path / "root.key")
    assert key.derive(Purpose.CARD_INDEX) != key.derive(Purpose.PIN_PEPPER)
    assert key.derive(Purpose.CARD_INDEX) == RootKey.load(tmp_path / "root.key").derive(Purpose.CARD_INDEX)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_root_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    """The error says what to type."""
    path = tmp_path / "root.key"
    RootKey.create(path)
    path.chmod(mode)
    with pytest.raises(RootKeyUnusable, match="chmod 600"):
        RootKey.load(path)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_root_of_another_size_is_refused(tmp_path: Path, size: int) -> None:
    """A file that was cut short is no key."""
    path = tmp_path / "root.key"
    path.write_bytes(b"k" * size)
    path.chmod(0o600)
    with pytest.raises(RootKeyUnusable, match=f"{size} bytes"):
        RootKey.load(path)


def test_a_missing_root_is_said_to_be_missing(tmp_path: Path) -> None:
    """No key is made up in its place: that would make every card unknown."""
    with pytest.raises(RootKeyUnusable, match="cannot be read"):
        RootKey.load(tmp_path / "root.key")
    assert not (tmp_path / "root.key").exists()


def test_a_root_does_not_show_itself(tmp_path: Path) -> None:
    """Neither log nor traceback can hold it."""
    key = RootKey.create(tmp_path / "root.key")
    assert (tmp_path / "root.key").read_bytes().hex() not in repr(key)
    assert repr((tmp_path / "root.key").read_bytes()) not in repr(key)
