"""What became of the messages of several alerts, as history shows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.builders import TENANT, an_acceptance, email, number, sms
from tests.unit.delivery.stand import Counting, Stand
from tocsin.alerts.domain.exclusion import Exclusion, ExclusionReason
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.application.message_outcomes import EXCLUDED, ReadMessageOutcomes
from tocsin.delivery.domain.submission import Waits
from tocsin.kernel.domain.ids import AlertRef
from tocsin.suppressions.domain.suppression import SuppressionReason

ANA, BOB, EVE = number(1), number(2), number(3)


def test_al_33_al_36_each_receiver_of_each_element_has_its_state_and_reason() -> None:
    # given a text to two people, of whom one said STOP, and a mail that no worker has claimed
    stand = Stand(sms(ANA, BOB, tag="n1"), email("ana@example.org", tag="n2"))
    stand.suppress(TENANT, Channel.SMS, BOB, SuppressionReason.STOP, stand.clock())
    stand.dispatch()

    found = ReadMessageOutcomes(stand.alerts, stand.rows)(TENANT, [stand.alert.ref])

    sent, stopped, queued = found[stand.alert.ref]
    assert [(each.tag, each.address, each.state, each.reason) for each in (sent, stopped, queued)] == [
        ("n1", ANA, "sent", None),
        ("n1", BOB, "suppressed", "stop"),
        ("n2", "ana@example.org", "queued", None),
    ]
    assert (sent.attempts, sent.provider_id) == (1, stand.row(0).provider_id)
    assert sent.provider_id is not None
    assert [step.state.value for step in sent.log] == ["sending", "sent"]
    assert sent.updated_at == stand.row(0).log[-1].at
    assert (queued.attempts, queued.updated_at, queued.log) == (0, queued.accepted_at, ())


def test_decided_3_8_a_refused_receiver_is_there_with_the_reason() -> None:
    stand = Stand(sms(ANA))
    acceptance = an_acceptance(sms(BOB), ref=AlertRef("01a20846-fe00-7b58-8bfe-04dbac12cab5"))
    item = replace(acceptance.alert.items[0], content=None, accepted=0)
    why = Exclusion(None, BOB, ExclusionReason.FOREIGN_SENDER, "sender_not_allowed")
    alert = replace(acceptance.alert, items=(item,))
    stand.alerts.accept(replace(acceptance, alert=alert, chunks={}, excluded={0: [why]}))

    found = ReadMessageOutcomes(stand.alerts, stand.rows)(TENANT, [alert.ref, AlertRef("none")])

    assert set(found) == {alert.ref}
    (refused,) = found[alert.ref]
    assert (refused.address, refused.state, refused.reason) == (BOB, EXCLUDED, "sender_not_allowed")


def test_a_page_of_alerts_costs_few_reads() -> None:
    stand = Stand(sms(ANA))
    refs = [stand.alert.ref]
    for n in range(20):
        acceptance = an_acceptance(sms(EVE), ref=AlertRef(f"01a20846-fe00-7b58-8bfe-04dbac12c{n:03}"))
        stand.alerts.accept(acceptance)
        refs.append(acceptance.alert.ref)
    calls = stand.calls
    calls.clear()
    read = ReadMessageOutcomes(Counting("alerts", stand.alerts, calls), Counting("rows", stand.rows, calls))
    assert len(read(TENANT, refs)) == 21
    assert calls == {"alerts.without_contents": 1, "alerts.recipients_of": 1, "rows.load_chunks": 1}


def test_decided_3_8_a_message_that_waits_says_until_when() -> None:
    # given a guard that holds the message back for an hour
    stand = Stand(sms(ANA))
    until = stand.clock() + timedelta(hours=1)
    stand.guards.insert(0, lambda alert, item, claimed: {one.position: Waits("number_rate", until) for one in claimed})
    stand.dispatch()
    (outcome,) = ReadMessageOutcomes(stand.alerts, stand.rows)(TENANT, [stand.alert.ref])[stand.alert.ref]
    assert (outcome.state, outcome.reason, outcome.waits_until) == ("held", "number_rate", until)
