"""Commands for what is special about people, and for what they have for a while."""

import json
import re

import pytest

from accessctl.link.answers import FaultCode
from accessctl.link.requests import AskStatus, HashPin
from tests.api.running import RunningApi
from tests.cli.conftest import Run
from tests.link.peer import STATUS

SECRET = "987654321098"


@pytest.fixture
def person(api: RunningApi) -> str:
    return api.new_person("Ana Marsh")


def shown(run: Run, person: str) -> dict[str, str]:
    """Give what ``people show`` prints, by the words on the left."""
    lines = run("people", "show", person).stdout.splitlines()
    return {name: value.lstrip() for name, _, value in (line.partition("  ") for line in lines)}


# ---------------------------------------------------------------------------------- add and change


def test_somebody_special_is_added(run: Run) -> None:
    """Groups, limits and exceptions are options of adding."""
    words = ("--group", "acme", "--group", "night", "--uses-total", "10", "--uses-a-day", "2")
    added = run("people", "add", "Bo", "--role", "picker", *words, "--exempt", "--extended", "--json")
    person = json.loads(added.stdout)
    assert person["groups"] == ["acme", "night"]
    assert (person["uses_total"], person["uses_a_day"]) == (10, 2)
    assert (person["exempt"], person["extended"]) == (True, True)


def test_what_is_left_out_stays(api: RunningApi, run: Run) -> None:
    """A change is about what is said; none takes a limit away."""
    person = api.new_person(groups=["acme"], uses_total=10, uses_a_day=2, valid_until="2030-01-01T00:00:00Z")
    changed = run("people", "change", person, "--uses-a-day", "none", "--until", "none", "--extended")
    assert changed.stderr == (
        f"accessctl: Ana Marsh ({person}) is changed: extended, uses_a_day, valid_until\n"
    )
    now = api.http.get(f"/people/{person}").json()
    assert (now["uses_total"], now["uses_a_day"], now["valid_until"]) == (10, None, None)
    assert (now["groups"], now["extended"], now["exempt"]) == (["acme"], True, False)


def test_everything_can_be_changed(api: RunningApi, run: Run, person: str) -> None:
    """Name, roles, groups and times have their options, and an exception can be ended."""
    api.http.patch(f"/people/{person}", json={"exempt": True})
    words = ("--name", "Ana Wilk", "--role", "driver", "--group", "night", "--no-exempt", "--uses-total", "0")
    times = ("--from", "2030-01-31T06:15:30+01:00", "--until", "2030-02-01T18:45+01:00")
    assert run("people", "change", person, *words, *times).exit_code == 0
    now = api.http.get(f"/people/{person}").json()
    assert (now["name"], now["roles"], now["groups"]) == ("Ana Wilk", ["driver"], ["night"])
    assert (now["exempt"], now["uses_total"]) == (False, 0)
    assert (now["valid_from"], now["valid_until"]) == ("2030-01-31T05:15:30Z", "2030-02-01T17:45:00Z")


def test_nobody_has_to_be_in_a_group(api: RunningApi, run: Run) -> None:
    """All groups can be taken away at once."""
    person = api.new_person(groups=["acme", "night"])
    assert run("people", "change", person, "--no-groups").exit_code == 0
    assert api.http.get(f"/people/{person}").json()["groups"] == []


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ((), "say what should change"),
        (("--group", "acme", "--no-groups"), "not both"),
        (("--uses-total", "-1"), "'--uses-total'"),
        (("--uses-a-day", "many"), "'--uses-a-day'"),
        (("--uses-a-day", "1000001"), "'--uses-a-day'"),
        (("--until", "never"), "'--until'"),
    ],
)
def test_a_senseless_change_is_wrong_use(run: Run, person: str, words: tuple[str, ...], what: str) -> None:
    """What cannot be meant is refused before anybody is asked."""
    refused = run("people", "change", person, *words)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert what in refused.stderr.splitlines()[-1]


def test_an_unknown_group_is_a_finding(run: Run, person: str) -> None:
    """The API's words name the groups there are."""
    refused = run("people", "change", person, "--group", "pilots")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == "accessctl: groups.0: there is no such group; there are acme, night\n"


def test_everything_is_shown(api: RunningApi, run: Run, person: str) -> None:
    """`people show` prints what there is to know, in local time, and of secrets only that they are there."""
    run("people", "change", person, "--group", "acme", "--uses-total", "10", "--extended")
    run("people", "qualify", person, "induction")
    run("people", "qualify", person, "forklift", "--until", "2030-01-31")
    loan = run("people", "lend", person, "cage", "--until", "2030-01-31T18:00+01:00").stdout.strip()
    run("people", "pin", person, "--pin-stdin", input=f"{SECRET}\n")
    run("people", "pin", person, "--duress", "--pin-stdin", input="5040302010\n")
    code = json.loads(run("people", "code", person, "--json").stdout)
    facts = shown(run, person)
    assert (facts["groups"], facts["uses in all"], facts["uses a day"]) == ("acme", "10", "–")
    assert (facts["extended"], facts["exempt"]) == ("yes", "no")
    assert (facts["PIN"], facts["duress PIN"], facts["code"]) == ("yes", "yes", "yes")
    assert facts["holds induction"] == "for good"
    assert facts["holds forklift"].startswith("until 2030-0")
    assert facts[f"lent {loan}"].startswith("cage, until 2030-01-31 ")
    assert facts[f"code {code['id']}"] == "active"
    assert code["code"] not in "".join(facts.values())
    details = json.loads(run("people", "show", person, "--json").stdout)
    assert (details["has_duress_pin"], details["groups"]) == (True, ["acme"])


# ---------------------------------------------------------------------------- what somebody is lent


