"""The record's signed heads from the command line."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from accessctl.link.answers import Done
from accessctl.link.requests import TellOfRecord
from accessctl.notary.book import Finding, Wrong
from accessctl.notary.found import FOUND, Found
from accessctl.store.tree import TreeWriter
from tests.api.running import RunningApi
from tests.cli.conftest import Run
from tests.homes import NOON, new_home
from tests.notary.keepers import Memory, keeping, record


@pytest.fixture
def api(tmp_path: Path) -> Iterator[RunningApi]:
    """A home of its own for each test: what disagrees stays so."""
    running = RunningApi(new_home(tmp_path / "home"))
    yield running
    running.close()


@pytest.fixture
def note(api: RunningApi) -> str:
    """A signed head of nine entries, which an anchor has too."""
    record(api.home, 9)
    anchor = Memory()
    with keeping(api.home, anchor, door=False) as kept:
        head = kept.until_signed()
        kept.once(lambda: bool(anchor.notes), "no head reached the anchor")
        kept.look()
    return head.note


@pytest.fixture
def found(api: RunningApi) -> Found:
    """Something that disagrees."""
    found = Found.of(Finding(Wrong.GAP, "entry 4 is missing", 4, 9), "accessctl/kade-1/x", NOON)
    with closing(TreeWriter.open(api.home.tree)) as tree:
        tree.put_meta(FOUND, found.written)
    return found


def test_it_is_shown_how_the_record_is_signed(run: Run, note: str) -> None:
    """Name, key, newest head, anchors, and that no notary is there."""
    shown = run("log", "show")
    assert shown.exit_code == 0, shown.output
    origin = note.splitlines()[0]
    assert all(word in shown.stdout for word in (f"{origin}+", "9 entries", "memory"))
    assert "the notary process is not there" in shown.stderr
    told = json.loads(run("log", "show", "--json").stdout)
    assert (told["origin"], told["anchors"][0]["size"]) == (origin, 9)


def test_what_disagrees_is_a_finding(run: Run, found: Found) -> None:
    """With what to do about it, and a status that a script sees."""
    shown = run("log", "show")
    assert (shown.exit_code, found.id in shown.stdout) == (1, True)
    assert "entry 4 is missing" in shown.stderr
    assert "accessctl log accept" in shown.stderr


def test_a_head_is_printed_as_it_was_signed_and_as_a_picture(run: Run, note: str) -> None:
    """The text can be verified as it stands; the key stands beside it."""
    printed = run("log", "print")
    assert printed.exit_code == 0, printed.output
    assert printed.stdout.startswith(note)
    assert "█" in printed.stdout
    assert f"{note.splitlines()[0]}+" in printed.stderr
    assert json.loads(run("log", "print", "--json").stdout)["note"] == note


def test_before_the_first_head_there_is_nothing_to_print(run: Run) -> None:
    """It is said so."""
    printed = run("log", "print")
    assert (printed.exit_code, "no head" in printed.stderr) == (1, True)


def test_accepting_asks_and_says_what_it_did(run: Run, api: RunningApi, found: Found) -> None:
    """Whoever names no finding reads what it is first."""
    with api.peer.answering(TellOfRecord, Done(77)):
        no = run("log", "accept", "--reason", "card replaced", input="n\n")
        assert (no.exit_code, "entry 4 is missing" in no.stderr) == (1, True)
        yes = run("log", "accept", "--reason", "card replaced", input="y\n")
        assert (yes.exit_code, "entry 77" in yes.stderr) == (0, True), yes.output
        named = run("log", "accept", "--finding", found.id, "--reason", "card replaced", "--json")
    assert json.loads(named.stdout) == {"finding": found.id, "seq": 77}


def test_where_nothing_disagrees_nothing_is_accepted(run: Run) -> None:
    """It is a refusal in words."""
    refused = run("log", "accept", "--reason", "to see")
    assert (refused.exit_code, "nothing disagrees" in refused.stderr) == (1, True)
