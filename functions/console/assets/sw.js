// Shows what is pushed, and opens its page when it is clicked. If the browser gets another subscription, it tells the
// console, with what the page kept of the former one. It answers no request of the pages.

addEventListener("install", () => skipWaiting());

addEventListener("push", (event) => {
  let said = {};
  try {
    said = event.data?.json() ?? {};
  } catch {
    // A browser shows something for every push, or it ends the subscription.
  }
  const shown = registration.showNotification(said.title || "Tocsin", {
    body: said.text || "There is something new in your inbox.",
    tag: said.tag || "tocsin",
    data: { url: said.url || "me/inbox" },
  });
  event.waitUntil(shown);
});

/** Return the address of a page: below the console, whatever prefix it has here; or that of another site. */
const addressOf = (url) => new URL(url.replace(/^\/?console\//, ""), registration.scope).href;

const open = async (url) => {
  const address = addressOf(url);
  const windows = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = windows.find((each) => each.url === address);
  return there ? there.focus() : clients.openWindow(address);
};

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.url ?? "me/inbox"));
});

const bytesOf = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

/** Put the new subscription in the place of the former one. It needs no session: the former secrets are proof.
 *  Return whether nothing is left to do. */
const renew = async (given) => {
  const store = await caches.open("tocsin-push");
  const former = await (await store.match(location.href))?.json();
  if (!former) return true;
  const options = { userVisibleOnly: true, applicationServerKey: bytesOf(former.key) };
  const made = given ?? (await registration.pushManager.getSubscription()) ?? (await registration.pushManager.subscribe(options));
  const { endpoint, keys } = made.toJSON();
  if (endpoint === former.endpoint) return true;
  const { who, secret } = former;
  const body = new URLSearchParams({ who, former: former.endpoint, secret, endpoint, p256dh: keys.p256dh, auth: keys.auth });
  const answer = await fetch(new URL("renew-push", registration.scope), { method: "POST", body, credentials: "omit" });
  if (answer.ok) await store.put(location.href, Response.json({ ...former, endpoint, secret: keys.auth }));
  if (answer.status === 404) {
    await store.delete(location.href); // it was removed from the list
    await made.unsubscribe?.();
  }
  return answer.ok || (answer.status >= 400 && answer.status < 500);
};

/** Renew, and try again for a while: the console may not be reached at once. A visit of the page tries again later. */
const renewed = async (given) => {
  for (const wait of [0, 1_000, 10_000, 60_000]) {
    await new Promise((done) => setTimeout(done, wait));
    if (await renew(given).catch(() => false)) return;
  }
};

addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renewed(event.newSubscription)));
addEventListener("message", (event) => event.data === "renew" && event.waitUntil(renewed()));
