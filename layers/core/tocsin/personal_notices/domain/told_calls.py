"""Which calls of one caller people were told of, so that each person hears of a call once.

    call.offered    who was not told yet is told that it rings; the end in its place, if it is known
    call.ended      who was not told yet is told the end; who was told that it rings gets the words of the end
    voicemail       in either form: who was not told yet is told of the voicemail; no further person hears of it

Events come in any order, and repeatedly. One without the id of its call is about a call of the same caller and mailbox
within SAME_WITHIN.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.personal_notices.domain.concern import KIND_OF, Concern
from tocsin.personal_notices.domain.notice import NoticeKind
from tocsin.telephony.domain.event import TelephonyEvent

SAME_WITHIN = timedelta(seconds=120)
"""Two events of one caller and mailbox are about one voicemail, unless both name a call."""

TOLD_KEPT = timedelta(days=1)
"""After the last event: how long calls are remembered. A telephone call is seldom longer."""

MOST_CALLS = 60
"""Of one caller: older ones are forgotten."""

MOST_TOLD = 8_000
"""People of all calls of one caller together: a row of the table holds 400 KB, and a group may have 500 members."""


@dataclass(frozen=True, slots=True)
class ToldPart:
    """People who are told of a call by one event.

    Attributes:
        event: its name, and the key of the notice.
        at: when the event happened.
    """

    event: str
    kind: NoticeKind
    at: datetime
    users: tuple[UserId, ...]


@dataclass(frozen=True, slots=True)
class ToldCall:
    """A call.

    Attributes:
        call: hash of the source and the id of the call; "" = no event named it yet.
        things: ids of the lines and groups that its events named.
        last_at: of its events.
        end: name of the event that told the end; "" = it is not known yet.
        voicemail: the end is a voicemail.
    """

    call: str
    things: frozenset[str]
    last_at: datetime
    parts: tuple[ToldPart, ...] = ()
    end: str = ""
    voicemail: bool = False

    @property
    def told(self) -> frozenset[UserId]:
        """Who was told of it."""
        return frozenset(user for part in self.parts for user in part.users)


@dataclass(frozen=True, slots=True)
class ToldCalls:
    """The calls of one caller that people were told of lately, oldest first.

    Attributes:
        caller: as `caller_name` names the caller.
        version: counts writes; 0 = none is kept.
    """

    tenant: TenantId
    caller: str
    calls: Sequence[ToldCall] = ()
    version: int = 0

    def parts_of(self, event: TelephonyEvent) -> Sequence[ToldPart]:
        """Return who was told of the call that an event names; none if it names no call, or one that is not known."""
        id = _call_id(event)
        return next((call.parts for call in self.calls if id and call.call == id), ())


@dataclass(frozen=True, slots=True)
class CallTelling:
    """What is to be told because of one event about a call.

    Attributes:
        calls: what is kept before anything is told; the version that was read = nothing changes.
        part: who is told; None = no person.
        rewritten: who was told as ringing, and reads the end now.
        words_of: name of another event whose words are told; "" = those of the event itself.
    """

    calls: ToldCalls
    part: ToldPart | None = None
    rewritten: tuple[ToldPart, ...] = ()
    words_of: str = ""


def caller_name(event: TelephonyEvent, things: Collection[str]) -> str:
    """Return the name under which calls of the caller are kept.

    All callers who withhold their number would share one list: each line or group has its own of them.
    """
    number = str(event.data["from"]["number"])
    return number if number.startswith("+") or number.isdecimal() else f"{number}|{min(things, default='')}"


def telling(
    known: ToldCalls, event: TelephonyEvent, concern: Concern, things: frozenset[str], on: Sequence[UserId]
) -> CallTelling:
    """Return what an event about a call tells, and to whom. Of a repeat it is the same again.

    Args:
        things: ids of lines and groups that the event is about.
        on: people who hear of it and want to, in order.
    """
    call, places = _find(known, event, concern, things)
    after = _with(call, event, concern, things, on)
    if after == call and len(places) == 1:
        return _telling(known, after, event, concern)
    others = [each for n, each in enumerate(known.calls) if n not in places]
    calls = tuple(_newest([*others, after]))
    return _telling(replace(known, calls=calls, version=known.version + 1), after, event, concern)


def _newest(calls: Sequence[ToldCall]) -> Sequence[ToldCall]:
    """Return those calls that are not forgotten, oldest first."""
    newest = sorted(calls, key=lambda each: each.last_at)[-MOST_CALLS:]
    sizes = [sum(len(part.users) for part in call.parts) for call in newest]
    while len(sizes) > 1 and sum(sizes) > MOST_TOLD:
        sizes.pop(0)
    return newest[-len(sizes) :]


def _find(
    known: ToldCalls, event: TelephonyEvent, concern: Concern, things: frozenset[str]
) -> tuple[ToldCall, Collection[int]]:
    """Return the call that an event is about, and its places; a new one has none.

    It has two places if a voicemail without id was told before it was known that the call was for this mailbox too.
    """
    id = _call_id(event)
    named = [place for place, call in enumerate(known.calls) if id and call.call == id]
    reached = things.union(*(known.calls[place].things for place in named))
    near = [
        place
        for place, call in enumerate(known.calls)
        if not (id and call.call)
        and abs(call.last_at - event.at) <= SAME_WITHIN
        and call.things & reached
        and _may_be_same(call, event, concern)
    ]
    places = [*named, *near[-1:]]
    calls = [known.calls[place] for place in places] or [ToldCall("", things, event.at)]
    return (calls[0] if len(calls) == 1 else _one_call(*calls)), places


def _one_call(named: ToldCall, other: ToldCall) -> ToldCall:
    """Return a call of which an event without its id was taken for another call."""
    return ToldCall(
        call=named.call,
        things=named.things | other.things,
        last_at=max(named.last_at, other.last_at),
        parts=(*named.parts, *other.parts),
        end=other.end or named.end,
        voicemail=named.voicemail or other.voicemail,
    )


def _may_be_same(call: ToldCall, event: TelephonyEvent, concern: Concern) -> bool:
    """A call that ended otherwise left no voicemail, and one that rings after a voicemail is the caller's next call."""
    match concern:
        case Concern.VOICEMAIL:
            return call.voicemail or not call.end
        case Concern.CALL_RINGS:
            return call.voicemail and event.at <= call.last_at
    return False


