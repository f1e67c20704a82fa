"""Whether a request to us is the provider's.

Twilio, SignalWire and Somleng sign the address that they call, followed by the fields of the form in the order of their
names (Twilio, "Webhooks security"). Telnyx signs the time and the body (Telnyx, "Webhook signing").
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tocsin.adapters.twiml.providers import TwimlAccount
from tocsin.telephony.domain.request_signatures import is_signed_by_ed25519, is_signed_form


def is_of_provider(account: TwimlAccount, url: str, headers: Mapping[str, str], body: str, now: datetime) -> bool:
    """Return whether a request is signed by the provider of the account.

    Args:
        url: the address that the provider called, as we gave it, never as a header tells it.
        headers: by lower-case name.
        body: of the request: a form.
    """
    given = headers.get(account.provider.signature, "")
    try:
        if account.provider.signs_body:
            timestamp = headers.get("telnyx-timestamp", "")
            return is_signed_by_ed25519(account.signing_key, given, timestamp, body.encode(), now)
        return is_signed_form(account.signing_key, given, url, body.encode())
    except ValueError:
        return False
