"""The language of the console: which words stand on the screen instead of the English ones in the code.

Translators write ``languages/<language>.po``; what is not in it stays English. The language is chosen when
the console starts (``ACCESSCTL_LANGUAGE``, else the locale) and stays what it is: keys are named when their
classes are made.
"""

import gettext
import os
from collections.abc import Mapping
from typing import Final

from accessctl.tui.translations import ENGLISH, FOLDER, language_of

VARIABLE: Final = "ACCESSCTL_LANGUAGE"
_LOCALE_VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")


def chosen(environment: Mapping[str, str]) -> str:
    """Give the language that an environment asks for; English where there is no other."""
    said = next((environment[name] for name in (VARIABLE, *_LOCALE_VARIABLES) if environment.get(name)), "")
    return language_of(said) or ENGLISH


class Catalog:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        """Read its file; English has none."""
        self.language = language
        self._words: dict[str, str] = {}
        self._plurals: dict[str, dict[int, str]] = {}
        self._form = gettext.c2py("n != 1")
        if language != ENGLISH:
            self._read(FOLDER.joinpath(f"{language}.po").read_text(encoding="utf-8"))

    def _read(self, text: str) -> None:
        import polib  # only where there is another language

        catalog = polib.pofile(text)
        for entry in catalog.translated_entries():
            self._words[entry.msgid] = entry.msgstr
            if entry.msgid_plural:
                self._plurals[entry.msgid] = entry.msgstr_plural
        forms = catalog.metadata.get("Plural-Forms", "")
        if "plural=" in forms:
            self._form = gettext.c2py(forms.split("plural=")[1].rstrip("; "))

    def one(self, words: str) -> str:
        """Give words in this language."""
        return self._words.get(words) or words

    def many(self, one: str, more: str, count: int) -> str:
        """Give words for so many, with ``{count}`` filled in."""
        forms = self._plurals.get(one)
        said = forms[self._form(count)] if forms else (one if count == 1 else more)
        return said.format(count=count)


_catalog: Final = Catalog(chosen(os.environ))
LANGUAGE: Final = _catalog.language
_ = _catalog.one
"""Words that are looked up here and now; literal, so that they are found when strings are gathered."""
many = _catalog.many


def to_translate(words: str) -> str:
    """Mark words that are looked up later, by ``_``."""
    return words
