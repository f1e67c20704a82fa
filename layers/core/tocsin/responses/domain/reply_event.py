"""The result event of a reply: `reply`; `autoReply` by a machine; `unmatched` if it may answer several alerts.

A mark that a client made is `acknowledged`, with a note in the place of the reply.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from typing import Any

from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.kernel.domain.ids import AlertRef
from tocsin.responses.domain.response import Response
from tocsin.results.domain.result_event import ResultEvent, event_about
from tocsin.results.domain.uncounted import event_details

LONGEST = 10_000
"""Characters of a reply that are kept. A webhook then stays below the 20 KB that Standard Webhooks recommends."""

_NOT_FOR_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def shortened(text: str) -> tuple[str, dict[str, Any]]:
    """Return at most LONGEST characters of a reply, and the detail `truncated` if it was longer."""
    return (text, {}) if len(text) <= LONGEST else (text[:LONGEST], {"truncated": True})


def wire_text(text: str) -> tuple[str, str]:
    """Return `reply` and `replyEncoding`: `utf8`, or `base64` if control characters would not survive every parser."""
    if _NOT_FOR_TEXT.search(text):
        return base64.b64encode(text.encode("utf-8", "replace")).decode(), "base64"
    return text, "utf8"


def reply_event(
    alert: Alert, response: Response, candidates: Sequence[AlertRef] = (), *, anew: bool = False
) -> ResultEvent:
    """Return the event of a response to `alert`.

    Args:
        candidates: the alerts that an unmatched response may belong to.
        anew: the response did not count at first, and an event said so; this is a further event.
    """
    natural = ("reply", response.id, "anew") if anew else ("reply", response.id)
    if response.kind is ResponseKind.MARKED:
        note = {"note": response.text} if response.text else {}
        return _event(alert, "acknowledged", natural, response, {"answerType": response.kind.value, **note})
    reply, encoding = wire_text(response.text)
    details = {"reply": reply, "replyEncoding": encoding}
    return _event(
        alert,
        "autoReply" if response.automatic else "reply" if response.matched else "unmatched",
        natural,
        response,
        details,
        candidates,
    )


def _event(
    alert: Alert,
    event: str,
    natural: Sequence[str],
    response: Response,
    said: Mapping[str, Any],
    candidates: Sequence[AlertRef] = (),
) -> ResultEvent:
    item = alert.item(response.key.item)
    assert item is not None
    details: dict[str, Any] = {**said, **response.details}
    details |= event_details(response.evidence, response.uncounted_reason)
    if response.automatic:
        details["automatic"] = True
    if response.not_ok:
        details["notOk"] = True
    if response.late:
        details["late"] = True
    if candidates:
        details["candidates"] = list(candidates)
    return event_about(
        alert,
        event,
        natural,
        channel=item.channel,
        tag=item.tag,
        alertee=response.address,
        contact_id=response.contact_id,
        whence=response.at,
        reason=response.uncounted_reason,
        details=details,
    )
