"""What waits for a second operator, in words: without a screen."""

from typing import cast

from accessctl.client import Approval, ApprovalDetails
from accessctl.tui.system.approval_view import changes, difference, in_short, ordered


def approval(id_: str, state: str, **more: object) -> Approval:
    said: dict[str, object] = {
        "id": id_,
        "kind": "deletion",
        "what": "Delete an operator: DELETE /v1/operators/otto",
        "state": state,
        "asked_by": "maria",
        "asked_from": "local:maria",
        "asked_at": "2026-03-02T11:00:00+00:00",
        "ends_at": "2026-03-02T12:30:00+00:00",
        "decided_by": None,
        "decided_at": None,
        "outcome": None,
        **more,
    }
    return cast("Approval", said)


def detailed(**more: object) -> ApprovalDetails:
    call = {"method": "PATCH", "path": "/v1/people/p-1", "query": "", "body": None}
    return cast("ApprovalDetails", {**approval("a-1", "waiting"), **call, **more})


def test_what_waits_comes_first_and_what_lapses_soonest_before_the_rest() -> None:
    """Then what was decided, the newest first."""
    found = [
        approval("old", "refused", asked_at="2026-03-01T11:00:00+00:00"),
        approval("new", "approved"),
        approval("late", "waiting"),
        approval("soon", "waiting", ends_at="2026-03-02T12:10:00+00:00"),
    ]
    assert [each["id"] for each in ordered(found)] == ["soon", "late", "new", "old"]


def test_one_is_told_what_one_can_do_about_an_approval() -> None:
    """One's own is taken back, another's approved or refused."""
    assert "takes it back" in in_short(approval("a-1", "waiting"), "maria")
    assert "y approves" in in_short(approval("a-1", "waiting"), "otto")
    assert in_short(approval("a-1", "approved"), "otto").endswith("nobody knows what came of it")


def test_a_change_is_told_as_it_is_and_as_it_would_be() -> None:
    """Field by field; what is secret is not shown."""
    body = {"roles": ["driver"], "disabled": True}
    told_ = changes(detailed(body=body), {"roles": ["picker"]}).plain
    assert 'roles: ["picker"] → ["driver"]' in told_
    assert "disabled: true" in told_
    assert "not shown" in changes(detailed(), None).plain
    assert "name: Ana" in changes(detailed(method="DELETE"), {"name": "Ana", "groups": []}).plain


def test_a_long_text_is_told_by_the_lines_that_differ() -> None:
    """So that a site file can be read here."""
    before, after = "a = 1\nb = 2\n", "a = 1\nb = 3\n"
    told_ = changes(detailed(method="PUT", body={"site": after}), {"site": before}).plain
    assert "-b = 2\n+b = 3" in told_
    assert difference(before, before).plain == "nothing differs\n"
    many = "\n".join(str(line) for line in range(1000))
    assert "more" in difference("", many).plain
