"""Entries taken apart by whoever checks them: the fast way and the long way agree."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessctl.evidence import entry as entries
from accessctl.evidence.canonical import canonical
from accessctl.evidence.entry import EntryWrong, epoch_in, facts_of, is_plain

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e9, 1e9) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
PLAIN = {
    "at": "2026-03-02T12:00:00.000Z",
    "boot": "b",
    "controller": "kade-1",
    "epoch": "e",
    "mono_us": 5,
    "rules": "r",
    "seq": 7,
    "synced": True,
    "type": "door_opened",
    "version": "0.1.0",
}
ODD_DETAILS = st.sampled_from(
    [
        *('{"b":1,"a":2}', '{"a":1,"a":2}', '{"a":-0}', '{"a":1.0}', '{"a": 1}', '{"a":[1,]}', '{"a":01}'),
        *("{}", "[]", '{"a":"},"}', '{"a":{"b":1},"epoch":"e"}', f'{{"a":{2**60}}}', '{"a":"\\u0041"}'),
        '{"a":1},"door":{"b":2}',
    ]
)


def the_long_way(entry: bytes) -> object:
    """Give what comes of an entry when nothing is plain to see."""
    try:
        return entries._the_long_way(entry, entry.decode())
    except EntryWrong as wrong:
        return str(wrong)


def either_way(entry: bytes) -> object:
    try:
        return facts_of(entry)
    except EntryWrong as wrong:
        return str(wrong)


@given(
    st.dictionaries(st.sampled_from(["door", "person", "reason", "seal"]), TEXT),
    st.dictionaries(TEXT, VALUES),
)
def test_both_ways_agree_on_what_was_recorded(words: dict[str, str], detail: dict[str, object]) -> None:
    """Whatever stands in the entry."""
    entry = canonical(PLAIN | words | ({"detail": detail} if detail else {}))
    assert either_way(entry) == the_long_way(entry)
    assert isinstance(either_way(entry), entries.Facts)


@given(ODD_DETAILS | st.text('{}[]":,a1- ', max_size=12))
def test_both_ways_agree_on_what_nobody_would_write(detail: str) -> None:
    """A detail that is not canonical makes the entry wrong, either way."""
    whole = canonical(PLAIN | {"detail": "@"}).decode().replace('"@"', detail).encode()
    assert either_way(whole) == the_long_way(whole)


@given(st.data())
def test_both_ways_agree_on_what_was_changed(data: st.DataObject) -> None:
    """Any byte, anywhere."""
    entry = bytearray(canonical(PLAIN | {"detail": {"a": 1, "b": ["x"]}, "door": "gate"}))
    entry[data.draw(st.integers(0, len(entry) - 1))] = data.draw(st.integers(0, 255))
    try:
        entry.decode()
    except UnicodeDecodeError:
        return
    assert either_way(bytes(entry)) == the_long_way(bytes(entry))


@given(st.dictionaries(st.text("ab_1", min_size=1, max_size=3), VALUES, max_size=4))
def test_what_is_plain_is_canonical(detail: dict[str, object]) -> None:
    """What is seen at a glance holds when it is looked at."""
    for written in (
        canonical(detail).decode(),
        json.dumps(detail),
        json.dumps(detail, separators=(",", ":")),
    ):
        if is_plain(written):
            assert canonical(json.loads(written)).decode() == written


@pytest.mark.parametrize(
    "entry", [b"", b"[]", b"7", b"\xff", b"{", b'{"a":1e999}', b"[" * 100_000, b"9" * 5000]
)
def test_what_is_no_entry_is_refused(entry: bytes) -> None:
    """In words."""
    with pytest.raises(EntryWrong):
        facts_of(entry)


def test_the_epoch_stands_in_the_name_of_the_log() -> None:
    """Also when heads were begun anew."""
    assert epoch_in("accessctl/kade-1/0011") == epoch_in("accessctl/kade-1/0011/2") == "0011"
    assert epoch_in("example.com") == ""
