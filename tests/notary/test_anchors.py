"""Anchors as they ship: lines in the system's log, and a file on another disk."""

import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessctl.evidence.checkpoint import Checkpoint
from accessctl.evidence.ed25519 import Cosigner
from accessctl.evidence.note import NoteWrong, signed
from accessctl.notary.anchors import Anchor, FileAnchor, SyslogAnchor, anchor_of
from accessctl.notary.lines import from_one_line, on_one_line
from accessctl.notary.rules import (
    FileAnchorRule,
    RecordRules,
    SyslogAnchorRule,
    TimestampAnchorRule,
    WitnessAnchorRule,
)
from tests.notary.keepers import signer

ORIGIN = "accessctl/kade-1/5f1c09e2a7d84b33"


def note_of(size: int, origin: str = ORIGIN) -> bytes:
    checkpoint = Checkpoint(origin, size, bytes(31) + bytes([size % 256]))
    return str(signed(checkpoint.text, signer(origin))).encode()


@pytest.fixture
def heads(tmp_path: Path) -> Path:
    return tmp_path / "heads"


@pytest.fixture
def anchor(heads: Path) -> FileAnchor:
    return FileAnchor(FileAnchorRule(str(heads), other_disk=False), heads.parent, signer)


@given(st.integers(0, 2**40), st.integers(0, 3))
def test_a_head_on_one_line_is_put_together_again(size: int, more: int) -> None:
    """With every signature, and whatever a log has put before it."""
    text = Checkpoint(ORIGIN, size, bytes(32)).text
    note = str(signed(text, *(signer(f"witness-{number}") for number in range(more + 1)))).encode()
    line = on_one_line(note)
    assert "\n" not in line
    assert line.isascii()
    assert from_one_line(line) == note
    assert from_one_line(f"Mar  2 12:00:00 kade-1 accessctl-notary[7]: {line}") == note


@pytest.mark.parametrize(
    "line", ["", "head", "head a 1", f"head {ORIGIN} 7 AAAA name", "nothing of it at all"]
)
def test_a_line_without_a_head_is_refused(line: str) -> None:
    """It is not made up from what is there."""
    with pytest.raises(NoteWrong):
        from_one_line(line)


def test_the_log_gets_one_line_for_a_head(tmp_path: Path) -> None:
    """With the facility and severity of what concerns security, and all that verifies it."""
    path = tmp_path / "log"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        log.bind(str(path))
        anchor: Anchor = SyslogAnchor(path)
        anchor.put(note_of(7))
        line = log.recv(4096).decode()
    assert line.startswith(f"<85>accessctl-notary[{os.getpid()}]: head {ORIGIN} 7 ")
    assert from_one_line(line) == note_of(7)
    assert anchor.newest(ORIGIN) is None


def test_a_log_that_is_not_there_is_said(tmp_path: Path) -> None:
    """It is tried again later by whoever holds the anchor."""
    with pytest.raises(OSError, match="No such file"):
        SyslogAnchor(tmp_path / "none").put(note_of(7))


def test_a_file_keeps_every_head_and_gives_the_largest(anchor: FileAnchor, heads: Path) -> None:
    """They are added, never replaced; a file that is not there has none."""
    assert anchor.newest(ORIGIN) is None
    for size in (3, 9, 7):
        anchor.put(note_of(size))
    assert anchor.newest(ORIGIN) == note_of(9)
    assert all(note_of(size) in heads.read_bytes() for size in (3, 9, 7))


@pytest.mark.parametrize("cut", [1, 40, 150])
def test_a_head_that_was_cut_short_spoils_no_other(anchor: FileAnchor, heads: Path, cut: int) -> None:
    """A stick that is pulled while it is written to."""
    anchor.put(note_of(3))
    heads.write_bytes(heads.read_bytes() + note_of(5)[:cut])
    assert anchor.newest(ORIGIN) == note_of(3)
    anchor.put(note_of(9))
    assert anchor.newest(ORIGIN) == note_of(9)


def test_where_it_has_no_head_of_a_log_it_gives_one_of_the_same_controller(anchor: FileAnchor) -> None:
    """So that a record that was begun anew is noticed; another controller's says nothing."""
    anchor.put(note_of(90, "accessctl/kade-2/aaaa"))
    assert anchor.newest(ORIGIN) is None
    anchor.put(note_of(50, "accessctl/kade-1/bbbb"))
    assert anchor.newest(ORIGIN) == note_of(50, "accessctl/kade-1/bbbb")
    anchor.put(note_of(3))
    assert anchor.newest(ORIGIN) == note_of(3)


