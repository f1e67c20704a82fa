"""A visit to a short link, and a press of the button of its page.

    HEAD ─── nothing is recorded
    GET  ─┬─ the page with the button          no answer, unless `clickCounts`
          └─ the client's URL, or thanks       no answer, unless `clickCounts`
    POST ─┬─ token missing, foreign or old ─► the page
          ├─ a doubt                       ─► the page once more
          └─ else an answer                ─► the client's URL, or thanks

An answer counts for linked alerts and escalation, and fires a trigger if the link's reference is a keyword of the API
key. Every GET is recorded as an event of the alert, and so is each press that counts.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime

from tocsin.alerts.domain.features import TriggerKind
from tocsin.alerts.domain.response_kind import Evidence
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.kernel.ports import Clock, Sealer
from tocsin.notices.ports.account_notices import AccountNotices
from tocsin.responses.ports.responses import Kept, Responses
from tocsin.results.domain.uncounted import UncountedReason
from tocsin.results.ports import EventPublisher
from tocsin.short_links.application.linked_message import FindMessage, LinkedMessage, Visit
from tocsin.short_links.application.presses import RecentPresses
from tocsin.short_links.domain.click import ClickClassification, classify_click
from tocsin.short_links.domain.notices import visit_not_counted
from tocsin.short_links.domain.page import Keyed, PageToken, doubt_about, page_token, shows_page
from tocsin.triggers.application.fire import FireTrigger

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Followed:
    """The result of a visit or press.

    Attributes:
        url: where to redirect the visitor; None = show a page.
        token: of the page with the button; None = show the thank-you page.
        classification: of a GET; None for a HEAD, and for a press that does not count.
        reason: code of the classification or doubt, for the log.
        counted: a new response that counts was stored.
        again: the page is shown once more, because the press may be a machine's.
    """

    url: str | None
    token: str | None
    classification: ClickClassification | None
    reason: str
    counted: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class FollowLink:
    """Record a visit to a short link or a press of its button, and return what is shown.

    Attributes:
        fire: None = no trigger is fired.
        notices: gets the first visit of each API key that did not count; None = it is not told.
    """

    find: FindMessage
    responses: Responses
    event_publisher: EventPublisher
    sealer: Sealer
    clock: Clock
    presses: RecentPresses
    fire: FireTrigger | None = None
    notices: AccountNotices | None = None
    _told: set[tuple[TenantId, ApiKeyId]] = field(default_factory=set)

    def __call__(self, code: str, visit: Visit) -> Followed | None:
        """Record a visit or a press (POST); None if the code is malformed, unknown or expired.

        Raises:
            StorageUnavailable: the visit may not be recorded; the visitor can retry.
        """
        now = self.clock()
        message = self.find(code, now)
        if message is None:
            return None
        match visit.method:
            case "HEAD":
                return Followed(None, None, None, "head")
            case "POST":
                return self._press(message, visit, now)
            case _:
                return self._visit(message, visit, now)

    def _visit(self, message: LinkedMessage, visit: Visit, now: datetime) -> Followed:
        judged = classify_click(visit.headers, message.link.submitted_at, now)
        human = judged.classification is ClickClassification.HUMAN
        token = self._page(message, now) if self._shows_page(message, now) else None
        # The response first: if the event is not published, a retry publishes it and finds the response stored.
        answers = human and message.alert.click_counts
        kept = self._answer(message, Evidence.OPENED, visit, now) if answers else None
        too_weak = UncountedReason.EVIDENCE_TOO_WEAK if human else UncountedReason.AUTOMATIC_VISIT
        reason = too_weak if kept is None else kept.response.uncounted_reason
        event = message.event((visit.request_id,), Evidence.OPENED, visit, judged.classification, now, reason)
        self.event_publisher.publish(message.alert, event)
        if human and kept is None:
            self._tell_once(message, now)
        counted = kept is not None and _newly_counted(kept)
        return Followed(None if token else message.url, token, judged.classification, judged.reason, counted)

    def _press(self, message: LinkedMessage, visit: Visit, now: datetime) -> Followed:
        link = message.link
        token = page_token(visit.form.get("token", ""), link.code, self._keyed(message), now)
        if token is None:
            return Followed(None, self._page(message, now), None, "no_token")

        def codes() -> int:
            return self.presses.codes(link.key.tenant, visit.mark(self.sealer, link), link.code, now)

        if doubt := doubt_about(token, visit.headers, codes, now):
            return Followed(None, self._page(message, now, again=True), None, doubt.value, again=True)
        kept = self._answer(message, Evidence.CONFIRMED, visit, now)
        human, reason = ClickClassification.HUMAN, kept.response.uncounted_reason
        event = message.event((kept.response.id,), Evidence.CONFIRMED, visit, human, now, reason)
        self.event_publisher.publish(message.alert, event)
        return Followed(message.url, None, human, "confirmed", _newly_counted(kept))

    def _answer(self, message: LinkedMessage, evidence: Evidence, visit: Visit, now: datetime) -> Kept:
        """Store the response and fire the trigger; return the response as it is stored."""
        response = message.response(evidence, visit, self.sealer, now)
        kept = self.responses.add(response)
        if self.fire is not None and (message.alert.click_counts or message.terms.confirm is not False):
            self.fire(message.keyword(response))
        return kept

    def _shows_page(self, message: LinkedMessage, now: datetime) -> bool:
        alert, terms = message.alert, message.terms
        return shows_page(
            confirm=terms.confirm,
            has_url=message.url is not None,
            click_counts=alert.click_counts,
            followed_up=alert.escalation is not None or alert.link is not None,
            is_keyword=lambda: (
                self.fire is not None
                and self.fire.active(alert.tenant, alert.key_id, TriggerKind.SHORTLINK, terms.reference, now)
            ),
        )

    def _page(self, message: LinkedMessage, now: datetime, *, again: bool = False) -> str:
        return PageToken(now, again).text(message.link.code, self._keyed(message))

    def _keyed(self, message: LinkedMessage) -> Keyed:
        return lambda named: self.sealer.fingerprint(message.link.key.tenant, "page", named)

    def _tell_once(self, message: LinkedMessage, now: datetime) -> None:
        """Tell the first human visit of an API key that did not count, once; each process tries once a key."""
        alert = message.alert
        key = (alert.tenant, alert.key_id)
        if self.notices is None or key in self._told:
            return
        try:
            self.notices.notify_once(visit_not_counted(alert, now))
        except StorageUnavailable:
            _log.warning("a notice was not stored", extra={"tenant": alert.tenant, "key": alert.key_id})
            return
        self._told.add(key)


def _newly_counted(kept: Kept) -> bool:
    return kept.fresh and kept.response.counted
