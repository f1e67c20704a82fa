"""What every store of voicemails that were mailed promises."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.canaries import blobs_of
from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath
from tests.contract.tenant_mail.beside_alerts import accept
from tests.fakes.mail_runs import FakeVoicemailLists
from tests.fakes.sealer import FakeSealer
from tocsin.adapters.dynamodb.table.rows import key
from tocsin.adapters.dynamodb.tenant_mail.mail_runs import DynamoDbVoicemailLists
from tocsin.alerts.domain.participants import Participant
from tocsin.alerts.ports.alerts import Committed, Conflict
from tocsin.kernel.domain.ids import AlertRef
from tocsin.tenant_mail.domain.voicemails import MailedVoicemails, Voicemail, VoicemailsWritten
from tocsin.tenant_mail.ports import VoicemailLists

EMPTY = MailedVoicemails(ACME, "l1|+447700900123")
FIRST = Voicemail(NOON, "c1", AlertRef("a1"))


@pytest.fixture
def lists(world: AlertPath) -> VoicemailLists:
    return FakeVoicemailLists() if world.engine == "fake" else DynamoDbVoicemailLists(world.table, FakeSealer())


def test_a_list_of_voicemails_is_written_over_the_version_before_its_own(
    world: AlertPath, lists: VoicemailLists
) -> None:
    keepers: dict[type[Participant], Any] = {VoicemailsWritten: lists}
    assert lists.get(ACME, EMPTY.name) == EMPTY
    first = EMPTY.add(FIRST)
    assert accept(world, keepers, VoicemailsWritten(first)) == Committed()
    assert lists.get(ACME, EMPTY.name) == first
    late = VoicemailsWritten(EMPTY.add(replace(FIRST, call="c2")))
    assert accept(world, keepers, late) == Conflict(late)
    second = VoicemailsWritten(first.add(replace(FIRST, call="c2")))
    assert accept(world, keepers, second) == Committed()
    assert lists.get(ACME, EMPTY.name) == second.voicemails
    other = VoicemailsWritten(first.add(replace(FIRST, call="c3")))
    assert accept(world, keepers, other) == Conflict(other)
    assert lists.get(OTHER, EMPTY.name) == replace(EMPTY, tenant=OTHER)


def test_a_list_of_voicemails_shows_neither_caller_nor_call(real: AlertPath) -> None:
    assert accept(real, {}, VoicemailsWritten(EMPTY.add(FIRST))) == Committed()
    hashed = FakeSealer().fingerprint(ACME, "voicemails", EMPTY.name.encode()).hex()
    row = real.table.get(key(f"T#{ACME}#VM#{hashed[:2]}", hashed))
    assert row is not None
    shown = blobs_of(row)
    assert not [word for word in (b"7700900123", b"l1|", b"c1") if word in b"\n".join(shown)]
