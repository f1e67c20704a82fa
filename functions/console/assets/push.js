// The switch of pushes to this browser: it asks for permission, subscribes, and sends the form with what came of it.
// Without scripts, or in a browser without pushes, the page says so and lists the other browsers all the same.

const policy = globalThis.trustedTypes?.createPolicy("tocsin-push", { createScriptURL: (url) => url });

const form = document.getElementById("push");
const status = document.getElementById("push-state");
const button = form.querySelector("button");

const workerAt = new URL(form.dataset.worker, location.href).href;

const say = (kind, sentence) => {
  status.dataset.kind = kind;
  if (status.textContent !== sentence) status.textContent = sentence;
};

const bytesOf = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const nameOfBrowser = () => {
  const brands = navigator.userAgentData?.brands?.map((each) => each.brand) ?? [];
  const brand = brands.find((each) => !/not.?a|chromium/i.test(each)) ?? brands.find((each) => /chromium/i.test(each));
  const agent = navigator.userAgent;
  const browser = brand ?? agent.match(/Firefox|Edg|OPR|Chrome|Safari/)?.[0] ?? "Browser";
  const system = navigator.userAgentData?.platform ?? agent.match(/Windows|Android|iPhone|iPad|Mac OS|Linux/)?.[0] ?? "";
  return system ? `${browser} on ${system}` : browser;
};

const register = async () => {
  await navigator.serviceWorker.register(policy ? policy.createScriptURL(workerAt) : workerAt);
  return navigator.serviceWorker.ready;
};

const idOf = async (endpoint) => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  return [...new Uint8Array(digest)].map((each) => each.toString(16).padStart(2, "0")).join("").slice(0, 32);
};

/** Keep what the service worker needs when the browser gets another subscription; null: nothing any more. */
const keep = async (made) => {
  const store = await caches.open("tocsin-push");
  return made ? store.put(workerAt, Response.json(made)) : store.delete(workerAt);
};

/** Return what was kept; nothing if there is nothing. */
const kept = async () => (await (await caches.open("tocsin-push")).match(workerAt))?.json();

const subscribe = async () => {
  if ((await Notification.requestPermission()) !== "granted") {
    return say("bad", "This browser does not allow notifications from here. Allow them in its settings, then try again.");
  }
  const worker = await register();
  const options = { userVisibleOnly: true, applicationServerKey: bytesOf(form.dataset.key) };
  const made = (await worker.pushManager.getSubscription()) ?? (await worker.pushManager.subscribe(options));
  const { endpoint, keys } = made.toJSON();
  await keep({ who: form.dataset.who, key: form.dataset.key, endpoint, secret: keys.auth });
  form.elements.endpoint.value = endpoint;
  form.elements.p256dh.value = keys.p256dh;
  form.elements.auth.value = keys.auth;
  form.elements.device.value = nameOfBrowser();
  form.submit();
};

/** Mark the row of this browser in the list, and end the subscription here when it is removed there. */
const markOwn = async () => {
  const worker = await navigator.serviceWorker.getRegistration(workerAt);
  const made = await worker?.pushManager.getSubscription();
  if (!made) return;
  const row = document.querySelector(`[data-browser="${await idOf(made.endpoint)}"]`);
  if (!row) {
    const former = await kept();
    if (former && former.endpoint !== made.endpoint) return worker.active?.postMessage("renew"); // it has not arrived yet
    await keep(null);
    return made.unsubscribe();
  }
  row.querySelector(".own").hidden = false;
  say("ok", "This browser is pushed to.");
};

if ("serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis) {
  button.disabled = false;
  say("idle", "This browser is not pushed to.");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    button.setAttribute("aria-busy", "true");
    subscribe()
      .catch(() => say("bad", "The browser's push service did not answer. Try again later."))
      .finally(() => button.removeAttribute("aria-busy"));
  });
  markOwn().catch(() => 0);
} else {
  say("bad", "This browser cannot be pushed to. On an iPhone or iPad, add the console to the home screen first.");
}
