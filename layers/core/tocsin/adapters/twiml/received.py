"""Whether a request to our routes is the provider's, for an address that we made; and what is in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

from tocsin.adapters.twiml.addresses import VoiceAddresses, bound_to
from tocsin.adapters.twiml.document import document, hang_up
from tocsin.adapters.twiml.providers import TwimlAccount
from tocsin.adapters.twiml.requests import question, status
from tocsin.adapters.twiml.signature import is_of_provider
from tocsin.calls.domain.call_began import CallBegan
from tocsin.calls.domain.call_question import CallAnswer, CallQuestion
from tocsin.calls.domain.ended_call import EndedCall
from tocsin.kernel.ports import Clock
from tocsin.telephony.domain.request_signatures import MOST_FIELDS

FileUrl = Callable[[str], str]
"""Returns where the provider gets a recording, by its key."""


@dataclass(frozen=True, slots=True)
class TwimlRequest:
    """A request of the provider."""

    query: Mapping[str, str]
    form: Mapping[str, str]
    addresses: VoiceAddresses
    file_url: FileUrl
    now: datetime

    def question(self) -> CallQuestion:
        """Return what a call asks. Raises ValueError if it is no question of a call that we know."""
        return question(self.query, self.form, self.addresses)

    def answer(self, asked: CallQuestion, answer: CallAnswer) -> str:
        """Return the document that does what `answer` says."""
        return document(asked, answer, self.addresses, self.file_url).decode()

    def hang_up(self) -> str:
        """Return the document that ends a call."""
        return hang_up().decode()

    def told(self) -> EndedCall | CallBegan:
        """Return what is told of a call. Raises ValueError if it is no news of a call that we know."""
        return status(self.query, self.form, self.addresses, self.now)


@dataclass(frozen=True, slots=True)
class ReceiveTwiml:
    """Opens requests.

    Attributes:
        account: returns the account; its secret may change.
        public_url: where the provider reaches our API.
    """

    account: Callable[[], TwimlAccount]
    public_url: str
    file_url: FileUrl
    clock: Clock

    def __call__(
        self, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> TwimlRequest | None:
        """Return a request; None if it is not the provider's, or its address is none of ours.

        Args:
            headers: by lower-case name.

        Raises:
            StorageUnavailable: the account's secret cannot be read.
        """
        account, now = self.account(), self.clock()
        addresses = VoiceAddresses(self.public_url, account.token)
        try:
            text = body.decode()
            form = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS))
            address = addresses.read(path, query, form)
            called = addresses.of(path, address, bound_to(address, form))
        except ValueError:
            return None
        if not is_of_provider(account, called, headers, text, now):
            return None
        return TwimlRequest(query, form, addresses, self.file_url, now)
