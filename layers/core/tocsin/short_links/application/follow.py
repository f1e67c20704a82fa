"""A visit to a short link.

Every visit is recorded as an event of the alert. A visit that looks human is also a response, once per visitor and half
an hour. The response counts for linked alerts and escalation, and fires a trigger if the link's reference is a keyword
of the API key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.alerts.domain.features import TriggerKind
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.content import LookupTerms
from tocsin.content.domain.short_url import code_in
from tocsin.kernel.ports import Clock, Sealer
from tocsin.responses.domain.response import Response
from tocsin.responses.ports.responses import Responses
from tocsin.results.domain.result_event import ResultEvent, event_about
from tocsin.results.ports import EventPublisher
from tocsin.short_links.domain.click import ClickClassification, Visitor, classify_click, describe
from tocsin.short_links.domain.redirect import with_query
from tocsin.short_links.domain.short_link import ShortLink
from tocsin.short_links.ports import ShortLinks
from tocsin.triggers.application.fire import FireTrigger, KeywordMessage

SAME_VISIT = timedelta(minutes=30)
"""Visits of one visitor within the same half hour are one response."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a short link.

    Attributes:
        headers: request headers by lower-case name.
        source: the visitor's IP address; only its keyed hash is stored.
        request_id: API Gateway's id of the request.
    """

    method: str
    headers: Mapping[str, str]
    source: str
    request_id: str


@dataclass(frozen=True, slots=True)
class Followed:
    """The result of a visit.

    Attributes:
        url: where to redirect the visitor; None = show the thank-you page.
        reason: code of the classification, for the log.
        counted: a new response was stored.
    """

    url: str | None
    classification: ClickClassification
    reason: str
    counted: bool


@dataclass(frozen=True, slots=True)
class _LinkedMessage:
    """The message of a short link."""

    alert: Alert
    item: AlertItem
    terms: LookupTerms
    recipient: Recipient


@dataclass(frozen=True, slots=True)
class FollowLink:
    """Record a visit to a short link, and return where the link leads."""

    links: ShortLinks
    alerts: AlertRepository
    responses: Responses
    event_publisher: EventPublisher
    sealer: Sealer
    clock: Clock
    fire: FireTrigger | None = None

    def __call__(self, code: str, visit: Visit) -> Followed | None:
        """Record the visit; None if the code is malformed, unknown or expired.

        Raises:
            StorageUnavailable: the visit may not be recorded; the visitor can retry.
        """
        now = self.clock()
        known = code_in(code)
        link = self.links.get(known) if known else None
        if link is None or (link.expires_at is not None and now >= link.expires_at):
            return None
        place = self._place(link, now)
        if place is None:
            return None
        judged = classify_click(visit.method, visit.headers, link.submitted_at, now)
        visitor = describe(visit.headers)
        # The response first: if the event is not published, a retry publishes it and finds the response stored.
        counted = False
        if judged.classification is ClickClassification.HUMAN:
            response = self._response(link, place, visit, visitor, now)
            counted = self.responses.add(response)
            if self.fire is not None:
                self.fire(_keyword_message(place, response))
        self.event_publisher.publish(place.alert, _event(link, place, visit, visitor, judged.classification, now))
        return Followed(_redirect(place), judged.classification, judged.reason, counted)

    def _place(self, link: ShortLink, now: datetime) -> _LinkedMessage | None:
        alert = self.alerts.get(link.key.tenant, link.key.alert)
        if alert is None or alert.expired(now):
            return None
        item, recipients = alert.item(link.key.item), self.alerts.recipients(link.key)
        if item is None or item.lookups is None or link.position >= len(recipients):
            return None
        return _LinkedMessage(alert, item, item.lookups, recipients[link.position])

    def _response(
        self, link: ShortLink, place: _LinkedMessage, visit: Visit, visitor: Visitor, now: datetime
    ) -> Response:
        who = f"{visit.source}|{visit.headers.get('user-agent', '')}"
        mark = self.sealer.fingerprint(link.key.tenant, "visitor", who.encode("utf-8", "surrogatepass")).hex()[:32]
        return Response(
            key=link.key,
            position=link.position,
            kind=ResponseKind.SHORTLINK,
            natural_id=f"{link.code}|{mark}|{(now - _EPOCH) // SAME_VISIT}",
            address=place.recipient.address,
            contact_id=place.recipient.contact_id,
            at=now,
            details=_details(place, visitor),
            expires_at=place.alert.expires_at,
            link=place.alert.link,
            escalation=place.alert.escalation,
        )


def _keyword_message(place: _LinkedMessage, response: Response) -> KeywordMessage:
    return KeywordMessage(
        tenant=place.alert.tenant,
        key_id=place.alert.key_id,
        kind=TriggerKind.SHORTLINK,
        text=place.terms.reference,
        natural_id=response.id,
        alerter=response.address,
        channel=place.item.channel,
        at=response.at,
        contact_id=response.contact_id,
    )


def _event(
    link: ShortLink,
    place: _LinkedMessage,
    visit: Visit,
    visitor: Visitor,
    classification: ClickClassification,
    now: datetime,
) -> ResultEvent:
    return event_about(
        place.alert,
        "shortlinkClick",
        ("click", link.code, visit.request_id),
        channel=place.item.channel,
        tag=place.item.tag,
        alertee=place.recipient.address,
        contact_id=place.recipient.contact_id,
        whence=now,
        details={**_details(place, visitor), "classification": classification.value, "verdict": classification.value},
    )


def _details(place: _LinkedMessage, visitor: Visitor) -> dict[str, str]:
    known = {
        "browser": visitor.browser,
        "os": visitor.os,
        "device": visitor.device,
        "language": visitor.language,
    }
    return {"shortlinkReference": place.terms.reference, **{name: word for name, word in known.items() if word}}


def _redirect(place: _LinkedMessage) -> str | None:
    """Return the client's URL with the visitor in its query: the contact's id, or the address if there is no id."""
    if place.terms.url is None:
        return None
    contact = place.recipient.contact_id
    facts = [
        ("reference", place.terms.reference),
        ("alertid", place.alert.ref),
        ("recipient", place.recipient.address) if contact is None else ("contactid", contact),
        ("type", place.item.channel.value),
        ("tag", place.item.tag),
    ]
    try:
        return with_query(place.terms.url, facts)
    except ValueError:
        return None  # acceptance rejects such a URL; a stored one is not redirected to
