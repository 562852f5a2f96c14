import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.homes import TESTER
from tests.link.peer import GENERATOR, GENERATOR_SECRET

PASSWORD = "nine green forklifts"
NEXT_YEAR = (datetime.now(UTC) + timedelta(days=100)).date().isoformat()


def code_now() -> str:
    return GENERATOR.code_of(GENERATOR.step_at(datetime.now(UTC)))


def added(run: Run, operator: str, *roles: str) -> str:
    """Add an operator who can log in."""
    words = [word for role in roles for word in ("--role", role)]
    made = run("operators", "add", operator, "--name", "Otto Lang", *words)
    assert made.exit_code == 0, made.output
    given = run("operators", "login", operator, "--password-stdin", input=PASSWORD + "\n")
    assert given.exit_code == 0, given.output
    return operator


def test_an_operator_is_added_changed_and_deleted(run: Run) -> None:
    """What one command says of an operator the next one shows."""
    made = run("operators", "add", "ada", "--name", "Ada North", "--role", "guard", "--json")
    assert made.exit_code == 0, made.output
    assert json.loads(made.stdout)["roles"] == ["guard"]
    changed = run("operators", "change", "ada", "--role", "guard", "--role", "enroller", "--plain")
    assert "roles\tguard, enroller" in changed.stdout
    assert "ada is disabled" in run("operators", "disable", "ada").stderr
    listed = run("operators", "list", "--plain").stdout.splitlines()
    assert "ada\tAda North\tguard, enroller\tno\tyes\t-" in listed
    assert "ada counts again" in run("operators", "enable", "ada").stderr
    assert "disabled\tno" in run("operators", "show", "ada", "--plain").stdout
    kept = run("operators", "delete", "ada", input="n\n")
    assert kept.exit_code == 1
    assert run("operators", "show", "ada").exit_code == 0
    assert run("operators", "delete", "ada", "--yes").exit_code == 0
    assert "ada" in run("operators", "show", "ada").stderr


def test_a_change_has_to_say_what(run: Run) -> None:
    """A change of nothing is wrong use."""
    refused = run("operators", "change", TESTER)
    assert refused.exit_code == 2
    assert "--name or --role" in refused.stderr


def test_nobody_changes_what_they_may_do_themselves(run: Run) -> None:
    """An admin who would disable or demote themselves is refused in words, with status 1."""
    for words in (("change", TESTER, "--role", "guard"), ("disable", TESTER)):
        refused = run("operators", *words)
        assert refused.exit_code == 1
        assert "nobody changes their own roles" in refused.stderr


def test_a_login_is_given_with_a_generator_that_is_shown_once(run: Run) -> None:
    """The secret is on stdout as a picture and in letters; the password is shown nowhere."""
    run("operators", "add", "lena", "--name", "Lena Holt", "--role", "guard")
    given = run("operators", "login", "lena", input=f"{PASSWORD}\n{PASSWORD}\n")
    assert given.exit_code == 0, given.output
    assert "█" in given.stdout
    assert GENERATOR_SECRET in given.stdout.replace(" ", "")
    assert "forklifts" not in given.output
    assert "this is shown only now" in given.stderr
    for_programs = run("operators", "login", "lena", "--password-stdin", "--json", input=PASSWORD + "\n")
    assert json.loads(for_programs.stdout)["secret"] == GENERATOR_SECRET


def test_a_password_that_is_too_easy_is_refused_in_words(run: Run) -> None:
    """The words never repeat it."""
    run("operators", "add", "pete", "--name", "Pete Ruiz", "--role", "guard")
    refused = run("operators", "login", "pete", "--password-stdin", input="password1234\n")
    assert refused.exit_code == 1
    assert "everybody tries first" in refused.stderr
    assert "password1234" not in refused.output


def test_the_way_of_an_operator_from_login_to_logout(run: Run) -> None:
    """Who logs in is that operator in every command, until they log out or somebody ends the session."""
    added(run, "otto", "admin")
    begun = run("login", "otto", input=f"{PASSWORD}\n{code_now()}\n")
    assert begun.exit_code == 0, begun.output
    assert "operator\totto" in run("whoami", "--plain").stdout
    (session,) = json.loads(run("sessions", "list", "--operator", "otto", "--json").stdout)
    assert f"{session['id']}\totto\t" in run("sessions", "list", "--plain").stdout
    assert f"{session['id']} has ended" in run("sessions", "end", session["id"]).stderr
    refused = run("whoami")
    assert refused.exit_code == 1
    assert "does not count here" in refused.stderr
    assert run("logout").exit_code == 0
    assert f"operator\t{TESTER}" in run("whoami", "--plain").stdout


