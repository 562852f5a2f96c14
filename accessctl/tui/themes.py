"""The colours: dark, light, and the sixteen that every terminal has."""

from typing import Final

from textual.theme import Theme

_BESIDE: Final = (
    "scrollbar-background",
    "scrollbar-background-hover",
    "scrollbar-background-active",
    "scrollbar-corner-color",
)
"""What of a scrollbar is not the handle."""
DARK: Final = Theme(
    name="dark",
    primary="#3b82a0",
    secondary="#7c8aa5",
    accent="#e8b04b",
    success="#57a773",
    warning="#d98e34",
    error="#d5524e",
    foreground="#d8dee4",
    background="#12161b",
    surface="#191f26",
    panel="#242c36",
    dark=True,
    variables={
        "scrollbar": "#3a4654",
        "scrollbar-hover": "#4c5b6b",
        "scrollbar-active": "#3b82a0",
        **dict.fromkeys(_BESIDE, "#191f26"),
    },
)
LIGHT: Final = Theme(
    name="light",
    primary="#1f6f8b",
    secondary="#5b6b82",
    accent="#9a5b00",
    success="#1f7a44",
    warning="#9c5700",
    error="#b3261e",
    foreground="#1c2430",
    background="#fbfaf7",
    surface="#f1efe9",
    panel="#e4e0d6",
    dark=False,
    variables={
        "scrollbar": "#bdb6a6",
        "scrollbar-hover": "#a49c8a",
        "scrollbar-active": "#1f6f8b",
        **dict.fromkeys(_BESIDE, "#f1efe9"),
    },
)


def suited(colors: str | None, remembered: str | None) -> str:
    """Give the theme to begin with: what was chosen last, unless the terminal has sixteen colours only."""
    if colors in {"standard", "windows", None}:
        return remembered if remembered in {"ansi-dark", "ansi-light"} else "ansi-dark"
    return remembered or "dark"


def other(theme: str) -> str:
    """Give the one for the other light in the room."""
    return {"dark": "light", "light": "dark", "ansi-dark": "ansi-light", "ansi-light": "ansi-dark"}.get(
        theme, "dark"
    )
