"""Commands for printed codes, PINs that are made up, and generators of one-time codes."""

import json
import os
import re
import subprocess
import sys

import pytest

from accessctl.link.answers import CardTag
from accessctl.link.requests import AskStatus, CheckCode, MakeCardTag, MakePin
from tests.api.running import RunningApi
from tests.cli.conftest import Run
from tests.link.peer import GENERATOR_SECRET, MADE_PIN, RIGHT_CODE, STATUS

UNTIL = ("--until", "2030-01-31")


@pytest.fixture
def person(api: RunningApi) -> str:
    return api.new_person("Ana Marsh")


# ---------------------------------------------------------------------------------- printed codes


def test_codes_are_printed_one_on_each_line(run: Run, person: str) -> None:
    """To stdout, with the id and what is written on the slip; talk goes to stderr."""
    made = run("codes", "make", "--person", person, "--count", "2", "--label", "Acme", *UNTIL)
    assert made.exit_code == 0
    lines = made.stdout.splitlines()
    assert len(lines) == 2
    for place, line in enumerate(lines, 1):
        assert re.fullmatch(rf"[0-9]{{6}}  c-[a-z2-7]{{8}}  Acme, {place} of 2", line)
    assert f"made 2 codes for {person}: 1×, until 2030-02-01 00:00:00" in made.stderr
    assert "shown only now" in made.stderr


def test_codes_for_programs(run: Run, person: str) -> None:
    """With what limits them; no uses are as many as one likes."""
    words = ("--at", "gate-in", "--uses", "0", "--from", "2030-01-01", "--json")
    made = json.loads(run("codes", "make", "--person", person, *words, *UNTIL).stdout)
    assert [(code["access_points"], code["uses"], code["label"]) for code in made] == [
        (["gate-in"], None, "code")
    ]
    assert re.fullmatch("[0-9]{6}", made[0]["code"])


def test_a_visitor_is_added_with_their_code(api: RunningApi, run: Run) -> None:
    """Name and roles are enough; both end when the code ends."""
    words = ("--visitor", "Rosa Quick", "--role", "driver", *UNTIL)
    (made,) = json.loads(run("codes", "make", *words, "--json").stdout)
    rosa = api.http.get(f"/people/{made['person']}").json()
    assert (rosa["name"], rosa["roles"], rosa["has_code"]) == ("Rosa Quick", ["driver"], True)
    assert rosa["valid_until"] == made["valid_until"]


def test_a_visitor_who_was_added_in_vain_is_said(api: RunningApi, run: Run) -> None:
    """When no code can be made the command fails, and says that the person is there."""
    words = ("--visitor", "Vera Vain", "--role", "driver", "--at", "nowhere", *UNTIL)
    refused = run("codes", "make", *words)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "Vera Vain WAS added, as p-" in refused.stderr
    assert "access_points.0: there is no such access point with a reader; there are gate-in" in refused.stderr


def test_an_envelope_with_a_break_glass_code(run: Run) -> None:
    """Twelve digits in groups that can be read, held by a person that is the envelope."""
    words = ("--break-glass", "--envelope", "Envelope 1", "--role", "driver", "--at", "gate-in", *UNTIL)
    made = run("codes", "make", *words)
    assert re.fullmatch(r"([0-9]{3} ){3}[0-9]{3}  c-[a-z2-7]{8}  break-glass\n", made.stdout)
    assert "made one break-glass code" in made.stderr
    listed = run("codes", "list", "--break-glass").stdout.splitlines()
    assert len(listed) == 2
    assert "gate-in" in listed[1]
    assert "0 of 1" in listed[1]
    assert made.stdout.split("  ")[1] in listed[1]


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (UNTIL, "say who holds them"),
        (("--person", "p-1", "--visitor", "Rosa", "--role", "driver", *UNTIL), "say who holds them"),
        (("--visitor", "Rosa", *UNTIL), "--role says what a visitor may do"),
        (("--person", "p-1", "--role", "driver", *UNTIL), "--role says what a visitor may do"),
        (("--person", "p-1", "--break-glass", *UNTIL), "--at ACCESS_POINT"),
        (("--person", "p-1"), "Missing option '--until'"),
        (("--person", "p-1", "--until", "9999-12-31"), "9999-12-31 is too far away; name an earlier one"),
        (("--person", "p-1", "--count", "0", *UNTIL), "'--count'"),
        (("--person", "p-1", "--uses", "-1", *UNTIL), "'--uses'"),
    ],
)
def test_codes_that_cannot_be_meant_are_wrong_use(run: Run, words: tuple[str, ...], what: str) -> None:
    """Before anybody is asked."""
    refused = run("codes", "make", *words)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert what in refused.stderr


