"""Process a text message that a person sent to a number of ours.

whose number? ─► STOP, START, HELP act for that tenant ─► a keyword fires a trigger
              ─► which message is answered? (decided once) ─► stored and published

A text with a keyword may answer an alert, too. It counts as both, because only its writer knows which was meant.
An opt-out is no answer: it ends no escalation.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.features import TriggerKind
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.contacts.domain.channel import Channel
from tocsin.content.domain.content import SmsContent
from tocsin.content.domain.rendering import compiled
from tocsin.delivery.domain.message import Message
from tocsin.delivery.ports.messages import MessageRows
from tocsin.inbound.domain import notices
from tocsin.inbound.domain.meaning import Meaning
from tocsin.inbound.domain.our_text import Literals
from tocsin.inbound.domain.reaction import may_be_reaction
from tocsin.inbound.domain.text import IncomingText
from tocsin.kernel.domain.ids import TenantId
from tocsin.notices.domain.account_notice import AccountNotice
from tocsin.notices.ports.account_notices import AccountNotices
from tocsin.responses.application.record_reply import RecordReply
from tocsin.responses.domain.attribution import Attribution, AttributionReason, Candidate, attribute
from tocsin.responses.domain.reply_event import shortened
from tocsin.responses.domain.response import Response
from tocsin.responses.domain.two_way import Said as Spoken
from tocsin.responses.domain.two_way import TwoWayNumber
from tocsin.responses.ports.conversations import Conversations, TwoWayNumbers
from tocsin.suppressions.application.suppress import Suppress
from tocsin.suppressions.domain.carrier_keywords import SmsKeyword
from tocsin.suppressions.domain.suppression import SuppressionReason
from tocsin.triggers.application.fire import FireTrigger, KeywordMessage

LOOKED_AT = 25
"""Messages of a conversation that are looked at: the newest."""

ATTRIBUTION_KEPT = timedelta(days=30)
"""How long a verdict is remembered: longer than a queue and its dead letters can bring a message back (4 + 14 d)."""

_log = logging.getLogger(__name__)


class TextResult(StrEnum):
    """What became of it."""

    RECORDED = "recorded"  # a new answer to one alert
    REPEATED = "repeated"  # it was here already
    UNMATCHED = "unmatched"  # kept with each alert that may be meant
    KEYWORD = "keyword"  # a word that is for the carriers' rules
    TRIGGERED = "triggered"  # a keyword of a trigger, and no answer to anything
    NOTHING_OPEN = "nothing_open"  # it answers nothing, or something that is over
    NUMBER_UNKNOWN = "number_unknown"  # the number has no owner


@dataclass(frozen=True, slots=True)
class ReceiveText:
    """Act on one text message: STOP, START and HELP, keywords, answers."""

    numbers: TwoWayNumbers
    conversations: Conversations
    alerts: AlertRepository
    rows: MessageRows
    record: RecordReply
    suppress: Suppress
    fire: FireTrigger | None = None
    messages: AccountNotices | None = None

    def __call__(
        self, text: IncomingText, tell_event: Callable[[TenantId, IncomingText], None] = lambda tenant, text: None
    ) -> TextResult:
        """Take it in; a repeat, or one that was cut short, comes to the same.

        Args:
            tell_event: gets the text if it answers no alert and is no word of the carriers; repeats too.

        Raises:
            StaleWrite, StorageUnavailable: take it in again.
        """
        owner = self.numbers.find(text.ours)
        if owner is None:
            return TextResult.NUMBER_UNKNOWN
        said = self.conversations.newest(owner.tenant, text.ours, text.theirs, LOOKED_AT)
        meaning = Meaning.of(text.text, self._sent(said, text))
        if meaning.keyword is not None:
            self._obey(owner, text, meaning.keyword)
        if meaning.may_opt_out:
            self._tell(notices.possible_opt_out(owner.tenant, owner.key_id, text.id, text.at))
        triggered = meaning.may_fire and self._fire(owner, text, meaning.keyword)
        attribution = self._attribution(owner, text, said)
        meant = [(alert, said) for said in attribution.answered if (alert := self._open(said, text.at))]
        if not meant:
            if meaning.keyword is None:
                tell_event(owner.tenant, text)
            if triggered:
                return TextResult.TRIGGERED
            return TextResult.KEYWORD if meaning.keyword else TextResult.NOTHING_OPEN
        ambiguous = attribution.reason is AttributionReason.AMBIGUOUS and not _one_set(alert for alert, _ in meant)
        if not ambiguous:
            meant = meant[:1]
        answers = [
            (alert, self._response(text, alert, said, meaning, late=attribution.late, matched=not ambiguous))
            for alert, said in meant
        ]
        return self._recorded(answers, meaning.keyword, ambiguous=ambiguous)

    def _obey(self, owner: TwoWayNumber, text: IncomingText, keyword: SmsKeyword) -> None:
        """Do what the word asks for, whether an alert is open or not: the law does not ask for one."""
        match keyword:
            case SmsKeyword.STOP:
                self.suppress(owner.tenant, Channel.SMS, text.theirs, SuppressionReason.STOP, text.at)
            case SmsKeyword.START:
                self.suppress.lift(owner.tenant, Channel.SMS, text.theirs, text.at)
            case SmsKeyword.HELP:
                _log.warning("a receiver asked for help", extra={"tenant": owner.tenant, "key": owner.key_id})

    def _tell(self, notice: AccountNotice) -> None:
        if self.messages is not None:
            self.messages.notify(notice)

    def _fire(self, owner: TwoWayNumber, text: IncomingText, keyword: SmsKeyword | None) -> bool:
        message = KeywordMessage(
            tenant=owner.tenant,
            key_id=owner.key_id,
            kind=TriggerKind.SMS,
            text=text.text,
            natural_id=text.id,
            alerter=text.theirs,
            channel=Channel.SMS,
            at=text.at,
        )
        if self.fire is None or (keyword is not None and not self._fires_as_a_whole(message)):
            return False
        fired = self.fire(message) is not None
        if fired and keyword is SmsKeyword.STOP:
            self._tell(notices.opt_out_fires(owner.tenant, owner.key_id, text.at))
        return fired

    def _fires_as_a_whole(self, message: KeywordMessage) -> bool:
        """Whether a carrier keyword may fire a trigger: only one that was armed with it before it became one."""
        assert self.fire is not None
        whole = message.text.strip()
        return len(whole.split()) == 1 or self.fire.active(
            message.tenant, message.key_id, message.kind, whole, message.at
        )

    def _sent(self, said: Sequence[Spoken], text: IncomingText) -> Sequence[Literals]:
        if not may_be_reaction(text.text):
            return ()
        return [literals for one in said if (literals := self._literals(one))]

    def _literals(self, said: Spoken) -> Literals:
        alert = self.alerts.get(said.key.tenant, said.key.alert)
        item = alert.item(said.key.item) if alert else None
        if item is None or not isinstance(item.content, SmsContent):
            return ()
        return compiled(item.content.text, item.lookups).fixed

    def _attribution(self, owner: TwoWayNumber, text: IncomingText, said: Sequence[Spoken]) -> Attribution:
        candidates = [Candidate(one, self._row(one)) for one in said]
        attribution = attribute(candidates, text.answered, text.at)
        return self.conversations.decide(owner.tenant, text.id, attribution, text.at + ATTRIBUTION_KEPT)

    def _row(self, said: Spoken) -> Message | None:
        return self.rows.load(said.key, range(said.position, said.position + 1)).get(said.position)

    def _open(self, said: Spoken, at: datetime) -> Alert | None:
        alert = self.alerts.get(said.key.tenant, said.key.alert)
        return None if alert is None or alert.expired(at) else alert

    def _response(
        self,
        text: IncomingText,
        alert: Alert,
        said: Spoken,
        meaning: Meaning,
        *,
        late: bool,
        matched: bool,
    ) -> Response:
        kept, details = shortened(text.text)
        contact = self.alerts.recipients(said.key)[said.position].contact_id
        return Response(
            key=said.key,
            position=said.position,
            kind=ResponseKind.SMS,
            natural_id=text.id,
            address=text.theirs,
            contact_id=contact,
            at=text.at,
            text=kept,
            late=late,
            matched=matched,
            details={**details, **meaning.details},
            expires_at=alert.expires_at,
            link=alert.link,
            escalation=alert.escalation,
            evidence=meaning.evidence,
            reason=meaning.uncounted,
        )

    def _recorded(
        self, answers: Sequence[tuple[Alert, Response]], keyword: SmsKeyword | None, *, ambiguous: bool
    ) -> TextResult:
        if keyword is not None:
            # Said to the tenant, not to an alert: the newest one's client hears of it.
            alert, response = answers[0]
            self.record.keyword(alert, response)
            if keyword is SmsKeyword.STOP and alert.escalation is not None:
                self._tell(notices.opt_out_of_escalation(alert, response.natural_id, response.at))
            return TextResult.KEYWORD
        if ambiguous:
            return TextResult.UNMATCHED if self.record.unmatched(answers) else TextResult.REPEATED
        return TextResult.RECORDED if self.record(*answers[0]) else TextResult.REPEATED


def _one_set(alerts: Iterable[Alert]) -> bool:
    """Whether it does not matter which of several alerts is answered.

    All of them belong to one generation of a linked set, or are steps of one escalation.
    """
    alerts = list(alerts)
    sets = {None if alert.link is None else (alert.link.key, alert.link.master) for alert in alerts}
    escalations = {alert.escalation for alert in alerts}
    return any(len(one) == 1 and None not in one for one in (sets, escalations))
