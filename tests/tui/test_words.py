"""The console in other languages: which one is chosen, and that nothing of a language is missing or stale."""

import os
import subprocess
import sys

import polib
import pytest

from accessctl.tui.translations import languages
from accessctl.tui.words import Catalog, chosen
from tests.tui.rig import running_site
from tests.tui.strings import CATALOGS, Words, complaints, gathered, renewed


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "de_AT.UTF-8"}, "de"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LC_MESSAGES": "de_DE", "LANG": "en_GB.UTF-8"}, "de"),
        ({"ACCESSCTL_LANGUAGE": "de", "LC_ALL": "en_GB.UTF-8"}, "de"),
        ({"ACCESSCTL_LANGUAGE": "xx"}, "en"),
    ],
)
def test_which_language_is_chosen(environment: dict[str, str], language: str) -> None:
    """The console's own variable first, then the locale's; English where there is no such language."""
    assert chosen(environment) == language


def test_there_is_a_second_language() -> None:
    """German proves that there can be others."""
    assert languages()[:2] == ["en", "de"]


@pytest.mark.parametrize("path", sorted(CATALOGS.glob("*.po")), ids=lambda path: path.stem)
def test_a_language_has_every_string_and_no_other(path: object) -> None:
    """`python -m tests.tui.strings --write` brings it up to date; the words are a translator's."""
    assert list(complaints(polib.pofile(str(path)), gathered())) == []


def test_what_a_language_lacks_is_noticed() -> None:
    """Missing, stale, untranslated, and with other things filled in than the code gives."""
    strings = {Words("{count} door", "{count} doors"): "a.py:1", Words("Open {name}"): "a.py:2"}
    catalog = renewed(polib.POFile(), strings)
    assert len(list(complaints(catalog, strings))) == 2
    many, one = sorted(catalog, key=lambda entry: entry.msgid, reverse=True)
    one.msgstr = "{wer} öffnen"
    many.msgstr_plural = {0: "eine Tür", 1: "{count} Türen"}
    (wrong,) = complaints(catalog, strings)
    assert "Open {name}" in wrong
    one.msgstr = "{name} öffnen"
    assert not list(complaints(catalog, strings))
    assert len(list(complaints(catalog, {}))) == 2
    assert len(list(complaints(polib.POFile(), strings))) == 2


def test_counts_follow_the_languages_own_rule() -> None:
    """English and German have one form for one, and another for none and for many."""
    for language in languages():
        catalog = Catalog(language)
        said = [catalog.many("{count} alarm", "{count} alarms", count) for count in (0, 1, 2)]
        assert said[0].replace("0", "2") == said[2]
        assert said[1].startswith("1 ")


def test_words_that_nobody_has_translated_stay_as_they_are() -> None:
    """English in any language."""
    assert Catalog("de").one("Nobody has ever said this.") == "Nobody has ever said this."


def test_the_plain_console_speaks_german() -> None:
    """Asked for by an option, over a real site."""
    with running_site() as site:
        command = [sys.executable, "-m", "accessctl.cli", "--home", str(site.home.path), "tui", "--plain"]
        environment = {**os.environ, "XDG_CONFIG_HOME": str(site.home.path), "PYTHONIOENCODING": "utf-8"}
        said = subprocess.run(
            [*command, "--language", "de"],
            input="quit\n",
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    assert "Türen" in said
    assert "Doors" not in said
