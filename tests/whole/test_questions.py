"""Questions about the rules need no door process: what is written down is answered for."""

from collections.abc import Iterator

import pytest

from accessctl.home import Home
from tests.api.running import refused
from tests.whole.processes import Api


@pytest.fixture
def api(home: Home) -> Iterator[Api]:
    """The API process alone."""
    running = Api(home)
    yield running
    running.close()


def test_questions_are_answered_without_the_door_process(api: Api) -> None:
    """While the door process is down nothing can be ordered, but what the rules say is still known."""
    refused(api.client.post("/v1/orders", json={"order": "lockdown"}), 503)
    refused(api.client.get("/v1/site"), 503)
    refused(api.client.get("/v1/presence"), 503)
    found = api.client.get("/v1/explain", params={"person": "alice", "access_point": "front-in"}).json()
    assert (found["outcome"], found["shown"]) == ("granted", ["card"])


def test_a_home_without_a_sound_site_file_answers_nothing(api: Api, home: Home) -> None:
    """Without rules nothing follows, and what is wrong with the file is said to whoever was known before."""
    assert api.client.get("/v1/session").status_code == 200
    home.site_file.write_text("nonsense = 1")
    answer = api.client.get("/v1/who-can", params={"access_point": "front-in"})
    assert "nonsense" in {problem["path"] for problem in refused(answer, 422)["problems"]}


def test_a_home_without_a_record_answers_nothing(api: Api, home: Home) -> None:
    """A store that cannot be read is told as such."""
    home.record.unlink()
    answer = api.client.get("/v1/who-can", params={"access_point": "front-in"})
    assert "record.db" in refused(answer, 503)["detail"]
