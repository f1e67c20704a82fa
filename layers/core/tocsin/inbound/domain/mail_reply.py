"""What a person answered: keywords of an SMS, and the part of an email that the person wrote."""

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


_QUOTE_STARTS = re.compile(
    r"^("
    r"-{2,}\s*(original message|ursprüngliche nachricht|message d'origine|mensaje original|forwarded message)\s*-{2,}"
    r"|_{10,}"
    r"|(on|am|le|el|il|den|op)\s.{4,200}\s?(wrote|schrieb|a écrit|escribió|ha scritto|skrev|schreef)(\s.{0,80})?:"
    r"|(from|von|de|da|från|van):\s.+"
    r"|-- ?"
    r")\s*$",
    re.IGNORECASE,
)


def above_quote(text: str) -> str:
    """Return what was written above the quoted mail, trimmed; the whole text if nothing is quoted.

    Knows the marks of common mail programs in a few languages, lines that begin with ">", and the "-- " of a
    signature. A line like "On Monday … wrote:" may be wrapped over two lines. Of somebody who wrote nothing above the
    quote, what stands between its lines or below them is returned.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    above, rest = _up_to_mark(lines)
    own = _unquoted(above)
    if not own and any(line.strip().startswith(">") for line in rest):
        own = _unquoted(_up_to_mark(rest)[0])
    return own


def _up_to_mark(lines: list[str]) -> tuple[list[str], list[str]]:
    """Return the lines before the first mark of a quote or a signature, and those after it."""
    for number, (line, following) in enumerate(zip(lines, [*lines[1:], ""], strict=True)):
        bare = line.strip()
        if not bare:
            continue
        if _QUOTE_STARTS.match(bare):
            return lines[:number], lines[number + 1 :]
        if _QUOTE_STARTS.match(f"{bare} {following.strip()}"):
            return lines[:number], lines[number + 2 :]
    return lines, []


def _unquoted(lines: list[str]) -> str:
    return "\n".join(line for line in lines if not line.strip().startswith(">")).strip()
