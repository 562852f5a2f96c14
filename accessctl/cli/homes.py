"""Which installation is meant, when nobody says so."""

from pathlib import Path

import click

from accessctl.home import SYSTEM_HOME, Home, HomeUnusable, demo_home


def chosen(given: Path | None) -> Home:
    """Give the installation that is named, or the one there is. Raises ``UsageError`` when there is none."""
    if given is not None:
        return named(given)
    if _has_site(SYSTEM_HOME):
        return Home(SYSTEM_HOME)
    if _has_site(demo_home()):
        click.echo(f"accessctl: using the demo at {demo_home()}", err=True)
        return Home(demo_home())
    raise click.UsageError(
        f"there is no installation at {SYSTEM_HOME} and no demo at {demo_home()}. "
        "Name one with --home DIR or ACCESSCTL_HOME, make one with `accessctl init DIR`, "
        "or see the demo with `accessctl demo`."
    )


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
