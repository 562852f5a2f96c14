"""Owners of areas sign who has access: what is due, what is signed, how it is held against the record."""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from accessctl.api.reviewing import Reviewing
from accessctl.evidence.canonical import canonical
from accessctl.office.reviews import Every, ReviewRule
from accessctl.office.rules import OfficeRules
from accessctl.operators.first import local_user
from accessctl.operators.rights import Role
from tests.api import cast
from tests.api.running import RunningApi
from tests.homes import TESTER, OwnClock, Recording, let_in, new_home

AREA = "warehouse"
RULE = ReviewRule(AREA, "Warehouse", Every.QUARTERLY, (TESTER, cast.operator_of(Role.GUARD)))
"""NOON is in 2026-Q1."""


class Site:
    """A served home whose warehouse is reviewed, with one person in each way of having access."""

    def __init__(self, folder: Path, *, auditors_see_names: bool = True) -> None:
        home = new_home(folder)
        let_in(home)
        text = home.site_file.read_text().replace("roles.staff", "roles.picker")
        home.site_file.write_text(text.replace("roles.keyholder", "roles.driver"))
        cast.assemble(home)
        self.clock = OwnClock()
        self.rules = OfficeRules(
            local={local_user(): TESTER}, auditors_see_names=auditors_see_names, reviews=(RULE,)
        )
        self.api = RunningApi(home, self.rules, self.clock)
        self.ana = self.api.new_person("Ana Marsh", roles=["picker"])
        self.bo = self.api.new_person("Bo Lind", roles=["driver"])
        self.gone = self.api.new_person("Cy Ott", roles=["driver"])
        self.api.http.patch(f"/people/{self.gone}", json={"disabled": True}).raise_for_status()

    def get(self, path: str) -> Any:  # noqa: ANN401 - JSON
        answer = self.api.http.get(path)
        assert answer.is_success, answer.text
        return answer.json()

    def sign(self, *strike: str, by: httpx.Client | None = None) -> httpx.Response:
        """Look through it, and sign what was seen."""
        sha256 = self.get(f"/reviews/{AREA}")["sha256"]
        body = {"sha256": sha256, "strike": list(strike)}
        return (by or self.api.http).post(f"/reviews/{AREA}", json=body)

    def state(self) -> str:
        (area,) = self.get("/reviews")["areas"]
        found: str = area["state"]
        return found

    def told(self, kind: str) -> list[dict[str, Any]]:
        """Give what the record will be told of this type."""
        with closing(sqlite3.connect(self.api.home.people)) as db:
            rows = db.execute("SELECT detail FROM outbox WHERE type = ? ORDER BY id", [kind]).fetchall()
        return [json.loads(detail) for (detail,) in rows]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path / "home")
    yield site
    site.api.close()


def test_an_owner_sees_everybody_who_has_access_and_why(site: Site) -> None:
    """By role and level, where and by which schedule; who is disabled has none."""
    begun = site.get(f"/reviews/{AREA}")
    assert begun["access_points"] == ["entrance-in"]
    people = {each["person"]: each for each in begun["people"]}
    assert people.keys() == {site.ana, site.bo}
    (right,) = people[site.ana]["rights"]
    assert (right["by"], right["id"], right["level"]) == ("role", "picker", "warehouse-day")
    assert right["access_points"] == {"entrance-in": ["working-hours"]}
    assert people[site.ana]["name"] == "Ana Marsh"
    assert people[site.ana]["can_show_something"] is False


def test_what_is_signed_is_kept_as_pseudonyms_with_its_digest(site: Site) -> None:
    """The document is canonical, has no name, and its SHA-256 stands in the record's entry."""
    answer = site.sign(site.bo)
    assert answer.status_code == 201, answer.text
    shown = site.get(f"/signed-reviews/{answer.json()['id']}")
    document = json.loads(shown["document"])
    assert canonical(document).decode() == shown["document"]
    assert hashlib.sha256(shown["document"].encode()).hexdigest() == shown["sha256"]
    assert "Marsh" not in shown["document"]
    decided = {each["person"]: each["decision"] for each in document["people"]}
    assert decided == {site.ana: "keep", site.bo: "strike"}
    (told,) = site.told("access_review_signed")
    assert told["sha256"] == shown["sha256"]
    assert (told["people"], told["struck"], told["period"]) == (2, 1, "2026-Q1")
    assert site.state() == "signed"


