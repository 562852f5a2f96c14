"""How a report looks: on a screen, light or dark, and on paper."""

from typing import Final

STYLE: Final = """
:root { color-scheme: light dark; --ink: #1b1f24; --quiet: #57606a; --paper: #fff; --edge: #d0d7de;
  --stripe: #f6f8fa; --plain: #2f6fb3; --good: #2c7a4b; --bad: #b3362f; --unsure: #a16a00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --quiet: #9198a1; --paper: #12161b;
  --edge: #343b44; --stripe: #1a2027; --plain: #6aa9ea; --good: #57b97b; --bad: #f0776e;
  --unsure: #dba63c; } }
* { box-sizing: border-box; }
html { color: var(--ink); background: var(--paper);
  font: 15px/1.45 system-ui, "Liberation Sans", Arial, sans-serif; }
body { margin: 0 auto; max-width: 1100px; padding: 24px 20px 48px; }
header { border-bottom: 2px solid var(--ink); margin-bottom: 20px; padding-bottom: 8px; }
.site { color: var(--quiet); margin: 0; }
h1 { font-size: 26px; line-height: 1.2; margin: 0 0 8px; }
h2, figcaption { font-size: 17px; font-weight: bold; margin: 26px 0 6px; break-after: avoid; }
h2 small, figcaption small { color: var(--quiet); font-weight: normal; }
p { margin: 0 0 6px; }
.says { font-size: 18px; font-weight: 600; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 14px; margin: 12px 0 4px; }
dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
figure { margin: 0; break-inside: avoid; }
svg { width: 100%; max-width: 820px; height: auto; display: block; font-size: 12px; }
svg text { fill: var(--ink); } svg .label { text-anchor: end; fill: var(--quiet); }
svg .foot { text-anchor: middle; fill: var(--quiet); } svg line { stroke: var(--edge); }
.plain { fill: var(--plain); background: var(--plain); } .good { fill: var(--good); background: var(--good); }
.bad { fill: var(--bad); background: var(--bad); }
.unsure { fill: var(--unsure); background: var(--unsure); }
.key { display: flex; flex-wrap: wrap; gap: 4px 18px; list-style: none; margin: 0 0 6px; padding: 0; }
.key i { display: inline-block; width: 11px; height: 11px; margin-right: 6px; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
tbody tr:nth-child(even) { background: var(--stripe); }
th, td { text-align: left; vertical-align: top; padding: 4px 10px 4px 4px;
  border-bottom: 1px solid var(--edge); }
th { font-size: 12px; color: var(--quiet); border-bottom: 1px solid var(--ink); white-space: nowrap; }
.right { text-align: right; white-space: nowrap; }
.at, .id { white-space: nowrap; }
.id, .quiet { color: var(--quiet); font-size: 12px; }
ul { margin: 0; padding-left: 20px; }
.signed { margin-top: 16mm; break-inside: avoid; }
.signed span { display: inline-block; border-bottom: 1px solid var(--ink); width: 48mm; margin: 0 7mm 0 2mm; }
@media print {
  :root { color-scheme: only light; --ink: #000; --quiet: #444; --paper: #fff; --edge: #999; --stripe: #fff;
    --plain: #2f6fb3; --good: #2c7a4b; --bad: #b3362f; --unsure: #a16a00; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  html { font-size: 10pt; } body { max-width: none; padding: 0; } table { font-size: 8.5pt; }
  .scroll { overflow: visible; } th { white-space: normal; } td { overflow-wrap: anywhere; }
}
"""
PAPER: Final = """
@media screen {
  :root { color-scheme: only light; --ink: #000; --quiet: #444; --paper: #fff; --edge: #999; --stripe: #fff;
    --plain: #2f6fb3; --good: #2c7a4b; --bad: #b3362f; --unsure: #a16a00; }
  html { background: #e6e6e6; } body { background: #fff; margin: 20px auto; max-width: 210mm;
    padding: 14mm 12mm; }
}
"""


def foot(words: str, *, wide: bool) -> str:
    """Give the rules of a printed sheet: words and the number of the sheet at the foot of each."""
    side = "landscape" if wide else "portrait"
    font = 'font: 8pt system-ui, "Liberation Sans", Arial, sans-serif; color: #444;'
    return f"""@page {{ size: A4 {side}; margin: 14mm 12mm 16mm;
  @bottom-left {{ content: "{_quoted(words)}"; {font} }}
  @bottom-right {{ content: counter(page) " / " counter(pages); {font} }} }}
"""


def _quoted(words: str) -> str:
    """Write words as a string of CSS within a page: nothing but letters and digits as themselves.

    A blank would be taken for the end of the number before it.
    """
    return "".join(c if c.isascii() and c.isalnum() else f"\\{ord(c):06x}" for c in words)
