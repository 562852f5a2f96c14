"""An alarm that a real door raises, and a muster of real badges, through the API's resources."""

from collections.abc import Iterator

import pytest

from accessctl.client import ApiClient, ApiRefused
from accessctl.home import Home
from tests.door.conftest import ALICE
from tests.whole.processes import Api, Warehouse
from tests.whole.site import once


@pytest.fixture
def client(home: Home, api: Api) -> Iterator[ApiClient]:
    """Asks the API of the running home."""
    assert api.process.poll() is None
    with ApiClient(home.api_socket) as asking:
        yield asking


def test_a_forced_door_is_an_alarm_until_it_is_shut_and_answered(
    client: ApiClient, warehouse: Warehouse
) -> None:
    """It is open, then acknowledged, then over; the record says who took notice."""
    warehouse.tool.contact("front.position", active=True)
    alarms = once(lambda: list(client.alarms()), lambda: "no alarm came")
    (alarm,) = [each for each in alarms if each["type"] == "door_forced_open"]
    assert (alarm["door"], alarm["open"], alarm["restored_at"]) == ("front", True, None)
    answered = client.acknowledge(alarm["seq"], "A crate.")
    assert answered["open"]
    warehouse.tool.contact("front.position", active=False)
    found = once(
        lambda: [each for each in client.alarms("acknowledged") if not each["open"]],
        lambda: f"it is open still: {list(client.alarms('all'))}",
    )
    assert [(each["seq"], each["restored_by"]) for each in found] == [
        (alarm["seq"], "door_forced_open_restored")
    ]
    told = once(
        lambda: [event for event in client.events() if event["type"] == "alarm_acknowledged"],
        lambda: "it was never recorded",
    )
    assert told[0]["detail"]["alarm"] == alarm["seq"]
    assert told[0]["detail"]["operator"]
    assert "crate" not in str(told)


def test_a_muster_is_begun_ticked_off_and_ended(client: ApiClient, warehouse: Warehouse) -> None:
    """Whoever badged is missing until somebody has seen them; one muster at a time."""
    warehouse.tool.badge("front-in.reader", ALICE)
    once(lambda: list(client.events(type="access_granted")), lambda: "nobody was granted")
    warehouse.tool.contact("front.position", active=True)
    once(lambda: list(client.events(type="access_taken")), lambda: "nobody came in")
    warehouse.tool.contact("front.position", active=False)
    client.start_muster("one-key")
    muster = client.muster()
    (missing,) = muster["missing"]
    assert (muster["running"], missing["person"], missing["name"]) == (True, "alice", "Alice")
    assert muster["areas"] == [{"area": missing["area"], "missing": 1, "seen": 1}]
    with pytest.raises(ApiRefused, match="going on already"):
        client.start_muster()
    client.seen_safe("alice")
    assert client.muster()["missing"] == []
    client.end_muster()
    assert not client.muster()["running"]
    with pytest.raises(ApiRefused, match="No muster is going on"):
        client.end_muster()
