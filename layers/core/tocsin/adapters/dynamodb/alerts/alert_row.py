"""Alerts and recipients in the form they are sealed in.

An alert's row has three parts. Clear attributes hold what queries need: times, lane and key. `head` holds the client's
references and the items without their contents; the list index carries it. The third part is the contents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tocsin.adapters.dynamodb.alerts.call_row import from_call, to_call
from tocsin.adapters.dynamodb.calendar import from_clock, from_quiet, to_clock, to_quiet
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expiry, instant, milliseconds, time, time_of, time_or_none
from tocsin.alerts.domain.alert import Alert, AlertItem, Lane
from tocsin.alerts.domain.cause import Cause, CauseKind
from tocsin.alerts.domain.exclusion import Exclusion, ExclusionReason
from tocsin.alerts.domain.headline import SenderKind, SentBy
from tocsin.alerts.domain.link import Link, LinkKey
from tocsin.alerts.domain.response_kind import Evidence, ResponseKind
from tocsin.calendar.domain.account_clock import PLAIN
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.content import Content, EmailContent, LookupTerms, SmsContent
from tocsin.egress.domain.callback_url import Callback, CallbackEncoding
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, CompanyId, TenantId
from tocsin.voice.domain.call_content import CallContent

_PACKS = "packs"
"""First of the contents of an alert whose messages are in packs."""


def clear_attributes(alert: Alert) -> Item:
    """Return the unsealed attributes of an alert's row."""
    row = {
        "accepted": time(alert.accepted_at),
        "send_before": time(alert.send_before),
        "sandbox": {"BOOL": alert.sandbox},
        "lane": {"S": alert.lane.value},
        "mode": {"S": alert.notification.value},
        "key": {"S": alert.key_id},
        **expiry(alert.expires_at),
    }
    if alert.system:
        row["system"] = {"BOOL": True}
    if alert.cancelled_at is not None:
        row["cancelled"] = time(alert.cancelled_at)
    if alert.stopped_at is not None:
        row["stopped"] = time(alert.stopped_at)
    return row


def head(alert: Alert, receivers: str) -> list[Any]:
    """Return the client's references, the items without their contents, and the optional parts of the alert.

    Optional parts are the callback URL and, by name, title, sender, cause, link, urgency, the account's clock …

    Args:
        receivers: the filter of their addresses, see `receiver_filter`.
    """
    items = [
        [item.index, item.channel.value, item.tag, item.requested, item.accepted, item.failure_reason]
        for item in alert.items
    ]
    callback = [alert.callback.url, alert.callback.encoding.value] if alert.callback else None
    more: dict[str, Any] = {"receivers": receivers}
    if cause := alert.cause:
        more["cause"] = [cause.kind.value, cause.parent, cause.run, milliseconds(cause.at)]
    if (link := alert.link) is not None:
        more["link"] = [link.key.name, link.master, None if link.expires_at is None else milliseconds(link.expires_at)]
    if seen := {str(item.index): sorted(item.except_responded) for item in alert.items if item.except_responded}:
        more["except_responded"] = seen
    if codes := {str(item.index): item.failure_code for item in alert.items if item.failure_code is not None}:
        more["failure_codes"] = codes
    if alert.escalation is not None:
        more["escalation"] = alert.escalation
    if alert.urgent:
        more["urgent"] = True
    if alert.ends_on_time:
        more["ends_on_time"] = True
    if alert.click_counts:
        more["click_counts"] = True
    if alert.least_evidence is not Evidence.OPENED:
        more["least_evidence"] = alert.least_evidence.value
    if alert.account != PLAIN:
        more["clock"] = from_clock(alert.account)
    if alert.title:
        more["title"] = alert.title
    if (sent_by := alert.sent_by) is not None:
        more["sent_by"] = [sent_by.kind.value, sent_by.id, sent_by.name]
    if alert.company is not None:
        more["company"] = alert.company
    return [alert.client_ref, alert.email_subject_ref, items, callback, more]


def receivers_in(head: list[Any]) -> str | None:
    """Return the filter of the receivers' addresses; None: an earlier version accepted the alert."""
    filter: str | None = head[4].get("receivers") if len(head) > 4 else None
    return filter


def contents(alert: Alert) -> list[Any]:
    """Return the content of each item, in item order."""
    return [_rendered(item) for item in alert.items]


def for_packs(contents: list[Any]) -> list[Any]:
    """Return the contents of an alert whose messages are in packs, marked.

    A version that knows no packs takes the mark for content of a kind it does not know. It refuses the alert, and so it
    sends no message that is in a pack already.
    """
    return [_PACKS, contents]


def _rendered(item: AlertItem) -> list[Any] | None:
    content, terms = _content(item.content), item.lookups
    if terms is None or content is None:
        return content
    confirm = [] if terms.confirm is None else [terms.confirm]
    return ["lookups", [terms.reference, sorted(terms.custom), terms.shortlink, terms.url, *confirm], content]


def _content(content: Content | None) -> list[Any] | None:
    match content:
        case SmsContent():
            return ["sms", content.sender, content.text, *([True] if content.transliterate else [])]
        case EmailContent():
            parts = [content.subject, content.body, content.content_type, content.sender, content.reply_to, content.to]
            return ["email", *parts]
        case CallContent():
            return ["call", *from_call(content)]
        case None:
            return None


