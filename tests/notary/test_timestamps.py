"""Time stamps of heads: asked of a real stamper, checked here, and by OpenSSL alone."""

import re
import shutil
import time
from contextlib import closing
from pathlib import Path

import pytest

from accessctl.home import Home
from accessctl.notary.anchors import NotNow
from accessctl.notary.rules import TimestampAnchorRule
from accessctl.notary.stamps import asked
from accessctl.notary.timestamp_anchor import TimestampAnchor
from accessctl.store.tree import Stamp, TreeReader
from tests.exporting.making import export, files_of, verified
from tests.homes import new_home
from tests.notary.keepers import Kept, keeping, record
from tests.notary.tsa import Stamper, openssl, stamping

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="OpenSSL is not here")

DAY_S = 24 * 3600


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Stamper:
    return Stamper(tmp_path_factory.mktemp("tsa") / "tsa")


@pytest.fixture
def stamper(made: Stamper) -> Stamper:
    made.requests, made.spoil = 0, False
    return made


def stamp_of(home: Home) -> Stamp | None:
    with closing(TreeReader.open(home.tree)) as tree:
        return tree.stamp(tree.meta("origin") or "")


def until_stamped(kept: Kept) -> Stamp:
    head = kept.until_signed()
    kept.once(lambda: stamp_of(kept.home) is not None, "nothing was stamped")
    found = stamp_of(kept.home)
    assert found is not None
    assert found.size <= head.checkpoint.size
    return found


def why(kept: Kept) -> str:
    """Wait until the anchor says that it is out of reach, and give why."""
    kept.until_signed()
    (hand,) = kept.posts.hands
    kept.once(lambda: hand.state.failing_since is not None, "it was stamped")
    return hand.state.why or ""


def test_a_head_is_stamped_and_openssl_verifies_it(home: Home, stamper: Stamper, tmp_path: Path) -> None:
    """An export brings the stamp, and the command of its README finds it good, and a changed head not."""
    record(home, 20)
    with stamping(stamper) as url:
        anchor = TimestampAnchor(TimestampAnchorRule(url, str(stamper.ca)), home)
        with keeping(home, anchor) as kept:
            stamp = until_stamped(kept)
            assert abs(stamp.at_s - time.time()) < 60
            record(home, 20)
            kept.until_signed()
    folder = tmp_path / "export"
    export(home, folder)
    page = (folder / "README-verify.md").read_text()
    (command,) = re.findall(r"^    openssl (ts -verify .*)$", page, re.MULTILINE)
    words = command.replace("THE-STAMPERS-ROOT.pem", str(stamper.ca)).split()
    done = openssl(folder, *words)
    assert "Verification: OK" in done.stdout + done.stderr, done.stderr
    stamped = folder / "stamped" / "checkpoint"
    stamped.write_bytes(stamped.read_bytes().replace(b"\n", b"\n\n", 1))
    done = openssl(folder, *words)
    assert done.returncode != 0
    assert "message imprint mismatch" in done.stderr


def test_the_stamped_head_has_to_be_one_that_the_export_goes_on_from(
    home: Home, stamper: Stamper, tmp_path: Path
) -> None:
    """A stamp of another history, or of one that is longer, says nothing for this one."""
    record(home, 20)
    with (
        stamping(stamper) as url,
        keeping(home, TimestampAnchor(TimestampAnchorRule(url, str(stamper.ca)), home)) as kept,
    ):
        until_stamped(kept)
    export(home, tmp_path / "export")
    files = files_of(tmp_path / "export")
    vkey = files["vkey.txt"].decode().strip()
    report = verified(files, vkey)
    assert report.good, report.findings
    assert any("is said to be stamped" in note for note in report.notes)
    head, stamp = "stamped/checkpoint", "stamped/checkpoint.tsr"
    for unstamped in (files.keys() - {head}, files.keys() - {stamp}):
        (finding,) = verified({name: files[name] for name in unstamped}, vkey).findings
        assert finding.file == stamp
    spoiled = bytearray(files["stamped/checkpoint"])
    for at in range(0, len(spoiled), 3):
        changed = bytes([*spoiled[:at], spoiled[at] ^ 1, *spoiled[at + 1 :]])
        assert not verified(files | {"stamped/checkpoint": changed}, vkey).good, at


def test_it_is_asked_every_few_hours_alone(home: Home, stamper: Stamper) -> None:
    """Heads come every minute; a stamp has kilobytes, and somebody's service behind it."""
    record(home, 3)
    now = time.time()
    with stamping(stamper) as url:
        anchor = TimestampAnchor(TimestampAnchorRule(url, str(stamper.ca)), home, lambda: now)
        with keeping(home, anchor) as kept:
            until_stamped(kept)
            for _ in range(3):
                record(home, 1)
                kept.until_signed()
            kept.look(50)
            head = kept.newest()
            assert head is not None
            with pytest.raises(NotNow) as not_now:
                anchor.put(head.note.encode())
            assert 0 < not_now.value.for_s <= 600
            assert stamper.requests == 1
            now += DAY_S + 60
            assert anchor.put(head.note.encode()).size == head.checkpoint.size
            assert stamper.requests == 2


def test_what_another_authority_has_stamped_is_refused(home: Home, stamper: Stamper, tmp_path: Path) -> None:
    """The name alone is the same."""
    other = Stamper(tmp_path / "other")
    record(home, 3)
    with stamping(other) as url:
        anchor = TimestampAnchor(TimestampAnchorRule(url, str(stamper.ca)), home)
        with keeping(home, anchor) as kept:
            assert "what it has stamped is no good" in why(kept)
    assert stamp_of(home) is None


def test_a_stamp_whose_signature_is_spoiled_is_refused(home: Home, stamper: Stamper) -> None:
    """One bit of it."""
    stamper.spoil = True
    record(home, 3)
    with stamping(stamper) as url:
        anchor = TimestampAnchor(TimestampAnchorRule(url, str(stamper.ca)), home)
        with keeping(home, anchor) as kept:
            assert "what it has stamped is no good" in why(kept)
    assert stamp_of(home) is None


def test_a_stamp_of_something_else_or_of_before_is_refused(stamper: Stamper) -> None:
    """Each request has a number of its own, which the reply has to bring back."""
    _, check = asked(b"a head\n", stamper.ca)
    for request, _ in (asked(b"a head\n", stamper.ca), asked(b"another\n", stamper.ca)):
        with pytest.raises(OSError, match="what it has stamped is no good"):
            check(stamper.stamp(request))
    request, check = asked(b"a head\n", stamper.ca)
    assert abs(check(stamper.stamp(request)) - time.time()) < 60
    for reply in (b"", b"nonsense", b"\x30\x03\x02\x01\x00"):
        with pytest.raises(OSError, match="is no good"):
            check(reply)


def test_trust_that_is_not_there_is_said(stamper: Stamper, tmp_path: Path) -> None:
    """A file without certificates, one without the root, and none at all: no reply is good by them."""
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing\n")
    for ca in (empty, stamper.folder / "stamper.pem", tmp_path / "none.pem"):
        request, check = asked(b"a head\n", ca)
        with pytest.raises(OSError, match="what it has stamped is no good"):
            check(stamper.stamp(request))


def test_without_openssl_it_is_said(
    stamper: Stamper, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In words that say what to do."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OSError, match="the program openssl is missing"):
        asked(b"a head\n", stamper.ca)
