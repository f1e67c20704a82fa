// Phones that ring while this page is open: it asks for their events, shows what is said, and speaks it.

const root = document.getElementById("phones");
const token = root.dataset.token;
const watch = document.getElementById("watch");
const word = document.getElementById("watch-word");
const announced = document.getElementById("status");
const soundButton = document.getElementById("sound");
const speech = globalThis.speechSynthesis;
const PROMPTS = { pre: "before", main: "message", post: "question", done: "thanks" };
let audio;
let sound = true;

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const send = async (path, fields) => {
  const reply = await fetch(path, { method: "POST", body: new URLSearchParams({ token, ...fields }) });
  return reply.ok ? "" : ((await reply.json().catch(() => ({}))).message ?? "The local engine did not answer.");
};

class Phone {
  constructor(card) {
    this.card = card;
    this.number = card.dataset.number;
    this.name = card.querySelector("h2 bdi").textContent;
    card.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-act], [data-key]");
      if (button) this.act(button.dataset.key ? { act: "press", key: button.dataset.key } : { act: button.dataset.act });
    });
    card.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.clear();
      this.told(send("phones/call", { from: this.number, to: event.target.elements.to.value }));
    });
  }

  part(name) {
    return this.card.querySelector(`[data-part="${name}"]`);
  }

  act(fields) {
    if (fields.act === "press") this.line(`You pressed ${fields.key}`, "noted");
    if (fields.act === "hang_up") this.hush();
    this.told(send("phones/act", { call: this.call ?? "", ...fields }));
  }

  async told(sending) {
    const problem = await sending.catch(() => "The local engine did not answer.");
    this.part("told").textContent = problem;
    this.part("told").hidden = !problem;
  }

  show(state, kind, words) {
    const focused = this.card.contains(document.activeElement);
    this.card.dataset.state = state;
    this.part("state").textContent = words;
    this.part("state").className = `pill ${kind}`;
    // The button that was pressed has gone: what comes next is near it.
    if (focused) this.card.querySelector(state === "talking" ? '[data-key="1"]' : "h2").focus();
  }

  clear() {
    this.part("said").replaceChildren();
    this.told(Promise.resolve(""));
  }

  line(words, kind, prompt = "") {
    const item = document.createElement("li");
    item.className = kind;
    const said = document.createElement("p");
    said.textContent = words;
    if (kind === "got") said.className = "quote";
    item.append(said);
    if (prompt) item.append(Object.assign(document.createElement("small"), { className: "soft", textContent: prompt }));
    this.part("said").append(item);
  }

  hush() {
    if (speaker === this) speech?.cancel();
    this.playing?.pause();
  }

  say({ text, file, lang, prompt, seconds }) {
    this.line(text || `a recording, ${seconds.toFixed(1)} s`, "got", PROMPTS[prompt] ?? prompt);
    if (!sound) return;
    if (file) {
      this.playing = new Audio(`phones/recording?${new URLSearchParams({ file })}`);
      this.playing.play().catch(() => {});
    } else if (speech) {
      const words = new SpeechSynthesisUtterance(text);
      if (lang) words.lang = lang;
      speaker = this;
      speech.speak(words);
    }
  }

  on(event) {
    switch (event.event) {
      case "ringing":
        this.call = event.call;
        this.clear();
        this.part("from").textContent = event.from;
        this.show("ringing", "wait", "rings");
        announced.textContent = `The phone of ${this.name} rings.`;
        break;
      case "answered":
        this.call = event.call;
        this.show("talking", "ok", "in the call");
        break;
      case "saying":
        this.say(event);
        break;
      case "said":
        if (event.cut) this.hush();
        break;
      case "ended":
        if (event.by !== "system") this.hush();
        this.show("quiet", "idle", `ended: ${event.by}`);
        this.call = undefined;
        break;
    }
  }
}

let speaker;
const phones = new Map([...root.querySelectorAll("[data-number]")].map((card) => [card.dataset.number, new Phone(card)]));

// The British ringing tone: 400 and 450 Hz, twice 0.4 s, every 3 s. Browsers are silent until the page is clicked.
function ring() {
  if (!sound || !root.querySelector('[data-state="ringing"]')) return;
  audio ??= new AudioContext();
  if (audio.state !== "running") return void audio.resume().catch(() => {});
  for (const begin of [0, 0.6]) {
    for (const hertz of [400, 450]) {
      const [tone, volume] = [audio.createOscillator(), audio.createGain()];
      tone.frequency.value = hertz;
      volume.gain.value = 0.05;
      tone.connect(volume).connect(audio.destination);
      tone.start(audio.currentTime + begin);
      tone.stop(audio.currentTime + begin + 0.4);
    }
  }
}

function live(state, words) {
  watch.dataset.watch = state;
  word.textContent = words;
}

soundButton.hidden = watch.hidden = false;
soundButton.addEventListener("click", () => {
  sound = !sound;
  soundButton.setAttribute("aria-pressed", String(sound));
  if (!sound) for (const phone of phones.values()) phone.hush();
});
addEventListener("pointerdown", () => audio?.resume(), { capture: true });
setInterval(ring, 3000);

(async function listen() {
  const query = new URLSearchParams({ numbers: [...phones.keys()].join(",") });
  for (;;) {
    try {
      const reply = await fetch(`phones/events?${query}`);
      if (reply.status === 403) return location.reload();
      if (!reply.ok) throw new Error(String(reply.status));
      const { events, after } = await reply.json();
      query.set("after", after);
      live("live", "Live");
      for (const event of events) {
        phones.get(event.number)?.on(event);
        if (event.event === "ringing") ring();
      }
    } catch {
      live("lost", "No connection; calls do not ring here");
      query.delete("after");
      await pause(2000);
    }
  }
})();
