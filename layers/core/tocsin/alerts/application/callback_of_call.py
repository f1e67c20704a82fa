"""Where the results of one call go, decided when it is accepted: what the call says comes before the key's default."""

from __future__ import annotations

from tocsin.alerts.domain.request import SendRequest
from tocsin.egress.domain.callback_url import Callback, CallbackEncoding, url_faults
from tocsin.egress.domain.url_policy import EgressPolicy
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.errors import Fault

_URL = "/options/callbackURL"


def callback_of(
    key: ApiKey, request: SendRequest, mode: NotificationMode, egress: EgressPolicy
) -> tuple[Callback | None, list[Fault]]:
    """Return where to call back (None unless the mode asks for it), and what is wrong with it.

    A URL in the call is looked at even where it is not used: a typing error is better told now.
    """
    url = request.callback_url
    faults = url_faults(url, _URL, egress) if url is not None else []
    if mode is not NotificationMode.CALLBACK:
        return None, faults
    if url is None:
        url = key.callback_url
        if url is None:
            message = "is required with `notification: callback`: neither the call nor the API key says where to"
            return None, [*faults, Fault(_URL, "REQUIRED", message)]
        # The key's own may have been put there when more was open than is now.
        faults = url_faults(url, _URL, egress)
    return Callback(url, CallbackEncoding(request.callback_encoding or key.callback_encoding)), faults
