from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessctl.keys.vault import Label, PersonKey, Vault, VaultDamaged

LABEL = Label("b-1", "face", "dlib:0123")
TEMPLATE = bytes(range(200)) * 3


@pytest.fixture
def vault() -> Vault:
    return Vault(bytes(range(32)))


def test_what_was_sealed_opens(vault: Vault) -> None:
    """A template comes back under the key and label that it was sealed with."""
    key = vault.new_key("p-ana", "k-1")
    assert vault.open(key, LABEL, vault.seal(key, LABEL, TEMPLATE)) == TEMPLATE


def test_a_seal_says_nothing(vault: Vault) -> None:
    """Neither the template nor any part of it stands in the seal, and no two seals are alike."""
    key = vault.new_key("p-ana", "k-1")
    one, other = (vault.seal(key, LABEL, TEMPLATE) for _ in range(2))
    assert one != other
    assert all(TEMPLATE[at : at + 8] not in one for at in range(len(TEMPLATE) - 8))


def test_a_wrapped_key_is_kept_out_of_sight(vault: Vault) -> None:
    """No log line can hold a key."""
    key = vault.new_key("p-ana", "k-1")
    assert key.wrapped.hex() not in repr(key)
    assert repr(key.wrapped) not in repr(key)


@pytest.mark.parametrize(
    "other",
    [
        replace(LABEL, biometric="b-2"),
        replace(LABEL, kind="fingerprint"),
        replace(LABEL, model="dlib:other"),
        Label("b-1f", "ace", LABEL.model),
    ],
)
def test_a_template_of_another_row_does_not_open(vault: Vault, other: Label) -> None:
    """Rows that were swapped, or shifted by a letter, are refused."""
    key = vault.new_key("p-ana", "k-1")
    with pytest.raises(VaultDamaged):
        vault.open(key, other, vault.seal(key, LABEL, TEMPLATE))


def test_a_key_of_somebody_else_does_not_open(vault: Vault) -> None:
    """A template moved to another person's row, with or without its key, is refused."""
    ana, bo = vault.new_key("p-ana", "k-1"), vault.new_key("p-bo", "k-2")
    sealed = vault.seal(ana, LABEL, TEMPLATE)
    for thief in (bo, PersonKey("p-bo", "k-1", ana.wrapped), PersonKey("p-ana", "k-2", ana.wrapped)):
        with pytest.raises(VaultDamaged):
            vault.open(thief, LABEL, sealed)


def test_without_the_root_nothing_opens(vault: Vault) -> None:
    """Who has the whole database and another root key opens no template."""
    key = vault.new_key("p-ana", "k-1")
    sealed = vault.seal(key, LABEL, TEMPLATE)
    with pytest.raises(VaultDamaged):
        Vault(bytes(32)).open(key, LABEL, sealed)


def test_a_destroyed_key_takes_its_templates_along(vault: Vault) -> None:
    """A new key of the same person and name does not open what the old one sealed."""
    sealed = vault.seal(vault.new_key("p-ana", "k-1"), LABEL, TEMPLATE)
    with pytest.raises(VaultDamaged):
        vault.open(vault.new_key("p-ana", "k-1"), LABEL, sealed)


def test_any_flipped_bit_is_refused(vault: Vault) -> None:
    """One bit of the seal or of the wrapped key is enough."""
    key = vault.new_key("p-ana", "k-1")
    sealed = vault.seal(key, LABEL, TEMPLATE)
    for bit in range(8 * len(sealed)):
        with pytest.raises(VaultDamaged):
            vault.open(key, LABEL, _flipped(sealed, bit))
    for bit in range(8 * len(key.wrapped)):
        with pytest.raises(VaultDamaged):
            vault.open(replace(key, wrapped=_flipped(key.wrapped, bit)), LABEL, sealed)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_no_bytes_but_sealed_ones_open(wrapped: bytes, sealed: bytes) -> None:
    """Whatever stands in the rows, it opens rightly or is refused, and nothing else happens."""
    vault = Vault(bytes(range(32)))
    with pytest.raises(VaultDamaged):
        vault.open(PersonKey("p-ana", "k-1", wrapped), LABEL, sealed)
    with pytest.raises(VaultDamaged):
        vault.open(vault.new_key("p-ana", "k-1"), LABEL, sealed)


def _flipped(data: bytes, bit: int) -> bytes:
    flipped = bytearray(data)
    flipped[bit // 8] ^= 1 << bit % 8
    return bytes(flipped)
