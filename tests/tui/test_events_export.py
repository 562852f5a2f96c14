"""Entries in files: exactly what the API says, safe to open, whole or not there at all."""

import csv
import io
import json
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from accessctl.client import Event
from accessctl.spreadsheets import text_in
from accessctl.tui.events.export import Export, ExportCancelled, Format
from accessctl.tui.events.export_bar import ExportBar, bar_of
from accessctl.tui.events.export_dialog import ExportDialog
from accessctl.tui.events.page import EventsPage
from tests.tui.conftest import in_a_loop
from tests.tui.events_made import entry
from tests.tui.rig import Site, console_at, running_site, shown, text_of, until, until_shown

FORMULA = '=HYPERLINK("http://x")'


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as running:
        body = "name,roles\n" + "".join(f"Extra {number},cleaner\n" for number in range(1500))
        running.office.import_people(iter([body.encode()]), "csv")
        running.office.add_person(FORMULA, ["cleaner"], id_="p-formula")
        while not list(running.office.events(person="p-formula", most=1)):
            pass
        yield running


def everything(site: Site) -> list[Event]:
    """Give the whole record as the API has it."""
    return list(site.office.events(after=0, most=1_000_000))


def _names(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


def exported(site: Site, path: Path, format_: Format, **query: str) -> Export:
    """Export into a file."""
    export = Export(path, format_, query)
    export.run(site.asker().client)
    return export


def test_json_lines_are_exactly_what_the_api_says(site: Site, tmp_path: Path) -> None:
    """Every entry, in its order, with every field."""
    export = exported(site, tmp_path / "out.jsonl", Format.LINES)
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [e for e in everything(site) if e["seq"] <= export.last]
    assert export.entries == len(lines) > 1500
    assert export.share == 1.0


def test_that_it_was_exported_is_entered(site: Site, tmp_path: Path) -> None:
    """Once the file is written: how, how many, and who; a door process that is not there is no hindrance."""
    export = exported(site, tmp_path / "out.csv", Format.CSV, type="system_start")
    entry = list(site.office.events(after=export.last, most=1000))[-1]
    assert entry["type"] == "log_export"
    assert entry["detail"].items() >= {"format": "csv", "entries": export.entries}.items()
    assert entry["detail"]["operator"]
    assert export.unentered is None


def test_csv_says_the_same(site: Site, tmp_path: Path) -> None:
    """Each cell read back is the field of its entry."""
    export = exported(site, tmp_path / "out.csv", Format.CSV)
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    expected = [event for event in everything(site) if event["seq"] <= export.last]
    assert [row["seq"] for row in rows] == [str(event["seq"]) for event in expected]
    for row, event in zip(rows, expected, strict=True):
        for name, value in event.items():
            text = text_in(row[name])
            assert text == ("" if value is None else value if isinstance(value, str) else json.dumps(value))


def test_no_cell_becomes_a_formula(site: Site, tmp_path: Path) -> None:
    """A name that looks like one is text in any spreadsheet."""
    exported(site, tmp_path / "out.csv", Format.CSV, person="p-formula")
    text = (tmp_path / "out.csv").read_text(encoding="utf-8")
    assert "'=HYPERLINK(" in text
    for row in csv.reader(io.StringIO(text)):
        assert not [cell for cell in row if cell[:1] in {"=", "+", "-", "@"}]


def test_only_what_is_wanted_is_written(site: Site, tmp_path: Path) -> None:
    """The filter is the API's."""
    exported(site, tmp_path / "out.jsonl", Format.LINES, type="system_start")
    lines = (tmp_path / "out.jsonl").read_text().splitlines()
    assert {json.loads(line)["type"] for line in lines} == {"system_start"}


def test_a_file_is_its_owners_alone(site: Site, tmp_path: Path) -> None:
    """It names people. A file that was there with other rights does not pass them on."""
    path = tmp_path / "out.csv"
    path.write_text("old")
    path.chmod(0o644)
    exported(site, path, Format.CSV)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert _names(tmp_path) == ["out.csv"]


def test_what_is_cancelled_leaves_nothing(site: Site, tmp_path: Path) -> None:
    """And a file that was there stays as it was."""
    path = tmp_path / "out.csv"
    path.write_text("old")
    export = Export(path, Format.CSV, {})
    export.cancel()
    with pytest.raises(ExportCancelled):
        export.run(site.asker().client)
    assert path.read_text() == "old"
    assert _names(tmp_path) == ["out.csv"]


def test_what_a_switched_off_machine_left_is_no_hindrance(site: Site, tmp_path: Path) -> None:
    """Nor a link that somebody put there: it is replaced and not followed."""
    (tmp_path / "aim").write_text("untouched")
    (tmp_path / "out.csv.part").symlink_to(tmp_path / "aim")
    exported(site, tmp_path / "out.csv", Format.CSV)
    assert (tmp_path / "aim").read_text() == "untouched"
    assert not (tmp_path / "out.csv.part").exists()


def test_an_api_that_starts_anew_is_waited_for(site: Site, tmp_path: Path) -> None:
    """The export goes on where it was, and says meanwhile why it does not."""
    site.api.close()
    export = Export(tmp_path / "out.jsonl", Format.LINES, {})
    writing = threading.Thread(target=export.run, args=(site.asker().client,))
    writing.start()
    while export.trouble is None:
        pass
    assert "does not answer" in bar_of(export).plain
    site.restart_api()
    writing.join(30)
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == export.entries > 1500


def test_progress_is_said(tmp_path: Path) -> None:
    """How much of the record was gone through, how many entries, and how fast."""
    export = Export(tmp_path / "out.csv", Format.CSV, {}, entries=1200, reached=500, last=2000)
    text = bar_of(export).plain
    assert " 25 %" in text
    assert "1,200 entries" in text
    assert "/s" in text


def test_texts_in_any_script_are_kept(tmp_path: Path) -> None:
    """As UTF-8, in either format."""
    event = entry(1, person_name="Zoë 日本")
    for format_ in Format:
        assert "Zoë 日本" in Export(tmp_path / "out", format_, {}).line(event)


def told(pilot: Pilot[None]) -> str:
    """Give what was said in a corner of the screen, which a test's screen does not show."""
    return "\n".join(f"{each.title} {each.message}" for each in pilot.app._notifications)


async def _name_file(pilot: Pilot[None], path: Path) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, ExportDialog))
    await until(pilot, lambda: pilot.app.focused is not None)
    pilot.app.screen.query_one("#path", Input).value = str(path)
    await pilot.press("enter")


