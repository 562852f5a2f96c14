import json
from zoneinfo import ZoneInfo

import pytest

from accessctl.office.rules import OfficeRules
from accessctl.operators.first import local_user
from accessctl.reports.as_json import from_json
from accessctl.reports.catalogue import KINDS
from tests.api.people_who_log_in import TESTER, Office
from tests.api.running import RunningApi, refused
from tests.homes import Recording, let_in

SPAN = {"since": "2026-03-02T00:00:00Z", "until": "2026-03-03T00:00:00Z"}

HIDDEN = OfficeRules(local={local_user(): TESTER}, auditors_see_names=False)


@pytest.fixture
def person(office: Office) -> str:
    """Somebody who was refused at noon, and a silent alarm."""
    let_in(office.api.home)
    person: str = office.api.new_person("Ana Marsh")
    recording = Recording(office.api.home)
    recording.add("denied_passback", access_point="gate-in", person=person, reason="Inside already.")
    recording.add("access_taken", access_point="gate-in", person=person)
    recording.add("duress", access_point="gate-in", person=person)
    recording.add("alarm_acknowledged", detail={"operator": "ada", "alarm_type": "duress"})
    recording.close()
    return person


def test_the_reports_there_are_say_who_may_have_them(office: Office) -> None:
    """Everybody who is an operator sees which there are, and which right is wanted."""
    office.add("gil", "guard")
    listed = {each["kind"]: each["may"] for each in office.api.http.get("/reports").json()}
    assert listed == dict.fromkeys(KINDS, True)
    with office.session("gil") as gil:
        may = {each["kind"] for each in gil.get("/reports").json() if each["may"]}
        assert may == {"movements", "refusals", "doors", "time", "rights", "access", "review"}
        refused(gil.get("/reports/changes"), 403)


def test_a_report_is_worked_out_with_names(office: Office, person: str) -> None:
    """It comes as JSON from which every page and table can be made."""
    answer = office.api.http.get("/reports/refusals", params=SPAN)
    report = from_json(answer.json())
    assert report.summary[0].startswith("1 refusal; 1 of them because: Inside already.")
    assert "Ana Marsh" in answer.text
    assert report.tables[1].rows[0][0] is not None
    assert person in answer.text


def test_reading_a_report_about_people_is_recorded(office: Office, person: str) -> None:
    """With who it was about; a report about doors tells of nobody, and is no such entry."""
    office.api.http.get("/reports/doors", params=SPAN)
    assert office.told("personal_data_read") == []
    office.api.http.get("/reports/movements", params={**SPAN, "person": person})
    rows = office.rows("SELECT operator, person, detail FROM outbox WHERE type = 'personal_data_read'")
    assert [(operator, about) for operator, about, _ in rows] == [(TESTER, person)]
    assert json.loads(rows[0][2])["what"] == "reports"


def test_who_may_not_see_names_gets_pseudonyms(office: Office, person: str) -> None:
    """Where the site hides names from auditors, a report has none, and some reports they may not have."""
    office.api.close()
    office.api = RunningApi(office.api.home, HIDDEN, office.clock)
    office.add("ada", "auditor")
    with office.session("ada") as ada:
        for kind in ("movements", "refusals", "time", "changes"):
            answer = ada.get(f"/reports/{kind}", params=SPAN)
            assert answer.status_code == 200, answer.text
            assert "Marsh" not in answer.text
            assert (person in answer.text) == (kind in {"movements", "refusals"})
        for kind in ("rights", "unused", "access"):
            refused(ada.get(f"/reports/{kind}"), 403)


def test_who_answers_no_alarms_is_told_of_no_silent_one(office: Office, person: str) -> None:
    """An auditor does not learn from a report that somebody took notice of one; an admin does."""
    office.add("ada", "auditor")
    with office.session("ada") as ada:
        assert "duress" not in ada.get("/reports/changes", params=SPAN).text
    assert "duress" in office.api.http.get("/reports/changes", params=SPAN).text


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"since": "2026-03-03T00:00:00Z", "until": "2026-03-02T00:00:00Z"}, 422),
        ({"since": "1970-01-01T00:00:00Z"}, 422),
        ({"since": "1970-01-01"}, 422),
        ({"until": "9999-12-31"}, 422),
        ({"since": "2026-03-02T00:00:00"}, 422),
        ({"since": "2026-02-30"}, 422),
        ({"rows": "0"}, 422),
        ({"rows": "20001"}, 422),
        ({"area": "nowhere"}, 404),
        ({"person": "Ana Marsh"}, 422),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_refused(
    office: Office, person: str, asked: dict[str, str], status: int
) -> None:
    """A time that ends before it begins, too many rows, a place that is not there, a name for an id."""
    answer = office.api.http.get("/reports/movements", params=asked)
    refused(answer, status)
    if status == 422:
        assert [each["path"] for each in answer.json()["problems"]] == [f"query.{next(iter(asked))}"]


def test_a_day_is_one_of_the_site_wherever_it_is_asked_for(office: Office, person: str) -> None:
    """From its midnight in the site's time zone until the next one; an instant stays what it is."""
    office.api.close()
    rules = OfficeRules(local={local_user(): TESTER}, timezone=ZoneInfo("Pacific/Auckland"))
    office.api = RunningApi(office.api.home, rules, office.clock)
    days = {"since": "2026-03-03", "until": "2026-03-03"}
    report = office.api.http.get("/reports/refusals", params=days).json()
    assert (report["since"], report["until"]) == ("2026-03-02T11:00:00Z", "2026-03-03T11:00:00Z")
    report = office.api.http.get("/reports/refusals", params=SPAN).json()
    assert (report["since"], report["until"]) == (SPAN["since"], SPAN["until"])
