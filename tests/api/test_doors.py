from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from accessctl.client import ApiClient, ApiRefused, Done
from accessctl.link.answers import FaultCode
from accessctl.link.requests import DoorOrder, OrderDoor
from tests.api.people_who_log_in import Office
from tests.api.running import RunningApi, refused
from tests.homes import TESTER, OwnClock
from tests.link.peer import STATUS


def last_order(api: RunningApi) -> OrderDoor:
    order = api.peer.heard_of(OrderDoor)[-1]
    assert isinstance(order, OrderDoor)
    return order


def test_doors_are_shown_as_they_stand(api: RunningApi) -> None:
    """Doors, readers and roles are what the door process says of them."""
    assert api.http.get("/doors").json() == STATUS.doors
    assert api.http.get("/doors/gate").json() == STATUS.doors[0]
    assert api.http.get("/roles").json() == STATUS.roles
    status = api.http.get("/status").json()
    assert (status["record_ok"], status["keys_ok"]) == (True, True)
    assert (status["controller"], status["seq"], status["readers"]) == ("kade-1", 42, STATUS.readers)


@pytest.mark.parametrize("order", list(DoorOrder))
def test_an_order_is_given_in_the_operators_name(api: RunningApi, order: DoorOrder) -> None:
    """Each order goes to the door process with the door and with who ordered it."""
    answer = api.http.post(f"/doors/gate/{order}")
    assert answer.json()["seq"] == 42
    given = last_order(api)
    assert (given.door, given.order) == ("gate", order)
    assert given.operator == TESTER


def test_an_order_with_a_key_is_given_once(api: RunningApi) -> None:
    """The same order with the same key is carried out once, another order with it all the same."""
    key = {"Idempotency-Key": "key-1"}
    repeated = [
        api.http.post(f"/doors/gate/{order}", headers=key).json()["repeated"]
        for order in ("release", "release", "lock")
    ]
    assert repeated == [False, True, False]


def test_an_order_without_a_key_is_an_order_of_its_own(api: RunningApi) -> None:
    """Two orders without a key are two orders."""
    assert [api.http.post("/doors/gate/release").json()["repeated"] for _ in range(2)] == [False, False]


def test_an_order_that_comes_too_late_is_not_given(api: RunningApi) -> None:
    """Nobody stands at the door any more who wanted it; in time it is given."""
    given = len(api.peer.heard_of(OrderDoor))
    for order in ("/doors/gate/release", "/muster"):
        late = api.http.post(order, headers={"Not-After": _from_now(-1)})
        assert refused(late, 504)["detail"] == "it came too late and was not done"
    assert len(api.peer.heard_of(OrderDoor)) == given
    assert api.http.post("/doors/gate/release", headers={"Not-After": _from_now(60)}).status_code == 200


@pytest.mark.parametrize(
    "give",
    [
        lambda api: api.order("gate", "release"),
        lambda api: api.set_mode("gate", "blocked"),
        lambda api: api.clear_mode("gate"),
        lambda api: api.prop("gate", 60),
        lambda api: api.give("lockdown"),
        lambda api: api.start_muster(),
        lambda api: api.end_muster(),
    ],
)
def test_a_client_sends_with_every_order_until_when_it_waits(
    office: Office, clock: OwnClock, give: Callable[[ApiClient], Done]
) -> None:
    """So that what it has given up is not done."""
    clock.at = datetime.now(UTC) + timedelta(seconds=60)
    with (
        ApiClient(office.api.home.api_socket, answer_s=5) as hasty,
        ApiClient(office.api.home.api_socket, answer_s=600) as patient,
    ):
        with pytest.raises(ApiRefused, match="came too late"):
            give(hasty)
        assert give(patient)["seq"]


def test_that_somebody_was_seen_safe_is_true_whenever_it_is_heard(office: Office, clock: OwnClock) -> None:
    """It is no order, and what was ticked off is not lost."""
    clock.at = datetime.now(UTC) + timedelta(seconds=60)
    with (
        ApiClient(office.api.home.api_socket, answer_s=5) as hasty,
        pytest.raises(ApiRefused, match="there is no person"),
    ):
        hasty.seen_safe("p-nobody23")


def test_an_order_says_until_when_it_is_wanted_by_an_instant(api: RunningApi) -> None:
    """One that nobody understands, or without its offset, is not taken for one that is far away."""
    for instant in ("soon", "2099-03-31T18:00:05"):
        refused(api.http.post("/doors/gate/release", headers={"Not-After": instant}), 422)


def _from_now(seconds: int) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


def test_an_unknown_door_is_not_found(api: RunningApi) -> None:
    """A door that is not there is neither shown nor moved."""
    assert refused(api.http.get("/doors/moon-gate"), 404)["detail"] == "there is no door moon-gate"
    refused(api.http.post("/doors/moon-gate/release"), 404)


def test_a_door_that_cannot_be_recorded_is_not_released(api: RunningApi) -> None:
    """What the door process refuses is refused here, in its words."""
    with api.peer.refusing(OrderDoor, FaultCode.RECORD_UNAVAILABLE, "the disk is full"):
        assert refused(api.http.post("/doors/gate/release"), 503)["detail"] == "the disk is full"


def test_without_the_door_process_nothing_is_ordered(api: RunningApi) -> None:
    """While the door process is down, its doors are neither shown nor moved, and the answer says so."""
    api.do(api.peer.close)
    try:
        for answer in (api.http.get("/status"), api.http.post("/doors/gate/release")):
            assert "not there" in refused(answer, 503)["detail"]
    finally:
        api.do(api.peer.open)
    assert api.http.get("/doors").status_code == 200


@pytest.mark.parametrize("key", ["", "a b", "x" * 65, "käse".encode().decode("latin-1")])
def test_a_key_must_be_plain(api: RunningApi, key: str) -> None:
    """A key that could not be kept is refused."""
    headers = {b"Idempotency-Key": key.encode("latin-1")}
    refused(api.http.post("/doors/gate/release", headers=headers), 422)
