"""The message of a short link, and what a visit to the link leaves behind: a response, a run of a trigger, an event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.alerts.domain.features import TriggerKind
from tocsin.alerts.domain.response_kind import Evidence, ResponseKind
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.content import LookupTerms
from tocsin.content.domain.short_url import code_in
from tocsin.kernel.ports import Sealer
from tocsin.responses.domain.response import Response
from tocsin.results.domain.result_event import ResultEvent, event_about
from tocsin.results.domain.uncounted import event_details
from tocsin.short_links.domain.click import ClickClassification, Visitor, describe
from tocsin.short_links.domain.redirect import with_query
from tocsin.short_links.domain.short_link import ShortLink
from tocsin.short_links.ports import ShortLinks
from tocsin.triggers.application.fire import KeywordMessage

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
        form: the fields of a submitted page, the last one of each name.
    """

    method: str
    headers: Mapping[str, str]
    source: str
    request_id: str
    form: Mapping[str, str] = field(default_factory=dict)

    def mark(self, sealer: Sealer, link: ShortLink) -> str:
        """Return a keyed hash of the visitor's address and User-Agent: 32 hex digits."""
        who = f"{self.source}|{self.headers.get('user-agent', '')}"
        return sealer.fingerprint(link.key.tenant, "visitor", who.encode("utf-8", "surrogatepass")).hex()[:32]


@dataclass(frozen=True, slots=True)
class LinkedMessage:
    """The message of a short link."""

    link: ShortLink
    alert: Alert
    item: AlertItem
    terms: LookupTerms
    recipient: Recipient

    @property
    def url(self) -> str | None:
        """The client's URL with the visitor in its query: the contact's id, or the address if there is no id."""
        if self.terms.url is None:
            return None
        contact = self.recipient.contact_id
        facts = [
            ("reference", self.terms.reference),
            ("alertid", self.alert.ref),
            ("recipient", self.recipient.address) if contact is None else ("contactid", contact),
            ("type", self.item.channel.value),
            ("tag", self.item.tag),
        ]
        try:
            return with_query(self.terms.url, facts)
        except ValueError:
            return None  # acceptance rejects such a URL; a stored one is not redirected to

    def response(self, evidence: Evidence, visit: Visit, sealer: Sealer, now: datetime) -> Response:
        """Return the response of a visit; visits of one visitor within SAME_VISIT have the same id."""
        grade = "" if evidence is Evidence.OPENED else f"|{evidence.value}"
        return Response(
            key=self.link.key,
            position=self.link.position,
            kind=ResponseKind.SHORTLINK,
            natural_id=f"{self.link.code}|{visit.mark(sealer, self.link)}|{(now - _EPOCH) // SAME_VISIT}{grade}",
            address=self.recipient.address,
            contact_id=self.recipient.contact_id,
            at=now,
            details=self._details(describe(visit.headers)),
            expires_at=self.alert.expires_at,
            link=self.alert.link,
            escalation=self.alert.escalation,
            evidence=evidence,
        )

    def keyword(self, response: Response) -> KeywordMessage:
        """Return the reference of the link as a keyword that may fire a trigger."""
        return KeywordMessage(
            tenant=self.alert.tenant,
            key_id=self.alert.key_id,
            kind=TriggerKind.SHORTLINK,
            text=self.terms.reference,
            natural_id=response.id,
            alerter=response.address,
            channel=self.item.channel,
            at=response.at,
            contact_id=response.contact_id,
        )

    def event(
        self,
        natural: Sequence[object],
        evidence: Evidence,
        visit: Visit,
        classification: ClickClassification,
        now: datetime,
        reason: str | None = None,
    ) -> ResultEvent:
        """Return the event of a visit.

        Args:
            natural: identifies the visit.
            reason: why it does not count; None = it does.
        """
        return event_about(
            self.alert,
            "shortlinkClick",
            ("click", self.link.code, *natural),
            channel=self.item.channel,
            tag=self.item.tag,
            alertee=self.recipient.address,
            contact_id=self.recipient.contact_id,
            whence=now,
            reason=reason,
            details={
                **self._details(describe(visit.headers)),
                **event_details(evidence, reason),
                "classification": classification.value,
                "verdict": classification.value,
            },
        )

    def _details(self, visitor: Visitor) -> dict[str, str]:
        known = {
            "browser": visitor.browser,
            "os": visitor.os,
            "device": visitor.device,
            "language": visitor.language,
        }
        return {"shortlinkReference": self.terms.reference, **{name: word for name, word in known.items() if word}}


@dataclass(frozen=True, slots=True)
class FindMessage:
    """Find the message of a short link."""

    links: ShortLinks
    alerts: AlertRepository

    def __call__(self, code: str, now: datetime) -> LinkedMessage | None:
        """Return the message; None if the code is malformed, unknown or expired. Raises StorageUnavailable."""
        known = code_in(code)
        link = self.links.get(known) if known else None
        if link is None or (link.expires_at is not None and now >= link.expires_at):
            return None
        alert = self.alerts.get(link.key.tenant, link.key.alert)
        if alert is None or alert.expired(now):
            return None
        item, recipients = alert.item(link.key.item), self.alerts.recipients(link.key)
        if item is None or item.lookups is None or link.position >= len(recipients):
            return None
        return LinkedMessage(link, alert, item, item.lookups, recipients[link.position])