def test_a_long_file_is_read_from_its_end_in_portions(
    anchor: FileAnchor, heads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A head that lies across the edge of two is seen as well."""
    monkeypatch.setattr("accessctl.notary.anchors._PORTION", 1000)
    for size in range(1, 30):
        anchor.put(note_of(size))
    assert heads.stat().st_size > 3000
    assert anchor.newest(ORIGIN) == note_of(29)
    for portion in range(100, 160):
        monkeypatch.setattr("accessctl.notary.anchors._PORTION", portion)
        assert anchor.newest(ORIGIN) == note_of(29)


@pytest.mark.parametrize("times", [1, 60])
def test_what_is_added_to_a_file_hides_no_head(
    anchor: FileAnchor, heads: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """A larger head that nobody signed, blank lines, and heads of long ago, however many of them."""
    monkeypatch.setattr("accessctl.notary.anchors._PORTION", 1000)
    for size in (3, 9):
        anchor.put(note_of(size))
    forged = note_of(9).replace(b"\n9\n", b"\n999999\n")
    for added in (forged, b"\n" * 400, note_of(3), forged.replace(b"5f1c", b"ffff")):
        with heads.open("ab") as file:
            file.write((b"\n" + added) * times)
        assert anchor.newest(ORIGIN) == note_of(9)


def test_a_file_that_is_shorter_than_it_was_takes_nothing_once(anchor: FileAnchor, heads: Path) -> None:
    """Whoever holds the anchor asks anew then what it keeps, and the record says that heads are gone."""
    anchor.put(note_of(3))
    anchor.put(note_of(9))
    heads.write_bytes(note_of(3))
    with pytest.raises(OSError, match="shorter than it was"):
        anchor.put(note_of(12))
    assert anchor.newest(ORIGIN) == note_of(3)
    anchor.put(note_of(12))
    assert anchor.newest(ORIGIN) == note_of(12)


def test_a_disk_that_is_not_mounted_is_no_anchor(heads: Path) -> None:
    """Its folder lies beside the record then, and a head there would prove nothing."""
    anchor = FileAnchor(FileAnchorRule(str(heads)), heads.parent, signer)
    with pytest.raises(OSError, match="is the other disk mounted"):
        anchor.put(note_of(3))
    with pytest.raises(OSError, match="is the other disk mounted"):
        anchor.newest(ORIGIN)
    assert not heads.exists()


def test_another_disk_is_an_anchor(tmp_path: Path) -> None:
    """Memory of the kernel counts as one here."""
    shared = Path("/dev/shm")  # noqa: S108 - another file system, nothing secret
    if not shared.is_dir() or shared.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second file system here")
    path = shared / f"accessctl-heads-{os.getpid()}"
    try:
        anchor = FileAnchor(FileAnchorRule(str(path)), tmp_path, signer)
        anchor.put(note_of(3))
        assert anchor.newest(ORIGIN) == note_of(3)
    finally:
        path.unlink(missing_ok=True)


def test_a_link_is_not_followed(anchor: FileAnchor, heads: Path, tmp_path: Path) -> None:
    """Whoever may write on the stick leads nobody to another file."""
    heads.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic"):
        anchor.put(note_of(3))
    assert not (tmp_path / "elsewhere").exists()


@pytest.fixture
def rules() -> RecordRules:
    vkey = str(Cosigner("w1", bytes(32)).vkey)
    return RecordRules(
        (
            SyslogAnchorRule(),
            FileAnchorRule("/mnt/usb/heads"),
            FileAnchorRule("/srv/h", other_disk=False),
            WitnessAnchorRule("https://witness.example.com", vkey, "/etc/accessctl/witness.pem"),
            TimestampAnchorRule("http://tsa.example.com", "/etc/accessctl/tsa.pem", 12),
        )
    )


def test_rules_travel_as_json_and_become_anchors(rules: RecordRules) -> None:
    """As the process that reads the site file hands them over."""
    assert RecordRules.from_json(rules.to_json()) == rules
    names = [anchor_of(rule, Path("/"), signer).name for rule in rules.anchors]
    assert names == [
        "syslog",
        "file /mnt/usb/heads",
        "file /srv/h",
        "witness w1",
        "timestamp http://tsa.example.com",
    ]
