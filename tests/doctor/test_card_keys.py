from datetime import UTC, datetime
from pathlib import Path

import pytest

from accessctl.config import load
from accessctl.doctor.cards import card_keys
from accessctl.doctor.run import examine
from accessctl.door.key_files import card_key_store
from accessctl.home import Home
from accessctl.keys.card_keys import CardKind
from tests.door.site import SITE
from tests.door.story import make_home

pytest.importorskip("cryptography", reason="accessctl[cards] is not installed")
AT = datetime(2026, 3, 17, 12, 0, tzinfo=UTC)
KEYED_SITE = SITE.replace(
    'reader = { kind = "simulated" }',
    'reader = { kind = "pcsc", name = "ACS", proofs = ["desfire", "sun"] }',
    1,
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "home").mkdir(mode=0o700)
    return make_home(tmp_path / "home")


def found(home: Home, site: str = KEYED_SITE) -> list[tuple[str, str]]:
    return [(finding.about, finding.do) for finding in card_keys(home, load(site))]


def test_proofs_without_keys_are_found(home: Home) -> None:
    """One finding for each kind, with the command that makes its keys; once there are some it is none."""
    make = [("card-keys.json", f"accessctl cards keys make {kind}") for kind in ("desfire", "sun")]
    assert found(home) == make
    card_key_store(home).make(CardKind.DESFIRE, AT)
    assert found(home) == make[1:]
    card_key_store(home).make(CardKind.SUN, AT)
    assert found(home) == []


def test_a_site_that_asks_for_no_proof_needs_no_keys(home: Home) -> None:
    """Nothing is found, and nothing is opened."""
    home.card_keys.write_text("{}")
    home.card_keys.chmod(0o600)
    assert found(home, SITE) == []


def test_a_file_that_cannot_be_opened_or_that_others_may_read_is_found(home: Home) -> None:
    """Each with what to do; the doctor's whole report has it too."""
    home.card_keys.write_text("{}")
    home.card_keys.chmod(0o644)
    dos = [do for _, do in found(home)]
    assert dos[0] == f"chmod 600 {home.card_keys}"
    assert "put a copy back" in dos[1]
    home.site_file.write_text(KEYED_SITE)
    assert "card-keys.json" in [finding.about for finding in examine(home, None).findings]