def test_who_was_struck_is_something_to_do_until_the_right_is_taken(site: Site) -> None:
    """Nobody loses anything by a signature; that it was done is seen from the rules."""
    review = site.sign(site.bo).json()["id"]
    (todo,) = site.get(f"/signed-reviews/{review}")["to_do"]
    assert (todo["person"], todo["rights"][0]["id"]) == (site.bo, "driver")
    site.api.http.patch(f"/people/{site.bo}", json={"disabled": True}).raise_for_status()
    assert site.get(f"/signed-reviews/{review}")["to_do"] == []


def test_nothing_is_signed_that_was_not_looked_through(site: Site) -> None:
    """Somebody gets access meanwhile: the owner has to look again."""
    sha256 = site.get(f"/reviews/{AREA}")["sha256"]
    site.api.new_person("Dora Finn", roles=["picker"])
    answer = site.api.http.post(f"/reviews/{AREA}", json={"sha256": sha256})
    assert answer.status_code == 409
    assert site.state() == "due"


def test_only_an_owner_signs_and_no_token_does(site: Site) -> None:
    """Another operator may not, whatever their rights; a program of an owner is no owner."""
    with _as(site, cast.session_of(cast.operator_of(Role.ADMIN))) as admin:
        assert site.sign(by=admin).status_code == 403
    with _as(site, cast.WHOLE) as program:
        assert site.sign(by=program).status_code == 403
    with _as(site, cast.session_of(cast.operator_of(Role.GUARD))) as guard:
        assert site.sign(by=guard).status_code == 201


def test_who_has_no_access_cannot_be_struck(site: Site) -> None:
    """A slip of the pen is refused, and nothing is signed."""
    assert site.sign(site.gone).status_code == 422
    assert site.get("/signed-reviews")["reviews"] == []


def test_names_stay_hidden_where_the_site_hides_them(tmp_path: Path) -> None:
    """An auditor sees pseudonyms in what is begun, in what was signed and in the report."""
    site = Site(tmp_path / "home", auditors_see_names=False)
    try:
        review = site.sign().json()["id"]
        with _as(site, cast.session_of(cast.operator_of(Role.AUDITOR))) as auditor:
            for path in (f"/reviews/{AREA}", f"/signed-reviews/{review}", "/reports/review"):
                text = auditor.get(path).text
                assert site.ana in text
                assert "Marsh" not in text
        assert "Marsh" in json.dumps(site.get(f"/signed-reviews/{review}"))
    finally:
        site.api.close()


def test_it_is_held_against_the_record(site: Site) -> None:
    """Sound once the entry is there; found where that has another digest, or the document was changed."""
    signed = site.sign().json()
    path = f"/signed-reviews/{signed['id']}"
    assert site.get(path)["evidence"]["what"] == "the record has no entry of it"
    _enter(site, signed["id"], signed["sha256"])
    assert site.get(path)["evidence"]["sound"] is True
    _forge(site, "UPDATE review SET document = replace(document, 'keep', 'kept')")
    assert site.get(path)["evidence"]["what"] == "the document is another than was signed"
    other = '{"people":[]}'
    digest = hashlib.sha256(other.encode()).hexdigest()
    _forge(site, "UPDATE review SET document = ?, sha256 = ?", other, digest)
    assert "has another digest" in site.get(path)["evidence"]["what"]


def test_the_store_lets_nobody_change_what_was_signed(site: Site) -> None:
    """Neither changed nor deleted, by whatever asks SQLite in the usual way."""
    site.sign()
    with closing(sqlite3.connect(site.api.home.people)) as db:
        for sql in ("UPDATE review SET sha256 = ''", "DELETE FROM review"):
            with pytest.raises(sqlite3.IntegrityError, match="kept as it is"):
                db.execute(sql)


def test_a_period_that_ends_unsigned_is_entered_once(site: Site) -> None:
    """Nobody owes what was before the rule; overdue is said until there is a signature."""
    assert site.state() == "due"
    site.clock.pass_(timedelta(days=20))
    assert site.state() == "ends soon"
    site.clock.pass_(timedelta(days=20))
    assert site.state() == "overdue"
    assert site.state() == "overdue"
    (due,) = site.told("access_review_due")
    assert (due["area"], due["period"]) == (AREA, "2026-Q1")
    site.sign()
    assert site.state() == "signed"


