"""In what the providers that speak TwiML differ: their API, and how they sign their requests to us.

Sources: Twilio "Call resource" and "Webhooks security"; SignalWire "Compatibility API" and "Webhook security"; Telnyx
"TeXML REST commands" and "Webhook signing"; Somleng's README ("Twilio-compatible API").
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode


@dataclass(frozen=True, slots=True)
class TwimlProvider:
    """One provider.

    Attributes:
        calls: path of the calls of an account.
        call: path of one call.
        signature: header with the signature of a request to us.
        bearer: whether the token is sent as a bearer token, else with the account by HTTP Basic.
        json: whether the API takes JSON, else forms.
        signs_body: whether the signature is Ed25519 over time and body, else HMAC-SHA1 over address and fields.
    """

    calls: str = "/Accounts/{account}/Calls.json"
    call: str = "/Accounts/{account}/Calls/{call}.json"
    signature: str = "x-twilio-signature"
    bearer: bool = False
    json: bool = False
    signs_body: bool = False


PROVIDERS: Mapping[str, TwimlProvider] = {
    "twilio": TwimlProvider(),
    "somleng": TwimlProvider(),
    "signalwire": TwimlProvider(signature="x-signalwire-signature"),
    "telnyx": TwimlProvider(
        calls="/Accounts/{account}/Calls",
        call="/Accounts/{account}/Calls/{call}",
        signature="telnyx-signature-ed25519",
        bearer=True,
        json=True,
        signs_body=True,
    ),
}


@dataclass(frozen=True, slots=True)
class TwimlAccount:
    """An account at a provider.

    Attributes:
        base_url: of the API, up to `/Accounts`, without a slash at the end.
        application: id of the TeXML application that Telnyx wants to be named; empty elsewhere.
        token: the secret of the API.
        signing_key: what the provider signs its requests with; Telnyx: its public key in base64.
    """

    provider: TwimlProvider
    base_url: str
    account: str
    application: str
    token: str = field(repr=False)
    signing_key: str = field(repr=False)

    @staticmethod
    def of(provider: str, *, base_url: str, account: str, application: str = "", secret: str) -> TwimlAccount:
        """Return the account.

        Args:
            provider: a name of PROVIDERS.
            secret: the token; after a blank the signing key, where it is another one (SignalWire, Telnyx).
        """
        token, _, signing_key = secret.strip().partition(" ")
        known = PROVIDERS[provider]
        return TwimlAccount(
            provider=known,
            base_url=base_url.rstrip("/"),
            account=account,
            application=application,
            token=token,
            signing_key=signing_key.strip() or token,
        )

    @property
    def calls(self) -> str:
        """The address of all calls."""
        return self.base_url + self.provider.calls.format(account=self.account)

    def call(self, call_id: str) -> str:
        """Return the address of a call."""
        return self.base_url + self.provider.call.format(account=self.account, call=call_id)

    @property
    def authorization(self) -> str:
        """The header that says who calls the API."""
        if self.provider.bearer:
            return f"Bearer {self.token}"
        return f"Basic {b64encode(f'{self.account}:{self.token}'.encode()).decode()}"

    def body(self, fields: Mapping[str, str | Sequence[str]]) -> tuple[str, bytes]:
        """Return type and body of a request. A field of several values is repeated in a form, one text in JSON."""
        if not self.provider.json:
            return "application/x-www-form-urlencoded", urlencode(fields, doseq=True).encode()
        named = {"ApplicationSid": self.application} | {
            name: value if isinstance(value, str) else " ".join(value) for name, value in fields.items()
        }
        return "application/json", json.dumps(named).encode()
