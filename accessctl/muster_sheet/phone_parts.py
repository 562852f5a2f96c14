"""How the phone's page looks, and the script that keeps it fresh. Both stand in the page itself."""

from typing import Final

STYLE: Final = """
:root { color-scheme: light dark; --bg: #fff; --fg: #111; --soft: #555; --line: #bbb; --go: #0a5c2b;
  --bad: #a40e0e; --warn: #ffe08a; }
@media (prefers-color-scheme: dark) { :root { --bg: #111; --fg: #f2f2f2; --soft: #b5b5b5; --line: #444;
  --go: #1f8a4c; --bad: #ff8a80; --warn: #6b5200; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--fg); font: 17px/1.35 system-ui, sans-serif; }
main { max-width: 44rem; margin: 0 auto; padding: 0 12px 40px; }
header { position: sticky; top: 0; background: var(--bg); padding: 8px 0;
  border-bottom: 2px solid var(--fg); }
header p, h1 { margin: 0; }
h1 { font-size: 1.1rem; }
.totals { font-size: 1.35rem; font-weight: 700; }
.running .totals { color: var(--bad); }
.line { display: flex; justify-content: space-between; align-items: center; gap: 12px; }
.again { padding: 12px 4px; color: inherit; }
.warning, .gone { background: var(--warn); font-weight: 700; padding: 4px 8px; }
h2 { font-size: 1.1rem; margin: 18px 0 4px; }
h2 small { color: var(--soft); font-weight: 400; }
ul { list-style: none; margin: 0; padding: 0; }
li { display: flex; align-items: center; gap: 12px; min-height: 60px; border-top: 1px solid var(--line);
  padding: 6px 0; }
li div { flex: 1; min-width: 0; overflow-wrap: anywhere; }
li b, li span { display: block; }
li span { color: var(--soft); font-size: .9rem; }
form { margin: 0; }
button { min-width: 112px; min-height: 56px; border: 0; border-radius: 10px; background: var(--go);
  color: #fff;  font: 700 1rem system-ui, sans-serif; touch-action: manipulation; }
button[disabled] { background: transparent; color: inherit; border: 2px dashed currentColor; }
.safe li { min-height: 44px; }
summary { padding: 14px 0; }
dl { margin: 0; } dt { font-weight: 700; } dd { margin: 0 0 8px; }
"""
SCRIPT: Final = """
"use strict";
const EVERY = 5000, unsent = new Map();
const refused = new Set();
let busy = false, again = false, since = document.getElementById("muster").dataset.since;
function fill(words, name, value) { return words.replace("{" + name + "}", value); }
function tell(words) {
  const line = document.getElementById("line");
  line.textContent = words;
  line.className = "gone";
}
function gone() { tell(fill(WORDS.gone, "at", document.getElementById("line").dataset.at)); }
function mark() {
  for (const row of document.querySelectorAll("li[data-person]")) {
    const button = row.querySelector("button");
    if (button && unsent.has(row.dataset.person)) {
      button.disabled = true;
      button.textContent = WORDS.sending;
    }
  }
  const note = document.getElementById("unsent"), said = [];
  if (unsent.size) said.push(fill(WORDS.unsent, "count", unsent.size));
  for (const name of refused) said.push(fill(WORDS.refused, "name", name));
  note.textContent = said.join(" \\u00b7 ");
  note.hidden = said.length === 0;
}
function list(text) {
  // Only the list: a style sheet of the answer would be one that this page does not allow.
  const begin = text.indexOf('<main id="muster"'), end = text.indexOf("</main>");
  if (begin < 0 || end < begin) return null;
  const parsed = new DOMParser().parseFromString(text.slice(begin, end + 7), "text/html");
  return parsed.getElementById("muster");
}
function take(text) {
  const fresh = list(text);
  if (!fresh) { tell(WORDS.login); return false; }
  if (fresh.dataset.since !== since) {
    // A tick counts in the muster that it was made in, and in no other.
    refused.clear();
    for (const tick of unsent.values()) refused.add(tick.name);
    unsent.clear();
    since = fresh.dataset.since;
  }
  const open = document.querySelector("details").open;
  document.getElementById("muster").replaceWith(fresh);
  document.querySelector("details").open = open;
  mark();
  return true;
}
async function ask(where, how) {
  const stop = new AbortController(), timer = setTimeout(() => stop.abort(), 8000);
  try {
    const always = {credentials: "same-origin", cache: "no-store", signal: stop.signal};
    const answer = await fetch(where, {...always, ...how});
    return {status: answer.status, text: await answer.text()};
  } finally { clearTimeout(timer); }
}
async function send() {
  for (const [person, tick] of unsent) {
    // The field that proves where a form comes from may be another one by now.
    const form = document.querySelector("li[data-person] form");
    const body = new URLSearchParams(tick.body);
    if (form) body.set("csrf", form.elements.csrf.value);
    const answer = await ask(tick.action, {method: "POST", body});
    if (answer.status >= 500 || answer.status === 429) { gone(); return false; }
    if (answer.status === 401 || (answer.status < 400 && !list(answer.text))) {
      tell(WORDS.login);
      return false;
    }
    unsent.delete(person);
    if (answer.status >= 400) refused.add(tick.name);
  }
  return true;
}
async function look() {
  if (busy) { again = true; return; }
  busy = true;
  again = false;
  try {
    if (await fetched() && unsent.size && await send()) await fetched();
  } catch (error) { gone(); } finally {
    busy = false;
    mark();
    if (again) setTimeout(look, 0);
  }
}
async function fetched() {
  const answer = await ask(location.href, {});
  if (answer.status === 200) return take(answer.text);
  if (answer.status === 401 || answer.status === 403) tell(WORDS.login);
  else gone();
  return false;
}
document.addEventListener("submit", event => {
  const row = event.target.closest("li[data-person]");
  if (!row) return;
  event.preventDefault();
  const name = row.querySelector("b").textContent;
  const body = new URLSearchParams(new FormData(event.target)).toString();
  unsent.set(row.dataset.person, {action: event.target.action, body, name});
  mark();
  look();
});
document.addEventListener("click", event => {
  if (event.target.closest(".again")) { event.preventDefault(); look(); }
});
addEventListener("online", look);
addEventListener("beforeunload", event => { if (unsent.size) event.preventDefault(); });
setInterval(look, EVERY);
"""
