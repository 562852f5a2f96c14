"""Which installation is meant, when nobody says so."""

import os
from pathlib import Path

import click

from accessctl.home import OPERATORS_SOCKET, SYSTEM_HOME, Home, HomeUnusable, demo_home


def chosen(given: Path | None) -> Home:
    """Give the installation that is named, or the one there is. Raises ``UsageError`` when there is none."""
    if given is not None:
        return named(given)
    if _has_site(SYSTEM_HOME):
        return Home(SYSTEM_HOME)
    if operators_socket() is not None:
        raise click.UsageError(
            f"this needs the files in {SYSTEM_HOME}, which are not for this account: ask as root (sudo). "
            f"Operators reach what the API does, at {OPERATORS_SOCKET}, and nothing besides."
        )
    if _has_site(demo_home()):
        click.echo(f"accessctl: using the demo at {demo_home()}", err=True)
        return Home(demo_home())
    if SYSTEM_HOME.is_dir() and not can_enter(SYSTEM_HOME):
        raise click.UsageError(
            f"{SYSTEM_HOME} is not for this account, and nobody serves operators at {OPERATORS_SOCKET}: "
            "the service accessctl-api does not run, or its unit is an older one."
        )
    raise click.UsageError(
        f"there is no installation at {SYSTEM_HOME} and no demo at {demo_home()}. "
        "Name one with --home DIR or ACCESSCTL_HOME, make one with `accessctl init DIR`, "
        "or see the demo with `accessctl demo`."
    )


def operators_socket() -> Path | None:
    """Give where operators reach this machine's installation when its files are not for them."""
    if SYSTEM_HOME.is_dir() and not can_enter(SYSTEM_HOME) and OPERATORS_SOCKET.is_socket():
        return OPERATORS_SOCKET
    return None


def can_enter(path: Path) -> bool:
    """Whether this account gets at what lies in a folder."""
    return os.access(path, os.X_OK)


def named(path: Path) -> Home:
    """Give the installation in this folder, which need not be there yet. Raises ``UsageError``."""
    try:
        return Home(path.absolute())
    except HomeUnusable as error:
        raise click.UsageError(str(error)) from error


def _has_site(path: Path) -> bool:
    try:
        return Home(path).site_file.exists()
    except (OSError, HomeUnusable):
        return False
