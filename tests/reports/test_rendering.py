import csv
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

from rich.console import Console

from accessctl.reports.as_json import from_json, to_json
from accessctl.reports.html import page
from accessctl.reports.plain import plain_lines
from accessctl.reports.sheet import sheet
from accessctl.reports.terminal import as_text, show
from accessctl.reports.value import Chart, Column, Kind, Named, Report, Series, Shape, Table, Tone

NASTY = "</style><script>alert(1)</script>\"'&\x1b[2J\u202e"
AT = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)


def made(word: str = "Ana Marsh") -> Report:
    """Give a report with one of everything, and this word wherever somebody may have written one."""
    columns = (
        Column("at", "When", Kind.INSTANT),
        Column("person", "Who", Kind.PERSON),
        Column("where", word, Kind.PLACE),
        Column("for", "For", Kind.DURATION),
        Column("count", "Count", Kind.NUMBER),
        Column("now", "Now", Kind.YES),
        Column("why", "Why"),
    )
    many = (Named("a", word), Named("b"))
    row = (AT, Named("p-1", word), many, timedelta(minutes=61), 1234, True, word)
    nothing = (None, None, None, None, None, None, None)
    return Report(
        "movements",
        word,
        word,
        "Europe/London",
        AT,
        AT - timedelta(days=1),
        AT,
        (word, "Two."),
        (
            Chart(word, (word, "b"), (Series(word, (3.0, 1.0)), Series("x", (0.0, 2.0), Tone.BAD)), word),
            Chart("By day", ("2026-06-30", word), (Series("", (0.5, 2.0)),), "times", Shape.COLUMNS),
            Chart("None", (), ()),
        ),
        (Table(word, columns, (row, nothing), 7, word), Table("Empty", columns, (), 0, empty=word)),
        (word,),
        ((word, word), ("Signed", AT), ("Count", 3)),
        4711,
    )


class Seen(HTMLParser):
    """Remembers what a browser would take a page for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def test_a_report_comes_back_from_json_as_it_was() -> None:
    """Whoever was given JSON can render what the API process worked out, to the millisecond."""
    report = made(NASTY)
    assert from_json(json.loads(json.dumps(to_json(report)))) == report


def test_a_name_is_never_markup() -> None:
    """Whatever a name holds, a page has the same elements, no script, and nothing from elsewhere."""
    for paper in (False, True):
        plain, nasty = (Seen(page(made(word), paper=paper)) for word in ("word", NASTY))
        assert nasty.tags == plain.tags
        assert "script" not in nasty.tags
        assert not {"src", "href", "srcset", "action"} & {name for name, _ in nasty.attributes}
        assert not any(name.startswith("on") for name, _ in nasty.attributes)


def test_a_name_does_not_end_the_style_of_a_page() -> None:
    """The foot of a printed sheet has the site's name in it, with nothing but letters as themselves."""
    text = page(made(NASTY), paper=True)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    assert "counter(pages)" in style[1]
    assert "alert(" not in style[1]
    assert "alert" in style[1]


def test_a_page_shows_instants_in_the_sites_own_time() -> None:
    """Half past ten in the evening in UTC is half past eleven in a British summer."""
    assert "2026-07-01 23:30:00" in page(made())
    unknown = replace(made(), zone="Nowhere/At all")
    assert "2026-07-01 22:30:00" in page(unknown)


def test_a_table_says_how_much_of_it_is_left_out() -> None:
    """Nobody takes a part for the whole, on whatever it is read."""
    assert "2 of 7 rows" in page(made())
    assert "2 of 7 rows" in as_text(made())


def test_no_cell_of_a_sheet_is_a_formula() -> None:
    """A name that begins as a formula does has an apostrophe before it, and people have an id and a name."""
    lines = list(csv.reader(io.StringIO(sheet(replace(made("=1+1"), tables=made("=1+1").tables[:1])))))
    assert lines[0][:4] == ["at", "person", "person_name", "where"]
    assert lines[1][:4] == ["2026-07-01T22:30:00Z", "p-1", "'=1+1", "a, b"]
    assert lines[2] == [""] * len(lines[0])


def test_several_tables_of_a_sheet_stand_under_their_titles() -> None:
    """A report with more than one table is one file with each of them."""
    found = list(csv.reader(io.StringIO(sheet(made()))))
    assert found[0] == ["Ana Marsh"]
    assert ["Empty"] in found


def test_nothing_commands_the_terminal() -> None:
    """What would move a cursor or turn the direction of writing is shown as what it is."""
    console = Console(file=io.StringIO(), width=100, force_terminal=False)
    with console.capture() as captured:
        show(made(NASTY), console)
    assert "\x1b" not in captured.get()
    assert "\u202e" not in captured.get()
    assert "\\x1b" in captured.get()


def test_markup_of_the_terminal_library_is_text() -> None:
    """A name in brackets is a name, and no colour."""
    assert "[bold]" in as_text(made("[bold]"))


def test_plain_lines_have_every_value_and_no_empty_field() -> None:
    """Scripts read instants in UTC and lengths of time in seconds."""
    lines = list(plain_lines(made()))
    assert next(line for line in lines if line[0] == "row")[:5] == (
        "row",
        "Ana Marsh",
        "2026-07-01T22:30:00Z",
        "p-1 Ana Marsh",
        "a Ana Marsh, b",
    )
    assert all(field != "" for line in lines for field in line)


def test_a_chart_can_be_heard() -> None:
    """A picture says its title and its highest values to those who do not see it."""
    labels = [value for name, value in Seen(page(made())).attributes if name == "aria-label"]
    assert labels[0] == "Ana Marsh: Ana Marsh 3, b 3"
