"""What `bootstrap` gives every send: each collaborator shows in what the API does. The use cases have their own tests."""

from __future__ import annotations

from datetime import time

from tests.functional.alerts_api.conftest import Door, sms
from tocsin.calendar.domain.account_clock import AccountClock
from tocsin.calendar.domain.quiet_hours import QuietHours
from tocsin.identity.domain.tenant import Tenant
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.privacy.application.erase_contact import fingerprint
from tocsin.responses.domain.two_way import TwoWayNumber

ACME = TenantId("acme")
ANA, BOB, THEIRS = "+447700900001", "+447700900002", "+447700900050"


def test_the_zone_and_the_night_of_the_account_go_with_the_alert(door: Door) -> None:
    night = QuietHours(time(22), time(7))
    door.tenants.add(Tenant(ACME, "Acme", door.clock(), "America/New_York", night))

    assert door.send(sms()).status == 200

    (alert,) = door.alerts.alerts.values()
    assert alert.account == AccountClock("America/New_York", night)


def test_nobody_sends_from_a_two_way_number_of_another_account(door: Door) -> None:
    door.numbers.add(TwoWayNumber(THEIRS, TenantId("globex"), ApiKeyId("k9")))

    answer = door.send(sms(sender=THEIRS, tag="theirs"), sms(tag="ours"))

    theirs, ours = answer.json["alerts"]
    assert (theirs["sentCount"], ours["sentCount"]) == (0, 1)
    assert "another account" in theirs["failureReason"]


def test_who_was_erased_comes_back_out_of_no_store(door: Door) -> None:
    content = {"contentType": "recipientList", "tag": "t", "content": f"{ANA},{BOB}"}
    assert door.post("/storecontent", {"content": [{**content, "storeDetails": {"storeName": "crew"}}]}).status == 200
    door.erasures.enter(ACME, [fingerprint(door.sealer, ACME, ANA)], door.clock())

    answer = door.send(sms(recipients=..., storedRecipients={"storeName": "crew"}))

    (element,) = answer.json["alerts"]
    assert element["sentCount"] == 1
    assert "asked to be forgotten" in element["failureReason"]
