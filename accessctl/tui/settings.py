"""What a user of the console prefers: read from a file that only they write, and remembered beside it."""

import json
import os
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from accessctl.tui.translations import language_of, languages

_FILE: Final = "console.toml"
_REMEMBERED: Final = "console.json"
THEMES: Final = ("dark", "light", "ansi-dark", "ansi-light")
_KNOWN: Final = frozenset({"theme", "language", "keys"})


@dataclass(frozen=True, slots=True)
class Settings:
    """What the file says."""

    theme: str | None = None
    """One of ``THEMES``; ``None``: what was chosen last, or what suits the terminal."""
    language: str | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    """Other keys, by the stable ids that the help page and ``docs/console.md`` show."""
    problems: tuple[str, ...] = ()
    """What in the file is not understood; the rest of it counts."""


def settings_file() -> Path:
    """Give where the file is looked for."""
    return _folder("XDG_CONFIG_HOME", ".config") / _FILE


def from_home(path: Path) -> str:
    """Give a path as people write it, from their home folder on where it lies there."""
    with suppress(ValueError, RuntimeError):  # it lies elsewhere; nobody knows of a home
        return f"~/{path.relative_to(Path.home())}"
    return str(path)


def read_settings() -> Settings:
    """Read the file. What is wrong in it is a problem to be shown, never a reason not to start."""
    path = settings_file()
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return Settings(problems=(f"{path}: {error}",))
    problems = [f"{path}: there is no setting {name}" for name in sorted(said.keys() - _KNOWN)]
    theme, language, keys = said.get("theme"), said.get("language"), said.get("keys", {})
    if theme is not None and theme not in THEMES:
        problems.append(f"{path}: theme is one of {', '.join(THEMES)}")
        theme = None
    if language is not None and not isinstance(language, str):
        problems.append(f'{path}: language is a text such as "de"')
        language = None
    if language is not None and language_of(language) is None:
        problems.append(f"{path}: language is one of {', '.join(languages())}")
        language = None
    if not isinstance(keys, dict) or not all(isinstance(key, str) for key in keys.values()):
        problems.append(f'{path}: [keys] has lines such as "board.release" = "x"')
        keys = {}
    return Settings(theme, language, keys, tuple(problems))


class Remembered:
    """Small choices that the console makes again by itself, such as the reader one enrols at."""

    def __init__(self, path: Path | None = None) -> None:
        """Read what was remembered; a file that cannot be read says nothing."""
        self._path = path or _folder("XDG_STATE_HOME", ".local/state") / _REMEMBERED
        self._said: dict[str, Any] = {}
        with suppress(OSError, ValueError):
            found = json.loads(self._path.read_text(encoding="utf-8"))
            if isinstance(found, dict):
                self._said = found

    @property
    def folder(self) -> Path:
        """The folder of the console's own files."""
        return self._path.parent

    def get(self, name: str) -> str | None:
        """Give what was remembered under this name."""
        found = self._said.get(name)
        return found if isinstance(found, str) else None

    def put(self, name: str, value: str) -> None:
        """Remember something. A full or read-only disk is no reason to complain."""
        if self._said.get(name) == value:
            return
        self._said[name] = value
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            new = self._path.with_suffix(".new")
            new.write_text(json.dumps(self._said), encoding="utf-8")
            new.replace(self._path)


def _folder(variable: str, otherwise: str) -> Path:
    given = os.environ.get(variable)
    return (Path(given) if given else Path.home() / otherwise) / "accessctl"
