"""Messages as rows: 10 short attributes, the history as one string.

A log reads `1763719200000n;350t;60000f:handset_off`: the time of the first step and then the milliseconds from step to
step, a letter for the state, and the reason if there is one. A step of a call ends with what is known about the call:
`34000d~eended.h3.k2`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import instant, milliseconds
from tocsin.delivery.domain.message import Message, MessageState, Step
from tocsin.delivery.domain.waves import Wave

LETTERS = {
    MessageState.QUEUED: "q",
    MessageState.HELD: "h",
    MessageState.SENDING: "n",
    MessageState.CALLING: "l",
    MessageState.SENT: "t",
    MessageState.DELIVERED: "d",
    MessageState.RETRY_WAIT: "r",
    MessageState.UNKNOWN: "u",
    MessageState.UNCONFIRMED: "c",
    MessageState.FAILED: "f",
    MessageState.EXPIRED: "e",
    MessageState.SUPPRESSED: "s",
    MessageState.SKIPPED: "k",
    MessageState.CANCELLED: "x",
}
"""One letter per state, in histories and progress counts. Stored for months: letters are added, never changed."""

STATES = {letter: state for state, letter in LETTERS.items()}

ATTRIBUTES = ("v", "st", "n", "at", "pid", "rs", "dup", "log", "wv", "w")
"""Everything a row holds beside its key; each is written every time, in this order."""

_NULL = {"NULL": True}
_JSON = json.JSONEncoder(separators=(",", ":"))
_STEP = re.compile(r"(-?\d+)([a-z])(?::(.*?))?(?:~([\w.]*))?", re.DOTALL | re.ASCII)


def to_values(message: Message, mark: str) -> list[Item]:
    """Return the values of ATTRIBUTES. `mark` identifies one write among writes of equal content."""
    due = message.due_at
    return [
        {"N": str(message.version)},
        {"S": message.state.value},
        {"N": str(message.attempt)},
        _NULL if due is None else {"N": str(milliseconds(due))},
        _NULL if message.provider_id is None else {"S": message.provider_id},
        _NULL if message.reason is None else {"S": message.reason},
        {"BOOL": message.possible_duplicate},
        {"S": log_text(message.log)},
        _NULL if message.wave is None else {"S": f"{message.attempt}.{message.wave.claim}.{message.wave.number}"},
        {"S": mark},
    ]


def from_row(item: Item) -> Message:
    """Return the message of a row."""
    due = item["at"].get("N")
    attempt = int(item["n"]["N"])
    return Message(
        position=int(item["sk"]["S"]),
        state=MessageState(item["st"]["S"]),
        version=int(item["v"]["N"]),
        attempt=attempt,
        log=log_steps(item["log"]["S"]),
        due_at=None if due is None else instant(int(due)),
        provider_id=item["pid"].get("S"),
        reason=item["rs"].get("S"),
        possible_duplicate=item["dup"]["BOOL"],
        wave=_wave(item.get("wv", _NULL).get("S"), attempt),
    )


def _wave(text: str | None, attempt: int) -> Wave | None:
    """Return the wave of a row. An earlier version of Tocsin leaves the attribute as it is when it claims again."""
    if text is None:
        return None
    of_attempt, claim, number = text.split(".")
    return Wave(claim, int(number)) if int(of_attempt) == attempt else None


def to_text(message: Message, mark: str) -> str:
    """Return a message as one attribute of its alert's row or its pack: a JSON list that begins with the version.

    A message that is claimed in waves has two values more, its claim and the number of its wave.
    """
    due, wave = message.due_at, message.wave
    values = [
        message.version,
        LETTERS[message.state],
        message.attempt,
        None if due is None else milliseconds(due),
        message.provider_id,
        message.reason,
        int(message.possible_duplicate),
        log_text(message.log),
        mark,
        *(() if wave is None else (wave.claim, wave.number)),
    ]
    return _JSON.encode(values)


def moves(messages: Mapping[str, Message], mark: str) -> tuple[str, str, Item]:
    """Return the update of the row that holds these messages, by attribute: its change, condition and values.

    The condition is that no other writer has moved any of them since the version before.
    """
    values = {f":{name}": {"S": to_text(message, mark)} for name, message in messages.items()}
    values |= {f":v{name}": {"S": f"[{m.version - 1},"} for name, m in messages.items() if m.version > 1}
    change = "SET " + ", ".join(f"{name} = :{name}" for name in messages)
    conditions = (
        f"attribute_not_exists({name})" if message.version == 1 else f"begins_with({name}, :v{name})"
        for name, message in messages.items()
    )
    return change, " AND ".join(conditions), values


def from_text(position: int, text: str) -> Message:
    """Return the message of `to_text`."""
    version, letter, attempt, due, provider_id, reason, duplicate, log, _, *wave = json.loads(text)
    return Message(
        position=position,
        state=STATES[letter],
        version=version,
        attempt=attempt,
        log=log_steps(log),
        due_at=None if due is None else instant(due),
        provider_id=provider_id,
        reason=reason,
        possible_duplicate=bool(duplicate),
        wave=Wave(*wave) if wave else None,
    )


def version_of(text: str | None) -> int:
    """Return the version in the text of `to_text`; 0 if there is no text."""
    return int(text[1 : text.index(",")]) if text else 0


def log_text(steps: tuple[Step, ...]) -> str:
    """Return the one-string form of a history."""
    written = []
    before = 0
    for step in steps:
        at = milliseconds(step.at)
        reason = step.reason
        # Reasons are snake_case words. Anything else is quoted, so that a ';' or '~' in it does not end the reason.
        tail = "" if reason is None else f":{reason if reason.isidentifier() else _quoted(reason)}"
        facts = "" if step.facts is None else f"~{step.facts}"
        written.append(f"{at - before}{LETTERS[step.state]}{tail}{facts}")
        before = at
    return ";".join(written)


def _quoted(reason: str) -> str:
    return quote(reason, errors="surrogatepass").replace("~", "%7E")


def log_steps(text: str) -> tuple[Step, ...]:
    """Return the history of `log_text`."""
    steps = []
    at = 0
    for part in text.split(";") if text else ():
        match = _STEP.fullmatch(part)
        if match is None:
            raise ValueError("not a message log")
        span, letter, reason, facts = match.groups()
        at += int(span)
        steps.append(Step(instant(at), STATES[letter], reason and unquote(reason, errors="surrogatepass"), facts))
    return tuple(steps)
