from operator import itemgetter

import click
import pytest
from click.testing import CliRunner

from accessctl.cli.events import print_event
from accessctl.cli.talk import as_table, print_facts, print_table
from tests.api.running import RunningApi
from tests.cli.conftest import Run
from tests.homes import Recording


@click.command()
@as_table
def show(*, json_: bool) -> None:
    """Print a table of what can go wrong, and facts."""
    rows = [["Ana\tMarsh", None, []], ["a\\b\nc", "\x1b[31mred", [1, 2]], ["", "–", True]]
    print_table({str(at): itemgetter(at) for at in range(3)}, rows, kind="row")
    print_facts({"two words": None, "name": "Ana"})
    assert not json_


def test_a_plain_line_is_one_record_whatever_is_in_it() -> None:
    """Tabs and line breaks are written out, what is not there is a hyphen, and no field is empty."""
    assert CliRunner().invoke(show, ["--plain"]).stdout.splitlines() == [
        "row\tAna\\tMarsh\t-\t-",
        "row\ta\\\\b\\nc\t\\x1b[31mred\t1, 2",
        "row\t-\t-\tyes",
        "two words\t-",
        "name\tAna",
    ]


def test_a_table_is_as_it_was_without_plain() -> None:
    """Headings and columns are for people, and the kind of a row is not shown to them."""
    table = CliRunner().invoke(show).stdout.splitlines()
    assert table[0].split() == ["0", "1", "2"]
    assert "row" not in table[1]


@pytest.mark.parametrize("words", [("doors", "list"), ("readers", "list"), ("people", "list")])
def test_a_list_has_as_many_fields_as_its_table_has_columns(
    run: Run, api: RunningApi, words: tuple[str, ...]
) -> None:
    """A script counts on the same fields in each line."""
    api.new_person("Ana Marsh")
    plain = run(*words, "--plain")
    assert plain.exit_code == 0, plain.output
    rows = [line.split("\t") for line in plain.stdout.splitlines()]
    table = run(*words).stdout.splitlines()
    assert len(rows) == len(table) - 1
    assert len({len(row) for row in rows}) <= 1
    assert all(field for row in rows for field in row)


def test_an_event_has_the_same_fields_in_the_list_and_as_it_comes(run: Run, api: RunningApi) -> None:
    """What is followed can be read by the script that reads the list."""
    recording = Recording(api.home)
    recording.add("rex", access_point="gate-out", door="gate")
    recording.close()
    listed = run("events", "list", "--plain", "--limit", "1").stdout
    [event] = api.http.get("/events", params={"before": 0, "limit": 1}).json()["events"]

    @click.command()
    @as_table
    def follow(*, json_: bool) -> None:
        print_event(event, json_=json_)

    assert CliRunner().invoke(follow, ["--plain"]).stdout == listed
    assert listed.split("\t")[2:] == ["rex", "gate-out", "-", "-\n"]


def test_one_thing_is_a_fact_a_line(run: Run, api: RunningApi) -> None:
    """Facts about a person are names and values, without names being padded."""
    id_ = api.new_person("Ana Marsh")
    facts = dict(line.split("\t") for line in run("people", "show", id_, "--plain").stdout.splitlines())
    assert facts["id"] == id_
    assert facts["PIN"] == "no"
    assert facts["until"] == "-"
