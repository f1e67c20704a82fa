"""Our addresses that the provider calls during a call. What we must know again stands in them, under a seal of ours.

The state of the dialogue and the try are in the query. The seal is a keyed hash over both and over the call's id, or
over the receiver's number while the provider has not named the call: an address of one call is worth nothing in
another, and other users of the provider's account cannot make one up. All characters are letters, digits, `-`, `.` and
`_`, so no address has two spellings.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from tocsin.delivery.domain.message_id import MessageId

STEP, STATUS = "/voice/step", "/voice/status"
"""Paths of our routes: what is next in a call, and what became of it."""


@dataclass(frozen=True, slots=True)
class CallAddress:
    """What an address carries.

    Attributes:
        message: the try that is called about; None for a call in.
        event: what the provider reports by calling the address.
        state: the text of the dialogue's state; empty before its first step.
        dialled_at: seconds since 1970; 0 = not told.
    """

    message: MessageId | None = None
    event: str = ""
    state: str = ""
    dialled_at: int = 0


class VoiceAddresses:
    """Makes and reads our addresses.

    Args:
        public_url: where the provider reaches our API, without a slash at the end.
        secret: what the seal is derived from.
    """

    def __init__(self, public_url: str, secret: str) -> None:
        self._public_url = public_url.rstrip("/")
        self._key = hmac.digest(secret.encode(), b"addresses of calls", "sha256")

    def of(self, path: str, address: CallAddress, bound_to: str = "") -> str:
        """Return an address.

        Args:
            bound_to: the provider's id of the call; of an address without a state the receiver's number.
        """
        if address == CallAddress():
            return self._public_url + path
        seal = self._seal(path, address, bound_to)
        return f"{self._public_url}{path}?{urlencode({**_told(address), 'seal': seal})}"

    def read(self, path: str, query: Mapping[str, str], form: Mapping[str, str]) -> CallAddress:
        """Return what an address carries.

        Args:
            form: of the request, which names the call and the number that was called.

        Raises:
            ValueError: the address is none of ours, or one of another call.
        """
        if not query:
            return CallAddress()
        message = query.get("message")
        address = CallAddress(
            MessageId.parse(message) if message else None,
            query.get("event", ""),
            query.get("state", ""),
            int(query.get("dialled", "0")),
        )
        if query.keys() != {*_told(address), "seal"} or not hmac.compare_digest(
            query["seal"].encode(), self._seal(path, address, bound_to(address, form)).encode()
        ):
            raise ValueError("not an address of this call")
        return address

    def read_whole(self, path: str, url: str, form: Mapping[str, str]) -> CallAddress:
        """Return what a whole address carries. Raises ValueError as `read` does."""
        start, _, query = url.partition("?")
        if start != self._public_url + path:
            raise ValueError("not an address of ours")
        return self.read(path, dict(parse_qsl(query)), form)

    def _seal(self, path: str, address: CallAddress, bound_to: str) -> str:
        told = [f"{name}={value}" for name, value in _told(address).items()]
        # Not every provider writes the plus of a number.
        bound = bound_to if address.state else bound_to.removeprefix("+")
        return hmac.digest(self._key, "\n".join((path, *told, bound)).encode(), "sha256").hex()[:32]


def bound_to(address: CallAddress, form: Mapping[str, str]) -> str:
    """Return what an address is bound to that was called with a form."""
    return form.get("CallSid" if address.state else "To", "")


def _told(address: CallAddress) -> dict[str, str]:
    told = {
        "message": str(address.message or ""),
        "event": address.event,
        "state": address.state,
        "dialled": str(address.dialled_at or ""),
    }
    return {name: value for name, value in told.items() if value}
