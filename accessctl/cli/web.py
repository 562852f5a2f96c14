"""The console in a browser."""

import os
from datetime import timedelta
from pathlib import Path

import click

from accessctl.cli.talk import Failed, Installation, installation, say

_LEAST_IDLE, _MOST_IDLE = 1, 24 * 60
_MOST_CONSOLES = 64


@click.command()
@click.option(
    "--listen",
    metavar="ADDRESS:PORT",
    default="127.0.0.1:8421",
    show_default=True,
    help="Where browsers connect; port 0: any that is free.",
)
@click.option("--cert", type=click.Path(path_type=Path), help="A certificate with its chain (PEM), for TLS.")
@click.option("--key", type=click.Path(path_type=Path), help="Its key (PEM), without a password.")
@click.option(
    "--own-cert", is_flag=True, help="Make a certificate; browsers are to know it by its fingerprint."
)
@click.option(
    "--public-origin", metavar="URL", help="How browsers see the reverse proxy before it: https://HOST."
)
@click.option(
    "--consoles",
    type=click.IntRange(1, _MOST_CONSOLES),
    default=8,
    show_default=True,
    help="Consoles at once at most; each is a process.",
)
@click.option(
    "--idle-minutes",
    type=click.IntRange(_LEAST_IDLE, _MOST_IDLE),
    default=30,
    show_default=True,
    help="A session ends after so long without a key or a click.",
)
@installation
def web(
    here: Installation,
    listen: str,
    cert: Path | None,
    key: Path | None,
    public_origin: str | None,
    consoles: int,
    idle_minutes: int,
    *,
    own_cert: bool,
) -> None:
    """Serve the console to browsers, behind a login, until Ctrl-C or SIGTERM.

    Operators log in with name, password and code; each console then speaks in the name of its own session
    and of nobody else. /muster is the muster list for a phone. Beyond this machine it serves over TLS alone:
    docs/browser.md.

    \b
    Examples: accessctl web
              accessctl web --listen 0.0.0.0:8421 --own-cert
              accessctl web --public-origin https://doors.example.com
    """
    from accessctl.tui.settings import read_settings

    if (language := read_settings().language) is not None:
        os.environ["ACCESSCTL_LANGUAGE"] = language  # before words are looked up for the first time
    try:
        from accessctl.web.errors import CannotServe
        from accessctl.web.listening import listening
        from accessctl.web.run import run
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library == "accessctl":
            raise
        raise Failed(f"the library {library} is missing: pip install 'accessctl[web]'") from error
    try:
        asked = listening(
            listen,
            cert,
            key,
            own_certificate=own_cert,
            public_origin=public_origin,
            consoles=consoles,
            idle=timedelta(minutes=idle_minutes),
        )
        run(asked, here.api_socket, say)
    except CannotServe as error:
        raise click.UsageError(str(error)) from error
