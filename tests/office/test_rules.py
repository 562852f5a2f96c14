"""The rules of the office, from the site file through a process to whoever asks."""

import asyncio
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from accessctl import install
from accessctl.api.office import Office
from accessctl.config import load
from accessctl.config.findings import findings
from accessctl.home import Home
from accessctl.office.reviews import Every, ReviewRule
from accessctl.office.rules import STRICTEST, NetworkRules, OfficeRules, TwoPeople
from tests.config.sites import FULL, GOOD

LOCAL = '\n[operators]\nlocal = { maria = "maria" }\n'


def answered(home: Home) -> Any:  # noqa: ANN401 - JSON
    program = (sys.executable, "-m", "accessctl.office", str(home.path))
    return json.loads(subprocess.run(program, capture_output=True, check=True).stdout)


def asked(home: Home) -> OfficeRules:
    return OfficeRules.from_json(answered(home))


def found(text: str) -> list[str]:
    return [str(each) for each in findings(load(text)) if each.path.startswith(("approvals", "api"))]


def test_a_site_says_what_holds_for_operators() -> None:
    """Each key is one of the rules; hours and minutes are time spans."""
    assert load(FULL).office == OfficeRules(
        local={"maria": "maria", "svc.door$": "night-shift"},
        session=timedelta(hours=8),
        idle=timedelta(minutes=15),
        auditors_see_names=False,
        needs=frozenset(TwoPeople),
        within=timedelta(minutes=90),
        wide_roles=frozenset({"guard", "keeper"}),
        wide_levels=frozenset({"vault"}),
        network=NetworkRules(
            address="192.0.2.7",
            port=8443,
            certificate="/etc/accessctl/api.pem",
            key="/etc/accessctl/api-key.pem",
            names=("doors.example.com", "192.0.2.7", "2001:db8::7"),
            requests_a_minute=300,
        ),
        reviews=(ReviewRule("vault", "Vault", Every.QUARTERLY, ("maria", "night-shift")),),
        timezone=ZoneInfo("Europe/London"),
    )


def test_where_nothing_is_said_nobody_is_local_and_nothing_listens() -> None:
    """A file from before keeps its meaning, and gives nobody anything."""
    assert load(GOOD).office == OfficeRules()


@pytest.mark.parametrize("rules", [OfficeRules(), STRICTEST, load(FULL).office])
def test_rules_survive_being_written_down(rules: OfficeRules) -> None:
    """What goes through a process comes out as it went in."""
    assert OfficeRules.from_json(json.loads(json.dumps(rules.to_json()))) == rules


def test_a_process_tells_what_the_site_file_says(tmp_path: Path) -> None:
    """Which is how the API process learns it."""
    home = Home(tmp_path)
    home.site_file.write_text(FULL)
    assert asked(home) == load(FULL).office


def test_a_file_that_cannot_be_used_leaves_the_last_good_one_in_force(tmp_path: Path) -> None:
    """As it does at the doors."""
    home = Home(tmp_path)
    home.site_file.write_text("[site]\n")
    home.last_good_site.write_text(GOOD + LOCAL)
    assert asked(home).local == {"maria": "maria"}


def test_without_any_sound_file_there_are_no_rules(tmp_path: Path) -> None:
    """Neither where there is no file, nor where it is nonsense: what held before is to hold on."""
    home = Home(tmp_path)
    assert answered(home) is None
    home.site_file.write_text("nonsense = 1")
    assert answered(home) is None


def test_until_a_file_was_read_the_strictest_rules_hold(tmp_path: Path) -> None:
    """No local user is an operator, and nothing that could need two people is done by one."""
    rules = asyncio.run(Office(Home(tmp_path)).rules())
    assert rules == STRICTEST
    assert rules.local == {}
    assert rules.needs == set(TwoPeople)
    assert rules.network is None


@pytest.mark.parametrize(
    ("listen", "where"), [("192.0.2.7:8443", "192.0.2.7:8443"), ("[2001:DB8:0::7]:443", "[2001:db8::7]:443")]
)
def test_an_address_is_written_with_its_port(listen: str, where: str) -> None:
    """An IPv6 address in brackets, in its shortest form."""
    network = load(GOOD + f'\n[api]\nlisten = "{listen}"\n').office.network
    assert network is not None
    assert network.where == where


def test_a_wide_grant_that_nothing_is_is_a_mistake() -> None:
    """Whoever writes it believes to be kept from something."""
    text = GOOD + '\n[approvals]\nneeds = ["wide_grant", "rule_change"]\n'
    (line,) = found(text)
    assert line.startswith("mistake: approvals.needs: ")
    assert found(text + 'wide_roles = ["guard"]\n') == []


def test_a_role_that_brings_a_wide_level_unseen_is_noted() -> None:
    """Lending that level takes two operators, and giving the role one."""
    text = GOOD + '\n[approvals]\nneeds = ["wide_grant", "rule_change"]\nwide_levels = ["rounds"]\n'
    (line,) = found(text)
    assert line.startswith("note: approvals.wide_levels: guard brings rounds")
    assert found(text + 'wide_roles = ["guard"]\n') == []


def test_a_list_that_one_operator_may_shorten_is_noted() -> None:
    """What it guards is guarded as long as nobody changes the site file."""
    (line,) = found(GOOD + '\n[approvals]\nneeds = ["deletion"]\n')
    assert line.startswith("note: approvals.needs: one operator alone may change this list")


@pytest.mark.parametrize("key", ["wide_roles = ['guard']", "wide_levels = ['rounds']"])
def test_what_is_wide_and_needs_nobody_is_noted(key: str) -> None:
    """The lists do nothing by themselves."""
    (line,) = found(f"{GOOD}\n[approvals]\n{key}\n")
    assert line.startswith(f"note: approvals.{key.partition(' ')[0]}: one operator alone")


@pytest.mark.parametrize("address", ["0.0.0.0", "[::]"])  # noqa: S104 - in a text that is read
def test_listening_everywhere_is_noted(address: str) -> None:
    """It may be meant."""
    (line,) = found(f'{GOOD}\n[api]\nlisten = "{address}:8443"\n')
    assert line.startswith("note: api.listen: ")
    assert found(f'{GOOD}\n[api]\nlisten = "192.0.2.7:8443"\n') == []


def test_a_new_installation_knows_who_made_it() -> None:
    """The starter file takes local users, whatever their names are made of."""
    assert load(install.starter()).office == OfficeRules()
    local = {"maria": "maria", "svc.door$": "admin-2"}
    assert load(install.starter(local)).office.local == local
