"""S8: nobody who was erased comes back out of a store that was written before; who is named anew is contacted."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.builders import TENANT, number
from tests.unit.alerts.desk import Desk, a_request, an_email, an_sms
from tocsin.alerts.domain.result import SendResult
from tocsin.contacts.domain.contact import Contact, ContactGroup
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.privacy.application.erase_contact import fingerprint
from tocsin.stored_content.domain.stored_content import ContentType, StoreRef

EVE, ANA, EVE_MAIL = number(66), number(1), "eve@example.org"
MINUTE = timedelta(minutes=1)
GROUP = {"name": "crew", "contacts": [{"id": "eve", "sms": EVE, "email": EVE_MAIL}, {"id": "ana", "sms": ANA}]}


class OperatorContext(Desk):
    """Time passes between everything."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = self.erasures

    def keep(self, kind: ContentType, content: object) -> StoreRef:
        self.clock.advance(MINUTE)
        return self.store(kind, content if isinstance(content, str) else json.dumps(content))

    def erase(self, *addresses: str) -> None:
        self.clock.advance(MINUTE)
        self.ledger.enter(TENANT, [fingerprint(self.sealer, TENANT, one) for one in addresses], self.clock())
        self.clock.advance(MINUTE)

    def reached(self, result: SendResult, item: int = 0) -> list[str]:
        return [who.address for who in self.recipients(result, item)] if result.alert_ref else []


@pytest.mark.parametrize("form", ["recipientList", "contactGroup"])
def test_s8_a_store_that_the_erasure_has_not_come_to_brings_nobody_back(form: str) -> None:
    context = OperatorContext()
    if form == "recipientList":
        ref = context.keep(ContentType.RECIPIENT_LIST, f"{EVE}, {ANA}")
        context.erase(EVE, EVE_MAIL)
        result = context.send(an_sms(stored_recipients=ref))
    else:
        ref = context.keep(ContentType.CONTACT_GROUP, GROUP)
        context.erase(EVE, EVE_MAIL)
        result = context.send(an_sms(sets=("all",)), an_email(contacts=("eve",)), group=ref)
        assert not result.items[1].success

    assert context.reached(result) == [ANA]
    assert (result.items[0].requested, result.items[0].sent) == (2, 1)
    assert result.items[0].failure_reason == "1 who asked to be forgotten since they were stored"
    assert EVE not in repr(result)


def test_s8_nor_does_a_stored_alert() -> None:
    context = OperatorContext()
    stored_at = context.clock()
    context.erase(EVE)
    result = context.send_alert(context.key, a_request(an_sms(EVE, ANA), stored_at=stored_at), None)
    assert context.reached(result) == [ANA]


def test_who_is_named_by_the_call_itself_is_contacted() -> None:
    context = OperatorContext()
    ref = context.keep(ContentType.RECIPIENT_LIST, f"{EVE}, {ANA}")
    context.erase(EVE)

    assert context.reached(context.send(an_sms(EVE))) == [EVE]
    assert context.reached(context.send(an_sms("+44 7700 900066", stored_recipients=ref))) == [EVE, ANA]
    crew = ContactGroup("crew", {"eve": Contact("eve", EVE)})
    assert context.reached(context.send(an_sms(contacts=("eve",), stored_recipients=ref), group=crew)) == [EVE, ANA]


def test_a_store_that_was_written_after_the_erasure_is_new_data() -> None:
    context = OperatorContext()
    context.erase(EVE)
    ref = context.keep(ContentType.RECIPIENT_LIST, f"{EVE}, {ANA}")
    assert context.reached(context.send(an_sms(stored_recipients=ref))) == [EVE, ANA]


def test_of_two_stores_the_older_one_decides() -> None:
    context = OperatorContext()
    group = context.keep(ContentType.CONTACT_GROUP, GROUP)
    context.erase(EVE)
    ids = context.keep(ContentType.RECIPIENT_LIST, ANA)
    result = context.send(an_sms(sets=("all",), stored_recipients=ids), group=group)
    assert context.reached(result) == [ANA]


def test_nothing_is_accepted_while_the_ledger_cannot_be_read_and_a_call_without_stores_does_not_ask() -> None:
    context = OperatorContext()
    ref = context.keep(ContentType.RECIPIENT_LIST, f"{EVE}, {ANA}")
    context.ledger.outage.failing = 1
    assert context.send(an_sms(ANA)).success
    with pytest.raises(StorageUnavailable):
        context.send(an_sms(stored_recipients=ref))
