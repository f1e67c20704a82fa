"""What the provider asks during a call, and how it tells that a call is over: forms, and the address they are sent to.

Sources: Twilio, "TwiML for Programmable Voice: request parameters", "Gather" and "Call resource: StatusCallback".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from tocsin.adapters.twiml.addresses import STATUS, STEP, CallAddress, VoiceAddresses
from tocsin.adapters.twiml.call_ends import GOES_ON, facts_of_end, instant, is_machine
from tocsin.calls.domain.call_began import CallBegan
from tocsin.calls.domain.call_question import CallQuestion
from tocsin.calls.domain.ended_call import EndedCall
from tocsin.voice.domain.dialogue import Event, Signal
from tocsin.voice.domain.dialogue_state import decode
from tocsin.voice.domain.script import is_key

KEY = "key"
"""The event of an address that is called with a key in the form."""

_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_WITHHELD = {"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"}
"""Twilio spells anonymous, restricted, blocked, unknown and unavailable by the letters of a keypad."""


def question(query: Mapping[str, str], form: Mapping[str, str], addresses: VoiceAddresses) -> CallQuestion:
    """Return what the provider asks with one request to STEP.

    Raises:
        ValueError: it is no question of a call that we know.
    """
    call_id = form.get("CallSid", "")
    address = _after_a_failure(addresses.read(STEP, query, form), form, addresses)
    inbound = address.message is None
    if not call_id or form.get("Direction", "").startswith("outbound" if inbound else "inbound"):
        raise ValueError("not a call of ours")
    theirs, ours = ("From", "To") if inbound else ("To", "From")
    return CallQuestion(
        event=_event(address, form),
        state=decode(address.state),
        call_id=call_id,
        message=address.message,
        inbound=inbound,
        receiver=_number(form.get(theirs, "")),
        line=_number(form.get(ours, "")),
        machine=is_machine(form.get("AnsweredBy", "")),
        again="ErrorUrl" in form,
    )


def _after_a_failure(asked: CallAddress, form: Mapping[str, str], addresses: VoiceAddresses) -> CallAddress:
    """Return where the call stood when a request of the provider failed; `asked` if none has failed.

    The address for failures is the same during a whole call. The provider tells which address failed.
    """
    if asked.event != Signal.RESUME and "ErrorUrl" not in form:
        return asked
    failed = addresses.read_whole(STEP, form.get("ErrorUrl", ""), form)
    if failed.message != asked.message:
        raise ValueError("the address of another call")
    pressed = failed.event == KEY and is_key(form.get("Digits", ""))
    return failed if pressed else replace(failed, event=Signal.RESUME)


def _event(address: CallAddress, form: Mapping[str, str]) -> Event:
    if address.event != KEY:
        return Signal(address.event or Signal.ANSWERED)
    if not is_key(key := form.get("Digits", "")):
        raise ValueError("not a key")
    return key


def status(
    query: Mapping[str, str], form: Mapping[str, str], addresses: VoiceAddresses, now: datetime
) -> EndedCall | CallBegan:
    """Return what the provider tells with one request to STATUS.

    Args:
        now: the end of the call, if the provider does not tell when it was.

    Raises:
        ValueError: it is no news of a call that we know.
    """
    call_id = form.get("CallSid", "")
    address = addresses.read(STATUS, query, form)
    if not call_id:
        raise ValueError("no call is named")
    said = form.get("CallStatus", "")
    if said in GOES_ON:
        return CallBegan(call_id, address.message)
    facts = facts_of_end(
        said,
        seconds=form.get("CallDuration", ""),
        sip_code=form.get("SipResponseCode", ""),
        hung_up_by=form.get("HangupSource", ""),
        answered_by=form.get("AnsweredBy", ""),
    )
    ended_at = min(instant(form.get("Timestamp", ""), now), now)
    if address.dialled_at:
        whole = (ended_at - datetime.fromtimestamp(address.dialled_at, UTC)).total_seconds()
        facts = replace(facts, dial_seconds=max(0.0, whole - (facts.talk_seconds or 0.0)))
    return EndedCall(call_id, ended_at, facts, address.message, inbound=address.message is None)


def _number(given: str) -> str | None:
    """Return a number; None if it is withheld, or the address of something that is no telephone."""
    return given if _E164.fullmatch(given) and given not in _WITHHELD else None
