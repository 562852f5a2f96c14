import re
import tomllib

import pytest

from tests.docs.pages import DOCS, ROOT, text_of

PAGE = text_of(DOCS / "architecture.md")
PACKAGES = ("accessctl", "hardware", "policies")


def mapped() -> list[str]:
    """Give every module of the map, by its path."""
    found, folder = [], ""
    for line in PAGE.partition("## Module map")[2].splitlines():
        if heading := re.fullmatch(r"### `(.+/)`", line):
            folder = heading[1]
        elif row := re.match(r"\| `([^`]+\.py)` \|", line):
            found.append(folder + row[1])
    return found


def test_the_map_has_every_module_and_no_other() -> None:
    """A module that is added, moved or dropped must be so on the map too."""
    there = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if path.name != "__init__.py"
    }
    assert set(mapped()) == there


def test_no_module_is_on_the_map_twice() -> None:
    """One module has one place."""
    assert len(mapped()) == len(set(mapped()))


def test_every_import_contract_is_named() -> None:
    """The page names each contract of pyproject.toml, by the beginning of its sentence at least."""
    settings = tomllib.loads(text_of(ROOT / "pyproject.toml"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    table = PAGE.partition("| contract | says |")[2].partition("\n\n")[0]
    named = [row.split("|")[1].strip() for row in table.splitlines()[2:]]
    assert len(named) == len(contracts)
    for name, contract in zip(named, contracts, strict=True):
        assert contract["name"].startswith(name)


@pytest.mark.parametrize("folder", sorted(path.name for path in (ROOT / "tests").iterdir() if path.is_dir()))
def test_every_folder_of_tests_is_explained(folder: str) -> None:
    """Whoever looks for a test finds out where such tests are."""
    assert folder.startswith("__") or f"`tests/{folder}`" in PAGE


def test_every_file_that_the_page_points_to_is_there() -> None:
    """A path that is written out in full leads somewhere."""
    paths = re.findall(r"`((?:accessctl|hardware|policies|tests|docs)/[\w/.-]+\.\w+)`", PAGE)
    assert [path for path in paths if not (ROOT / path).exists()] == []
