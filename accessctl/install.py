"""Making an installation, and looking at its site file before it counts."""

import json
import re
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

from accessctl.config import Problem, Site, SiteInvalid, load_file
from accessctl.config.asking import in_words
from accessctl.home import Home
from accessctl.keys.code_generator import CodesNotInstalled
from accessctl.keys.root import RootKey, RootKeyUnusable
from accessctl.operators.first import First, Generated, has_operators, make_first
from accessctl.operators.passwords import why_too_easy
from accessctl.store.errors import StoreError
from hardware.specs import LockKind, StrikeSpec, Unattended
from policies.ids import DoorId

_PRIVATE: Final = 0o700
_NOBODY_LOCAL: Final = "local = {}"
"""In the files that installations begin with: no local user is an operator."""
_OPERATOR_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_WHAT_IDS_ARE: Final = "up to 32 small letters, digits and hyphens"
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class InstallRefused(Exception):
    """The folder is left as it is. The words say what to do."""


@dataclass(frozen=True, slots=True)
class Made:
    """One thing that an installation needs."""

    path: Path
    what: str
    new: bool
    """Whether it was made now; otherwise it was there and was left alone."""


@dataclass(frozen=True, slots=True)
class Installed:
    """What came of making an installation."""

    made: list[Made]
    operator: str | None = None
    """The first operator, where that one was made now."""
    local: str | None = None
    """The local user who is this operator."""
    generator: Generated | None = None
    """The code generator of an operator who has a password; shown this once."""
    to_be_named: str | None = None
    """The line that the site file lacks, where it was there and names no local user."""


def first_operator(
    operator: str | None = None, local: str | None = None, password: str | None = None
) -> First:
    """Give who is to be the first operator, unless said otherwise the user who runs this."""
    return First.here(operator, local, password)


def init(home: Home, first: First | None = None) -> Installed:
    """Make whatever an installation lacks; replace nothing. Raises ``InstallRefused``.

    Where there is no operator yet, ``first`` is made one; left out, it is the user who runs this.
    """
    first = first or First.here()
    _check(first)
    if home.people.exists() and not home.root_key.exists():
        raise InstallRefused(
            f"{home.people} is there and {home.root_key} is not. Put the old key back from your backup: "
            "under a new one none of the cards and PINs would be known"
        )
    try:
        made = list(_make(home, first))
        if has_operators(home):
            return Installed(made)
        generator = make_first(home, first)
    except OSError as error:
        raise InstallRefused(f"{error.filename or home.path}: {error.strerror or error}") from error
    except (StoreError, RootKeyUnusable, CodesNotInstalled) as error:
        raise InstallRefused(str(error)) from error
    named = any(thing.new for thing in made if thing.path == home.site_file)
    line = None if named else f"local = {{ {_quoted(first.local)} = {_quoted(first.id)} }}"
    return Installed(made, first.id, first.local, generator, line)


def _check(first: First) -> None:
    """Raise ``InstallRefused`` for a first operator who could not be one, before anything is made."""
    if not _OPERATOR_ID.fullmatch(first.id):
        raise InstallRefused(f"{first.id} is no operator's id: {_WHAT_IDS_ARE}")
    if first.password is not None and (why := why_too_easy(first.password, first.id)) is not None:
        raise InstallRefused(why)


def operators_there(home: Home) -> bool:
    """Whether there are operators already, as far as can be told before anything is made."""
    with suppress(StoreError):
        return home.people.exists() and has_operators(home)
    return False


def _make(home: Home, first: First) -> Iterator[Made]:
    new = not home.path.exists()
    if new:
        home.path.mkdir(_PRIVATE, parents=True)
        home.path.chmod(_PRIVATE)  # mkdir leaves out what the umask forbids, and a parent may force others in
    who = "open to its owner only" if home.path.stat().st_mode & _OTHERS == 0 else "shared with its group"
    yield Made(home.path, f"the installation's folder, {who}", new)
    new = not home.site_file.exists()
    if new:
        with home.site_file.open("x") as file:
            file.write(starter({first.local: first.id}))
    yield Made(home.site_file, "the site: doors, readers, schedules, roles. Yours to edit", new)
    new = not home.root_key.exists()
    if new:
        RootKey.create(home.root_key)
    yield Made(home.root_key, "the root key. Keep a copy apart from backups of the databases", new)
    new_people, new_record = not home.people.exists(), not home.record.exists()
    _migrate(home)
    yield Made(home.people, "people and cards", new_people)
    yield Made(home.record, "the record", new_record)


