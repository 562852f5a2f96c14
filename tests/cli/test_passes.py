"""``accessctl passes``: made, shown once, listed, replaced and revoked."""

import json
import stat
import sys
from pathlib import Path

import pytest

pytest.importorskip("segno", reason="pip install 'accessctl[passes]'")

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from accessctl.cli.pass_code import qr_of
from accessctl.link.answers import FaultCode
from accessctl.link.requests import SignPass
from tests.api.running import RunningApi
from tests.cli.conftest import Run

BLOCKS = {" ": (1, 1), "▀": (0, 1), "▄": (1, 0), "█": (0, 0)}
"""Of two pixels one above the other, which are dark on a terminal with light letters."""


@pytest.fixture
def person(api: RunningApi) -> str:
    return api.new_person()


def last_text(api: RunningApi) -> str:
    return api.peer.passes[-1]


def read(path: Path) -> list[str]:
    zxingcpp = pytest.importorskip("zxingcpp")
    image = pytest.importorskip("PIL.Image")
    return [code.text for code in zxingcpp.read_barcodes(image.open(path).convert("L"))]


def test_a_pass_is_drawn_on_the_terminal(api: RunningApi, run: Run, person: str) -> None:
    """As a code that a reader reads from the screen, and its text below; talk goes to stderr."""
    done = run("passes", "make", "--person", person)
    assert done.exit_code == 0, done.output
    *drawn, text = done.stdout.splitlines()
    assert text == last_text(api)
    rows = [[BLOCKS[block][half] for block in line] for line in drawn for half in (0, 1)]
    wanted = [[1 if dark else 0 for dark in row] for row in qr_of(text).matrix_iter(border=4)]
    assert rows[: len(wanted)] == wanted
    assert "shown only now" in done.stderr
    assert "a picture of a pass is as good as the pass" in done.stderr
    assert text not in done.stderr


def test_a_pass_is_written_into_a_png(api: RunningApi, run: Run, person: str, tmp_path: Path) -> None:
    """A file that nobody else may read, with a code that a camera reads; stdout has the id."""
    path = tmp_path / "pass.png"
    done = run("passes", "make", "--person", person, "--png", str(path))
    assert done.exit_code == 0, done.output
    assert read(path) == [last_text(api)]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert api.http.get(f"/passes/{done.stdout.strip()}").json()["person"] == person
    assert last_text(api) not in done.output


def test_a_pass_is_written_into_an_svg(api: RunningApi, run: Run, person: str, tmp_path: Path) -> None:
    """Both kinds at a time, if that is wanted; an SVG is as large as 49 modules of a millimetre."""
    png, svg = tmp_path / "pass.png", tmp_path / "pass.svg"
    done = run("passes", "make", "--person", person, "--png", str(png), "--svg", str(svg))
    assert done.exit_code == 0, done.output
    assert read(png) == [last_text(api)]
    assert 'width="49mm"' in svg.read_text()


def test_the_text_alone_is_for_a_tag(api: RunningApi, run: Run, person: str) -> None:
    """Nothing else goes to stdout."""
    done = run("passes", "make", "--person", person, "--text")
    assert done.stdout == last_text(api) + "\n"


def test_programs_get_json(api: RunningApi, run: Run, person: str) -> None:
    """With everything that is known of it, the text included."""
    made = json.loads(run("passes", "make", "--person", person, "--uses", "3", "--json").stdout)
    assert (made["text"], made["uses"], made["person"]) == (last_text(api), 3, person)


def test_a_visitor_gets_a_pass_with_limits(api: RunningApi, run: Run) -> None:
    """Everything that can be said of a pass is said to the API."""
    words = (
        "--visitor",
        "Jon Abbey",
        "--role",
        "picker",
        "--at",
        "gate-in",
        "--at",
        "yard-in",
        "--uses",
        "1",
    )
    times = ("--from", "2026-03-18T08:00+00:00", "--until", "2026-03-18T18:00+00:00", "--label", "Bay 4")
    done = run("passes", "make", *words, *times)
    assert done.exit_code == 0, done.output
    assert api.peer.heard_of(SignPass)[-1] == SignPass(
        "gate-in yard-in", "2026-03-18T08:00:00+00:00", "2026-03-18T18:00:00+00:00", 1
    )
    (someone,) = api.http.get("/people", params={"name": "Jon Abbey"}).json()["people"]
    (pass_,) = api.http.get("/passes", params={"person": someone["id"]}).json()["passes"]
    assert pass_["label"] == "Bay 4"


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--person", "p-1", "--visitor", "A", "--role", "picker"),
        ("--visitor", "A"),
        ("--role", "picker"),
        ("--person", "p-1", "--role", "picker"),
        ("--person", "p-1", "--uses", "0"),
        ("--person", "p-1", "--until", "tomorrow"),
    ],
)
def test_what_makes_no_sense_is_wrong_use(run: Run, words: tuple[str, ...]) -> None:
    """It is said before anybody is asked."""
    assert run("passes", "make", *words).exit_code == 2


