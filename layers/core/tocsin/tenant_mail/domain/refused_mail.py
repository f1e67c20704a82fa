"""What is kept of a mail that an account's own server did not take."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.kernel.domain.ids import AlertRef
from tocsin.tenant_mail.domain.server_answer import HIDDEN

_WORD = re.compile(r"""[^\s<>()\[\],;:"]+""")

WORDS_KEPT = timedelta(days=90)
"""How long a server's words about a mail are kept, as the mail's run is."""

WAITS_KEPT = timedelta(hours=25)
"""How long an alert may have mails that wait: they are tried for 24 hours."""


@dataclass(frozen=True, slots=True)
class WaitingMail:
    """An alert that may have mails that wait for the account's server.

    Attributes:
        at: when one of them was refused last.
    """

    alert: AlertRef
    at: datetime


def without_address(said: str, address: str) -> str:
    """Return a server's words without the receiver's address: servers repeat it, or the part before the @ alone."""
    whole = address.casefold()
    local = whole.rpartition("@")[0]

    def shown(word: re.Match[str]) -> str:
        folded = word[0].casefold()
        # The words may have been cut in the middle of the address.
        is_begun = "@" in folded and word.end() == len(said) and whole.startswith(folded)
        return HIDDEN if whole in folded or is_begun or folded.strip(".'") == local else word[0]

    return _WORD.sub(shown, said)
