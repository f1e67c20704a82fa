"""An inbound mail, parsed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class InboundMail:
    """What is needed of a mail.

    Attributes:
        sender: the one address in From, "" if there is none or more than one.
        addressed_to: every address it may have been sent to, as written.
        subject: decoded.
        headers: decoded values by lower-case name; of several with one name the first.
        return_path: envelope sender, "" for bounces, None if our mail server does not say.
        text: what a reader would show, with quotes, without attachments.
        verdicts: what our mail server found about the sender: `spf`, `dkim`, `dmarc` to `pass`, `fail`, `none`, …
    """

    sender: str
    addressed_to: Sequence[str]
    subject: str
    headers: Mapping[str, str] = field(default_factory=dict)
    return_path: str | None = None
    text: str = ""
    verdicts: Mapping[str, str] = field(default_factory=dict)

    @property
    def forged(self) -> bool:
        """Whether our mail server says that it is not from whom it says. No word from it is no accusation."""
        if dmarc := self.verdicts.get("dmarc"):
            if dmarc == "pass":
                return False
            if dmarc == "fail":
                return True
        return self.verdicts.get("spf") == "fail" and self.verdicts.get("dkim") != "pass"

    @property
    def vouched_for(self) -> bool:
        """Whether it says from whom it is, and our mail server, where it looks at senders at all, believes it."""
        if not self.sender or self.forged:
            return False
        return not self.verdicts or "pass" in (self.verdicts.get(name) for name in ("dmarc", "dkim", "spf"))


class UnreadableReason(StrEnum):
    """Why a mail cannot be read."""

    TIME = "time"  # parsing it takes more CPU time than a mail may cost
    MEMORY = "memory"  # the same of memory
    MALFORMED = "malformed"  # it is no mail
    CRASHED = "crashed"  # the parser ended in another way


@dataclass(frozen=True, slots=True)
class UnreadableMail:
    """A mail that cannot be read within the limits.

    Attributes:
        addressed_to: every address it may have been sent to, as far as its first bytes tell.
    """

    why: UnreadableReason
    addressed_to: Sequence[str] = ()
