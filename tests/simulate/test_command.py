import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from accessctl.cli.root import cli
from tests.simulate.lines import badge, leaf, person, text_of
from tests.simulate.sites import hall

ANA = person("ana", "staff")
LINES = [ANA, badge(0, "hall-in", "ana"), leaf(1, "hall", "open"), leaf(2, "hall", "closed")]
PROGRAM = (sys.executable, "-m", "accessctl.cli", "simulate")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a site file and a trace."""
    (tmp_path / "site.toml").write_text(hall())
    (tmp_path / "trace.jsonl").write_bytes(text_of(LINES))
    return tmp_path


def run(*words: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(cli, ["simulate", *map(str, words)], input=stdin)


def test_a_site_file_or_its_folder_and_a_file_or_stdin(folder: Path) -> None:
    """However site and trace are named, the same is printed, and nothing else is said."""
    site, trace = folder / "site.toml", folder / "trace.jsonl"
    ways = [run(site, trace), run(folder, trace), run(folder, "-", stdin=trace.read_bytes())]
    assert {(way.exit_code, way.stdout, way.stderr) for way in ways} == {(0, ways[0].stdout, "")}
    assert json.loads(ways[0].stdout.splitlines()[0])["type"] == "access_granted"


def test_people_from_a_file(folder: Path) -> None:
    """They are known as if the trace itself had them."""
    (folder / "people.jsonl").write_bytes(text_of([ANA]))
    (folder / "bare.jsonl").write_bytes(text_of(LINES[1:]))
    played = run(folder, folder / "bare.jsonl", "--people", folder / "people.jsonl")
    assert played.stdout == run(folder, folder / "trace.jsonl").stdout


def test_the_trace_may_be_cut_and_sifted(folder: Path) -> None:
    """--until and --only do what they say; words that name nothing are wrong use."""
    trace = folder / "trace.jsonl"
    sifted = run(folder, trace, "--only", "release", "--only", "access_taken")
    assert [json.loads(line).get("effect") for line in sifted.stdout.splitlines()] == ["release", None]
    assert run(folder, trace, "--until", "2026-03-02T08:10:00Z").exit_code == 0
    wrong = run(folder, trace, "--only", "acess_granted")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "did you mean access_granted?" in wrong.stderr
    assert run(folder, trace, "--until", "2026-03-02").exit_code == 2


def test_a_mistake_is_told_by_file_and_line(folder: Path) -> None:
    """What comes before it was played and printed; the exit status says that something is wrong."""
    trace = folder / "trace.jsonl"
    trace.write_bytes(text_of([*LINES, leaf(3, "hull", "open")]))
    played = run(folder, trace)
    assert played.exit_code == 1
    assert played.stderr == f'accessctl: {trace}:5: there is no door "hull"; did you mean "hall"?\n'
    assert len(played.stdout.splitlines()) == 7


def test_a_site_with_problems_is_told_with_all_of_them(folder: Path) -> None:
    """As `accessctl check` tells them."""
    (folder / "site.toml").write_text(
        hall().replace('"hall-in"', '"hell-in"').replace("gpio = 27", "gpio = 99")
    )
    played = run(folder, folder / "trace.jsonl")
    assert (played.exit_code, played.stdout) == (1, "")
    assert "doors.hall.position.gpio" in played.stderr
    assert 'did you mean "hall-in"?' in played.stderr


@pytest.mark.parametrize("missing", ["site.toml", "trace.jsonl", "people.jsonl"])
def test_a_file_that_is_not_there(folder: Path, missing: str) -> None:
    """It is named, in one line."""
    (folder / "people.jsonl").write_text("")
    (folder / missing).unlink()
    played = run(folder, folder / "trace.jsonl", "--people", folder / "people.jsonl")
    assert (played.exit_code, played.stdout) == (1, "")
    assert missing in played.stderr
    assert "No such file" in played.stderr


def test_what_the_trace_may_have_meant_otherwise_is_said(folder: Path) -> None:
    """Whoever badged without being declared, and leaves that nothing watches, are named at the end."""
    (folder / "site.toml").write_text(hall().replace("position = { gpio = 27 }\n", ""))
    trace = folder / "trace.jsonl"
    trace.write_bytes(text_of([badge(0, "hall-in", "bob"), leaf(1, "hall", "open")]))
    played = run(folder, trace)
    assert played.exit_code == 0
    assert played.stderr.splitlines() == [
        "accessctl: badged and never declared, so taken for unknown cards: bob",
        "accessctl: no position switch tells the controller of these leaves: hall",
    ]


def test_answers_come_before_more_is_asked_for(folder: Path) -> None:
    """Whoever writes one line after the other into a pipe reads what comes of each."""
    with subprocess.Popen(
        (*PROGRAM, str(folder), "-"), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        program.stdin.write(text_of(LINES[:2]))
        program.stdin.flush()
        assert json.loads(program.stdout.readline())["type"] == "access_granted"
        program.stdin.write(text_of(LINES[2:3]))
        program.stdin.flush()
        rest = [json.loads(program.stdout.readline()) for _ in range(3)]
        assert rest[-1]["type"] == "door_opened"
        program.stdin.close()
        assert program.wait() == 0


def test_a_reader_that_goes_away_ends_it_quietly(folder: Path) -> None:
    """As with `head`: no traceback, whatever is still to be played."""
    trace = folder / "long.jsonl"
    more = (leaf(3 + each, "hall", ("open", "closed")[each % 2]) for each in range(20_000))
    trace.write_bytes(text_of([*LINES, *more]))
    with subprocess.Popen(
        (*PROGRAM, str(folder), str(trace)), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.readline()
        program.stdout.close()
        assert program.stderr.read() == b""
        assert program.wait() == 141


def test_ctrl_c_ends_it_in_a_word(folder: Path) -> None:
    """What was played has been printed whole, and there is no traceback."""
    with subprocess.Popen(
        (*PROGRAM, str(folder), "-"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdin.write(text_of(LINES[:2]))
        program.stdin.flush()
        first = program.stdout.readline()
        program.send_signal(signal.SIGINT)
        said = program.stderr.read()
        assert program.wait() == 1
        assert json.loads(first)["type"] == "access_granted"
        assert all(json.loads(line) for line in program.stdout.read().splitlines())
        assert b"Traceback" not in said


def test_the_same_input_gives_the_same_bytes(folder: Path) -> None:
    """In another process too, whatever its hashes and its time zone are."""
    printed = set()
    for seed, zone in (("0", "UTC"), ("1", "America/New_York"), ("4711", "Australia/Lord_Howe")):
        played = subprocess.run(
            (*PROGRAM, str(folder), str(folder / "trace.jsonl")),
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            check=True,
        )
        printed.add(played.stdout)
    assert len(printed) == 1
    assert printed.pop().startswith(b'{"at":"2026-03-02T08:00:00+00:00","type":"access_granted"')