def _with(
    call: ToldCall, event: TelephonyEvent, concern: Concern, things: frozenset[str], on: Sequence[UserId]
) -> ToldCall:
    """Return the call with the people whom this event tells."""
    if any(part.event == event.name for part in call.parts):
        return call
    is_voicemail = concern is Concern.VOICEMAIL
    told = call.told
    new = () if call.voicemail and not is_voicemail else tuple(u for u in dict.fromkeys(on) if u not in told)
    part = ToldPart(event.name, KIND_OF[concern], event.at, new)
    return ToldCall(
        call=call.call or _call_id(event),
        things=call.things | things,
        last_at=max(call.last_at, event.at),
        parts=(*call.parts, part) if new else call.parts,
        end=call.end if concern is Concern.CALL_RINGS or (call.voicemail and not is_voicemail) else event.name,
        voicemail=call.voicemail or is_voicemail,
    )


def _telling(calls: ToldCalls, call: ToldCall, event: TelephonyEvent, concern: Concern) -> CallTelling:
    part = next((part for part in call.parts if part.event == event.name), None)
    if concern is Concern.CALL_RINGS:
        return CallTelling(calls, part, words_of=call.end)
    if call.voicemail and concern is not Concern.VOICEMAIL:
        return CallTelling(calls, part, words_of=call.end)
    others = tuple(each for each in call.parts if each.kind is NoticeKind.CALL and each.event != event.name)
    return CallTelling(calls, part, others)


def _call_id(event: TelephonyEvent) -> str:
    """Return a hash: an id that a telephone system makes may hold a number."""
    id = event.data.get("callId")
    return hashlib.sha256(f"{event.source}\0{id}".encode("utf-8", "surrogatepass")).hexdigest()[:32] if id else ""
