import ast
import json
import os
import stat
import subprocess
import sys
import tomllib
from importlib import resources
from pathlib import Path

import pytest

from accessctl import install
from accessctl.cli import homes
from accessctl.cli.talk import safe
from accessctl.home import Home, demo_home
from accessctl.operators.first import local_user
from tests.cli.conftest import Run


def program(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (sys.executable, "-m", "accessctl.cli", *words),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_init_makes_an_installation(alone: Run, tmp_path: Path) -> None:
    """A new installation is private, has its key and databases, and its site file is good."""
    home = Home(tmp_path / "new" / "home")
    made = alone("init", str(home.path))
    assert (made.exit_code, made.stdout) == (0, "")
    assert stat.S_IMODE(home.path.stat().st_mode) == 0o700
    assert stat.S_IMODE(home.root_key.stat().st_mode) == 0o600
    assert home.people.exists()
    assert home.record.exists()
    assert alone("--home", str(home.path), "check").exit_code == 0


def test_a_second_init_changes_nothing(alone: Run, tmp_path: Path) -> None:
    """Run again, init says what is there and leaves every byte as it was."""
    home = tmp_path / "home"
    alone("init", str(home))
    (home / "site.toml").write_text("# mine\n")
    before = contents(home)
    again = alone("--home", str(home), "init")
    assert again.exit_code == 0
    assert "nothing was changed" in again.stderr
    assert again.stderr.count("kept") == 6
    assert "the operators who are there" in again.stderr
    assert contents(home) == before


def test_init_makes_whoever_runs_it_the_first_operator(alone: Run, tmp_path: Path) -> None:
    """Nobody has a password that was not chosen: the site file says which local user is the admin."""
    home = Home(tmp_path / "home")
    made = alone("init", str(home.path))
    user = local_user()
    assert f"made  {user}: the first operator, an admin, who is {user} here" in made.stderr
    assert tomllib.loads(home.site_file.read_text())["operators"]["local"] == {user: user}


def test_init_can_make_somebody_else_the_first_operator(alone: Run, tmp_path: Path) -> None:
    """Where a service account runs it, the admin is the person who is named, with a password if wanted."""
    home = Home(tmp_path / "home")
    words = ("--operator", "maria", "--local", "mq", "--password")
    made = alone("init", str(home.path), *words, input="nine green forklifts\n")
    assert (made.exit_code, made.stdout) == (0, "")
    assert "made  maria: the first operator, an admin, who is mq here" in made.stderr
    assert "this is shown only now" in made.stderr
    assert "forklifts" not in made.output
    assert tomllib.loads(home.site_file.read_text())["operators"]["local"] == {"mq": "maria"}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--operator", "Maria Quill"), "is no operator's id"),
        (("--password",), "a password has 10 to 200 characters"),
    ],
)
def test_init_of_an_operator_who_could_not_be_one_makes_nothing(
    alone: Run, tmp_path: Path, words: tuple[str, ...], why: str
) -> None:
    """An id that no call takes, and a password that is too easy, are refused before anything is made."""
    refused = alone("init", str(tmp_path / "home"), *words, input="easy\n")
    assert refused.exit_code == 1
    assert why in refused.stderr
    assert not (tmp_path / "home").exists()


def test_init_gives_nobody_a_password_where_there_are_operators(alone: Run, tmp_path: Path) -> None:
    """It says how one of them gets one, and asks for none."""
    home = Home(tmp_path / "home")
    alone("init", str(home.path))
    refused = alone("init", str(home.path), "--password", input="nine green forklifts\n")
    assert refused.exit_code == 1
    assert "accessctl operators login ID" in refused.stderr


def test_init_beside_a_site_file_says_the_line_that_it_lacks(alone: Run, tmp_path: Path) -> None:
    """What is there is not edited: who would have nobody to administer hears what to write."""
    home = Home(tmp_path / "home")
    home.path.mkdir()
    home.site_file.write_text(install.starter())
    made = alone("init", str(home.path), "--operator", "maria", "--local", "mq")
    assert made.exit_code == 0
    assert 'under [operators] it needs: local = { "mq" = "maria" }' in made.stderr
    assert home.site_file.read_text() == install.starter()


def test_init_does_not_replace_a_lost_key(alone: Run, tmp_path: Path) -> None:
    """Where the databases are and the key is not, a new key would make all cards unknown: init refuses."""
    home = tmp_path / "home"
    alone("init", str(home))
    (home / "root.key").unlink()
    refused = alone("init", str(home))
    assert refused.exit_code == 1
    assert "Put the old key back" in refused.stderr
    assert not (home / "root.key").exists()


