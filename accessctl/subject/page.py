"""A copy of what is held of somebody as a page that they can read; it needs nothing from elsewhere."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, Final

_STYLE: Final = """
:root { color-scheme: light dark; }
body { font: 11pt/1.45 system-ui, "Liberation Sans", Arial, sans-serif; margin: 0 auto; max-width: 60rem;
  padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .4rem; break-after: avoid; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
thead { display: table-header-group; } tr { break-inside: avoid; }
th, td { text-align: left; vertical-align: top; padding: .25rem .7rem .25rem 0;
  border-bottom: 1px solid color-mix(in srgb, currentColor 25%, transparent); overflow-wrap: anywhere; }
.quiet { opacity: .75; }
@page { margin: 16mm 14mm; }
@media print { body { max-width: none; padding: 0; font-size: 9.5pt; } }
"""
_TABLES: Final = (
    ("credentials", "Cards, codes and passes"),
    ("qualifications", "Qualifications"),
    ("temporary_access", "Access for a while"),
    ("consents", "Consents"),
    ("biometrics", "Fingers and faces"),
    ("entered", "Where you are counted now"),
)
_LISTS: Final = (
    ("entries", "What the record says of you"),
    ("looked_at", "Who looked at what is held of you"),
    ("shared", "What about everybody left the controller since you were added"),
    ("in_backups", "Backups, which hold it as it was when they were made"),
)


def page_of(copy: Mapping[str, Any]) -> str:
    """Give the HTML page of a copy. Raises ``KeyError`` for what is none."""
    held: Mapping[str, Any] = copy["held"]
    facts = {name: value for name, value in held.items() if name not in dict(_TABLES)}
    sections = [_section("About you", _facts(facts))]
    sections += [_section(title, _table(held[name])) for name, title in _TABLES]
    sections += [_section(title, _table(copy[name])) for name, title in _LISTS]
    notes = "".join(f"<p>{escape(note)}</p>" for note in copy["notes"])
    title = f"What is held of {held['name']}"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
</head>
<body>
<header><h1>{escape(title)}</h1>
<p class="quiet">{escape(copy["person"])} · made {escape(copy["made_at"])}</p></header>
{"".join(sections)}
{_section("What is not in this copy", notes)}
</body>
</html>
"""


def _section(title: str, body: str) -> str:
    return f"<section><h2>{escape(title)}</h2>\n{body}</section>\n"


def _facts(facts: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><th>{_words(name)}</th><td>{_value(value)}</td></tr>" for name, value in facts.items()
    )
    return f'<div class="scroll"><table>{rows}</table></div>'


def _table(rows: Iterable[Mapping[str, Any]]) -> str:
    found = list(rows)
    names = list(dict.fromkeys(name for row in found for name in row))
    if not found:
        return '<p class="quiet">Nothing.</p>'
    head = "".join(f"<th>{_words(name)}</th>" for name in names)
    body = "\n".join(
        f"<tr>{''.join(f'<td>{_value(row.get(name))}</td>' for name in names)}</tr>" for row in found
    )
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _words(name: str) -> str:
    return escape(name.replace("_", " "))


def _value(value: object) -> str:
    match value:
        case None | "" | []:
            return "–"
        case bool():
            return "yes" if value else "no"
        case dict():
            return "; ".join(f"{_words(str(name))}: {_value(each)}" for name, each in value.items())
        case list():
            return ", ".join(map(_value, value))
        case _:
            return escape(str(value))
