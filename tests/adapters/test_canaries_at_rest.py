"""AH-41 and S7 at rest: everything these adapters write down, searched for the canaries of a tenant."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.canaries import CANARIES, blobs_of, find_canaries
from tests.contract.cloud import Cloud, SettableClock, SystemRandomness, cloud
from tests.contract.partiql import MotoWithPartiQl
from tests.contract.schedules.test_commit_together import a_schedule, a_store
from tocsin.adapters.dynamodb.alerts.unit_of_work import DynamoDbUnitOfWork
from tocsin.adapters.dynamodb.identity.api_keys import DynamoDbApiKeyRepository
from tocsin.adapters.dynamodb.stored_content.stored_content import DynamoDbStoredContentRepository
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.adapters.dynamodb.telephony.event_rows import DynamoDbEventRows
from tocsin.adapters.dynamodb.tenant_mail.mail_templates import DynamoDbMailTemplates
from tocsin.adapters.kms.sealer import KmsSealer
from tocsin.alerts.ports.alerts import Committed
from tocsin.alerts.ports.together import UnitOfWork
from tocsin.contacts.domain.channel import Channel
from tocsin.idempotency.domain.claim import IdempotencyClaim
from tocsin.identity.application.create_api_key import CreateApiKey
from tocsin.identity.domain.api_key import ApiKey, KeyKind
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, StoreId, TenantId
from tocsin.schedules.domain.schedule import ScheduleBegun
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.stored_event import StoredEvent
from tocsin.tenant_mail.domain.template_words import MailTemplateRow
from tocsin.tenant_mail.domain.voicemails import MailedVoicemails, Voicemail, VoicemailsWritten

ACME = TenantId("acme")
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

GROUP = json.dumps(
    {
        "name": CANARIES["group name"],
        "contacts": [
            {
                "id": "c-01",
                "sms": CANARIES["phone"],
                "call": CANARIES["second phone"],
                "email": CANARIES["email"],
                "lookups": {"firstname": CANARIES["name"], "gate": CANARIES["lookup"]},
            }
        ],
    }
)


@pytest.fixture
def world() -> Iterator[Cloud]:
    with cloud() as c:
        yield c


def written_down(c: Cloud) -> bytes:
    """Return all of the table and the bucket, names included."""
    parts = [part for row in c.rows() for part in blobs_of(row)]
    for found in c.s3.list_objects_v2(Bucket=c.bucket).get("Contents", []):
        parts += [found["Key"].encode(), c.s3.get_object(Bucket=c.bucket, Key=found["Key"])["Body"].read()]
    return b"\n".join(parts)


def test_ah_41_s_7_nothing_a_tenant_entrusts_to_us_can_be_read_in_table_or_bucket(world: Cloud) -> None:
    # given keys and stores full of canaries, in rows and in the bucket
    clock = SettableClock(NOW)
    sealer = KmsSealer(world.kms, world.dynamodb, world.table_name, world.key_id, clock, SystemRandomness())
    keys = DynamoDbApiKeyRepository(world.table, sealer, clock)
    stores = DynamoDbStoredContentRepository(world.table, sealer, world.objects)
    new = CreateApiKey(keys, sealer, SystemRandomness())(ACME, KeyKind.LIVE, "Desk", capacities={Channel.SMS: 5})
    keys.add(
        ApiKey(
            ACME,
            ApiKeyId("k2"),
            KeyKind.LIVE,
            "Desk",
            "00" * 32,
            callback_url=f"https://example.org/?t={CANARIES['callback secret']}",
            defaults={"sender": CANARIES["phone"]},
            owner_email=CANARIES["email"],
        ),
        {},
    )
    padding = random.Random(1).randbytes(400_000).hex()
    kinds = [ContentType.CONTACT_GROUP, ContentType.SMS, ContentType.EMAIL, ContentType.RECIPIENT_LIST]
    for number, kind in enumerate(kinds):
        for big in (False, True):
            store = StoredContent(
                tenant=ACME,
                key_id=new.key.id,
                store_id=StoreId(f"00000000-0000-4000-8000-{number}0000000000{int(big)}"),
                type=kind,
                tag=CANARIES["tag"],
                name=f"{CANARIES['store name']}{' (big)' if big else ''}",
                content=GROUP + "".join(CANARIES.values()) + (padding if big else ""),
                created_at=NOW,
                lifetime=timedelta(days=30),
                expires_at=NOW + timedelta(days=30),
                extras={"subject": CANARIES["email subject"], "sender": CANARIES["name"]},
            )
            stores.put(store)
            stores.put(store)  # a replacement too
            assert stores.find(ACME, new.key.id, store.store_id, NOW) == store
            stores.touch(store, NOW + timedelta(days=1))

    # when everything that was written down is searched
    found = written_down(world)

    # then there is none of it, nor the token
    assert len(world.rows()) > 18
    assert len(found) > 4 * 300_000
    assert find_canaries(found) == []
    assert new.token.encode() not in found
    assert new.token.rpartition("_")[2].encode() not in found


def test_s_7_a_scheduled_alert_cannot_be_read_either(world: Cloud) -> None:
    clock = SettableClock(NOW)
    sealer = KmsSealer(world.kms, world.dynamodb, world.table_name, world.key_id, clock, SystemRandomness())
    write = DynamoDbUnitOfWork(world.table, sealer, world.objects)
    padding = random.Random(1).randbytes(400_000).hex()
    for number, more in enumerate(("", padding)):
        schedule = replace(
            a_schedule(number), client_ref=CANARIES["tag"], store_id=StoreId(f"00000000-0000-4000-8000-{number:012}")
        )
        content = GROUP + "".join(CANARIES.values()) + more
        store = replace(a_store(content), store_id=schedule.store_id, tag=CANARIES["tag"], name=None, created_at=NOW)
        claim = IdempotencyClaim("sendalert", CANARIES["store name"] + str(number), "f")
        begun = ScheduleBegun(schedule, store)
        together = UnitOfWork(schedule.tenant, schedule.key_id, NOW, (), (begun,), claim, CANARIES["tag"])
        assert write(together) == Committed()

    found = written_down(world)
    assert len(found) > 300_000
    assert find_canaries(found) == []


def test_decided_4_3_secrets_of_new_users_cannot_be_read_and_are_gone_once_they_were_used(world: Cloud) -> None:
    # given a new user, whose event waits for its mail, an own template and a voicemail that was mailed
    sealer = KmsSealer(
        world.kms, world.dynamodb, world.table_name, world.key_id, SettableClock(NOW), SystemRandomness()
    )
    rows = DynamoDbEventRows(Table(MotoWithPartiQl(world.dynamodb), world.table_name), sealer)
    templates = DynamoDbMailTemplates(world.table, sealer)
    write = DynamoDbUnitOfWork(world.table, sealer, world.objects)
    data = {
        "userId": CANARIES["name"], "email": CANARIES["email"], "extensionPassword": CANARIES["lookup"],
        "userPassword": CANARIES["callback secret"], "voicemailPin": CANARIES["tag"],
    }  # fmt: skip
    event = TelephonyEvent("pbx", "e1", "user.created", NOW, NOW, data)
    rows.insert(ACME, [StoredEvent.new(event, (["mail", "USER_CREATION"],), {})])
    template = MailTemplateRow("USER_CREATION", CANARIES["name"], CANARIES["email subject"], None, NOW, "u1")
    templates.save(ACME, template)
    voicemail = Voicemail(NOW, CANARIES["phone"], AlertRef("a1"))
    mailed = VoicemailsWritten(MailedVoicemails(ACME, f"l1|{CANARIES['phone']}").add(voicemail))
    assert write(UnitOfWork(ACME, ApiKeyId("inside0"), NOW, participants=[mailed])) == Committed()
    assert find_canaries(written_down(world)) == []

    # when its mail was accepted
    rows.forget_secrets(ACME, event.name)

    # then they are not even under the seal
    kept = rows.read(ACME, [event.name], NOW)[event.name].event
    assert kept.data == {"userId": CANARIES["name"], "email": CANARIES["email"]}
    assert find_canaries(written_down(world)) == []


def test_the_search_would_have_found_them(world: Cloud) -> None:
    for sk, attribute in (("a", {"S": CANARIES["phone"]}), ("b", {"B": GROUP.encode()})):
        row = {"pk": {"S": "T#acme"}, "sk": {"S": sk}, "leak": attribute}
        world.dynamodb.put_item(TableName=world.table_name, Item=row)
    world.s3.put_object(Bucket=world.bucket, Key="leak", Body=CANARIES["sms text"].encode())

    named = {hit.split(":")[0] for hit in find_canaries(written_down(world))}
    assert {"phone", "email", "lookup", "sms text"} <= named
