"""Copies for people and reviews of areas, from the command line."""

import json
import zipfile
from pathlib import Path

from tests.api.running import RunningApi
from tests.cli.conftest import Run


def test_a_copy_is_data_and_a_page_for_its_owner_alone(run: Run, api: RunningApi, tmp_path: Path) -> None:
    """The zip has both, the JSON file the data; nobody else on the machine reads either."""
    person = api.new_person("Theodora Quist")
    packed, plain = tmp_path / "theodora.zip", tmp_path / "theodora.json"
    for file in (packed, plain):
        done = run("people", "copy", "Theodora Quist", "-o", str(file))
        assert done.exit_code == 0, done.stderr
        assert file.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(packed) as found:
        assert found.namelist() == [f"{person}.json", f"{person}.html"]
        assert "Theodora Quist" in found.read(f"{person}.html").decode()
    assert json.loads(plain.read_text())["held"]["name"] == "Theodora Quist"


def test_a_file_of_another_kind_is_wrong_use(run: Run, tmp_path: Path) -> None:
    """Said before anybody is asked, and nothing is written."""
    assert run("people", "copy", "p-1", "-o", str(tmp_path / "ana.pdf")).exit_code == 2
    assert list(tmp_path.glob("ana*")) == []


def test_an_area_that_nobody_reviews_is_said(run: Run) -> None:
    """The list is empty, and beginning or signing a review of it is refused in words."""
    assert json.loads(run("reviews", "list", "--json").stdout) == []
    for words in (("begin", "warehouse"), ("sign", "warehouse", "--yes")):
        done = run("reviews", *words)
        assert done.exit_code == 1
        assert "warehouse" in done.stderr
