"""Where each row of `core` lies, and which attributes its indexes carry: the one place that spells keys.

`docs/data-model.md` is the same list for people.
"""

from __future__ import annotations

import hashlib
import zlib
from datetime import datetime
from typing import Any

from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.instants import milliseconds
from tocsin.alerts.domain.alert import ChunkKey, Slice
from tocsin.alerts.domain.features import TriggerKind
from tocsin.alerts.domain.link import Link, LinkKey
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.domain.progress import SliceTally, WorkKey
from tocsin.escalation.domain.escalation import EscalationKey
from tocsin.idempotency.domain.claim import IdempotencyClaim
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, StoreId, TenantId
from tocsin.responses.domain.two_way import Said
from tocsin.results.domain.result_event import ResultEvent, happening_name, pack_name
from tocsin.timers.domain.timer import TimerKey, TimerKind
from tocsin.triggers.domain.trigger import FiringId
from tocsin.webhooks.domain.callback import EndpointKey, PackKey
from tocsin.webhooks.domain.delivery import DeliveryKey

GSI1 = "gsi1"
GSI1_INCLUDES = (
    "accepted",
    "cancelled",
    "exp",
    "head",
    "key",
    "lane",
    "mode",
    "n",
    "sandbox",
    "send_before",
    "taken",
)
"""Attributes `gsi1` carries beside the keys of table and index."""

DUE = "due"
"""The index of work rows that are owed something. Holds keys only."""

DUE_SHARDS = 4

DUE_PACKS = "DUE#CBP"
DUE_DELIVERIES = "DUE#CBD"
"""Partitions of the due index for callbacks: packs not yet handed over, and deliveries; DUE_SHARDS of each."""

DUE_TIMERS = "DUE#TMR"
"""Partitions of the due index for timers, as above."""

META = "META"
LEFT_OUT = "LEFT"
"""Sort key of who was asked for and is not contacted, in the alert's partition."""

WORK = "WORK#"
PACK = "EV#"
SHORT_LINK = "L#"
RESPONSE = "RESP#"
RESPONDED = "DONE#"
NUMBER = "NUMBER#"
LINK_SET = "SET"
LINK_MEMBER = "A#"
ESCALATION = "ESC#"
"""Sort key of a linked set, and how those of its members and its escalations begin, in the partition of the set."""

LOOKUPS = ("L#", "N#", "REF#")
"""How partitions begin that lead from something public to a tenant. Their rows hold ids and times, nothing else."""


def time(at: datetime) -> Item:
    """Return the wire form of a time."""
    return {"N": str(milliseconds(at))}


