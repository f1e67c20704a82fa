// Refreshes the phones and mailboxes every two seconds: not while the tab is hidden, not while an answer is being
// typed, and not while paused. Without this script, the page has a link that does the same.

const EVERY = 2000;
const people = document.getElementById("people");
const watch = document.getElementById("watch");
const word = document.getElementById("watch-word");
const pause = document.getElementById("pause");
const said = document.getElementById("status");
const ours = window.trustedTypes
  ? trustedTypes.createPolicy("tocsin", { createHTML: (html) => html })
  : { createHTML: (html) => html };
let paused = false;
let tag = "";

const typing = () => [...people.querySelectorAll("input.input")].some((f) => f === document.activeElement || f.value);

function show(state, words) {
  watch.dataset.watch = state;
  word.textContent = words;
}

function replace(html) {
  const part = new DOMParser().parseFromString(ours.createHTML(html), "text/html").getElementById("changing");
  const before = document.getElementById("changing");
  if (!part || !before) return location.reload();
  const focused = document.activeElement?.id;
  for (const old of before.querySelectorAll("details[id]")) {
    const now = part.querySelector(`#${CSS.escape(old.id)}`);
    if (now) now.open = old.open;
  }
  before.replaceWith(part);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  if (part.dataset.summary !== before.dataset.summary) said.textContent = part.dataset.summary;
}

async function refresh() {
  if (paused || document.hidden || typing()) return;
  try {
    const headers = tag ? { "If-None-Match": tag } : {};
    const reply = await fetch(`people${location.search}`, { headers });
    if (reply.status === 200) {
      const html = await reply.text();
      if (paused || typing()) return;
      tag = reply.headers.get("ETag") ?? "";
      replace(html);
    } else if (reply.status !== 304) throw new Error(String(reply.status));
    show("live", "Live");
  } catch {
    show("lost", "No connection; this may be old");
  }
}

pause.addEventListener("click", () => {
  paused = !paused;
  pause.textContent = paused ? "Go on" : "Pause";
  show(paused ? "paused" : "live", paused ? "Paused" : "Live");
});
watch.hidden = pause.hidden = false;
document.getElementById("refresh").hidden = true;
document.addEventListener("visibilitychange", refresh);
(async function always() {
  await refresh();
  setTimeout(always, EVERY);
})();
