"""An inbound mail, parsed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tocsin.inbound.domain.own_text import OwnText

_MAIL_ID = re.compile(r"<([^<>\s@]{1,200})@([^<>\s@]{1,255})>")


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
        own: what the person wrote of it.
        signed_by: domains of the signatures (DKIM) that our mail server found valid, as it wrote into its own header.
            A sender could have written them too: `judge_sender` says when they count.
    """

    sender: str
    addressed_to: Sequence[str]
    subject: str
    headers: Mapping[str, str] = field(default_factory=dict)
    return_path: str | None = None
    text: str = ""
    own: OwnText = field(default_factory=OwnText)
    signed_by: Sequence[str] = ()

    @property
    def refers_to(self) -> Sequence[tuple[str, str]]:
        """The ids of the mails that it says it answers, each as (id, domain)."""
        named = (self.headers.get(name, "") for name in ("in-reply-to", "references"))
        return [(found[1], found[2].lower()) for value in named for found in _MAIL_ID.finditer(value)]


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
