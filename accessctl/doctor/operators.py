"""What is wrong with who administers: rights that somebody goes around, approvals that nobody can give."""

import pwd
import stat
from collections.abc import Iterator
from typing import Final

from accessctl.doctor.finding import Finding
from accessctl.doctor.machine import SERVICE_USER, Machine, group_of
from accessctl.home import Home
from accessctl.office.rules import OfficeRules
from accessctl.operators.rights import Right, rights_of
from accessctl.store.errors import StoreError
from accessctl.store.operators import OperatorQueries
from accessctl.store.people_reads import MOST

OPERATORS_GROUP: Final = "accessctl-operators"
_TWO: Final = 2


def operators(rules: OfficeRules, home: Home, machine: Machine) -> Iterator[Finding]:
    """See whether the rights of operators hold here, and whether two of them can do what takes two."""
    yield from _open_home(home)
    yield from _members(rules, home, machine)
    yield from _door_unit(machine)
    yield from _second_operator(rules, home)


def _open_home(home: Home) -> Iterator[Finding]:
    if home.path.stat().st_mode & stat.S_IRWXO:
        yield Finding(
            "operators",
            f"{home.path} is open to every account of this machine",
            f"chmod o= {home.path}",
        )


def _members(rules: OfficeRules, home: Home, machine: Machine) -> Iterator[Finding]:
    """Find operators who share in the folder. Who owns it runs the installation: that is no mistake."""
    status = home.path.stat()
    if not status.st_mode & stat.S_IRWXG:
        return
    for user in sorted(rules.local):
        if status.st_gid in machine.groups_of(user) and not _owns(user, status.st_uid):
            group = group_of(home.path)
            yield Finding(
                f"operators.local.{user}",
                f"roles do not hold {user}: who is in the group {group} can write what lies in {home.path}",
                f"gpasswd -d {user} {group}; usermod -aG {OPERATORS_GROUP} {user}; they log in anew then",
            )


def _owns(user: str, uid: int) -> bool:
    try:
        return pwd.getpwnam(user).pw_uid in (0, uid)
    except KeyError:
        return False


def _door_unit(machine: Machine) -> Iterator[Finding]:
    """Find a unit from before the door process asked who speaks to it: it refuses the API of another user."""
    started = machine.unit_says("ExecStart")
    if started and "--office-user" not in started:
        yield Finding(
            SERVICE_USER,
            "its unit does not name the user of the API (--office-user), so the API can ask it nothing",
            "copy packaging/systemd/*.service to /etc/systemd/system/, systemctl daemon-reload, restart both",
        )


def _second_operator(rules: OfficeRules, home: Home) -> Iterator[Finding]:
    if not rules.needs:
        return
    try:
        found = OperatorQueries(home.people).operators(limit=MOST)
    except StoreError:
        return  # that the store cannot be read is found already
    able = [
        each.id for each in found if not each.disabled and Right.APPROVALS_DECIDE in rights_of(each.roles)
    ]
    if len(able) < _TWO:
        who = f"{able[0]} alone" if able else "nobody"
        yield Finding(
            "approvals.needs",
            f"{', '.join(sorted(rules.needs))} takes two operators, and {who} may approve: it cannot be done",
            "accessctl operators add ID --name NAME --role admin; or leave it out of the site file",
        )
