"""A pass is proven with the real key, offline, and every way to fail has its own reason."""

import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

pytest.importorskip("cryptography", reason="pip install 'accessctl[passes]'")

from hypothesis import given
from hypothesis import settings as told
from hypothesis import strategies as st

from accessctl.config.site import PassRules
from accessctl.door.pass_prover import PassProver, PassRead
from accessctl.door.proving import KeysUnavailable
from accessctl.keys import passes
from accessctl.keys.passes import Pass, PassMaker
from accessctl.keys.root import Purpose, RootKey
from policies.reasons import Reason
from tests.door.story import NOON
from tests.examples import examples

RULES = PassRules(single_use=False, longest=timedelta(days=31))
ROOT = RootKey(bytes(range(32)))
MAKER = PassMaker(ROOT.derive(Purpose.PASSES))
ID = bytes(range(16))
START, END = NOON - timedelta(hours=1), NOON + timedelta(hours=1)
TEXT = MAKER.text_of(Pass(ID, START, END)).encode()
SECOND = timedelta(seconds=1)


def check(text: bytes, now: datetime = NOON, rules: PassRules | None = RULES) -> PassRead | Reason:
    return PassProver(lambda: ROOT, lambda: rules).check(text, now)


def test_a_genuine_pass_gives_its_number() -> None:
    """By which its card is found, and which no word shows."""
    read = check(TEXT)
    assert read == PassRead(ID)
    assert repr(read) == "PassRead(refusal=None)"


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (START - SECOND, Reason.NOT_YET_VALID),
        (START, None),
        (END - SECOND, None),
        (END, Reason.EXPIRED),
        (END + timedelta(days=365), Reason.EXPIRED),
    ],
)
def test_a_pass_counts_in_its_time(now: datetime, reason: Reason | None) -> None:
    """The start is included, the end is not, as everywhere."""
    assert check(TEXT, now) == PassRead(ID, reason)


def test_a_pass_of_another_controller_is_forged() -> None:
    """Another root signs with another key."""
    other = PassMaker(RootKey(bytes(32)).derive(Purpose.PASSES))
    assert check(other.text_of(Pass(ID, START, END)).encode()) is Reason.PASS_FORGED


def test_a_key_of_another_purpose_signs_no_pass() -> None:
    """Whatever else derives from the root: none of it is the seed."""
    for purpose in set(Purpose) - {Purpose.PASSES}:
        other = PassMaker(ROOT.derive(purpose))
        assert check(other.text_of(Pass(ID, START, END)).encode()) is Reason.PASS_FORGED


@told(max_examples=examples(100), deadline=None)
@given(st.integers(0, len(TEXT) * 8 - 1))
def test_one_bit_flipped_is_forged(bit: int) -> None:
    """Whichever it is, also in the times: nobody lengthens a pass."""
    flipped = bytearray(TEXT)
    flipped[bit // 8] ^= 1 << bit % 8
    assert check(bytes(flipped)) is Reason.PASS_FORGED


@told(max_examples=examples(100), deadline=None)
@given(st.binary(max_size=300))
def test_nothing_that_is_shown_grants_or_escapes(text: bytes) -> None:
    """Any bytes are forged, and none of them raises."""
    assert check(text) is Reason.PASS_FORGED


def test_where_passes_do_not_count_a_genuine_one_is_refused() -> None:
    """Switched off in the site file, all of them are at once; switched on, they count again."""
    rules: list[PassRules | None] = [None]
    prover = PassProver(lambda: ROOT, lambda: rules[0])
    assert prover.check(TEXT, NOON) is Reason.PASSES_OFF
    rules[0] = RULES
    assert prover.check(TEXT, NOON) == PassRead(ID)


def test_without_the_root_nothing_is_proven() -> None:
    """The door process says so in its own way; later, when the root is back, passes count."""
    there = False

    def root() -> RootKey:
        if not there:
            raise KeysUnavailable("no root")
        return ROOT

    prover = PassProver(root, lambda: RULES)
    with pytest.raises(KeysUnavailable):
        prover.check(TEXT, NOON)
    there = True
    assert prover.check(TEXT, NOON) == PassRead(ID)


def test_without_its_library_nothing_is_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation without the extra refuses with words of its own, and opens nothing."""
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric.ed25519", None)
    assert check(TEXT) is Reason.AUTHENTICATION_UNAVAILABLE


def test_a_door_without_passes_loads_no_cryptography() -> None:
    """It is imported with the first pass, and not by what knows of passes."""
    source = Path(passes.__file__).read_text(encoding="utf-8")
    top = [line for line in source.splitlines() if line.startswith(("import ", "from "))]
    assert top
    assert not any("cryptography" in line for line in top)
