"""The polkit rule that fprintd needs: what it grants to whom, asked in polkit's own interpreter."""

import re
from pathlib import Path

from tests.hardware.polkit_rules import answers

ROOT = Path(__file__).parents[2]
RULES = ROOT / "packaging/polkit/51-accessctl-fingers.rules"
UNIT = (ROOT / "packaging/systemd/accessctl-door.service").read_text()
POLICY = Path("/usr/share/polkit-1/actions/net.reactivated.fprint.device.policy")
GRANTED = {f"net.reactivated.fprint.device.{what}" for what in ("verify", "enroll", "setusername")}
[SERVICE_USER] = re.findall(r"^User=(\S+)$", UNIT, re.MULTILINE)


def test_it_names_the_actions_of_fprintd() -> None:
    """Looking at fingers, learning and erasing them, and for users who are made up; no other action."""
    assert set(re.findall(r"net\.[\w.-]+", RULES.read_text())) == GRANTED
    if POLICY.exists():
        assert set(re.findall(r'<action id="([^"]+)"', POLICY.read_text())) >= GRANTED


def test_it_grants_the_door_process_and_nobody_else() -> None:
    """For anybody else, and for anything else, it says nothing, so that what the system says holds."""
    asked = [
        *((action, SERVICE_USER) for action in sorted(GRANTED)),
        *((action, "accessctl-api") for action in sorted(GRANTED)),
        ("org.freedesktop.login1.reboot", SERVICE_USER),
    ]
    assert answers(RULES, asked) == ["yes"] * 3 + [None] * 4