def expiry(at: datetime | None) -> Item:
    """Return the attributes of a row that ends at `at`: `exp` decides, `ttl` lets DynamoDB collect the garbage."""
    if at is None:
        return {}
    return {"exp": time(at), "ttl": {"N": str(milliseconds(at) // 1000 + 1)}}


def expired(item: Item, now: datetime) -> bool:
    """Whether the row's time is over; a row without `exp` never ends."""
    return "exp" in item and int(item["exp"]["N"]) <= milliseconds(now)


def key(pk: str, sk: str) -> dict[str, Any]:
    """Return the primary key in wire form."""
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def alert_pk(tenant: TenantId, alert: AlertRef) -> str:
    """Return the partition of an alert's own rows."""
    return f"T#{tenant}#A#{alert}"


def chunk_sk(chunk: ChunkKey) -> str:
    """Return the sort key of an intake chunk, in the alert's partition."""
    return f"CHUNK#{chunk.item:02}#{chunk.chunk:03}"


def work_sk(number: int) -> str:
    """Return the sort key of a work row, in the alert's partition."""
    return f"{WORK}{number:03}"


def work_key_of(item: Item) -> WorkKey:
    """Return whose work row this is."""
    _, tenant, _, alert = item["pk"]["S"].split("#")
    return WorkKey(TenantId(tenant), AlertRef(alert), int(item["sk"]["S"].removeprefix(WORK)))


def due_attributes(work: WorkKey, at: datetime) -> Item:
    """Return what puts a work row into the due index."""
    return {"due": {"S": f"DUE#{_shard(work)}"}, "duesk": time(at)}


def _shard(work: WorkKey) -> int:
    return zlib.crc32(f"{work.alert}#{work.number}".encode()) % DUE_SHARDS


def message_pk(chunk: ChunkKey) -> str:
    """Return the partition of the messages of one chunk."""
    return f"T#{chunk.tenant}#A#{chunk.alert}#M#{chunk.item:02}#{chunk.chunk:03}"


def message_sk(position: int) -> str:
    """Return the sort key of a message: its position, in three digits."""
    return f"{position:03}"


def pack_sk(piece: Slice, over: SliceTally) -> str:
    """Return the sort key of the result pack that begins at the tally `over`, in the alert's partition."""
    return PACK + pack_name(piece.number, over.versions)


def callback_pack_key(pack: PackKey) -> dict[str, Any]:
    """Return the key of a pack that is called back."""
    return key(alert_pk(pack.tenant, pack.alert), PACK + pack.name)


def pack_of(item: Item) -> PackKey:
    """Return which pack this row is."""
    _, tenant, _, alert = item["pk"]["S"].split("#")
    return PackKey(TenantId(tenant), AlertRef(alert), item["sk"]["S"].removeprefix(PACK))


def due_in(kind: str, natural: str, at: datetime) -> Item:
    """Return what puts a row of one kind of callback work into the due index."""
    return {"due": {"S": f"{kind}#{zlib.crc32(natural.encode()) % DUE_SHARDS}"}, "duesk": time(at)}


def delivery_key(delivery: DeliveryKey) -> dict[str, Any]:
    """Return the key of a delivery; 256 partitions, for a broadcast makes tens of thousands at once."""
    spread = delivery.event_id.removeprefix("evt_")[:2]
    return key(f"T#{delivery.tenant}#WD#{spread}", delivery.event_id)


def delivery_of(item: Item) -> DeliveryKey:
    """Return which delivery this row is."""
    return DeliveryKey(TenantId(item["pk"]["S"].split("#")[1]), item["sk"]["S"])


def answer_sk(event_id: str, attempt: int) -> str:
    """Return the sort key of what a receiver answered to one attempt, beside its delivery."""
    return f"{event_id}#A{attempt:03}"


def delivery_list_pk(endpoint: EndpointKey) -> str:
    """Return the `gsi1` partition of an endpoint's deliveries."""
    return f"T#{endpoint.tenant}#K#{endpoint.key_id}#EP#{endpoint.hash}"


def delivery_list_sk(created: datetime, event_id: str) -> str:
    """Return the `gsi1` sort key of a delivery: oldest first."""
    return f"{milliseconds(created):014}#{event_id}"


ENDPOINT = "EP#"


def endpoints_pk(tenant: TenantId, key_id: ApiKeyId) -> str:
    """Return the partition of the receivers of an API key."""
    return f"T#{tenant}#K#{key_id}#WH"


def permits_key(tenant: TenantId, endpoint: EndpointKey | None) -> dict[str, Any]:
    """Return the key of the row that counts calls under way: the endpoint's own, or the tenant's share."""
    if endpoint is None:
        return key(f"T#{tenant}#WH", "SHARE")
    return key(endpoints_pk(endpoint.tenant, endpoint.key_id), ENDPOINT + endpoint.hash)


def client_messages_pk(tenant: TenantId, key_id: ApiKeyId) -> str:
    """Return the partition of what the owner of a key is told."""
    return f"T#{tenant}#K#{key_id}#MSG"


def happening_sk(event_id: str) -> str:
    """Return the sort key of the pack of one event that is no step of a message, in the alert's partition."""
    return PACK + happening_name(event_id)


def response_sk(response_id: str) -> str:
    """Return the sort key of a response, in the alert's partition."""
    return f"{RESPONSE}{response_id}"


def responded_sk(chunk: ChunkKey, position: int) -> str:
    """Return the sort key of the mark that a receiver has responded, in the alert's partition."""
    return f"{RESPONDED}{chunk.item:02}#{chunk.chunk:03}#{position:03}"


def link_pk(link: LinkKey) -> str:
    """Return the partition of a linked set."""
    return f"T#{link.tenant}#K#{link.key_id}#LS#{link.name}"


def link_seen_sk(link: Link, contact_id: str) -> str:
    """Return the sort key of the mark that a contact has answered in this life of a set; "" for how all begin."""
    return f"SEEN#{link.master}#C#{contact_id}"


def escalation_key(escalation: EscalationKey) -> dict[str, Any]:
    """Return the key of an escalation, in the partition of its linked set."""
    return key(link_pk(escalation.link), f"{ESCALATION}{escalation.first}")


def ladder_key(escalation: EscalationKey) -> dict[str, Any]:
    """Return the key of what an escalation sends when."""
    return key(link_pk(escalation.link), f"LADDER#{escalation.first}")


def counted_sk(escalation: EscalationKey, fingerprint: str) -> str:
    """Return the sort key of the mark that a person was counted; "" for how all of an escalation begin."""
    return f"WHO#{escalation.first}#{fingerprint}"


def short_link_key(code: str) -> dict[str, Any]:
    """Return the key of a short link: public, so it names no tenant; the row does."""
    return key(f"{SHORT_LINK}{code}", "LINK")


def capacity_key(tenant: TenantId, key_id: ApiKeyId, channel: Channel) -> dict[str, Any]:
    """Return the key of what is left of one capacity."""
    return key(f"T#{tenant}#K#{key_id}", f"CAP#{channel.value}")


def idempotency_key(tenant: TenantId, key_id: ApiKeyId, claim: IdempotencyClaim) -> dict[str, Any]:
    """Return the key of an Idempotency-Key's row. The client's own key may say anything, so only its hash is kept."""
    hashed = hashlib.sha256(claim.key.encode("utf-8", "surrogatepass")).hexdigest()
    return key(f"T#{tenant}#K#{key_id}#I#{claim.route}", hashed)


def alert_list_pk(tenant: TenantId, *, sandbox: bool) -> str:
    """Return the `gsi1` partition of a tenant's alerts; their references sort by time."""
    return f"T#{tenant}#ALERTS#{'sandbox' if sandbox else 'live'}"


def waiting_pk(tenant: TenantId, key_id: ApiKeyId) -> str:
    """Return the `gsi1` partition of a key's waiting result packs."""
    return f"T#{tenant}#K#{key_id}#EV"


def waiting_sk(oldest: datetime, piece: Slice) -> str:
    """Return the `gsi1` sort key of a waiting pack: oldest event first."""
    return f"{milliseconds(oldest):014}#{piece.key.alert}#{piece.number:04}"


def suppression_pk(tenant: TenantId, fingerprint: bytes) -> str:
    """Return the partition of a suppression: one of 256 of its tenant, by the first byte of the fingerprint."""
    return f"T#{tenant}#SUP#{fingerprint[:1].hex()}"


def suppression_key(tenant: TenantId, channel: Channel, fingerprint: bytes) -> dict[str, Any]:
    """Return the key of what is known about one address on one channel."""
    return key(suppression_pk(tenant, fingerprint), f"{channel.value}#{fingerprint.hex()}")


def number_key(number: str) -> dict[str, Any]:
    """Return the key of the row that says whose number this is."""
    return key(f"N#{number}", "OWNER")


def tenants_number_key(tenant: TenantId, number: str) -> dict[str, Any]:
    """Return the key of a number in its tenant's own list."""
    return key(f"T#{tenant}", f"{NUMBER}{number}")


def conversation_pk(tenant: TenantId, fingerprint: bytes) -> str:
    """Return the partition of what was said between a number of ours and a person."""
    return f"T#{tenant}#PH#{fingerprint.hex()}"


def said_sk(said: Said) -> str:
    """Return the sort key of one message of a conversation: by time, then by message."""
    return f"{milliseconds(said.at):014}#{said_place(said)}"


def said_place(said: Said) -> str:
    """Return alert, item, chunk and position, joined by "#"."""
    return f"{said.key.alert}#{said.key.item}#{said.key.chunk}#{said.position}"


def inbound_key(tenant: TenantId, inbound_id: str) -> dict[str, Any]:
    """Return the key of what an inbound message was taken to answer; spread over 256 partitions of its tenant."""
    hashed = hashlib.sha256(inbound_id.encode("utf-8", "surrogatepass")).hexdigest()
    return key(f"T#{tenant}#IN#{hashed[:2]}", hashed)


def reference_key(reference: str) -> dict[str, Any]:
    """Return the key of the row that leads from a subject reference (brackets included) to its alert."""
    return key(f"REF#{reference.strip('[]')}", "ALERT")


def waiting_happening_sk(event: ResultEvent) -> str:
    """Return the `gsi1` sort key of a waiting pack of one event: among all the others, by time."""
    return f"{milliseconds(event.whence):014}#{event.alert}#X#{event.event_id}"


def timer_key(timer: TimerKey) -> dict[str, Any]:
    """Return the key of a timer; 256 partitions of its tenant, for at eight o'clock very many are due."""
    natural = f"{timer.kind.value}#{timer.subject}"
    return key(f"T#{timer.tenant}#TM#{hashlib.sha256(natural.encode()).hexdigest()[:2]}", natural)


def timer_of(item: Item) -> TimerKey:
    """Return which timer this row is."""
    kind, _, subject = item["sk"]["S"].partition("#")
    return TimerKey(TenantId(item["pk"]["S"].split("#")[1]), TimerKind(kind), subject)


def schedules_pk(tenant: TenantId, key_id: ApiKeyId) -> str:
    """Return the partition of the schedules of an API key; their ids sort by the time they were made."""
    return f"T#{tenant}#K#{key_id}#SCH"


STORE = "ID#"


def store_key(tenant: TenantId, key_id: ApiKeyId, store: StoreId) -> dict[str, Any]:
    """Return the key of a store."""
    return key(f"T#{tenant}#K#{key_id}#S", STORE + store)


TRIGGER = "STORE#"
WORD = "WORD#"


def triggers_pk(tenant: TenantId, key_id: ApiKeyId) -> str:
    """Return the partition of the triggers of an API key, and of their words."""
    return f"T#{tenant}#K#{key_id}#TRG"


def trigger_key(tenant: TenantId, key_id: ApiKeyId, store: StoreId) -> dict[str, Any]:
    """Return the key of the trigger of a store."""
    return key(triggers_pk(tenant, key_id), TRIGGER + store)


def word_sk(kind: TriggerKind, fingerprint: bytes | None = None) -> str:
    """Return the sort key of a word of a trigger; without a fingerprint what those of its kind begin with."""
    return f"{WORD}{kind.value}#{'' if fingerprint is None else fingerprint.hex()}"


def firing_key(tenant: TenantId, firing: FiringId) -> dict[str, Any]:
    """Return the key of a firing; 256 partitions of its tenant, for a word may go round."""
    return key(f"T#{tenant}#TRF#{firing[:2]}", firing)