def starter(local: Mapping[str, str] | None = None) -> str:
    """Give the site file that a new installation starts with; ``local`` says which user is which operator."""
    text = resources.files("accessctl.config").joinpath("starter.toml").read_text("utf-8")
    return with_local(text, local or {})


def with_local(text: str, local: Mapping[str, str]) -> str:
    """Put users into a site file that says ``local = {}``: each with the operator that they are."""
    if not local:
        return text
    users = ", ".join(f"{_quoted(user)} = {_quoted(operator)}" for user, operator in local.items())
    return text.replace(_NOBODY_LOCAL, f"local = {{ {users} }}")


def _quoted(text: str) -> str:
    """Write text as TOML has it, whose basic strings are JSON's."""
    return json.dumps(text)


def _migrate(home: Home) -> None:
    """Make or upgrade both databases in a process of its own, as ``accessctl.store.migrate`` explains."""
    migrated = subprocess.run(
        (sys.executable, "-P", "-m", "accessctl.store.migrate", str(home.path)),
        check=False,
        capture_output=True,
        text=True,
    )
    if migrated.returncode != 0:
        raise InstallRefused(migrated.stderr.strip() or "the databases could not be made")


@dataclass(frozen=True, slots=True)
class DoorSummary:
    """What an installer should know about a door before wiring it."""

    id: str
    name: str
    lock: str
    power_loss: str
    """What the door does when the lock has no power."""
    software_stop: str
    """What it does while no software runs: before start, after a crash, after a stop."""
    wiring: str
    ways: list[str]
    """Each access point with what it asks for."""


@dataclass(frozen=True, slots=True)
class SiteReport:
    """A site file that can be used, or everything that is wrong with it."""

    problems: tuple[Problem, ...] = ()
    name: str = ""
    controller: str = ""
    revision: str = ""
    board: str = ""
    doors: tuple[DoorSummary, ...] = ()
    roles: tuple[str, ...] = ()


def inspect(path: Path) -> SiteReport:
    """Read and check a site file."""
    try:
        site = load_file(path)
    except SiteInvalid as invalid:
        return SiteReport(problems=invalid.problems)
    return SiteReport(
        name=site.name,
        controller=site.controller,
        revision=site.revision,
        board=site.board.kind.value,
        doors=tuple(_door(site, door) for door in site.doors),
        roles=tuple(site.roles),
    )


def _door(site: Site, door: DoorId) -> DoorSummary:
    strikes = {spec.id: spec for spec in site.board.strikes}
    strike = strikes[site.strike_of_door[door]]
    ways = [
        f"{point.id} ({point.direction.value}) asks for {in_words(point.asks)}"
        for point in site.access_points.values()
        if point.door == door
    ]
    return DoorSummary(
        id=door,
        name=site.doors[door].name,
        lock=strike.lock.value,
        power_loss="unlocked" if strike.lock is LockKind.FAIL_SAFE else "locked",
        software_stop=_stopped(strike),
        wiring=f"GPIO{strike.gpio}, relay contact {_contact(strike)}",
        ways=ways,
    )


def _stopped(strike: StrikeSpec) -> str:
    return "released" if strike.unattended is Unattended.RELEASED else "secured"


def _contact(strike: StrikeSpec) -> str:
    """Name the contact that the lock hangs on, so that a relay at rest gives what ``unattended`` says."""
    if strike.lock is LockKind.FAIL_SECURE:
        return "NO (normally open): power frees the lock"
    if strike.unattended is Unattended.SECURED:
        return "NC (normally closed): power holds the lock, the relay at rest keeps it on"
    return "NO (normally open): power holds the lock, the relay at rest lets go"
