"""What a user prefers, read and remembered. Nothing in it keeps the console from starting."""

from pathlib import Path

import pytest

from accessctl.tui.key_ids import problems_with
from accessctl.tui.settings import Remembered, Settings, from_home, read_settings, settings_file


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def written(text: str) -> Settings:
    path = settings_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return read_settings()


def test_without_a_file_nothing_is_preferred() -> None:
    """And nothing is wrong."""
    assert read_settings() == Settings()


def test_everything_that_can_be_said() -> None:
    """A theme, a language, other keys."""
    found = written('theme = "light"\nlanguage = "de"\n[keys]\n"board.release" = "x"\n')
    assert found == Settings("light", "de", {"board.release": "x"})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("theme = ", "Invalid"),
        ('theme = "pink"', "theme is one of"),
        ("language = 7", "language is a text"),
        ('language = "xx"', "language is one of en, de"),
        ('keys = "x"', "[keys] has lines"),
        ("[keys]\na = 1", "[keys] has lines"),
        ('colour = "red"', "no setting colour"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_counts(text: str, problem: str) -> None:
    """Each mistake by itself leaves the defaults."""
    found = written(text)
    assert (found.theme, found.language, dict(found.keys)) == (None, None, {})
    assert problem in found.problems[0]


def test_a_language_may_be_named_as_a_locale() -> None:
    """As in the environment."""
    assert written('language = "de_AT.UTF-8"') == Settings(language="de_AT.UTF-8")


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({"board.nothing": "x"}, "board.nothing, which is the id of no key"),
        ({"board.release": "no such key"}, "there is no key 'no such key'"),
        ({"board.release": "x,f99"}, "there is no key 'f99'"),
        ({"board.release": "hipper+x"}, "there is no key 'hipper+x'"),
        ({"board.release": "l"}, "board.lock and board.release on one key, 'l'"),
        ({"board.release": "x", "board.lock": "x"}, "board.lock and board.release on one key, 'x'"),
        ({"board.release": "/"}, "board.filter and board.release on one key, 'slash'"),
    ],
)
def test_a_key_that_would_do_nothing_is_told_of(keys: dict[str, str], problem: str) -> None:
    """One that there is not, and one that two things on a page have."""
    assert any(problem in each for each in problems_with(keys))


@pytest.mark.parametrize(
    "keys",
    [
        {"board.release": "R", "board.filter": "ctrl+f,/"},
        {"board.release": "l", "board.lock": "r"},
        {"board.release": "f12", "system.new-operator": "alt+n", "people.search": "shift+tab"},
    ],
)
def test_keys_that_count_are_no_problem(keys: dict[str, str]) -> None:
    """Also two that change places, and what is two things on two pages."""
    assert problems_with(keys) == []


def test_what_was_chosen_is_remembered(tmp_path: Path) -> None:
    """By the next console of the same user."""
    Remembered().put("theme", "light")
    assert Remembered().get("theme") == "light"
    assert Remembered().get("reader") is None
    assert (tmp_path / "state" / "accessctl").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", ["", "[]", "{", '{"theme": 7}'])
def test_a_damaged_memory_says_nothing(tmp_path: Path, text: str) -> None:
    """And is written anew."""
    path = tmp_path / "remembered.json"
    path.write_text(text)
    remembered = Remembered(path)
    assert remembered.get("theme") is None
    remembered.put("theme", "dark")
    assert Remembered(path).get("theme") == "dark"


def test_a_folder_that_cannot_be_written_is_no_reason_to_complain(tmp_path: Path) -> None:
    """What was chosen holds for as long as the console runs."""
    (tmp_path / "file").write_text("")
    remembered = Remembered(tmp_path / "file" / "remembered.json")
    remembered.put("theme", "dark")
    assert remembered.get("theme") == "dark"


def test_a_path_is_shown_from_the_home_folder_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that lies elsewhere is shown in full."""
    monkeypatch.setenv("HOME", str(tmp_path))
    assert from_home(tmp_path / ".config" / "console.toml") == "~/.config/console.toml"
    assert from_home(Path("/etc/console.toml")) == "/etc/console.toml"
