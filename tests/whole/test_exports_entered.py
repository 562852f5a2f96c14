"""That entries were taken out of the record stands in the record, with the processes that do it."""

import json
import os
import pwd
import sqlite3
from contextlib import closing
from typing import Any

from click.testing import CliRunner

from accessctl.cli.root import cli
from accessctl.home import Home
from tests.whole.processes import Door, Warehouse
from tests.whole.test_notary import notary_of, opens

NOT_ENTERED = "not entered in the record"


def exports(home: Home) -> list[tuple[str | None, dict[str, Any]]]:
    """Give whom each names, and what it says."""
    with closing(sqlite3.connect(home.record)) as connection:
        rows = connection.execute("SELECT person, detail FROM event WHERE type = 'log_export' ORDER BY seq")
        return [(person, json.loads(detail)) for person, detail in rows]


def run(home: Home, *words: object) -> str:
    """Run a command that has to go well, and give what it says beside."""
    done = CliRunner().invoke(cli, ["--home", str(home.path), *map(str, words)])
    assert done.exit_code == 0, done.output
    return done.stderr


def test_each_export_and_proof_is_entered_under_a_head(home: Home, warehouse: Warehouse) -> None:
    """Who, how, how many, up to which entry, under which head, and whose name went along."""
    with Door(home) as door, notary_of(home) as notary:
        opens(door, warehouse, "lives")
        notary.sign()
        run(home, "export", "--since", "2020-01-01", home.path / "out.csv")
        run(home, "export", "--format", "tlog", home.path / "out")
        seq = alices(home)
        assert NOT_ENTERED not in run(home, "proof", seq, "-o", home.path / "one", "--with-name")
    (_, csv), (_, tlog), (person, proof) = exports(home)
    user = pwd.getpwuid(os.getuid()).pw_name
    assert (csv["format"], csv["operator"], csv["from"]) == ("csv", user, f"files:{user}")
    assert csv["since"].startswith("2020-01-01")
    assert csv["entries"] == csv["last"] <= csv["size"]
    assert (tlog["format"], tlog["entries"]) == ("tlog", tlog["size"])
    assert (home.path / "out/checkpoint").read_text().splitlines()[1:3] == [str(tlog["size"]), tlog["root"]]
    assert (person, proof["format"], proof["last"]) == ("alice", "proof", seq)
    who = run(
        home,
        "verify",
        home.path / "one",
        "--vkey",
        home.path / "out/vkey.txt",
        "--who",
        home.path / "one.who",
    )
    assert who == ""


def test_where_nothing_runs_it_is_said_and_exported_all_the_same(home: Home, warehouse: Warehouse) -> None:
    """An auditor with the files of a machine that is off gets what they need."""
    with Door(home):
        pass
    assert NOT_ENTERED in run(home, "export", home.path / "out.csv")
    assert (home.path / "out.csv").is_file()
    assert exports(home) == []
    assert warehouse.released() == []


def alices(home: Home) -> int:
    """Give the number of the newest entry about Alice."""
    with closing(sqlite3.connect(home.record)) as connection:
        (seq,) = connection.execute("SELECT max(seq) FROM event WHERE person = 'alice'").fetchone()
        return int(seq)
