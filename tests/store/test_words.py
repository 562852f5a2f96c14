import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessctl.store.words import plain, words_of


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Ana Marsh", ("ana", "marsh")),
        ("Müller-Šimon, José", ("muller", "simon", "jose")),
        ("O’Brien O'Brien", ("o", "brien")),
        ("STRASSE Straße", ("strasse",)),
        ("李 伟", ("李", "伟")),
        ("İpek", ("ipek",)),
        ("—", ()),
    ],
)
def test_a_name_is_found_by_its_words(name: str, words: tuple[str, ...]) -> None:
    """Case, accents and what stands between words do not count."""
    assert words_of(name) == words


@given(st.text())
def test_how_a_name_is_composed_does_not_matter(name: str) -> None:
    """A letter with its accent and the two apart are the same to whoever types."""
    forms = {words_of(unicodedata.normalize(form, name)) for form in ("NFC", "NFD")}
    assert len(forms) == 1


@given(st.text())
def test_what_is_plain_stays_so(name: str) -> None:
    """Words that were made once are compared as they are."""
    assert plain(plain(name)) == plain(name)
