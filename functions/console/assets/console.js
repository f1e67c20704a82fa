// What the pages do by themselves, if scripts run: watch, plan while typing, count down, copy, warn before the session
// ends. Without scripts every page works all the same.

const policy = globalThis.trustedTypes?.createPolicy("tocsin", { createHTML: (text) => text });

/** Return the element with this id in a piece of a page that our own server sent. */
const parsed = (text, id) =>
  new DOMParser().parseFromString(policy ? policy.createHTML(text) : text, "text/html").getElementById(id);

const say = (sentence) => {
  const region = document.getElementById("said");
  if (region && sentence && region.textContent !== sentence) region.textContent = sentence;
};

const morph = (old, fresh) =>
  globalThis.Idiomorph.morph(old, fresh, { restoreFocus: true, ignoreActiveValue: true });

// --- watching: <section id="live" data-watch="2"> asks for itself again after so many seconds --------------------------

const watch = (element) => {
  const sign = document.querySelector(".watch");
  const button = sign?.querySelector("button");
  let etag = element.dataset.etag ?? "";
  let pause = false;
  let timer = 0;
  let wait = Number(element.dataset.watch) || 0;

  const show = (word, text) => {
    if (!sign) return;
    sign.dataset.watch = word;
    sign.querySelector(".word").textContent = text;
  };
  const busy = () =>
    document.hidden || pause || document.querySelector(":popover-open:not(.side), dialog[open]") ||
    element.contains(document.activeElement?.closest("input, textarea, select"));
  const later = (seconds) => {
    clearTimeout(timer);
    if (seconds > 0) timer = setTimeout(look, seconds * 1000);
  };
  const look = async () => {
    if (busy()) return later(1);
    const url = new URL(location.href);
    url.searchParams.set("part", "live");
    url.searchParams.delete("said");
    try {
      const answer = await fetch(url, { headers: etag ? { "If-None-Match": etag } : {}, redirect: "manual", cache: "no-store" });
      if (answer.type === "opaqueredirect" || answer.status === 403) return location.reload();
      if (answer.status !== 304 && !answer.ok) throw new Error(String(answer.status));
      wait = Number(answer.headers.get("X-Next") ?? wait);
      if (answer.status === 200) {
        etag = answer.headers.get("ETag") ?? "";
        const fresh = parsed(await answer.text(), element.id);
        if (!busy() && fresh) {
          morph(element, fresh);
          say(element.dataset.sentence);
        }
      }
      show(wait ? "live" : "over", wait ? "Live" : "Over");
      later(wait);
    } catch {
      show("lost", "No connection; this may be old");
      later(Math.min(30, Math.max(4, wait * 2)));
    }
  };

  if (!wait) return;
  if (sign) sign.hidden = false;
  button?.addEventListener("click", () => {
    pause = !pause;
    button.textContent = pause ? "Go on" : "Pause";
    show(pause ? "paused" : "live", pause ? "Paused" : "Live");
    if (!pause) look();
  });
  addEventListener("online", look);
  document.addEventListener("visibilitychange", () => document.hidden || later(0.2));
  show("live", "Live");
  later(wait);
};

// --- the plan beside a form: <form data-plan="plan"> -------------------------------------------------------------------

const plan = (form) => {
  const target = document.getElementById(form.dataset.plan);
  let timer = 0;
  let turn = 0;
  const ask = async () => {
    const mine = ++turn;
    const body = new URLSearchParams(new FormData(form));
    body.set("part", "plan");
    try {
      const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
      if (mine !== turn || !answer.ok) return;
      const fresh = parsed(await answer.text(), target.id);
      if (fresh) {
        morph(target, fresh);
        say(target.dataset.sentence);
      }
    } catch {
      // The plan stays as it was; the form itself works without it.
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 400);
  });
};

// --- listening: the browser reads out what a call would say; a second press ends it -----------------------------------

const speech = globalThis.speechSynthesis;
if (speech) document.documentElement.classList.add("speaks");
addEventListener("click", (event) => {
  const button = event.target.closest("[data-listen]");
  if (!button) return;
  if (speech.speaking) return speech.cancel();
  for (const part of document.getElementById(button.dataset.listen).querySelectorAll("[lang]")) {
    const words = new SpeechSynthesisUtterance(part.textContent);
    words.lang = part.lang;
    speech.speak(words);
  }
});

// --- small things ------------------------------------------------------------------------------------------------------

const countDown = () => {
  for (const element of document.querySelectorAll("[data-until]")) {
    const left = Math.max(0, Math.round((Date.parse(element.dataset.until) - Date.now()) / 1000));
    const text = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (element.textContent !== text) element.textContent = text;
  }
};

const warnBeforeTheEnd = () => {
  const dialog = document.getElementById("ending");
  const ends = Date.parse(document.body.dataset.ends ?? "");
  if (!dialog || !ends) return;
  setTimeout(() => dialog.showModal(), Math.max(0, ends - Date.now() - 120_000));
  dialog.addEventListener("close", () => fetch(location.href, { method: "HEAD" }).catch(() => 0));
};

addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "dialog" || event.submitter?.formTarget || event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  event.submitter?.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach((form) => delete form.dataset.sent));
addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  say("Copied");
});

document.querySelectorAll("[data-watch][id]").forEach(watch);
document.querySelectorAll("form[data-plan]").forEach(plan);
if (document.querySelector("[data-until]") || document.querySelector("[data-watch]")) setInterval(countDown, 1000);
countDown();
warnBeforeTheEnd();
document.getElementById("faults")?.focus();
