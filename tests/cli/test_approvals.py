import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from accessctl.cli.root import cli
from accessctl.office.rules import OfficeRules, TwoPeople
from accessctl.operators.first import local_user
from accessctl.operators.passwords import hash_of
from accessctl.operators.rights import Role
from accessctl.operators.secrets import SESSION, digest_of, new_secret
from accessctl.store.operator_writer import NewSecret
from tests.api.running import RunningApi
from tests.cli.conftest import Run
from tests.homes import NOON, TESTER, new_home

FAR = NOON.replace(year=2100)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApi]:
    """A served home whose site file wants two operators for a deletion."""
    rules = OfficeRules(local={local_user(): TESTER}, needs=frozenset({TwoPeople.DELETION}))
    running = RunningApi(new_home(tmp_path_factory.mktemp("cli")), rules)
    yield running
    running.close()


@pytest.fixture(scope="module")
def otto(api: RunningApi) -> Run:
    """Run a command as a second admin, who has logged in."""
    writer = api.parts.writer
    writer.add_operator("otto", "Otto Lang", (Role.ADMIN,), TESTER)
    writer.set_secret("otto", NewSecret(hash_of("nine green forklifts"), "g-1", b"sealed"), TESTER)
    secret = new_secret(SESSION)
    writer.begin_session("otto", digest_of(secret) or b"", 1, "local:otto", FAR)
    words = ("--home", str(api.home.path))
    return lambda *more: CliRunner().invoke(cli, [*words, *more], env={"ACCESSCTL_TOKEN": secret})


def asked(api: RunningApi, run: Run) -> tuple[str, str]:
    """Ask for somebody to be deleted; gives the person and the approval."""
    person = api.new_person("Ana Marsh")
    waiting = run("people", "delete", person, "--yes")
    assert waiting.exit_code == 1
    assert waiting.stdout == ""
    approval = waiting.stderr.partition("accessctl: ")[2].split()[0]
    return person, approval


def test_what_waits_is_no_success_and_says_what_to_do(api: RunningApi, run: Run) -> None:
    """Whoever asked reads what waits, until when, and what another admin runs; nothing is done yet."""
    person = api.new_person("Ana Marsh")
    waiting = run("people", "delete", person, "--yes")
    assert waiting.exit_code == 1
    assert "waits for a second operator until 20" in waiting.stderr
    approval = waiting.stderr.partition("accessctl: ")[2].split()[0]
    assert f"another admin runs: accessctl approvals approve {approval}" in waiting.stderr
    assert run("people", "show", person).exit_code == 0


def test_what_waits_is_given_to_programs_as_its_approval(api: RunningApi, run: Run) -> None:
    """With --json on stdout, once, as a raw call gives it; the status stays that of what is not done."""
    person = api.new_person("Ana Marsh")
    waiting = run("people", "delete", person, "--yes", "--json")
    assert waiting.exit_code == 1
    approval = json.loads(waiting.stdout)
    assert approval["state"] == "waiting"
    assert approval["what"].endswith(f"DELETE /v1/people/{person}")
    assert f"approvals approve {approval['id']}" in waiting.stderr
    raw = run("api", "DELETE", f"/people/{person}", "--json")
    assert (raw.exit_code, json.loads(raw.stdout)["id"]) == (1, approval["id"])


def test_a_raw_call_that_waits_is_no_success_either(api: RunningApi, run: Run) -> None:
    """The approval is on stdout, as the API gave it, and the status is 1."""
    waiting = run("api", "DELETE", f"/people/{api.new_person()}")
    assert waiting.exit_code == 1
    assert json.loads(waiting.stdout)["state"] == "waiting"
    assert "waits for a second operator" in waiting.stderr


def test_another_operator_approves_and_it_is_done(api: RunningApi, run: Run, otto: Run) -> None:
    """They see the call, approve of it, and get what it answered; whoever asked could not do that."""
    person, approval = asked(api, run)
    own = run("approvals", "approve", approval)
    assert own.exit_code == 1
    assert "what they asked for themselves" in own.stderr
    shown = otto("approvals", "show", approval, "--plain").stdout.splitlines()
    assert f"call\tDELETE /v1/people/{person}" in shown
    assert f"asked by\t{TESTER}" in shown
    done = otto("approvals", "approve", approval)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["receipt"]["person"] == person
    assert f"{approval} is approved and done" in done.stderr
    assert run("people", "show", person).exit_code == 1
    listed = json.loads(run("approvals", "list", "--state", "all", "--json").stdout)
    (row,) = [each for each in listed if each["id"] == approval]
    assert (row["state"], row["decided_by"], row["outcome"]) == ("approved", "otto", "done")


def test_what_waits_for_somebody_who_was_deleted_is_not_done_any_more(
    api: RunningApi, run: Run, otto: Run
) -> None:
    """Two calls wait about the same person: with the first they are gone, and with them the second call."""
    person, first = asked(api, run)
    run("api", "DELETE", f"/people/{person}/biometrics")
    waiting = json.loads(run("approvals", "list", "--json").stdout)
    (second,) = [each["id"] for each in waiting if each["what"].endswith(f"{person}/biometrics")]
    assert otto("approvals", "approve", first).exit_code == 0
    failed = otto("approvals", "approve", second)
    assert failed.exit_code == 1
    assert f"{second} does not wait any more: it is lapsed" in failed.stderr
    assert failed.stdout == ""


def test_what_is_approved_and_comes_to_nothing_is_a_finding(run: Run, otto: Run) -> None:
    """What was asked for cannot be done by the time that somebody approves of it, and that is said."""
    run("api", "DELETE", "/backups/b-longgone")
    listed = json.loads(run("approvals", "list", "--json").stdout)
    (waiting,) = [each["id"] for each in listed if each["what"].endswith("b-longgone")]
    failed = otto("approvals", "approve", waiting)
    assert failed.exit_code == 1
    assert f"{waiting} is approved, and was not done" in failed.stderr
    assert failed.stdout == ""


def test_what_was_decided_on_is_not_decided_again(api: RunningApi, run: Run, otto: Run) -> None:
    """The same call, asked again, is the one that waits; once approved it waits no more."""
    person, approval = asked(api, run)
    again = run("people", "delete", person, "--yes")
    assert f"{approval} waits for a second operator" in again.stderr
    assert otto("approvals", "approve", approval).exit_code == 0
    late = otto("approvals", "approve", approval)
    assert late.exit_code == 1
    assert "does not wait any more" in late.stderr


def test_refusing_ends_it(api: RunningApi, run: Run, otto: Run) -> None:
    """Another operator refuses, or whoever asked takes it back: it waits no more, and nothing was done."""
    for who in (run, otto):
        person, approval = asked(api, run)
        assert f"{approval} is refused" in who("approvals", "refuse", approval).stderr
        waiting = [line.split("\t")[0] for line in run("approvals", "list", "--plain").stdout.splitlines()]
        assert approval not in waiting
        assert run("people", "show", person).exit_code == 0


def test_names_for_a_while_always_take_two(run: Run, otto: Run) -> None:
    """Whatever the site file says; the minutes begin with the approval."""
    waiting = run("names", "--minutes", "60", "--reason", "Inquiry 2026-17")
    assert waiting.exit_code == 1
    approval = waiting.stderr.partition("accessctl: ")[2].split()[0]
    done = otto("approvals", "approve", approval, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["result"]["names_until"] is not None
