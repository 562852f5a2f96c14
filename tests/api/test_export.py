import csv
import io
import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from accessctl.api.bulk_formats import BulkFormat, RowUnreadable, rows_in
from accessctl.evidence.cells import cell_of
from accessctl.spreadsheets import csv_line, text_in
from tests.api.running import RunningApi

KINDS = {"csv": "text/csv", "json": "application/json", "ndjson": "application/x-ndjson"}


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_exported_changes_nothing_when_imported(api: RunningApi, kind: str) -> None:
    """Names that look like formulas, limits and ends among it: the round trip is exact."""
    api.new_person(name="=HYPERLINK(1)", uses_total=3, valid_until="2030-01-01T00:00:00+01:00")
    api.new_person(name='\'+1, "two"; three', groups=["acme", "night"], exempt=True)
    answer = api.http.get("/people/export", params={"format": kind})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(KINDS[kind])
    done = api.http.post(
        "/people/import",
        content=answer.content,
        headers={"Content-Type": KINDS[kind]},
        params={"dry_run": "true"},
    ).json()
    assert (done["added"], done["changed"]) == (0, 0), done
    assert done["unchanged"] == done["rows"] >= 2


def test_an_export_counts_cards_and_names_none(api: RunningApi) -> None:
    """There is no number to be given: of cards it says how many there are."""
    person = api.new_person(name="Count My Cards")
    api.http.post(f"/people/{person}/cards", json={"number": "0455667788AABB"})
    text = api.http.get("/people/export", params={"format": "json"}).text
    (row,) = [each for each in json.loads(text) if each["id"] == person]
    assert row["cards"] == 1
    assert "0455667788AABB" not in text
    assert "0455667788aabb" not in text


def test_a_spreadsheet_is_given_no_formula(api: RunningApi) -> None:
    """A name that begins as a formula does gets an apostrophe before it."""
    person = api.new_person(name="@SUM(A1)")
    rows = list(csv.DictReader(io.StringIO(api.http.get("/people/export").text)))
    assert [row["name"] for row in rows if row["id"] == person] == ["'@SUM(A1)"]


@given(st.text())
@example("'=1")
@example("''=1")
@example("'")
@example("'tHooft")
def test_a_cell_comes_back_as_it_was(text: str) -> None:
    """Whatever it is, what was written is read again, and no cell begins a formula."""
    assert text_in(cell_of(text)) == text
    assert cell_of(text)[:1] not in {"=", "+", "-", "@", "\t", "\r"}


names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: "\0" not in text)


@given(st.lists(names, min_size=1, max_size=5))
def test_a_table_comes_back_as_it_was(found: list[str]) -> None:
    """Commas, quotation marks and line breaks in a name included."""
    body = csv_line(["name", "id"]) + "".join(csv_line([name, ""]) for name in found)
    rows = list(rows_in(body.encode(), BulkFormat.CSV))
    assert [_said(row)["name"] for row in rows] == found


objects = st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text(), max_size=4)


@given(st.lists(objects, max_size=5), st.sampled_from([None, 1]))
def test_an_array_is_read_row_by_row(found: list[dict[str, Any]], indent: int | None) -> None:
    """As if it had been read at once."""
    rows = list(rows_in(json.dumps(found, indent=indent).encode(), BulkFormat.JSON))
    assert [_said(row) for row in rows] == found


@given(st.binary(), st.sampled_from(BulkFormat))
def test_no_body_is_too_strange(body: bytes, kind: BulkFormat) -> None:
    """Every row is a row or says why it is none; nothing is raised."""
    for row in rows_in(body, kind):
        assert isinstance(row, RowUnreadable) or isinstance(row[1], dict)


def test_long_arrays_are_read_in_pieces() -> None:
    """Values that lie across the pieces are whole."""
    found = [{"name": "n" * (number % 900), "id": f"p-{number}"} for number in range(1000)]
    rows = list(rows_in(json.dumps(found).encode(), BulkFormat.JSON))
    assert [_said(row) for row in rows] == found


def _said(row: object) -> dict[str, Any]:
    assert isinstance(row, tuple), row
    said: dict[str, Any] = row[1]
    return said
