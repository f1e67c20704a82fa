"""Makes calls by the API of a provider that speaks TwiML.

The API has no token for repeats: the same call asked for twice is two calls. A request whose response was lost is
therefore not repeated here. The provider reports each call that it begins, with the try in the address, so `reported
within` is short.

Sources: Twilio, "Call resource" and "Error and warning dictionary"; Telnyx, "TeXML REST commands".
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from tocsin.adapters.outbound.connection import Outbound
from tocsin.adapters.outbound.exchange import NotAnswered, NotSent, exchange
from tocsin.adapters.outbound.http1 import Answer
from tocsin.adapters.twiml.addresses import STATUS, STEP, CallAddress, VoiceAddresses
from tocsin.adapters.twiml.call_ends import GOES_ON, facts_of_end, instant
from tocsin.adapters.twiml.providers import TwimlAccount
from tocsin.calls.domain.ended_call import EndedCall
from tocsin.calls.domain.outgoing_call import OutgoingCall
from tocsin.delivery.domain.submission import Dialled, OutcomeUnknown, Rejected, Submission
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.ports import Clock
from tocsin.voice.domain.call_facts import CallFacts
from tocsin.voice.domain.dialogue import Signal

REPORTED_WITHIN = timedelta(minutes=2)
"""How long after a lost response the report of the call's beginning is waited for, before the receiver is called again.
Providers begin a call within seconds, and repeat a report that was not taken."""

SECONDS = 10.0
"""How long the provider may take to answer."""

_OPERATOR = timedelta(minutes=5)
"""Wait before the next try when an operator must first change something at the provider."""

_REFUSALS: Mapping[int, Rejected] = {
    **{code: Rejected("invalid_number", permanent=True) for code in (13223, 13224, 21201, 21211, 21214, 21217)},
    **{code: Rejected("sender_not_allowed", permanent=True) for code in (21203, 21210, 21212, 21213)},
    **{code: Rejected("country_blocked", permanent=True) for code in (13227, 21215, 21216)},
    21219: Rejected("not_verified", permanent=True),
    10004: Rejected("throttled", permanent=False),
    20005: Rejected("account_disabled", permanent=False, retry_after=_OPERATOR),
}
"""Twilio's codes of errors. The others use some of them; what is in no table is judged by the status."""

_STATUSES: Mapping[int, Rejected] = {
    401: Rejected("provider_denies_us", permanent=False, retry_after=_OPERATOR),
    403: Rejected("provider_denies_us", permanent=False, retry_after=_OPERATOR),
    404: Rejected("provider_misconfigured", permanent=False, retry_after=_OPERATOR),
    429: Rejected("throttled", permanent=False),
}

_LOG = logging.getLogger(__name__)


class TwimlCaller:
    """Calls receivers. Safe for several threads.

    Args:
        account: returns the account; its secret may change. Raises StorageUnavailable.
        public_url: where the provider reaches our API.
        seconds: how long the provider may take to answer.
    """

    def __init__(
        self,
        account: Callable[[], TwimlAccount],
        public_url: str,
        outbound: Outbound,
        clock: Clock,
        seconds: float = SECONDS,
    ) -> None:
        self._account = account
        self._public_url = public_url
        self._outbound = outbound
        self._clock = clock
        self._seconds = seconds

    def call(self, call: OutgoingCall) -> Submission:
        """Dial, once. Machines are waited for: the message begins after their greeting."""
        try:
            account = self._account()
        except StorageUnavailable:
            return Rejected("provider_misconfigured", permanent=False, retry_after=_OPERATOR)
        addresses = VoiceAddresses(self._public_url, account.token)
        dialled_at = int(self._clock().timestamp())
        fields = {
            "To": call.to,
            "From": call.sender,
            "Url": addresses.of(STEP, CallAddress(call.id), call.to),
            "FallbackUrl": addresses.of(STEP, CallAddress(call.id, Signal.RESUME), call.to),
            "StatusCallback": addresses.of(STATUS, CallAddress(call.id, dialled_at=dialled_at), call.to),
            "StatusCallbackEvent": ["initiated", "completed"],
            "Timeout": str(int(call.answer_within.total_seconds())),
            "MachineDetection": "DetectMessageEnd",
        }
        try:
            response = self._send(account, "POST", account.calls, fields)
        except NotSent:
            return Rejected("provider_unreachable", permanent=False)
        except NotAnswered:
            return OutcomeUnknown("connection_broken", reported_within=REPORTED_WITHIN)
        if response.status >= 500:
            return OutcomeUnknown("gateway_error", reported_within=REPORTED_WITHIN)
        told = _object(response)
        if response.status >= 300:
            return _refused(response, told)
        call_id = told.get("sid") or told.get("call_sid")
        if not isinstance(call_id, str):
            return OutcomeUnknown("reply_without_id", reported_within=REPORTED_WITHIN)
        return Dialled(call_id, call.answer_within)

    def stop(self, call_id: str) -> None:
        """End a call that was not answered yet; the provider lets an answered one go on."""
        try:
            account = self._account()
            self._send(account, "POST", account.call(quote(call_id, safe="")), {"Status": "canceled"})
        except (NotSent, NotAnswered, StorageUnavailable):
            _LOG.warning("a call could not be stopped")

    def look(self, call_id: str) -> EndedCall | None:
        """Return how a call ended; None if it goes on. Of a call that the provider does not know, nothing is known."""
        now, account = self._clock(), self._account()
        try:
            response = self._send(account, "GET", account.call(quote(call_id, safe="")), {})
        except (NotSent, NotAnswered) as failure:
            raise StorageUnavailable("the provider of calls did not answer") from failure
        if response.status == 404:
            return EndedCall(call_id, now, CallFacts())
        told = _object(response)
        if response.status >= 300 or not isinstance(said := told.get("status"), str):
            raise StorageUnavailable("the provider of calls did not say")
        return None if said in GOES_ON else _ended(call_id, said, told, now)

    def _send(self, account: TwimlAccount, method: str, url: str, fields: Mapping[str, Any]) -> Answer:
        kind, body = account.body(fields) if fields else ("", b"")
        headers = {"authorization": account.authorization} | ({"content-type": kind} if kind else {})
        return exchange(self._outbound, method, url, headers, body, self._seconds)


def _ended(call_id: str, said: str, told: Mapping[str, Any], now: datetime) -> EndedCall:
    words = {name: str(value) for name, value in told.items() if value is not None}
    ended_at = min(instant(words.get("end_time", ""), now), now)
    try:
        facts = facts_of_end(said, seconds=words.get("duration", ""), answered_by=words.get("answered_by", ""))
    except ValueError as error:
        raise StorageUnavailable("the provider of calls said something unknown") from error
    return EndedCall(call_id, ended_at.astimezone(UTC), facts)


def _object(response: Answer) -> Mapping[str, Any]:
    try:
        told = json.loads(response.body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _refused(response: Answer, told: Mapping[str, Any]) -> Rejected:
    code = told.get("code")
    refused = _REFUSALS.get(code) if isinstance(code, int) else None
    refused = refused or _STATUSES.get(response.status) or Rejected("invalid_request", permanent=True)
    seconds = response.headers.get("retry-after", "")
    if refused.permanent or not re.fullmatch(r"[0-9]{1,5}", seconds):
        return refused
    return Rejected(
        refused.reason, permanent=False, retry_after=max(refused.retry_after, timedelta(seconds=int(seconds)))
    )