def test_a_period_that_was_signed_is_never_entered(site: Site) -> None:
    """The control of the test above."""
    site.sign()
    site.clock.pass_(timedelta(days=40))
    assert site.state() == "due"
    assert site.told("access_review_due") == []


def test_what_is_looked_at_by_itself_needs_no_caller(site: Site) -> None:
    """The process looks by itself: at its start and every hour."""
    reviewing: Reviewing = site.api.parts.reviewing
    site.api.do(reviewing.look, site.rules)
    site.clock.pass_(timedelta(days=40))
    site.api.do(reviewing.look, site.rules)
    site.api.do(reviewing.look, site.rules)
    assert len(site.told("access_review_due")) == 1


def test_the_report_shows_it_and_whether_it_is_sound(site: Site) -> None:
    """Rendered by the reports: who was struck first, and a digest that the record has."""
    signed = site.sign(site.bo).json()
    _enter(site, signed["id"], signed["sha256"])
    report = site.get("/reports/review")
    text = json.dumps(report)
    assert report["summary"][0] == "1 review is signed."
    assert signed["sha256"] in text
    assert "Bo Lind" in text
    _forge(site, "UPDATE review SET document = replace(document, 'strike', 'keep')")
    assert "is not as it was signed" in site.get("/reports/review")["summary"][0]


@pytest.mark.parametrize(
    ("column", "value", "named"),
    [
        ("operator", "maria", "operator"),
        ("area", "cage", "area"),
        ("period", "2020-Q1", "period"),
        ("at", "2020-03-31T12:00:00+00:00", "time"),
        ("at", "long ago", "time"),
    ],
)
def test_what_is_shown_beside_the_document_is_held_against_it(
    site: Site, column: str, value: str, named: str
) -> None:
    """What is listed as who signed, for which area and when, has no digest of its own."""
    signed = site.sign(site.bo).json()
    _enter(site, signed["id"], signed["sha256"])
    path = f"/signed-reviews/{signed['id']}"
    assert site.get(path)["evidence"]["sound"] is True
    _forge(site, f"UPDATE review SET {column} = ?", value)  # noqa: S608 - a name from above
    evidence = site.get(path)["evidence"]
    assert evidence["sound"] is False
    assert evidence["what"] == f"it was signed with another {named} than is shown beside it"
    assert "is not as it was signed" in site.get("/reports/review")["summary"][0]
    assert len(site.get("/signed-reviews")["reviews"]) == 1


def test_a_review_that_was_taken_out_of_the_store_is_told_of(site: Site) -> None:
    """The record has its entry for good: the report and the list say that it was signed, and is gone."""
    signed = site.sign(site.bo).json()
    _enter(site, signed["id"], signed["sha256"])
    (area,) = site.get("/reviews")["areas"]
    assert (area["state"], area["wrong"]) == ("signed", [])
    assert "not in the people's store" not in json.dumps(site.get("/reports/review")["tables"][0]["rows"])
    with closing(sqlite3.connect(site.api.home.people)) as db:
        db.execute("DROP TRIGGER review_no_delete")
        db.execute("DELETE FROM review")
        db.commit()
    (area,) = site.get("/reviews")["areas"]
    gone = "signed, entry 1, and not in the people's store any more"
    assert (area["state"], area["wrong"]) == ("due", [f"{signed['id']}: {gone}"])
    report = site.get("/reports/review")
    assert report["summary"][0] == f"The review {signed['id']} of {AREA} was {gone}."
    (row,) = report["tables"][0]["rows"]
    assert (row["period"], row["operator"], row["sound"], row["evidence"]) == ("2026-Q1", TESTER, False, gone)
    assert site.get("/reports/review?area=outside")["tables"][0]["rows"] == []


@pytest.mark.parametrize("late", [False, True])
def test_an_altered_review_does_not_count_as_signed(site: Site, *, late: bool) -> None:
    """Also where the record is late; a review that is as it was signed counts, entered or not."""
    signed = site.sign(site.bo).json()
    if not late:
        _enter(site, signed["id"], signed["sha256"])
    assert site.state() == "signed"
    _forge(site, "UPDATE review SET document = replace(document, 'strike', 'keep')")
    (area,) = site.get("/reviews")["areas"]
    assert area["state"] == "due"
    assert area["wrong"] == [f"{signed['id']}: the document is another than was signed"]


