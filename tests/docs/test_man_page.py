import shutil
import subprocess
import tomllib

import pytest

from tests.docs.cli_reference import commands
from tests.docs.man_page import PAGE, man_page
from tests.docs.pages import ROOT


def test_the_man_page_is_what_the_commands_say() -> None:
    """docs/accessctl.1 is as `python -m tests.docs.man_page --write` would write it now."""
    assert PAGE.read_text(encoding="ascii") == man_page()


@pytest.mark.skipif(shutil.which("groff") is None, reason="there is no groff here")
def test_groff_finds_nothing_wrong_with_the_man_page() -> None:
    """The page has no request and no character that groff does not know, and every command is in it."""
    formatted = subprocess.run(
        ("groff", "-man", "-ww", "-Tutf8", "-P-cbou", str(PAGE)), check=True, capture_output=True, text=True
    )
    assert formatted.stderr == ""
    shown = " ".join(formatted.stdout.split())
    assert [name for name, _ in commands() if name not in shown] == []


def test_the_man_page_is_installed_with_the_package() -> None:
    """Whoever installs the package has `man accessctl`."""
    built = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert built["shared-data"] == {"docs/accessctl.1": "share/man/man1/accessctl.1"}