def test_lending_prints_the_id(api: RunningApi, run: Run, person: str) -> None:
    """The id goes to stdout, and takes the loan back."""
    lent = run("people", "lend", person, "cage", "--until", "2030-01-31T18:00+01:00")
    (loan,) = api.http.get(f"/people/{person}").json()["temporary_access"]
    assert lent.stdout == f"{loan['id']}\n"
    assert (loan["level"], loan["valid_until"]) == ("cage", "2030-01-31T17:00:00Z")
    assert lent.stderr.startswith(f"accessctl: {person} has cage until 2030-01-31 ")
    assert run("people", "unlend", loan["id"]).exit_code == 0
    again = run("people", "unlend", loan["id"])
    assert (again.exit_code, again.stderr) == (
        1,
        f"accessctl: there is no temporary access {loan['id']}\n",
    )


def test_a_loan_for_programs(run: Run, person: str) -> None:
    """With --json it is what the API gives, with both ends to the second."""
    times = ("--from", "2030-01-31T06:15:30Z", "--until", "2030-01-31T18:00:45Z")
    loan = json.loads(run("people", "lend", person, "cage", *times, "--json").stdout)
    assert (loan["valid_from"], loan["valid_until"]) == ("2030-01-31T06:15:30Z", "2030-01-31T18:00:45Z")


def test_nothing_is_lent_without_an_end(run: Run, person: str) -> None:
    """A loan without an end is wrong use; an unknown level is a finding."""
    refused = run("people", "lend", person, "cage")
    assert (refused.exit_code, refused.stdout) == (2, "")
    refused = run("people", "lend", person, "vault", "--until", "2030-01-31")
    assert refused.stderr == "accessctl: level: there is no such level; there are cage, office\n"


def test_a_qualification_comes_and_goes(api: RunningApi, run: Run, person: str) -> None:
    """It is given with an end, which can be moved, and taken away once."""
    for until in ("2030-01-31T18:00:00Z", "2031-01-31T18:00:00Z"):
        assert run("people", "qualify", person, "induction", "--until", until).exit_code == 0
    assert api.http.get(f"/people/{person}").json()["qualifications"] == [
        {"id": "induction", "until": "2031-01-31T18:00:00Z"}
    ]
    assert run("people", "unqualify", person, "induction").exit_code == 0
    refused = run("people", "unqualify", person, "induction")
    assert (refused.exit_code, refused.stderr) == (1, f"accessctl: {person} does not hold induction\n")


# ------------------------------------------------------------------------------------------ secrets


def test_a_code_is_printed_once(api: RunningApi, run: Run, person: str) -> None:
    """The digits go to stdout and nowhere else; lists say no more than that there is one."""
    made = run("people", "code", person, "--until", "2030-01-31")
    digits = made.stdout.strip()
    assert re.fullmatch("[0-9]{6}", digits)
    assert digits not in made.stderr
    (card,) = api.http.get("/cards", params={"person": person}).json()["cards"]
    assert card["id"] in made.stderr
    head, line = run("cards", "list", "--person", person).stdout.splitlines()
    assert line[head.index("NUMBER") :].startswith("code ")
    assert digits not in run("people", "show", person).output
    revoked = run("cards", "revoke", card["id"], "--reason", "lost")
    assert revoked.stderr == f"accessctl: card {card['id']} (code) of {person} is lost\n"


def test_a_site_without_codes_says_so(api: RunningApi, run: Run, person: str) -> None:
    """Where no door opens to a code, nothing is printed but the reason."""
    with api.peer.answering(AskStatus, STATUS):
        refused = run("people", "code", person)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "its site file has no [codes]" in refused.stderr


def test_a_duress_pin_is_asked_for_as_a_pin_is(api: RunningApi, run: Run, person: str) -> None:
    """Hidden and twice, or from stdin; it can be removed, and the PIN stays."""
    run("people", "pin", person, "--pin-stdin", input="4711\n")
    set_ = run("people", "pin", person, "--duress", input=f"{SECRET}\n{SECRET}\n")
    assert set_.exit_code == 0
    assert SECRET not in set_.output
    assert set_.stderr.splitlines()[-1] == f"accessctl: the duress PIN of {person} is set"
    assert api.peer.heard_of(HashPin)[-1] == HashPin(person, SECRET, duress=True)
    assert run("people", "pin", person, "--duress", "--remove").exit_code == 0
    now = api.http.get(f"/people/{person}").json()
    assert (now["has_pin"], now["has_duress_pin"]) == (True, False)


def test_a_duress_pin_needs_a_pin(api: RunningApi, run: Run, person: str) -> None:
    """Without a PIN there is none, and one that is the PIN is refused in the door process's words."""
    words = ("people", "pin", person, "--duress", "--pin-stdin")
    refused = run(*words, input=f"{SECRET}\n")
    assert (refused.exit_code, refused.stderr) == (1, f"accessctl: {person} has no PIN\n")
    run("people", "pin", person, "--pin-stdin", input=f"{SECRET}\n")
    with api.peer.refusing(HashPin, FaultCode.PIN_UNUSABLE, "take others"):
        refused = run(*words, input=f"{SECRET}\n")
    assert (refused.exit_code, refused.stderr) == (1, "accessctl: take others\n")


def test_no_list_says_who_has_a_duress_pin(api: RunningApi, run: Run, person: str) -> None:
    """What is listed is the same with and without one, for people and for programs."""
    run("people", "pin", person, "--pin-stdin", input="4711\n")
    before = [run("people", "list", *how).output for how in ((), ("--json",))]
    run("people", "pin", person, "--duress", "--pin-stdin", input=f"{SECRET}\n")
    assert [run("people", "list", *how).output for how in ((), ("--json",))] == before
    assert "duress" not in "".join(before)
