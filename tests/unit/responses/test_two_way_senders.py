"""Nobody sends from a two-way number of somebody else's: the answers would be theirs to read (S1, S14)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import KEY, TENANT, number
from tests.fakes.audio import FakeDecodeAudio
from tests.fakes.conversations import FakeTwoWayNumbers
from tests.fakes.time import VirtualClock
from tests.unit.alerts.desk import Desk, an_email, an_sms
from tests.unit.delivery.stand import Counting
from tocsin.alerts.domain.elements import Element, Receivers
from tocsin.contacts.domain.channel import Channel
from tocsin.content.domain.options import SmsOptions, VoiceOptions
from tocsin.identity.domain.account_key import ACCOUNT_KEY
from tocsin.identity.domain.api_key import KeyKind
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.responses.application.two_way_senders import OWNER_KNOWN_FOR, CheckSender, RecentNumbers
from tocsin.responses.domain.two_way import TwoWayNumber
from tocsin.voice.domain.speech import SpeechOptions

OURS, OTHERS, THEIRS, NOBODYS = "+447700900050", "+447700900055", "+447700900060", "+447700900070"
ANA = number(1)


class OperatorContext(Desk):
    def __init__(self) -> None:
        super().__init__()
        self.numbers = FakeTwoWayNumbers(
            TwoWayNumber(OURS, TENANT, ApiKeyId("k9")), TwoWayNumber(THEIRS, TenantId("umbrella"), KEY)
        )
        self.calls: Counter[str] = Counter()
        self.filters[:] = [CheckSender(Counting("numbers", self.numbers, self.calls), self.clock)]


def from_(sender: str, *to: str) -> Element:
    return replace(an_sms(*(to or (ANA,))), options=SmsOptions(sender))


def test_s14_an_element_from_anothers_number_fails_and_the_others_stand() -> None:
    context = OperatorContext()

    result = context.send(from_(THEIRS), from_(OURS), an_email("ana@example.org"))

    assert [item.success for item in result.items] == [False, True, True]
    assert result.items[0].failure_reason == (
        "`sender` is a two-way number of another account; send from a number of yours, or from a name"
    )
    assert (result.items[0].requested, result.items[0].sent) == (1, 0)
    assert context.recipients(result, 0) == []
    assert context.alert(result).items[0].content is None


@pytest.mark.parametrize("sender", [OURS, NOBODYS, "Tocsin"])
def test_ah_11_a_number_of_ones_own_one_that_is_nobodys_and_a_name_may_send(sender: str) -> None:
    assert OperatorContext().send(from_(sender)).success


def test_a_number_is_asked_for_once_a_minute_and_process_and_a_name_never() -> None:
    context = OperatorContext()
    for sender in (NOBODYS, NOBODYS, "Tocsin", OURS):
        context.send(from_(sender), from_(sender))
    assert context.calls == {"numbers.find": 2}

    context.numbers.add(TwoWayNumber(NOBODYS, TenantId("umbrella"), KEY))
    assert context.send(from_(NOBODYS)).success
    context.clock.advance(OWNER_KNOWN_FOR)
    assert not context.send(from_(NOBODYS)).success


def test_nothing_is_accepted_while_nobody_knows_whose_a_number_is() -> None:
    context = OperatorContext()
    context.numbers.outage.failing = 1
    with pytest.raises(StorageUnavailable):
        context.send(from_(THEIRS))
    assert context.alerts.alerts == {}


def test_what_is_remembered_is_bounded() -> None:
    calls: Counter[str] = Counter()
    recent = RecentNumbers(Counting("numbers", FakeTwoWayNumbers(), calls), VirtualClock())
    for n in range(5000):
        recent.owner(number(n))
    assert len(recent._recent._known) <= 1000
    assert calls["numbers.find"] == 5000


def test_a_clock_that_steps_back_does_not_keep_an_owner_for_ever() -> None:
    clock, calls = VirtualClock(), Counter[str]()
    recent = RecentNumbers(Counting("numbers", FakeTwoWayNumbers(), calls), clock)
    recent.owner(OURS)
    clock.advance(timedelta(seconds=-5))
    recent.owner(OURS)
    assert calls["numbers.find"] == 2


# --- calls ------------------------------------------------------------------------------------------------------------


class CallContext(OperatorContext):
    """`OURS` is a number of the key that calls, `OTHERS` of another key of the account."""

    def __init__(self, key_id: ApiKeyId = KEY, kind: KeyKind = KeyKind.LIVE) -> None:
        super().__init__()
        self.numbers.numbers[OURS] = TwoWayNumber(OURS, TENANT, KEY)
        self.numbers.add(TwoWayNumber(OTHERS, TENANT, ApiKeyId("k9")))
        self.key = replace(self.key, id=key_id, kind=kind)
        self.keys.add(self.key, {})
        prepare = replace(self.send_alert.prepare, decode=FakeDecodeAudio())
        self.send_alert = replace(self.send_alert, prepare=prepare)


def by_call(number: str, channel: Channel = Channel.CALL, *to: str) -> Element:
    return Element(channel, "c", Receivers(recipients=to or (ANA,)), VoiceOptions(number, SpeechOptions()), "hello")


@pytest.mark.parametrize(("channel", "field"), [(Channel.CALL, "sender"), (Channel.INBOUND_CALL, "telephoneNumber")])
@pytest.mark.parametrize("number", [OTHERS, THEIRS, NOBODYS])
def test_decided_7_4_an_unknown_or_foreign_number_fails_the_element_and_is_named(
    number: str, channel: Channel, field: str
) -> None:
    context = CallContext()

    result = context.send(by_call(number, channel), by_call(OURS, channel))

    assert [item.success for item in result.items] == [False, True]
    assert result.items[0].failure_reason == (
        f"`{field}` {number} is no number of this API key; your operator registers numbers"
    )
    assert (result.items[0].failure_code, result.items[0].requested, result.items[0].sent) == ("foreign_sender", 1, 0)
    assert [content.number for item in context.alert(result).items if (content := item.content)] == [OURS]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("key_id", "kind"), [(KEY, KeyKind.SANDBOX), (ACCOUNT_KEY, KeyKind.LIVE), (ApiKeyId("k9"), KeyKind.LIVE)]
)
def test_decided_7_4_a_sandbox_key_and_a_person_use_any_number_of_their_account(
    key_id: ApiKeyId, kind: KeyKind
) -> None:
    context = CallContext(key_id, kind)

    assert context.send(by_call(OTHERS)).success
    assert not context.send(by_call(THEIRS)).success
    assert not context.send(by_call(NOBODYS, Channel.INBOUND_CALL)).success
