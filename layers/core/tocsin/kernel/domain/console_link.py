"""Links of messages to pages of the console. Pages link to each other by relative addresses instead."""

from __future__ import annotations


def console_link(address: str, page: str) -> str:
    """Return the address of a page of the console; "" if it is not known where the console is.

    Args:
        address: where people reach the API that serves the console, without a slash at the end, for example
            `https://console.example.org`; "" = it is not known.
        page: below the console, with its query, for example `me/notifications?tab=account`.
    """
    return f"{address}/console/{page}" if address else ""
