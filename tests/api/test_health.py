"""What is wrong with an installation, as the API tells it."""

from accessctl.link.answers import Fault, FaultCode
from accessctl.link.requests import AskDevices
from tests.api.running import SITE, RunningApi
from tests.homes import let_in


def looked_at_anew(api: RunningApi) -> None:
    """Let what was found some seconds ago count no more."""
    api.parts.examiner._found = None


def test_a_home_is_examined_as_far_as_the_api_may(api: RunningApi) -> None:
    """Disk, stores, backups and site file are measured; what needs keys is named and not guessed."""
    let_in(api.home)
    looked_at_anew(api)
    found = api.http.get("/health").json()
    assert found["door_answers"]
    assert found["disk"]["free"] > 0
    assert {each["name"]: each["wrong"] for each in found["stores"]} == {"record.db": None, "people.db": None}
    assert found["backups"] == {"count": 0, "newest_at": None, "size": None}
    assert (found["in_force"], len(found["site_file"])) == (SITE.rules, 12)
    assert any("accessctl doctor" in each for each in found["unknown"])
    about = {each["about"] for each in found["findings"]}
    assert {"site.toml", "backups"} <= about
    assert not found["sound"]


def test_it_is_kept_for_some_seconds(api: RunningApi) -> None:
    """Many screens that look again and again cost one process."""
    looked_at_anew(api)
    first = api.http.get("/health").json()
    asked = len(api.peer.heard_of(AskDevices))
    assert api.http.get("/health").json() == first
    assert len(api.peer.heard_of(AskDevices)) == asked


def test_a_door_process_that_does_not_answer_is_found(api: RunningApi) -> None:
    """The rest is told all the same."""
    looked_at_anew(api)
    with api.peer.answering(AskDevices, Fault(FaultCode.BUSY, "not now")):
        found = api.http.get("/health").json()
    assert not found["door_answers"]
    assert "the door process" in {each["about"] for each in found["findings"]}
    looked_at_anew(api)