def test_a_code_counts_once(run: Run) -> None:
    """Who reads a code over somebody's shoulder does not get in with it."""
    added(run, "nina", "guard")
    code = code_now()
    assert run("login", "nina", input=f"{PASSWORD}\n{code}\n").exit_code == 0
    run("logout")
    again = run("login", "nina", input=f"{PASSWORD}\n{code}\n")
    assert again.exit_code == 1
    assert "a code counts once" in again.stderr


def test_a_lock_out_is_shown_and_ended(run: Run) -> None:
    """After five wrong tries the right password does not help, until time passes or an admin says so."""
    added(run, "emil", "guard")
    for _ in range(5):
        assert run("login", "emil", input=f"wrong wrong wrong\n{code_now()}\n").exit_code == 1
    locked = run("login", "emil", input=f"{PASSWORD}\n{code_now()}\n")
    assert locked.exit_code == 1
    assert "too many wrong tries" in locked.stderr
    assert json.loads(run("operators", "show", "emil", "--json").stdout)["locked_until"] is not None
    assert "emil may try again" in run("operators", "unlock", "emil").stderr
    assert run("login", "emil", input=f"{PASSWORD}\n{code_now()}\n").exit_code == 0


def test_one_changes_ones_own_password(run: Run) -> None:
    """By the present one; every session ends, and the new one counts."""
    added(run, "rosa", "guard")
    assert run("login", "rosa", input=f"{PASSWORD}\n{code_now()}\n").exit_code == 0
    wrong = run("password", "--password-stdin", input="not this one\nten blue pallet jacks\n")
    assert wrong.exit_code == 1
    changed = run("password", input=f"{PASSWORD}\nten blue pallet jacks\nten blue pallet jacks\n")
    assert changed.exit_code == 0, changed.output
    assert "forklifts" not in changed.output
    assert "pallet" not in changed.output
    assert run("whoami").exit_code == 1


def test_a_token_is_made_used_and_revoked(run: Run, tmp_path: Path) -> None:
    """It is printed once and alone, does what its scopes say, and nothing once it is revoked."""
    words = ("--label", "HR", "--scope", "people.read", "--until", NEXT_YEAR)
    made = run("tokens", "make", *words)
    assert made.exit_code == 0, made.output
    file = tmp_path / "token"
    file.touch(0o600)
    file.write_text(made.stdout)
    token = made.stderr.partition("accessctl: ")[2].split()[0]
    assert run("--token-file", str(file), "people", "list").exit_code == 0
    refused = run("--token-file", str(file), "doors", "release", "gate")
    assert refused.exit_code == 1
    assert "doors.order" in refused.stderr
    assert made.stdout.strip() not in run("tokens", "list", "--json").stdout
    assert f"{token} (HR) counts no more" in run("tokens", "revoke", token).stderr
    assert run("--token-file", str(file), "people", "list").exit_code == 1
    states = [line.split("\t")[:4] for line in run("tokens", "list", "--plain").stdout.splitlines()]
    assert [token, TESTER, "HR", "revoked"] in states


def test_what_every_token_may_is_nothing_to_choose(run: Run) -> None:
    """Whose it is a token says in any case; so a choice would change nothing."""
    words = ("--label", "HR", "--until", NEXT_YEAR, "--scope")
    assert run("tokens", "make", *words, "own-account").exit_code == 2
    token = run("tokens", "make", *words, "people.read").stdout.strip()
    who = run("whoami", "--json", env={"ACCESSCTL_TOKEN": token})
    assert json.loads(who.stdout)["rights"] == ["own-account", "people.read"]


@pytest.mark.parametrize("scope", ["operators.write", "tokens.write", "approvals.decide", "all"])
def test_no_token_has_what_only_people_do(run: Run, scope: str) -> None:
    """Such a scope is wrong use, before anybody is asked."""
    words = ("--label", "HR", "--scope", scope, "--until", NEXT_YEAR)
    assert run("tokens", "make", *words).exit_code == 2