def test_init_must_be_told_where(alone: Run) -> None:
    """Init guesses no place."""
    refused = alone("init")
    assert refused.exit_code == 2
    assert "accessctl init DIR" in refused.stderr


def test_init_where_nothing_can_be_made(alone: Run, tmp_path: Path) -> None:
    """A place that cannot be used is a finding in words."""
    (tmp_path / "file").write_text("")
    refused = alone("init", str(tmp_path / "file" / "home"))
    assert refused.exit_code == 1
    assert "Not a directory" in refused.stderr


def test_a_path_too_long_for_a_socket(alone: Run, tmp_path: Path) -> None:
    """A home in which no socket could be opened is refused at once."""
    refused = alone("init", str(tmp_path / ("x" * 100)))
    assert refused.exit_code == 2
    assert "too long a path" in refused.stderr


def test_check_lists_every_problem(alone: Run, tmp_path: Path) -> None:
    """A file with several mistakes lists each on a line of its own, by its path."""
    site = tmp_path / "site.toml"
    wrong = install.starter().replace("gpio = 27", "gpio = 99").replace('"card"  #', '"tea"  #')
    site.write_text(wrong.replace('kind = "simulated"\n\n[areas', 'kind = "paper"\n\n[areas'))
    checked = alone("check", str(site))
    assert checked.exit_code == 1
    paths = {line.split(": ")[0] for line in checked.stdout.splitlines()}
    assert paths == {"board.kind", "doors.entrance.position.gpio", "access_points.entrance-in.asks"}
    problems = json.loads(alone("check", str(site), "--json").stdout)["problems"]
    assert {problem["path"] for problem in problems} == paths


@pytest.mark.parametrize(
    ("lock", "unattended", "power", "stop", "contact"),
    [
        ("fail_secure", "secured", "locked", "secured", "NO"),
        ("fail_safe", "secured", "unlocked", "secured", "NC"),
        ("fail_safe", "released", "unlocked", "released", "NO"),
    ],
)
def test_check_says_what_a_door_does_without_power(
    tmp_path: Path, lock: str, unattended: str, power: str, stop: str, contact: str
) -> None:
    """For each kind of lock the summary says what happens without power and software, and how it is wired."""
    site = tmp_path / "site.toml"
    wanted = f'lock = "{lock}", unattended = "{unattended}"'
    site.write_text(install.starter().replace('lock = "fail_secure", unattended = "secured"', wanted))
    (door,) = install.inspect(site).doors
    assert (door.power_loss, door.software_stop) == (power, stop)
    assert f"contact {contact} " in door.wiring


def test_check_of_a_good_file_shows_what_holds_while_something_is_gone(alone: Run, tmp_path: Path) -> None:
    """After what it always printed comes one line for each condition, and nothing is found."""
    site = tmp_path / "site.toml"
    site.write_text(install.starter())
    checked = alone("check", str(site))
    assert checked.exit_code == 0
    assert checked.stdout.index("entrance: Staff entrance") < checked.stdout.index("\nroles: staff")
    table = checked.stdout.partition("\nroles: ")[2].splitlines()
    assert "while something is gone (leaving is always free)" in table
    assert any(line.endswith("every door") and "no badge lets anybody in" in line for line in table)
    assert "findings" not in checked.stdout
    assert checked.stderr == f"accessctl: {site} is good\n"


WIDER = '[degraded]\nreader_lost = "wider_unlock"\n'


def test_check_marks_what_is_wider_than_normal(alone: Run, tmp_path: Path) -> None:
    """A note is shown and changes nothing: the file is good."""
    site = tmp_path / "site.toml"
    site.write_text(install.starter() + WIDER)
    checked = alone("check", str(site))
    assert checked.exit_code == 0
    assert "the strike stays released (WIDER THAN NORMAL)" in checked.stdout
    assert checked.stdout.splitlines()[-1].startswith("note: doors.entrance.degraded.reader_lost: ")
    assert checked.stderr == f"accessctl: {site} is good, with 1 note\n"


@pytest.mark.parametrize(
    ("old", "new", "line", "counted"),
    [
        ('direction = "out"', 'direction = "in"', "danger: areas.warehouse: nobody can leave", "1 danger"),
        (
            'name = "Staff"',
            'name = "Staff"\nneeds_escort = true',
            "mistake: roles.staff.needs_escort",
            "1 mistake",
        ),
    ],
)
def test_a_danger_or_a_mistake_is_a_finding(
    alone: Run, tmp_path: Path, old: str, new: str, line: str, counted: str
) -> None:
    """The file is valid and would hold, and the check ends with status 1 all the same."""
    site = tmp_path / "site.toml"
    text = install.starter().replace("exit_request = { gpio = 22 }\n", "").replace(old, new)
    if "danger" in line:
        text = text.replace('from = "warehouse"\nto = "outside"', 'from = "outside"\nto = "warehouse"')
    site.write_text(text)
    checked = alone("check", str(site))
    assert checked.exit_code == 1
    assert checked.stdout.splitlines()[-1].startswith(line)
    assert checked.stderr == f"accessctl: {site} is valid and has {counted}\n"


