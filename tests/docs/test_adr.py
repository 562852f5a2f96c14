import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, text_of

RECORDS = sorted(path for path in (DOCS / "adr").glob("*.md") if not path.name.startswith("0000"))
HEADINGS = re.findall(r"^## .+$", text_of(DOCS / "adr" / "0000-template.md"), re.MULTILINE)


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)
def test_a_record_has_the_headings_of_the_template(record: Path) -> None:
    """Context, decision, consequences and what was considered instead: all four, in this order."""
    assert re.findall(r"^## .+$", text_of(record), re.MULTILINE) == HEADINGS


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)
def test_a_record_has_the_number_of_its_file_and_a_date(record: Path) -> None:
    """The title begins with the number, and the first line says since when it holds."""
    text = text_of(record)
    assert text.startswith(f"# {int(record.name[:4])}. ")
    assert re.search(r"^(Accepted|Replaced by .+), \d{4}-\d{2}-\d{2}\.", text, re.MULTILINE)


def test_numbers_are_given_once_and_without_gaps() -> None:
    """The next record takes the next number."""
    assert [int(path.name[:4]) for path in RECORDS] == list(range(1, len(RECORDS) + 1))