def test_a_file_that_is_there_costs_no_pass(api: RunningApi, run: Run, person: str, tmp_path: Path) -> None:
    """It is left as it is, and nothing is signed; so with a folder that there is not."""
    path = tmp_path / "pass.png"
    path.write_text("precious")
    asked = len(api.peer.heard_of(SignPass))
    for there in (path, tmp_path / "nowhere" / "pass.png"):
        done = run("passes", "make", "--person", person, "--png", str(there))
        assert done.exit_code == 1
        assert str(there) in done.stderr
    assert path.read_text() == "precious"
    assert len(api.peer.heard_of(SignPass)) == asked


def test_a_pass_that_is_refused_leaves_no_file(
    api: RunningApi, run: Run, person: str, tmp_path: Path
) -> None:
    """The words of the door process are all that comes of it."""
    path = tmp_path / "pass.png"
    with api.peer.refusing(SignPass, FaultCode.NOT_SET_UP, "no pass counts at this site"):
        done = run("passes", "make", "--person", person, "--png", str(path))
    assert (done.exit_code, done.stdout) == (1, "")
    assert "no pass counts at this site" in done.stderr
    assert not path.exists()


def test_without_what_draws_codes_no_pass_is_made(
    api: RunningApi, run: Run, person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said how to install it; as text a pass can be had all the same."""
    monkeypatch.setitem(sys.modules, "segno", None)
    asked = len(api.peer.heard_of(SignPass))
    done = run("passes", "make", "--person", person)
    assert done.exit_code == 1
    assert "pip install 'accessctl[passes]'" in done.stderr
    assert len(api.peer.heard_of(SignPass)) == asked
    assert run("passes", "make", "--person", person, "--text").stdout == last_text(api) + "\n"


def test_passes_are_listed_and_revoked(api: RunningApi, run: Run) -> None:
    """By what may be known of them."""
    person = api.new_person(name="Jo Lister")
    id_ = json.loads(run("passes", "make", "--person", person, "--label", "Bay 7", "--json").stdout)["id"]
    listed = run("passes", "list", "--person", "Jo Lister").stdout
    assert id_ in listed
    assert "Bay 7" in listed
    assert last_text(api) not in listed
    done = run("passes", "revoke", id_, "--reason", "stolen")
    assert f"pass {id_} of {person} is stolen" in done.stderr
    (shown,) = json.loads(run("passes", "list", "--person", person, "--json").stdout)
    assert (shown["id"], shown["status"]) == (id_, "stolen")


def test_a_pass_is_replaced(api: RunningApi, run: Run, person: str, tmp_path: Path) -> None:
    """For one that has to be printed again."""
    old = json.loads(run("passes", "make", "--person", person, "--json").stdout)["id"]
    path = tmp_path / "again.png"
    done = run("passes", "replace", old, "--png", str(path))
    assert done.exit_code == 0, done.output
    assert f"pass {old} counts no more" in done.stderr
    assert read(path) == [last_text(api)]
    assert api.http.get(f"/passes/{old}").json()["status"] == "revoked"
    assert run("passes", "replace", "c-nobodys").exit_code == 1


def test_the_public_key_is_shown(run: Run) -> None:
    """In hex, in JSON, and in PEM as other programs take it."""
    key = "5a" * 32
    assert key in run("passes", "show-key").stdout
    assert json.loads(run("passes", "show-key", "--json").stdout) == {"key_id": "0badcafe", "public_key": key}
    loaded = load_pem_public_key(run("passes", "show-key", "--pem").stdout.encode())
    assert isinstance(loaded, Ed25519PublicKey)
    assert loaded.public_bytes_raw().hex() == key


def test_the_public_key_is_shown_in_one_way(run: Run) -> None:
    """PEM or JSON, and never one of them without a word about the other."""
    refused = run("passes", "show-key", "--pem", "--json")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "say one of --pem and --json" in refused.stderr


def test_a_time_that_no_pass_can_have_is_not_taken_for_no_limit(run: Run) -> None:
    """To leave it out means a day."""
    refused = run("passes", "make", "--person", "p-1", "--until", "9999-12-31")
    assert refused.exit_code == 2
    assert "too far away; name an earlier one" in refused.stderr


def test_a_code_is_of_moderate_size() -> None:
    """Version 6, 41 modules a side without its border, whatever the pass says."""
    for body in ("A" * 148, "7Z" * 74):
        drawn = qr_of("AP1" + body)
        assert (drawn.designator, drawn.mode) == ("6-M", "alphanumeric")
        assert drawn.symbol_size(border=0) == (41, 41)
