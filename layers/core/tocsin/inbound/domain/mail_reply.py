"""Whether a mail was written by a person."""

from __future__ import annotations

import re
from collections.abc import Mapping

_AUTOMATIC_SUBJECT = re.compile(
    r"^(auto(matic)?[ -]?(reply|response)|out of (the )?office|undeliver|delivery (status|failure)|returned mail"
    r"|abwesen|r[ée]ponse automatique|respuesta autom|mail delivery)",
    re.IGNORECASE,
)


def automatic(headers: Mapping[str, str], return_path: str | None) -> str | None:
    """Return why a mail was sent by a machine, None if a person seems to have written it.

    Args:
        headers: header names in lower case.
        return_path: the envelope sender; "" for bounces, None if not known.

    Sources: RFC 3834 (Auto-Submitted), RFC 3464 (multipart/report), and the headers of common list software.
    """
    if return_path is not None and return_path.strip() in ("", "<>"):
        return "empty_return_path"
    submitted = headers.get("auto-submitted", "no").split(";")[0].strip().lower()
    if submitted != "no":
        return "auto_submitted"
    if headers.get("precedence", "").strip().lower() in ("bulk", "junk", "list", "auto_reply"):
        return "precedence"
    for name in ("x-autoreply", "x-autorespond", "x-auto-response-suppress", "list-id", "list-unsubscribe", "x-loop"):
        if name in headers and not (name == "x-auto-response-suppress" and headers[name].strip().lower() == "none"):
            return name.replace("-", "_")
    if headers.get("content-type", "").lower().startswith("multipart/report"):
        return "report"
    local = headers.get("from", "").rpartition("<")[2].partition("@")[0].strip().lower()
    if local in ("mailer-daemon", "postmaster", "noreply", "no-reply"):
        return "machine_sender"
    if _AUTOMATIC_SUBJECT.match(headers.get("subject", "").strip()):
        return "automatic_subject"
    return None
