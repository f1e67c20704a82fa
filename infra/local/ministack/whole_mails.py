"""Makes the engine's SES relay the whole raw mail of a SendEmail call.

MiniStack parses a raw mail and relays a new mail with subject and bodies only: without Reply-To, attachments, and the
tags that events about the mail must contain. This module relays the raw mail itself, with a new Message-ID as SES does.
Tags and configuration set are added in SES's headers ("Amazon SES header fields"). SES would remove the two headers;
the simulated mailboxes read them.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

TAGS = "X-SES-MESSAGE-TAGS"
CONFIGURATION_SET = "X-SES-CONFIGURATION-SET"

_sending: ContextVar[dict[str, Any] | None] = ContextVar("sending", default=None)


def relay_whole_mails() -> None:
    """Patch MiniStack's SES in this process."""
    from ministack.services import ses_v2

    answer, relay = ses_v2.handle_request, ses_v2._smtp_relay

    async def answer_and_remember(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        sends = method == "POST" and path.rstrip("/").endswith("/outbound-emails")
        reset = _sending.set(_call(body) if sends else None)
        try:
            return await answer(method, path, headers, body, query)
        finally:
            _sending.reset(reset)

    def relay_whole(source: str, to: Sequence[str], rebuilt: str) -> None:
        call = _sending.get()
        relay(source, to, whole(call, rebuilt) if call else rebuilt)

    ses_v2.handle_request, ses_v2._smtp_relay = answer_and_remember, relay_whole


def whole(call: dict[str, Any], rebuilt: str) -> bytes | str:
    """Return the mail of a SendEmail call as it is relayed.

    Args:
        call: the parsed request.
        rebuilt: MiniStack's mail. Its Message-ID is taken; if the call has no raw mail, `rebuilt` is returned.
    """
    raw = call.get("Content", {}).get("Raw", {}).get("Data")
    id = re.search(r"^Message-ID: (<[^>\r\n]+>)", rebuilt, re.MULTILINE)
    if not raw or id is None:
        return rebuilt
    head, gap, body = base64.b64decode(raw).partition(b"\r\n\r\n")
    head = re.sub(rb"^message-id:[^\r\n]*(\r\n[ \t][^\r\n]*)*(\r\n|\Z)", b"", head, flags=re.IGNORECASE | re.MULTILINE)
    tags = ", ".join(f"{tag['Name']}={tag['Value']}" for tag in call.get("EmailTags", ()))
    added = {"Message-ID": id[1], TAGS: tags, CONFIGURATION_SET: call.get("ConfigurationSetName", "")}
    lines = "".join(f"{name}: {value}\r\n" for name, value in added.items() if value)
    return lines.encode() + head.rstrip(b"\r\n") + gap + body


def _call(body: bytes) -> dict[str, Any] | None:
    try:
        call = json.loads(body)
    except ValueError:
        return None
    return call if isinstance(call, dict) else None
