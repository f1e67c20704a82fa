// Shows what is pushed, and opens its page when it is clicked. It keeps nothing, and answers no request of the pages.

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
