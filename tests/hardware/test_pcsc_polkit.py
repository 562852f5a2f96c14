"""The polkit rule that Debian 13's card service needs: it names the actions and the user that there are.

The actions are those of the policy file of pcscd 2.3.3. Debian 12's pcscd does not ask: the rule is run in
polkit's interpreter, without either of them.
"""

import re
from pathlib import Path

from tests.hardware.polkit_rules import answers

ROOT = Path(__file__).parents[2]
FILE = ROOT / "packaging/polkit/50-accessctl.rules"
RULES = FILE.read_text()
UNIT = (ROOT / "packaging/systemd/accessctl-door.service").read_text()


def quoted(pattern: str) -> set[str]:
    [match] = re.findall(pattern, RULES)
    return set(re.findall(r'"([^"]+)"', match))


def test_it_grants_reading_cards_and_nothing_else() -> None:
    """Both actions of pcscd are named, and no other one."""
    actions = {"org.debian.pcsc-lite.access_pcsc", "org.debian.pcsc-lite.access_card"}
    assert quoted(r"wanted = \[(.*)\]") == actions
    assert set(re.findall(r"org\.[\w.-]+", RULES)) == actions


def test_it_grants_the_user_that_the_door_process_runs_under() -> None:
    """The user in the rule is the one in the unit; drivers run under it too."""
    assert quoted(r"subject\.user === (\S+)\)") == set(re.findall(r"^User=(\S+)$", UNIT, re.MULTILINE))


def test_it_grants_the_door_process_and_nobody_else() -> None:
    """For anybody else, and for anything else, it says nothing, so that what the system says holds."""
    [user] = quoted(r"subject\.user === (\S+)\)")
    card = "org.debian.pcsc-lite.access_card"
    asked = [
        (card, user),
        ("org.debian.pcsc-lite.access_pcsc", user),
        (card, "accessctl-api"),
        ("org.freedesktop.login1.reboot", user),
    ]
    assert answers(FILE, asked) == ["yes", "yes", None, None]