def _read(values: list[Any] | None) -> tuple[Content | None, LookupTerms | None]:
    match values:
        case ["lookups", [reference, custom, *more], content]:
            return _said(content), LookupTerms(reference, frozenset(custom), *more)
        case _:
            return _said(values), None


def _said(values: list[Any] | None) -> Content | None:
    match values:
        case None:
            return None
        case ["sms", *parts]:
            return SmsContent(*parts)
        case ["email", *parts]:
            return EmailContent(*parts)
        case ["call", *parts]:
            return to_call(parts)
        case _:
            raise ValueError("content of a kind this code does not know")


def to_alert(tenant: TenantId, row: Item, head: list[Any], contents: list[Any] | None) -> Alert:
    """Return the alert of a row with its unsealed parts; without `contents` its items have none."""
    client_ref, email_subject_ref, items, *rest = head
    callback = rest[0] if rest else None
    more = rest[1] if len(rest) > 1 else {}
    seen, codes = more.get("except_responded", {}), more.get("failure_codes", {})
    if contents and contents[0] == _PACKS:
        contents = contents[1]
    said = [_read(values) for values in contents or [None] * len(items)]
    return Alert(
        tenant=tenant,
        ref=AlertRef(row["pk"]["S"].rpartition("#")[2]),
        key_id=ApiKeyId(row["key"]["S"]),
        sandbox=row["sandbox"]["BOOL"],
        client_ref=client_ref,
        accepted_at=time_of(row, "accepted"),
        send_before=time_of(row, "send_before"),
        expires_at=time_or_none(row, "exp"),
        lane=Lane(row["lane"]["S"]),
        notification=NotificationMode(row["mode"]["S"]),
        items=tuple(
            AlertItem(
                index,
                Channel(channel),
                tag,
                content,
                requested,
                accepted,
                failure_reason,
                lookups,
                frozenset(map(ResponseKind, seen.get(str(index), ()))),
                codes.get(str(index)),
            )
            for (index, channel, tag, requested, accepted, failure_reason), (content, lookups) in zip(
                items, said, strict=True
            )
        ),
        email_subject_ref=email_subject_ref,
        cancelled_at=time_or_none(row, "cancelled"),
        system="system" in row,
        callback=Callback(callback[0], CallbackEncoding(callback[1])) if callback else None,
        cause=_cause(more["cause"]) if "cause" in more else None,
        link=_link(tenant, row, more["link"]) if "link" in more else None,
        escalation=AlertRef(more["escalation"]) if "escalation" in more else None,
        stopped_at=time_or_none(row, "stopped"),
        urgent=more.get("urgent", False),
        ends_on_time=more.get("ends_on_time", False),
        click_counts=more.get("click_counts", False),
        least_evidence=Evidence(more.get("least_evidence", Evidence.OPENED)),
        account=to_clock(more["clock"]) if "clock" in more else PLAIN,
        title=more.get("title", ""),
        sent_by=_sent_by(*more["sent_by"]) if "sent_by" in more else None,
        company=CompanyId(more["company"]) if "company" in more else None,
    )


def _link(tenant: TenantId, row: Item, values: list[Any]) -> Link:
    name, master, ends = values
    key = LinkKey(tenant, ApiKeyId(row["key"]["S"]), name)
    return Link(key, AlertRef(master), None if ends is None else instant(ends))


def _sent_by(kind: str, id: str, name: str | None) -> SentBy:
    return SentBy(SenderKind(kind), id, name)


def _cause(values: list[Any]) -> Cause:
    kind, parent, run, at = values
    return Cause(CauseKind(kind), parent, run, instant(at))


def from_excluded(excluded: Mapping[int, Sequence[Exclusion]]) -> dict[str, list[Any]]:
    """Return the sealed form of the excluded receivers, by index of the element."""
    return {
        str(index): [[who.contact_id, who.address, who.category.value, who.detail, who.place] for who in left]
        for index, left in excluded.items()
        if left
    }


def to_excluded(values: Mapping[str, list[Any]]) -> dict[int, Sequence[Exclusion]]:
    """Return the excluded receivers by index of the element. Alerts of earlier versions have no places."""
    return {
        int(index): [
            Exclusion(contact, address, ExclusionReason(category), *more) for contact, address, category, *more in left
        ]
        for index, left in values.items()
    }


def from_recipients(recipients: Sequence[Recipient]) -> list[Any]:
    """Return the sealed form of a chunk.

    Per recipient its address, contact id, lookups and quiet hours, as far as it has them.
    """
    return [_parts(recipient) for recipient in recipients]


def _parts(recipient: Recipient) -> list[Any]:
    more = [from_quiet(recipient.quiet) if recipient.quiet is not None else None, True]
    if recipient.by_address or recipient.quiet is not None:
        return [recipient.address, recipient.contact_id, dict(recipient.lookups), *more[: 1 + recipient.by_address]]
    if recipient.lookups:
        return [recipient.address, recipient.contact_id, dict(recipient.lookups)]
    if recipient.contact_id is not None:
        return [recipient.address, recipient.contact_id]
    return [recipient.address]


def to_recipients(values: list[Any]) -> list[Recipient]:
    """Return the recipients of a chunk's sealed form."""
    return [_recipient(*parts) for parts in values]


def _recipient(
    address: str,
    contact_id: str | None = None,
    lookups: Mapping[str, str] | None = None,
    quiet: Any = None,
    by_address: bool = False,
) -> Recipient:
    return Recipient(address, contact_id, lookups or {}, None if quiet is None else to_quiet(quiet), by_address)