def test_codes_are_listed_and_revoked(api: RunningApi, run: Run, person: str) -> None:
    """Of their digits nothing is shown; those of one person, for people and for programs."""
    (made,) = json.loads(run("codes", "make", "--person", person, *UNTIL, "--json").stdout)
    listed = run("codes", "list", "--person", person)
    assert made["id"] in listed.stdout
    assert made["code"] not in listed.stdout
    assert [code["id"] for code in json.loads(run("codes", "list", "--person", person, "--json").stdout)] == [
        made["id"]
    ]
    revoked = run("codes", "revoke", made["id"])
    assert revoked.stderr == f"accessctl: code {made['id']} of {person} is revoked\n"


def test_what_is_no_code_is_not_revoked_as_one(api: RunningApi, run: Run, person: str) -> None:
    """A card's id, or what cannot be an id at all: one line, and the card stays."""
    card = api.http.post(f"/people/{person}/cards", json={"number": "04A1B2C3D4E5AA"}).json()["id"]
    for id_, what in ((card, f"there is no code {card}"), ("../x", "../x is no id: an id has no slash")):
        refused = run("codes", "revoke", id_)
        assert (refused.exit_code, refused.stdout) == (1, "")
        assert refused.stderr == f"accessctl: {what}\n"
    assert api.http.get(f"/cards/{card}").json()["status"] == "active"


def test_codes_that_would_be_over_are_refused(run: Run, person: str) -> None:
    """In one line, with status 1."""
    refused = run("codes", "make", "--person", person, "--until", "2020-01-01")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == "accessctl: valid_until: a code until then would be over already\n"


def test_without_codes_the_site_file_is_named(api: RunningApi, run: Run, person: str) -> None:
    """The API's words come through."""
    with api.peer.answering(AskStatus, STATUS):
        refused = run("codes", "make", "--person", person, *UNTIL)
    assert refused.exit_code == 1
    assert "its site file has no [codes]" in refused.stderr


# ------------------------------------------------------------------------------------ PINs made up


def test_a_pin_is_made_up(api: RunningApi, run: Run, person: str) -> None:
    """It goes to stdout alone; the duress PIN likewise."""
    made = run("people", "pin", person, "--make")
    assert (made.exit_code, made.stdout) == (0, f"{MADE_PIN}\n")
    assert made.stderr == f"accessctl: the PIN of {person} is set; it is shown only now\n"
    assert run("people", "pin", person, "--make", "--duress").stdout == f"{MADE_PIN}\n"
    assert api.peer.heard_of(MakePin)[-1] == MakePin(person, duress=True)


@pytest.mark.parametrize(
    "words", [("--make", "--remove"), ("--make", "--pin-stdin"), ("--remove", "--pin-stdin")]
)
def test_a_pin_comes_from_one_place(run: Run, person: str, words: tuple[str, ...]) -> None:
    """Made up, typed or removed."""
    refused = run("people", "pin", person, *words)
    assert refused.exit_code == 2
    assert "say one of" in refused.stderr


def test_a_card_with_the_pin_on_it_is_warned_of(api: RunningApi, run: Run, person: str) -> None:
    """On stderr, with what to do about it; and not otherwise."""
    quiet = run("cards", "enrol", person, "--number", "04AABBCC01")
    assert "the PIN of" not in quiet.stderr
    with api.peer.answering(MakeCardTag, CardTag("iso14443-uid", "18" * 32, "18", like_pin=True)):
        warned = run("cards", "enrol", person, "--number", "04AABBCC18")
    assert warned.exit_code == 0
    assert f"warning: the PIN of {person}" in warned.stderr
    assert f"accessctl people pin {person}" in warned.stderr


