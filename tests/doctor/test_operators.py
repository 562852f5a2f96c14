"""Whether rights hold on this machine, as the doctor sees it."""

import json
import os
import pwd
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from accessctl.doctor.machine import Identity, Machine
from accessctl.doctor.operators import operators
from accessctl.home import Home
from accessctl.office.rules import OfficeRules, TwoPeople
from accessctl.operators.first import local_user
from accessctl.operators.rights import Role
from tests.homes import NOON, TESTER, new_home

UNITS = Path("packaging/systemd")
NOBODY = Identity("nobody", 65534, frozenset())


@dataclass(frozen=True, slots=True)
class OwnMachine(Machine):
    """A machine whose accounts are in the groups that a test puts them into."""

    groups: dict[str, set[int]] = field(default_factory=dict)

    def groups_of(self, user: str) -> frozenset[int]:
        """Give the groups of a user."""
        return frozenset(self.groups.get(user, ()))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = new_home(tmp_path / "home")
    home.path.chmod(0o2770)
    return home


def machine(tmp_path: Path, **groups: set[int]) -> OwnMachine:
    (tmp_path / "root").mkdir(exist_ok=True)
    return OwnMachine(tmp_path / "root", NOBODY, groups)


def found(rules: OfficeRules, home: Home, here: Machine) -> list[str]:
    return [f"{each.about}: {each.what}" for each in operators(rules, home, here)]


def test_an_operator_in_the_services_group_is_named(tmp_path: Path, home: Home) -> None:
    """They can write people and rights by hand, so no role holds them; others are no finding."""
    ours = home.path.stat().st_gid
    rules = OfficeRules(local={"maria": "maria", "otto": "otto", "ghost": "ghost"})
    here = machine(tmp_path, maria={ours, 12_345}, otto={12_345})
    (finding,) = operators(rules, home, here)
    assert finding.about == "operators.local.maria"
    assert "roles do not hold maria" in finding.what
    assert "accessctl-operators" in finding.do
    home.path.chmod(0o700)
    assert found(rules, home, here) == []


def test_whoever_owns_the_folder_is_no_finding(tmp_path: Path, home: Home) -> None:
    """Somebody who runs an installation of their own is in their own group."""
    rules = OfficeRules(local={local_user(): TESTER})
    assert found(rules, home, machine(tmp_path, **{local_user(): {home.path.stat().st_gid}})) == []


@pytest.mark.parametrize("mode", [0o2771, 0o2774, 0o777])
def test_a_folder_that_is_open_to_others_is_named(tmp_path: Path, home: Home, mode: int) -> None:
    """Every account of the machine gets at something in it."""
    home.path.chmod(mode)
    (finding,) = operators(OfficeRules(), home, machine(tmp_path))
    assert finding.do == f"chmod o= {home.path}"


def add(home: Home, id_: str, role: Role, *, disabled: bool = False) -> None:
    with closing(sqlite3.connect(home.people)) as db:
        db.execute(
            "INSERT INTO operator (id, name, roles, disabled, added_at) VALUES (?, ?, ?, ?, ?)",
            (id_, id_, json.dumps([role]), disabled, NOON.isoformat()),
        )
        db.commit()


def test_what_takes_two_needs_two_who_may_approve(tmp_path: Path, home: Home) -> None:
    """Neither a disabled admin nor a guard can be the second one."""
    rules = OfficeRules(needs=frozenset({TwoPeople.DELETION}))
    add(home, "gus", Role.GUARD)
    add(home, "ada", Role.ADMIN, disabled=True)
    (words,) = found(rules, home, machine(tmp_path))
    assert (
        words
        == "approvals.needs: deletion takes two operators, and tester alone may approve: it cannot be done"
    )
    assert found(OfficeRules(), home, machine(tmp_path)) == []
    add(home, "otto", Role.ADMIN)
    assert found(rules, home, machine(tmp_path)) == []


def test_a_unit_from_before_is_named(tmp_path: Path, home: Home) -> None:
    """An upgrade that leaves the old unit there would have the API refused at the door process."""
    here = machine(tmp_path)
    unit = here.root / "etc/systemd/system/accessctl-door.service"
    unit.parent.mkdir(parents=True)
    now = (UNITS / unit.name).read_text()
    unit.write_text(now)
    assert found(OfficeRules(), home, here) == []
    unit.write_text(now.replace(" --office-user accessctl-api", ""))
    (words,) = found(OfficeRules(), home, here)
    assert "--office-user" in words


def test_a_store_that_cannot_be_read_is_left_to_others(tmp_path: Path, home: Home) -> None:
    """It is a finding of its own, and not that nobody may approve."""
    home.people.write_bytes(b"this is no database")
    assert found(OfficeRules(needs=frozenset(TwoPeople)), home, machine(tmp_path)) == []


def test_groups_are_those_of_the_account() -> None:
    """As the system has them; an account that is not there has none."""
    user = pwd.getpwuid(os.geteuid())
    assert user.pw_gid in Machine().groups_of(user.pw_name)
    assert Machine().groups_of("nobody-of-this-name") == frozenset()
