import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.running import RunningApi
from tests.cli.conftest import Run


def test_a_call_prints_the_body(run: Run) -> None:
    """What the API answers goes to stdout as JSON, with /v1 said or left out."""
    for path in ("/doors", "/v1/doors", "doors"):
        result = run("api", "get", path)
        assert result.exit_code == 0, result.output
        assert isinstance(json.loads(result.stdout), list)
        assert result.stderr == ""


def test_a_refusal_goes_to_stderr_as_the_api_gives_it(run: Run) -> None:
    """Status 1, nothing on stdout, and the problem with its status and words."""
    result = run("api", "GET", "/doors/nowhere")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert json.loads(result.stderr)["status"] == 404


@pytest.mark.parametrize("how", ["word", "file", "stdin"])
def test_a_body_comes_as_a_word_from_a_file_or_from_stdin(run: Run, tmp_path: Path, how: str) -> None:
    """The three ways give the same call; the query and the headers go along."""
    body = '{"name": "Ana Marsh", "roles": ["picker"]}'
    file = tmp_path / "body.json"
    file.write_text(body)
    data = {"word": body, "file": f"@{file}", "stdin": "-"}[how]
    result = run("api", "POST", "/people", "--data", data, "--header", "Idempotency-Key: " + how, input=body)
    assert result.exit_code == 0, result.output
    added = json.loads(result.stdout)["id"]
    found = run("api", "GET", "/people", "--query", "name=Ana Marsh", "--query", "limit=100")
    assert added in {person["id"] for person in json.loads(found.stdout)["people"]}
    assert run("api", "DELETE", f"/people/{added}/pin").stdout == ""


def test_status_and_headers_come_first_where_they_are_wanted(run: Run) -> None:
    """--include shows what a script may need besides the body, also of a refusal."""
    good = run("api", "GET", "/doors", "--include").stdout.splitlines()
    assert good[0] == "200 OK"
    assert "content-type: application/json" in good[: good.index("")]
    assert run("api", "GET", "/doors/nowhere", "--include").stdout.startswith("404 Not Found\n")


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("GET",),
        ("LOOK", "/doors"),
        ("POST", "/people", "--data", "{no json"),
        ("GET", "/people?limit=1", "--query", "limit=2"),
        ("GET", "/people", "--query", "limit"),
        ("GET", "/people", "--header", "If-Match"),
        ("GET", "/people", "--header", "If-Match:a\nb"),
        ("GET", "/people", "--list"),
        ("GET", "/people", "--header", "Content-Length:5"),
        ("GET", "/people", "--header", "transfer-encoding:chunked"),
        ("GET", "/people", "--header", "a b:x"),
        ("GET", "/people", "--header", "ä:x"),
        ("GET", "/people\tx"),
        ("GET", "/people\r\nHost: x"),
        ("GET", "/people/" + "x" * 70_000),
        ("GET", "/people", "--query", "q=" + "x" * 70_000),
    ],
)
def test_a_call_that_cannot_be_made_is_wrong_use(run: Run, words: tuple[str, ...]) -> None:
    """Nothing is sent of what makes no sense, and the status is 2."""
    result = run("api", *words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.splitlines()[-1].startswith("Error: ")
    assert "Start it with" not in result.stderr


def test_every_call_is_listed(run: Run, api: RunningApi) -> None:
    """--list has each call of the description once, with the right that it needs."""
    paths = api.http.get("/openapi.json").json()["paths"]
    listed = run("api", "--list", "--plain")
    rows = [line.split("\t") for line in listed.stdout.splitlines()]
    assert {(method, path) for method, path, _, _ in rows} == {
        (method.upper(), path) for path, calls in paths.items() for method in calls
    }
    rights = {(row[0], row[1]): row[2] for row in rows}
    assert rights["GET", "/v1/people"] == paths["/v1/people"]["get"].get("x-right", "-")
    assert json.loads(run("api", "--list", "--json").stdout)[0].keys() == {"method", "path", "right", "about"}


def test_a_reader_that_hangs_up_is_not_taken_for_the_api(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """`| head` ends the command without a word, and nobody is told to start what runs."""

    def broken(*_words: object, **_more: object) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr("accessctl.cli.api.print_json", broken)
    result = run("api", "GET", "/doors")
    assert result.exit_code == 141
    assert result.stderr == ""


def test_a_list_whose_reader_has_left_ends_quietly(api: RunningApi) -> None:
    """With the status of every program that a closed pipe ends: 1 would be a finding, or a refusal."""
    reads, writes = os.pipe()
    os.close(reads)
    words = (sys.executable, "-m", "accessctl.cli", "--home", str(api.home.path), "api", "--list")
    ended = subprocess.run(words, stdout=writes, stderr=subprocess.PIPE, check=False)
    os.close(writes)
    assert (ended.returncode, ended.stderr) == (141, b"")


def test_a_stream_is_printed_line_by_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line is there as it comes, and Ctrl-C ends it well."""
    import httpx

    def two_lines(_response: httpx.Response) -> object:
        yield "event: door"
        yield "data: \x1b[31m"
        raise KeyboardInterrupt

    monkeypatch.setattr(httpx.Response, "iter_lines", two_lines)
    result = run("api", "GET", "/events/stream")
    assert result.exit_code == 0
    assert result.stdout == "event: door\ndata: \\x1b[31m\n"