# -------------------------------------------------------------------------------- code generators


def test_a_generator_is_shown_as_a_picture_and_in_letters(api: RunningApi, run: Run, person: str) -> None:
    """Where nobody can be asked, the command that confirms it is named; until then it does not count."""
    made = run("people", "generator", person)
    assert made.exit_code == 0
    assert "█" in made.stdout
    assert "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ" in made.stdout
    assert "SHA1, 6 digits, every 30 s" in made.stderr
    assert f"accessctl people generator {person} --confirm CODE" in made.stderr
    assert api.http.get(f"/people/{person}").json()["code_generator"] == "unconfirmed"
    confirmed = run("people", "generator", person, "--confirm", f"{RIGHT_CODE[:3]} {RIGHT_CODE[3:]}")
    assert confirmed.stderr == f"accessctl: the code generator of {person} counts from now on\n"
    assert api.peer.heard_of(CheckCode)[-1] == CheckCode(person, RIGHT_CODE)
    assert "code generator  confirmed" in run("people", "show", person).stdout


def test_the_picture_holds_the_address(api: RunningApi, run: Run, person: str) -> None:
    """A camera reads from it what the API gave."""
    zxing = pytest.importorskip("zxingcpp")
    pillow = pytest.importorskip("PIL.Image")
    rows = [line for line in run("people", "generator", person).stdout.splitlines() if set(line) & set("█▀▄")]
    dark = {" ": (1, 1), "█": (0, 0), "▀": (0, 1), "▄": (1, 0)}
    width = max(map(len, rows))
    picture = pillow.new("L", (width, 2 * len(rows)), 255)
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            for half in (0, 1):
                picture.putpixel((x, 2 * y + half), 0 if dark[cell][half] else 255)
    (found,) = zxing.read_barcodes(picture.resize((width * 6, len(rows) * 12)))
    assert GENERATOR_SECRET in found.text
    assert found.text.startswith("otpauth://totp/")


def test_a_generator_for_programs(run: Run, person: str) -> None:
    """All of it, and no picture."""
    made = json.loads(run("people", "generator", person, "--json").stdout)
    assert (made["secret"], made["digits"], made["period_s"]) == (GENERATOR_SECRET, 6, 30)


def test_whoever_is_there_is_asked_for_a_code(api: RunningApi, person: str) -> None:
    """At a terminal a wrong one may be typed again; the right one lets the generator count."""
    keyboard, terminal = os.openpty()
    try:
        os.write(keyboard, f"111 111\nnonsense\n{RIGHT_CODE}\n".encode())
        words = ("--home", str(api.home.path), "people", "generator", person)
        made = subprocess.run(
            [sys.executable, "-m", "accessctl.cli", *words],
            stdin=terminal,
            capture_output=True,
            check=False,
            timeout=60,
        )
    finally:
        os.close(keyboard)
        os.close(terminal)
    said = made.stderr.decode()
    assert made.returncode == 0, said
    assert "is off by more than half a minute" in said
    assert "a code is the digits that the generator shows" in said
    assert api.http.get(f"/people/{person}").json()["code_generator"] == "confirmed"


def test_a_wrong_code_is_a_finding(run: Run, person: str) -> None:
    """And what is no code at all is not asked."""
    run("people", "generator", person)
    wrong = run("people", "generator", person, "--confirm", "111111")
    assert wrong.exit_code == 1
    assert "is off by more than half a minute" in wrong.stderr
    nonsense = run("people", "generator", person, "--confirm", "abc")
    assert (nonsense.exit_code, "is the digits" in nonsense.stderr) == (1, True)


def test_a_generator_is_removed(run: Run, person: str) -> None:
    """The second time there is none."""
    run("people", "generator", person)
    assert run("people", "generator", person, "--remove").exit_code == 0
    gone = run("people", "generator", person, "--remove")
    assert (gone.exit_code, "has no code generator" in gone.stderr) == (1, True)
    assert run("people", "generator", person, "--remove", "--confirm", "123456").exit_code == 2
