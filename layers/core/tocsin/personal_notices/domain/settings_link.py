"""The line of a mail that leads to the settings of its receiver."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.kernel.domain.console_link import console_link

SETTINGS_PAGE = "me/notifications"
"""The page of the console on which people say what they want to hear of."""

ACCOUNT_SETTINGS_PAGE = f"{SETTINGS_PAGE}?tab=account"
"""The part of it about the account, for owners and admins; others come to the first part."""

CHANGE = "Change what you are told"
"""The words of the link."""


def settings_lines(console: str, page: str = SETTINGS_PAGE) -> Sequence[str]:
    """Return the line; none if it is not known where the console is.

    Args:
        console: as `console_link` takes it.
    """
    link = console_link(console, page)
    return [f"{CHANGE}: {link}"] if link else []
