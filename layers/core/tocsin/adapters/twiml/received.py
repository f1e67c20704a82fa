"""Whether a request to our routes is the provider's, for an address that we made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from tocsin.adapters.twiml.addresses import VoiceAddresses
from tocsin.adapters.twiml.providers import TwimlAccount
from tocsin.adapters.twiml.signature import MOST_FIELDS, is_of_provider
from tocsin.kernel.ports import Clock


@dataclass(frozen=True, slots=True)
class Received:
    """A request of the provider."""

    query: Mapping[str, str]
    form: Mapping[str, str]
    addresses: VoiceAddresses


@dataclass(frozen=True, slots=True)
class ReceiveTwiml:
    """Opens requests.

    Attributes:
        account: returns the account; its secret may change.
        public_url: where the provider reaches our API.
    """

    account: Callable[[], TwimlAccount]
    public_url: str
    clock: Clock

    def __call__(self, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> Received | None:
        """Return a request; None if it is not the provider's, or its address is none of ours.

        Args:
            headers: by lower-case name.

        Raises:
            StorageUnavailable: the account's secret cannot be read.
        """
        account = self.account()
        addresses = VoiceAddresses(self.public_url, account.token)
        try:
            text = body.decode()
            form = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS))
            call_id = form.get("CallSid", "")
            called = addresses.of(path, addresses.read(path, query, call_id), call_id)
        except ValueError:
            return None
        if not is_of_provider(account, called, headers, text, self.clock()):
            return None
        return Received(query, form, addresses)
