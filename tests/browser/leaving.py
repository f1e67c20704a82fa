"""A page that is being left takes no more clicks of a test."""

from __future__ import annotations

from playwright.sync_api import BrowserContext

_HIDE = """
const hide = () => { document.documentElement.style.visibility = "hidden"; };
const stays = (event, target) => event.defaultPrevented || (target || "_self") !== "_self";
addEventListener("submit", event => { if (!stays(event, event.submitter?.formTarget || event.target.target)) hide(); });
addEventListener("click", event => {
  const link = event.target.closest?.("a[href]");
  if (!link || stays(event, link.target) || link.hasAttribute("download")) return;
  const [to, here] = [new URL(link.href), new URL(location.href)];
  if (to.protocol.startsWith("http") && (to.href.split("#")[0] !== here.href.split("#")[0] || !to.hash)) hide();
});
"""


def hide_pages_that_are_left(context: BrowserContext) -> None:
    """Hide each page of `context` from the click that leaves it, until the next page is there.

    A slow machine still shows the old page when the test goes on. A row that both pages have would be opened on the
    old one, and the test would wait for it on the new one.
    """
    context.add_init_script(_HIDE)
