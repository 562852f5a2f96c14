"""Draws the pictures of the README and the docs: ``python -m tests.tui.pictures``.

They show the site that stands still, so that a picture changes only when the console does.
"""

import asyncio
import os
import re
import sys
import time
from pathlib import Path
from typing import Final

import tests.surroundings  # noqa: F401 - before anything that is drawn
from tests.tui.scenes import SCENES, Scene

PICTURES: Final = Path(__file__).parents[2] / "docs" / "pictures"
SIZE: Final = (120, 34)
DRAWN: Final = {
    "board": "board",
    "why": "why",
    "people": "people",
    "person": "person",
    "new-person": "new_person",
    "card": "card_taken",
    "rules": "rules",
    "editor": "editor",
    "muster": "mustering",
    "events": "events",
    "system": "health",
    "devices": "devices",
}
"""By the name of the file: the scene."""
_ELSEWHERE: Final = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
"""The picture would ask another host for a font; whatever fixed font there is does as well."""
_NUMBERED: Final = re.compile(r"terminal-\d+")


def plain(svg: str) -> str:
    """Give a picture that loads nothing from elsewhere, and whose names are the same in every run."""
    return _NUMBERED.sub("screen", _ELSEWHERE.sub("", svg))


async def draw(scene: Scene, theme: str = "dark", size: tuple[int, int] = SIZE) -> str:
    """Play a scene and give what is on the screen then."""
    with scene.console(theme) as (console, api):
        async with console.run_test(size=size) as pilot:
            await scene.reach(pilot, api)
            return plain(console.export_screenshot(title="accessctl", simplify=True))


def main() -> None:
    """Draw each scene, dark; the board also light. Names on the command line: only these."""
    os.environ["TZ"], os.environ["TEXTUAL_ANIMATIONS"] = "UTC", "none"
    time.tzset()
    PICTURES.mkdir(exist_ok=True)
    pictures = {name: (scene, "dark") for name, scene in DRAWN.items()} | {"board-light": ("board", "light")}
    for name, (scene, theme) in pictures.items():
        if name in (sys.argv[1:] or pictures):
            svg = asyncio.run(draw(SCENES[scene], theme))
            (PICTURES / f"{name}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
