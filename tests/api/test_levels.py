"""Access levels, groups, qualifications, loans and modes, by the API."""

import pytest

from accessctl.link.answers import Levels
from accessctl.link.requests import AskLevels, GiveOrder, OrderKind
from policies.door_modes import DoorMode
from tests.api.running import RunningApi, refused

CAGE = {
    "id": "cage",
    "policies": [{"schedule": "day", "access_points": ["gate-in"]}],
    "roles": ["driver"],
    "groups": ["acme"],
    "denied_roles": [],
    "denied_groups": ["night"],
}
OFFICE = {**CAGE, "id": "office", "roles": [], "groups": []}
LATER = "2096-03-31T18:00:00+02:00"


def test_a_level_says_who_has_it_and_where_it_leads(api: RunningApi) -> None:
    """People are counted once, whether they have it by a role or a group or both; the disabled are not."""
    with api.peer.answering(AskLevels, Levels([CAGE, OFFICE], 2)):
        before = api.http.get("/access-levels/cage").json()
        api.new_person("Dora", roles=["driver"])
        api.new_person("Dan", roles=["driver"], groups=["acme"])
        api.new_person("Pat", groups=["acme"])
        gone = api.new_person("Gus", groups=["acme"])
        api.http.patch(f"/people/{gone}", json={"disabled": True})
        lent = api.new_person("Lou")
        api.http.post(f"/people/{lent}/temporary-access", json={"level": "cage", "valid_until": LATER})
        cage, office = api.http.get("/access-levels").json()
        assert api.http.get("/access-levels/cage").json() == cage
        assert refused(api.http.get("/access-levels/roof"), 404)["type"].endswith("unknown-level")
    assert cage == {**CAGE, "people": before["people"] + 3, "lent_to": before["lent_to"] + 1}
    assert office["people"] == 0


def test_what_is_lent_is_listed_with_whose_it_is(api: RunningApi) -> None:
    """Of one person, or of one level, page by page."""
    one, other = api.new_person("One"), api.new_person("Other")
    for person, level in ((one, "cage"), (one, "office"), (other, "office")):
        body = {"level": level, "valid_until": LATER}
        api.http.post(f"/people/{person}/temporary-access", json=body)
    ones = api.http.get("/temporary-access", params={"person": one}).json()["temporary_access"]
    assert sorted(loan["level"] for loan in ones) == ["cage", "office"]
    assert {loan["person"] for loan in ones} == {one}
    both = api.http.get("/temporary-access", params={"level": "office"}).json()
    assert {one, other} <= {loan["person"] for loan in both["temporary_access"]}
    found: list[str] = []
    after: str | None = ""
    while after is not None:
        page = api.http.get(
            "/temporary-access", params={"level": "office", "after": after, "limit": 1}
        ).json()
        found += [loan["id"] for loan in page["temporary_access"]]
        after = page["next"]
    assert found == [loan["id"] for loan in both["temporary_access"]]


def test_groups_and_qualifications_are_those_of_the_site(api: RunningApi) -> None:
    """With how many hold each at this moment."""
    person, late = api.new_person("Fay"), api.new_person("Late")
    api.http.put(f"/people/{person}/qualifications/forklift", json={"until": None})
    api.http.put(f"/people/{late}/qualifications/forklift", json={"until": "2020-01-01T00:00:00Z"})
    assert [group["id"] for group in api.http.get("/groups").json()] == ["acme", "night"]
    held = {each["id"]: each["holders"] for each in api.http.get("/qualifications").json()}
    assert held == {"induction": 0, "forklift": 1}


def test_every_mode_is_explained(api: RunningApi) -> None:
    """Each that there is, and which of them somebody can order."""
    modes = {each["mode"]: each for each in api.http.get("/modes").json()}
    assert modes.keys() == {mode.value for mode in DoorMode}
    assert not modes["free"]["ordered"]
    assert modes["unlocked"]["releases"]
    assert all(each["means"] for each in modes.values())


def test_a_mode_is_set_and_lifted_as_a_resource(api: RunningApi) -> None:
    """The same orders as ever go to the door process."""
    until = "2026-03-31T18:00:00+02:00"
    answer = api.http.put("/doors/gate/mode", json={"mode": "blocked", "until": until})
    assert answer.status_code == 200, answer.text
    assert api.http.delete("/doors/gate/mode").status_code == 200
    set_, lifted = api.peer.heard_of(GiveOrder)[-2:]
    assert isinstance(set_, GiveOrder)
    assert isinstance(lifted, GiveOrder)
    assert (set_.order, set_.door, set_.mode) == (OrderKind.MODE, "gate", "blocked")
    assert set_.until == "2026-03-31T16:00:00+00:00"
    assert (lifted.order, lifted.door) == (OrderKind.NORMAL, "gate")


@pytest.mark.parametrize("body", [{}, {"mode": "free"}, {"mode": "blocked", "until": "tomorrow"}])
def test_a_mode_that_nobody_can_order_is_refused(api: RunningApi, body: dict[str, str]) -> None:
    """An emergency release is no order."""
    refused(api.http.put("/doors/gate/mode", json=body), 422)


def test_an_unknown_door_has_no_mode(api: RunningApi) -> None:
    """The door process says that there is none."""
    refused(api.http.put("/doors/roof/mode", json={"mode": "blocked"}), 404)
