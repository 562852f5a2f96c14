"""The console: a site in a terminal."""

import gc
import os
import sys
from io import TextIOWrapper

import click

from accessctl import sessions
from accessctl.cli.talk import Failed, Installation, installation, say

_THEMES = ("dark", "light", "ansi-dark", "ansi-light")


@click.command()
@click.option("--plain", is_flag=True, help="Prompts and lines instead of a screen: for screen readers.")
@click.option("--login", "must_log_in", is_flag=True, help="Ask who you are, whatever account this is.")
@click.option("--language", metavar="CODE", help="Such as de. [else that of the settings or the locale]")
@click.option("--theme", type=click.Choice(_THEMES), help="[else that of the settings, or the last one]")
@installation
def tui(
    here: Installation, language: str | None, theme: str | None, *, plain: bool, must_log_in: bool
) -> None:
    """Open the console: doors, people, rules, muster, events and the system, by keyboard or mouse.

    `?` shows what one can do on each page, Ctrl-P finds anything by its name, q leaves. Works over SSH and
    on 80 columns by 24 lines. Settings are read from ~/.config/accessctl/console.toml: docs/console.md.

    \b
    Examples: accessctl tui
              accessctl tui --plain
    """
    from dataclasses import replace

    from accessctl.tui.settings import read_settings

    settings = read_settings()
    if (wanted := language or settings.language) is not None:
        os.environ["ACCESSCTL_LANGUAGE"] = wanted  # before words are looked up for the first time
    token = None if must_log_in else _token(here)
    if plain:
        from accessctl.tui.plain.desk import run

        for problem in settings.problems:
            say(problem)
        sys.exit(run(here.api_socket, token, must_log_in=must_log_in))
    if not all(stream.isatty() for stream in (sys.stdin, sys.stderr)):
        raise Failed("there is no terminal here; `accessctl tui --plain` takes lines")
    from accessctl.tui.asker import Asker
    from accessctl.tui.console import Console
    from accessctl.tui.terminal import end_with_it

    end_with_it()
    gc.freeze()  # what is loaded by now stays: looking through it again and again made one key in ten wait
    asker = Asker(here.api_socket, token, nobody=must_log_in)
    console = Console(asker, replace(settings, theme=theme or settings.theme))
    if isinstance(sys.__stderr__, TextIOWrapper):
        # The screen is drawn there. What the terminal has no sign for takes one place, or lines would shift.
        sys.__stderr__.reconfigure(errors="replace")
    console.run()
    sys.exit(console.return_code or 0)


def _token(here: Installation) -> str | None:
    try:
        return sessions.token_for(here.session_with, here.token_file)
    except sessions.TokenUnusable as error:
        raise Failed(str(error)) from error
