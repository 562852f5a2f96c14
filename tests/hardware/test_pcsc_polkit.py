"""The polkit rule that Debian 13's card service needs: it names the actions and the user that there are.

The actions are those of the policy file of pcscd 2.3.3. The rule itself is not run here: it needs a polkit,
and Debian 12's pcscd does not ask one.
"""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
RULES = (ROOT / "packaging/polkit/50-accessctl.rules").read_text()
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


def test_it_answers_only_yes_or_nothing() -> None:
    """For anybody else it says nothing, so that what the system says holds."""
    assert re.findall(r"polkit\.Result\.\w+", RULES) == ["polkit.Result.YES"]
    assert RULES.count("{") == RULES.count("}")
    assert RULES.count("(") == RULES.count(")")
