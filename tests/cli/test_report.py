import csv
import io
import json
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.running import RunningApi
from tests.cli.conftest import Run
from tests.homes import Recording, let_in

DAY = ("--since", "2026-03-02T00:00+00:00", "--until", "2026-03-03T00:00+00:00")


@pytest.fixture(autouse=True)
def refusal(api: RunningApi) -> str:
    """Somebody was refused, under a name that is markup."""
    if not api.home.site_file.exists():
        let_in(api.home)
        person: str = api.new_person("<b>Ana</b> Marsh")
        recording = Recording(api.home)
        recording.add("denied_passback", access_point="gate-in", person=person, reason="Inside already.")
        recording.close()
    return "<b>Ana</b> Marsh"


def test_a_report_is_text_with_bars(run: Run, refusal: str) -> None:
    """On the screen it has its sentence, its bars and its tables."""
    shown = run("report", "refusals", *DAY)
    assert shown.exit_code == 0, shown.output
    assert "1 refusal; 1 of them because: Inside already." in shown.stdout
    assert "▓▓▓" in shown.stdout


def test_plain_lines_are_for_scripts(run: Run, refusal: str) -> None:
    """A record a line, with tabs; names may hold anything."""
    lines = [line.split("\t") for line in run("report", "refusals", *DAY, "--plain").stdout.splitlines()]
    (row,) = (line for line in lines if line[:2] == ["row", "Refusals"])
    assert row[2] == "2026-03-02T12:00:01Z"
    assert refusal in row[3]


def test_a_file_has_the_form_of_its_ending_and_is_for_its_owner(
    run: Run, refusal: str, tmp_path: Path
) -> None:
    """A page escapes names, a sheet can be read again, JSON is that of the API; nobody else may read them."""
    made = {}
    for name in ("r.html", "r.csv", "r.json", "r.txt"):
        assert run("report", "refusals", *DAY, "-o", str(tmp_path / name)).exit_code == 0
        made[name] = (tmp_path / name).read_text()
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert "&lt;b&gt;Ana" in made["r.html"]
    assert "<b>" not in made["r.html"]
    assert any(refusal in line for line in csv.reader(io.StringIO(made["r.csv"])))
    assert json.loads(made["r.json"])["kind"] == "refusals"
    assert "\x1b" not in made["r.txt"]


def test_a_file_that_others_could_read_is_for_its_owner_alone_afterwards(
    run: Run, refusal: str, tmp_path: Path
) -> None:
    """No link is followed to a file; what is no file, such as a pipe, is written into as it is."""
    old, link, pipe = tmp_path / "old.csv", tmp_path / "link.csv", tmp_path / "pipe.csv"
    old.write_text("of yesterday")
    old.chmod(0o644)
    link.symlink_to(old)
    refused = run("report", "refusals", *DAY, "-o", str(link))
    assert (refused.exit_code, "this is a link" in refused.stderr) == (1, True)
    assert old.read_text() == "of yesterday"
    assert run("report", "refusals", *DAY, "-o", str(old)).exit_code == 0
    assert refusal in old.read_text()
    assert stat.S_IMODE(old.stat().st_mode) == 0o600
    os.mkfifo(pipe)
    pipe.chmod(0o644)
    with os.fdopen(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK), "rb") as reading:
        assert run("report", "refusals", *DAY, "-o", str(pipe)).exit_code == 0
        assert refusal.encode() in reading.read()
    assert stat.S_IMODE(pipe.stat().st_mode) == 0o644


def test_a_page_to_print_has_room_to_sign(run: Run, tmp_path: Path) -> None:
    """It goes to stdout where no file is named."""
    printed = run("report", "doors", *DAY, "--print").stdout
    assert printed.startswith("<!DOCTYPE html>")
    assert 'class="signed"' in printed
    assert 'class="signed"' not in run("report", "doors", *DAY, "--format", "html").stdout


def test_a_report_takes_only_what_it_goes_by(run: Run) -> None:
    """The report about doors knows no people, and a form is said once."""
    assert run("report", "doors", "--person", "p-1").exit_code == 2
    assert run("report", "access", *DAY).exit_code == 2
    assert run("report", "doors", "--print", "--format", "csv").exit_code == 2
    assert run("report", "doors", "--json", "--format", "csv").exit_code == 2


@pytest.mark.parametrize(
    "more",
    [("-o", "r.txt"), ("--format", "csv"), ("--print",), ("--format", "html"), ("-o", "r.csv")],
    ids=str,
)
def test_plain_lines_are_for_stdout(run: Run, tmp_path: Path, more: tuple[str, ...]) -> None:
    """Together with another form or a file they are wrong use; with the form that they have they are not."""
    words = [str(tmp_path / word) if word.startswith("r.") else word for word in more]
    refused = run("report", "doors", *DAY, "--plain", *words)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert list(tmp_path.iterdir()) == []
    assert run("report", "doors", *DAY, "--plain", "--format", "text").exit_code == 0


@pytest.fixture
def far_away(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Sit at a machine on the other side of the world."""
    with monkeypatch.context() as there:
        there.setenv("TZ", "Pacific/Auckland")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("far_away")
def test_a_date_is_left_to_the_site(run: Run) -> None:
    """This machine's time zone says nothing of the site's; a time that is too far away has other advice."""
    shown = run("report", "doors", "--since", "2026-03-02", "--until", "2026-03-02", "--json")
    made = json.loads(shown.stdout)
    assert (made["zone"], made["since"], made["until"]) == (
        "UTC",
        "2026-03-02T00:00:00Z",
        "2026-03-03T00:00:00Z",
    )
    far = run("report", "doors", "--since", "0001-01-01")
    assert far.exit_code == 2
    assert "name another one" in far.stderr


def test_somebody_is_named_by_name(run: Run, refusal: str) -> None:
    """A person is looked for by name, and one whom nobody knows ends the command."""
    found = json.loads(run("report", "refusals", *DAY, "--person", refusal, "--json").stdout)
    assert found["facts"][0]["value"]["name"] == refusal
    assert run("report", "refusals", "--person", "Nobody At All").exit_code == 1
