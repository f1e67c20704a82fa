"""Makes the engine's SES relay a mail as it was handed over.

MiniStack takes a raw mail apart, keeps subject and bodies, and relays a mail made of those: without Reply-To, without
attachments, and without the tags that every event about the mail must carry back. Here the raw mail itself goes to
SMTP_HOST, its Message-ID replaced as SES does, with the tags and the configuration set in the headers that SES takes
them in ("Amazon SES header fields"). SES would take those two off; the mailboxes of this machine read them.
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
    """Do it from now on, in this process."""
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
    """Return the mail of a SendEmail call as it goes out; `rebuilt` names its id, and serves if it is no raw one."""
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