def test_a_review_that_nobody_told_the_record_of_does_not_count(site: Site) -> None:
    """A row that was put into the store past everything else is no signature."""
    site.sign()
    with closing(sqlite3.connect(site.api.home.people)) as db:
        db.execute("DELETE FROM outbox")
        db.commit()
    (area,) = site.get("/reviews")["areas"]
    assert area["state"] == "due"
    assert area["wrong"][0].endswith("the record has no entry of it")


HALF = "half of a pair of surrogates"
"""Stands for one, which is no text, and which no report of a test could show."""
_PERSON = {"person": "p-1", "rights": [], "can_show_something": True, "decision": "keep"}
_RIGHT = {"by": "role", "id": "picker", "level": "day", "access_points": {"gate-in": ["day"]}}


@pytest.mark.parametrize(
    "people",
    [
        "p-1",
        ["p-1"],
        [{**_PERSON, "rights": [{}]}],
        [{**_PERSON, "rights": {}}],
        [{**_PERSON, "rights": [{**_RIGHT, "access_points": ["gate-in"]}]}],
        [{**_PERSON, "rights": [{**_RIGHT, "by": "loan", "until": "tomorrow"}]}],
        [{**_PERSON, "person": {"id": "p-1"}}],
        [{**_PERSON, "person": HALF}],
        [{**_PERSON, "decision": "perhaps"}],
        [{**_PERSON, "name": "Ana Marsh"}],
        [{name: value for name, value in _PERSON.items() if name != "decision"}],
    ],
    ids=str,
)
def test_a_document_that_is_no_review_any_more_is_said_to_be_none(site: Site, people: object) -> None:
    """Whatever stands in its place, the API and the report say that it is not as it was signed."""
    signed = site.sign(site.bo).json()
    _enter(site, signed["id"], signed["sha256"])
    document = {**json.loads(site.get(f"/signed-reviews/{signed['id']}")["document"]), "people": people}
    text = json.dumps(document, sort_keys=True).replace(HALF, "\\ud800")
    _forge(site, "UPDATE review SET document = ?, sha256 = 'none'", text)
    shown = site.get(f"/signed-reviews/{signed['id']}")
    assert (shown["people"], shown["to_do"]) == ([], [])
    assert shown["evidence"]["what"] == "the document is another than was signed"
    report = site.get("/reports/review")
    assert "is not as it was signed" in report["summary"][0]
    assert "The document is not as it was signed." in json.dumps(report)


@pytest.mark.parametrize("text", ["", "[]", "[" * 100_000, '{"people":[]}'], ids=len)
def test_a_document_that_is_nothing_like_a_review_is_said_to_be_none(site: Site, text: str) -> None:
    """It may be no JSON at all, or so deep that no parser follows it; its own digest helps it nothing."""
    review = site.sign().json()["id"]
    digest = hashlib.sha256(text.encode()).hexdigest()
    _enter(site, review, digest)
    _forge(site, "UPDATE review SET document = ?, sha256 = ?", text, digest)
    assert "the document is no review" in site.get(f"/signed-reviews/{review}")["evidence"]["what"]
    assert "is not as it was signed" in site.get("/reports/review")["summary"][0]


def _as(site: Site, shown: str) -> httpx.Client:
    client = site.api.client()
    client.headers.update(cast.bearer(shown))
    return client


def _enter(site: Site, review: str, sha256: str) -> None:
    recording = Recording(site.api.home)
    facts = {"review": review, "sha256": sha256, "operator": TESTER, "area": AREA, "period": "2026-Q1"}
    recording.add("access_review_signed", credential=review, detail=facts)
    recording.close()


def _forge(site: Site, sql: str, *values: str) -> None:
    """Change what was signed as somebody does who has the file and the triggers' names."""
    with closing(sqlite3.connect(site.api.home.people)) as db:
        (kept,) = db.execute("SELECT sql FROM sqlite_schema WHERE name = 'review_no_update'").fetchone()
        db.execute("DROP TRIGGER review_no_update")
        db.execute(sql, values)
        db.execute(kept)
        db.commit()
