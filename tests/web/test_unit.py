"""The unit as it ships: for this machine alone, with the operators' socket and no file of the home."""

from accessctl.home import OPERATORS_SOCKET
from accessctl.web.listening import USUAL
from tests.hardware.test_units import API, DOOR, UNITS, said

WEB = "accessctl-web.service"


def test_it_is_a_user_of_its_own_who_reaches_the_operators_socket_and_no_file() -> None:
    """Neither of the two services, nor in their group."""
    unit, api, door = said(UNITS / WEB), said(UNITS / API), said(UNITS / DOOR)
    assert unit["User"] not in (api["User"], door["User"])
    assert unit["Group"] not in (api["Group"], door["Group"])
    started = api["ExecStart"]
    assert unit["SupplementaryGroups"] == [started[started.index("--operators-group") + 1]]
    assert unit["ExecStart"][unit["ExecStart"].index("--socket") + 1] == str(OPERATORS_SOCKET)
    assert "-/var/lib/accessctl" in unit["InaccessiblePaths"]
    assert "ReadWritePaths" not in unit


def test_it_is_for_this_machine_alone_until_somebody_opens_it() -> None:
    """The drop-in opens it, with TLS, and for addresses that ship as nobody's (RFC 5737)."""
    unit = said(UNITS / WEB)
    opened = said(UNITS / WEB, UNITS / f"{WEB}.d/network.conf")
    assert unit["IPAddressAllow"] == ["localhost"]
    assert "--listen" not in unit["ExecStart"]
    assert unit["SocketBindAllow"] == [f"tcp:{USUAL.rpartition(':')[2]}"]
    assert opened["IPAddressDeny"] == ["any"]
    assert opened["IPAddressAllow"][-1] == "192.0.2.0/24"
    assert "--own-cert" in opened["ExecStart"]
    assert opened["ExecStart"].count("web") == 1
