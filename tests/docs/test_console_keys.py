"""The console's keys: each can be remapped by its id, and stands on the page about the console."""

from tests.docs.console_keys import PAGE, bindings, renewed, without_id


def test_the_page_has_every_key() -> None:
    """`python -m tests.docs.console_keys --write` brings it up to date."""
    page = PAGE.read_text(encoding="utf-8")
    assert renewed(page) == page


def test_every_key_has_an_id() -> None:
    """A key without one could not be remapped."""
    assert without_id() == []


def test_ids_are_named_alike() -> None:
    """First the part of the console, then what is done there, in small letters."""
    for id_ in bindings():
        part, dot, what = id_.partition(".")
        assert all((part, dot, what)), id_
        assert id_ == id_.lower(), id_
