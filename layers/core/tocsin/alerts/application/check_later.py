"""Decide a send that happens later as if it happened now: a bad one is refused at once, not at three in the morning."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NoReturn

from tocsin.alerts.application.draft import Draft, Joined, Ready
from tocsin.alerts.application.prepare import PrepareSend
from tocsin.alerts.domain.alert import MAX_RECIPIENTS
from tocsin.alerts.domain.request import SendRequest
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import InvalidRequest, NotYetAvailable, Superseded
from tocsin.kernel.domain.ids import AlertRef
from tocsin.stored_content.application.call_stores import CallStores


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of it.

    Attributes:
        draft, ready: None: whom it reaches hangs on a linked set that does not exist yet.
    """

    draft: Draft | None = None
    ready: Ready | None = None

    @property
    def refused(self) -> bool:
        """Whether nothing at all would be sent."""
        return self.ready is not None and not self.ready.result.success

    def keep_stores(self, until: datetime) -> None:
        """See to it that the stores it refers to are there when it is sent. Never fails."""
        if self.draft is not None and self.ready is not None:
            self.draft.renew_stores(self.ready, until)


class _NoSet(Exception):
    """There is no linked set to look at yet."""


@dataclass(frozen=True, slots=True)
class CheckLater:
    """Decide a send that happens later.

    Capacities are what they will be then, and time windows are looked at then. So is a linked set: who has answered is
    looked at when the alert is sent (AH-65), and the set may be begun by then; only its group is looked at, if the
    alert has none of its own and the set is there.
    """

    prepare: PrepareSend

    def __call__(self, key: ApiKey, request: SendRequest, now: datetime) -> Checked:
        """Return the decision.

        Raises:
            NotYetAvailable: it asks for a feature that this version does not serve.
            Forbidden, InvalidRequest, RequestTooLarge, StorageUnavailable: see PrepareSend.
        """
        if request.unavailable:
            raise NotYetAvailable(", ".join(request.unavailable))
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
