import os
import pwd

import pytest

from accessctl.home import Home
from accessctl.link.answers import Fault, FaultCode, Status
from accessctl.link.requests import AskStatus, DoorOrder, OrderDoor
from tests.link.strangers import ask_as
from tests.whole.processes import Door, Warehouse

STRANGER = 4711


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_the_door_process_hears_the_office_and_no_other_user(home: Home, warehouse: Warehouse) -> None:
    """Who gets at the socket without being the API's user releases no door; that one is answered."""
    with Door(home, options=("--office-user", "nobody")) as door:
        assert isinstance(ask_as(pwd.getpwnam("nobody").pw_uid, home.path, AskStatus()), Status)
        order = OrderDoor(door="front", order=DoorOrder.RELEASE, operator="ana", id="o-1")
        refused = ask_as(STRANGER, home.path, order)
        assert isinstance(refused, Fault)
        assert refused.code is FaultCode.NOT_ADMITTED
        assert warehouse.released() == []
        assert door.status().record_ok
    assert f"the user {STRANGER} may not speak" in door.log.read_text()