@in_a_loop
async def test_a_week_is_exported_in_a_few_keys(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S 7 Enter E Enter: into the folder one is in, named after site and days."""
    monkeypatch.chdir(tmp_path)
    for remembered in site.home.path.glob("console-*.json"):
        remembered.unlink()  # or it would begin in the folder of another test's export
    async with console_at(site, page="events", size=(120, 40)) as pilot:
        await pilot.press("s")
        await until_shown(pilot, "Since when?")
        await pilot.press("7", "enter")
        await until_shown(pilot, "since 20")
        await pilot.press("E")
        await until_shown(pilot, "Into the file", "since 20")
        await pilot.press("enter")
        await until(pilot, lambda: list(tmp_path.glob("kade-warehouse-*-to-*.csv")))
        await until(pilot, lambda: "Exported" in told(pilot))


@in_a_loop
async def test_the_other_format_is_one_key_away(site: Site, tmp_path: Path) -> None:
    """And the name's end goes with it, either way."""
    async with console_at(site, page="events", size=(120, 40)) as pilot:
        await pilot.press("E")
        await until(pilot, lambda: isinstance(pilot.app.screen, ExportDialog))
        await until_shown(pilot, ".csv")
        await pilot.press("down")
        await until_shown(pilot, ".jsonl")
        await _name_file(pilot, tmp_path / "a.jsonl")
        await until(pilot, (tmp_path / "a.jsonl").exists)
        json.loads((tmp_path / "a.jsonl").read_text().splitlines()[0])


@in_a_loop
async def test_a_file_that_is_there_is_asked_about(site: Site, tmp_path: Path) -> None:
    """Without a yes it stays as it is."""
    path = tmp_path / "out.csv"
    path.write_text("old")
    async with console_at(site, page="events", size=(120, 40)) as pilot:
        await pilot.press("E")
        await _name_file(pilot, path)
        await until_shown(pilot, "Overwrite?")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, EventsPage))
        assert path.read_text() == "old"
        await pilot.press("E")
        await _name_file(pilot, path)
        await until_shown(pilot, "Overwrite?")
        await pilot.press("tab", "enter")
        await until(pilot, lambda: path.read_text() != "old")


@in_a_loop
async def test_a_place_that_cannot_be_is_said(site: Site, tmp_path: Path) -> None:
    """Before anything is written."""
    async with console_at(site, page="events", size=(120, 40)) as pilot:
        await pilot.press("E")
        await _name_file(pilot, tmp_path)
        await until_shown(pilot, "folder: add the name")
        await _name_file(pilot, tmp_path / "nowhere" / "out.csv")
        await until_shown(pilot, "There is no folder")
        await _name_file(pilot, Path("/dev/full"))
        await until_shown(pilot, "/dev/full is a device")
        await _name_file(pilot, Path("~nosuchuser/out.csv"))
        await until_shown(pilot, "There is no folder", "~nosuchuser")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, EventsPage))


@in_a_loop
async def test_escape_ends_an_export(site: Site, tmp_path: Path) -> None:
    """While it waits for an API that does not answer; nothing is kept of it, and that is said."""
    async with console_at(site, page="events", size=(120, 40)) as pilot:
        site.api.process.kill()
        site.api.process.wait()
        await pilot.press("E")
        await _name_file(pilot, tmp_path / "out.csv")
        await until_shown(pilot, "Esc ends it", "does not answer")
        await pilot.press("escape")
        await until(pilot, lambda: "Nothing is kept of it" in told(pilot))
        assert not _names(tmp_path)
        assert not shown(pilot, EventsPage).query_one(ExportBar).display
        site.restart_api()
        await until(pilot, lambda: "NO ANSWER" not in text_of(pilot))
