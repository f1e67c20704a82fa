"""Check a deferred or scheduled send as if it were sent now, so that its faults are reported in the call itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NoReturn

from tocsin.alerts.application.draft import Draft, Joined, Ready
from tocsin.alerts.application.prepare import PrepareSend
from tocsin.alerts.domain.alert import MAX_RECIPIENTS
from tocsin.alerts.domain.request import SendRequest
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import InvalidRequest, Superseded
from tocsin.kernel.domain.ids import AlertRef
from tocsin.stored_content.application.call_stores import CallStores


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of the check.

    Attributes:
        draft, ready: None if the receivers depend on a linked set that does not exist yet.
    """

    draft: Draft | None = None
    ready: Ready | None = None

    @property
    def refused(self) -> bool:
        """Whether no message would be sent."""
        return self.ready is not None and not self.ready.result.success

    def keep_stores(self, until: datetime) -> None:
        """Keep the stored content that the alert refers to until the alert is sent. Never raises."""
        if self.draft is not None and self.ready is not None:
            self.draft.renew_stores(self.ready, until)


class _NoSet(Exception):
    """The linked set of the request does not exist yet, or was cancelled."""


@dataclass(frozen=True, slots=True)
class CheckLater:
    """Checks a send that happens later.

    Capacities and time windows are checked when the alert is sent, and are ignored here. Who has answered in the linked
    set is also read only then (AH-65), and the set may be created until then. If the alert has no contact group and the
    set exists, the set's contact group is used here.
    """

    prepare: PrepareSend

    def __call__(self, key: ApiKey, request: SendRequest, now: datetime) -> Checked:
        """Return the result of the check.

        Raises:
            Forbidden, InvalidRequest, RequestTooLarge, StorageUnavailable: see PrepareSend.
        """
        if request.link is not None and request.group is not None:
            request = replace(request, link=None)
        request = replace(request, elements=tuple(replace(each, time_windows=()) for each in request.elements))
        try:
            draft = replace(self.prepare, join=self._join)(key, request, now)
        except _NoSet:
            return Checked()
        return Checked(draft, draft.ready(dict.fromkeys(draft.limited, MAX_RECIPIENTS)))

    def _join(self, key: ApiKey, request: SendRequest, stores: CallStores, ref: AlertRef, now: datetime) -> Joined:
        if self.prepare.join is None:
            _no_set()
        try:
            joined = self.prepare.join(key, request, stores, ref, now)
        except (InvalidRequest, Superseded):
            _no_set()
        return replace(joined, answered={})


def _no_set() -> NoReturn:
    raise _NoSet from None