def test_check_gives_the_same_as_json(alone: Run, tmp_path: Path) -> None:
    """Each door with each condition, and each finding with how much it matters."""
    site = tmp_path / "site.toml"
    site.write_text(install.starter() + WIDER)
    report = json.loads(alone("check", str(site), "--json").stdout)
    assert report["problems"] == []
    (wider,) = [row for row in report["degraded"] if row["wider"]]
    assert wider == {
        "door": "entrance",
        "condition": "reader_lost",
        "fallback": "wider_unlock",
        "then": "the strike stays released",
        "wider": True,
    }
    (finding,) = report["findings"]
    assert (finding["severity"], finding["path"]) == ("note", "doors.entrance.degraded.reader_lost")
    site.write_text("")
    broken = json.loads(alone("check", str(site), "--json").stdout)
    assert (broken["degraded"], broken["findings"]) == ([], [])


def test_check_of_a_file_that_is_not_there(alone: Run, tmp_path: Path) -> None:
    """A file that cannot be read is one problem, and no traceback."""
    checked = alone("check", str(tmp_path / "none.toml"))
    assert checked.exit_code == 1
    assert "cannot be read" in checked.stdout


def test_the_starter_is_packaged() -> None:
    """The site file to start from comes with the package and is TOML."""
    assert resources.files("accessctl.config").joinpath("starter.toml").is_file()
    assert tomllib.loads(install.starter())["board"]["kind"] == "simulated"


def test_without_an_installation(alone: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When there is neither an installation nor a demo, the error names all ways to get at one."""
    monkeypatch.setattr(homes, "SYSTEM_HOME", tmp_path / "none")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    refused = alone("doors", "list")
    assert refused.exit_code == 2
    assert all(
        word in refused.stderr for word in ("--home", "ACCESSCTL_HOME", "accessctl init", "accessctl demo")
    )


def test_the_demo_is_used_and_said(alone: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an installation the demo is meant, and that is said."""
    monkeypatch.setattr(homes, "SYSTEM_HOME", tmp_path / "none")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    demo_home().mkdir(parents=True)
    (demo_home() / "site.toml").write_text(install.starter())
    checked = alone("check")
    assert checked.exit_code == 0
    assert f"using the demo at {demo_home()}" in checked.stderr


def test_nobody_answers(alone: Run, tmp_path: Path) -> None:
    """When nothing runs, the error says how to start it."""
    refused = alone("--home", str(tmp_path), "people", "list")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == (
        f"accessctl: the API does not answer at {tmp_path}. Doors do not need it. Start it with "
        f"`accessctl --home {tmp_path} run`, or the service accessctl-api where systemd runs it\n"
    )


def test_no_warehouse(alone: Run, tmp_path: Path) -> None:
    """Without a simulated warehouse the hand in it finds nothing, in words."""
    refused = alone("--home", str(tmp_path), "sim", "badge", "04A1B2C3", "gate-in")
    assert refused.exit_code == 1
    assert "no simulated warehouse runs" in refused.stderr


def test_run_without_an_installation(tmp_path: Path) -> None:
    """Running what is not there is wrong use, and says how to make it."""
    refused = program("--home", str(tmp_path), "run")
    assert refused.returncode == 2
    assert "accessctl init" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_help_of_every_command(alone: Run) -> None:
    """Every command says what it does."""
    for words in (
        (),
        ("init",),
        ("check",),
        ("run",),
        ("people",),
        ("cards",),
        ("doors",),
        ("events",),
        ("sim",),
    ):
        shown = alone(*words, "--help")
        assert shown.exit_code == 0
        assert "Usage:" in shown.stdout


def test_the_command_starts_light() -> None:
    """Asking for help brings in none of the heavy libraries."""
    heavy = ("fastapi", "pydantic", "uvicorn", "textual", "httpx", "sqlite3", "sqlite_utils", "argon2")
    code = (
        "import sys\nfrom accessctl.cli.root import cli\n"
        "cli(['people', 'add', '--help'], standalone_mode=False)\n"
        f"print([m for m in {heavy!r} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ast.literal_eval(done.stderr) == []


def test_unprintable_text_is_written_out() -> None:
    """Text from elsewhere cannot command the terminal, and stays legible."""
    assert safe("Zoë\x1b[31m\u202e\n") == "Zoë\\x1b[31m\\u202e\n"
