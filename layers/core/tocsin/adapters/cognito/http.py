"""Calls to the pages of a user pool: one deadline each, and at most 256 KB."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from tocsin.adapters.outbound.connection import Outbound
from tocsin.adapters.outbound.exchange import NotAnswered, NotSent, exchange
from tocsin.adapters.outbound.http1 import Answer
from tocsin.kernel.domain.errors import ProviderUnavailable


@dataclass(frozen=True, slots=True)
class PoolPages:
    """Calls addresses that the deployment names. The addresses of their hosts are checked as those of customers are."""

    outbound: Outbound

    def get(self, url: str, seconds: float) -> Answer:
        """Return the answer to a GET. Raises ProviderUnavailable without one."""
        return self._call("GET", url, {}, b"", seconds)

    def post_form(self, url: str, form: Mapping[str, str], seconds: float) -> Answer:
        """Return the answer to a form. Raises ProviderUnavailable without one."""
        body = urlencode(form).encode()
        return self._call("POST", url, {"content-type": "application/x-www-form-urlencoded"}, body, seconds)

    def _call(self, method: str, url: str, headers: Mapping[str, str], body: bytes, seconds: float) -> Answer:
        try:
            answer = exchange(self.outbound, method, url, headers, body, seconds)
        except (NotSent, NotAnswered) as failure:
            raise ProviderUnavailable(f"{method} of a page of the pool: {failure}") from failure
        if answer.status >= 500 or answer.status == 429:
            raise ProviderUnavailable(f"{method} of a page of the pool: {answer.status}")
        return answer
