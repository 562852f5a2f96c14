"""Which languages the console has words for, and which of them a setting means."""

from importlib.resources import files
from typing import Final

ENGLISH: Final = "en"
FOLDER: Final = files("accessctl.tui").joinpath("languages")


def languages() -> list[str]:
    """Give the languages there are, English first."""
    names = (each.name for each in FOLDER.iterdir())
    return [ENGLISH, *sorted(name.removesuffix(".po") for name in names if name.endswith(".po"))]


def language_of(said: str) -> str | None:
    """Give the language that is meant by ``de`` or ``de_AT.UTF-8``; ``None`` where there is no such."""
    language = said.partition(".")[0].partition("_")[0].lower()
    return language if language in languages() else None
